// Command gen converts the npm package third-party-web into the table that
// package entity embeds. Its argument is the folder of the unpacked package:
//
//	npm pack third-party-web && tar xzf third-party-web-*.tgz
//	THIRD_PARTY_WEB=$PWD/package go generate diapason.dev/diapason/entity
//
// It writes third-party-web.csv and third-party-web.LICENSE into the folder in
// which it is started.
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A company is one record of the package's dist/entities-nostats.json. What
// the program does not use (homepage, products) is left behind.
type company struct {
	Name     string   `json:"name"`
	Company  string   `json:"company"`
	Category string   `json:"category"`
	Domains  []string `json:"domains"`
}

func main() {
	if len(os.Args) != 2 || os.Args[1] == "" {
		fmt.Fprintln(os.Stderr, "gen: give the folder of the unpacked npm package third-party-web (go generate takes it from THIRD_PARTY_WEB)")
		os.Exit(2)
	}
	if err := run(os.Args[1], "."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	version, err := release(filepath.Join(from, "package.json"))
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(from, "dist", "entities-nostats.json"))
	if err != nil {
		return fmt.Errorf("read entities: %w", err)
	}
	var all []company
	if err := json.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("read entities: %w", err)
	}
	licence, err := os.ReadFile(filepath.Join(from, "LICENSE"))
	if err != nil {
		return fmt.Errorf("read licence: %w", err)
	}
	text, err := table(version, all)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "third-party-web.csv"), text, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "third-party-web.LICENSE"), licence, 0o644)
}

// release reads name and version of the package, and refuses another package
// or another licence than the one that the notice is about.
func release(file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read package: %w", err)
	}
	var p struct{ Name, Version, License string }
	if err := json.Unmarshal(raw, &p); err != nil {
		return "", fmt.Errorf("read %s: %w", file, err)
	}
	if p.Name != "third-party-web" || p.License != "MIT" {
		return "", fmt.Errorf("%s is package %q under licence %q, expected third-party-web under MIT", file, p.Name, p.License)
	}
	return p.Name + " " + p.Version, nil
}

// table writes a comment with the release, a header, and one line for each
// entity in the order of names.
func table(version string, all []company) ([]byte, error) {
	slices.SortFunc(all, func(a, b company) int { return strings.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", version)
	w := csv.NewWriter(&b)
	w.Write([]string{"name", "company", "category", "domains"})
	for _, c := range all {
		if c.Name == "" {
			return nil, fmt.Errorf("the entity of %v has no name", c.Domains)
		}
		if len(c.Domains) == 0 { // names a company that nothing leads to
			continue
		}
		if c.Company == c.Name {
			c.Company = ""
		}
		for i, d := range c.Domains {
			c.Domains[i] = strings.ToLower(d)
		}
		slices.Sort(c.Domains)
		w.Write([]string{c.Name, c.Company, c.Category, strings.Join(slices.Compact(c.Domains), " ")})
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
