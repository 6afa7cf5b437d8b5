/* test_api_preflight.c - a list judged before it is sent: what the answer says. */
#include "tests/web/preflight.h"

static void a_list_is_split_by_history(void **state)
{
	struct scene *scene = *state;
	const struct json *answer, *first;
	utc_ms now = clock_now();

	deliver(scene, 1, 3, "recent@gmail.com");
	deliver(scene, 2, 60, "quarter@gmail.com");
	deliver(scene, 3, 200, "year@shop.de");
	record_bounce(scene, 4, now - DAY_MS, "gone@shop.de");
	record_soft(scene, 5, now - DAY_MS, "full@shop.de");
	answer = ask(scene, "",
		"email,name,status\nRecent@Gmail.com,Ann,x\nquarter@gmail.com,Bob,\n"
		"year@shop.de,,\ngone@shop.de,,\nfull@shop.de,,\nnew@shop.de,,\n"
		"nonsense,,\nbad@shop.con,,\n");
	assert_member(answer, "account", "111122223333");
	assert_member(answer, "region", "eu-west-1");
	assert_member(answer, "format", "csv");
	assert_int_equal(integer(answer, "lines"), 8);
	assert_int_equal(integer(answer, "addresses"), 7);
	assert_int_equal(integer(answer, "mailed"), 6);
	assert_int_equal(integer(answer, "invalid"), 1);
	first = json_first(json_member(answer, "errors"));
	assert_int_equal(integer(first, "line"), 8);
	assert_class(answer, "delivered-30d", 1);
	assert_class(answer, "delivered-90d", 1);
	assert_class(answer, "delivered-365d", 1);
	assert_class(answer, "suppressed", 1);
	assert_class(answer, "soft-bounced", 1);
	assert_class(answer, "never-mailed", 1);
	assert_class(answer, "invalid-domain", 1);
	assert_int_equal(
		integer(json_member(json_member(answer, "suppressed"), "reasons"),
			"bounce"),
		1);
	first = json_first(json_member(json_member(answer, "suppressed"), "first"));
	assert_member(first, "address", "gone@shop.de");
	assert_member(first, "reason", "bounce");
	first = json_first(json_member(json_member(answer, "invalid_domains"), "first"));
	assert_member(first, "domain", "shop.con");
	first = json_first(json_member(json_member(answer, "riskiest"), "first"));
	assert_member(first, "address", "bad@shop.con");
	assert_int_equal(integer(first, "line"), 9);
}

static void sums_agree(void **state)
{
	struct scene *scene = *state;
	const struct json *answer, *bounces;
	int64_t addresses = 0, by_provider = 0;
	double expected = 0;

	deliver(scene, 1, 3, "a@gmail.com");
	answer = ask(scene, "",
		"a@gmail.com\nb@gmail.com\nc@yahoo.de\nd@shop.de\ne@x.invalid\n");
	for (const struct json *row = json_first(json_member(answer, "history"));
		row != NULL; row = json_next(row)) {
		addresses += integer(row, "addresses");
		expected += number(row, "expected_bounces");
	}
	for (const struct json *row = json_first(json_member(answer, "providers"));
		row != NULL; row = json_next(row))
		by_provider += integer(row, "addresses");
	bounces = json_member(answer, "bounces");
	assert_int_equal(addresses, 5);
	assert_int_equal(by_provider, 5);
	assert_true(number(bounces, "expected") - expected < 1e-9);
	assert_true(expected - number(bounces, "expected") < 1e-9);
	assert_true(number(bounces, "low") <= number(bounces, "expected"));
	assert_true(number(bounces, "expected") <= number(bounces, "high"));
	assert_member(json_first(json_member(answer, "providers")), "provider", "google");
}

static void one_mailbox_counts_once_whatever_its_spelling(void **state)
{
	struct scene *scene = *state;
	const struct json *answer;

	/* Somebody who is safe, beside whom they stand out. */
	deliver(scene, 1, 3, "old@shop.de");
	answer = ask(scene, "",
		"old@shop.de\nAnn@Shop.de\nann@shop.de\nbob@shop.de\nbob@shop.de\n"
		"ANN@shop.de\n");
	assert_int_equal(integer(answer, "addresses"), 3);
	assert_int_equal(integer(answer, "duplicates"), 3);
	assert_int_equal(integer(answer, "other_spellings"), 2);
	assert_true(has_advice(answer, "counted once"));
	/* The spelling that came first is the one that is shown. */
	assert_member(json_first(json_member(json_member(answer, "riskiest"), "first")),
		"address", "Ann@Shop.de");
}

