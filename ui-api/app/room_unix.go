//go:build unix

package app

import (
	"fmt"
	"syscall"
)

// room returns how many bytes of the file system of a folder are free, of how
// many.
func room(folder string) (free, whole uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, 0, fmt.Errorf("look for room in %s: %w", folder, err)
	}
	return uint64(s.Bavail) * uint64(s.Bsize), uint64(s.Blocks) * uint64(s.Bsize), nil //nolint:unconvert // signed on some systems
}
