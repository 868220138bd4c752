package export

import "time"

// writeEverything writes the kinds of file that only some exports have.
func writeEverything(a *archive, p *person) error {
	if !p.Every {
		return nil
	}
	for _, write := range []func(*archive, *person) error{writePodcasts, writeTalk, writeTaste, writeHome, writeTechnical} {
		if err := write(a, p); err != nil {
			return err
		}
	}
	return nil
}

func writePodcasts(a *archive, p *person) error {
	p.holds("streaming-history", "dia:ListeningHistory", "$[].podcastName", "$[].episodeName")
	return a.put("Account Data/StreamingHistory_podcast_0.json", []object{{
		{"endTime", p.Until.Format("2006-01-02 15:04")}, {"podcastName", p.word(3)}, {"episodeName", p.word(4)}, {"msPlayed", 61_000},
	}})
}

func writeTalk(a *archive, p *person) error {
	p.holds("messages", "dia:PrivateMessage", "$.threads[].group_name", "$.threads[].messages[].time", "$.threads[].messages[].message")
	p.holds("messages", "dia:DataAboutOthers", "$.threads[].members[]", "$.threads[].messages[].from")
	friend := p.canary("messages $.threads[].members[]", "friend"+p.token(14))
	err := a.put("Account Data/MessageData.json", object{{"threads", []object{{
		{"members", []string{p.username, friend}},
		{"group_name", p.word(3)},
		{"messages", []object{{
			{"time", p.Until.Add(-9 * day).Format(time.RFC3339)},
			{"from", friend},
			{"message", p.canary("messages $.threads[].messages[].message", p.word(5)+" "+p.word(5))},
		}}},
	}}}})
	if err != nil {
		return err
	}
	p.holds("prompts", "dia:Prompt", "$[].createdAt", "$[].prompt")
	return a.put("Account Data/UserPrompts.json", []object{{
		{"createdAt", p.Until.Add(-5 * day).Format(time.RFC3339)}, {"prompt", p.canary("prompts $[].prompt", p.word(5)+" "+p.word(4))},
	}})
}

func writeTaste(a *archive, p *person) error {
	p.holds("marquee", "dia:InferredSegment", "$[].artistName", "$[].segment")
	err := a.put("Account Data/Marquee.json", []object{
		{{"artistName", p.artists[0].name}, {"segment", "Super Listeners"}},
		{{"artistName", p.artists[1].name}, {"segment", "Previously Active Listeners"}},
	})
	if err != nil {
		return err
	}
	p.holds("wrapped", "dia:TopItems", "$.yearlyMetrics.totalMsListened", "$.topArtists.topArtistUris[]")
	return a.put("Account Data/Wrapped2025.json", object{
		{"yearlyMetrics", object{{"totalMsListened", 98_000_000}}},
		{"topArtists", object{{"topArtistUris", []string{"spotify:artist:" + p.token(22)}}}},
	})
}

func writeHome(a *archive, p *person) error {
	p.holds("household", "pd:PhysicalAddress", "$.address")
	return a.put("Account Data/DuoNewFamily.json", object{{"address", p.canary("household $.address", p.word(3)+" "+p.word(4)+" 5550")}})
}

// writeTechnical writes two event types of the technical log; stamps are
// documented in seconds and seen in milliseconds, so both stand here.
func writeTechnical(a *archive, p *person) error {
	added := func(at time.Time, stamp int64) object {
		return object{
			{"timestamp_utc", at.Format("2006-01-02T15:04:05.000Z")},
			{"context_time", stamp},
			{"context_conn_country", "FR"},
			{"context_device_manufacturer", "acme"},
			{"context_device_type", "smartphone"},
			{"message_item_uri", "spotify:track:" + p.token(22)},
			{"message_set", "collection"},
		}
	}
	at := p.Until.Add(-3 * day)
	p.holds("technical-log", "dia:UsageData", "$[].timestamp_utc", "$[].context_time", "$[].message_item_uri", "$[].message_set")
	p.holds("technical-log", "pd:Country", "$[].context_conn_country")
	p.holds("technical-log", "pd:DeviceBased", "$[].context_device_manufacturer", "$[].context_device_type")
	err := a.put("Technical Log Information/AddedToCollection.json", []object{added(at, at.Unix()), added(at, at.UnixMilli())})
	if err != nil {
		return err
	}
	p.holds("technical-log", "pd:EmailAddress", "$[].message_email")
	return a.put("Technical Log Information/AccountMutated_1.json", []object{{
		{"timestamp_utc", at.Format("2006-01-02T15:04:05.000Z")}, {"context_time", at.UnixMilli()}, {"message_email", p.email},
	}})
}
