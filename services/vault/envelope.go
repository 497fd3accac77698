package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/unitcode"
)

// envelopeFormat tells the envelopes of this version from later ones.
const envelopeFormat = "fanwei/vault/v1"

// An envelope is what the keeper seals. It names its row, because a keeper
// knows no additional data: a row copied onto another's place must not open.
type envelope struct {
	Format  string `json:"format"`
	Org     string `json:"org"`
	Version int64  `json:"version"`
	Secret  []byte `json:"secret"`
}

func (v *Vault) seal(ctx context.Context, org string, version int64, secret []byte) ([]byte, error) {
	clearText, err := json.Marshal(envelope{envelopeFormat, org, version, secret})
	if err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	defer clear(clearText)
	sealed, err := v.keeper.Encrypt(ctx, clearText)
	if err != nil {
		return nil, outOfReach(ctx, refusal.New(refusal.Unavailable, "vault-keeper-out-of-reach"), err)
	}
	return sealed, nil
}

// open returns a row's secret, which the caller clears.
func (v *Vault) open(ctx context.Context, r row) ([]byte, error) {
	clearText, err := v.keeper.Decrypt(ctx, r.Sealed)
	if err != nil {
		return nil, outOfReach(ctx, refusal.New(refusal.Unavailable, "vault-key-wrong", r.Org, format(r.Version)), err)
	}
	defer clear(clearText)
	var e envelope
	// Errors of json may quote what they read, so none is passed on.
	if json.Unmarshal(clearText, &e) != nil || e.Format != envelopeFormat || e.Org != r.Org || e.Version != r.Version ||
		len(e.Secret) != unitcode.SecretSize {
		clear(e.Secret)
		return nil, refusal.New(refusal.Invalid, "vault-secret-misplaced", r.Org, format(r.Version))
	}
	return e.Secret, nil
}

// outOfReach returns a refusal with the keeper's error behind it, or that of
// the context if it ended: then nothing is known about the keeper.
func outOfReach(ctx context.Context, no *refusal.Error, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("wait for the keeper: %w", ctx.Err())
	}
	return errors.Join(no, err)
}
