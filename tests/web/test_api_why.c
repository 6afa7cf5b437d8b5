/* test_api_why.c - the story of an address, and the audit trail, over the API. */
#include "tests/web/api_scene.h"
#include "web/api_spelling.h"

#define ANNA "/v1/suppressions/Anna@Example.com/why"

static const struct json *item(const struct scene *scene, size_t index)
{
	const struct json *one = json_first(json_member(scene->json, "story"));

	for (; index > 0 && one != NULL; index--)
		one = json_next(one);
	assert_non_null(one);
	return one;
}

static void assert_sentence(const struct scene *scene, const char *words)
{
	const char *sentence = json_text(scene->json, "sentence");

	assert_int_equal(scene->status, 200);
	if (sentence == NULL || strstr(sentence, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", sentence, words);
}

static void nothing_is_known_of_a_stranger(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(get(scene, ANNA), 200);
	assert_member(scene->json, "address", "anna@example.com");
	assert_member(scene->json, "verdict", "clear");
	assert_member(scene->json, "entry", NULL);
	assert_member(scene->json, "at_ses", "unknown");
	assert_member(scene->json, "at_ses_advice", NULL);
	assert_int_equal(integer(scene->json, "held"), 0);
	assert_int_equal(json_count(json_member(scene->json, "rows")), 0);
	assert_int_equal(json_count(json_member(scene->json, "story")), 0);
	assert_true(truth(scene->json, "whole"));
	assert_sentence(scene, "nothing stands against it");
}

static void the_story_is_told_oldest_first(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();

	/* It comes first, and was sent last. */
	record_bounce(scene, 2, now - HOUR_MS, "Anna@example.com");
	record_send(scene, 1, now - DAY_MS, "anna@example.com");
	scene->actor = "helpdesk";
	assert_int_equal(call(scene, "DELETE",
				 "/v1/suppressions/anna@example.com?note=called", NULL),
		204);
	assert_int_equal(get(scene, ANNA), 200);
	assert_int_equal(json_count(json_member(scene->json, "story")), 4);
	assert_member(item(scene, 0), "type", "send");
	assert_member(item(scene, 0), "class", NULL);
	assert_member(item(scene, 0), "meaning", NULL);
	assert_member(item(scene, 1), "kind", "event");
	assert_member(item(scene, 1), "class", "hard");
	assert_non_null(json_text(item(scene, 1), "meaning"));
	assert_member(item(scene, 1), "diagnostic", "smtp; 550 5.1.1 unknown");
	assert_member(item(scene, 1), "subtype", "General");
	assert_member(item(scene, 1), "configuration_set", "newsletter");
	assert_member(item(scene, 1), "account", "111122223333");
	assert_member(item(scene, 2), "kind", "change");
	assert_member(item(scene, 2), "what", "added");
	assert_member(item(scene, 2), "actor", "feedback");
	assert_member(json_member(item(scene, 2), "after"), "reason", "bounce");
	assert_member(item(scene, 2), "before", NULL);
	assert_member(item(scene, 3), "what", "removed");
	assert_member(item(scene, 3), "actor", "helpdesk");
	assert_member(item(scene, 3), "cause", "called");
	assert_member(scene->json, "verdict", "clear");
	assert_sentence(scene, "helpdesk took it off the list on ");
	assert_int_equal(json_count(json_member(scene->json, "rows")), 1);
	assert_member(json_first(json_member(scene->json, "rows")), "hand", "removed");
}

static void a_domain_s_rows_and_changes_belong_to_it(void **state)
{
	struct scene *scene = *state;

	call(scene, "PUT", "/v1/suppressions/@example.com", "{\"note\":\"left us\"}");
	assert_int_equal(get(scene, ANNA), 200);
	assert_member(scene->json, "verdict", "suppressed");
	assert_member(json_member(scene->json, "entry"), "address", "@example.com");
	assert_sentence(scene, "like all of @example.com: tester put it on the list");
	assert_int_equal(json_count(json_member(scene->json, "domain_rows")), 1);
	assert_member(item(scene, 0), "address", "@example.com");
	call(scene, "PUT", "/v1/exceptions/anna@example.com", NULL);
	get(scene, ANNA);
	assert_member(scene->json, "verdict", "never");
	assert_sentence(scene, "whatever its feedback says");
	assert_member(item(scene, 1), "what", "exempted");
	assert_int_equal(get(scene, "/v1/suppressions/@example.com/why"), 200);
	assert_member(scene->json, "verdict", "suppressed");
	assert_int_equal(json_count(json_member(scene->json, "rows")), 1);
	assert_int_equal(json_count(json_member(scene->json, "domain_rows")), 0);
}

static void an_entry_of_another_stream_is_mentioned(void **state)
{
	struct scene *scene = *state;

	call(scene, "PUT", "/v1/suppressions/anna@example.com", "{\"scope\":\"news\"}");
	get(scene, ANNA);
	assert_member(scene->json, "verdict", "clear");
	assert_sentence(scene, "another stream");
	get(scene, ANNA "?scope=billing,news");
	assert_member(scene->json, "verdict", "suppressed");
	assert_sentence(scene, "for the configuration set news");
	get(scene, ANNA "?scope=account:12");
	assert_problem(scene, 400, "query", "scope");
	get(scene, ANNA "?since=1d");
	assert_problem(scene, 400, "query", "since");
	get(scene, "/v1/suppressions/nobody/why");
	assert_problem(scene, 400, "not-an-address", "nobody");
}

static void suspects_that_are_held_are_counted(void **state)
{
	struct scene *scene = *state;
	char message[2048], object[512];
	utc_ms when = clock_now() - HOUR_MS;

	scene->rules.suppression.uncertain = SES_UNCERTAIN_HOLD;
	snprintf(object, sizeof(object),
		"\"complaint\":{\"feedbackId\":\"f\",\"complainedRecipients\":["
		"{\"emailAddress\":\"anna@example.com\"},"
		"{\"emailAddress\":\"berta@example.com\"}]}");
	write_event(message, sizeof(message), "Complaint", 1, when, "anna@example.com",
		object);
	record(scene, message, when, "complaint", 2);
	assert_int_equal(get(scene, ANNA), 200);
	assert_member(scene->json, "verdict", "clear");
	assert_int_equal(integer(scene->json, "held"), 1);
	assert_sentence(scene, "1 complaint names it as one of several suspects");
}

static void what_ses_blocks_comes_with_the_command_that_ends_it(void **state)
{
	static const char command[] =
		"aws sesv2 delete-suppressed-destination --region eu-west-1 "
		"--email-address 'Anna@Example.com'";
	struct scene *scene = *state;
	const struct json *one;

	record_listed(scene, 1, clock_now() - HOUR_MS, "Anna@Example.com");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(get(scene, ANNA), 200);
		assert_member(scene->json, "at_ses", "blocked");
		assert_non_null(strstr(json_text(scene->json, "at_ses_advice"), command));
		/* It goes on after a removal here. */
		assert_int_equal(call(scene, "POST", "/v1/suppressions/remove",
					 "{\"addresses\":[\"anna@example.com\"]}"),
			200);
		one = json_first(json_member(scene->json, "results"));
		assert_member(one, "result", i == 0 ? "removed" : "unknown");
		assert_member(one, "at_ses", "blocked");
		assert_member(one, "original", "Anna@Example.com");
		assert_member(one, "region", "eu-west-1");
	}
}

static void a_command_is_safe_in_a_shell(void **state)
{
	struct api_spelling spelling = {.original = (char[]){"o'hara$(x)@example.com"}};
	struct buffer text;

	(void) state;
	buffer_init(&text, 1024);
	api_spelling_write_command(&text, &spelling);
	assert_string_equal(text.bytes,
		"aws sesv2 delete-suppressed-destination --email-address "
		"'o'\\''hara$(x)@example.com'");
	buffer_finish(&text);
}

static void a_long_story_says_that_it_is_cut(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();

	for (unsigned i = 0; i < 501; i++)
		record_send(scene, i, now - DAY_MS + (utc_ms) i * SECOND_MS,
			"anna@example.com");
	assert_int_equal(get(scene, ANNA), 200);
	assert_int_equal(json_count(json_member(scene->json, "story")), 500);
	assert_false(truth(scene->json, "whole"));
}

/* ---- the audit trail ---- */

static void changes_are_listed_newest_first_with_who_and_why(void **state)
{
	struct scene *scene = *state;
	const struct json *change;
	char target[256];

	scene->actor = "unix:berta";
	call(scene, "PUT", "/v1/suppressions/anna@example.com", "{\"note\":\"one\"}");
	call(scene, "PUT", "/v1/suppressions/anna@example.com", "{\"note\":\"two\"}");
	call(scene, "PUT", "/v1/suppressions/berta@example.com", NULL);
	assert_int_equal(get(scene, "/v1/changes"), 200);
	assert_int_equal(json_count(json_member(scene->json, "changes")), 3);
	change = json_first(json_member(scene->json, "changes"));
	assert_member(change, "address", "berta@example.com");
	assert_member(change, "before", NULL);
	change = json_next(change);
	assert_member(change, "what", "changed");
	assert_member(change, "actor", "unix:berta");
	assert_member(json_member(change, "before"), "note", "one");
	assert_member(json_member(change, "after"), "note", "two");
	assert_int_equal(get(scene, "/v1/changes?address=ANNA@example.com&limit=1"), 200);
	change = json_first(json_member(scene->json, "changes"));
	assert_member(change, "what", "changed");
	snprintf(target, sizeof(target),
		"/v1/changes?address=anna@example.com&limit=1&cursor=%s",
		json_text(scene->json, "next"));
	assert_int_equal(get(scene, target), 200);
	change = json_first(json_member(scene->json, "changes"));
	assert_member(change, "what", "added");
	get(scene, "/v1/changes?until=1h");
	assert_int_equal(json_count(json_member(scene->json, "changes")), 0);
	get(scene, "/v1/changes?since=1h");
	assert_int_equal(json_count(json_member(scene->json, "changes")), 3);
}

static void wrong_questions_are_named(void **state)
{
	static const struct {
		const char *query, *type, *words;
	} cases[] = {
		{"address=nobody", "not-an-address", "nobody"},
		{"address=", "not-an-address", "no mail address"},
		{"since=yesterday", "query", "since"},
		{"limit=0", "query", "limit"},
		{"cursor=abc", "cursor", "next"},
		{"actor=me", "query", "actor"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[128];

		snprintf(target, sizeof(target), "/v1/changes?%s", cases[i].query);
		get(scene, target);
		assert_problem(scene, 400, cases[i].type, cases[i].words);
	}
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(nothing_is_known_of_a_stranger),
		SCENE_TEST(the_story_is_told_oldest_first),
		SCENE_TEST(a_domain_s_rows_and_changes_belong_to_it),
		SCENE_TEST(an_entry_of_another_stream_is_mentioned),
		SCENE_TEST(suspects_that_are_held_are_counted),
		SCENE_TEST(what_ses_blocks_comes_with_the_command_that_ends_it),
		cmocka_unit_test(a_command_is_safe_in_a_shell),
		SCENE_TEST(a_long_story_says_that_it_is_cut),
		SCENE_TEST(changes_are_listed_newest_first_with_who_and_why),
		SCENE_TEST(wrong_questions_are_named),
	};

	return cmocka_run_group_tests_name("api_why", tests, NULL, NULL);
}
