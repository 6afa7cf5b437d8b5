/* test_key.c - which notifications are one event. */
#include "tests/ses/sample.h"

#include "base/text.h"
#include "ses/key.h"

#define OTHER_ID "0100018f00000000-01234567-89ab-cdef-0123-456789abcdee-000000"

static int prepare(void **state)
{
	(void) state;
	return crypto_start() ? 0 : -1;
}

static bool is_same(struct ses_key one, struct ses_key other)
{
	return one.locality == other.locality && one.digest == other.digest;
}

/* The key of the first recipient. */
static struct ses_key key_of(const char *message)
{
	struct ses_event event = sample_parse(message);
	struct ses_key key;

	assert_true(event.recipient_count > 0);
	key = ses_key_event(&event, &event.recipients[0]);
	ses_event_finish(&event);
	return key;
}

#define SHAPE(word, type, object, members, mail)                                         \
	"{\"" word "\":\"" type "\",\"" object "\":{" members "},\"mail\":{" mail "}}"
#define ID(id) "\"messageId\":\"" id "\","
#define TIME(time) "\"timestamp\":\"" time "\""
#define TO ",\"destination\":[\"ann@example.net\"]"
#define ANN(members) members "," BOUNCED(RECIPIENT("Ann <ANN@example.net>"))
#define HARD "\"bounceType\":\"Permanent\""
#define SOFT "\"bounceType\":\"Transient\""
#define LATER "\"timestamp\":\"2026-11-24T06:00:00.900Z\""

