package holds

import "fmt"

// sum adds the members up and checks that every record is accounted for. A
// difference is a mistake of this program, and it is said instead of a number.
func (l *Ledger) sum() error {
	*l = Ledger{Members: l.Members, Reasons: l.Reasons}
	for _, m := range l.Members {
		if m.Read != m.Kept+m.Skipped+m.Duplicate+m.Malformed {
			return fmt.Errorf("%s: %d records were read and %d accounted for; please report this", m.Name, m.Read, m.Kept+m.Skipped+m.Duplicate+m.Malformed)
		}
		l.Read += m.Read
		l.Kept += m.Kept
		l.Skipped += m.Skipped
		l.Duplicate += m.Duplicate
		l.Malformed += m.Malformed
		l.UnreadBytes += m.Unread
	}
	return nil
}
