package main

import "strings"

const rootHelp = `diapason puts four accounts of one online service side by side: what it says
(privacy policy), asks (permissions), does (what its pages and apps send and
store) and holds (the personal-data export it returns). It reports where they
disagree, keeps evidence that a stranger can verify, and hands over remedies
that were tried.

  diapason demo                        audit a fictional service on this machine
  diapason init                        write a commented diapason.yaml
  diapason audit                       audit the service it describes
  diapason says diff OLD NEW           what changed between two policies
  diapason asks URL --for save-release is this permission more than is needed?
` + exitHelp

// exitHelp ends every help text.
const exitHelp = `
Exit status: 0 clean; 1 findings at or above --fail-on, or evidence that was
altered; 2 wrong usage or configuration; 3 something could not be looked at.
Findings outrank incomplete, incomplete outranks clean.`

// long joins a help text with the exit status.
func long(text string) string { return strings.TrimSpace(text) + "\n" + exitHelp }
