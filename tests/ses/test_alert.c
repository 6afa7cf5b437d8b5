/* test_alert.c - when a condition becomes news, by table and by chance. */
#include "tests/ses/sample.h"

#include "base/text.h"
#include "ses/alert.h"

#define T0 ((utc_ms) 1795500000000)
#define HOUR HOUR_MS

#define OK SES_LEVEL_OK
#define WARNING SES_LEVEL_WARNING
#define REVIEW SES_LEVEL_OVER_REVIEW_LIMIT
#define PAUSE SES_LEVEL_OVER_PAUSE_LIMIT

static const char *step_name(enum ses_alert_step step)
{
	switch (step) {
	case SES_ALERT_NOTHING:
		return "nothing";
	case SES_ALERT_FIRED:
		return "fired";
	case SES_ALERT_RISEN:
		return "risen";
	case SES_ALERT_FALLEN:
		return "fallen";
	case SES_ALERT_AGAIN:
		return "again";
	case SES_ALERT_RESOLVED:
		return "resolved";
	}
	return "?";
}

/* One look: so long after T0, what was seen, what is to come of it. */
struct look {
	int64_t at;
	enum ses_level level;
	uint64_t version;
	enum ses_alert_step step;
};

static void play(
	const char *kind, int64_t renotify_ms, const struct look *looks, size_t count)
{
	struct ses_alert_state state = {0};

	for (size_t i = 0; i < count; i++) {
		struct ses_alert_sight sight = {looks[i].level, looks[i].version};
		enum ses_alert_step step = ses_alert_step(ses_alert_kind(kind), &state,
			&sight, T0 + looks[i].at, renotify_ms);

		if (step != looks[i].step)
			fail_msg("look %zu: %s, expected %s", i, step_name(step),
				step_name(looks[i].step));
	}
}

#define PLAY(kind, renotify_ms, looks) play(kind, renotify_ms, looks, COUNT(looks))

static void a_condition_fires_steps_and_is_resolved(void **state)
{
	static const struct look looks[] = {
		{0, OK, 0, SES_ALERT_NOTHING},
		{1, SES_LEVEL_TOO_FEW, 0, SES_ALERT_NOTHING},
		{2, SES_LEVEL_NO_DENOMINATOR, 0, SES_ALERT_NOTHING},
		{3, WARNING, 0, SES_ALERT_FIRED},
		{4, WARNING, 0, SES_ALERT_NOTHING},
		{5, PAUSE, 0, SES_ALERT_RISEN},
		{6, REVIEW, 0, SES_ALERT_FALLEN},
		{7, WARNING, 0, SES_ALERT_FALLEN},
		{8, REVIEW, 0, SES_ALERT_RISEN},
		{9, OK, 0, SES_ALERT_RESOLVED},
		{10, OK, 0, SES_ALERT_NOTHING},
		{11, PAUSE, 0, SES_ALERT_FIRED},
		{12, SES_LEVEL_NO_DENOMINATOR, 0, SES_ALERT_RESOLVED},
		{13, SES_LEVEL_TOO_FEW, 0, SES_ALERT_NOTHING},
	};

	(void) state;
	PLAY("reputation-level", HOUR, looks);
	PLAY("quota", 0, looks);
}

static void it_is_told_again_when_the_interval_is_over(void **state)
{
	static const struct look looks[] = {
		{0, WARNING, 0, SES_ALERT_FIRED},
		{HOUR - 1, WARNING, 0, SES_ALERT_NOTHING},
		{HOUR, WARNING, 0, SES_ALERT_AGAIN},
		{2 * HOUR - 1, WARNING, 0, SES_ALERT_NOTHING},
		/* A level counts as told too. */
		{2 * HOUR - 1, REVIEW, 0, SES_ALERT_RISEN},
		{3 * HOUR - 2, REVIEW, 0, SES_ALERT_NOTHING},
		{3 * HOUR - 1, REVIEW, 0, SES_ALERT_AGAIN},
		{9 * HOUR, REVIEW, 0, SES_ALERT_AGAIN},
		{9 * HOUR + 1, REVIEW, 0, SES_ALERT_NOTHING},
	};

	(void) state;
	PLAY("stream-level", HOUR, looks);
}

static void an_interval_of_nought_is_never_over(void **state)
{
	static const struct look looks[] = {
		{0, WARNING, 0, SES_ALERT_FIRED},
		{1, WARNING, 0, SES_ALERT_NOTHING},
		{1000 * DAY_MS, WARNING, 0, SES_ALERT_NOTHING},
	};

	(void) state;
	PLAY("disk-filling", 0, looks);
}

