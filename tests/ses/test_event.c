/* test_event.c - what is read from an event, in both shapes. */
#include "tests/ses/sample.h"

static void each_type_is_understood_in_both_shapes(void **state)
{
	static const struct {
		const char *spelling, *object;
		enum ses_type type;
		const char *name;
	} cases[] = {
		{"Send", "send", SES_SEND, "send"},
		{"Delivery", "delivery", SES_DELIVERY, "delivery"},
		{"Bounce", "bounce", SES_BOUNCE, "bounce"},
		{"Complaint", "complaint", SES_COMPLAINT, "complaint"},
		{"Reject", "reject", SES_REJECT, "reject"},
		{"Open", "open", SES_OPEN, "open"},
		{" Click\\t", "click", SES_CLICK, "click"},
		{"Rendering Failure", "failure", SES_RENDERING_FAILURE,
			"rendering-failure"},
		{"DeliveryDelay", "deliveryDelay", SES_DELIVERY_DELAY, "delivery-delay"},
		{"Subscription", "subscription", SES_SUBSCRIPTION, "subscription"},
	};

	(void) state;
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		bool is_identity_feedback = i % 2;
		struct ses_event event;
		char message[1024];
		enum ses_type type;

		snprintf(message, sizeof(message),
			"{\"%s\":\"%s\",\"%s\":{},\"mail\":" MAIL "}\n",
			is_identity_feedback ? "notificationType" : "eventType",
			cases[i / 2].spelling, cases[i / 2].object);
		event = sample_parse(message);
		assert_int_equal(event.type, cases[i / 2].type);
		assert_int_equal(event.is_identity_feedback, is_identity_feedback);
		assert_string_equal(event.message_id, MAIL_ID);
		assert_true(event.sent == 1795499507123);
		assert_true(event.happened == UTC_NONE);
		assert_string_equal(ses_type_name(event.type), cases[i / 2].name);
		assert_true(ses_type_from_name(cases[i / 2].name, &type));
		assert_int_equal(type, event.type);
		ses_event_finish(&event);
	}
}

static void names_that_are_none_are_refused(void **state)
{
	enum ses_reason reason;
	enum ses_type type;

	(void) state;
	assert_false(ses_type_from_name("Bounce", &type));
	assert_false(ses_type_from_name("", &type));
	assert_false(ses_type_from_name(NULL, &type));
	assert_null(ses_type_name((enum ses_type) 0));
	assert_null(ses_type_name((enum ses_type) 11));
	assert_false(ses_reason_from_name("none", &reason));
	assert_false(ses_reason_from_name(NULL, &reason));
	assert_null(ses_reason_name(SES_REASON_NONE));
	assert_null(ses_reason_name((enum ses_reason) 9));
	for (int i = SES_REASON_BOUNCE; i <= SES_REASON_NO_SUCH_DOMAIN; i++) {
		assert_true(ses_reason_from_name(
			ses_reason_name((enum ses_reason) i), &reason));
		assert_int_equal(reason, i);
	}
}

static void the_two_set_up_messages_are_known(void **state)
{
	static const char *const messages[] = {
		"Successfully validated SNS topic for Amazon SES event publishing.",
		" Successfully validated SNS topic for Amazon SES event publishing.\r\n",
		"{\"notificationType\":\"AmazonSnsSubscriptionSucceeded\",\"message\":"
		"\"You"
		" have successfully subscribed your Amazon SNS topic\"}\n",
	};

	(void) state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct ses_event event;
		struct error error;

		assert_int_equal(sample_try(messages[i], &event, &error), SES_SET_UP);
		assert_null(event.tree);
		ses_event_finish(&event);
	}
}

