// Package report writes the one result of an audit for people and machines:
// [HTML] for a page that can be mailed, [JSON] for programs, [Terminal] for the
// person who ran it. Start with any of them; each takes the same result and
// tells all of it.
//
// A report computes nothing: it formats and counts. It gives no grade, it says
// "we saw" and never "illegal", it counts what it does not show, and it prints
// what was not looked at. The page sends nothing and loads nothing, and its
// text is never taken for markup, whatever it holds.
package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"sync"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
)

//go:embed page
var files embed.FS

// A sheet is what the page is made from.
type sheet struct {
	text   *template.Template
	style  template.CSS
	script template.JS
	policy string
}

var page = sync.OnceValues(func() (sheet, error) {
	t, err := template.New("page.html").Funcs(functions).ParseFS(files, "page/*.html")
	if err != nil {
		return sheet{}, err
	}
	style, err := files.ReadFile("page/style.css")
	if err != nil {
		return sheet{}, err
	}
	script, err := files.ReadFile("page/page.js")
	if err != nil {
		return sheet{}, err
	}
	return sheet{t, template.CSS(style), template.JS(script), policy(style, script)}, nil
})

// policy allows the page's own style and script, by their hash, and nothing
// else: no address, no attribute and no text of the audited service can run or
// fetch anything.
func policy(style, script []byte) string {
	hash := func(b []byte) string {
		sum := sha256.Sum256(b)
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'", hash(script), hash(style))
}

// A view is what the page's templates see: the result, and its parts arranged
// for reading.
type view struct {
	R          *audit.Result
	Policy     string
	Style      template.CSS
	Script     template.JS
	Sections   []section
	Severities []diapason.Severity
	Choices    []choosing
	Respawns   []respawn
	Ladders    []ladder
	Recipients []recipient
	Passings   []passing
	Nights     []night
	Exports    []export
	Made       []line
}

// HTML writes the result as one page that needs no other file and no network.
// Equal results give equal bytes.
func HTML(w io.Writer, r *audit.Result) error {
	p, err := page()
	if err != nil {
		return fmt.Errorf("read the templates of the report: %w", err)
	}
	v := view{
		R: r, Policy: p.policy, Style: p.style, Script: p.script, Severities: severities(r.Findings),
		Choices: choosings(r), Respawns: respawns(r.Facts.Does.Respawns), Ladders: ladders(r.Facts.Asks), Recipients: recipients(r),
		Passings: passings(r.Facts.Does), Nights: nights(r.Facts.Does.Nights),
		Exports: exports(r.Facts.Holds), Made: made(r),
	}
	v.Sections = sections(v)
	if err := p.text.Execute(w, v); err != nil {
		return fmt.Errorf("write report as HTML: %w", err)
	}
	return nil
}

// severities lists those that findings have, worst first.
func severities(fs []diapason.Finding) []diapason.Severity {
	var list []diapason.Severity
	for _, s := range []diapason.Severity{diapason.Critical, diapason.High, diapason.Medium, diapason.Low} {
		for _, f := range fs {
			if f.Severity == s {
				list = append(list, s)
				break
			}
		}
	}
	return list
}

// A section is an entry of the page's table of contents.
type section struct{ ID, Title string }

func sections(v view) []section {
	list := []section{{"table", "The four voices"}, {"findings", "Findings"}}
	for _, s := range []struct {
		section
		there bool
	}{
		{section{"remedies", "What can be done"}, len(v.R.Remedies.Person)+len(v.R.Remedies.Operator) > 0},
		{section{"choice", "The choice"}, len(v.Choices) > 0},
		{section{"respawn", "Deleted, and back"}, len(v.Respawns) > 0},
		{section{"permissions", "Permissions"}, len(v.Ladders) > 0},
		{section{"recipients", "Who was reached"}, len(v.Recipients) > 0},
		{section{"passed", "Who passes you on"}, len(v.Passings) > 0},
		{section{"links", "Two sites"}, len(v.R.Facts.Does.Links) > 0},
		{section{"night", "By the hour"}, len(v.Nights) > 0},
		{section{"changes", "Policy changes"}, len(v.R.Facts.Says.Changes) > 0},
		{section{"export", "The export"}, len(v.Exports) > 0},
	} {
		if s.there {
			list = append(list, s.section)
		}
	}
	return append(list, section{"blind", "Not looked at"}, section{"rules", "Every rule"}, section{"made", "How this was made"}, section{"limits", "Limits"})
}
