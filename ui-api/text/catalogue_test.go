package text

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLanguagesHaveTheSameKeysAndVerbs(t *testing.T) {
	c := load(t)
	zh, en := c.messages[Zh], c.messages[En]
	if diff := cmp.Diff(slices.Sorted(maps.Keys(zh)), slices.Sorted(maps.Keys(en))); diff != "" {
		t.Errorf("keys (-zh +en):\n%s", diff)
	}
	for key, e := range zh {
		if diff := cmp.Diff(places(e), places(en[key])); diff != "" {
			t.Errorf("%s: verbs (-zh +en):\n%s", key, diff)
		}
	}
}

// places is which argument is written with which verb.
func places(e entry) map[int]string {
	found := map[int]string{}
	for _, v := range e.verbs {
		found[v.arg] = string(v.kind)
	}
	return found
}

func TestPluralsHaveTheSameVerbs(t *testing.T) {
	for key, e := range load(t).messages[En] {
		if e.one == "" {
			continue
		}
		one, err := verbs(e.one)
		if err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if diff := cmp.Diff(places(e), places(entry{verbs: one})); diff != "" {
			t.Errorf("%s: verbs (-other +one):\n%s", key, diff)
		}
	}
}

// LOOK §7 and §11: no space between Han and Latin or digits, no exclamation
// mark, 你 and not 您.
func TestChineseIsWrittenAsTheHouseWritesIt(t *testing.T) {
	for key, e := range load(t).messages[Zh] {
		for _, bad := range []string{"！", "!", "您", "请输入", "用户", "  "} {
			if strings.Contains(e.other, bad) {
				t.Errorf("%s: %q has %q", key, e.other, bad)
			}
		}
	}
}

func TestLoadRefusesVerbsThatNeedAType(t *testing.T) {
	for _, s := range []string{"%v", "%", "%x and %s", "%[1]q"} {
		if _, err := verbs(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	got, err := verbs("100%% of %[2]s, %s and %d")
	if err != nil {
		t.Fatal(err)
	}
	want := []verb{{2, 's'}, {3, 's'}, {4, 'd'}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(verb{})); diff != "" {
		t.Error(diff)
	}
}
