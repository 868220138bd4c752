package main

import (
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/entity"
	"github.com/spf13/cobra"
)

//go:embed init.yaml
var initTemplate string

func initCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "init ADDRESS",
		Short: "Write a commented diapason.yaml for a service",
		Long: long(`
Init writes a diapason.yaml that you can complete: which texts to read, which
permission requests to judge, which pages to visit, which export to read. It
contacts nobody.`),
		Example: `  diapason init https://music.example
  diapason init music.example --file music.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := initText(args[0])
			if err != nil {
				return err
			}
			if _, err := os.Stat(file); err == nil {
				return diapason.WithHint(fmt.Errorf("write %s: it exists already: %w", file, diapason.ErrUsage), "name another file with --file")
			}
			if err := os.WriteFile(file, text, 0o644); err != nil {
				return fmt.Errorf("write %s: %w: %w", file, err, diapason.ErrUsage)
			}
			if asJSON(cmd) {
				return printJSON(cmd, map[string]string{"file": file})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Wrote %s. Read through it, then run: diapason audit %s\n", file, file)
			return nil
		},
	}
	c.Flags().StringVar(&file, "file", "diapason.yaml", "file to write")
	return c
}

// initText fills the template for one address.
func initText(address string) ([]byte, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is not a web address: expected something like https://music.example: %w", address, diapason.ErrUsage)
	}
	domain := entity.RegistrableDomain(u.Hostname())
	id, _, _ := strings.Cut(domain, ".")
	text := []byte(strings.NewReplacer("{id}", id, "{domain}", domain, "{origin}", u.Scheme+"://"+u.Host).Replace(initTemplate))
	if _, err := audit.ParseConfig(text, "diapason.yaml"); err != nil {
		return nil, err
	}
	return text, nil
}
