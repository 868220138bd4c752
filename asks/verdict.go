package asks

// Verdict is the judgement on one request, in the published JSON shape.
type Verdict struct {
	Provider string `json:"provider"`
}
