package audit

import "context"

// An Origin is where a request came from.
type Origin struct {
	Address string // the caller's network address, without port
	Request string // the request's id
}

type (
	originKey struct{}
	detailKey struct{}
)

// WithOrigin returns a context that carries where the request came from. Lines
// written under it have the address and the request's id.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns what WithOrigin put there, or the zero Origin.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}

// WithDetail returns a context under which lines say more of what was asked
// for, such as the roles that a person was to get. It must hold no secret.
func WithDetail(ctx context.Context, detail string) context.Context {
	return context.WithValue(ctx, detailKey{}, detail)
}

func detailOf(ctx context.Context) string {
	s, _ := ctx.Value(detailKey{}).(string)
	return s
}
