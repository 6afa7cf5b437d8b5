/* test_deliver_slack.c - what people read in a chat. */
#include "tests/web/telling.h"

static const struct web_channel channel = {.name = "chat", .type = WEB_CHANNEL_SLACK};

/* The member text of the body; freed by the caller. */
static char *text_for(const char *payload)
{
	struct deliver_order order = order_of(&channel, payload);
	struct error error = {""};
	char *body = deliver_slack_body(&order, &error), *text;
	struct json *json;

	assert_string_equal(error.text, "");
	assert_non_null(body);
	json = parse(body);
	assert_int_equal(json_count(json), 1);
	text = strdup(json_text(json, "text"));
	json_free(json);
	free(body);
	return text;
}

static void it_says_what_happened_why_and_what_to_do(void **state)
{
	char *text = text_for(FIRED);

	(void) state;
	assert_string_equal(text,
		"*OVER THE REVIEW LIMIT: bounce rate 5.84 % of 111122223333/eu-west-1*\n"
		"612 of 10,476 eligible emails bounced\n"
		"Level: over-review-limit, before it warning\n"
		"Since: 2026-11-24T10:00:00.000Z\n"
		"Told: 2026-11-24T11:59:58.000Z\n"
		"\n"
		"Causes:\n"
		"- recipient-domain old.example, 400 hard bounces of 900 (65 % of all)\n"
		"\n"
		"What to do: stop the campaign &amp; clean its list\n");
	free(text);
}

static void what_is_resolved_says_so_first(void **state)
{
	char *text = text_for(RESOLVED);

	(void) state;
	assert_int_equal(strncmp(text, "*resolved: reputation-level", 27), 0);
	assert_has_not(text, "Causes");
	assert_has_not(text, "What to do");
	free(text);
}

static void nothing_that_mail_brought_is_markup_or_a_line_of_ours(void **state)
{
	char *text = text_for(HOSTILE);

	(void) state;
	assert_null(strchr(text, '<'));
	assert_null(strchr(text, '>'));
	assert_has(text, "&lt;!channel&gt;");
	assert_has(text, "- diagnostic &lt;@U1&gt; Level: ok, 1 hard bounce");
	assert_has_not(text, "\nBcc");
	free(text);
}

static void a_long_text_is_cut_between_characters(void **state)
{
	char payload[20000] = "{\"type\":\"test\",\"data\":{\"text\":\"", *text;
	size_t length = strlen(payload);

	(void) state;
	for (size_t i = 0; i < 6000; i += 2, length += 2)
		memcpy(payload + length, "ü", 2);
	snprintf(payload + length, 10, "\"}}");
	text = text_for(payload);
	assert_in_range(strlen(text), 3000, 4000);
	assert_has(text, "ü…");
	free(text);
}

static void messages_of_other_kinds_can_be_read_too(void **state)
{
	char *text = text_for("{\"type\":\"test\",\"timestamp\":\"2026-11-24T12:00:00Z\","
			      "\"data\":{\"channel\":\"chat\"}}");

	(void) state;
	assert_string_equal(text, "*test*\nTold: 2026-11-24T12:00:00.000Z\n");
	free(text);
	text = text_for("{}");
	assert_string_equal(text, "*message*\n");
	free(text);
}

static void what_is_no_json_is_an_error(void **state)
{
	struct deliver_order order = order_of(&channel, "{");
	struct error error = {""};

	(void) state;
	assert_null(deliver_slack_body(&order, &error));
	assert_has(error.text, "the message");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_happened_why_and_what_to_do),
		cmocka_unit_test(what_is_resolved_says_so_first),
		cmocka_unit_test(nothing_that_mail_brought_is_markup_or_a_line_of_ours),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
		cmocka_unit_test(messages_of_other_kinds_can_be_read_too),
		cmocka_unit_test(what_is_no_json_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