static void more_to_tell_waits_for_ten_minutes_after_the_last_time(void **state)
{
	static const struct look looks[] = {
		{0, WARNING, 1, SES_ALERT_FIRED},
		{1, WARNING, 2, SES_ALERT_NOTHING},
		{SES_ALERT_NEWS_MS - 1, WARNING, 3, SES_ALERT_NOTHING},
		{SES_ALERT_NEWS_MS, WARNING, 3, SES_ALERT_AGAIN},
		{SES_ALERT_NEWS_MS + 1, WARNING, 3, SES_ALERT_NOTHING},
		/* There and back: nothing new is left to tell. */
		{SES_ALERT_NEWS_MS + 2, WARNING, 4, SES_ALERT_NOTHING},
		{3 * SES_ALERT_NEWS_MS, WARNING, 3, SES_ALERT_NOTHING},
		{3 * SES_ALERT_NEWS_MS + 1, WARNING, 9, SES_ALERT_AGAIN},
		/* A level waits for nothing, and takes the version with it. */
		{3 * SES_ALERT_NEWS_MS + 2, PAUSE, 10, SES_ALERT_RISEN},
		{5 * SES_ALERT_NEWS_MS, PAUSE, 10, SES_ALERT_NOTHING},
	};

	(void) state;
	PLAY("new-sender", 0, looks);
}

static void an_interval_below_ten_minutes_is_kept(void **state)
{
	static const struct look looks[] = {
		{0, WARNING, 0, SES_ALERT_FIRED},
		{1000, WARNING, 0, SES_ALERT_AGAIN},
		{1500, WARNING, 1, SES_ALERT_NOTHING},
		{2000, WARNING, 1, SES_ALERT_AGAIN},
	};

	(void) state;
	PLAY("quota", 1000, looks);
}

static void what_is_told_once_is_told_once(void **state)
{
	static const struct look looks[] = {
		{0, OK, 0, SES_ALERT_NOTHING},
		{1, WARNING, 0, SES_ALERT_FIRED},
		{2, PAUSE, 0, SES_ALERT_NOTHING},
		{3, WARNING, 1, SES_ALERT_NOTHING},
		{4 * HOUR, WARNING, 2, SES_ALERT_NOTHING},
		{5 * HOUR, OK, 2, SES_ALERT_NOTHING},
		{6 * HOUR, PAUSE, 3, SES_ALERT_NOTHING},
		{-9 * HOUR, PAUSE, 4, SES_ALERT_NOTHING},
		{7 * HOUR, OK, 3, SES_ALERT_NOTHING},
	};

	(void) state;
	PLAY("foreign-topic", HOUR, looks);
	PLAY("topic-not-configured", 0, looks);
}

static void what_was_told_once_and_is_over_is_not_on(void **state)
{
	struct ses_alert_state alert = {0};
	const struct ses_alert_kind *kind = ses_alert_kind("foreign-topic");
	struct ses_alert_sight on = {WARNING, 0}, off = {OK, 0};

	(void) state;
	ses_alert_step(kind, &alert, &on, T0, HOUR);
	assert_int_equal(alert.level, WARNING);
	ses_alert_step(kind, &alert, &off, T0 + 5, HOUR);
	assert_int_equal(alert.level, OK);
	assert_int_equal(alert.resolved, T0 + 5);
	assert_int_equal(alert.told, T0);
	ses_alert_step(kind, &alert, &on, T0 + 9, HOUR);
	assert_int_equal(alert.level, WARNING);
	assert_int_equal(alert.since, T0 + 9);
	assert_true(alert.resolved == UTC_NONE);
}

static void a_clock_put_back_neither_repeats_nor_holds_back(void **state)
{
	static const struct look looks[] = {
		{0, WARNING, 0, SES_ALERT_FIRED},
		{HOUR / 2, WARNING, 0, SES_ALERT_NOTHING},
		/* Half of the interval has passed, and half is left. */
		{-9000 * HOUR, WARNING, 0, SES_ALERT_NOTHING},
		{-9000 * HOUR + HOUR / 2 - 1, WARNING, 0, SES_ALERT_NOTHING},
		{-9000 * HOUR + HOUR / 2, WARNING, 0, SES_ALERT_AGAIN},
		{-9001 * HOUR, WARNING, 0, SES_ALERT_NOTHING},
		{-9000 * HOUR - 1, WARNING, 0, SES_ALERT_NOTHING},
		{-9000 * HOUR, WARNING, 0, SES_ALERT_AGAIN},
		{-9001 * HOUR, OK, 0, SES_ALERT_RESOLVED},
		{-9002 * HOUR, WARNING, 0, SES_ALERT_FIRED},
	};

	(void) state;
	PLAY("forecast", HOUR, looks);
}

