package vocab

import (
	"regexp"
	"strings"
	"unicode"

	"diapason.dev/diapason"
)

// better holds words for the terms that people meet, where the identifier
// split into words would not tell a listener what is meant. They read well
// after "the": "Adsum received the e-mail address".
var better = map[diapason.Term]string{
	"dpv:Data":                              "data",
	"dpv:PersonalData":                      "personal data",
	"dpv:SpecialCategoryPersonalData":       "data of a specially protected kind",
	"pd:Age":                                "age",
	"pd:AccountIdentifier":                  "id of a financial account",
	"pd:Authenticating":                     "sign-in data",
	"pd:AuthenticationHistory":              "sign-in history",
	"pd:Behavioural":                        "behaviour",
	"pd:Biometric":                          "biometric data",
	"pd:BirthDate":                          "date of birth",
	"pd:BrowserHistory":                     "pages visited",
	"pd:BrowsingBehaviour":                  "browsing elsewhere",
	"pd:BrowsingReferral":                   "page you came from",
	"pd:Communication":                      "messages",
	"pd:Connection":                         "connections to other people",
	"pd:Contact":                            "contact details",
	"pd:CurrentLocation":                    "current location",
	"pd:Demographic":                        "demographic data",
	"pd:DeviceBased":                        "device data",
	"pd:DNACode":                            "DNA code",
	"pd:EmailAddress":                       "e-mail address",
	"pd:EmailAddressPersonal":               "private e-mail address",
	"pd:EmailAddressWork":                   "work e-mail address",
	"pd:EmailContent":                       "content of e-mails",
	"pd:External":                           "outward personal details",
	"pd:Favourite":                          "favourites",
	"pd:FavouriteMusic":                     "favourite music",
	"pd:Financial":                          "financial data",
	"pd:GPSCoordinate":                      "satellite position",
	"pd:Health":                             "health data",
	"pd:Identifying":                        "identifying data",
	"pd:IndividualProfile":                  "profile of a person",
	"pd:Interest":                           "interests",
	"pd:Internal":                           "inner personal details",
	"pd:IPAddress":                          "IP address",
	"pd:LinkClicked":                        "links clicked",
	"pd:MACAddress":                         "hardware address of a device",
	"pd:MedicalHealth":                      "medical data",
	"pd:OfficialID":                         "official identity number",
	"pd:PaymentCard":                        "payment card",
	"pd:PhysicalAddress":                    "postal address",
	"pd:Picture":                            "photos",
	"pd:PINCode":                            "PIN code",
	"pd:PostalCode":                         "postcode",
	"pd:Preference":                         "preferences",
	"pd:Professional":                       "working life",
	"pd:PubliclyAvailableSocialMedia":       "public posts on social media",
	"pd:PurchasesAndSpendingHabit":          "purchases and spending habits",
	"pd:ServiceConsumptionBehaviour":        "what you use of a service",
	"pd:Sexual":                             "sexual life",
	"pd:Social":                             "social life",
	"pd:SocialMedia":                        "social media activity",
	"pd:SocialNetwork":                      "friends and contacts",
	"pd:TelephoneNumber":                    "telephone number",
	"pd:Tracking":                           "tracking data",
	"pd:Transactional":                      "purchases and payments",
	"pd:TVViewingBehaviour":                 "television watched",
	"pd:UID":                                "user id",
	"pd:UserAgent":                          "browser's self-description",
	"pd:Username":                           "user name",
	"pd:VehicalLicenseNumber":               "vehicle licence number",
	"pd:VehicalLicenseRegistration":         "vehicle registration",
	"dia:UsageData":                         "use of the service",
	"dia:ListeningHistory":                  "listening history",
	"dia:PlaybackDetail":                    "details of playback",
	"dia:NowPlaying":                        "what is playing now",
	"dia:TopItems":                          "most played artists and tracks",
	"dia:SearchQuery":                       "search queries",
	"dia:AdInteraction":                     "advertisements seen or clicked",
	"dia:InputEvent":                        "key strokes and touches",
	"dia:SessionReplay":                     "recording of the visit",
	"dia:LoginRecord":                       "sign-in records",
	"dia:OffServiceActivity":                "activity on other sites and apps",
	"dia:UserContent":                       "content you post",
	"dia:Playlist":                          "playlists",
	"dia:PublicPlaylist":                    "public playlists",
	"dia:PrivatePlaylist":                   "private playlists",
	"dia:Library":                           "saved and liked music",
	"dia:FollowedArtist":                    "artists you follow",
	"dia:AccountSetting":                    "account settings",
	"dia:ConsentRecord":                     "record of your choices",
	"dia:Prompt":                            "prompts",
	"dia:UploadedFile":                      "uploaded files",
	"dia:SurveyAnswer":                      "survey answers",
	"dia:SupportConversation":               "talks with the help desk",
	"dia:PrivateMessage":                    "private messages",
	"dia:MicrophoneAudio":                   "sound from the microphone",
	"dia:VoiceCommand":                      "voice commands",
	"dia:Transcript":                        "transcripts of speech",
	"dia:PhotoLibrary":                      "photo library",
	"dia:CameraImage":                       "camera pictures",
	"dia:AddressBook":                       "address book",
	"dia:FollowGraph":                       "who follows whom",
	"dia:FollowerCount":                     "number of followers",
	"dia:DataAboutOthers":                   "data about other people",
	"dia:AdvertisingId":                     "advertising id",
	"dia:InstallId":                         "installation id",
	"dia:HardwareId":                        "hardware id",
	"dia:SessionToken":                      "sign-in token",
	"dia:HashedContact":                     "hashed e-mail address or telephone number",
	"dia:WifiNetwork":                       "nearby wireless networks",
	"dia:NearbyDevice":                      "nearby devices",
	"dia:PlaybackDevice":                    "devices you play on",
	"dia:Diagnostics":                       "crash and performance reports",
	"dia:MotionSensor":                      "motion sensors",
	"dia:CoarseLocation":                    "rough location",
	"dia:LocationHistory":                   "places visited",
	"dia:SubscriptionStatus":                "subscription",
	"dia:InferredSegment":                   "inferred segments",
	"dia:TasteProfile":                      "taste profile",
	"dia:ThirdPartyData":                    "data from other companies",
	"dia:DeidentifiedData":                  "data called de-identified",
	"dia:Anyone":                            "anyone",
	"dia:Service":                           "the service itself",
	"dia:OtherParty":                        "third parties",
	"dia:Affiliate":                         "companies of the same group",
	"dia:Processor":                         "companies that work for the service",
	"dia:PaymentProvider":                   "payment companies",
	"dia:Analytics":                         "analytics companies",
	"dia:Advertiser":                        "advertising companies",
	"dia:Buyer":                             "buyers of data",
	"dia:Partner":                           "partners",
	"dia:SocialNetwork":                     "social networks",
	"dia:ConnectedApp":                      "apps and devices you connect",
	"dia:Carrier":                           "mobile and internet providers",
	"dia:Label":                             "labels and rights holders",
	"dia:ContentHost":                       "companies that host content",
	"dia:Researcher":                        "researchers",
	"dia:Acquirer":                          "a company that takes over",
	"dia:PublicAuthority":                   "public authorities",
	"dia:OtherUser":                         "other users",
	"dia:GeneralPublic":                     "the public",
	"dia:UnknownParty":                      "unknown companies",
	"dia:Sell":                              "selling",
	"dia:ActOnBehalf":                       "acting in your name",
	"dia:CrossContextCombine":               "joining data of different services",
	"dia:AdMeasurement":                     "measuring advertisements",
	"dia:ModelTraining":                     "training machine learning",
	"dia:RoyaltyReporting":                  "paying rights holders",
	"dia:RegionalLicensing":                 "deciding by place what may be shown",
	"dia:SocialFeature":                     "social features",
	"dia:BusinessTransfer":                  "sale of the business",
	"dia:LegalRequest":                      "answering authorities",
	"dia:ReleaseSave":                       "saving a release when it comes out",
	"dpv:Personalisation":                   "personalisation",
	"dpv:RequestedServiceProvision":         "doing what you asked for",
	"dpv:ServiceProvision":                  "providing the service",
	"dpv:Marketing":                         "marketing",
	"dpv:PersonalisedAdvertising":           "personalised advertising",
	"dpv:TargetedAdvertising":               "targeted advertising",
	"dpv:FulfilmentOfContractualObligation": "keeping a contract",
	"dpv:ServiceAccessDetermination":        "deciding who may use the service",
	"dpv:ImproveInternalCRMProcesses":       "improving customer care",
	"dpv:ProtectionOfIPR":                   "protecting intellectual property",
	"dpv:SMEOrganisation":                   "small or medium-sized company",
	"eu-gdpr:AdequacyDecision":              "decision that a country protects data well enough",
	"eu-gdpr:Consent":                       "consent under the GDPR",
}

