/* test_api_reputation.c - reputations and break-downs over the API. */
#include "tests/web/api_scene.h"
#include "web/api_rates_query.h"
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
	static const struct ses_quota quota = {.daily = 50000, .rate = 14};
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
			.listed = 4,
			.automatic = 6,
			.verified_sends = 7},
		.bounce = judged(SES_METRIC_BOUNCE, 420, 10000),
		.complaint = judged(SES_METRIC_COMPLAINT, 1, 10000),
		.complaint_reporting = judged(SES_METRIC_COMPLAINT, 1, 4000),
		.has_forecast = true,
		.bounce_forecast = 0.06,
		.complaint_forecast = 0.0002,
		.bounce_days = 3,
		.complaint_days = -1,
		.fresh_start = DAY_MS,
		.sent_24h = 49000,
		.peak_24h = 12,
		.peak_at = 9 * DAY_MS,
		.quota = &quota,
		.notices = 1u << SES_NOTICE_YOUNG,
		.trust = SES_TRUST_PARTIAL};
	struct ses_reputation_settings settings;
	const struct json *bounce, *excluded, *limits;
	struct json *json;

	(void) state;
	ses_reputation_defaults(&settings);
	settings.excludes = SES_EXCLUDE_ALL & ~(unsigned) SES_EXCLUDE_LISTED;
	json = api_reputation_json(&settings, &account);
	bounce = json_member(json, "bounce");
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
	assert_int_equal(integer(bounce, "days_to_review"), 3);
	assert_true(json_is_null(
		json_member(json_member(json, "complaint"), "days_to_review")));
	excluded = json_member(bounce, "excluded");
	assert_int_equal(integer(excluded, "verified"), 1);
	assert_int_equal(integer(excluded, "verified_sends"), 7);
	assert_int_equal(integer(excluded, "simulator"), 2);
	assert_int_equal(integer(excluded, "refused"), 5);
	assert_int_equal(integer(excluded, "automatic"), 6);
	assert_int_equal(integer(excluded, "not_spam"), 3);
	assert_int_equal(integer(excluded, "listed"), 4);
	assert_int_equal(json_count(json_member(excluded, "counted_in")), 1);
	assert_string_equal(
		json_as_text(json_first(json_member(excluded, "counted_in"))), "listed");
	assert_member(json, "trust", "partial");
	assert_member(json_first(json_member(json, "notices")), "notice", "young");
	assert_non_null(json_text(json_first(json_member(json, "notices")), "text"));
	assert_member(json, "fresh_start", "1970-01-02T00:00:00.000Z");
	limits = json_member(json, "quota");
	assert_int_equal(integer(limits, "daily"), 50000);
	assert_int_equal(integer(limits, "rate"), 14);
	assert_int_equal(integer(limits, "sent_24h"), 49000);
	assert_int_equal(integer(limits, "left"), 1000);
	assert_int_equal(integer(limits, "peak_24h"), 12);
	assert_member(limits, "peak_at", "1970-01-10T00:00:00.000Z");
	assert_int_equal(integer(bounce, "refused"), 5);
	assert_true(number(json_member(json, "complaint"), "review") == 0.001);
	assert_true(json_is_null(
		json_member(json_member(json, "complaint_reporting"), "forecast")));
	json_free(json);
}

static void after_a_fresh_start_without_mail_the_sentence_says_so(void **state)
{
	static const char expected[] =
		"no rate yet: nothing was sent since the fresh start of 1970-01-02 "
		"00:00:00Z";
	struct store_reputation account = {.account = "1",
		.region = "r",
		.from = DAY_MS,
		.to = 2 * DAY_MS,
		.source = SES_SOURCE_NONE,
		.fresh_start = DAY_MS};
	struct ses_reputation_settings settings;
	struct json *json;

	(void) state;
	ses_reputation_defaults(&settings);
	json = api_reputation_json(&settings, &account);
	assert_member(json_member(json, "bounce"), "sentence", expected);
	json_free(json);
	account.bounce = judged(SES_METRIC_BOUNCE, 3, 0);
	json = api_reputation_json(&settings, &account);
	assert_non_null(strstr(
		json_text(json_member(json, "bounce"), "sentence"), "no event says"));
	json_free(json);
}