static void the_state_says_what_was(void **state)
{
	struct ses_alert_state alert = {0};
	const struct ses_alert_kind *kind = ses_alert_kind("quota");
	struct ses_alert_sight sight = {WARNING, 7};

	(void) state;
	ses_alert_step(kind, &alert, &sight, T0, HOUR);
	assert_int_equal(alert.level, WARNING);
	assert_int_equal(alert.version, 7);
	assert_int_equal(alert.since, T0);
	assert_int_equal(alert.told, T0);
	assert_true(alert.resolved == UTC_NONE);
	sight.level = PAUSE;
	ses_alert_step(kind, &alert, &sight, T0 + 10, HOUR);
	assert_int_equal(alert.since, T0);
	assert_int_equal(alert.told, T0 + 10);
	assert_int_equal(alert.seen, T0 + 10);
	sight.level = OK;
	ses_alert_step(kind, &alert, &sight, T0 + 20, HOUR);
	assert_int_equal(alert.level, OK);
	assert_int_equal(alert.since, T0);
	assert_int_equal(alert.resolved, T0 + 20);
	assert_int_equal(alert.seen, T0 + 10);
}

/* Read back from somewhere without a time of telling. */
static void what_was_never_told_is_told_after_the_interval(void **state)
{
	struct ses_alert_state alert = {.level = WARNING,
		.since = T0,
		.seen = T0,
		.told = UTC_NONE,
		.resolved = UTC_NONE};
	const struct ses_alert_kind *kind = ses_alert_kind("quota");
	struct ses_alert_sight sight = {WARNING, 0};

	(void) state;
	assert_int_equal(ses_alert_step(kind, &alert, &sight, T0 + HOUR - 1, HOUR),
		SES_ALERT_NOTHING);
	assert_int_equal(
		ses_alert_step(kind, &alert, &sight, T0 + HOUR, HOUR), SES_ALERT_AGAIN);
}

/* ---- by chance ---- */

