/* test_brake.c - bad mail stops sending, here and at SES, until somebody resumes it. */
#include "daemon/brake.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "store/marks.h"
#include "tests/daemon/mailing.h"
#include "tests/daemon/ses_server.h"
#include "web/inside.h"
#include "web/levels.h"

#define ACCOUNT MAILING_ACCOUNT
#define REGION MAILING_REGION

struct stage {
	struct ses_server ses;
	struct mailing mailing;
	struct web_rules rules;
	struct store *store;
	struct web web;
	struct brake *brake;
	char path[128];
	utc_ms now;
};

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	struct store_settings settings = {.keep_events_ms = 400 * DAY_MS};

	if (stage == NULL || scratch_make(state) != 0 || !crypto_start() ||
		!sns_topic_parse(MAILING_TOPIC, &stage->mailing.topic, NULL))
		return -1;
	log_open(LOG_LEVEL_ERROR, false);
	ses_server_start(&stage->ses);
	snprintf(stage->path, sizeof(stage->path), "%s/feedback.db", scratch_folder);
	settings.path = stage->path;
	stage->store = store_open(&settings, NULL);
	stage->mailing.store = stage->store;
	stage->mailing.rules = &stage->rules;
	stage->web.store = stage->store;
	stage->web.version = "test";
	stage->web.levels = levels_new();
	stage->now = utc_floor(clock_now(), MINUTE_MS);
	ses_reputation_defaults(&stage->rules.reputation);
	ses_watch_defaults(&stage->rules.watch);
	stage->rules.suppression = ses_suppression_standard;
	stage->rules.brake = (struct ses_brake_settings){
		.at = SES_LEVEL_OVER_PAUSE_LIMIT, .streams = true};
	stage->rules.aws = (struct web_aws){
		.access_key = "AKID", .secret_key = "secret", .endpoint = stage->ses.url};
	atomic_init(&stage->rules.owners, 1);
	stage->brake = brake_new(&stage->web, stage->store);
	*state = stage;
	return stage->store && stage->web.levels && stage->brake ? 0 : -1;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	brake_free(stage->brake);
	levels_free(stage->web.levels);
	store_close(stage->store);
	ses_server_stop(&stage->ses);
	free(stage);
	return scratch_remove(state);
}

/* 600 recipients, of whom so many of 50 bounce. */
static void send_many(struct stage *stage, const char *set, unsigned bounces)
{
	for (int i = 0; i < 12; i++)
		mailing_send(&stage->mailing, set, bounces, stage->now);
}

/* ---- what came of it ---- */

static void look_once(struct stage *stage)
{
	struct error error = {""};

	if (!brake_look(stage->brake, &stage->rules, stage->now, &error))
		fail_msg("%s", error.text);
}

/* Until SES has answered all that it is asked. */
static void look(struct stage *stage)
{
	int64_t deadline = clock_monotonic_ms() + 20 * SECOND_MS;

	do {
		look_once(stage);
		if (clock_monotonic_ms() > deadline)
			fail_msg("SES does not answer");
	} while (brake_is_calling(stage->brake));
}

struct found {
	const char *set;
	bool is_there;
	struct store_brake brake;
	char note[300];
};

static bool find(void *closure, const struct store_brake *brake)
{
	struct found *found = closure;

	if (!text_equal(brake->configuration_set, found->set))
		return true;
	found->is_there = true;
	found->brake = *brake;
	snprintf(found->note, sizeof(found->note), "%s", brake->note);
	return true;
}

static struct found brake_of(struct stage *stage, const char *set)
{
	struct found found = {.set = set};

	assert_true(store_brake_list(stage->store, ACCOUNT, REGION, find, &found, NULL));
	return found;
}

static bool is_tripped(struct stage *stage, const char *set)
{
	struct found found = brake_of(stage, set);

	return found.is_there && found.brake.state.is_tripped;
}

/* As POST /v1/resume does it. */
static void resume(struct stage *stage, const char *set)
{
	struct found found = brake_of(stage, set);
	struct store_brake brake = found.brake;
	struct store_mark_change change = {.put = &brake};
	struct store_job job = {.kind = STORE_MARK,
		.mark = &change,
		.actor = "",
		.cause = "",
		.now = stage->now};

	assert_true(found.is_there);
	brake.account = ACCOUNT;
	brake.region = REGION;
	brake.configuration_set = set;
	brake.state.is_tripped = false;
	brake.state.tripped = UTC_NONE;
	brake.state.resumed = stage->now;
	brake.actor = "me";
	brake.note = "";
	assert_int_equal(store_submit_and_wait(stage->store, &job), STORE_DONE);
}