static void what_is_not_understood_says_why(void **state)
{
	static const struct {
		const char *message, *why;
	} cases[] = {
		{"", "message: "},
		{"Hello", "message: "},
		{"Successfully validated SNS topic", "message: "},
		{"{\"eventType\":\"Bounce\"", "message: "},
		{"{} {}", "message: "},
		{"null", "not a JSON object"},
		{"[]", "not a JSON object"},
		{"\"Bounce\"", "not a JSON object"},
		{"{}", "neither eventType nor notificationType"},
		{"{\"eventType\":null,\"notificationType\":7}", "neither"},
		{"{\"eventType\":\" \"}", "neither"},
		{"{\"EventType\":\"Bounce\"}", "neither"},
		{"{\"eventType\":\"Bounce\",\"eventType\":\"Send\"}", "neither"},
		{"{\"notificationType\":\"Received\",\"mail\":" MAIL "}", "inbound mail"},
		{"{\"eventType\":\"Teleport\",\"mail\":" MAIL "}",
			"\"Teleport\" is not known"},
		{"{\"eventType\":\"bounce\",\"bounce\":{},\"mail\":" MAIL "}",
			"\"bounce\" is not known"},
		{"{\"eventType\":\"Bounce\",\"mail\":" MAIL "}",
			"without its \"bounce\" object"},
		{"{\"eventType\":\"Bounce\",\"bounce\":null,\"mail\":" MAIL "}",
			"without its"},
		{"{\"eventType\":\"Bounce\",\"bounce\":[],\"mail\":" MAIL "}",
			"without its"},
		{"{\"eventType\":\"Rendering "
		 "Failure\",\"renderingFailure\":{},\"mail\":" MAIL "}",
			"without its \"failure\" object"},
		{"{\"eventType\":\"Send\",\"send\":{}}", "no mail object"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":\"x\"}", "no mail object"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":{}}", "messageId"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":\" \"}}",
			"messageId"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":7}}",
			"messageId"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":\"a\","
		 "\"messageId\":\"b\"}}",
			"messageId"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":\"a\"}}",
			"timestamp is missing"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":\"a\","
		 "\"timestamp\":1795499507123}}",
			"timestamp is missing"},
		{"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":\"a\","
		 "\"timestamp\":\"yesterday\"}}",
			"\"yesterday\" is not a time"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event;
		struct error error;

		assert_int_equal(
			sample_try(cases[i].message, &event, &error), SES_UNRECOGNISED);
		if (!strstr(error.text, cases[i].why))
			fail_msg("\"%s\" for %s", error.text, cases[i].message);
		assert_null(event.tree);
		assert_null(event.recipients);
		ses_event_finish(&event);
	}
}

static void damaged_bytes_lose_no_bounce(void **state)
{
	struct ses_event event = sample_parse(
		"{\"eventType\":\"Bounce\",\"bounce\":{" PERMANENT
		"," BOUNCED("{\"emailAddress\":\"ann@example.net\",\"diagnosticCode\":"
			    "\"a\\u0000b\\ud800\"}") "},\"mail\":" MAIL_START
						     ",\"commonHeaders\":{\"subject\":"
						     "\"\xff\x01\"},"
						     "\"headersTruncated\":\"perhaps\"},"
						     "\"later\":[{\"x\":1e3}]}");

	(void) state;
	assert_int_equal(event.recipient_count, 1);
	assert_string_equal(event.recipients[0].address, "ann@example.net");
	assert_string_equal(event.recipients[0].diagnostic, "a\xef\xbf\xbd"
							    "b\xef\xbf\xbd");
	ses_event_finish(&event);
}

static void types_subtypes_and_times_are_trimmed_and_tolerant(void **state)
{
	static const struct {
		const char *members;
		enum ses_bounce_kind kind;
		const char *subtype, *feedback_id;
		utc_ms happened;
	} cases[] = {
		{"\"bounceType\":\"Permanent\",\"bounceSubType\":\"General\"",
			SES_BOUNCE_PERMANENT, "General", NULL, UTC_NONE},
		{"\"bounceType\":\" Permanent\\t\",\"bounceSubType\":\"\\tGeneral \"",
			SES_BOUNCE_PERMANENT, "General", NULL, UTC_NONE},
		{"\"bounceType\":\"Transient\",\"bounceSubType\":\"NewOne\","
		 "\"feedbackId\":\"\"",
			SES_BOUNCE_TRANSIENT, "NewOne", NULL, UTC_NONE},
		{"\"bounceType\":\"Undetermined\",\"feedbackId\":\"f\"",
			SES_BOUNCE_UNDETERMINED, "", "f", UTC_NONE},
		{"\"bounceType\":\"Eternal\",\"bounceSubType\":null,\"feedbackId\":7",
			SES_BOUNCE_UNDETERMINED, "", NULL, UTC_NONE},
		{"\"bounceType\":7,\"bounceSubType\":[]", SES_BOUNCE_UNDETERMINED, "",
			NULL, UTC_NONE},
		{"\"timestamp\":\"2026-11-24T05:51:47.123Z\"", SES_BOUNCE_UNDETERMINED,
			"", NULL, 1795499507123},
		{"\"timestamp\":\"2026-11-24T05:51:47 +0000\"", SES_BOUNCE_UNDETERMINED,
			"", NULL, 1795499507000},
		{"\"timestamp\":\"2026-11-24T00:51:47.123-05:00\"",
			SES_BOUNCE_UNDETERMINED, "", NULL, 1795499507123},
		{"\"timestamp\":\"soon\"", SES_BOUNCE_UNDETERMINED, "", NULL, UTC_NONE},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Bounce\",\"bounce\":{%s},\"mail\":" MAIL "}",
			cases[i].members);
		event = sample_parse(message);
		assert_int_equal(event.bounce_kind, cases[i].kind);
		assert_string_equal(event.bounce_subtype, cases[i].subtype);
		assert_string_equal(event.complaint_subtype, "");
		if (cases[i].feedback_id)
			assert_string_equal(event.feedback_id, cases[i].feedback_id);
		else
			assert_null(event.feedback_id);
		assert_true(event.happened == cases[i].happened);
		ses_event_finish(&event);
	}
}

