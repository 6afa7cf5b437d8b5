/* test_recipients.c - whom an event is about, and what it says of each. */
#include "tests/ses/sample.h"

#include "base/buffer.h"
#include "base/text.h"
#include "ses/facts.h"

#define MAX_EXPECTED 4

static void recipients_stand_in_the_list_of_their_type(void **state)
{
	static const struct {
		const char *message, *addresses[MAX_EXPECTED];
	} cases[] = {
		{BOUNCE(BOUNCED(
			 RECIPIENT("Bob@Example.net") "," RECIPIENT("c@example.net"))),
			{"bob@example.net", "c@example.net"}},
		{BOUNCE(BOUNCED("")), {NULL}},
		{BOUNCE("\"bounceType\":\"Permanent\""), {NULL}},
		{BOUNCE("\"bouncedRecipients\":null"), {NULL}},
		{BOUNCE("\"bouncedRecipients\":\"bob@example.net\""), {NULL}},
		{BOUNCE("\"bouncedRecipients\":{\"emailAddress\":\"bob@example.net\"}"),
			{NULL}},
		{BOUNCE(BOUNCED(
			 "null,7,true,[\"x@example.net\"]," RECIPIENT("b@example.net"))),
			{"b@example.net"}},
		{BOUNCE(BOUNCED("\"b@example.net\"")), {"b@example.net"}},
		{COMPLAINT(COMPLAINED(RECIPIENT("\\\"Bob, B\\\" <b@example.net>"))),
			{"b@example.net"}},
		{COMPLAINT(""), {NULL}},
		{EVENT("Delivery", "delivery",
			 "\"recipients\":[\" b@example.net \",\"c@d\"]"),
			{"b@example.net", "c@d"}},
		{EVENT("Delivery", "delivery", ""), {NULL}},
		{EVENT("DeliveryDelay", "deliveryDelay",
			 "\"delayedRecipients\":[" RECIPIENT("b@example.net") "]"),
			{"b@example.net"}},
		{EVENT("Send", "send", ""), {"ann@example.net"}},
		{EVENT("Reject", "reject", ""), {"ann@example.net"}},
		{EVENT("Open", "open", ""), {"ann@example.net"}},
		{EVENT("Click", "click", ""), {"ann@example.net"}},
		{EVENT("Rendering Failure", "failure", ""), {"ann@example.net"}},
		{EVENT("Subscription", "subscription", ""), {"ann@example.net"}},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":" MAIL_START "}}", {NULL}},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event = sample_parse(cases[i].message);
		size_t expected = 0;

		while (expected < MAX_EXPECTED && cases[i].addresses[expected])
			expected++;
		assert_int_equal(event.recipient_count, expected);
		for (size_t j = 0; j < expected; j++) {
			const struct ses_recipient *recipient = &event.recipients[j];

			assert_string_equal(recipient->address, cases[i].addresses[j]);
			assert_string_equal(
				recipient->domain, strchr(recipient->address, '@') + 1);
			assert_ptr_equal(
				recipient->domain, strchr(recipient->address, '@') + 1);
		}
		ses_event_finish(&event);
	}
}

static void each_mailbox_is_there_once(void **state)
{
	struct ses_event event = sample_parse(BOUNCE(BOUNCED(
		"{\"emailAddress\":\"Ann <ANN@example.net>\",\"status\":\"5.1.1\"},"
		"{\"emailAddress\":\"ann@example.NET\",\"status\":\"4.0.0\"}," RECIPIENT(
			"unknown") "," RECIPIENT("unknown") "," RECIPIENT("other") ",{},{"
										   "}")));

	(void) state;
	assert_int_equal(event.recipient_count, 4);
	assert_string_equal(event.recipients[0].original, "Ann <ANN@example.net>");
	assert_string_equal(event.recipients[0].status, "5.1.1");
	assert_string_equal(event.recipients[1].original, "unknown");
	assert_string_equal(event.recipients[2].original, "other");
	assert_string_equal(event.recipients[3].original, "");
	ses_event_finish(&event);
}

static void a_recipient_without_an_address_keeps_what_ses_wrote(void **state)
{
	static const struct {
		const char *recipient, *original;
	} cases[] = {
		{"{}", ""},
		{"{\"emailAddress\":null}", ""},
		{"{\"emailAddress\":7}", ""},
		{"{\"emailAddress\":\"\"}", ""},
		{"{\"emailAddress\":\" not an address \"}", "not an address"},
		{"{\"emailAddress\":\"a\\u0000@example.net\"}",
			"a\xef\xbf\xbd@example.net"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[%s]"
			"},"
			"\"mail\":" MAIL "}",
			cases[i].recipient);
		event = sample_parse(message);
		assert_int_equal(event.recipient_count, 1);
		assert_string_equal(event.recipients[0].address, "");
		assert_string_equal(event.recipients[0].domain, "");
		assert_string_equal(event.recipients[0].original, cases[i].original);
		ses_event_finish(&event);
	}
}

