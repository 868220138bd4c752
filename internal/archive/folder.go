package archive

import (
	"fmt"
	"io/fs"
	"os"

	"diapason.dev/diapason"
)

// walkFolder reads the files of a folder in the order of their names. Links
// are refused, and the root handle keeps everything else inside.
func (a *Archive) walkFolder(f func(*Member) error) error {
	root, err := os.OpenRoot(a.path)
	if err != nil {
		return fmt.Errorf("open export %s: %w (%w)", a.Name, reason(err), diapason.ErrUsage)
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			a.refuse(name, fmt.Sprintf("%v", reason(err)), 0)
			return nil
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			a.refuse(name, "it is a link or a device", 0)
			return nil
		}
		if a.entries++; a.entries > a.limits.Entries {
			return a.trap("", fmt.Sprintf("it has more than %d entries", a.limits.Entries))
		}
		return a.visitFile(root, name, f)
	})
}

func (a *Archive) visitFile(root *os.Root, name string, f func(*Member) error) error {
	file, err := root.Open(name)
	if err != nil {
		a.refuse(name, fmt.Sprintf("%v", reason(err)), 0)
		return nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		a.refuse(name, fmt.Sprintf("%v", reason(err)), 0)
		return nil
	}
	return a.inner(name, info.Size(), a.visit(file, info.Size(), name, 0, f))
}
