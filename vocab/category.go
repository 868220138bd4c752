package vocab

import "diapason.dev/diapason"

// A Category is a kind of data as reports show it: one row of the table that
// sets the voices side by side.
type Category struct {
	ID    string
	Label string
	// Term is the vocabulary's term that stands for the row.
	Term diapason.Term
}

// A row is a category with the further terms that it gathers, each with what
// stands below it.
type row struct {
	Category
	also []diapason.Term
}

// rows lists the categories in the order in which tables show them. A term
// belongs to the row whose terms are nearest above it; where two rows are
// equally near, the earlier one wins. "data" takes what only has a general
// name, so that nothing is left without a row.
var rows = []row{
	{Category{"email", "e-mail address", "pd:EmailAddress"}, []diapason.Term{"dia:HashedContact"}},
	{Category{"name", "name", "pd:Name"}, nil},
	{Category{"phone", "telephone number", "pd:TelephoneNumber"}, nil},
	{Category{"address", "postal address and other contact details", "pd:Contact"}, []diapason.Term{"pd:PhysicalAddress"}},
	{Category{"payment", "payments and purchases", "pd:Financial"}, []diapason.Term{"dia:PaymentData"}},
	{Category{"location", "location", "pd:Location"}, nil},
	{Category{"photos", "photos and camera", "pd:Picture"}, nil},
	{Category{"contacts", "address book", "dia:AddressBook"}, nil},
	{Category{"voice", "microphone and voice", "dia:MicrophoneAudio"}, []diapason.Term{"dia:Transcript", "pd:VoiceCommunicationRecording", "pd:VoiceMail"}},
	{Category{"motion", "motion sensors", "dia:MotionSensor"}, nil},
	{Category{"listening", "listening and viewing history", "dia:ListeningHistory"}, []diapason.Term{"pd:ServiceConsumptionBehaviour"}},
	{Category{"search", "search queries", "dia:SearchQuery"}, nil},
	{Category{"library", "playlists and library", "dia:Library"}, []diapason.Term{"dia:Playlist", "dia:FollowedArtist", "pd:Favourite"}},
	{
		Category{"identifiers", "cookies and other identifiers", "dia:OnlineIdentifier"},
		[]diapason.Term{"pd:Identifier", "dia:DeviceIdentifier", "dia:CookieIdentifier", "pd:UID", "pd:DigitalFingerprint"},
	},
	{Category{"network", "IP address and network", "pd:IPAddress"}, []diapason.Term{"dia:NetworkInformation", "dia:NearbyDevice"}},
	{Category{"device", "device and browser", "pd:DeviceBased"}, []diapason.Term{"pd:UserAgent"}},
	{
		Category{"demographics", "age, gender and background", "pd:Demographic"},
		[]diapason.Term{"pd:Age", "dia:AgeEstimate", "pd:Gender", "pd:PhysicalCharacteristic", "pd:Nationality", "pd:Citizenship", "pd:Ethnicity", "pd:Language", "pd:MaritalStatus", "pd:LifeHistory", "pd:Household", "pd:BirthPlace"},
	},
	{
		Category{"account", "account and settings", "dia:AccountData"},
		[]diapason.Term{"pd:Username", "pd:Authenticating", "pd:AuthenticationHistory", "dia:LoginRecord", "dia:AccountSetting", "pd:PrivacyPreference"},
	},
	{
		Category{"inferred", "inferred segments and taste", "dia:InferredSegment"},
		[]diapason.Term{"pd:Profile", "dpv:InferredPersonalData", "dpv:DerivedPersonalData", "pd:Internal", "pd:Preference", "pd:Personality"},
	},
	{Category{"social", "friends, followers and other people", "pd:SocialNetwork"}, []diapason.Term{"pd:Social", "dia:DataAboutOthers", "pd:SocialMedia"}},
	{Category{"messages", "messages and other content", "pd:Communication"}, []diapason.Term{"dia:UserContent", "pd:Opinion", "pd:CommunicationsMetadata", "pd:CallLog"}},
	{Category{"usage", "use of the service", "dia:UsageData"}, []diapason.Term{"pd:Behavioural"}},
	{Category{"browsing", "pages visited and activity elsewhere", "pd:BrowsingBehaviour"}, nil},
	{Category{"documents", "identity documents", "pd:OfficialID"}, []diapason.Term{"pd:PersonalDocuments", "pd:VehicleLicense"}},
	{Category{"work", "work and education", "pd:Professional"}, nil},
	{
		Category{"special", "health, beliefs and other sensitive data", "dpv:SpecialCategoryPersonalData"},
		[]diapason.Term{"dpv:SensitiveData", "dpv:SensitivePersonalData", "pd:MedicalHealth", "pd:Sexual", "pd:Biometric", "pd:Criminal"},
	},
	{Category{"data", "personal data in general", "dpv:PersonalData"}, []diapason.Term{"dpv:Data"}},
}

// Categories lists the kinds of data in the order in which tables show them.
func Categories() []Category {
	cs := make([]Category, len(rows))
	for i, r := range rows {
		cs[i] = r.Category
	}
	return cs
}

// Category is the row in which a kind of data is shown: the nearest at or
// above the term. It is false for what is not a kind of data.
func (t *Tree) Category(x diapason.Term) (Category, bool) {
	best, found, least := Category{}, false, 0
	for _, r := range rows {
		for _, term := range append([]diapason.Term{r.Term}, r.also...) {
			d, ok := t.Distance(x, term, true)
			if ok && (!found || d < least) {
				best, found, least = r.Category, true, d
			}
		}
	}
	return best, found
}
