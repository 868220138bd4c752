package importer

import (
	"maps"
	"slices"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// sortedSet sorts a list and drops repeats.
func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
