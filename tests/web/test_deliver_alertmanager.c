/* test_deliver_alertmanager.c - alerts as Alertmanager's API v2 takes them. */
#include "tests/web/telling.h"

static const struct web_channel channel = {
	.name = "am", .type = WEB_CHANNEL_ALERTMANAGER};

static struct json *body_for(const char *payload, int64_t renotify_ms)
{
	struct deliver_order order = order_of(&channel, payload);
	struct json *json;
	char *body;

	order.renotify_ms = renotify_ms;
	body = deliver_alertmanager_body(&order, NULL);
	assert_non_null(body);
	json = parse(body);
	free(body);
	return json;
}

/* The alert of that severity; its labels are what an alert is. */
static const struct json *alert_of(const struct json *body, const char *severity)
{
	const struct json *alert = json_first(body);

	while (alert != NULL &&
		strcmp(json_text(json_member(alert, "labels"), "severity"), severity) !=
			0)
		alert = json_next(alert);
	if (alert == NULL)
		fail_msg("no alert of severity %s", severity);
	return alert;
}

static utc_ms time_at(const struct json *alert, const char *name)
{
	utc_ms time;

	assert_true(utc_parse(json_text(alert, name), &time));
	return time;
}

static void labels_say_which_alert_it_is_and_annotations_what_happened(void **state)
{
	struct json *body = body_for(FIRED, DAY_MS);
	const struct json *alert = alert_of(body, "over-review-limit");
	const struct json *labels = json_member(alert, "labels");
	const struct json *annotations = json_member(alert, "annotations");

	(void) state;
	assert_int_equal(json_count(labels), 6);
	assert_string_equal(json_text(labels, "alertname"), "reputation-level");
	assert_string_equal(json_text(labels, "account"), "111122223333");
	assert_string_equal(json_text(labels, "region"), "eu-west-1");
	assert_string_equal(json_text(labels, "object"), "111122223333/eu-west-1 bounce");
	assert_string_equal(json_text(labels, "metric"), "bounce");
	assert_has(json_text(annotations, "summary"),
		"OVER THE REVIEW LIMIT: bounce rate 5.84 %");
	assert_has(json_text(annotations, "description"), "old.example");
	assert_string_equal(
		json_text(annotations, "advice"), "stop the campaign & clean its list");
	json_free(body);
}

static void it_is_on_until_it_has_surely_been_told_again(void **state)
{
	struct json *body = body_for(FIRED, DAY_MS);
	const struct json *alert = alert_of(body, "over-review-limit");

	(void) state;
	assert_int_equal(time_at(alert, "startsAt"), NOW - 2 * HOUR_MS);
	assert_int_equal(time_at(alert, "endsAt"), NOW + 2 * DAY_MS + HOUR_MS);
	json_free(body);
	body = body_for(FIRED, 0);
	alert = alert_of(body, "over-review-limit");
	assert_int_equal(time_at(alert, "endsAt"), NOW + 365 * DAY_MS);
	json_free(body);
}

static void another_level_ends_the_one_before(void **state)
{
	struct json *body = body_for(FIRED, DAY_MS);

	(void) state;
	assert_int_equal(json_count(body), 2);
	assert_int_equal(time_at(alert_of(body, "warning"), "endsAt"), NOW);
	json_free(body);
}

static void resolved_ends_every_level(void **state)
{
	struct json *body = body_for(RESOLVED, DAY_MS);

	(void) state;
	assert_int_equal(json_count(body), 3);
	for (const struct json *alert = json_first(body); alert != NULL;
		alert = json_next(alert))
		assert_int_equal(time_at(alert, "endsAt"), NOW - 2 * SECOND_MS);
	alert_of(body, "warning");
	alert_of(body, "over-pause-limit");
	json_free(body);
}

static void what_is_told_once_ends_by_itself(void **state)
{
	struct json *body =
		body_for("{\"type\":\"alert.fired\",\"data\":{\"alert\":\"foreign-"
			 "topic\",\"object\":"
			 "\"arn:aws:sns:x\",\"level\":\"warning\",\"previous\":\"ok\"}}",
			DAY_MS);

	(void) state;
	assert_int_equal(json_count(body), 1);
	assert_int_equal(time_at(alert_of(body, "warning"), "endsAt"), NOW + HOUR_MS);
	json_free(body);
}

static void a_test_has_no_severity(void **state)
{
	struct json *body = body_for("{\"type\":\"test\",\"data\":{}}", DAY_MS);
	const struct json *labels = json_member(json_first(body), "labels");

	(void) state;
	assert_int_equal(json_count(labels), 1);
	assert_string_equal(json_text(labels, "alertname"), "test");
	assert_int_equal(time_at(json_first(body), "endsAt"), NOW + HOUR_MS);
	json_free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			labels_say_which_alert_it_is_and_annotations_what_happened),
		cmocka_unit_test(it_is_on_until_it_has_surely_been_told_again),
		cmocka_unit_test(another_level_ends_the_one_before),
		cmocka_unit_test(resolved_ends_every_level),
		cmocka_unit_test(what_is_told_once_ends_by_itself),
		cmocka_unit_test(a_test_has_no_severity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
