package importer

// A webextWord is what a permission of an extension opens, in our words, and
// what it adds to the dialog.
type webextWord struct {
	see, do string
	effects []string
	vocab   string
	prints  []string
}

// quiet are permissions that open nothing of a person's by themselves and print nothing.
func quiet(do string) webextWord { return webextWord{do: do} }

var everyPage = []string{"identity", "history", "continuous", "act", "control"}

// webextWords describes the permissions of extensions. What each prints is
// from Chromium's tables: the names of chrome_api_permissions.cc, where a
// permission that implies access to every address prints that.
var webextWords = map[string]webextWord{
	"accessibilityFeatures.modify":        {"", "change accessibility settings", doesThings, "dia:AccountSetting", []string{"accessibility-modify"}},
	"accessibilityFeatures.read":          {"your accessibility settings", "", sees, "dia:AccountSetting", []string{"accessibility-read"}},
	"activeTab":                           {"the page that you call it on", "change that page", []string{"history", "act"}, "pd:BrowsingBehaviour", nil},
	"alarms":                              quiet("wake up at set times"),
	"background":                          quiet("stay running when all windows are closed"),
	"bookmarks":                           {"your bookmarks", "change your bookmarks", []string{"profile", "act"}, "pd:Interest", []string{"bookmarks"}},
	"browsingData":                        {"", "clear history, cookies and caches", []string{"delete"}, "", nil},
	"certificateProvider":                 {"", "offer certificates to sign you in", takesOver, "", []string{"certificate-provider"}},
	"clipboardRead":                       {"what you copy", "", watches, "dia:InputEvent", []string{"clipboard-read"}},
	"clipboardWrite":                      {"", "change what you paste", doesThings, "", []string{"clipboard-write"}},
	"contentSettings":                     {"", "change what sites may do, such as cookies, scripts and location", takesOver, "", []string{"content-settings"}},
	"contextMenus":                        quiet("add entries to the menu of the right mouse button"),
	"cookies":                             {"cookies of the sites it may open", "change those cookies", []string{"identity", "act", "control"}, "dia:CookieIdentifier", nil},
	"debugger":                            {"everything in every page", "steer every page as its developer could", everyPage, "pd:BrowsingBehaviour", []string{"debugger", "hosts-all"}},
	"declarativeContent":                  quiet("change its button by the page you are on"),
	"declarativeNetRequest":               {"", "block or redirect requests by rules", takesOver, "", []string{"net-request"}},
	"declarativeNetRequestFeedback":       {"which requests its rules met", "", watches, "pd:BrowserHistory", []string{"net-request-feedback"}},
	"declarativeNetRequestWithHostAccess": quiet("block or redirect requests on the sites it may open"),
	"declarativeWebRequest":               {"", "block parts of pages", takesOver, "", []string{"web-request-rules"}},
	"desktopCapture":                      {"your screen, when you choose it", "", watches, "", []string{"desktop-capture"}},
	"devtools_page":                       {"every page that you inspect", "change it", everyPage, "pd:BrowsingBehaviour", []string{"hosts-all"}},
	"documentScan":                        {"documents on your scanner", "", sees, "dia:UploadedFile", []string{"document-scan"}},
	"downloads":                           {"your downloads", "start, change and remove downloads", []string{"history", "act"}, "dia:UploadedFile", []string{"downloads"}},
	"downloads.open":                      {"", "open files that you downloaded", doesThings, "", []string{"downloads-open"}},
	"favicon":                             {"icons of sites you visited", "", seesWhen, "pd:BrowserHistory", []string{"favicon"}},
	"fontSettings":                        quiet("change fonts of the browser"),
	"gcm":                                 quiet("receive messages from its server"),
	"geolocation":                         {"where you are", "", watches, "pd:CurrentLocation", []string{"geolocation"}},
	"history":                             {"every page you visited, on all signed-in devices", "change and delete that record", []string{"history", "continuous", "delete"}, "pd:BrowserHistory", []string{"history"}},
	"identity":                            quiet("ask you to sign in with your browser's account"),
	"identity.email":                      {"the e-mail address of your browser's account", "", []string{"identity"}, "pd:EmailAddress", []string{"identity-email"}},
	"idle":                                {"whether you are at the computer", "", watches, "dia:UsageData", nil},
	"input":                               {"everything you type", "", seesAndDoes, "dia:InputEvent", []string{"input"}},
	"management":                          {"which extensions and apps you have", "switch them off", []string{"profile", "control"}, "", []string{"management"}},
	"mdns":                                {"devices on your network", "", sees, "dia:NearbyDevice", []string{"mdns"}},
	"nativeMessaging":                     {"", "talk to programs on your computer", takesOver, "", []string{"native-messaging"}},
	"notifications":                       {"", "show you notifications", doesThings, "", []string{"notifications"}},
	"offscreen":                           quiet("run a page that you do not see"),
	"omnibox.directInput":                 {"what you type into the address bar", "", watches, "dia:SearchQuery", []string{"omnibox-input"}},
	"pageCapture":                         {"pages as a whole, to save them", "", everyPage, "pd:BrowsingBehaviour", []string{"hosts-all"}},
	"platformKeys":                        {"", "use your certificates to sign in", takesOver, "", []string{"platform-keys"}},
	"power":                               quiet("keep the screen on"),
	"printing":                            {"", "print", doesThings, "", []string{"printing"}},
	"printingMetrics":                     {"what was printed", "", seesWhen, "", []string{"printing-metrics"}},
	"privacy":                             {"", "change privacy settings of the browser", takesOver, "dia:AccountSetting", []string{"privacy"}},
	"processes":                           {"what each tab is busy with", "end it", watches, "pd:BrowsingBehaviour", []string{"processes"}},
	"proxy":                               {"", "send all your traffic through a server of its choice", everyPage, "dia:NetworkInformation", []string{"hosts-all"}},
	"readingList":                         {"your reading list", "change it", []string{"profile", "act"}, "pd:Interest", []string{"reading-list"}},
	"scripting":                           quiet("run code in the pages it may open"),
	"search":                              quiet("search with your search engine"),
	"sessions":                            {"tabs you closed, and tabs of your other devices", "open them again", watches, "pd:BrowserHistory", []string{"sessions"}},
	"sidePanel":                           quiet("show a panel beside the page"),
	"storage":                             quiet("keep its own settings"),
	"syncFileSystem":                      {"", "keep files in your online storage", doesThings, "dia:UploadedFile", []string{"sync-files"}},
	"system.cpu":                          {"which processor you have", "", sees, "dia:HardwareId", nil},
	"system.display":                      {"which screens you have", "", sees, "dia:HardwareId", nil},
	"system.memory":                       {"how much memory you have", "", sees, "dia:HardwareId", nil},
	"system.storage":                      {"which drives you attach", "eject them", sees, "dia:HardwareId", []string{"system-storage"}},
	"tabCapture":                          {"picture and sound of a tab", "", everyPage, "pd:BrowsingBehaviour", []string{"hosts-all"}},
	"tabGroups":                           {"your groups of tabs", "change them", []string{"history", "act"}, "pd:BrowsingBehaviour", []string{"tab-groups"}},
	"tabs":                                {"addresses and titles of your tabs", "", watches, "pd:BrowserHistory", []string{"tabs"}},
	"topSites":                            {"the sites you visit most", "", []string{"profile", "history"}, "pd:BrowserHistory", []string{"top-sites"}},
	"tts":                                 quiet("speak"),
	"ttsEngine":                           {"every text that is spoken", "", watches, "", []string{"tts-engine"}},
	"unlimitedStorage":                    quiet("keep as much as it likes"),
	"userScripts":                         quiet("run scripts that you add in the pages it may open"),
	"vpnProvider":                         {"", "send all your traffic through its network", seesAndDoes, "dia:NetworkInformation", []string{"vpn"}},
	"wallpaper":                           {"", "change the wallpaper", doesThings, "", []string{"wallpaper"}},
	"webAuthenticationProxy":              {"how you sign in with a security key", "answer for it", everyPage, "pd:Authenticating", []string{"web-authentication-proxy"}},
	"webNavigation":                       {"which pages you open, as you open them", "", watches, "pd:BrowserHistory", []string{"web-navigation"}},
	"webRequest":                          {"requests of the pages it may open", "", watches, "pd:BrowsingBehaviour", nil},
	"webRequestAuthProvider":              quiet("answer when such a page asks for a password"),
	"webRequestBlocking":                  quiet("hold up and change those requests"),
	"windows":                             {"addresses and titles of your tabs", "", watches, "pd:BrowserHistory", []string{"tabs"}},

	"chrome_url_overrides.newtab":               {"", "replace the page of a new tab", takesOver, "", []string{"new-tab"}},
	"chrome_settings_overrides.homepage":        {"", "replace your home page", takesOver, "", []string{"homepage"}},
	"chrome_settings_overrides.search_provider": {"what you search for", "replace your search engine", []string{"history", "control"}, "dia:SearchQuery", []string{"search-provider"}},
	"chrome_settings_overrides.startup_pages":   {"", "replace the pages that open at the start", takesOver, "", []string{"startup-pages"}},
}

