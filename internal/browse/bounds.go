package browse

import "time"

// The bounds of one visit. What goes beyond is counted, not kept.
const (
	maxRequests    = 10_000
	maxBodies      = 256 << 20 // bytes of bodies that are kept, all together
	maxBody        = 1 << 20   // bytes of one body that are kept; its hash is of all
	maxFetch       = 20 << 20  // bytes of one body that the browser holds for us
	maxTargets     = 200
	maxPopups      = 8
	maxNavigations = 20
	maxMemory      = 3 << 30 // bytes, of the browser and its children
	maxVisit       = 120 * time.Second
	maxMessages    = 1000     // of one socket
	maxMessage     = 64 << 10 // bytes of one message
	maxFrames      = 40       // whose storage is read
	maxCalls       = 2000     // calls of scripts, equal ones as one
	maxPage        = 4 << 20  // bytes of one rendered document
)

// limits are the bounds as one visit holds them; tests lower them.
type limits struct {
	requests, targets, popups, navigations, calls int
	bodies, memory                                int64
	visit                                         time.Duration
}

func usualLimits() limits {
	return limits{
		requests: maxRequests, targets: maxTargets, popups: maxPopups, navigations: maxNavigations, calls: maxCalls,
		bodies: maxBodies, memory: maxMemory, visit: maxVisit,
	}
}
