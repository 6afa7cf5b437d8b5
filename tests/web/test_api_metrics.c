/* test_api_metrics.c - the Prometheus text format, and that the page keeps to it. */
#include <math.h>

#include "tests/web/api_scene.h"
#include "web/api_metrics.h"
#include "web/metrics.h"

static void labels_are_escaped(void **state)
{
	static const struct {
		const char *value, *line;
	} cases[] = {
		{"plain", "m{a=\"plain\",b=\"x\"} 1\n"},
		{"", "m{a=\"\",b=\"x\"} 1\n"},
		{"a\"b", "m{a=\"a\\\"b\",b=\"x\"} 1\n"},
		{"a\\b", "m{a=\"a\\\\b\",b=\"x\"} 1\n"},
		{"a\nb", "m{a=\"a\\nb\",b=\"x\"} 1\n"},
		{"\n\"\\", "m{a=\"\\n\\\"\\\\\",b=\"x\"} 1\n"},
		{"\xc3\xa4}{=,", "m{a=\"\xc3\xa4}{=,\",b=\"x\"} 1\n"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct metrics_label labels[] = {
			{"a", cases[i].value}, {"b", "x"}, {NULL, NULL}};
		struct buffer page;

		buffer_init(&page, 1024);
		metrics_sample_count(&page, "m", labels, 1);
		assert_string_equal(page.bytes, cases[i].line);
		buffer_finish(&page);
	}
}

static void values_are_spelt_as_prometheus_reads_them(void **state)
{
	static const struct {
		double value;
		const char *line;
	} cases[] = {
		{0, "m 0\n"},
		{0.05, "m 0.05\n"},
		{-3, "m -3\n"},
		{1e18, "m 1e+18\n"},
		{NAN, "m NaN\n"},
		{INFINITY, "m +Inf\n"},
		{-INFINITY, "m -Inf\n"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer page;

		buffer_init(&page, 1024);
		metrics_sample(&page, "m", NULL, cases[i].value);
		assert_string_equal(page.bytes, cases[i].line);
		buffer_finish(&page);
	}
}

static void help_is_escaped_and_comes_before_type(void **state)
{
	struct buffer page;

	(void) state;
	buffer_init(&page, 1024);
	metrics_single(&page, "m", "gauge", "a \"quoted\" \\ line\nand another", 2);
	assert_string_equal(page.bytes,
		"# HELP m a \"quoted\" \\\\ line\\nand another\n# TYPE m gauge\nm 2\n");
	buffer_finish(&page);
}

/* ---- the page ---- */

#define FAMILIES_MAX 100

struct families {
	char names[FAMILIES_MAX][96];
	size_t count;
};

static void check_family(struct families *families, const char *line)
{
	char words[128], *type = words, *name;

	snprintf(words, sizeof(words), "%s", line + strlen("# TYPE "));
	name = strsep(&type, " ");
	assert_non_null(type);
	assert_true(strcmp(type, "gauge") == 0 || strcmp(type, "counter") == 0);
	assert_int_equal(strncmp(name, "ses_feedback_", 13), 0);
	/* Counters end in _total, and nothing else does. */
	assert_int_equal(strcmp(type, "counter") == 0,
		strlen(name) > 6 && strcmp(name + strlen(name) - 6, "_total") == 0);
	for (size_t i = 0; i < families->count; i++)
		assert_string_not_equal(families->names[i], name);
	assert_true(families->count < FAMILIES_MAX);
	snprintf(families->names[families->count++], 96, "%s", name);
}

static void check_sample(const struct families *families, const char *line)
{
	size_t length = strcspn(line, "{ ");
	const char *family = families->names[families->count - 1];
	const char *value = strrchr(line, ' ');
	char *end;

	assert_true(families->count > 0);
	if (strlen(family) != length || strncmp(family, line, length) != 0)
		fail_msg("\"%s\" stands in the family %s", line, family);
	assert_non_null(value);
	strtod(value + 1, &end);
	assert_true(end > value + 1 && *end == '\0');
}

/* Every line is one the format knows, each sample stands in its family, and no family is
 * there twice. */
static void assert_well_formed(const char *page)
{
	struct families families = {.count = 0};
	char *copy = strdup(page), *rest = copy, *line;

	assert_int_equal(page[strlen(page) - 1], '\n');
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "# TYPE ", 7) == 0)
			check_family(&families, line);
		else if (*line != '\0' && strncmp(line, "# HELP ", 7) != 0)
			check_sample(&families, line);
	}
	free(copy);
}

