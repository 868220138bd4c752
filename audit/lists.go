package audit

import (
	"errors"
	"fmt"
	"path/filepath"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/filter"
	"diapason.dev/diapason/internal/ledger"
)

// systemLists is the word for the lists of the system's uBlock Origin package.
const systemLists = "system"

// lists records the filter lists that contacts are held against. Their texts
// are evidence: judging again needs the same rules.
func (a *run) lists() error {
	for _, name := range a.Does.Lists {
		paths, err := []string{a.path(name)}, error(nil)
		if name == systemLists {
			paths, err = filter.System()
		}
		for _, p := range paths {
			a.tell("does: reading the filter list %s", filepath.Base(p))
			err = errors.Join(err, a.list(p))
		}
		if err != nil {
			if err := a.missed(diapason.Does, "filter list "+name, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *run) list(path string) error {
	l, err := filter.Open(path)
	if err != nil {
		return err
	}
	return a.put(a.keep, kindList, fmt.Sprintf("list/%s", filepath.Base(path)), l, []byte(l.Text), ledger.Entry{Mode: string(diapason.Auto)})
}