// The names that lines of the browsing record use up with them.
var (
	belowHosts   = []string{"web-request-rules", "net-request-feedback", "favicon", "host", "processes", "tabs", "top-sites", "web-navigation", "net-request", "web-authentication-proxy"}
	belowHistory = []string{"net-request-feedback", "favicon", "processes", "tabs", "top-sites", "web-navigation"}
)

// chromeRules are Chrome's rules for the lines of its dialog, in its order, as
// of chrome_permission_message_rules.cc: which permissions make a line, and
// which it stands for besides. The names of lines are ours.
var chromeRules = []lineRule{
	{Line: "debugger", Needs: []string{"debugger"}},
	{Line: "data on all websites", Needs: []string{"hosts-all"}, Takes: belowHosts},
	{Line: "data on all websites", Needs: []string{"web-authentication-proxy"}, Takes: belowHosts[:len(belowHosts)-1]},
	{Line: "data on some websites", Needs: []string{"host"}},
	{Line: "new tab", Needs: []string{"new-tab"}},
	{Line: "location", Needs: []string{"geolocation"}},
	{Line: "history on all devices, changed", Needs: []string{"history"}, Takes: belowHistory},
	{Line: "history on all devices", Needs: []string{"tabs", "sessions"}, Takes: []string{"net-request-feedback", "favicon", "processes", "top-sites", "web-navigation"}},
	{Line: "history", Needs: []string{"tabs"}, Takes: []string{"net-request-feedback", "favicon", "processes", "top-sites", "web-navigation"}},
	{Line: "history", Needs: []string{"processes"}, Takes: []string{"net-request-feedback", "favicon", "top-sites", "web-navigation"}},
	{Line: "history", Needs: []string{"web-navigation"}, Takes: []string{"net-request-feedback", "favicon", "top-sites"}},
	{Line: "history", Needs: []string{"net-request-feedback"}, Takes: []string{"favicon", "top-sites"}},
	{Line: "icons of sites", Needs: []string{"favicon"}},
	{Line: "most visited sites", Needs: []string{"top-sites"}},
	{Line: "printing", Needs: []string{"printing"}},
	{Line: "printing record", Needs: []string{"printing-metrics"}},
	{Line: "parts of pages", Needs: []string{"web-request-rules"}},
	{Line: "blocked content", Needs: []string{"net-request"}},
	{Line: "notifications", Needs: []string{"notifications"}},
	{Line: "accessibility, read and changed", Needs: []string{"accessibility-modify", "accessibility-read"}},
	{Line: "accessibility, changed", Needs: []string{"accessibility-modify"}},
	{Line: "accessibility, read", Needs: []string{"accessibility-read"}},
	{Line: "network of its own", Needs: []string{"vpn"}},
	{Line: "home page", Needs: []string{"homepage"}},
	{Line: "search engine", Needs: []string{"search-provider"}},
	{Line: "pages at the start", Needs: []string{"startup-pages"}},
	{Line: "bookmarks", Needs: []string{"bookmarks"}},
	{Line: "reading list", Needs: []string{"reading-list"}},
	{Line: "clipboard, read and changed", Needs: []string{"clipboard-read", "clipboard-write"}},
	{Line: "clipboard, read", Needs: []string{"clipboard-read"}},
	{Line: "clipboard, changed", Needs: []string{"clipboard-write"}},
	{Line: "screen", Needs: []string{"desktop-capture"}},
	{Line: "downloads", Needs: []string{"downloads"}},
	{Line: "downloads, opened", Needs: []string{"downloads-open"}},
	{Line: "e-mail address", Needs: []string{"identity-email"}},
	{Line: "drives", Needs: []string{"system-storage"}},
	{Line: "what sites may do", Needs: []string{"content-settings"}},
	{Line: "scanner", Needs: []string{"document-scan"}},
	{Line: "keyboard", Needs: []string{"input"}},
	{Line: "extensions", Needs: []string{"management"}},
	{Line: "devices on the network", Needs: []string{"mdns"}},
	{Line: "programs on the computer", Needs: []string{"native-messaging"}},
	{Line: "privacy settings", Needs: []string{"privacy"}},
	{Line: "online storage", Needs: []string{"sync-files"}},
	{Line: "groups of tabs", Needs: []string{"tab-groups"}},
	{Line: "spoken text", Needs: []string{"tts-engine"}},
	{Line: "wallpaper", Needs: []string{"wallpaper"}},
	{Line: "certificates", Needs: []string{"platform-keys"}},
	{Line: "certificates of its own", Needs: []string{"certificate-provider"}},
	{Line: "address bar", Needs: []string{"omnibox-input"}},
}
