package export

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A person is the listener who does not exist, and what is known about them.
type person struct {
	Options
	rand      *rand.PCG
	artists   []artist
	plays     []play
	username  string
	email     string
	name      string
	addresses []string
	truth     Truth
}

type artist struct {
	name   string
	tracks []track
}

type track struct{ name, album, uri string }

type play struct {
	at     time.Time
	artist int
	track  int
	played int64 // ms
	ip     int
}

const (
	artistCount = 120
	trackCount  = 9
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

func newPerson(o Options) *person {
	p := &person{Options: o, rand: rand.NewPCG(o.Seed, 0x6469617061736f6e)}
	p.truth = Truth{Artists: map[string]int{}, Segments: map[string]string{}, Holds: map[string]string{}, Canaries: map[string]string{}}
	p.username = "listener" + strings.ToLower(p.token(14))
	p.email = strings.ToLower(p.token(14)) + "@example.invalid"
	p.name = p.word(3) + " " + p.word(3)
	for range 3 { // the ranges for documentation, RFC 5737
		p.addresses = append(p.addresses, fmt.Sprintf("203.0.113.%d", 1+p.below(254)), fmt.Sprintf("198.51.100.%d", 1+p.below(254)))
	}
	for range artistCount {
		a := artist{name: p.word(2) + " " + p.word(2)}
		for range trackCount {
			a.tracks = append(a.tracks, track{p.word(3), p.word(2) + " " + p.word(2), "spotify:track:" + p.token(22)})
		}
		p.artists = append(p.artists, a)
	}
	p.listen()
	return p
}

// below is a number from 0 to n-1. It leans on nothing but the generator
// itself, whose numbers are fixed.
func (p *person) below(n int) int { return int(p.rand.Uint64() >> 1 % uint64(n)) }

// token is n letters and digits: 14 of them are more than 80 bits.
func (p *person) token(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = base62[p.below(len(base62))]
	}
	return string(b)
}

// word coins a word of n syllables.
func (p *person) word(n int) string {
	heads := []string{"b", "br", "d", "f", "gl", "h", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "v", "w", "z"}
	tails := []string{"a", "e", "i", "o", "u", "ai", "ea", "or", "en", "il", "am", "ux", "yn"}
	var s strings.Builder
	for range n {
		s.WriteString(heads[p.below(len(heads))] + tails[p.below(len(tails))])
	}
	return strings.ToUpper(s.String()[:1]) + s.String()[1:]
}

// listen spreads the plays over the time: a few artists often, most seldom.
func (p *person) listen() {
	if p.Plays == 0 {
		return
	}
	step := p.Until.Sub(p.From) / time.Duration(p.Plays)
	for i := range p.Plays {
		at := p.From.Add(time.Duration(i)*step + time.Duration(p.below(int(max(step, 2))/2))).Truncate(time.Second)
		u := p.below(artistCount)
		u = u * u / artistCount * p.below(artistCount) / artistCount
		pl := play{at: at, artist: u, track: p.below(trackCount), played: int64(1000 + p.below(320_000)), ip: p.below(len(p.addresses))}
		if i == p.Plays-1 {
			pl.at = p.Until
		}
		p.plays = append(p.plays, pl)
		p.truth.Artists[p.artists[u].name]++
	}
	p.truth.Plays = len(p.plays)
	p.stamp(p.Until)
}

// stamp notes a time that stands in the export.
func (p *person) stamp(at time.Time) {
	if at.After(p.truth.Newest) {
		p.truth.Newest = at
	}
}

// holds notes that paths of one kind of file carry values of a term.
func (p *person) holds(kind, term string, paths ...string) {
	for _, path := range paths {
		p.truth.Holds[kind+" "+path] = term
	}
}

// canary notes a value that may stand nowhere but in the export.
func (p *person) canary(path, value string) string {
	p.truth.Canaries[path] = value
	return value
}