static void nobody_ever_mailed_is_called_a_guess(void **state)
{
	struct scene *scene = *state;
	const struct json *answer, *bounces;
	struct buffer list;

	buffer_init(&list, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buffer_format(&list, "u%d@shop.de\n", i);
	answer = ask(scene, "", list.bytes);
	buffer_finish(&list);
	bounces = json_member(answer, "bounces");
	assert_true(json_is_null(json_member(answer, "account")));
	assert_true(json_is_null(json_member(answer, "now")));
	assert_true(truth(class_of(answer, "never-mailed"), "is_guess"));
	assert_true(number(bounces, "low") < 20 && number(bounces, "high") > 200);
	assert_true(has_advice(answer, "is a guess"));
	assert_true(has_advice(answer, "have them validated"));
	assert_true(has_advice(answer, "no account is known"));
	assert_true(integer(answer, "left_over") > 900);
}

static void the_rate_is_told_now_and_after(void **state)
{
	struct scene *scene = *state;
	const struct json *answer, *now, *after;
	char address[32];

	for (unsigned i = 0; i < 200; i++) {
		snprintf(address, sizeof(address), "u%u@shop.de", i);
		record_send(scene, i, clock_now() - DAY_MS, address);
	}
	record_bounce(scene, 500, clock_now() - DAY_MS, "u0@shop.de");
	answer = ask(scene, "", "a@shop.de\nb@shop.de\nc@shop.de\nu0@shop.de\n");
	now = json_member(answer, "now");
	assert_int_equal(integer(now, "numerator"), 1);
	assert_int_equal(integer(now, "denominator"), 200);
	after = json_member(answer, "after");
	assert_int_equal(integer(json_member(after, "low"), "denominator"), 203);
	assert_true(integer(json_member(after, "low"), "numerator") <=
		    integer(json_member(after, "expected"), "numerator"));
	assert_true(integer(json_member(after, "expected"), "numerator") <=
		    integer(json_member(after, "high"), "numerator"));
	assert_true(integer(json_member(after, "high"), "numerator") <= 4);
}

static void of_several_accounts_one_must_be_named(void **state)
{
	static const char other[] =
		"{\"eventType\":\"Send\",\"mail\":{\"timestamp\":\"%s\",\"messageId\":"
		"\"x-1\",\"source\":\"a@b.example\",\"sendingAccountId\":"
		"\"999922223333\",\"destination\":[\"z@shop.de\"],\"tags\":{}},"
		"\"send\":{}}";
	struct scene *scene = *state;
	char message[512], time[UTC_TEXT_SIZE];

	record_send(scene, 1, clock_now() - DAY_MS, "a@shop.de");
	utc_format(clock_now() - DAY_MS, time);
	snprintf(message, sizeof(message), other, time);
	record(scene, message, clock_now() - DAY_MS, "other-1", 1);
	ask_bytes(scene, "", "a@shop.de\n", 10);
	assert_problem(scene, 400, "query", "several accounts");
	ask_bytes(scene, "?account=123456789012", "a@shop.de\n", 10);
	assert_problem(scene, 400, "query", "no account 123456789012");
	assert_member(ask(scene, "?account=999922223333&region=eu-west-1", "a@shop.de\n"),
		"account", "999922223333");
}

static void a_scope_decides_who_is_suppressed(void **state)
{
	static const char list[] = "a@shop.de\nb@shop.de\n";
	struct scene *scene = *state;

	assert_int_equal(call(scene, "PUT", "/v1/suppressions/a%40shop.de",
				 "{\"reason\":\"manual\",\"scope\":\"news\"}"),
		201);
	assert_class(ask(scene, "", list), "suppressed", 0);
	assert_class(ask(scene, "?scope=news", list), "suppressed", 1);
	assert_class(ask(scene, "?configuration_set=news", list), "suppressed", 1);
	assert_class(ask(scene, "?scope=tenant:x&configuration_set=news", list),
		"suppressed", 1);
}

static void where_all_are_alike_nobody_is_the_riskiest(void **state)
{
	struct scene *scene = *state;
	const struct json *riskiest;

	deliver(scene, 1, 3, "old@shop.de");
	riskiest = json_member(ask(scene, "", "a@shop.de\nb@shop.de\n"), "riskiest");
	assert_int_equal(json_count(json_member(riskiest, "first")), 0);
	riskiest = json_member(ask(scene, "", "a@shop.de\nold@shop.de\n"), "riskiest");
	assert_int_equal(json_count(json_member(riskiest, "first")), 1);
}

static void trip(struct scene *scene, const char *configuration_set)
{
	const struct store_brake brake = {.account = "111122223333",
		.region = "eu-west-1",
		.configuration_set = configuration_set,
		.state = {.is_tripped = true,
			.tripped = clock_now(),
			.level = SES_LEVEL_OVER_PAUSE_LIMIT,
			.resumed = UTC_NONE},
		.stopped_at_ses = UTC_NONE,
		.actor = "brake",
		.note = ""};
	struct store_mark_change change = {.put = &brake};
	struct store_job job = {
		.kind = STORE_MARK, .mark = &change, .cause = "", .now = clock_now()};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
}

static void what_the_brake_has_stopped_is_said(void **state)
{
	static const char stopped[] = "GET /v1/may-send answers pause";
	struct scene *scene = *state;

	deliver(scene, 1, 3, "old@shop.de");
	scene->rules.brake = (struct ses_brake_settings){
		.at = SES_LEVEL_OVER_PAUSE_LIMIT, .streams = true};
	trip(scene, "news");
	assert_false(has_advice(ask(scene, "", "a@shop.de\n"), stopped));
	assert_true(has_advice(ask(scene, "?configuration_set=news", "a@shop.de\n"),
		"the brake has stopped configuration set news of 111122223333/eu-west-1: "
		"GET /v1/may-send answers pause"));
	trip(scene, "");
	assert_true(has_advice(ask(scene, "", "a@shop.de\n"),
		"the brake has stopped 111122223333/eu-west-1: "));
	scene->rules.brake.dry_run = true;
	assert_false(has_advice(ask(scene, "", "a@shop.de\n"), stopped));
}

/* ---- slices ---- */

static void write_list(struct scene *scene, struct buffer *list)
{
	char address[32];

	buffer_init(list, 1 << 20);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(address, sizeof(address), "U%u@shop.de", i);
		deliver(scene, i, 3, address);
		buffer_format(list, "%s\n", address);
	}
	buffer_append_text(list, "bad@x.invalid\nnew@shop.de\n");
}