static void servers_and_what_they_said_are_known(void **state)
{
	struct ses_event event =
		sample_parse(BOUNCE("\"reportingMTA\":\" dns; mx.example.net \","
				    "\"remoteMtaIp\":\"192.0.2.1\""));

	(void) state;
	assert_string_equal(event.reporting_mta, "dns; mx.example.net");
	assert_string_equal(event.remote_mta_ip, "192.0.2.1");
	ses_event_finish(&event);

	event = sample_parse(BOUNCE("\"reportingMTA\":\" \",\"remoteMtaIp\":7"));
	assert_null(event.reporting_mta);
	assert_null(event.remote_mta_ip);
	ses_event_finish(&event);

	event = sample_parse(EVENT("Delivery", "delivery",
		"\"reportingMTA\":\"mx.example.net\",\"remoteMtaIp\":\"192.0.2.1\","
		"\"smtpResponse\":\" 250 2.0.0 OK - gsmtp\\r\\n\",\"delayType\":\"x\""));
	/* SES's own server. */
	assert_null(event.reporting_mta);
	assert_string_equal(event.remote_mta_ip, "192.0.2.1");
	assert_string_equal(event.smtp_response, "250 2.0.0 OK - gsmtp");
	assert_null(event.delay_type);
	ses_event_finish(&event);

	event = sample_parse(EVENT("Delivery", "delivery", "\"smtpResponse\":null"));
	assert_null(event.remote_mta_ip);
	assert_null(event.smtp_response);
	ses_event_finish(&event);

	event = sample_parse(EVENT("DeliveryDelay", "deliveryDelay",
		"\"delayType\":\"SpamDetected \",\"reportingMTA\":\"192.0.2.9\","
		"\"smtpResponse\":\"450\""));
	assert_string_equal(event.delay_type, "SpamDetected");
	assert_null(event.reporting_mta);
	assert_null(event.smtp_response);
	ses_event_finish(&event);
}

static void complaints_know_their_subtype_and_corrections(void **state)
{
	static const struct {
		const char *members, *subtype, *type;
		bool is_not_spam;
	} cases[] = {
		{"", "", "", false},
		{"\"complaintSubType\":null,\"complaintFeedbackType\":\"abuse\"", "",
			"abuse", false},
		{"\"complaintSubType\":\"OnAccountSuppressionList\"",
			"OnAccountSuppressionList", "", false},
		{"\"complaintFeedbackType\":\"not-spam\"", "", "not-spam", true},
		{"\"complaintFeedbackType\":\" Not-Spam \"", "", "Not-Spam", true},
		{"\"complaintFeedbackType\":false,\"complaintSubType\":0", "", "", false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Complaint\",\"complaint\":{%s},\"mail\":" MAIL
			"}",
			cases[i].members);
		event = sample_parse(message);
		assert_string_equal(event.complaint_subtype, cases[i].subtype);
		assert_string_equal(event.complaint_type, cases[i].type);
		assert_int_equal(event.is_not_spam, cases[i].is_not_spam);
		assert_int_equal(event.recipient_count, 0);
		ses_event_finish(&event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_is_understood_in_both_shapes),
		cmocka_unit_test(names_that_are_none_are_refused),
		cmocka_unit_test(the_two_set_up_messages_are_known),
		cmocka_unit_test(what_is_not_understood_says_why),
		cmocka_unit_test(damaged_bytes_lose_no_bounce),
		cmocka_unit_test(types_subtypes_and_times_are_trimmed_and_tolerant),
		cmocka_unit_test(servers_and_what_they_said_are_known),
		cmocka_unit_test(complaints_know_their_subtype_and_corrections),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
