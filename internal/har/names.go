package har

import (
	"slices"
	"strings"
)

// The kinds of what is taken out of a capture, as Redact counts them.
const (
	cookieKind     = "cookie"
	storedKind     = "stored value" // of web storage
	authKind       = "authorization"
	passwordKind   = "password"
	tokenKind      = "token" // a bearer's right: sessions, keys, codes, signatures
	jwtKind        = "jwt"
	keyKind        = "private key"
	cardKind       = "card number"
	ibanKind       = "bank account"
	emailKind      = "e-mail address"
	phoneKind      = "telephone number"
	placeKind      = "position"
	personKind     = "personal detail"
	identifierKind = "identifier" // of a device, browser, installation or person
	networkKind    = "network address"
)

// A nameRule tells by a field's name what is in it. Names are compared without
// case and punctuation: "X-Auth-Token", "auth_token" and "authToken" are one.
type nameRule struct {
	kind string
	part []string // a name that contains one of these
	all  []string // a name that is one of these
}

// nameRules in the order in which they are asked. They lean towards taking
// out: a value that was no secret is still comparable afterwards.
var nameRules = []nameRule{
	{passwordKind, []string{"password", "passwd", "passphrase", "passcode", "motdepasse", "secretanswer"}, []string{"pwd", "pass", "pw", "pin", "otp", "totp", "mfacode", "smscode"}},
	{cardKind, []string{"cardnumber", "ccnumber", "creditcard", "cardno", "securitycode"}, []string{"cvv", "cvc", "cvv2", "pan", "ccnum"}},
	{ibanKind, []string{"iban", "accountnumber"}, []string{"bic", "sortcode"}},
	{
		tokenKind,
		[]string{
			"token", "secret", "apikey", "accesskey", "privatekey", "authkey", "subscriptionkey", "credential", "authorization", "sessionid", "sessid", "sessionkey", "csrf", "xsrf",
			"verifier", "signature", "assertion", "samlresponse", "samlrequest", "authcode",
		},
		[]string{"auth", "sid", "connectsid", "session", "code", "sig", "hmac", "nonce", "ticket", "sso", "xauth", "jwt", "bearer", "devicecode", "usercode", "key"},
	},
	{emailKind, []string{"emailaddress", "useremail"}, []string{"email", "mail", "courriel", "em", "e"}},
	{phoneKind, []string{"phonenumber", "telephone", "msisdn"}, []string{"phone", "tel", "mobile", "ph"}},
	{placeKind, []string{"latitude", "longitude", "latlng", "latlon", "geopos"}, []string{"lat", "lon", "lng", "gps", "coords", "coordinates"}},
	{
		personKind,
		[]string{"firstname", "lastname", "surname", "fullname", "familyname", "givenname", "birthdate", "dateofbirth", "birthday", "streetaddress", "postalcode", "zipcode", "passport", "username"},
		[]string{"fn", "ln", "dob", "street", "zip", "ssn", "login", "nickname", "ssid", "bssid"},
	},
	{networkKind, []string{"macaddress", "ipaddress", "forwardedfor", "realip", "clientip"}, []string{"mac", "ip", "uip", "clientipaddress"}},
	{
		identifierKind,
		[]string{
			"deviceid", "deviceuuid", "advertisingid", "advertiserid", "androidid", "installid", "installationid", "instanceid", "visitorid", "anonymousid", "clientid", "userid", "customerid",
			"profileid", "personid", "trackingid", "browserid", "hardwareid", "fingerprint", "idfa", "idfv", "gaid", "imei", "imsi", "iccid", "udid", "serialnumber", "accountid", "memberid",
		},
		[]string{
			"uuid", "guid", "uid", "did", "cid", "vid", "pid", "puid", "muid", "buid", "duid", "adid", "aaid", "oaid", "ifa", "ifv", "rdid", "tid", "gclid", "fbclid", "msclkid", "ttclid", "dclid",
			"gbraid", "wbraid", "yclid", "fbp", "fbc", "ga", "gid", "serial", "etag", "ifnonematch", "distinctid", "user", "uids", "buyeruid", "eid", "hem",
		},
	},
}

// harmless ends the names of fields that speak about a secret and hold none.
var harmless = []string{
	"type", "expires", "expiresin", "expiresat", "expiry", "expiration", "ttl", "url", "uri", "endpoint", "count", "limit", "length", "policy", "enabled", "required", "strength",
	"label", "placeholder", "error", "method", "status", "timestamp", "tokens",
}

// nameKind is what the name of a field says of the value in it; empty where it
// says nothing.
func nameKind(name string) string {
	name = bare(name)
	if name == "" || slices.ContainsFunc(harmless, func(s string) bool { return strings.HasSuffix(name, s) }) {
		return ""
	}
	for _, r := range nameRules {
		if slices.Contains(r.all, name) || slices.ContainsFunc(r.part, func(s string) bool { return strings.Contains(name, s) }) {
			return r.kind
		}
	}
	return ""
}

// bare is a name in small letters and digits. Of a path like user[email] or
// data.user.email it is the last part that holds something.
func bare(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '[' || r == ']' || r == '.' })
	if len(parts) > 1 {
		name = parts[len(parts)-1]
		if strings.Trim(name, "0123456789") == "" { // list[0]
			name = parts[len(parts)-2]
		}
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, strings.TrimPrefix(strings.ToLower(name), "x-"))
}

// held tells whether a value under a telling name is long enough to be what
// the name says: token=1 is a switch, and code=FR a country.
func held(kind, v string) bool {
	switch kind {
	case passwordKind, cardKind, ibanKind, phoneKind, personKind, placeKind, networkKind, cookieKind, storedKind, authKind:
		return true
	case emailKind: // short names like "e" hold other things too, unless it is a hash of an address
		return strings.Contains(v, "@") || len(v) >= 16
	case tokenKind:
		return len(v) >= 6
	}
	return len(v) >= 5
}
