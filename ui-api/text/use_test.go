package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
)

const root = "../.."

// TestEveryKeyIsThereAndUsed holds the catalogue to the program: what is used
// is there, and what is there is used.
func TestEveryKeyIsThereAndUsed(t *testing.T) {
	messages := load(t).messages[Zh]
	used := map[string]string{} // key to where
	for key, where := range templateKeys(t) {
		used[key] = where
	}
	literals := map[string]bool{}
	eachGoFile(t, func(path string, file *ast.File) {
		goKeys(path, file, used, literals)
	})
	for _, f := range Families() {
		for _, key := range f.Keys() {
			used[key] = "families.go"
		}
	}
	for key, where := range used {
		if _, ok := messages[key]; !ok {
			t.Errorf("%s uses %q, which is not in the catalogue", where, key)
		}
	}
	for key := range messages {
		if used[key] == "" && !literals[key] {
			t.Errorf("%q is in the catalogue and used nowhere", key)
		}
	}
}

// templateKeys returns the keys that templates use, {{t "key"}} and
// {{also "key"}}, and fails on families that are not declared.
func templateKeys(t *testing.T) map[string]string {
	keys := map[string]string{}
	families := map[string]bool{}
	for _, f := range Families() {
		families[f.Prefix] = true
	}
	direct := regexp.MustCompile(`[{(]\s*-?\s*(?:t|also) "([^"]+)"`)
	family := regexp.MustCompile(`\bof "([^"]+)"`)
	err := filepath.WalkDir(root+"/ui-api", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".html" || strings.Contains(path, "testdata") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range direct.FindAllStringSubmatch(string(b), -1) {
			keys[m[1]] = path
		}
		for _, m := range family.FindAllStringSubmatch(string(b), -1) {
			if !families[m[1]] {
				t.Errorf("%s: family %q is not declared", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// goKeys notes the keys that a file uses: p.T("key"), refusal.New(code,
// "reason"), and, in ui-api, any literal.
func goKeys(path string, file *ast.File, used map[string]string, literals map[string]bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, _ := sel.X.(*ast.Ident)
			switch {
			case sel.Sel.Name == "T" && len(n.Args) > 0:
				if key := literal(n.Args[0]); key != "" {
					used[key] = path
				}
			case sel.Sel.Name == "New" && pkg != nil && pkg.Name == "refusal" && len(n.Args) > 1:
				if reason := literal(n.Args[1]); reason != "" {
					used["refusal."+reason] = path
				}
			}
		case *ast.BasicLit:
			if s := literal(n); s != "" && strings.HasPrefix(path, root+"/ui-api") {
				literals[s] = true
			}
		}
		return true
	})
}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// eachGoFile calls do with the program's files, its tests left out.
func eachGoFile(t *testing.T, do func(path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		do(path, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFamiliesAreWhatThePlatformHas compares the families with the lists that
// the packages give.
func TestFamiliesAreWhatThePlatformHas(t *testing.T) {
	want := map[string][]string{"kind": authz.Kinds()}
	roles := map[string]bool{}
	for _, kind := range authz.Kinds() {
		for _, role := range authz.Roles(kind) {
			roles[role] = true
		}
	}
	want["role"] = slices.Collect(maps.Keys(roles))
	acts := map[string]bool{}
	for _, object := range authz.Objects() {
		want["object"] = append(want["object"], string(object))
		for _, act := range authz.Acts(object) {
			acts[string(act)] = true
		}
	}
	want["act"] = slices.Collect(maps.Keys(acts))
	for _, c := range product.Classes() {
		want["class"] = append(want["class"], c.Key)
	}
	for _, s := range []trace.Standing{trace.Holds, trace.NotYet, trace.Expired, trace.Suspended, trace.Revoked} {
		want["standing"] = append(want["standing"], string(s))
	}
	for _, f := range Families() {
		if members, ok := want[f.Prefix]; ok && !sameSet(f.Members, members) {
			t.Errorf("family %s has %v, the platform %v", f.Prefix, f.Members, members)
		}
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// TestReasonsOfVerdictsAreThere finds the reasons that verify gives.
func TestReasonsOfVerdictsAreThere(t *testing.T) {
	messages := load(t).messages[Zh]
	found := 0
	eachGoFile(t, func(path string, file *ast.File) {
		if !strings.Contains(path, "services/verify/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if id, ok := pair.Key.(*ast.Ident); ok && id.Name == "Code" && literal(pair.Value) != "" {
				found++
				if key := "reason." + literal(pair.Value); messages[key].other == "" {
					t.Errorf("%s gives the reason %q, which is not in the catalogue", path, key)
				}
			}
			return true
		})
	})
	if found == 0 {
		t.Error("found no reason in services/verify: look for them in another way")
	}
}