static uint32_t dice(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* What the promises say, kept beside: time as it passes between two looks, where a clock
 * that was put back has let none pass. */
struct witness {
	enum ses_level level;
	uint64_t version; /* told last */
	int64_t passed;	  /* since the last telling */
	utc_ms looked;
	bool is_on, was_told;
};

static enum ses_alert_step expect(struct witness *witness, bool is_once,
	const struct ses_alert_sight *sight, utc_ms now, int64_t renotify_ms)
{
	enum ses_level was = witness->is_on ? witness->level : OK;
	bool is_on = sight->level > OK;
	enum ses_alert_step step = SES_ALERT_NOTHING;

	if (witness->is_on && now > witness->looked)
		witness->passed += now - witness->looked;
	witness->looked = now;
	if (is_once)
		step = is_on && !witness->was_told ? SES_ALERT_FIRED : SES_ALERT_NOTHING;
	else if (!is_on)
		step = was > OK ? SES_ALERT_RESOLVED : SES_ALERT_NOTHING;
	else if (was <= OK)
		step = SES_ALERT_FIRED;
	else if (sight->level != was)
		step = sight->level > was ? SES_ALERT_RISEN : SES_ALERT_FALLEN;
	else if ((renotify_ms > 0 && witness->passed >= renotify_ms) ||
		 (sight->version != witness->version &&
			 witness->passed >= SES_ALERT_NEWS_MS))
		step = SES_ALERT_AGAIN;
	witness->is_on = is_on;
	witness->level = sight->level;
	if (step != SES_ALERT_NOTHING) {
		witness->was_told = true;
		witness->version = sight->version;
		witness->passed = 0;
	}
	return step;
}

static utc_ms tick(uint32_t *seed, utc_ms now)
{
	switch (dice(seed) % 12) {
	case 0:
		return now - (int64_t) (dice(seed) % (400 * 24)) * HOUR;
	case 1:
		return now + (int64_t) (dice(seed) % (400 * 24)) * HOUR;
	case 2:
	case 3:
		return now - dice(seed) % 700000;
	case 4:
		return now;
	default:
		return now + dice(seed) % 700000;
	}
}

static void chance_once(uint32_t seed, const struct ses_alert_kind *kind)
{
	static const int64_t intervals[] = {0, 1, 5 * MINUTE_MS, HOUR, DAY_MS};
	int64_t renotify_ms = intervals[dice(&seed) % COUNT(intervals)];
	struct ses_alert_state state = {0};
	struct witness witness = {0};
	/* A step back of 400 days, 80 times, stays after 1970. */
	utc_ms now = T0 + 40000 * DAY_MS;
	bool is_fired = false;

	for (int i = 0; i < 80; i++) {
		struct ses_alert_sight sight = {
			dice(&seed) % 3 == 0 ? (enum ses_level)(dice(&seed) % (PAUSE + 1))
			: state.level > 0    ? state.level
					     : OK,
			dice(&seed) % 5 == 0 ? dice(&seed) % 3 : state.version};
		enum ses_alert_step step, expected;

		now = tick(&seed, now);
		expected = expect(&witness, kind->is_once, &sight, now, renotify_ms);
		step = ses_alert_step(kind, &state, &sight, now, renotify_ms);
		if (step != expected)
			fail_msg("%s, seed %u, look %d: %s, expected %s", kind->name,
				seed, i, step_name(step), step_name(expected));
		/* Said again without the witness. */
		assert_false(step == SES_ALERT_FIRED && is_fired);
		if (step != SES_ALERT_NOTHING && step != SES_ALERT_FIRED)
			assert_true(is_fired);
		if (step == SES_ALERT_FIRED || step == SES_ALERT_RESOLVED)
			is_fired = step == SES_ALERT_FIRED;
		assert_true((state.level > OK) == (sight.level > OK));
		assert_true(state.level <= OK || state.seen == now);
		assert_true(state.level <= OK || state.since <= now);
		assert_true(state.level <= OK || kind->is_once || state.told <= now);
	}
}

static void chance_finds_no_other_news(void **state)
{
	size_t count;
	const struct ses_alert_kind *kinds = ses_alert_kinds(&count);

	(void) state;
	for (uint32_t seed = 0; seed < 6000; seed++)
		chance_once(seed, &kinds[seed % count]);
}

/* ---- the table ---- */

static void every_kind_has_words_for_operators(void **state)
{
	size_t count;
	const struct ses_alert_kind *kinds = ses_alert_kinds(&count);

	(void) state;
	assert_int_equal(count, 27);
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(ses_alert_kind(kinds[i].name), &kinds[i]);
		assert_true(
			text_is_made_of(kinds[i].name, "abcdefghijklmnopqrstuvwxyz-"));
		assert_true(text_ends(kinds[i].meaning, "."));
		assert_true(text_ends(kinds[i].advice, "."));
		assert_int_equal(kinds[i].is_once,
			text_equal(kinds[i].name, "topic-not-configured") ||
				text_equal(kinds[i].name, "foreign-topic"));
		assert_int_equal(kinds[i].has_rate_levels,
			text_ends(kinds[i].name, "n-level") ||
				text_ends(kinds[i].name, "m-level"));
	}
	assert_null(ses_alert_kind("reputation"));
	assert_null(ses_alert_kind(""));
}

static void levels_have_the_names_of_their_kind(void **state)
{
	const struct ses_alert_kind *rate = ses_alert_kind("reputation-level");
	const struct ses_alert_kind *other = ses_alert_kind("quota");

	(void) state;
	assert_string_equal(ses_alert_level_name(rate, WARNING), "warning");
	assert_string_equal(ses_alert_level_name(rate, REVIEW), "over-review-limit");
	assert_string_equal(ses_alert_level_name(rate, PAUSE), "over-pause-limit");
	assert_string_equal(ses_alert_level_name(rate, SES_LEVEL_TOO_FEW), "ok");
	assert_string_equal(ses_alert_level_name(other, WARNING), "warning");
	assert_string_equal(ses_alert_level_name(other, PAUSE), "critical");
	assert_string_equal(ses_alert_level_name(other, OK), "ok");
	assert_string_equal(ses_alert_level_name(NULL, PAUSE), "critical");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_condition_fires_steps_and_is_resolved),
		cmocka_unit_test(it_is_told_again_when_the_interval_is_over),
		cmocka_unit_test(an_interval_of_nought_is_never_over),
		cmocka_unit_test(more_to_tell_waits_for_ten_minutes_after_the_last_time),
		cmocka_unit_test(an_interval_below_ten_minutes_is_kept),
		cmocka_unit_test(what_is_told_once_is_told_once),
		cmocka_unit_test(what_was_told_once_and_is_over_is_not_on),
		cmocka_unit_test(a_clock_put_back_neither_repeats_nor_holds_back),
		cmocka_unit_test(the_state_says_what_was),
		cmocka_unit_test(what_was_never_told_is_told_after_the_interval),
		cmocka_unit_test(chance_finds_no_other_news),
		cmocka_unit_test(every_kind_has_words_for_operators),
		cmocka_unit_test(levels_have_the_names_of_their_kind),
	};

	return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
