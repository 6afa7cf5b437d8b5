/* brake.h - when to stop sending: the answer to who asks before. Pure. */
#ifndef SES_BRAKE_H
#define SES_BRAKE_H

#include <stdbool.h>

#include "base/clock.h"
#include "ses/reputation.h"

struct ses_brake_settings {
	enum ses_level at; /* SES_LEVEL_OK: the brake is off (the default) */
	bool streams;	   /* a stream alone can be stopped */
	bool calls_ses;	   /* stop it at SES as well */
	bool dry_run;	   /* say what would be done, do nothing, answer yes */
};

/* One thing that can be stopped: an account, or a configuration set of it. */
struct ses_brake_state {
	bool is_tripped;
	utc_ms tripped;	      /* UTC_NONE */
	enum ses_level level; /* that tripped it */
	utc_ms resumed; /* by hand; only what was published after counts for tripping
			   again; UTC_NONE never */
};

/*
 * Whether it trips now. level_since: of an account over its representative window, of a
 * configuration set over 24 hours, but from resumed on, and then only once minimum_sends
 * eligible recipients (ses/reputation.h) were counted since: until then the caller gives
 * SES_LEVEL_NO_DENOMINATOR. Where streams are stopped alone the caller tries those first
 * whose fault it is since the resume. Once tripped it stays so until
 * somebody resumes (a rate that falls because nothing is sent is no reason to send).
 */
bool ses_brake_trips(const struct ses_brake_settings *settings,
	const struct ses_brake_state *state, enum ses_level level_since);

#endif
