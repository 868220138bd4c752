package presave

import (
	"context"
	"errors"
	"time"
)

// What a [Store] answers when it cannot do as asked.
var (
	// ErrNotFound means that there is no such row, campaign, receipt or
	// request, or that it is no longer the asker's.
	ErrNotFound = errors.New("not found")
	// ErrConsent means that listeners agreed to something else: a campaign's
	// release cannot be swapped under them.
	ErrConsent = errors.New("needs new consent")
	// ErrMoved means that a release date changed under a row.
	ErrMoved = errors.New("release moved")
	// ErrKey means that the key that a row is sealed with is being destroyed.
	ErrKey = errors.New("key destroyed")
)

// A Store keeps campaigns, rows, receipts and pauses. Every method is one
// transaction. asks/presave/store has two, and one suite that both pass.
type Store interface {
	// PutCampaign adds a campaign, or changes one that is there. ErrConsent if
	// it has rows and its URI or provider would change.
	PutCampaign(ctx context.Context, c Campaign) error
	// Campaign is the campaign of that id.
	Campaign(ctx context.Context, id string) (Campaign, error)
	// Campaigns are all campaigns, by id.
	Campaigns(ctx context.Context) ([]Campaign, error)
	// Counts tells how the rows of a campaign stand and ended.
	Counts(ctx context.Context, campaign string) (Counts, error)

	// Begin remembers a request that is sent to the provider.
	Begin(ctx context.Context, p Pending) error
	// Redeem forgets the request and returns it: each can be had once, and not
	// after it expired.
	Redeem(ctx context.Context, stateHash []byte, now time.Time) (Pending, error)

	// Add stores a row. ErrKey if its key is not there any more.
	Add(ctx context.Context, r Row) error
	// Find is the row whose receipt's link has that hash.
	Find(ctx context.Context, cancelHash []byte) (Row, error)
	// Receipt is what is left of a row that ended.
	Receipt(ctx context.Context, cancelHash []byte) (Receipt, error)
	// Cancel deletes a row at once, also while a worker has it, counts it and
	// leaves its receipt.
	Cancel(ctx context.Context, cancelHash []byte, now time.Time) error

	// Lease gives up to n rows that are due at now to one worker for
	// [LeaseLife], as far as the providers' limits allow: all workers share
	// them. Rows of paused campaigns and providers stay, but for the one row
	// that finds out, once the pause is over, whether it must go on.
	Lease(ctx context.Context, now time.Time, n int, limits map[string]Limit) ([]Row, error)
	// Holds returns ErrNotFound if the row is gone or no longer leased as r
	// says, and ErrMoved if its campaign has another release date now.
	Holds(ctx context.Context, r Row) error
	// Reseal replaces the sealed refresh token, whoever leases the row.
	Reseal(ctx context.Context, r Row) error
	// Finish deletes a leased row, counts its final state and leaves its
	// receipt. Done also ends the pauses that r was to probe. ErrNotFound, and
	// nothing counted, if the row is gone or no longer leased as r says.
	Finish(ctx context.Context, r Row, final State, now time.Time) error
	// Return gives a leased row back, to be taken again at next.
	Return(ctx context.Context, r Row, next time.Time) error
	// Expire ends as failed up to n rows of paused campaigns that were due
	// before then, and tells how many.
	Expire(ctx context.Context, due, now time.Time, n int) (int, error)

	// Pause stops a provider or a campaign. Of a pause that is on already it
	// keeps the beginning and the later end.
	Pause(ctx context.Context, p Pause) error
	// Pauses are all pauses, by kind and id.
	Pauses(ctx context.Context) ([]Pause, error)
	// Resume ends a pause, if there is one.
	Resume(ctx context.Context, kind PauseKind, id string) error

	// Schedules are the different sets of campaign, option, zone, date and time
	// that rows have.
	Schedules(ctx context.Context) ([]Schedule, error)
	// Reschedule moves all rows of a schedule to another date and time,
	// spread over jitter, as if they were new. A worker that has one loses it.
	Reschedule(ctx context.Context, from Schedule, date Date, due time.Time, jitter time.Duration) error
	// Zoneinfo is the version of the time zone data that the times were
	// computed with, "" at first.
	Zoneinfo(ctx context.Context) (string, error)
	// SetZoneinfo records it.
	SetZoneinfo(ctx context.Context, version string) error

	// AddKey registers a campaign's key by its id; the key itself is in the
	// [Ring].
	AddKey(ctx context.Context, campaign, keyID string) error
	// Key is the id of the campaign's newest key.
	Key(ctx context.Context, campaign string) (string, error)
	// RetireKeys closes the keys of campaigns without rows whose last row ended
	// before then, and returns them and those that were closed before and not
	// forgotten. No row can be added with them any more.
	RetireKeys(ctx context.Context, ended time.Time) ([]string, error)
	// ForgetKey deletes a key's id, once the key is destroyed.
	ForgetKey(ctx context.Context, keyID string) error

	// Forget deletes receipts of rows that ended before that day and requests
	// that expired at now.
	Forget(ctx context.Context, ended Date, now time.Time) error
	// Close lets go of the database.
	Close() error
}

// LeaseLife is for how long a worker has a row to itself. One that was killed
// frees its rows after that.
const LeaseLife = 2 * time.Minute

// ProbeEvery is how often one row finds out whether a pause must go on.
const ProbeEvery = time.Hour

// A Limit is a token bucket: it fills with Rate rows a second, up to Burst.
type Limit struct {
	Rate  float64
	Burst int
}

// A Schedule is what the times of rows follow from.
type Schedule struct {
	Campaign string
	Option   Option
	Zone     string
	Date     Date
	DueAt    time.Time
	Rows     int64
}

// A Pause stops the rows of a campaign or of a whole provider.
type Pause struct {
	Kind   PauseKind
	ID     string
	Reason string // for the alert, without anything of a listener
	Since  time.Time
	Until  time.Time // when it is over, or is probed with one row
	Probe  bool      // whether a single row must succeed before it is over
}

// A PauseKind says what is paused.
type PauseKind string

// The kinds of pauses.
const (
	PauseCampaign PauseKind = "campaign"
	PauseProvider PauseKind = "provider"
)