static void both_channels_of_ses_give_one_key(void **state)
{
	static const struct {
		const char *one, *other;
	} cases[] = {
		/* The mail's time is cut to seconds in one of them; feedbackId differs.
		 */
		{SHAPE("eventType", "Bounce", "bounce", ANN(HARD ",\"feedbackId\":\"1\""),
			 ID(MAIL_ID) TIME("2026-11-24T05:51:47.123Z")),
			SHAPE("notificationType", "Bounce", "bounce",
				ANN(HARD ",\"feedbackId\":\"2\",\"bounceSubType\":"
					 "\"x\"," LATER),
				ID(MAIL_ID) TIME("2026-11-24T05:51:47.000Z"))},
		{SHAPE("eventType", "Bounce", "bounce",
			 ANN(SOFT ",\"timestamp\":\"2026-11-24T06:00:00.900Z\""),
			 ID(MAIL_ID) TIME(MAIL_TIME)),
			SHAPE("notificationType", "Bounce", "bounce",
				ANN(SOFT ",\"timestamp\":\"2026-11-24T06:00:00.000Z\""),
				ID(MAIL_ID) TIME(MAIL_TIME))},
		{SHAPE("eventType", "Delivery", "delivery",
			 "\"recipients\":[\"A@b\"]," LATER, ID("odd") TIME(MAIL_TIME)),
			SHAPE("notificationType", "Delivery", "delivery",
				"\"recipients\":[\"a@B.\"]", ID("odd") TIME(MAIL_TIME))},
		{SHAPE("eventType", "Send", "send", "", ID(MAIL_ID) TIME(MAIL_TIME) TO),
			SHAPE("notificationType", "Send", "send", LATER,
				ID(MAIL_ID) TIME(MAIL_TIME) TO)},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_true(is_same(key_of(cases[i].one), key_of(cases[i].other)));
}

static void what_is_another_event_has_another_digest(void **state)
{
	static const char *const messages[] = {
		SHAPE("eventType", "Bounce", "bounce", ANN(HARD),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Bounce", "bounce", ANN(HARD),
			ID(OTHER_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Bounce", "bounce",
			HARD "," BOUNCED(RECIPIENT("bob@example.net")),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Bounce", "bounce", ANN(SOFT),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Bounce", "bounce",
			ANN("\"bounceType\":\"Undetermined\""),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Bounce", "bounce",
			ANN(SOFT ",\"timestamp\":\"2026-11-24T06:00:00Z\""),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Bounce", "bounce",
			ANN(SOFT ",\"timestamp\":\"2026-11-24T06:00:01Z\""),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Complaint", "complaint",
			COMPLAINED(RECIPIENT("ann@example.net")),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Complaint", "complaint",
			LATER "," COMPLAINED(RECIPIENT("ann@example.net")),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Complaint", "complaint",
			LATER ",\"complaintFeedbackType\":\"not-spam\"," COMPLAINED(
				RECIPIENT("ann@example.net")),
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Send", "send", "", ID(MAIL_ID) TIME(MAIL_TIME) TO),
		SHAPE("eventType", "Reject", "reject", "",
			ID(MAIL_ID) TIME(MAIL_TIME) TO),
		SHAPE("eventType", "Delivery", "delivery",
			"\"recipients\":[\"ann@example.net\"]",
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Open", "open", LATER, ID(MAIL_ID) TIME(MAIL_TIME) TO),
		SHAPE("eventType", "Open", "open",
			"\"timestamp\":\"2026-11-24T06:00:01Z\"",
			ID(MAIL_ID) TIME(MAIL_TIME) TO),
		SHAPE("eventType", "Click", "click", LATER,
			ID(MAIL_ID) TIME(MAIL_TIME) TO),
		SHAPE("eventType", "Subscription", "subscription", LATER,
			ID(MAIL_ID) TIME(MAIL_TIME) TO),
		SHAPE("eventType", "DeliveryDelay", "deliveryDelay",
			LATER ",\"delayedRecipients\":[" RECIPIENT("ann@example.net") "]",
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Delivery", "delivery", "\"recipients\":[\"one\"]",
			ID(MAIL_ID) TIME(MAIL_TIME)),
		SHAPE("eventType", "Delivery", "delivery", "\"recipients\":[\"other\"]",
			ID(MAIL_ID) TIME(MAIL_TIME)),
		/* Bytes that move from one field to the next. */
		SHAPE("eventType", "Delivery", "delivery", "\"recipients\":[\"b@c\"]",
			ID("xa") TIME(MAIL_TIME)),
		SHAPE("eventType", "Delivery", "delivery", "\"recipients\":[\"ab@c\"]",
			ID("x") TIME(MAIL_TIME)),
	};
	struct ses_key keys[COUNT(messages)];

	(void) state;
	for (size_t i = 0; i < COUNT(messages); i++) {
		keys[i] = key_of(messages[i]);
		for (size_t j = 0; j < i; j++) {
			if (keys[i].digest == keys[j].digest)
				fail_msg("%s and %s", messages[j], messages[i]);
		}
	}
}

static void a_permanent_bounce_happens_once_whatever_its_time(void **state)
{
	(void) state;
	assert_true(is_same(key_of(SHAPE("eventType", "Bounce", "bounce", ANN(HARD),
				    ID(MAIL_ID) TIME(MAIL_TIME))),
		key_of(SHAPE("eventType", "Bounce", "bounce", ANN(HARD "," LATER),
			ID(MAIL_ID) TIME(MAIL_TIME)))));
}

static void marks_agree_with_the_delivery_and_with_no_bounce(void **state)
{
	struct ses_event hard = sample_parse(SHAPE(
		"eventType", "Bounce", "bounce", ANN(HARD), ID(MAIL_ID) TIME(MAIL_TIME)));
	struct ses_event soft = sample_parse(SHAPE("eventType", "Bounce", "bounce",
		ANN(SOFT "," LATER), ID(MAIL_ID) TIME(MAIL_TIME)));
	struct ses_event delivery = sample_parse(SHAPE("eventType", "Delivery",
		"delivery", LATER ",\"recipients\":[\"ann@example.net\"]",
		ID(MAIL_ID) TIME(MAIL_TIME)));
	struct ses_key bounced = ses_key_bounced(&hard, hard.recipients);

	(void) state;
	assert_true(is_same(ses_key_delivered(&hard, hard.recipients),
		ses_key_event(&delivery, delivery.recipients)));
	assert_true(is_same(ses_key_delivered(&delivery, delivery.recipients),
		ses_key_event(&delivery, delivery.recipients)));
	assert_true(is_same(ses_key_bounced(&soft, soft.recipients), bounced));
	assert_true(is_same(ses_key_bounced(&delivery, delivery.recipients), bounced));
	assert_false(is_same(ses_key_event(&hard, hard.recipients), bounced));
	assert_false(is_same(ses_key_event(&soft, soft.recipients), bounced));
	ses_event_finish(&hard);
	ses_event_finish(&soft);
	ses_event_finish(&delivery);
}

static void locality_is_the_send_time_where_the_id_tells_it(void **state)
{
	static const struct {
		const char *id;
		int64_t locality; /* -1: any negative number */
	} cases[] = {
		{MAIL_ID, 0x018f00000000},
		{"0102018264c3505e-66ca92ab-0593-41de-8df9-38b09a02a206-000000",
			0x018264c3505e},
		{"0100ffffffffffff-66ca92ab-0593-41de-8df9-38b09a02a206-999999",
			0xffffffffffff},
		{"0102018264C3505E-66ca92ab-0593-41de-8df9-38b09a02a206-000000", -1},
		{"0102018264c3505e-66ca92ab-0593-41de-8df9-38b09a02a206-00000a", -1},
		{"0102018264c3505e-66ca92ab-0593-41de-8df9-38b09a02a206-0000000", -1},
		{"0102018264c3505e-66ca92ab-0593-41de-8df9-38b09a02a206", -1},
		{"0102018264c3505e-66ca92ab00593-41de-8df9-38b09a02a206-000000", -1},
		{"EXAMPLE7c0ffee45-0badf00d-02f9-4d12-a87d-00c0ffee0000-000000", -1},
		{"x", -1},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event = sample_parse(EVENT("Send", "send", ""));
		int64_t locality, again;

		event.message_id = cases[i].id;
		locality = ses_key_event(&event, event.recipients).locality;
		again = ses_key_bounced(&event, event.recipients).locality;
		assert_true(locality == again);
		if (cases[i].locality >= 0)
			assert_true(locality == cases[i].locality);
		else
			assert_true(locality < 0);
		ses_event_finish(&event);
	}
}

static void texts_of_any_length_have_a_key(void **state)
{
	char id[2000], original[2000];
	struct ses_event event = sample_parse(EVENT("Send", "send", ""));
	int64_t last = 0;

	(void) state;
	memset(id, 'i', sizeof(id));
	memset(original, 'o', sizeof(original));
	id[sizeof(id) - 1] = original[sizeof(original) - 1] = '\0';
	event.recipients[0].address[0] = '\0';
	event.recipients[0].original = original;
	for (size_t i = 0; i < sizeof(id); i++) {
		struct ses_key key;

		event.message_id = id + i;
		key = ses_key_event(&event, event.recipients);
		assert_true(key.digest != last);
		last = key.digest;
		original[sizeof(original) - 1 - i] = '\0';
	}
	ses_event_finish(&event);
}

static void a_notification_goes_by_its_message_id_and_lies_at_its_publication(
	void **state)
{
	struct ses_key one = ses_key_notification("22b80b92", 1795499507123);

	(void) state;
	assert_true(one.locality == 1795499507123);
	assert_true(is_same(one, ses_key_notification("22b80b92", 1795499507123)));
	assert_true(one.digest != ses_key_notification("22b80b93", 1795499507123).digest);
}

static void message_ids_come_back_as_they_were(void **state)
{
	static const struct {
		const char *id;
		size_t packed;
	} cases[] = {
		{MAIL_ID, 28},
		{"0102018264c3505e-66ca92ab-0593-41de-8df9-38b09a02a206-012345", 28},
		{"ffffffffffffffff-ffffffff-ffff-ffff-ffff-ffffffffffff-999999", 28},
		{"0102018264C3505E-66ca92ab-0593-41de-8df9-38b09a02a206-000000", 61},
		{"0102018264c3505e-66ca92ab-0593-41de-8df9-38b09a02a206-00000a", 61},
		{"0102018264c3505e-66ca92ab-0593-41de-8df9-38b09a02a206x000000", 61},
		{"EXAMPLE7c0ffee45-0badf00d-02f9-4d12-a87d-00c0ffee0000-000000", 61},
		{"001", 4},
		{"\xc3\xbc", 3},
		{"", 1},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t packed[SES_PACKED_ID_MAX];
		char id[SES_PACKED_ID_MAX];
		size_t length = ses_message_id_pack(cases[i].id, packed);

		assert_int_equal(length, cases[i].packed);
		ses_message_id_unpack(packed, length, id);
		assert_string_equal(id, cases[i].id);
	}
}

static void longer_message_ids_are_cut_between_characters(void **state)
{
	char text[600], id[SES_PACKED_ID_MAX];
	uint8_t packed[SES_PACKED_ID_MAX];

	(void) state;
	for (size_t i = 0; i < sizeof(text) - 2; i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	text[sizeof(text) - 2] = '\0';
	ses_message_id_unpack(packed, ses_message_id_pack(text, packed), id);
	assert_int_equal(strlen(id), 254);
	assert_memory_equal(id, text, 254);
}

static void damaged_packed_ids_give_an_empty_text(void **state)
{
	uint8_t packed[SES_PACKED_ID_MAX] = {1};
	char id[SES_PACKED_ID_MAX] = "before";

	(void) state;
	ses_message_id_unpack(packed, 0, id);
	assert_string_equal(id, "");
	ses_message_id_unpack(packed, 27, id);
	assert_string_equal(id, "");
	ses_message_id_unpack(packed, SES_PACKED_ID_MAX + 1, id);
	assert_string_equal(id, "");
	packed[0] = 7;
	ses_message_id_unpack(packed, 28, id);
	assert_string_equal(id, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_channels_of_ses_give_one_key),
		cmocka_unit_test(what_is_another_event_has_another_digest),
		cmocka_unit_test(a_permanent_bounce_happens_once_whatever_its_time),
		cmocka_unit_test(marks_agree_with_the_delivery_and_with_no_bounce),
		cmocka_unit_test(locality_is_the_send_time_where_the_id_tells_it),
		cmocka_unit_test(texts_of_any_length_have_a_key),
		cmocka_unit_test(
			a_notification_goes_by_its_message_id_and_lies_at_its_publication),
		cmocka_unit_test(message_ids_come_back_as_they_were),
		cmocka_unit_test(longer_message_ids_are_cut_between_characters),
		cmocka_unit_test(damaged_packed_ids_give_an_empty_text),
	};

	return cmocka_run_group_tests_name("key", tests, prepare, NULL);
}
