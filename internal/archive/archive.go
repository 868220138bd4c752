// Package archive reads archives that strangers made, where they lie.
package archive
