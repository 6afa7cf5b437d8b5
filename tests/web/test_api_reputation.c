/* test_api_reputation.c - reputations and break-downs over the API. */
#include "tests/web/api_scene.h"
#include "web/api_reputation_json.h"

static struct ses_rate judged(
	enum ses_metric metric, int64_t numerator, int64_t denominator)
{
	struct ses_reputation_settings settings;
	struct ses_rate rate;

	ses_reputation_defaults(&settings);
	ses_rate_judge(&settings, metric, numerator, denominator, &rate);
	return rate;
}

static void counts_are_written_with_thousands_separators(void **state)
{
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = {
		{0, "0"},
		{12, "12"},
		{999, "999"},
		{1000, "1,000"},
		{10476, "10,476"},
		{123456, "123,456"},
		{1234567890, "1,234,567,890"},
		{-1000, "-1,000"},
		{-100, "-100"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer text;

		buffer_init(&text, 64);
		api_format_count(cases[i].number, &text);
		assert_string_equal(text.bytes, cases[i].text);
		buffer_finish(&text);
	}
}

static void the_sentence_reads_as_ses_writes_it(void **state)
{
	static const struct {
		enum ses_metric metric;
		int64_t numerator, denominator;
		utc_ms span;
		const char *sentence;
	} cases[] = {
		{SES_METRIC_BOUNCE, 129, 10476, 749 * DAY_MS / 10,
			"1.23 %, measured over the last 10,476 eligible emails, spanning "
			"74.9 days"},
		{SES_METRIC_BOUNCE, 0, 1, MINUTE_MS,
			"0.00 %, measured over the last 1 eligible email, spanning 0.0 "
			"days"},
		{SES_METRIC_BOUNCE, 40, 1000, 7 * DAY_MS,
			"4.00 %, measured over the last 1,000 eligible emails, spanning "
			"7.0 days"},
		/* Not yet five percent: never rounded up to it. */
		{SES_METRIC_BOUNCE, 49999, 1000000, 7 * DAY_MS,
			"4.99 %, measured over the last 1,000,000 eligible emails, "
			"spanning 7.0 days"},
		{SES_METRIC_COMPLAINT, 999, 1000000, 7 * DAY_MS,
			"0.099 %, measured over the last 1,000,000 eligible emails, "
			"spanning 7.0 days"},
		{SES_METRIC_BOUNCE, 1000, 1000, 36 * HOUR_MS,
			"100.00 %, measured over the last 1,000 eligible emails, "
			"spanning 1.5 days"},
		{SES_METRIC_BOUNCE, 3, 0, DAY_MS, NULL},
		{SES_METRIC_BOUNCE, 1200, 1000, DAY_MS,
			"no rate: 1,200 hard bounces are more than the 1,000 eligible "
			"emails we know of"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ses_rate rate =
			judged(cases[i].metric, cases[i].numerator, cases[i].denominator);
		char sentence[API_SENTENCE_SIZE];

		api_rate_sentence(
			&rate, "hard bounces", DAY_MS, DAY_MS + cases[i].span, sentence);
		if (cases[i].sentence == NULL)
			assert_non_null(strstr(sentence, "no rate: "));
		else
			assert_string_equal(sentence, cases[i].sentence);
	}
}

static void an_account_is_shown_with_its_limits(void **state)
{
	const struct store_reputation account = {.account = "111122223333",
		.region = "eu-west-1",
		.level = SES_LEVEL_WARNING,
		.from = 0,
		.to = 10 * DAY_MS,
		.source = SES_SOURCE_SEND,
		.counts = {.refused = 5,
			.verified = 1,
			.simulator = 2,
			.not_spam = 3,
			.listed = 4},
		.bounce = judged(SES_METRIC_BOUNCE, 420, 10000),
		.complaint = judged(SES_METRIC_COMPLAINT, 1, 10000),
		.complaint_reporting = judged(SES_METRIC_COMPLAINT, 1, 4000),
		.has_forecast = true,
		.bounce_forecast = 0.06,
		.complaint_forecast = 0.0002};
	struct json *json = api_reputation_json(&account);
	const struct json *bounce = json_member(json, "bounce");

	(void) state;
	assert_member(json, "level", "warning");
	assert_member(json, "aws_status", NULL);
	assert_member(bounce, "level", "warning");
	assert_true(number(bounce, "rate") == 0.042);
	assert_int_equal(integer(bounce, "numerator"), 420);
	assert_int_equal(integer(bounce, "denominator"), 10000);
	assert_member(bounce, "source", "send");
	assert_member(bounce, "window", "representative");
	assert_member(bounce, "basis", "published");
	assert_member(bounce, "to", "1970-01-11T00:00:00.000Z");
	assert_true(number(bounce, "days") == 10);
	assert_true(number(bounce, "review") == 0.05);
	assert_true(number(bounce, "pause") == 0.1);
	assert_int_equal(integer(json_member(bounce, "remaining"), "review"), 79);
	assert_int_equal(integer(json_member(bounce, "remaining"), "pause"), 579);
	assert_int_equal(integer(bounce, "recover"), 0);
	assert_true(number(bounce, "forecast") == 0.06);
	assert_int_equal(integer(json_member(bounce, "excluded"), "not_spam"), 3);
	assert_int_equal(integer(bounce, "refused"), 5);
	assert_true(number(json_member(json, "complaint"), "review") == 0.001);
	assert_true(json_is_null(
		json_member(json_member(json, "complaint_reporting"), "forecast")));
	json_free(json);
}

static void without_a_denominator_there_is_null_and_no_zero(void **state)
{
	static const char *const names[] = {
		"rate", "low", "high", "denominator", "source", "recover", "forecast"};
	const struct store_reputation account = {.account = "1",
		.region = "r",
		.from = 0,
		.to = DAY_MS,
		.source = SES_SOURCE_NONE,
		.bounce = judged(SES_METRIC_BOUNCE, 3, 0)};
	struct json *json = api_reputation_json(&account);
	const struct json *bounce = json_member(json, "bounce");

	(void) state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!json_is_null(json_member(bounce, names[i])))
			fail_msg("\"%s\" is not null", names[i]);
	assert_int_equal(integer(bounce, "numerator"), 3);
	assert_member(bounce, "level", "no-denominator");
	assert_true(json_is_null(json_member(json_member(bounce, "remaining"), "pause")));
	json_free(json);
}

static void record_a_day(struct scene *scene)
{
	utc_ms when = clock_now() - HOUR_MS;

	for (unsigned i = 0; i < 20; i++) {
		char address[64];

		snprintf(address, sizeof(address), "user%u@%s.example", i,
			i % 2 == 0 ? "even" : "odd");
		record_send(scene, i, when, address);
		if (i < 3)
			record_bounce(scene, i, when, address);
	}
}

static void the_store_gives_the_reputation(void **state)
{
	struct scene *scene = *state;
	const struct json *account, *bounce;

	assert_int_equal(get(scene, "/v1/reputation"), 200);
	assert_int_equal(json_count(json_member(scene->json, "accounts")), 0);
	record_a_day(scene);
	assert_int_equal(get(scene, "/v1/reputation"), 200);
	account = json_first(json_member(scene->json, "accounts"));
	assert_int_equal(json_count(json_member(scene->json, "accounts")), 1);
	assert_member(account, "account", "111122223333");
	assert_member(account, "region", "eu-west-1");
	bounce = json_member(account, "bounce");
	assert_int_equal(integer(bounce, "numerator"), 3);
	assert_int_equal(integer(bounce, "denominator"), 20);
	assert_true(number(bounce, "rate") == 0.15);
	assert_member(bounce, "source", "send");
	get(scene, "/v1/reputation?account=111122223333");
	assert_problem(scene, 400, "query", "account");
}

static void rates_break_down_by_each_dimension(void **state)
{
	static const struct {
		const char *query, *key;
		size_t rows;
		int64_t sends, hard_bounces; /* of the first row */
	} cases[] = {
		{"", "111122223333/eu-west-1", 1, 20, 3},
		{"by=account&window=7d", "111122223333/eu-west-1", 1, 20, 3},
		{"by=identity&basis=published", "shop.example", 1, 20, 3},
		{"by=configuration-set&window=representative", "newsletter", 1, 20, 3},
		{"by=recipient-domain&window=30d", "even.example", 2, 10, 2},
		{"by=recipient-domain&limit=1", "even.example", 1, 10, 2},
	};
	struct scene *scene = *state;

	record_a_day(scene);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[128];
		const struct json *rows;

		snprintf(target, sizeof(target), "/v1/rates?%s", cases[i].query);
		assert_int_equal(get(scene, target), 200);
		rows = json_member(scene->json, "rows");
		assert_int_equal(json_count(rows), cases[i].rows);
		assert_member(json_first(rows), "key", cases[i].key);
		assert_int_equal(integer(json_first(rows), "sends"), cases[i].sends);
		assert_int_equal(
			integer(json_first(rows), "hard_bounces"), cases[i].hard_bounces);
		assert_int_equal(integer(scene->json, "left_out"), i == 5 ? 1 : 0);
	}
	assert_int_equal(get(scene, "/v1/rates?account=999999999999"), 200);
	assert_int_equal(json_count(json_member(scene->json, "rows")), 0);
	assert_int_equal(
		get(scene, "/v1/rates?region=eu-west-1&account=111122223333"), 200);
	assert_int_equal(json_count(json_member(scene->json, "rows")), 1);
	assert_member(scene->json, "window", "24h");
	assert_member(scene->json, "by", "account");
	assert_member(scene->json, "basis", "sent");
	assert_non_null(json_text(scene->json, "from"));
	assert_non_null(json_text(scene->json, "to"));
}

static void wrong_parameters_are_answered_with_the_choices(void **state)
{
	static const struct {
		const char *query, *words;
	} cases[] = {
		{"window=2h", "1h, 24h, 7d, 30d, representative"},
		{"by=domain", "account, identity, configuration-set, recipient-domain"},
		{"basis=now", "sent, published"},
		{"account=1", "twelve digits"},
		{"region=EU", "us-east-1"},
		{"step=1h", "step"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[128];

		snprintf(target, sizeof(target), "/v1/rates?%s", cases[i].query);
		get(scene, target);
		assert_problem(scene, 400, "query", cases[i].words);
	}
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_written_with_thousands_separators),
		cmocka_unit_test(the_sentence_reads_as_ses_writes_it),
		cmocka_unit_test(an_account_is_shown_with_its_limits),
		cmocka_unit_test(without_a_denominator_there_is_null_and_no_zero),
		SCENE_TEST(the_store_gives_the_reputation),
		SCENE_TEST(rates_break_down_by_each_dimension),
		SCENE_TEST(wrong_parameters_are_answered_with_the_choices),
	};

	return cmocka_run_group_tests_name("api_reputation", tests, NULL, NULL);
}
