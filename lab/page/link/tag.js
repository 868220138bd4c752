// A company's tag. Truth: the address is the company's own, or another's who
// then knows what the query tells.
new Image().src = "{{.To}}?s=" + location.hostname + "&{{.Query}}";
