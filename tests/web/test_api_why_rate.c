/* test_api_why_rate.c - what a rate counts and what it leaves out, over the API. */
#include "tests/web/api_scene.h"
#include "web/api_counted.h"

#define CALL "/v1/why-rate?account=111122223333&region=eu-west-1"

static const struct json *find(
	const struct json *list, const char *member, const char *value)
{
	const struct json *one = json_first(list);

	for (; one != NULL; one = json_next(one)) {
		const char *text = json_text(one, member);

		if (text != NULL && strcmp(text, value) == 0)
			return one;
	}
	fail_msg("nothing has %s %s", member, value);
	return NULL;
}

static const struct json *left_out(const struct scene *scene, const char *class)
{
	return find(json_member(scene->json, "left_out"), "class", class);
}

static const struct json *top(const struct scene *scene, const char *by)
{
	return json_member(find(json_member(scene->json, "top"), "by", by), "rows");
}

/* Ten sends, three hard bounces, one each of what is left out. */
static void record_all(struct scene *scene)
{
	utc_ms when = clock_now() - HOUR_MS;

	for (unsigned i = 0; i < 10; i++) {
		char address[64];

		snprintf(address, sizeof(address), "user%u@%s.example", i,
			i < 4 ? "small" : "large");
		record_send(scene, i, when, address);
	}
	record_bounce(scene, 1, when, "user1@small.example");
	record_bounce(scene, 2, when, "user2@small.example");
	record_bounce(scene, 5, when, "user5@large.example");
	record_soft(scene, 6, when, "user6@large.example");
	record_listed(scene, 7, when, "user7@large.example");
	record_bounce(scene, 80, when, "bounce@simulator.amazonses.com");
	record_complaint(scene, 8, when, "user8@large.example");
}

static void what_was_counted_and_what_was_left_out_is_told(void **state)
{
	struct scene *scene = *state;
	const struct json *row;

	record_all(scene);
	assert_int_equal(get(scene, CALL), 200);
	assert_member(scene->json, "metric", "bounce");
	assert_int_equal(integer(scene->json, "counted"), 3);
	assert_int_equal(integer(json_member(scene->json, "rate"), "numerator"), 3);
	assert_int_equal(integer(left_out(scene, "soft"), "count"), 1);
	assert_int_equal(integer(left_out(scene, "refused"), "count"), 1);
	assert_int_equal(integer(left_out(scene, "simulator"), "count"), 1);
	assert_true(truth(left_out(scene, "refused"), "left_out"));
	assert_non_null(json_text(left_out(scene, "refused"), "text"));
	row = json_first(top(scene, "recipient-domain"));
	assert_member(row, "key", "small.example");
	assert_int_equal(integer(row, "count"), 2);
	assert_true(number(row, "share") > 0.66 && number(row, "share") < 0.67);
	assert_true(number(row, "rate") == 0.5);
	assert_int_equal(json_count(top(scene, "recipient-domain")), 2);
	assert_member(json_first(top(scene, "identity")), "key", "shop.example");
	assert_member(json_first(top(scene, "configuration-set")), "key", "newsletter");
	assert_int_equal(integer(json_first(top(scene, "diagnostic")), "count"), 3);
	assert_int_equal(integer(json_first(top(scene, "day")), "count"), 3);
}

static void each_event_says_whether_it_counts_and_why(void **state)
{
	struct scene *scene = *state;
	const struct json *events;

	record_all(scene);
	assert_int_equal(get(scene, CALL), 200);
	events = json_member(scene->json, "events");
	assert_int_equal(json_count(events), 6);
	assert_true(truth(find(events, "address", "user1@small.example"), "counts"));
	assert_false(truth(find(events, "address", "user6@large.example"), "counts"));
	assert_member(find(events, "address", "user7@large.example"), "reason",
		"SES itself did not try");
	assert_member(find(events, "address", "bounce@simulator.amazonses.com"), "reason",
		"the mailbox simulator");
}

static void complaints_are_another_page(void **state)
{
	struct scene *scene = *state;

	record_all(scene);
	assert_int_equal(get(scene, CALL "&metric=complaint"), 200);
	assert_member(scene->json, "metric", "complaint");
	assert_int_equal(integer(scene->json, "counted"), 1);
	assert_int_equal(integer(left_out(scene, "not_spam"), "count"), 0);
	assert_int_equal(json_count(json_member(scene->json, "events")), 1);
	assert_true(truth(json_first(json_member(scene->json, "events")), "counts"));
	assert_int_equal(json_count(top(scene, "recipient-domain")), 1);
}