static void own_texts_of_a_recipient_are_trimmed_or_absent(void **state)
{
	struct ses_event event = sample_parse(BOUNCE(BOUNCED(
		"{\"emailAddress\":\"a@example.net\",\"action\":\" "
		"failed\\t\",\"status\":"
		"\"5.1.1\\n\",\"diagnosticCode\":\"smtp; 550\"},"
		"{\"emailAddress\":\"b@example.net\",\"action\":\"\",\"status\":5.1,"
		"\"diagnosticCode\":null}")));

	(void) state;
	assert_int_equal(event.recipient_count, 2);
	assert_string_equal(event.recipients[0].action, "failed");
	assert_string_equal(event.recipients[0].status, "5.1.1");
	assert_string_equal(event.recipients[0].diagnostic, "smtp; 550");
	assert_null(event.recipients[1].action);
	assert_null(event.recipients[1].status);
	assert_null(event.recipients[1].diagnostic);
	ses_event_finish(&event);
}

static void facts_are_what_the_type_says_beyond_the_columns(void **state)
{
	static const struct {
		const char *message, *facts;
	} cases[] = {
		{EVENT("Send", "send", "\"x\":\"y\""), NULL},
		{EVENT("Delivery", "delivery",
			 "\"recipients\":[\"a@example.net\"],\"smtpResponse\":\"250 "
			 "ok\""),
			NULL},
		{EVENT("Bounce", "bounce",
			 PERMANENT
			 ",\"reportingMTA\":\"dns; mx.example\",\"remoteMtaIp\":"
			 "\"192.0.2.1\"," BOUNCED(
				 "{\"emailAddress\":\"a@example.net\",\"action\":"
				 "\"failed\",\"status\":\"5.1.1\","
				 "\"diagnosticCode\":\"smtp; 550 \\\"no\\\"\"}")),
			"{\"bounceType\":\"Permanent\",\"bounceSubType\":\"General\","
			"\"action\":"
			"\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 "
			"\\\"no\\\"\",\"feedbackId\":\"f-1\",\"reportingMTA\":\"dns; "
			"mx.example\",\"remoteMtaIp\":\"192.0.2.1\"}"},
		{BOUNCE("\"bounceType\":7," BOUNCED(RECIPIENT("a@example.net"))), NULL},
		{BOUNCE("\"bounceType\":\"Eternal\\t\"," BOUNCED("{}")),
			"{\"bounceType\":\"Eternal\"}"},
		{COMPLAINT("\"feedbackId\":\"f\",\"complaintSubType\":null,\"userAgent\":"
			   "\"u\","
			   "\"complaintFeedbackType\":\"abuse\",\"arrivalDate\":"
			   "\"d\"," COMPLAINED(RECIPIENT("a@example.net") "," RECIPIENT(
				   "b@example.net") "," RECIPIENT("A@example.net"))),
			"{\"complaintFeedbackType\":\"abuse\",\"feedbackId\":\"f\","
			"\"userAgent\":\"u\",\"arrivalDate\":\"d\",\"suspects\":2}"},
		{COMPLAINT(
			 "\"complaintSubType\":\"OnAccountSuppressionList\"," COMPLAINED(
				 RECIPIENT("a@example.net"))),
			"{\"complaintSubType\":\"OnAccountSuppressionList\",\"suspects\":"
			"1}"},
		{EVENT("Reject", "reject", "\"reason\":\"Bad content\""),
			"{\"reason\":\"Bad content\"}"},
		{EVENT("Reject", "reject", ""), NULL},
		{EVENT("Rendering Failure", "failure",
			 "\"errorMessage\":\"e\",\"templateName\":\"t\""),
			"{\"templateName\":\"t\",\"errorMessage\":\"e\"}"},
		{EVENT("DeliveryDelay", "deliveryDelay",
			 "\"delayType\":\"MailboxFull\",\"expirationTime\":\"x\","
			 "\"reportingMTA\":"
			 "\"192.0.2.1\",\"delayedRecipients\":[{\"emailAddress\":"
			 "\"a@example.net\",\"status\":\"4.2.2\",\"diagnosticCode\":"
			 "\"full\"}]"),
			"{\"delayType\":\"MailboxFull\",\"status\":\"4.2.2\","
			"\"diagnosticCode\":"
			"\"full\",\"expirationTime\":\"x\",\"reportingMTA\":\"192.0.2."
			"1\"}"},
		{EVENT("Open", "open",
			 "\"ipAddress\":\"192.0.2.1\",\"userAgent\":\"u\",\"isBotEvent\":"
			 "\"Likely\",\"link\":\"no\""),
			"{\"ipAddress\":\"192.0.2.1\",\"userAgent\":\"u\",\"isBotEvent\":"
			"\"Likely\"}"},
		{EVENT("Click", "click",
			 "\"link\":\"https://example.com/?a=1&b\",\"linkTags\":null,"
			 "\"ipAddress\":\"192.0.2.1\""),
			"{\"ipAddress\":\"192.0.2.1\",\"link\":\"https://example.com/"
			"?a=1&b\"}"},
		{EVENT("Subscription", "subscription",
			 "\"contactList\":\"l\",\"source\":\"s\",\"newTopicPreferences\":"
			 "{\"unsubscribeAll\":true,\"topicSubscriptionStatus\":[{"
			 "\"topicName\":"
			 "\"t\"}]},\"oldTopicPreferences\":{}"),
			"{\"contactList\":\"l\",\"source\":\"s\",\"newTopicPreferences\":"
			"{\"unsubscribeAll\":true,\"topicSubscriptionStatus\":[{"
			"\"topicName\":"
			"\"t\"}]}}"},
		{EVENT("Subscription", "subscription",
			 "\"newTopicPreferences\":\"none\""),
			NULL},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event = sample_parse(cases[i].message);

		assert_true(event.recipient_count >= 1);
		for (size_t j = 0; j < event.recipient_count; j++) {
			if (cases[i].facts)
				assert_string_equal(
					event.recipients[j].facts, cases[i].facts);
			else
				assert_null(event.recipients[j].facts);
		}
		ses_event_finish(&event);
	}
}