static void without_a_denominator_there_is_null_and_no_zero(void **state)
{
	static const char *const names[] = {"rate", "low", "high", "denominator",
		"source", "recover", "forecast", "days_to_review"};
	static const char *const of_quota[] = {
		"daily", "rate", "peak_24h", "peak_at", "left"};
	const struct store_reputation account = {.account = "1",
		.region = "r",
		.from = 0,
		.to = DAY_MS,
		.source = SES_SOURCE_NONE,
		.fresh_start = UTC_NONE,
		.bounce = judged(SES_METRIC_BOUNCE, 3, 0)};
	struct ses_reputation_settings settings;
	const struct json *bounce;
	struct json *json;

	(void) state;
	ses_reputation_defaults(&settings);
	json = api_reputation_json(&settings, &account);
	bounce = json_member(json, "bounce");
	for (size_t i = 0; i < sizeof(of_quota) / sizeof(of_quota[0]); i++)
		if (!json_is_null(json_member(json_member(json, "quota"), of_quota[i])))
			fail_msg("\"%s\" of the quota is not null", of_quota[i]);
	assert_true(json_is_null(json_member(json, "fresh_start")));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!json_is_null(json_member(bounce, names[i])))
			fail_msg("\"%s\" is not null", names[i]);
	assert_int_equal(integer(bounce, "numerator"), 3);
	assert_member(bounce, "level", "no-denominator");
	assert_true(json_is_null(json_member(json_member(bounce, "remaining"), "pause")));
	json_free(json);
}

static void in_the_sandbox_the_sentence_begins_with_what_aws_makes_of_it(void **state)
{
	const struct store_reputation account = {.account = "1",
		.region = "r",
		.bounce = judged(SES_METRIC_BOUNCE, 0, 0),
		.complaint = judged(SES_METRIC_COMPLAINT, 1, 100),
		.notices = 1u << SES_NOTICE_SANDBOX};
	struct ses_reputation_settings settings;
	const char *sentence;
	struct json *json;

	(void) state;
	ses_reputation_defaults(&settings);
	json = api_reputation_json(&settings, &account);
	sentence = json_text(json_member(json, "bounce"), "sentence");
	assert_non_null(sentence);
	assert_int_equal(strncmp(sentence, "AWS judges nothing yet: all mail", 32), 0);
	sentence = json_text(json_member(json, "complaint"), "sentence");
	assert_non_null(sentence);
	assert_int_equal(strncmp(sentence, "AWS judges nothing yet: 1.000 %", 31), 0);
	json_free(json);
}

static void the_forecast_stands_beside_the_rate_that_the_level_goes_by(void **state)
{
	const struct store_reputation account = {.account = "1",
		.region = "r",
		.complaint = judged(SES_METRIC_COMPLAINT, 1, 10000),
		.complaint_reporting = judged(SES_METRIC_COMPLAINT, 1, 4000),
		.complaint_by_reporting = true,
		.has_forecast = true,
		.complaint_forecast = 0.0005,
		.complaint_days = 9};
	struct ses_reputation_settings settings;
	struct json *json;

	(void) state;
	ses_reputation_defaults(&settings);
	json = api_reputation_json(&settings, &account);
	assert_true(
		json_is_null(json_member(json_member(json, "complaint"), "forecast")));
	assert_true(
		number(json_member(json, "complaint_reporting"), "forecast") == 0.0005);
	assert_int_equal(
		integer(json_member(json, "complaint_reporting"), "days_to_review"), 9);
	json_free(json);
}

