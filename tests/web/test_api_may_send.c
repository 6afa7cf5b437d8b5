/* test_api_may_send.c - whether one may send, what is stopped, and how it goes on. */
#include "base/clock.h"
#include "store/marks.h"
#include "tests/web/api_scene.h"
#include "web/background.h"
#include "web/levels.h"

#define ACCOUNT "111122223333"
#define OTHER "444455556666"
#define REGION "eu-west-1"

/* In the place of the one in background.c: there is no door here to wait at. */
bool background_begin(struct request *request, const char *name,
	void (*work)(struct request *request, void *closure), void *closure)
{
	(void) name;
	work(request, closure);
	return true;
}

static int set_up(void **state)
{
	struct scene *scene;

	if (scene_set_up(state) != 0)
		return -1;
	scene = *state;
	scene->web.levels = levels_new();
	scene->rules.brake = (struct ses_brake_settings){
		.at = SES_LEVEL_OVER_REVIEW_LIMIT, .streams = true};
	return scene->web.levels != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	levels_free(scene->web.levels);
	return scene_tear_down(state);
}

/* stopped: SES has it stopped as well. */
static void trip(struct scene *scene, const char *account, const char *set, bool stopped)
{
	const struct store_brake brake = {
		.account = account,
		.region = REGION,
		.configuration_set = set,
		.state = {.is_tripped = true,
			.tripped = clock_now() - MINUTE_MS,
			.level = SES_LEVEL_OVER_PAUSE_LIMIT,
			.resumed = UTC_NONE},
		.stopped_at_ses = stopped ? clock_now() : UTC_NONE,
		.actor = "ses-feedbackd",
		.note = "bounce rate 30.00 %",
	};
	struct store_mark_change change = {.put = &brake};
	struct store_job job = {.kind = STORE_MARK,
		.mark = &change,
		.actor = "",
		.cause = "",
		.now = clock_now()};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
}

static void judge(struct scene *scene, const char *would)
{
	const struct web_level levels[] = {
		{ACCOUNT, REGION, "", SES_LEVEL_OVER_PAUSE_LIMIT, false, would},
		{ACCOUNT, REGION, "news", SES_LEVEL_WARNING, false, NULL},
		{OTHER, REGION, "", SES_LEVEL_OK, false, NULL},
	};

	assert_true(web_levels_put(&scene->web, levels, 3, clock_now()));
}

static void assert_answer(
	struct scene *scene, const char *query, const char *answer, const char *because)
{
	char target[200];

	snprintf(target, sizeof(target), "/v1/may-send%s", query);
	assert_int_equal(get(scene, target), 200);
	if (strcmp(json_text(scene->json, "answer"), answer) != 0 ||
		strstr(json_text(scene->json, "because"), because) == NULL)
		fail_msg("%s: %s, not %s because %s", target, scene->body, answer,
			because);
}

static size_t count(const struct json *list)
{
	size_t all = 0;

	for (const struct json *each = json_first(list); each; each = json_next(each))
		all++;
	return all;
}

static void a_level_since_a_resume_says_so(void **state)
{
	struct scene *scene = *state;
	const struct web_level level = {
		ACCOUNT, REGION, "", SES_LEVEL_NO_DENOMINATOR, true, NULL};

	assert_true(web_levels_put(&scene->web, &level, 1, clock_now()));
	assert_answer(scene, "?account=" ACCOUNT, "yes", "nothing is stopped");
	assert_member(json_member(scene->json, "levels"), "since", "resumed");
}