// Label is a term in plain words, for people. The empty term is "unknown"; an
// identifier that is not in the vocabulary is split into words as it stands.
func (t *Tree) Label(x diapason.Term) string {
	if x == "" {
		return "unknown"
	}
	if words, ok := better[x]; ok {
		return words
	}
	prefix, name, found := strings.Cut(string(x), ":")
	if !found {
		name = prefix
	}
	if prefix == "eu-gdpr" {
		if words, ok := article(name); ok {
			return words
		}
	}
	return split(name)
}

var gdpr = regexp.MustCompile(`^A(\d+)(?:-(\d+))?(?:-([a-z]))?(?:-([a-z-]{2,}))?$`)

// article reads an identifier like A6-1-f as "GDPR Art. 6(1)(f)".
func article(name string) (string, bool) {
	m := gdpr.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	words := "GDPR Art. " + m[1]
	for _, part := range m[2:4] {
		if part != "" {
			words += "(" + part + ")"
		}
	}
	if m[4] != "" {
		words += ", " + strings.ReplaceAll(m[4], "-", " ")
	}
	return words, true
}

// split writes CamelCase as words: a new word starts at a capital that follows
// a small letter, or precedes one. Runs of capitals stay as they are.
func split(name string) string {
	rs := []rune(name)
	var words []string
	start := 0
	for i := 1; i <= len(rs); i++ {
		if i < len(rs) && (!unicode.IsUpper(rs[i]) || (unicode.IsUpper(rs[i-1]) && (i+1 == len(rs) || unicode.IsUpper(rs[i+1])))) {
			continue
		}
		word := string(rs[start:i])
		if len(word) < 2 || strings.ToUpper(word) != word {
			word = strings.ToLower(word)
		}
		words = append(words, word)
		start = i
	}
	return strings.Join(words, " ")
}