static void long_facts_are_cut_between_characters(void **state)
{
	struct buffer message;
	struct ses_event event;
	size_t length;

	(void) state;
	buffer_init(&message, 64 * 1024);
	buffer_append_text(
		&message, "{\"eventType\":\"Reject\",\"reject\":{\"reason\":\"x");
	for (size_t i = 0; i < FACT_BYTES_MAX; i++)
		buffer_append_text(&message, "\xc3\xbc");
	buffer_append_text(&message, "\"},\"mail\":" MAIL "}");
	event = sample_parse(message.bytes);
	length = strlen(event.recipients[0].facts);
	assert_int_equal(length, strlen("{\"reason\":\"\"}") + FACT_BYTES_MAX - 1);
	assert_true(utf8_is_valid(event.recipients[0].facts, length));
	ses_event_finish(&event);
	buffer_finish(&message);
}

static void more_recipients_than_ses_allows_are_not_understood(void **state)
{
	(void) state;
	for (int more = 0; more < 2; more++) {
		struct buffer message;
		struct ses_event event;
		struct error error;

		buffer_init(&message, 256 * 1024);
		buffer_append_text(&message, "{\"eventType\":\"Delivery\",\"delivery\":{"
					     "\"recipients\":[\"x@y\"");
		for (int i = 1; i < SES_RECIPIENTS_MAX + more; i++)
			buffer_format(&message, ",\"a%d@example.net\"", i);
		buffer_append_text(&message, "]},\"mail\":" MAIL "}");
		assert_false(message.failed);
		assert_int_equal(sample_try(message.bytes, &event, &error),
			more ? SES_UNRECOGNISED : SES_UNDERSTOOD);
		assert_int_equal(event.recipient_count, more ? 0 : SES_RECIPIENTS_MAX);
		if (more)
			assert_non_null(strstr(error.text, "1001 recipients"));
		ses_event_finish(&event);
		buffer_finish(&message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recipients_stand_in_the_list_of_their_type),
		cmocka_unit_test(each_mailbox_is_there_once),
		cmocka_unit_test(a_recipient_without_an_address_keeps_what_ses_wrote),
		cmocka_unit_test(own_texts_of_a_recipient_are_trimmed_or_absent),
		cmocka_unit_test(facts_are_what_the_type_says_beyond_the_columns),
		cmocka_unit_test(long_facts_are_cut_between_characters),
		cmocka_unit_test(more_recipients_than_ses_allows_are_not_understood),
	};

	return cmocka_run_group_tests_name("recipients", tests, NULL, NULL);
}
