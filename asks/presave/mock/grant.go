package mock

// Grant lets an account allow an app these scopes without its pages, as if it
// had done so at this moment, and returns the refresh token: for campaigns of
// more listeners than anybody can click for.
func (p *Provider) Grant(user, client string, scopes ...string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	refresh := opaque(48)
	p.refresh[refresh] = &grant{
		user: user, client: client, scopes: scopes, ends: p.options.Now().AddDate(0, grantMonths, 0),
	}
	return refresh
}

// replaced ends a refresh token that was just used. With an overlap it stays
// until its successor is used, and its predecessor ends: an app that did not
// get the answer can ask again. The caller holds the lock.
func (p *Provider) replaced(old string) {
	if !p.options.Overlap {
		delete(p.refresh, old)
		return
	}
	delete(p.refresh, p.before[old])
	delete(p.before, old)
}
