package does

import (
	"crypto/md5"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	base64url = base62 + "-_"
	year      = 365.0
)

// sources are the families of the simulation: first those whose values name a
// browser. Among these are three that nobody can find by comparing (counters,
// ids encrypted anew for every visit, the bare microsecond of the first one),
// and among the others some that look like names without being any.
var sources = append(append(plainNames, wrappedNames...), append(changingValues, settings...)...)

var plainNames = []source{
	{"128 random bits in hexadecimal", true, year, kept(chars(32, hexDigits))},
	{"64 random bits in hexadecimal", true, year, kept(chars(16, hexDigits))},
	{"32 random bits in hexadecimal", true, year, kept(chars(8, hexDigits))},
	{"128 bits in capitals", true, 390, kept(chars(32, "0123456789ABCDEF"))},
	{"16 random bytes in base64", true, year, kept(bytesIn(16, base64.StdEncoding.EncodeToString))},
	{"27 random characters of base64url behind a prefix", true, year, kept(prefixed("amp-", chars(22, base64url)))},
	{"20 random bytes in base32", true, year, kept(bytesIn(20, base32.StdEncoding.EncodeToString))},
	{"two Math.random() in base 36", true, 2 * year, kept(func(r *rand.Rand, _ time.Time) string {
		return strconv.FormatUint(r.Uint64N(1<<52), 36) + strconv.FormatUint(r.Uint64N(1<<52), 36)
	})},
	{"ten letters and digits", true, year, kept(chars(10, base62))},
	{"six letters and digits", true, year, kept(chars(6, base62))},
	{"a random UUID", true, year, kept(uuid4)},
	{"a random UUID in braces and capitals", true, year, kept(func(r *rand.Rand, at time.Time) string { return "{" + strings.ToUpper(uuid4(r, at)) + "}" })},
	{"a UUID of time and node", true, year, kept(uuid1)},
	{"a UUID that begins with the time", true, year, kept(uuid7)},
	{"a ULID", true, year, kept(ulid)},
	{"a snowflake", true, year, kept(func(r *rand.Rand, at time.Time) string {
		return fmt.Sprint((at.UnixMilli()-1288834974657)<<22 | r.Int64N(1<<22))
	})},
	{"a random number of 8 digits", true, year, kept(number(8))},
	{"a random number of 10 digits", true, year, kept(number(10))},
	{"a random number of 13 digits", true, year, kept(number(13))},
	{"a random number of 19 digits", true, year, kept(number(19))},
	{"38 random digits", true, 2 * year, kept(chars(38, decimals))},
	{"a counter of all browsers", true, year, kept(counter)},
	{"a hash of the time of the first visit", true, year, kept(func(_ *rand.Rand, at time.Time) string {
		h := md5.Sum([]byte(fmt.Sprint(at.UnixNano())))
		return hex.EncodeToString(h[:])
	})},
	{"the address and the microsecond of the first visit", true, year, kept(func(_ *rand.Rand, at time.Time) string { return fmt.Sprint("203.0.113.9.", at.UnixMicro()) })},
	{"address, second, process and sequence in base64", true, year, kept(stamped)},
	{"an id for one day", true, 1, kept(gaShaped)},
	{"an id for a week", true, 7, kept(chars(20, base36))},
	{"a session for half an hour, renewed on return", true, 1.0 / 48, kept(chars(24, hexDigits))},
}