static void nobody_is_stopped_by_default(void **state)
{
	struct scene *scene = *state;
	const struct json *levels;

	assert_answer(scene, "", "yes", "not judged yet");
	judge(scene, NULL);
	assert_answer(scene, "", "yes", "nothing is stopped");
	assert_answer(scene, "?account=" ACCOUNT "&region=" REGION, "yes",
		"nothing is stopped");
	levels = json_member(scene->json, "levels");
	assert_member(levels, "account", "over-pause-limit");
	assert_member(levels, "configuration_set", NULL);
	assert_member(levels, "since", NULL);
	assert_non_null(json_text(levels, "judged"));
	assert_answer(scene, "?account=999900001111", "yes",
		"nothing known of account 999900001111");
	assert_answer(scene,
		"?account=" OTHER "&configuration_set=news&identity=x.example", "yes",
		"nothing is stopped");
	assert_member(json_member(scene->json, "levels"), "account", "ok");
	assert_member(json_member(scene->json, "levels"), "configuration_set", NULL);
	assert_answer(scene, "?configuration_set=news", "yes", "nothing is stopped");
	assert_member(json_member(scene->json, "levels"), "configuration_set", "warning");
}

static void a_stopped_account_pauses_who_may_mean_it(void **state)
{
	struct scene *scene = *state;
	const struct json *brake;

	trip(scene, ACCOUNT, "", false);
	assert_answer(scene, "?account=" ACCOUNT "&region=" REGION, "pause",
		"account " ACCOUNT "/" REGION " is stopped since ");
	brake = json_member(scene->json, "brake");
	assert_member(brake, "at", "over-review-limit");
	assert_int_equal(count(json_member(brake, "tripped")), 1);
	assert_member(
		json_first(json_member(brake, "tripped")), "note", "bounce rate 30.00 %");
	assert_answer(scene, "?account=" ACCOUNT "&configuration_set=news", "pause", "");
	assert_answer(scene, "", "pause", ACCOUNT);
	assert_answer(scene, "?region=" REGION, "pause", ACCOUNT);
	judge(scene, NULL);
	assert_answer(scene, "?account=" OTHER, "yes", "nothing is stopped");
	assert_answer(scene, "?region=us-east-1", "yes", "nothing known");
}

static void a_stopped_stream_pauses_only_who_names_it(void **state)
{
	struct scene *scene = *state;

	trip(scene, ACCOUNT, "news", false);
	assert_answer(scene, "?account=" ACCOUNT "&configuration_set=news", "pause",
		"configuration set news of account " ACCOUNT);
	assert_answer(scene, "?configuration_set=news", "pause", "news");
	assert_answer(scene, "?account=" ACCOUNT "&configuration_set=bills", "yes", "");
	assert_answer(scene, "?account=" ACCOUNT, "yes", "");
	assert_answer(scene, "?account=" OTHER "&configuration_set=news", "yes", "");
	scene->rules.brake.streams = false;
	assert_answer(scene, "?configuration_set=news", "yes", "");
}

static void a_dry_run_and_a_brake_that_is_off_say_yes(void **state)
{
	struct scene *scene = *state;
	bool would;

	judge(scene, "bounce rate 12.00 %");
	trip(scene, OTHER, "", false);
	scene->rules.brake.dry_run = true;
	assert_answer(scene, "?account=" OTHER, "yes", "but this is a dry run");
	assert_answer(scene, "?account=" ACCOUNT, "yes",
		"it would be pause: bounce rate 12.00 %");
	assert_true(
		json_boolean(json_member(scene->json, "brake"), "would_pause", &would) &&
		would);
	scene->rules.brake.at = SES_LEVEL_OK;
	assert_answer(scene, "?account=" OTHER, "yes", "the brake is off");
	assert_member(json_member(scene->json, "brake"), "at", "off");
}

static void a_store_that_cant_be_read_says_neither(void **state)
{
	struct scene *scene = *state;
	trip(scene, ACCOUNT, "", false);
	store_close(scene->store);
	/* A file that is no database any more: the tables can't be read. */
	assert_true(scene_open_store(scene));
	assert_int_equal(truncate(scene->path, 0), 0);
	assert_int_equal(get(scene, "/v1/may-send"), 503);
	assert_problem(scene, 503, "store-failed", "");
}