static void what_the_settings_count_in_is_no_longer_left_out(void **state)
{
	struct scene *scene = *state;
	const struct json *event;

	record_all(scene);
	scene->rules.reputation.excludes &= ~(unsigned) SES_EXCLUDE_REFUSED;
	assert_int_equal(get(scene, CALL), 200);
	assert_int_equal(integer(scene->json, "counted"), 4);
	assert_false(truth(left_out(scene, "refused"), "left_out"));
	event = find(
		json_member(scene->json, "events"), "address", "user7@large.example");
	assert_true(truth(event, "counts"));
	assert_int_equal(integer(json_first(top(scene, "day")), "count"), 4);
}

static void the_newest_fifty_are_shown_and_those_that_count_find_room(void **state)
{
	struct scene *scene = *state;
	utc_ms when = clock_now() - HOUR_MS;
	int64_t counted = 0;
	const struct json *event;
	char address[64];

	for (unsigned i = 0; i < 40; i++) {
		snprintf(address, sizeof(address), "hard%u@d%u.example", i, i);
		record_bounce(scene, i, when, address);
	}
	for (unsigned i = 100; i < 160; i++) {
		snprintf(address, sizeof(address), "soft%u@b.example", i);
		record_soft(scene, i, when, address);
	}
	assert_int_equal(get(scene, CALL), 200);
	event = json_first(json_member(scene->json, "events"));
	for (; event != NULL; event = json_next(event))
		counted += truth(event, "counts");
	assert_int_equal(json_count(json_member(scene->json, "events")), 50);
	assert_int_equal(counted, 25);
	assert_int_equal(json_count(top(scene, "recipient-domain")), 10);
	assert_int_equal(
		integer(find(json_member(scene->json, "top"), "by", "recipient-domain"),
			"more"),
		30);
}

static void every_kind_of_event_has_its_reason(void **state)
{
	static const struct {
		enum ses_metric metric;
		enum ses_type type;
		enum ses_outcome outcome;
		enum ses_standing standing;
		enum ses_class class;
		bool counts;
		const char *words;
	} cases[] = {
		{SES_METRIC_BOUNCE, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_ELIGIBLE,
			SES_CLASS_HARD, true, "a hard bounce"},
		{SES_METRIC_BOUNCE, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_VERIFIED,
			SES_CLASS_HARD, false, "verified"},
		{SES_METRIC_BOUNCE, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_SIMULATOR,
			SES_CLASS_NONE, false, "simulator"},
		{SES_METRIC_BOUNCE, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_ELIGIBLE,
			SES_CLASS_SOFT, false, "soft"},
		{SES_METRIC_BOUNCE, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_ELIGIBLE,
			SES_CLASS_AUTOMATIC, false, "automatic reply"},
		{SES_METRIC_BOUNCE, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_ELIGIBLE,
			SES_CLASS_REPUTATION, false, "blocked"},
		{SES_METRIC_BOUNCE, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, SES_ELIGIBLE,
			SES_CLASS_COMPLAINT, false, "another kind"},
		{SES_METRIC_COMPLAINT, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, SES_ELIGIBLE,
			SES_CLASS_COMPLAINT, true, "a complaint"},
		{SES_METRIC_COMPLAINT, SES_COMPLAINT, SES_OUTCOME_NOT_SPAM, SES_ELIGIBLE,
			SES_CLASS_NOT_SPAM, false, "takes a complaint back"},
		{SES_METRIC_COMPLAINT, SES_COMPLAINT, SES_OUTCOME_LISTED, SES_ELIGIBLE,
			SES_CLASS_COMPLAINT, false, "SES's list"},
	};
	struct ses_reputation_settings settings;

	(void) state;
	ses_reputation_defaults(&settings);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct store_event event = {.type = cases[i].type,
			.outcome = cases[i].outcome,
			.standing = cases[i].standing,
			.class = cases[i].class};
		const char *reason;

		assert_int_equal(
			api_event_counts(&settings, cases[i].metric, &event, &reason),
			cases[i].counts);
		if (strstr(reason, cases[i].words) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", reason, cases[i].words);
	}
}

static void questions_that_lack_something_are_answered_in_words(void **state)
{
	struct scene *scene = *state;

	get(scene, "/v1/why-rate");
	assert_problem(scene, 400, "query", "which account?");
	get(scene, CALL "&metric=speed");
	assert_problem(scene, 400, "query", "bounce, complaint");
	get(scene, CALL "&limit=1");
	assert_problem(scene, 400, "query", "limit");
	get(scene, CALL);
	assert_problem(scene, 404, "unknown-account", "nothing was ever heard");
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(what_was_counted_and_what_was_left_out_is_told),
		SCENE_TEST(each_event_says_whether_it_counts_and_why),
		SCENE_TEST(complaints_are_another_page),
		SCENE_TEST(what_the_settings_count_in_is_no_longer_left_out),
		SCENE_TEST(the_newest_fifty_are_shown_and_those_that_count_find_room),
		cmocka_unit_test(every_kind_of_event_has_its_reason),
		SCENE_TEST(questions_that_lack_something_are_answered_in_words),
	};

	return cmocka_run_group_tests_name("api_why_rate", tests, NULL, NULL);
}
