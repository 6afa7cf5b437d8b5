/* alert.c - when a condition becomes news: fired, stepped, told again, resolved. */
#include "ses/alert.h"

#include <string.h>

#include "base/text.h"

const struct ses_alert_kind *ses_alert_kind(const char *name)
{
	size_t count;
	const struct ses_alert_kind *kinds = ses_alert_kinds(&count);

	for (size_t i = 0; i < count; i++)
		if (text_equal(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

const char *ses_alert_level_name(const struct ses_alert_kind *kind, enum ses_level level)
{
	if (level <= SES_LEVEL_OK)
		return "ok";
	if (kind != NULL && kind->has_rate_levels)
		return ses_level_name(level);
	return level == SES_LEVEL_OVER_PAUSE_LIMIT ? "critical" : "warning";
}

static bool is_on(enum ses_level level)
{
	return level > SES_LEVEL_OK;
}

/* A zeroed state has told 0. */
static bool was_told(const struct ses_alert_state *state)
{
	return state->told != UTC_NONE && state->told != 0;
}

/*
 * While an alert is on it is looked at again and again, and now is at or after the last
 * look unless the clock was put back: then the past moves with it, and what had passed
 * since the last telling has still passed, no more and no less.
 */
static void move_with_clock(struct ses_alert_state *state, utc_ms now)
{
	int64_t back = state->seen - now;

	if (!is_on(state->level) || back <= 0)
		return;
	state->since -= back;
	if (was_told(state))
		state->told -= back;
}

static enum ses_alert_step tell(struct ses_alert_state *state,
	const struct ses_alert_sight *sight, utc_ms now, enum ses_alert_step step)
{
	state->level = sight->level;
	state->version = sight->version;
	state->told = now;
	return step;
}

static void begin(
	struct ses_alert_state *state, const struct ses_alert_sight *sight, utc_ms now)
{
	state->level = sight->level;
	state->since = now;
	state->resolved = UTC_NONE;
}

static void end(struct ses_alert_state *state, utc_ms now)
{
	state->level = SES_LEVEL_OK;
	state->resolved = now;
}

/* Told at most once; that it is over is noted, so that it is not listed for ever. */
static enum ses_alert_step step_once(
	struct ses_alert_state *state, const struct ses_alert_sight *sight, utc_ms now)
{
	if (!is_on(sight->level)) {
		if (is_on(state->level))
			end(state, now);
		return SES_ALERT_NOTHING;
	}
	if (!is_on(state->level))
		begin(state, sight, now);
	state->level = sight->level;
	if (!was_told(state))
		return tell(state, sight, now, SES_ALERT_FIRED);
	return SES_ALERT_NOTHING;
}

static bool is_due_again(const struct ses_alert_state *state,
	const struct ses_alert_sight *sight, utc_ms now, int64_t renotify_ms)
{
	int64_t passed = now - (was_told(state) ? state->told : state->since);

	if (state->version != sight->version && passed >= SES_ALERT_NEWS_MS)
		return true;
	return renotify_ms > 0 && passed >= renotify_ms;
}

static enum ses_alert_step step_many(struct ses_alert_state *state,
	const struct ses_alert_sight *sight, utc_ms now, int64_t renotify_ms)
{
	if (!is_on(sight->level)) {
		if (!is_on(state->level))
			return SES_ALERT_NOTHING;
		end(state, now);
		return SES_ALERT_RESOLVED;
	}
	if (!is_on(state->level)) {
		begin(state, sight, now);
		return tell(state, sight, now, SES_ALERT_FIRED);
	}
	if (sight->level > state->level)
		return tell(state, sight, now, SES_ALERT_RISEN);
	if (sight->level < state->level)
		return tell(state, sight, now, SES_ALERT_FALLEN);
	if (is_due_again(state, sight, now, renotify_ms))
		return tell(state, sight, now, SES_ALERT_AGAIN);
	return SES_ALERT_NOTHING;
}

enum ses_alert_step ses_alert_step(const struct ses_alert_kind *kind,
	struct ses_alert_state *state, const struct ses_alert_sight *sight, utc_ms now,
	int64_t renotify_ms)
{
	enum ses_alert_step step;

	move_with_clock(state, now);
	step = kind->is_once ? step_once(state, sight, now)
			     : step_many(state, sight, now, renotify_ms);
	if (is_on(sight->level))
		state->seen = now;
	return step;
}

/* "111122223333/us-east-1" */
static bool is_account(const char *object)
{
	size_t digits = strspn(object, "0123456789");
	const char *region = object + digits + 1;

	return digits == 12 && object[digits] == '/' && region[0] != '\0' &&
	       region[strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

bool ses_silence_covers(const char *silence_name, const char *silence_object,
	const char *name, const char *object)
{
	size_t length = strlen(silence_object);

	if (!text_equal(silence_name, "*") && !text_equal(silence_name, name))
		return false;
	if (length == 0 || text_equal(silence_object, object))
		return true;
	return is_account(silence_object) && text_begins(object, silence_object) &&
	       object[length] == ' ';
}
