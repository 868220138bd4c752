package vocab

import "diapason.dev/diapason"

// distances are ways up that were counted by hand in the tables; -1 means that
// there is none.
var distances = []struct {
	x, ancestor diapason.Term
	denial      bool
	want        int
}{
	{"pd:EmailAddress", "pd:EmailAddress", false, 0},
	{"pd:EmailAddress", "pd:Contact", false, 1},
	{"pd:EmailAddressWork", "pd:Contact", true, 2},
	{"pd:EmailAddress", "pd:Tracking", true, 2},
	{"pd:EmailAddress", "dpv:PersonalData", true, 3},
	{"pd:EmailAddress", "dpv:Data", true, 4},
	{"pd:EmailAddress", "dpv:ProvidedPersonalData", false, 2}, // by way of account data
	{"pd:EmailAddress", "dpv:ProvidedPersonalData", true, -1},
	{"dia:PrivatePlaylist", "dia:UserContent", true, 2},
	{"pd:EmailAddress", "dia:AccountData", false, 1},
	{"pd:EmailAddress", "dia:AccountData", true, -1},
	{"pd:Contact", "pd:EmailAddress", false, -1},
	{"pd:City", "pd:Location", false, 2},
	{"pd:City", "dia:CoarseLocation", false, 1},
	{"pd:City", "dia:CoarseLocation", true, -1},
	{"pd:Name", "pd:Contact", false, 1},
	{"pd:Name", "pd:Contact", true, -1},
	{"dpv:PersonalisedAdvertising", "dpv:Marketing", false, 2},
	{"dpv:PersonalisedAdvertising", "dpv:Purpose", true, 3},
	{"dpv:PersonalisedAdvertising", "dpv:Personalisation", false, -1}, // cut
	{"dia:Advertiser", "dpv:Purpose", false, -1},
	{"no:Term", "dpv:Data", false, -1},
}