var wrappedNames = []source{
	{"GA-shaped: random number and second", true, 2 * year, kept(gaShaped)},
	{"pixel-shaped: millisecond and random number", true, 90.5, kept(func(r *rand.Rand, at time.Time) string {
		return fmt.Sprintf("fb.1.%d.%d", at.UnixMilli(), r.Int64N(1<<31))
	})},
	{"id, first visit, visits and last visit", true, 393, beside("%s.%s.", joined(".", chars(16, hexDigits), seconds), seconds)},
	{"an id and the second of this visit", true, year, beside("%s|%s", chars(22, base62), seconds)},
	{"an id and a checksum that is new every time", true, year, beside("%s.%s", chars(22, base64url), chars(8, hexDigits))},
	{"an id and a signature", true, year, kept(prefixed("s:", joined(".", uuid4, chars(43, base64url))))},
	{"JSON with one id among constants", true, year, kept(jsonID)},
	{"JSON with an id, percent-encoded", true, year, kept(encoded(jsonID, url.QueryEscape))},
	{"JSON with an id in base64", true, year, kept(encoded(jsonID, b64))},
	{"JSON with an id and its making, in base64", true, year, kept(encoded(func(r *rand.Rand, at time.Time) string {
		return fmt.Sprintf(`{"id":"%s","created":%d,"existing":true}`, uuid4(r, at), at.UnixMilli())
	}, b64))},
	{"key=value with an id among settings", true, year, kept(prefixed("lang=en-GB&v=3&uid=", chars(18, base36)))},
	{"an id among numbered fields", true, 2 * year, kept(prefixed("-408604571|MCIDTS|20781|MCMID|", chars(38, decimals)))},
	{"millisecond and random number in one word", true, 180, kept(func(r *rand.Rand, at time.Time) string {
		return fmt.Sprintf("oeu%dr0.%d", at.UnixMilli(), r.Int64N(1e16))
	})},
	{"an address with an id in its query", true, year, kept(prefixed("https://nocturne.example/welcome?from=mail&visitor=", chars(16, hexDigits)))},
	{"a choice with the id under which it is filed", true, 180, kept(func(r *rand.Rand, at time.Time) string {
		return "isGpcEnabled=0&version=202609.1.0&consentId=" + uuid4(r, at) + "&groups=C0001%3A1%2CC0002%3A0&hosts="
	})},
	{"a signed token that names an anonymous visitor", true, 30, kept(func(r *rand.Rand, at time.Time) string {
		return b64(`{"alg":"HS256","typ":"JWT"}`) + "." + b64(`{"sub":"anon-`+uuid4(r, at)+`","iat":`+fmt.Sprint(at.Unix())+`}`) + "." + chars(43, base64url)(r, at)
	})},
	{"an entity tag for each visitor", true, year, kept(prefixed("1f-", chars(27, base64url)))},
	{"an id encrypted anew for every visit", true, year, fresh(bytesIn(32, base64.StdEncoding.EncodeToString))},
}

var changingValues = []source{
	{"a token for one visit", false, year, fresh(chars(32, hexDigits))},
	{"a guard of forms, masked anew", false, 1, fresh(bytesIn(64, base64.StdEncoding.EncodeToString))},
	{"an encrypted session of one visit", false, 1, fresh(bytesIn(96, base64.URLEncoding.EncodeToString))},
	{"the number of a page view", false, year, fresh(uuid4)},
	{"a number against caches", false, year, fresh(number(10))},
	{"stickiness of a load balancer, renewed", false, 7, fresh(chars(120, base62+"+/"))},
	{"a trace of one request", false, year, fresh(joined("-", chars(32, hexDigits), chars(16, hexDigits)))},
	{"the second of the first visit", false, year, kept(seconds)},
	{"the millisecond of the first visit", false, year, kept(millis)},
	{"the microsecond of the first visit", false, year, kept(func(_ *rand.Rand, at time.Time) string { return fmt.Sprint(at.UnixMicro()) })},
	{"the second of the first visit in hexadecimal", false, year, kept(func(_ *rand.Rand, at time.Time) string { return fmt.Sprintf("%x", at.Unix()) })},
	{"the millisecond of the first visit in base 36", false, year, kept(func(_ *rand.Rand, at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 36) })},
	{"the minute of the first visit", false, year, kept(func(_ *rand.Rand, at time.Time) string { return fmt.Sprint(at.Unix() / 60) })},
	{"the second of this visit", false, year, fresh(seconds)},
	{"session times: first, this, number, state", false, 2 * year, beside("GS1.1.%s.1.1.%s.0.0.0", seconds, seconds)},
	{"when it ends, in a year, in milliseconds", false, year, kept(func(_ *rand.Rand, at time.Time) string { return fmt.Sprint(at.AddDate(1, 0, 0).UnixMilli()) })},
	{"when it ends, in thirty days, as a date", false, 30, kept(func(_ *rand.Rand, at time.Time) string { return at.AddDate(0, 0, 30).Format(time.RFC3339) })},
	{"a date with the time", false, year, kept(func(_ *rand.Rand, at time.Time) string { return at.Format("2006-01-02T15:04:05.000Z") })},
	{"a date as a script writes it", false, year, kept(func(_ *rand.Rand, at time.Time) string { return at.Format("Mon Jan 02 2006 15:04:05 GMT-0700") })},
	{"the day", false, year, kept(func(_ *rand.Rand, at time.Time) string { return at.Format(time.DateOnly) })},
	{"a record of a choice, made to the day", false, 390, kept(choice(24 * time.Hour))},
	{"a record of a choice, made to the tenth of a second", false, 390, kept(choice(100 * time.Millisecond))},
	{"how often it was visited", false, year, func(*rand.Rand, [4]time.Time) [4]string { return [4]string{"1", "2", "1", "1"} }},
}

