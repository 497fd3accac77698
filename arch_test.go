package fanwei

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/fanwei/fanwei/"

// maxLines is the length of a Go file above which it is cut.
const maxLines = 400

// layers lists the top-level folders from the law of the ledger outwards. A
// folder may import itself and those before it, never one after it.
func layers() []string { return []string{"chaincode", "policies", "services", "ingest", "ui-api"} }

// homes names the third-party trees that only some folders may import.
func homes() map[string][]string {
	return map[string][]string{
		"github.com/hyperledger/fabric-chaincode-go": {"chaincode"},
		"github.com/hyperledger/fabric-sdk-go":       {"services/ledger/fabric"},
		"github.com/hyperledger/fabric-gateway":      {"services/ledger/fabric"},
		"github.com/elastic/":                        {"services/search/elastic"},
		"github.com/segmentio/":                      {"ingest"},
		"github.com/twmb/":                           {"ingest"},
		"github.com/casbin/":                         {"services/authz"},
		"github.com/gofiber/":                        {"ui-api"},
		"github.com/danielgtaylor/":                  {"ui-api"},
		"github.com/pressly/goose":                   {"services/database"},
		"github.com/jackc/pgx":                       {"services/database", "services/job"}, // river takes a pool of pgx
		"modernc.org/sqlite":                         {"services/database"},
		"github.com/xuri/":                           {"services/bulk"},
		"github.com/riverqueue/":                     {"services/job"},
		"gocloud.dev/secrets":                        {"services/vault"},
		"github.com/go-pdf/":                         {"services/label"},
		"rsc.io/qr":                                  {"services/label"},
	}
}

// pkg is what the go command says of a package.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func (p pkg) path() string { return strings.TrimPrefix(p.ImportPath, module) }

// TestImports checks that imports go one way, that each product we depend on
// is named in one place, and that the rules stay pure.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range checkImports(p) {
			t.Error(wrong)
		}
	}
}

func checkImports(p pkg) []string { return append(checkAll(p), checkProduction(p)...) }

// checkAll looks at a package and its tests.
func checkAll(p pkg) (wrong []string) {
	from := p.path()
	for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
		to, ours := strings.CutPrefix(imp, module)
		if ours && rank(to) > rank(from) {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: imports go %v, never back", from, to, layers()))
		}
		for tree, at := range homes() {
			if strings.HasPrefix(imp, tree) && !within(from, at) {
				wrong = append(wrong, fmt.Sprintf("%s imports %s, which belongs to %v", from, imp, at))
			}
		}
	}
	return wrong
}

// checkProduction looks at a package without its tests.
func checkProduction(p pkg) (wrong []string) {
	from := p.path()
	for _, imp := range p.Imports {
		if imp == "testing" && !strings.HasSuffix(from, "test") {
			wrong = append(wrong, from+" imports testing outside a *test package")
		}
		if isRules(from) && impure(imp) {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: a rule must give every peer the same answer", from, imp))
		}
	}
	return wrong
}

func rank(path string) int {
	top, _, _ := strings.Cut(path, "/")
	return slices.Index(layers(), top)
}

func within(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return path == folder || strings.HasPrefix(path, folder+"/")
	})
}

// isRules reports whether a package runs on peers, under the rules.
func isRules(path string) bool { return path == "chaincode/trace" || path == "chaincode/refusal" }

// impure reports whether a package would let a rule see more than its
// transaction.
func impure(imp string) bool {
	return within(imp, []string{"os", "net", "math/rand", "crypto/rand", "sync", "time/tzdata", "runtime", "unsafe", "syscall"})
}

// TestFiles checks every Go file of the module: its length, that tests do not
// sleep, that rules do not look at a clock, and that nothing runs by itself.
func TestFiles(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(path, d.Name())
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		wrong, err := checkFile(filepath.ToSlash(path))
		for _, w := range wrong {
			t.Error(w)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// skipFolder leaves out what is not of this module.
func skipFolder(path, name string) error {
	if path == "." {
		return nil
	}
	if name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func checkFile(path string) (wrong []string, err error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(src), "\n"); n > maxLines {
		wrong = append(wrong, fmt.Sprintf("%s has %d lines, more than %d", path, n, maxLines))
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if w := checkNode(path, n); w != "" {
			wrong = append(wrong, fmt.Sprintf("%s:%d: %s", path, set.Position(n.Pos()).Line, w))
		}
		return true
	})
	return wrong, nil
}

func checkNode(path string, n ast.Node) string {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Name.Name == "init" && n.Recv == nil {
			return "an init function"
		}
	case *ast.SelectorExpr:
		return checkUse(path, qualified(n))
	}
	return ""
}

func checkUse(path, name string) string {
	folder := filepath.ToSlash(filepath.Dir(path))
	isTest := strings.HasSuffix(path, "_test.go") || strings.HasSuffix(folder, "test")
	switch {
	case isTest && name == "time.Sleep":
		return "a test sleeps"
	case !isTest && isRules(folder) && slices.Contains(clocks(), name):
		return "a rule uses " + name
	}
	return ""
}

// clocks names what of package time gives peers different answers.
func clocks() []string {
	return []string{"time.Now", "time.Since", "time.Until", "time.Local", "time.LoadLocation", "time.ParseInLocation", "time.Sleep", "time.After"}
}

func qualified(s *ast.SelectorExpr) string {
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return x.Name + "." + s.Sel.Name
}

// TestChecks feeds the checks what they must find.
func TestChecks(t *testing.T) {
	for _, p := range []pkg{
		{ImportPath: module + "chaincode/trace", Imports: []string{module + "services/ledger"}},
		{ImportPath: module + "services/product", TestImports: []string{module + "ui-api/app"}},
		{ImportPath: module + "services/product", XTestImports: []string{"github.com/jackc/pgx/v5/stdlib"}},
		{ImportPath: module + "services/printrun", Imports: []string{"github.com/riverqueue/river"}},
		{ImportPath: module + "services/authority", Imports: []string{"github.com/casbin/casbin/v2"}},
		{ImportPath: module + "services/product", Imports: []string{"testing"}},
		{ImportPath: module + "chaincode/trace", Imports: []string{"math/rand/v2"}},
		{ImportPath: module + "chaincode/refusal", Imports: []string{"net/http"}},
	} {
		if len(checkImports(p)) != 1 {
			t.Errorf("%+v: got %v", p, checkImports(p))
		}
	}
	for _, p := range []pkg{
		{ImportPath: module + "chaincode/trace/tracetest", Imports: []string{"testing", "crypto/rand", module + "chaincode/trace"}},
		{ImportPath: module + "services/authz", Imports: []string{"github.com/casbin/casbin/v2", module + "policies"}},
		{ImportPath: module + "services/job/jobtest", Imports: []string{"testing", "github.com/riverqueue/river"}},
		{ImportPath: module + "ui-api/app", Imports: []string{"os", module + "ingest", module + "services/ledger"}},
	} {
		if wrong := checkImports(p); wrong != nil {
			t.Errorf("%+v: got %v", p, wrong)
		}
	}
	for path, name := range map[string]string{
		"services/job/job_test.go":       "time.Sleep",
		"services/job/jobtest/suite.go":  "time.Sleep",
		"chaincode/trace/certificate.go": "time.Now",
	} {
		if checkUse(path, name) == "" {
			t.Errorf("%s may use %s", path, name)
		}
	}
	if w := checkUse("services/job/job.go", "time.Now"); w != "" {
		t.Error(w)
	}
}
