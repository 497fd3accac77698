package product

import (
	"embed"
	"io/fs"
)

//go:embed migrations/*.sql
var files embed.FS

// migrations returns the tables' migrations.
func migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil { // the folder is part of the program
		return files
	}
	return sub
}
