package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"github.com/spf13/cobra"
)

// maxConsentPage is how much of a consent page is read, in bytes.
const maxConsentPage = 4 << 20

// takeConsent reads the consent page that was kept, if one was.
func (f *askFlags) takeConsent() error {
	if f.consent == "" && f.seen == "" && f.client == "" {
		return nil
	}
	if f.consent == "" {
		return diapason.WithHint(fmt.Errorf("there is no consent page: %w", diapason.ErrUsage), "give the file with --consent")
	}
	var seen time.Time
	if f.seen != "" {
		var err error
		if seen, err = time.Parse(time.DateOnly, f.seen); err != nil {
			return diapason.WithHint(fmt.Errorf("--consent-date %q is no day: %w", f.seen, diapason.ErrUsage), "write it as 2026-09-04")
		}
	}
	in, err := os.Open(f.consent)
	if err != nil {
		return fmt.Errorf("read consent page: %w: %w", err, diapason.ErrUsage)
	}
	defer in.Close()
	page, err := io.ReadAll(io.LimitReader(in, maxConsentPage+1))
	if err != nil {
		return fmt.Errorf("read consent page: %w: %w", err, diapason.ErrUsage)
	}
	if len(page) > maxConsentPage {
		return diapason.WithHint(fmt.Errorf("read consent page %s: more than %d bytes: %w", f.consent, maxConsentPage, diapason.ErrUsage), "keep the page alone, without pictures")
	}
	read := asks.ReadConsentPage(string(page), seen)
	read.Client = strings.TrimSpace(f.client)
	f.ask.Consent = &read
	return nil
}

// givesAll tells whether a provider leaves no choice, so that there is no list to give.
func givesAll(cmd *cobra.Command, provider string) bool {
	return slices.ContainsFunc(catalogueOf(cmd).Providers(), func(p asks.ProviderSummary) bool {
		return p.ID == strings.ToLower(provider) && p.Bundle
	})
}