static void keys_that_are_none_are_shown_as_what_they_are(void **state)
{
	static const struct {
		enum store_dimension dimension;
		const char *key;
		bool is_other;
		const char *shown;
		bool other, unknown;
	} cases[] = {
		{STORE_BY_PROVIDER, "google", false, "google", false, false},
		{STORE_BY_PROVIDER, "", false, "unknown", false, true},
		{STORE_BY_PROVIDER, STORE_KEY_OTHER, true, "other", true, false},
		{STORE_BY_CONFIGURATION_SET, "", false, "", false, false},
		{STORE_BY_CONFIGURATION_SET, "other", false, "other", false, false},
		{STORE_BY_TAG, "campaign=" STORE_KEY_OTHER, true, "campaign=other", true,
			false},
		{STORE_BY_TAG, STORE_KEY_OTHER, true, "other", true, false},
		{STORE_BY_SOURCE_IP, "", false, "unknown", false, true},
		{STORE_BY_TENANT, "", false, "", false, false},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json *json = json_object();

		api_key_put(json, cases[i].dimension, cases[i].key, cases[i].is_other);
		assert_member(json, "key", cases[i].shown);
		assert_int_equal(truth(json, "other"), cases[i].other);
		assert_int_equal(truth(json, "unknown"), cases[i].unknown);
		json_free(json);
	}
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
		{"by=recipient-domain&key=Even.Example.", "even.example", 1, 10, 2},
		{"by=provider", "unknown", 1, 20, 3},
		{"by=tag", "campaign=spring", 1, 20, 3},
		{"by=tag:campaign", "spring", 1, 20, 3},
		{"by=tag:campaign&key=spring", "spring", 1, 20, 3},
		{"by=from-domain", "shop.example", 1, 20, 3},
		{"by=account&key=111122223333/eu-west-1", "111122223333/eu-west-1", 1, 20,
			3},
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
	assert_int_equal(get(scene, "/v1/rates?by=tag:colour"), 200);
	assert_int_equal(json_count(json_member(scene->json, "rows")), 0);
	assert_member(scene->json, "by", "tag:colour");
	assert_int_equal(get(scene, "/v1/rates?by=diagnostic"), 200);
	assert_int_equal(
		integer(json_first(json_member(scene->json, "rows")), "hard_bounces"), 3);
	assert_int_equal(get(scene, "/v1/rates?by=identity&key=other.example"), 200);
	assert_int_equal(json_count(json_member(scene->json, "rows")), 0);
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

static void a_row_has_both_intervals_and_every_count(void **state)
{
	static const char *const counts[] = {"sends", "attempts", "reported",
		"deliveries", "hard_bounces", "soft_bounces", "automatic", "blocked",
		"complaints", "not_spam", "listed", "rejects", "refused", "verified",
		"verified_sends", "simulator"};
	struct scene *scene = *state;
	const struct json *row;

	record_a_day(scene);
	assert_int_equal(get(scene, "/v1/rates"), 200);
	row = json_first(json_member(scene->json, "rows"));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		assert_true(integer(row, counts[i]) >= 0);
	assert_true(number(row, "bounce_low") < number(row, "bounce_rate"));
	assert_true(number(row, "bounce_rate") < number(row, "bounce_high"));
	assert_true(number(row, "complaint_low") == 0);
	assert_true(number(row, "complaint_high") > 0);
	assert_int_equal(json_count(json_member(scene->json, "notices")), 0);
}

static void a_tag_s_name_of_300_bytes_is_refused(void **state)
{
	struct scene *scene = *state;
	char target[512] = "/v1/rates?by=tag:";
	size_t length = strlen(target);

	memset(target + length, 'x', 300);
	target[length + 300] = '\0';
	get(scene, target);
	assert_problem(scene, 400, "query", "1 to 256 bytes");
	target[length + 256] = '\0';
	assert_int_equal(get(scene, target), 200);
}

static void wrong_parameters_are_answered_with_the_choices(void **state)
{
	static const struct {
		const char *query, *words;
	} cases[] = {
		{"window=2h", "1h, 24h, 7d, 30d, representative"},
		{"by=domain", "account, identity, configuration-set, recipient-domain, "
			      "provider, tag, tenant, source-ip, caller, from-domain, "
			      "diagnostic, tag:NAME"},
		{"by=tag:", "1 to 256 bytes"},
		{"by=tag:a=b", "without \"=\""},
		{"by=account&key=111122223333", "ACCOUNT/REGION"},
		{"by=account&key=111122223333/eu-west-1&region=eu-west-1", "both"},
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
		cmocka_unit_test(after_a_fresh_start_without_mail_the_sentence_says_so),
		cmocka_unit_test(without_a_denominator_there_is_null_and_no_zero),
		cmocka_unit_test(
			in_the_sandbox_the_sentence_begins_with_what_aws_makes_of_it),
		cmocka_unit_test(
			the_forecast_stands_beside_the_rate_that_the_level_goes_by),
		cmocka_unit_test(keys_that_are_none_are_shown_as_what_they_are),
		SCENE_TEST(the_store_gives_the_reputation),
		SCENE_TEST(a_row_has_both_intervals_and_every_count),
		SCENE_TEST(a_tag_s_name_of_300_bytes_is_refused),
		SCENE_TEST(rates_break_down_by_each_dimension),
		SCENE_TEST(wrong_parameters_are_answered_with_the_choices),
	};

	return cmocka_run_group_tests_name("api_reputation", tests, NULL, NULL);
}
