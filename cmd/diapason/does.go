package main

import (
	"fmt"
	"net/url"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/entity"
	"github.com/spf13/cobra"
)

func doesCommand() *cobra.Command {
	var f auditFlags
	var d audit.DoesConfig
	var linkage bool
	var recorded []string
	var zone string
	c := &cobra.Command{
		Use:   "does ADDRESS…",
		Short: "Visit pages and tell what they send and store",
		Long: long(`
Does visits a page four times with a real Chromium, each time with an empty or
a returning profile, and tells which values could recognise a visitor, who gets
them, and what is sent where. It clicks nothing. With --consent it looks for
what asks for a choice, and in further visits refuses, accepts, and takes the
agreement back, three times each; with --gpc it visits with Global Privacy
Control on, by the law of California, and holds what the site promises about
that signal (/.well-known/gpc.json) against what happens. With --respawn it
deletes each identifier and shows which store brings it back; --respawn-plan
quick does that in three visits that only show whether one outlives the deletion
of cookies and site data. With --linkage it visits two sites and shows who can
recognise the same visitor on both.

With --har it reads recorded traffic instead: what a browser, a proxy or a phone
saved as HAR. One recording shows who was contacted, when, and with what. Four
recordings of the same steps also show which values could recognise a visitor:
A1 a first visit, A2 the same device or profile again, B and C two other devices
or fresh profiles. Give each as NAME=FILE. Secrets in recordings are compared in
memory and stored only as commitments.`),
		Example: `  diapason does https://music.example
  diapason does https://music.example --consent --gpc
  diapason does https://music.example --respawn
  diapason does https://music.example https://news.example --linkage
  diapason does --har phone.har --tz Europe/Paris
  diapason does --har A1=first.har --har A2=again.har --har B=other.har --har C=third.har`,
		RunE: func(cmd *cobra.Command, args []string) error {
			failOn, err := f.severity()
			if err != nil {
				return err
			}
			if d.RespawnPlan != "" && !d.Respawn {
				return diapason.WithHint(fmt.Errorf("--respawn-plan needs --respawn: %w", diapason.ErrUsage), "add --respawn, or leave out --respawn-plan")
			}
			d.Start = args
			if linkage {
				if len(args) < 2 {
					return diapason.WithHint(fmt.Errorf("--linkage needs two addresses: %w", diapason.ErrUsage), "name the second, unrelated site after the first")
				}
				d.Start, d.Linkage = args[:1], args[1:]
			}
			for _, h := range recorded {
				d.Captures = append(d.Captures, recording(h, zone))
			}
			cfg, err := doesConfig(d, args)
			if err != nil {
				return err
			}
			o, err := f.options(cfg.Service.ID)
			if err != nil {
				return err
			}
			o.Only = []diapason.Channel{diapason.Does}
			r, err := runAudit(cmd, cfg, o)
			if err != nil {
				return err
			}
			return r.Err(failOn)
		},
	}
	f.register(c)
	c.Flags().BoolVar(&d.Respawn, "respawn", false, "delete each identifier and see whether it comes back, and from where")
	c.Flags().StringVar(&d.RespawnPlan, "respawn-plan", "", "with --respawn: full tells which store brings an identifier back and how to be rid of it; quick takes three visits and only tells whether one outlives the deletion of cookies and site data (default full)")
	c.Flags().BoolVar(&d.Consent, "consent", false, "refuse, accept and withdraw where a page asks for a choice, and see what comes of it")
	c.Flags().BoolVar(&d.GPC, "gpc", false, "visit with Global Privacy Control on; with --consent also after refusing and accepting")
	c.Flags().BoolVar(&linkage, "linkage", false, "see who gets the same identifier on all the given sites")
	c.Flags().StringVar(&d.ThirdPartyCookies, "third-party-cookies", "allow", "cookie policy of the profiles: allow or block")
	c.Flags().StringArrayVar(&d.Lists, "list", nil, "filter list to hold contacts against: a file, or system for those of the system's uBlock Origin package")
	c.Flags().StringArrayVar(&recorded, "har", nil, "recorded traffic (HAR) to read; A1=, A2=, B= or C= before the name makes it one of four that are compared")
	c.Flags().StringVar(&zone, "tz", "", "time zone of the recorded traffic, such as Europe/Paris; without it no local hour is told")
	return c
}

// recording reads FILE, or NAME=FILE for one of the four recordings that are
// compared. What stands before the sign in another file's name is part of it.
func recording(arg, zone string) audit.RecordedConfig {
	if name, file, ok := strings.Cut(arg, "="); ok && file != "" && !strings.ContainsAny(name, "./\\") && len(name) <= 2 {
		return audit.RecordedConfig{HAR: file, Zone: zone, As: strings.ToUpper(name)}
	}
	return audit.RecordedConfig{HAR: arg, Zone: zone}
}

// doesConfig describes a service of which only the address is known.
func doesConfig(d audit.DoesConfig, args []string) (*audit.Config, error) {
	if len(args) == 0 && len(d.Captures) == 0 {
		return nil, diapason.WithHint(fmt.Errorf("no address was given: %w", diapason.ErrUsage), "diapason does https://music.example")
	}
	id := "recorded"
	var domains []string
	for i, a := range args {
		u, err := url.Parse(a)
		if err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return nil, fmt.Errorf("%q is not a web address: expected something like https://music.example: %w", a, diapason.ErrUsage)
		}
		if i == 0 {
			domains = []string{entity.RegistrableDomain(u.Hostname())}
			id, _, _ = strings.Cut(domains[0], ".")
		}
	}
	laws := []string{"EU"}
	if d.GPC {
		laws = append(laws, "CA") // where the signal is law
	}
	return audit.NewConfig(audit.Config{
		Service: audit.ServiceConfig{ID: id, Name: id, Domains: domains, Jurisdictions: laws},
		Does:    &d,
	})
}
