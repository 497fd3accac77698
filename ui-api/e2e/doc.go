// Package e2e walks through the platform in a real browser, as its users do:
// go test -tags browser ./ui-api/e2e. It needs Chromium. With
// FANWEI_TEST_PICTURES=DIR it leaves a picture of every page there.
package e2e