static void wrong_questions_are_refused(void **state)
{
	struct scene *scene = *state;

	get(scene, "/v1/may-send?account=12");
	assert_problem(scene, 400, "query", "account");
	get(scene, "/v1/may-send?configuration-set=x");
	assert_problem(scene, 400, "query", "configuration-set");
	get(scene, "/v1/may-send?region=EU");
	assert_problem(scene, 400, "query", "region");
	call(scene, "POST", "/v1/resume", "{\"account\":\"1\"}");
	assert_problem(scene, 400, "body", "twelve digits");
	call(scene, "POST", "/v1/resume", "{\"configuration_set\":\"\"}");
	assert_problem(scene, 400, "body", "configuration_set");
	call(scene, "POST", "/v1/resume", "{\"set\":\"x\"}");
	assert_problem(scene, 400, "body", "set");
}

static void resume_lets_go_on_what_it_names(void **state)
{
	struct scene *scene = *state;
	const struct json *brake;

	trip(scene, ACCOUNT, "", false);
	trip(scene, ACCOUNT, "news", false);
	trip(scene, OTHER, "", false);
	assert_int_equal(call(scene, "POST", "/v1/resume",
				 "{\"account\":\"" ACCOUNT "\",\"configuration_set\":"
				 "\"news\",\"note\":\"mended\"}"),
		200);
	assert_int_equal(count(json_member(scene->json, "resumed")), 1);
	brake = json_member(json_first(json_member(scene->json, "resumed")), "brake");
	assert_member(brake, "configuration_set", "news");
	assert_member(brake, "state", "armed");
	assert_member(brake, "tripped", NULL);
	assert_member(brake, "actor", "tester");
	assert_member(brake, "note", "mended");
	assert_non_null(json_text(brake, "resumed"));
	assert_int_equal(call(scene, "POST", "/v1/resume", NULL), 200);
	assert_int_equal(count(json_member(scene->json, "resumed")), 2);
	assert_answer(scene, "", "yes", "");
	assert_int_equal(call(scene, "POST", "/v1/resume", "{}"), 200);
	assert_int_equal(count(json_member(scene->json, "resumed")), 0);
	assert_int_equal(get(scene, "/v1/brakes?account=" ACCOUNT), 200);
	assert_int_equal(count(json_member(scene->json, "brakes")), 2);
	assert_member(scene->json, "at", "over-review-limit");
	assert_member(json_first(json_member(scene->json, "brakes")), "configuration_set",
		NULL);
}

static void what_ses_does_not_start_is_said_and_kept_for_later(void **state)
{
	struct scene *scene = *state;
	const struct json *row;

	trip(scene, ACCOUNT, "", true);
	trip(scene, ACCOUNT, "news", true);
	/* There are no keys. */
	assert_int_equal(call(scene, "POST", "/v1/resume", "{}"), 200);
	row = json_first(json_member(scene->json, "resumed"));
	assert_non_null(strstr(json_text(row, "ses_error"), "no keys to call SES"));
	assert_member(json_member(row, "brake"), "state", "armed");
	assert_non_null(json_text(json_member(row, "brake"), "stopped_at_ses"));
	assert_non_null(json_text(json_next(row), "ses_error"));
	assert_answer(scene, "", "yes", "");
}

static void five_hundred_questions_take_no_time_to_speak_of(void **state)
{
	struct scene *scene = *state;
	int64_t begin;

	trip(scene, ACCOUNT, "news", false);
	judge(scene, NULL);
	begin = clock_monotonic_ms();
	for (int i = 0; i < 500; i++)
		assert_int_equal(get(scene, "/v1/may-send?account=" ACCOUNT), 200);
	/* Far less than a millisecond each; ten times that, for a slow machine. */
	assert_true(clock_monotonic_ms() - begin < 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_level_since_a_resume_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nobody_is_stopped_by_default, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_stopped_account_pauses_who_may_mean_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_stopped_stream_pauses_only_who_names_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_dry_run_and_a_brake_that_is_off_say_yes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_store_that_cant_be_read_says_neither, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			wrong_questions_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			resume_lets_go_on_what_it_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_ses_does_not_start_is_said_and_kept_for_later, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			five_hundred_questions_take_no_time_to_speak_of, set_up,
			tear_down),
	};

	return cmocka_run_group_tests_name("api_may_send", tests, NULL, NULL);
}