var settings = []source{
	{"a version", false, year, same(prefixed("v2026.11.3-", chars(12, hexDigits)))},
	{"the hash of a build", false, year, same(chars(40, hexDigits))},
	{"a language", false, year, same(one("en-GB", "fr", "pt-BR"))},
	{"a country and a city", false, 30, same(one(`{"country":"FR","city":"Paris","lat":48.8566,"lon":2.3522}`))},
	{"the address of this machine", false, 1, same(one("203.0.113.9"))},
	{"the size of the screen", false, year, same(one("1920x1080", "1366x768x24"))},
	{"a hash of the browser's features", false, year, same(chars(32, hexDigits))},
	{"settings in JSON", false, year, same(one(`{"theme":"dark","volume":0.8,"autoplay":false,"quality":"high","region":"eu-west-1"}`))},
	{"where a visitor came from", false, 180, same(one("utm_source=news&utm_medium=mail&utm_campaign=autumn-2026"))},
	{"a test group of two", false, 90, kept(one("control", "treatment"))},
	{"twelve tests of three groups", false, 90, kept(func(r *rand.Rand, _ time.Time) string {
		var b strings.Builder
		for i := range 12 {
			fmt.Fprintf(&b, "exp%d:%c|", 100+i, 'a'+rune(r.IntN(3)))
		}
		return b.String()
	})},
	{"a group of three with a long name", false, 90, kept(one("control-of-2026-homepage", "blue-buttons-and-banner", "no-carousel-fewer-cards"))},
	{"a bucket of a hundred", false, 90, kept(func(r *rand.Rand, _ time.Time) string { return fmt.Sprint(r.IntN(100)) })},
	{"a bucket of ten thousand", false, 90, kept(func(r *rand.Rand, _ time.Time) string { return fmt.Sprint("b", r.IntN(10000)) })},
	{"a random number between 0 and 1, for sampling", false, year, kept(func(r *rand.Rand, _ time.Time) string { return strconv.FormatFloat(r.Float64(), 'f', -1, 64) })},
	{"a list of ten things, shuffled", false, 30, kept(func(r *rand.Rand, _ time.Time) string {
		var all []string
		for _, i := range r.Perm(10) {
			all = append(all, fmt.Sprint(100000000+i*2654435761%900000000))
		}
		return "[" + strings.Join(all, ",") + "]"
	})},
	{"eight letters, shuffled", false, 30, kept(func(r *rand.Rand, _ time.Time) string { return shuffled(r, "abcdefgh") })},
	{"twenty letters, shuffled", false, 30, kept(func(r *rand.Rand, _ time.Time) string { return shuffled(r, "abcdefghijklmnopqrst") })},
	{"one of four servers, numbered", false, 1, kept(func(r *rand.Rand, _ time.Time) string { return fmt.Sprintf("web-%02d", r.IntN(4)) })},
	{"one of four servers, as address and port", false, 1, kept(func(r *rand.Rand, _ time.Time) string {
		return fmt.Sprintf("%d.36895.0000", 10+1<<8+2<<16+uint32(20+r.IntN(4))<<24)
	})},
	{"consent to everything and to nothing", false, 180, kept(one("necessary:true,statistics:false,marketing:false", "necessary:true,statistics:true,marketing:true"))},
}

func chars(n int, alphabet string) maker {
	return func(r *rand.Rand, _ time.Time) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(b)
	}
}

// number draws a number of so many digits, evenly.
func number(digits int) maker {
	return func(r *rand.Rand, at time.Time) string {
		return string('1'+byte(r.IntN(9))) + chars(digits-1, decimals)(r, at)
	}
}