static const struct brake_sight *sight_of(struct stage *stage, const char *object)
{
	size_t count;
	const struct brake_sight *sights = brake_sights(stage->brake, &count);

	for (size_t i = 0; i < count; i++) {
		if (text_equal(sights[i].object, object))
			return &sights[i];
	}
	return NULL;
}

static size_t sight_count(struct stage *stage)
{
	size_t count;

	brake_sights(stage->brake, &count);
	return count;
}

/* ---- tests ---- */

static void good_mail_stops_nothing(void **state)
{
	struct stage *stage = *state;
	struct levels_answer answer;

	send_many(stage, "news", 1);
	look(stage);
	assert_int_equal(sight_count(stage), 0);
	assert_false(brake_of(stage, "").is_there);
	assert_int_equal(ses_server_count(&stage->ses), 0);
	levels_ask(stage->web.levels, ACCOUNT, REGION, "news", &answer);
	assert_true(answer.is_known);
	assert_true(answer.has_set);
	assert_int_equal(answer.account, SES_LEVEL_OK);
	assert_int_equal(answer.set, SES_LEVEL_OK);
}

static void a_bad_stream_is_stopped_alone(void **state)
{
	struct stage *stage = *state;
	const struct brake_sight *sight;

	for (int i = 0; i < 6; i++)
		send_many(stage, "bills", 0);
	send_many(stage, "news", 15);
	look(stage);
	assert_true(is_tripped(stage, "news"));
	assert_false(is_tripped(stage, ""));
	assert_false(is_tripped(stage, "bills"));
	assert_int_equal(sight_count(stage), 1);
	sight = sight_of(stage, ACCOUNT "/" REGION " configuration-set news");
	assert_non_null(sight);
	assert_int_equal(sight->level, SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_int_equal(sight->since, stage->now);
	assert_false(sight->is_dry);
	assert_non_null(
		strstr(sight->text, "bounce rate 30.00 % (180 of 600 in 24 hours) "
				    "is over the pause limit"));
	assert_int_equal(ses_server_count(&stage->ses), 0);
}

static void a_bad_account_is_stopped_as_a_whole(void **state)
{
	struct stage *stage = *state;

	stage->rules.brake.streams = false;
	send_many(stage, "news", 15);
	look(stage);
	assert_true(is_tripped(stage, ""));
	assert_false(brake_of(stage, "news").is_there);
	assert_non_null(strstr(brake_of(stage, "").note, "bounce rate 30.00 %"));
	assert_non_null(sight_of(stage, ACCOUNT "/" REGION));
}

static void what_is_stopped_stays_so_when_the_rate_falls(void **state)
{
	struct stage *stage = *state;

	stage->rules.brake.streams = false;
	send_many(stage, "news", 6);
	look(stage);
	assert_true(is_tripped(stage, ""));
	send_many(stage, "news", 0);
	send_many(stage, "news", 0);
	stage->now += MINUTE_MS;
	look(stage);
	assert_true(is_tripped(stage, ""));
	assert_int_equal(sight_count(stage), 1);
}

static void old_numbers_do_not_trip_it_again_but_new_ones_do(void **state)
{
	struct stage *stage = *state;

	send_many(stage, "news", 15);
	look(stage);
	assert_true(is_tripped(stage, ""));
	assert_true(is_tripped(stage, "news"));
	resume(stage, "");
	resume(stage, "news");
	for (int i = 0; i < 3; i++) {
		look(stage);
		assert_false(is_tripped(stage, ""));
		assert_false(is_tripped(stage, "news"));
		assert_int_equal(sight_count(stage), 0);
		stage->now += MINUTE_MS;
	}
	send_many(stage, "news", 1);
	look(stage);
	assert_false(is_tripped(stage, ""));
	assert_false(is_tripped(stage, "news"));
	send_many(stage, "news", 20);
	look(stage);
	assert_true(is_tripped(stage, "news"));
	assert_false(is_tripped(stage, ""));
	/* It goes on although it is stopped. */
	stage->now += MINUTE_MS;
	send_many(stage, "news", 20);
	look(stage);
	assert_true(is_tripped(stage, ""));
	assert_non_null(
		strstr(brake_of(stage, "").note, "(492 of 1,800, since it was resumed)"));
}

static void a_few_mails_after_a_resume_trip_nothing(void **state)
{
	struct stage *stage = *state;
	struct levels_answer answer;

	stage->rules.brake.streams = false;
	send_many(stage, "news", 15);
	look(stage);
	levels_ask(stage->web.levels, ACCOUNT, REGION, NULL, &answer);
	assert_false(answer.is_since_resume);
	resume(stage, "");
	stage->now += MINUTE_MS;
	for (int i = 0; i < 9; i++)
		mailing_send(&stage->mailing, "news", 50, stage->now);
	look(stage);
	assert_false(is_tripped(stage, ""));
	levels_ask(stage->web.levels, ACCOUNT, REGION, NULL, &answer);
	assert_true(answer.is_since_resume);
	mailing_send(&stage->mailing, "news", 50, stage->now);
	look(stage);
	assert_true(is_tripped(stage, ""));
}

static void after_a_resume_the_account_is_stopped_for_what_is_its_own(void **state)
{
	struct stage *stage = *state;

	send_many(stage, "news", 15);
	look(stage);
	resume(stage, "");
	resume(stage, "news");
	stage->now += MINUTE_MS;
	/* Without news, bills alone would be over the limit as well. */
	send_many(stage, "news", 15);
	send_many(stage, "bills", 15);
	stage->rules.watch.stream_minimum = 601;
	look(stage);
	assert_true(is_tripped(stage, ""));
}

static void who_resumes_an_account_means_its_streams_too(void **state)
{
	struct stage *stage = *state;

	stage->rules.brake.streams = false;
	send_many(stage, "news", 15);
	look(stage);
	assert_true(is_tripped(stage, ""));
	resume(stage, "");
	/* The stream was never stopped by itself; its old numbers are bad as well. */
	stage->rules.brake.streams = true;
	stage->now += MINUTE_MS;
	send_many(stage, "bills", 0);
	look(stage);
	assert_false(brake_of(stage, "news").is_there);
	assert_int_equal(sight_count(stage), 0);
	send_many(stage, "news", 15);
	look(stage);
	assert_true(is_tripped(stage, "news"));
}

static void a_dry_run_only_says_so(void **state)
{
	struct stage *stage = *state;
	const struct brake_sight *sight;
	struct levels_answer answer;

	stage->rules.brake.dry_run = true;
	stage->rules.brake.calls_ses = true;
	send_many(stage, "news", 15);
	look(stage);
	assert_false(brake_of(stage, "").is_there);
	assert_false(brake_of(stage, "news").is_there);
	assert_int_equal(ses_server_count(&stage->ses), 0);
	sight = sight_of(stage, ACCOUNT "/" REGION);
	assert_non_null(sight);
	assert_true(sight->is_dry);
	assert_non_null(strstr(sight->text, "In this dry run nothing was done"));
	levels_ask(stage->web.levels, ACCOUNT, REGION, NULL, &answer);
	assert_true(answer.would_pause);
	assert_non_null(strstr(answer.why, "bounce rate 30.00 %"));
}

static void off_is_off(void **state)
{
	struct stage *stage = *state;

	stage->rules.brake.at = SES_LEVEL_OK;
	stage->rules.brake.calls_ses = true;
	send_many(stage, "news", 50);
	look(stage);
	assert_int_equal(sight_count(stage), 0);
	assert_false(brake_of(stage, "").is_there);
	assert_int_equal(ses_server_count(&stage->ses), 0);
}

static void ses_is_told_of_each_thing_once(void **state)
{
	struct stage *stage = *state;

	stage->rules.brake.calls_ses = true;
	send_many(stage, "news", 15);
	look(stage);
	look(stage);
	assert_int_equal(ses_server_count(&stage->ses), 2);
	assert_string_equal(stage->ses.calls[0],
		"PUT /v2/email/account/sending {\"SendingEnabled\":false}");
	assert_string_equal(stage->ses.calls[1],
		"PUT /v2/email/configuration-sets/news/sending "
		"{\"SendingEnabled\":false}");
	assert_int_equal(brake_of(stage, "").brake.stopped_at_ses, stage->now);
	assert_non_null(strstr(
		sight_of(stage, ACCOUNT "/" REGION)->text, "is stopped, at SES as well"));

	/* Resumed, and SES has to be told by us. */
	resume(stage, "news");
	look(stage);
	look(stage);
	assert_int_equal(ses_server_count(&stage->ses), 3);
	assert_string_equal(stage->ses.calls[2],
		"PUT /v2/email/configuration-sets/news/sending "
		"{\"SendingEnabled\":true}");
	assert_int_equal(brake_of(stage, "news").brake.stopped_at_ses, UTC_NONE);
	assert_int_equal(sight_count(stage), 1);
}

static void a_refusal_is_said_and_stops_here_all_the_same(void **state)
{
	struct stage *stage = *state;
	const struct brake_sight *sight;

	stage->rules.brake.calls_ses = true;
	stage->rules.brake.streams = false;
	ses_server_fail(&stage->ses, true);
	send_many(stage, "news", 15);
	look(stage);
	look(stage);
	assert_int_equal(ses_server_count(&stage->ses), 1); /* again in a minute */
	assert_true(is_tripped(stage, ""));
	sight = sight_of(stage, ACCOUNT "/" REGION);
	assert_int_equal(sight->stopped_at_ses, UTC_NONE);
	assert_non_null(strstr(
		sight->text, "SES answered 404 NotFoundException: no set of mine"));
	stage->now += MINUTE_MS;
	look(stage);
	assert_int_equal(ses_server_count(&stage->ses), 2);
	/* After a restart nobody remembers the refusal. */
	ses_server_fail(&stage->ses, false);
	brake_free(stage->brake);
	stage->brake = brake_new(&stage->web, stage->store);
	look(stage);
	assert_int_equal(ses_server_count(&stage->ses), 3);
	assert_int_equal(brake_of(stage, "").brake.stopped_at_ses, stage->now);
}

static void resume_account(void *closure)
{
	struct stage *stage = closure;

	stage->ses.meanwhile = NULL;
	resume(stage, "");
}

static void what_is_resumed_while_ses_is_asked_is_started_again(void **state)
{
	struct stage *stage = *state;

	stage->rules.brake.calls_ses = true;
	stage->rules.brake.streams = false;
	stage->ses.closure = stage;
	stage->ses.meanwhile = resume_account;
	send_many(stage, "news", 15);
	look(stage);
	assert_false(is_tripped(stage, ""));
	look(stage);
	assert_int_equal(ses_server_count(&stage->ses), 2);
	assert_string_equal(stage->ses.calls[1],
		"PUT /v2/email/account/sending {\"SendingEnabled\":true}");
	assert_false(is_tripped(stage, ""));
	assert_int_equal(brake_of(stage, "").brake.stopped_at_ses, UTC_NONE);
	look(stage);
	assert_int_equal(sight_count(stage), 0);
}

static void a_name_that_ses_cant_have_is_not_put_into_a_path(void **state)
{
	struct stage *stage = *state;

	stage->rules.brake.calls_ses = true;
	for (int i = 0; i < 6; i++)
		send_many(stage, "bills", 0);
	send_many(stage, "../account", 15);
	look(stage);
	assert_true(is_tripped(stage, "../account"));
	assert_int_equal(ses_server_count(&stage->ses), 0);
	assert_non_null(strstr(
		sight_of(stage, ACCOUNT "/" REGION " configuration-set ../account")->text,
		"can't be the name of a configuration set"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			good_mail_stops_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_bad_stream_is_stopped_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_bad_account_is_stopped_as_a_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_stopped_stays_so_when_the_rate_falls, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_few_mails_after_a_resume_trip_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			after_a_resume_the_account_is_stopped_for_what_is_its_own, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			old_numbers_do_not_trip_it_again_but_new_ones_do, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			who_resumes_an_account_means_its_streams_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_dry_run_only_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(off_is_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			ses_is_told_of_each_thing_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_refusal_is_said_and_stops_here_all_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_resumed_while_ses_is_asked_is_started_again, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_name_that_ses_cant_have_is_not_put_into_a_path, set_up,
			tear_down),
	};

	return cmocka_run_group_tests_name("brake", tests, NULL, NULL);
}