static void assert_says(const struct scene *scene, const char *line)
{
	if (strstr(scene->body, line) == NULL)
		fail_msg("there is no \"%s\" in:\n%s", line, scene->body);
}

static void a_fresh_daemon_has_a_page(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(get(scene, "/metrics"), 200);
	assert_string_equal(scene->content_type, METRICS_CONTENT_TYPE);
	assert_well_formed(scene->body);
	assert_says(scene, "\nses_feedback_build_info{version=\"1.2.3-test\"} 1\n");
	assert_says(scene, "\nses_feedback_store_readable 1\n");
	assert_says(scene, "\nses_feedback_events 0\n");
	assert_says(scene,
		"\nses_feedback_topic_state{topic=\"" TOPIC "\",state=\"unknown\"} 1\n");
	assert_null(strstr(scene->body, "last_message_age_seconds{"));
	assert_null(strstr(scene->body, "ses_feedback_lag_seconds"));
	assert_null(strstr(scene->body, "ses_feedback_tls_certificate"));
	assert_says(scene, "\nses_feedback_alerts_on{name=\"reputation-level\"} 0\n");
}

static void the_page_says_what_happened(void **state)
{
	struct scene *scene = *state;
	utc_ms when = clock_now() - HOUR_MS;

	for (unsigned i = 0; i < 4; i++)
		record_send(scene, i, when, "anna@example.com");
	record_bounce(scene, 1, when, "anna@example.com");
	diary_answered(scene->web.diary, "stored", 200);
	diary_answered(scene->web.diary, "stored", 200);
	diary_answered(scene->web.diary, "signature-wrong", 403);
	diary_alarm(scene->web.diary, "certificate-unexpected", "a\"b\\c", "t", "a");
	assert_int_equal(get(scene, "/metrics"), 200);
	assert_well_formed(scene->body);
	assert_says(scene, "_answers_total{reason=\"stored\",status=\"200\"} 2\n");
	assert_says(
		scene, "_answers_total{reason=\"signature-wrong\",status=\"403\"} 1\n");
	assert_says(scene, "\nses_feedback_refused_total 1\n");
	assert_says(
		scene, "_rejects_total{reason=\"signature-wrong\",status=\"403\"} 1\n");
	assert_null(strstr(scene->body, "_rejects_total{reason=\"stored\""));
	assert_says(scene,
		"_alarm{name=\"certificate-unexpected\",object=\"a\\\"b\\\\c\"} 1\n");
	assert_says(scene,
		"\nses_feedback_rate{account=\"111122223333\",region=\"eu-west-1\","
		"metric=\"bounce\"} 0.25\n");
	assert_says(scene, "region=\"eu-west-1\",kind=\"hard-bounces\"} 1\n");
	assert_says(scene, "metric=\"bounce\",limit=\"review\"} 0.05\n");
	assert_says(scene, "\nses_feedback_rate_low{account=\"111122223333\"");
	assert_says(scene, "\nses_feedback_rate_high{account=\"111122223333\"");
	assert_says(scene, "\nses_feedback_recover_sends{account=\"111122223333\",region="
			   "\"eu-west-1\",metric=\"bounce\"} 17\n");
	assert_says(scene, "\nses_feedback_sent_24h_recipients{account=\"111122223333\","
			   "region=\"eu-west-1\"} 4\n");
	assert_says(scene, "\nses_feedback_lag_seconds 3");
	assert_says(scene, "\nses_feedback_last_event_age_seconds 3");
	assert_null(strstr(scene->body, "ses_feedback_quota_recipients{"));
	assert_says(scene, "\nses_feedback_events 5\n");
	assert_says(scene, "\nses_feedback_suppressions 1\n");
	assert_says(scene, "\nses_feedback_topic_notifications{topic=\"" TOPIC "\"} 5\n");
}

