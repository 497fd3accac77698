package api

import (
	"net/http"
	"testing"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

func TestEveryClassHasItsStatus(t *testing.T) {
	for code, want := range map[refusal.Code]int{
		refusal.Invalid:     http.StatusBadRequest,
		refusal.NotFound:    http.StatusNotFound,
		refusal.Exists:      http.StatusConflict,
		refusal.Conflict:    http.StatusConflict,
		refusal.Forbidden:   http.StatusForbidden,
		refusal.Unavailable: http.StatusServiceUnavailable,
	} {
		if got := Status(refusal.New(code, "x")); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
	if got := Status(refusal.New(refusal.Unavailable, "login-throttled", "30")); got != http.StatusTooManyRequests {
		t.Errorf("throttled: %d", got)
	}
	if got := Status(refusal.New(refusal.Invalid, "request-too-large")); got != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", got)
	}
}