static void slices_come_with_their_addresses(void **state)
{
	struct scene *scene = *state;
	const struct json *slice;
	struct buffer list;
	char *line, *rest;
	int64_t expected[SES_SLICES_MAX] = {0}, lines[SES_SLICES_MAX] = {0};
	struct json *head;
	size_t slices = 0;

	write_list(scene, &list);
	ask_bytes(scene, "?slices=3&addresses=yes", list.bytes, list.length);
	assert_int_equal(scene->status, 200);
	assert_string_equal(scene->content_type, "application/x-ndjson");
	rest = scene->body;
	line = strsep(&rest, "\n");
	head = json_parse(line, strlen(line), JSON_STRICT, NULL);
	for (slice = json_first(json_member(head, "slices")); slice != NULL;
		slice = json_next(slice))
		expected[slices++] = integer(slice, "addresses");
	assert_true(slices >= 3);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		struct json *row = json_parse(line, strlen(line), JSON_STRICT, NULL);
		double number_of_slice;

		assert_true(json_as_number(json_first(row), &number_of_slice));
		lines[(size_t) number_of_slice - 1]++;
		/* As the list spells it. */
		assert_true(strchr("Un", json_as_text(json_next(json_first(row)))[0]) !=
			    NULL);
		json_free(row);
	}
	assert_memory_equal(lines, expected, sizeof(lines));
	json_free(head);
	buffer_finish(&list);
}

static void one_slice_comes_as_text(void **state)
{
	struct scene *scene = *state;
	struct buffer list;

	write_list(scene, &list);
	ask_bytes(scene, "?slices=3&slice=1", list.bytes, list.length);
	assert_int_equal(scene->status, 200);
	assert_string_equal(scene->content_type, "text/plain; charset=utf-8");
	assert_int_equal(strncmp(scene->body, "U0@shop.de\nU1@shop.de\n", 22), 0);
	ask_bytes(scene, "?slice=99", list.bytes, list.length);
	assert_problem(scene, 400, "query", "slice=99");
	buffer_finish(&list);
}

static void many_bad_lines_before_the_addresses_do_not_hold_them_up(void **state)
{
	struct scene *scene = *state;
	struct buffer list;

	buffer_init(&list, 4 << 20);
	deliver(scene, 1, 3, "a@shop.de");
	buffer_append_text(&list, "a@shop.de\n");
	for (int i = 0; i < 1500; i++)
		buffer_append_text(
			&list, "this is a long line that is no address at all\n");
	ask_bytes(scene, "?addresses=yes", list.bytes, list.length);
	assert_int_equal(scene->status, 200);
	assert_true(strlen(scene->body) > 64 << 10);
	assert_non_null(strstr(scene->body, "\"errors_left_out\":500"));
	assert_non_null(strstr(scene->body, "\n[1,\"a@shop.de\"]\n"));
	buffer_finish(&list);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_list_is_split_by_history),
		TEST(sums_agree),
		TEST(one_mailbox_counts_once_whatever_its_spelling),
		TEST(nobody_ever_mailed_is_called_a_guess),
		TEST(the_rate_is_told_now_and_after),
		TEST(of_several_accounts_one_must_be_named),
		TEST(a_scope_decides_who_is_suppressed),
		TEST(where_all_are_alike_nobody_is_the_riskiest),
		TEST(what_the_brake_has_stopped_is_said),
		TEST(slices_come_with_their_addresses),
		TEST(one_slice_comes_as_text),
		TEST(many_bad_lines_before_the_addresses_do_not_hold_them_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
