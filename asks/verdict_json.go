package asks

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strconv"
)

// AppendJSON appends the verdict in its published JSON shape, on one line:
// what encoding/json writes with HTML escapes off. It exists because a list of
// many requests spends most of its time on writing.
func (v *Verdict) AppendJSON(b []byte) []byte {
	b = quoted(b, `{"provider":`, v.Provider)
	b = quotedList(b, `,"purposes":`, v.Purposes)
	b = quotedList(b, `,"also":`, v.Also)
	b = quoted(b, `,"tier":`, v.Tier)
	b = number64(b, `,"requested":`, v.Requested)
	b = quotedList(b, `,"minimal":`, v.Minimal)
	b = quotedList(b, `,"global_minimum":`, v.GlobalMinimum)
	b = quotedList(b, `,"excess":`, v.Excess)
	b = quotedList(b, `,"optional":`, v.Optional)
	b = quotedList(b, `,"missing":`, v.Missing)
	b = quotedList(b, `,"unknown":`, v.Unknown)
	b = quotedList(b, `,"not_current":`, v.NotCurrent)
	b = quotedList(b, `,"case_mismatch":`, v.CaseMismatch)
	b = list(b, `,"redundant":`, v.Redundant, (*Redundancy).appendJSON)
	b = quotedList(b, `,"legacy_api_only":`, v.LegacyAPIOnly)
	b = quotedList(b, `,"dormant":`, v.Dormant)
	b = quotedList(b, `,"disputed":`, v.Disputed)
	b = quotedList(b, `,"unserved":`, v.Unserved)
	b = quotedList(b, `,"admin_consent":`, v.AdminConsent)
	b = quotedList(b, `,"approval_required":`, v.ApprovalRequired)
	b = object(b, `,"privilege":`, v.Privilege, func(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) })
	b = quotedList(b, `,"parse_flags":`, v.ParseFlags)
	b = quotedList(b, `,"url_flags":`, v.URLFlags)
	b = quoted(b, `,"scope_parameter":`, v.ScopeParameter)
	b = quoted(b, `,"client_parameter":`, v.ClientParameter)
	b = quoted(b, `,"separator":`, v.Separator)
	b = boolean(b, `,"persistent_access":`, v.PersistentAccess)
	b = number64(b, `,"lines":{"count":`, v.Lines.Count)
	b = quoted(b, `,"basis":`, v.Lines.Basis)
	b = unlessEmpty(b, `,"date":`, v.Lines.Date)
	b = number64(b, `},"reach":{"requested":`, v.Reach.Requested)
	b = number64(b, `,"minimal":`, v.Reach.Minimal)
	b = number64(b, `,"global_minimum":`, v.Reach.GlobalMinimum)
	b = boolean(b, `,"approximate":`, v.Reach.Approximate)
	b = list(b, `},"scopes":`, v.Scopes, (*ScopeVerdict).appendJSON)
	b = list(b, `,"findings":`, v.Findings, (*Finding).appendJSON)
	b = object(b, `,"suggestions":`, v.Suggestions, func(b []byte, s string) []byte { return quoted(b, "", s) })
	b = unlessEmpty(b, `,"aim":`, v.Aim)
	b = unlessEmpty(b, `,"doing":`, v.Doing)
	b = unlessEmpty(b, `,"grant_life":`, v.GrantLife)
	b = unlessEmpty(b, `,"end_at":`, v.EndAt)
	b = unlessEmpty(b, `,"catalogue":`, v.Catalogue)
	b = unlessEmpty(b, `,"digest":`, v.Digest)
	b = unlessEmpty(b, `,"confidence":`, v.Confidence)
	b = unlessEmpty(b, `,"provider_name":`, v.ProviderName)
	b = unlessEmpty(b, `,"looks_like":`, v.LooksLike)
	b = unlessFalse(b, `,"cannot_be_narrowed":`, v.CannotBeNarrowed)
	b = unlessNone(b, `,"instead":`, v.Instead)
	b = unlessFalse(b, `,"undescribed":`, v.Undescribed)
	if len(v.Demands) > 0 {
		b = list(b, `,"authorization_details":`, v.Demands, (*Demand).appendJSON)
	}
	return append(b, '}')
}

func (d *Demand) appendJSON(b []byte) []byte {
	b = quoted(b, `{"type":`, d.Type)
	b = unlessNone(b, `,"actions":`, d.Actions)
	b = unlessNone(b, `,"locations":`, d.Locations)
	b = unlessNone(b, `,"datatypes":`, d.DataTypes)
	return append(b, '}')
}

func unlessNone(b []byte, before string, texts []string) []byte {
	if len(texts) == 0 {
		return b
	}
	return quotedList(b, before, texts)
}

func unlessFalse(b []byte, before string, yes bool) []byte {
	if !yes {
		return b
	}
	return boolean(b, before, yes)
}

func (r *Redundancy) appendJSON(b []byte) []byte {
	b = quoted(b, `{"scope":`, r.Scope)
	b = quoted(b, `,"by":`, r.By)
	b = quoted(b, `,"basis":`, r.Basis)
	return append(b, '}')
}

func (s *ScopeVerdict) appendJSON(b []byte) []byte {
	b = quoted(b, `{"id":`, s.ID)
	b = quoted(b, `,"class":`, s.Class)
	b = unlessEmpty(b, `,"severity":`, string(s.Severity))
	b = quoted(b, `,"status":`, s.Status)
	b = quoted(b, `,"sentence":`, s.Sentence)
	b = quoted(b, `,"why":`, s.Why)
	return append(b, '}')
}

func (f *Finding) appendJSON(b []byte) []byte {
	b = quoted(b, `{"id":`, f.ID)
	b = quoted(b, `,"severity":`, string(f.Severity))
	b = unlessEmpty(b, `,"scope":`, f.Scope)
	return append(b, '}')
}

// quoted appends what stands before a text, and the text as a JSON string.
func quoted(b []byte, before, text string) []byte {
	b = append(b, before...)
	if !plainASCII(text) {
		return appendEscaped(b, text)
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

func unlessEmpty(b []byte, before, text string) []byte {
	if text == "" {
		return b
	}
	return quoted(b, before, text)
}

// plainASCII tells whether a text stands in JSON as it is: no control
// character, quote, backslash or byte beyond ASCII. It looks at eight bytes at
// once: a byte b has its top bit set in (b-n)&^b exactly if it is below n, as
// long as no byte before it was, and a borrow only ever comes from such a one.
func plainASCII(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64([]byte(s[i : i+8]))
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		if (w|(w-ones*' ')|(quote-ones)|(slash-ones))&tops != 0 {
			return false
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func appendEscaped(b []byte, text string) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string is always written
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

func quotedList(b []byte, before string, texts []string) []byte {
	b = append(b, before...)
	if texts == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, t := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = quoted(b, "", t)
	}
	return append(b, ']')
}

func list[T any](b []byte, before string, items []T, one func(*T, []byte) []byte) []byte {
	b = append(b, before...)
	if items == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(&items[i], b)
	}
	return append(b, ']')
}

func object[V any](b []byte, before string, m map[string]V, one func([]byte, V) []byte) []byte {
	b = append(b, before...)
	if m == nil {
		return append(b, "null"...)
	}
	b = append(b, '{')
	for i, key := range sortedKeys(m) {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(append(quoted(b, "", key), ':'), m[key])
	}
	return append(b, '}')
}

func number64(b []byte, before string, n int) []byte {
	return strconv.AppendInt(append(b, before...), int64(n), 10)
}

func boolean(b []byte, before string, yes bool) []byte {
	return strconv.AppendBool(append(b, before...), yes)
}
