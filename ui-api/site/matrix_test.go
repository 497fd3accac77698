// Package site_test opens the whole platform, to ask it as each person would.
package site_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/routes.csv anew")

// matrixFile says, of each route, what each person gets:
//
//	200    an answer
//	303    sent on: something was done, or there is nothing left to do
//	login  sent to the login
//	400    a content that is refused, 409 a state of things that refuses it:
//	       the person may do it, and would with another content
//	401    only those who have logged in may, and a program is told so
//	403    this person may not do it
//	404    there is nothing, or nothing that is shown to this person
//	-      not asked: it is about logging in, which these people have done
//
// Every POST carries a content that is refused, so that a permitted one leaves
// things as they are.
const matrixFile = "testdata/routes.csv"

// TestMatrix asks for every route as every kind of person. A route without a
// sample fails, and so does one whose answer is not in the file.
func TestMatrix(t *testing.T) {
	p := open(t)
	rows := [][]string{append([]string{"method", "route"}, names(p.people)...)}
	routes := routes(p.web)
	for _, route := range routes {
		sample, ok := p.samples()[route]
		if !ok {
			t.Errorf("%s: no sample in samples_test.go", route)
			continue
		}
		method, path, _ := strings.Cut(route, " ")
		row := []string{method, path}
		for _, person := range p.people {
			row = append(row, p.ask(t, method, sample, person))
		}
		rows = append(rows, row)
	}
	for route := range p.samples() {
		if !slices.Contains(routes, route) {
			t.Errorf("%s: a sample of no route", route)
		}
	}
	compare(t, rows)
}

// compare holds the answers to the file.
func compare(t *testing.T, rows [][]string) {
	t.Helper()
	if *update {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(matrixFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	want, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readable(want), readable(rows)); diff != "" {
		t.Errorf("answers differ from %s (-file +program); if they should, run with -update:\n%s", matrixFile, diff)
	}
}

// readable names each answer, so that a difference says whose it is.
func readable(rows [][]string) []string {
	var lines []string
	for _, row := range rows[1:] {
		for i, answer := range row[2:] {
			lines = append(lines, fmt.Sprintf("%s %s as %s: %s", row[0], row[1], rows[0][2+i], answer))
		}
	}
	return lines
}

// routes lists what the app answers, each once. HEAD follows GET.
func routes(web *fiber.App) []string {
	var list []string
	for _, r := range web.GetRoutes(true) {
		if r.Method != fiber.MethodHead {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func names(people []person) []string {
	list := make([]string, len(people))
	for i, p := range people {
		list[i] = p.name
	}
	return list
}

// ask sends a request as a person would and says what came of it.
func (p platform) ask(t *testing.T, method string, s sample, who person) string {
	t.Helper()
	if s.login && who.token != "" {
		return "-"
	}
	req := httptest.NewRequest(method, s.path, strings.NewReader(s.body))
	switch {
	case strings.HasPrefix(s.body, "{"):
		req.Header.Set("Content-Type", "application/json")
	case method == http.MethodPost:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if who.token != "" {
		req.AddCookie(&http.Cookie{Name: "fw_session", Value: who.token})
	}
	res, err := p.web.Test(req, -1)
	if err != nil {
		t.Fatalf("%s %s as %s: %v", method, s.path, who.name, err)
	}
	defer res.Body.Close()
	if to, err := url.Parse(res.Header.Get("Location")); err == nil && to.Path == "/login" {
		return "login"
	}
	if res.StatusCode >= http.StatusInternalServerError {
		t.Errorf("%s %s as %s: %d", method, s.path, who.name, res.StatusCode)
	}
	return fmt.Sprint(res.StatusCode)
}