func bytesIn(n int, write func([]byte) string) maker {
	return func(r *rand.Rand, _ time.Time) string { return write(randomBytes(r, n)) }
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func one(of ...string) maker {
	return func(r *rand.Rand, _ time.Time) string { return of[r.IntN(len(of))] }
}

func prefixed(with string, make maker) maker {
	return func(r *rand.Rand, at time.Time) string { return with + make(r, at) }
}

func joined(by string, a, b maker) maker {
	return func(r *rand.Rand, at time.Time) string { return a(r, at) + by + b(r, at) }
}

func encoded(make maker, encode func(string) string) maker {
	return func(r *rand.Rand, at time.Time) string { return encode(make(r, at)) }
}

func shuffled(r *rand.Rand, s string) string {
	b := []byte(s)
	r.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
	return string(b)
}

func seconds(_ *rand.Rand, at time.Time) string { return fmt.Sprint(at.Unix()) }

func millis(_ *rand.Rand, at time.Time) string { return fmt.Sprint(at.UnixMilli()) }

func hyphened(b []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func uuid4(r *rand.Rand, _ time.Time) string {
	b := randomBytes(r, 16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return hyphened(b)
}

// uuid1 is made by one server: its clock sequence and node are constant.
func uuid1(_ *rand.Rand, at time.Time) string {
	t := uint64(at.UnixNano()/100) + 0x01b21dd213814000
	b := make([]byte, 16)
	binary.BigEndian.PutUint32(b, uint32(t))
	binary.BigEndian.PutUint16(b[4:], uint16(t>>32))
	binary.BigEndian.PutUint16(b[6:], uint16(t>>48)&0x0fff|0x1000)
	copy(b[8:], "\x9a\x0c\x02\x42\xac\x11\x00\x02")
	return hyphened(b)
}

func uuid7(r *rand.Rand, at time.Time) string {
	b := randomBytes(r, 16)
	for i := range 6 {
		b[i] = byte(at.UnixMilli() >> (40 - 8*i))
	}
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	return hyphened(b)
}

func ulid(r *rand.Rand, at time.Time) string {
	const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := make([]byte, 10)
	for i, t := 9, at.UnixMilli(); i >= 0; i, t = i-1, t>>5 {
		b[i] = crockford[t&31]
	}
	return string(b) + chars(16, crockford)(r, at)
}

// counter numbers the browsers of a busy service: some forty a second.
func counter(r *rand.Rand, at time.Time) string {
	return fmt.Sprint(71820340 + int64(at.Sub(noon).Seconds()*40) + r.Int64N(40))
}

// stamped is what a web server writes without a script: its own address, the
// second, the process and how many it wrote before.
func stamped(r *rand.Rand, at time.Time) string {
	b := []byte{10, 1, 2, 20}
	b = binary.LittleEndian.AppendUint32(b, uint32(at.Unix()))
	b = binary.LittleEndian.AppendUint32(b, uint32(1200+r.IntN(8)))
	b = binary.LittleEndian.AppendUint32(b, uint32(r.IntN(1<<24))<<8|2)
	return base64.StdEncoding.EncodeToString(b)
}

func gaShaped(r *rand.Rand, at time.Time) string {
	return fmt.Sprintf("GA1.2.%d.%d", r.Int64N(1<<31), at.Unix())
}

func jsonID(r *rand.Rand, at time.Time) string {
	return `{"v":2,"visitor":{"id":"` + chars(16, base36)(r, at) + `","new":true},"lang":"en-GB"}`
}

// choice writes a record of the IAB's shape: six bits of version, two times in
// tenths of a second of 36 bits each, vendors and purposes that are the same
// for everybody who chose the same.
func choice(to time.Duration) maker {
	return func(_ *rand.Rand, at time.Time) string {
		t := uint64(at.Truncate(to).UnixMilli() / 100)
		var bits strings.Builder
		fmt.Fprintf(&bits, "%06b%036b%036b", 2, t, t)
		bits.WriteString(strings.Repeat("000001000010011100", 12))
		s := bits.String()
		var out strings.Builder
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		for i := 0; i+6 <= len(s); i += 6 {
			n, _ := strconv.ParseUint(s[i:i+6], 2, 8)
			out.WriteByte(alphabet[n])
		}
		return out.String() + ".YAAAAAAAAAAA"
	}
}
