package importer

import "encoding/json"

// A need is a set of scopes that a call takes, as package asks reads it: one
// scope, all of several parts, any one of them, or the part that a parameter
// selects. The zero need is "none".
type need struct {
	Scope string
	All   []need
	Any   []need
	When  string
	Cases []needCase
	Raw   json.RawMessage // of an overlay, written as it came
}

type needCase struct {
	Is   []string `json:"is"`
	Need need     `json:"need"`
}

// MarshalJSON writes the form that package asks reads.
func (n need) MarshalJSON() ([]byte, error) {
	switch {
	case n.Raw != nil:
		return n.Raw, nil
	case len(n.All) > 0:
		return json.Marshal(map[string][]need{"all": n.All})
	case len(n.Any) > 0:
		return json.Marshal(map[string][]need{"any": n.Any})
	case n.When != "":
		return json.Marshal(struct {
			When  string     `json:"when"`
			Cases []needCase `json:"cases"`
		}{n.When, n.Cases})
	case n.Scope == "":
		return []byte(`"none"`), nil
	}
	return json.Marshal(n.Scope)
}

// UnmarshalJSON keeps the text; package asks checks it.
func (n *need) UnmarshalJSON(data []byte) error {
	n.Raw = append(json.RawMessage{}, data...)
	return nil
}

// anyOf and allOf join parts; one part alone needs no joining.
func anyOf(parts []need) need {
	if len(parts) == 1 {
		return parts[0]
	}
	return need{Any: parts}
}

func allOf(parts []need) need {
	if len(parts) == 1 {
		return parts[0]
	}
	return need{All: parts}
}

func scopesOf(ids []string) []need {
	parts := make([]need, 0, len(ids))
	for _, id := range ids {
		parts = append(parts, need{Scope: id})
	}
	return parts
}