static void a_rate_that_is_not_known_has_no_sample(void **state)
{
	struct store_reputation account = {
		.account = "1", .region = "r", .level = SES_LEVEL_NO_DENOMINATOR};
	struct ses_reputation_settings settings;
	struct buffer page;

	(void) state;
	ses_reputation_defaults(&settings);
	ses_rate_judge(&settings, SES_METRIC_BOUNCE, 3, 0, &account.bounce);
	account.complaint = account.complaint_reporting = account.bounce;
	buffer_init(&page, 65536);
	metrics_reputations(&page, &account, 1);
	assert_well_formed(page.bytes);
	assert_null(strstr(page.bytes, "ses_feedback_rate{"));
	assert_null(strstr(page.bytes, "ses_feedback_denominator{"));
	assert_null(strstr(page.bytes, "ses_feedback_remaining{"));
	assert_non_null(strstr(page.bytes, "ses_feedback_numerator{"));
	buffer_finish(&page);
}

static void quota_trust_and_what_is_missing_are_told_of_each_account(void **state)
{
	static const struct ses_quota quota = {.daily = 200, .rate = 1};
	struct store_reputation account = {.account = "1",
		.region = "r",
		.level = SES_LEVEL_OK,
		.from = 0,
		.to = 2 * DAY_MS,
		.has_forecast = true,
		.bounce_days = 12,
		.complaint_days = -1,
		.sent_24h = 150,
		.peak_24h = 2,
		.quota = &quota,
		.notices = 1u << SES_NOTICE_NO_SENDS,
		.trust = SES_TRUST_PARTIAL};
	static const char *const lines[] = {
		"\nses_feedback_account_level{account=\"1\",region=\"r\"} 2\n",
		"\nses_feedback_trust{account=\"1\",region=\"r\"} 1\n",
		"region=\"r\",notice=\"no-sends\"} 1\n",
		"region=\"r\",notice=\"sandbox\"} 0\n",
		"\nses_feedback_window_seconds{account=\"1\",region=\"r\"} 172800\n",
		"_review_seconds{account=\"1\",region=\"r\",metric=\"bounce\"} 1036800\n",
		"\nses_feedback_quota_recipients{account=\"1\",region=\"r\"} 200\n",
		"_quota_recipients_per_second{account=\"1\",region=\"r\"} 1\n",
		"_sent_24h_recipients{account=\"1\",region=\"r\"} 150\n",
		"_peak_24h_recipients_per_second{account=\"1\",region=\"r\"} 2\n",
	};
	struct buffer page;

	(void) state;
	buffer_init(&page, 65536);
	metrics_reputations(&page, &account, 1);
	assert_well_formed(page.bytes);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (strstr(page.bytes, lines[i]) == NULL)
			fail_msg("there is no \"%s\" in:\n%s", lines[i], page.bytes);
	assert_null(strstr(page.bytes, "_review_seconds{account=\"1\",region=\"r\","
				       "metric=\"complaint\""));
	buffer_finish(&page);
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_escaped),
		cmocka_unit_test(values_are_spelt_as_prometheus_reads_them),
		cmocka_unit_test(help_is_escaped_and_comes_before_type),
		SCENE_TEST(a_fresh_daemon_has_a_page),
		SCENE_TEST(the_page_says_what_happened),
		cmocka_unit_test(a_rate_that_is_not_known_has_no_sample),
		cmocka_unit_test(
			quota_trust_and_what_is_missing_are_told_of_each_account),
	};

	return cmocka_run_group_tests_name("api_metrics", tests, NULL, NULL);
}
