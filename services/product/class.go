package product

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// classFile lists the product classes. What must be certified, and how, changes
// by decree, so classes are data; their names stand in the text catalogue.
//
//go:embed classes.json
var classFile []byte

// A Class is a sort of product with its own rules of certification.
type Class struct {
	Key     string `json:"key"`
	Drawing string `json:"drawing"` // which picture shows where its label is
	Hazard  string `json:"hazard"`  // what a fake of it does: fire, or fails in a fire
}

// Classes returns the product classes in the order in which forms show them.
var Classes = sync.OnceValue(func() []Class {
	var list []Class
	if err := json.Unmarshal(classFile, &list); err != nil {
		panic(fmt.Sprintf("classes.json is part of the program: %v", err))
	}
	return list
})

// KnownClass reports whether there is a class with this key.
func KnownClass(key string) bool {
	return slices.ContainsFunc(Classes(), func(c Class) bool { return c.Key == key })
}
