package presave

import (
	"errors"
	mathrand "math/rand/v2"
	"net/http"
	"time"

	"diapason.dev/diapason"
)

// How long a row is tried, and how long it waits.
const (
	GiveUp        = 48 * time.Hour   // after a row was due, what hinders it ends it
	quotaWait     = time.Hour        // until a quota, or a setting of ours, is probed
	crowdWait     = 30 * time.Second // where a 429 names no time
	skewWait      = time.Minute
	backoffFirst  = 2 * time.Second
	backoffLast   = 15 * time.Minute
	quotaExceeded = "QUOTA_EXCEEDED" // developer.spotify.com/documentation/web-api/references/changes/july-2026
	invalidGrant  = "invalid_grant"  // RFC 6749 section 5.2
)

// A fate is what becomes of a row after an attempt: it ends in a state, or
// waits, and what it ran into may stop others.
type fate struct {
	final State // "" if it waits
	next  time.Time
	pause *Pause // its kind, reason, end and whether to probe
	alert string // for the operator; "" if it is nothing special
}

// judge says what an error of an attempt means for a row. asked is what was
// asked for: a token, or to save.
func judge(r Row, err error, asked question, now time.Time) fate {
	var a *Answer
	switch {
	case err == nil:
		return fate{final: Done}
	case errors.Is(err, ErrSkew):
		return pausing(PauseProvider, err.Error(), now.Add(skewWait), false)
	case errors.Is(err, diapason.ErrAltered), errors.Is(err, ErrKey), errors.Is(err, diapason.ErrUsage):
		// The row does not open with this ring. Somebody may put that right.
		f := patient(r, now, now.Add(quotaWait))
		f.alert = err.Error()
		return f
	case !errors.As(err, &a): // the database
		return fate{next: now.Add(backoff(r.Attempts)), alert: err.Error()}
	case a.Status == http.StatusTooManyRequests && a.Code == quotaExceeded:
		return pausing(PauseProvider, a.Error(), now.Add(quotaWait), true)
	case a.Status == http.StatusTooManyRequests:
		wait := a.RetryAfter
		if wait == 0 {
			wait = crowdWait
		}
		f := pausing(PauseProvider, a.Error(), now.Add(wait), false)
		f.alert = ""
		return f
	case a.Status < 400 || a.Status >= 500 || a.Status == http.StatusRequestTimeout:
		return patient(r, now, now.Add(backoff(r.Attempts)))
	case asked == forToken:
		return judgeToken(a, now)
	}
	return judgeSave(r, a, now)
}

// judgeToken is for what the token endpoint refuses. Whatever is not the
// listener's grant is a setting of ours, and no row may pay for it.
func judgeToken(a *Answer, now time.Time) fate {
	if a.Code == invalidGrant {
		return fate{final: Gone}
	}
	return pausing(PauseProvider, "token: "+a.Error(), now.Add(quotaWait), true)
}

// judgeSave is for what the interface refuses.
func judgeSave(r Row, a *Answer, now time.Time) fate {
	switch a.Status {
	case http.StatusUnauthorized: // with a token that is a moment old
		return fate{final: Gone}
	case http.StatusForbidden:
		return fate{final: Failed}
	case http.StatusBadRequest, http.StatusNotFound:
		f := patient(r, now, now.Add(ProbeEvery))
		p := pausing(PauseCampaign, "save: "+a.Error(), now.Add(ProbeEvery), true)
		f.pause, f.alert = p.pause, p.alert
		return f
	}
	return patient(r, now, now.Add(backoff(r.Attempts)))
}

// pausing is for what is not about the row: it is due again when the pause is
// over.
func pausing(kind PauseKind, reason string, end time.Time, probe bool) fate {
	return fate{next: end, pause: &Pause{Kind: kind, Reason: reason, Until: end, Probe: probe}, alert: reason}
}

// patient is for a row that waits, but not for ever.
func patient(r Row, now, next time.Time) fate {
	if !now.Before(r.DueAt.Add(GiveUp)) {
		return fate{final: Failed}
	}
	return fate{next: next}
}

// backoff is the full jitter of M. Brooker, "Exponential Backoff And Jitter"
// (AWS Architecture Blog, 2015): any time up to a limit that doubles.
func backoff(attempts int) time.Duration {
	limit := backoffLast
	if n := max(attempts, 1) - 1; n < 9 { // 2 s · 2^9 is over 15 min
		limit = min(backoffFirst<<n, backoffLast)
	}
	return mathrand.N(limit) + time.Microsecond
}
