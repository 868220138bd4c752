package importer

// androidSpecial are permissions behind special app access whose protection
// level does not say so: a person switches a service of the app on, or agrees
// on a page of the settings.
var androidSpecial = map[string]bool{
	"ACCESS_NOTIFICATION_POLICY": true, "REQUEST_IGNORE_BATTERY_OPTIMIZATIONS": true,
	"BIND_ACCESSIBILITY_SERVICE": true, "BIND_NOTIFICATION_LISTENER_SERVICE": true, "BIND_DEVICE_ADMIN": true,
	"BIND_VPN_SERVICE": true, "BIND_INPUT_METHOD": true,
}

// A saying is what a permission opens, in our words.
type saying struct {
	group, see, do string
	effects        []string
	vocab          string
}

var (
	seesWho     = []string{"identity", "profile"}
	seesWhen    = []string{"history"}
	sees        = []string{"profile"}
	watches     = []string{"history", "continuous"}
	doesThings  = []string{"act"}
	takesOver   = []string{"control"}
	seesAndDoes = []string{"history", "continuous", "control"}
)

// androidWords describes the permissions that apps ask for most. Groups are
// those that the permission screen of the platform shows; in newer manifests
// they stand in the code of that screen and no more beside the permission.
var androidWords = map[string]saying{
	"READ_CALENDAR":              {"calendar", "the appointments in your calendars", "", watches, ""},
	"WRITE_CALENDAR":             {"calendar", "", "add, change and delete appointments", doesThings, ""},
	"CAMERA":                     {"camera", "", "take pictures and film", []string{"continuous"}, "dia:CameraImage"},
	"READ_CONTACTS":              {"contacts", "everyone in your address book", "", seesWho, "dia:AddressBook"},
	"WRITE_CONTACTS":             {"contacts", "", "add, change and delete contacts", doesThings, "dia:AddressBook"},
	"GET_ACCOUNTS":               {"contacts", "which accounts this phone is signed in to", "", seesWho, "pd:AccountIdentifier"},
	"ACCESS_FINE_LOCATION":       {"location", "exactly where you are", "", watches, "pd:GPSCoordinate"},
	"ACCESS_COARSE_LOCATION":     {"location", "roughly where you are", "", watches, "dia:CoarseLocation"},
	"ACCESS_BACKGROUND_LOCATION": {"location", "where you are while you use another app", "", watches, "dia:LocationHistory"},
	"ACCESS_MEDIA_LOCATION":      {"storage", "where your pictures were taken", "", seesWhen, "dia:LocationHistory"},
	"RECORD_AUDIO":               {"microphone", "", "listen through the microphone", []string{"continuous"}, "dia:MicrophoneAudio"},
	"READ_PHONE_STATE":           {"phone", "your network and whether you are on the phone", "", sees, "dia:NetworkInformation"},
	"READ_PHONE_NUMBERS":         {"phone", "the numbers of this phone", "", seesWho, "pd:TelephoneNumber"},
	"CALL_PHONE":                 {"phone", "", "dial numbers without asking you again", doesThings, ""},
	"ANSWER_PHONE_CALLS":         {"phone", "", "answer calls", doesThings, ""},
	"READ_CALL_LOG":              {"call log", "whom you called, and when", "", watches, "pd:CallLog"},
	"WRITE_CALL_LOG":             {"call log", "", "change the list of your calls", doesThings, "pd:CallLog"},
	"PROCESS_OUTGOING_CALLS":     {"call log", "the number you dial", "redirect or end the call", []string{"history", "act"}, "pd:CallLog"},
	"com.android.voicemail.permission.ADD_VOICEMAIL": {"phone", "", "put messages into your voice mail", doesThings, "pd:VoiceMail"},
	"USE_SIP":                            {"phone", "", "place calls over the internet", doesThings, ""},
	"SEND_SMS":                           {"sms", "", "send text messages, which may cost money", doesThings, "dia:PrivateMessage"},
	"READ_SMS":                           {"sms", "your text messages", "", watches, "dia:PrivateMessage"},
	"RECEIVE_SMS":                        {"sms", "text messages as they come in", "", watches, "dia:PrivateMessage"},
	"RECEIVE_MMS":                        {"sms", "picture messages as they come in", "", watches, "dia:PrivateMessage"},
	"RECEIVE_WAP_PUSH":                   {"sms", "service messages as they come in", "", seesWhen, "dia:PrivateMessage"},
	"BODY_SENSORS":                       {"sensors", "what body sensors measure, such as heart rate", "", watches, "pd:Health"},
	"BODY_SENSORS_BACKGROUND":            {"sensors", "body sensors while you use another app", "", watches, "pd:Health"},
	"ACTIVITY_RECOGNITION":               {"activity", "whether you walk, ride or drive, and your steps", "", watches, "dia:MotionSensor"},
	"READ_EXTERNAL_STORAGE":              {"storage", "the files and pictures on this phone", "", seesWhen, "dia:UploadedFile"},
	"WRITE_EXTERNAL_STORAGE":             {"storage", "", "change and delete files on this phone", []string{"act", "delete"}, "dia:UploadedFile"},
	"READ_MEDIA_AUDIO":                   {"media", "the music and recordings on this phone", "", sees, "pd:FavouriteMusic"},
	"READ_MEDIA_IMAGES":                  {"media", "your pictures", "", seesWhen, "dia:PhotoLibrary"},
	"READ_MEDIA_VIDEO":                   {"media", "your videos", "", seesWhen, "dia:PhotoLibrary"},
	"READ_MEDIA_VISUAL_USER_SELECTED":    {"media", "only the pictures and videos that you pick", "", sees, "dia:PhotoLibrary"},
	"BLUETOOTH_SCAN":                     {"nearby devices", "which Bluetooth devices are around", "", watches, "dia:NearbyDevice"},
	"BLUETOOTH_CONNECT":                  {"nearby devices", "", "connect to your Bluetooth devices", doesThings, "dia:NearbyDevice"},
	"BLUETOOTH_ADVERTISE":                {"nearby devices", "", "let others nearby find this phone", doesThings, "dia:NearbyDevice"},
	"NEARBY_WIFI_DEVICES":                {"nearby devices", "devices nearby over Wi-Fi", "", watches, "dia:WifiNetwork"},
	"UWB_RANGING":                        {"nearby devices", "how far devices nearby are", "", watches, "dia:NearbyDevice"},
	"POST_NOTIFICATIONS":                 {"notifications", "", "show you notifications", doesThings, ""},
	"SYSTEM_ALERT_WINDOW":                {"special access", "", "draw over other apps", takesOver, ""},
	"PACKAGE_USAGE_STATS":                {"special access", "which apps you use, and how long", "", watches, "dia:UsageData"},
	"WRITE_SETTINGS":                     {"special access", "", "change settings of this phone", takesOver, ""},
	"REQUEST_INSTALL_PACKAGES":           {"special access", "", "install other apps", takesOver, ""},
	"MANAGE_EXTERNAL_STORAGE":            {"special access", "every file on this phone", "change and delete all of them", []string{"history", "act", "delete", "control"}, "dia:UploadedFile"},
	"SCHEDULE_EXACT_ALARM":               {"special access", "", "wake the phone at an exact time", doesThings, ""},
	"ACCESS_NOTIFICATION_POLICY":         {"special access", "", "switch Do Not Disturb on and off", takesOver, ""},
	"BIND_ACCESSIBILITY_SERVICE":         {"special access", "everything on the screen, in every app", "tap and type for you", seesAndDoes, ""},
	"BIND_NOTIFICATION_LISTENER_SERVICE": {"special access", "all notifications, with their text", "dismiss them", seesAndDoes, "dia:PrivateMessage"},
	"BIND_DEVICE_ADMIN":                  {"special access", "", "lock or wipe this phone", takesOver, ""},
	"BIND_VPN_SERVICE":                   {"special access", "which addresses your apps talk to", "send their traffic elsewhere", seesAndDoes, "dia:NetworkInformation"},
	"BIND_INPUT_METHOD":                  {"special access", "what you type, when you choose its keyboard", "", watches, "dia:InputEvent"},
}
