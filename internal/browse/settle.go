package browse

import "time"

// Settle holds the waiting times of a visit.
type Settle struct {
	Load     time.Duration // at most, for the load event
	Quiet    time.Duration // without a request that starts or ends
	Most     time.Duration // at most, for the quiet time to come
	Long     time.Duration // a request that runs longer does not keep the page busy
	Favicons time.Duration // for icons, which the browser asks for last
	Leave    time.Duration // on about:blank, for what a page sends when it is left
	Typed    time.Duration // after typing, before anything is clicked
}

// usual are the waiting times for pages on the internet.
var usual = Settle{
	Load: 30 * time.Second, Quiet: time.Second, Most: 20 * time.Second, Long: 5 * time.Second,
	Favicons: 2 * time.Second, Leave: 1500 * time.Millisecond, Typed: 3 * time.Second,
}

// Brisk are short waiting times for pages on this machine, where nothing is far away.
var Brisk = Settle{
	Load: 10 * time.Second, Quiet: 300 * time.Millisecond, Most: 5 * time.Second, Long: 2 * time.Second,
	Favicons: 300 * time.Millisecond, Leave: 300 * time.Millisecond, Typed: 500 * time.Millisecond,
}
