package text

import "testing"

func TestGistIsTheFirstSentenceWithoutNames(t *testing.T) {
	c := load(t)
	for _, test := range []struct {
		lang         Lang
		reason, want string
	}{
		{Zh, "text-missing", "“…”没有填。"},
		{Zh, "certificate-exists", "证书…已经录入。"},
		{En, "login-name", "… will not do: 3 to 64 small letters, digits and . _ @ -."},
		{Zh, "no-such-reason", "no-such-reason"},
	} {
		if got := c.Printer(test.lang).Gist(test.reason); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.lang, test.reason, got, test.want)
		}
	}
}
