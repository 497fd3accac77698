package site_test

import (
	"net/url"
	"strings"
)

// A sample is what a route is asked with.
type sample struct {
	path  string
	body  string // of a POST: a form, or JSON; its content is refused
	login bool   // it begins or ends a session, so only nobody asks
}

// samples is what each route is asked with.
func (p platform) samples() map[string]sample {
	all := map[string]sample{}
	get := func(routes ...string) {
		for _, route := range routes {
			all["GET "+route] = sample{path: p.fill(route)}
		}
	}
	post := func(body string, routes ...string) {
		for _, route := range routes {
			all["POST "+route] = sample{path: p.fill(route), body: body}
		}
	}
	p.publicSamples(all, get, post)
	p.apiSamples(get, post)
	get("/desk", "/secret", "/password", "/search", "/audit", "/system", "/system/state",
		"/certificates", "/certificates/new", "/certificates/:number", "/certificates/:number/suspend",
		"/certificates/:number/restore", "/certificates/:number/revoke",
		"/models", "/models/new", "/models/:gtin",
		"/batches", "/batches/new", "/batches/import", "/batches/import/template.csv", "/batches/:gtin/:lot",
		"/batches/:gtin/:lot/event", "/batches/:gtin/:lot/label.svg", "/batches/:gtin/:lot/label.png", "/batches/:gtin/:lot/runs",
		"/imports/:id", "/imports/:id/progress", "/print-runs/:id/file",
		"/recalls", "/recalls/new", "/recalls/:by/:number",
		"/organisations", "/organisations/new", "/organisations/:id", "/organisations/:id/end",
		"/people", "/people/new", "/people/:id", "/people/:id/password", "/people/:id/remove")
	post("", "/secret", "/certificates/new", "/certificates/:number/suspend", "/certificates/:number/restore", "/certificates/:number/revoke",
		"/batches/new", "/batches/import", "/recalls/:by/:number/end",
		"/organisations/new", "/organisations/:id", "/people/new",
		"/print-runs/:id/pause", "/print-runs/:id/resume", "/print-runs/:id/cancel") // the run is done
	post("", "/people/:id", "/people/:id/password", "/people/:id/remove") // the person is removed
	post("id=m&gtin="+gtin+"&class=fire-hose&model=", "/models/new")
	post("first=1&last=2&layout=none", "/batches/:gtin/:lot/print")
	post("id=m&gtin="+gtin+"&lot="+lot+"&number=", "/recalls", "/recalls/new")
	post("id="+p.imported+"&lines="+url.QueryEscape(`[{"number":2,"batch":{"GTIN":"`+gtin+`","Lot":"L3","Size":1}}]`), "/imports") // it ran
	post("current=a&next=b&again=c", "/password")
	for _, picture := range []string{"svg", "png"} {
		route := "/batches/:gtin/:lot/label." + picture
		all["GET "+route] = sample{path: p.fill(route) + "?serial=" + p.serial}
	}
	all["POST /organisations/:id/end"] = sample{path: "/organisations/operator/end"}       // nobody ends his own
	all["POST /organisations/:id/resume"] = sample{path: "/organisations/operator/resume"} // it is active: nothing changes
	return all
}

// publicSamples are of what everybody may ask.
func (p platform) publicSamples(all map[string]sample, get func(...string), post func(string, ...string)) {
	get("/healthz", "/readyz", "/", "/login", "/q", "/api/docs")
	all["GET /static/:file"] = sample{path: "/static/nothing.css"}
	all["GET /q/:code"] = sample{path: "/q/7K3"}
	all["GET /01/*"] = sample{path: p.unit}
	all["GET /c/:serial/:secret"] = sample{path: "/c/HQ3R7YH28D652F6KCWQH/AAAAAAAAAAAAAAAAAAAAAAAAAA"}
	all["GET /photo/:name"] = sample{path: "/photo/" + strings.Repeat("0", 64)}
	post("theme=dark&back=/", "/theme")
	all["POST /login"] = sample{path: "/login", login: true}
	all["POST /logout"] = sample{path: "/logout", login: true}
}

// apiSamples are of what programs may ask.
func (p platform) apiSamples(get func(...string), post func(string, ...string)) {
	get("/api/openapi.json", "/api/openapi.yaml", "/api/openapi-3.0.json", "/api/openapi-3.0.yaml", "/api/schemas/:schema",
		"/api/v1/certificates", "/api/v1/certificates/:number", "/api/v1/models", "/api/v1/models/:gtin",
		"/api/v1/batches", "/api/v1/batches/:gtin/:lot", "/api/v1/recalls")
	get("/api/v1/units/:gtin/:lot/:serial")
	post(`{"id":"m","number":"","holder":"","class":"fire-hose","models":[],"standards":[],"valid_from":"","valid_to":"","capacity":0}`,
		"/api/v1/certificates")
	post(`{"id":"m","change":"suspend","reason":""}`, "/api/v1/certificates/:number/changes")
	post(`{"id":"m","gtin":"1","model":"","name":"","brand":"","class":"fire-hose","specification":""}`, "/api/v1/models")
	post(`{"id":"m","gtin":"`+gtin+`","lot":"","size":0,"plant":"","produced_on":""}`, "/api/v1/batches")
	post(`{"id":"m","number":"","gtin":"`+gtin+`","lot":"`+lot+`","from":0,"to":0,"reason":"","what_to_do":""}`, "/api/v1/recalls")
	post(`{"id":"m","reason":""}`, "/api/v1/recalls/:by/:number/end")
}

// fill puts what there is on the platform into a route's places.
func (p platform) fill(route string) string {
	id := map[string]string{"/people": p.removed, "/organisations": "maker", "/print-runs": p.run, "/imports": p.imported}
	folder := "/" + strings.Split(route, "/")[1]
	return strings.NewReplacer(":number/end", recallNumber+"/end", ":by/:number", "maker/"+recallNumber, ":number", certificateNumber,
		":gtin", gtin, ":lot", lot, ":serial", p.serial, ":by", "maker", ":schema", "Answer.json", ":id", id[folder]).Replace(route)
}
