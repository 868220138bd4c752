package mock_test

import (
	"testing"

	"diapason.dev/diapason/asks/presave/mock"
)

func TestAReplacedRefreshTokenWorksUntilItsSuccessorIsUsedWhereThereIsAnOverlap(t *testing.T) {
	s := newStage(t, func(o *mock.Options) { o.Overlap = true })
	first := s.p.Grant("listener-1", "campaign", "user-library-modify")
	s.renew(first) // the answer does not arrive
	second := s.renew(first).Refresh
	third := s.renew(second).Refresh
	if got := s.renew(first); got.Error != "invalid_grant" {
		t.Fatalf("the first token works after the second was used: %+v", got)
	}
	if got := s.renew(third); got.Error != "" || got.Scope != "user-library-modify" {
		t.Fatalf("the newest token: %+v", got)
	}
	if got := s.renew(second); got.Error != "invalid_grant" {
		t.Fatalf("the second token works after the third was used: %+v", got)
	}
}

func TestAReplacedRefreshTokenEndsAtOnceOtherwise(t *testing.T) {
	s := newStage(t, nil)
	first := s.p.Grant("listener-1", "campaign", "user-library-modify")
	s.renew(first)
	if got := s.renew(first); got.Error != "invalid_grant" {
		t.Fatalf("a replaced token: %+v", got)
	}
}
