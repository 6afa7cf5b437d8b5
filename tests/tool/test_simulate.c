/* test_simulate.c - what simulate posts passes the daemon's own verification and reading.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"
#include "ses/class.h"
#include "ses/event.h"
#include "sns/keyring.h"
#include "sns/message.h"
#include "tool/simulation.h"

#define ARN "arn:aws:sns:eu-west-1:111122223333:ses-feedback"
#define NAME "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"

struct fixture {
	struct simulation simulation;
	struct sns_keyring *keyring;
	struct sns_policy policy;
	utc_ms now;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct simulation *simulation;
	struct error error;
	char *pem;

	if (fixture == NULL || !crypto_start())
		return -1;
	simulation = &fixture->simulation;
	fixture->now = clock_now();
	simulation->key = private_key_generate(2048, &error);
	simulation->certificate_url = "https://sns.eu-west-1.amazonaws.com/" NAME;
	if (simulation->key == NULL || !sns_topic_parse(ARN, &simulation->topic, &error))
		return -1;
	fixture->policy.topics = &simulation->topic;
	fixture->policy.topic_count = 1;
	fixture->policy.max_age_ms = DAY_MS;
	pem = private_key_certify(simulation->key, "sns.amazonaws.com",
		fixture->now - DAY_MS, fixture->now + DAY_MS, &error);
	fixture->keyring = sns_keyring_new();
	if (pem == NULL ||
		!sns_keyring_add(fixture->keyring, NAME, pem, strlen(pem), &error))
		return -1;
	free(pem);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	private_key_free(fixture->simulation.key);
	sns_keyring_free(fixture->keyring);
	free(fixture);
	return 0;
}

/* Makes one, verifies it, and reads its event. */
static void make_and_read(struct fixture *fixture, struct sns_message *message,
	struct ses_event *event, char ses_id[COMPOSE_MESSAGE_ID_SIZE])
{
	char sns_id[COMPOSE_UUID_SIZE];
	struct sns_route route;
	struct buffer body;
	struct error error;

	assert_true(simulation_make(
		&fixture->simulation, fixture->now, &body, sns_id, ses_id, &error));
	assert_int_equal(sns_message_parse(body.bytes, body.length, message, &error),
		SNS_WELL_FORMED);
	assert_int_equal(
		sns_policy_judge(&fixture->policy, message, fixture->now, &route, &error),
		SNS_KEY_UNKNOWN);
	assert_int_equal(
		sns_keyring_verify(fixture->keyring, message, &route, NULL, &error),
		SNS_GENUINE);
	assert_string_equal(message->message_id, sns_id);
	assert_int_equal(ses_event_parse(message->message, strlen(message->message),
				 route.topic.account, route.topic.region, event, &error),
		SES_UNDERSTOOD);
	assert_string_equal(event->message_id, ses_id);
	buffer_finish(&body);
}

static void every_kind_in_every_shape_and_version_is_genuine_and_understood(void **state)
{
	static const struct {
		enum compose_kind kind;
		enum ses_type type;
		enum ses_outcome outcome;
		enum ses_class class;
	} rows[] = {
		{COMPOSE_SUCCESS, SES_DELIVERY, SES_OUTCOME_DELIVERY,
			SES_CLASS_DELIVERED},
		{COMPOSE_BOUNCE, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_CLASS_HARD},
		{COMPOSE_COMPLAINT, SES_COMPLAINT, SES_OUTCOME_COMPLAINT,
			SES_CLASS_COMPLAINT},
		{COMPOSE_OOTO, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_CLASS_AUTOMATIC},
		{COMPOSE_SUPPRESSIONLIST, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE,
			SES_CLASS_HARD},
	};
	const struct ses_judgement_policy policy = {0};
	struct fixture *fixture = *state;
	struct simulation *simulation = &fixture->simulation;

	simulation->recipient = "Anna <Anna@Example.com>";
	for (size_t i = 0; i < 4 * sizeof(rows) / sizeof(rows[0]); i++) {
		char ses_id[COMPOSE_MESSAGE_ID_SIZE];
		struct sns_message message;
		struct ses_event event;

		simulation->kind = rows[i / 4].kind;
		simulation->is_identity_feedback = (i & 1) != 0;
		simulation->is_version_1 = (i & 2) != 0;
		make_and_read(fixture, &message, &event, ses_id);
		ses_event_judge(&event, &policy);
		assert_string_equal(
			message.signature_version, simulation->is_version_1 ? "1" : "2");
		assert_int_equal(
			message.subject == NULL, simulation->is_identity_feedback);
		assert_int_equal(
			event.is_identity_feedback, simulation->is_identity_feedback);
		assert_int_equal(event.type, rows[i / 4].type);
		assert_string_equal(event.account, "111122223333");
		assert_string_equal(event.region, "eu-west-1");
		assert_string_equal(event.identity, "example.com");
		assert_int_equal(event.recipient_count, 1);
		assert_string_equal(event.recipients[0].address, "anna@example.com");
		assert_int_equal(event.recipients[0].outcome, rows[i / 4].outcome);
		assert_int_equal(event.recipients[0].class, rows[i / 4].class);
		assert_int_equal(event.recipients[0].standing, SES_ELIGIBLE);
		ses_event_finish(&event);
		sns_message_finish(&message);
	}
}

static void the_simulator_s_addresses_stand_apart(void **state)
{
	const struct ses_judgement_policy policy = {0};
	struct fixture *fixture = *state;
	char ses_id[COMPOSE_MESSAGE_ID_SIZE];
	struct sns_message message;
	struct ses_event event;

	fixture->simulation.kind = COMPOSE_BOUNCE;
	fixture->simulation.recipient = "bounce@simulator.amazonses.com";
	make_and_read(fixture, &message, &event, ses_id);
	ses_event_judge(&event, &policy);
	assert_int_equal(event.recipients[0].standing, SES_SIMULATOR);
	assert_int_equal(event.recipients[0].class, SES_CLASS_NONE);
	ses_event_finish(&event);
	sns_message_finish(&message);
}

static void an_altered_message_is_not_genuine(void **state)
{
	struct fixture *fixture = *state;
	char sns_id[COMPOSE_UUID_SIZE], ses_id[COMPOSE_MESSAGE_ID_SIZE], *place;
	struct sns_message message;
	struct sns_route route;
	struct buffer body;
	struct error error;

	fixture->simulation.recipient = "anna@example.com";
	assert_true(simulation_make(
		&fixture->simulation, fixture->now, &body, sns_id, ses_id, &error));
	place = strstr(body.bytes, "anna@example.com");
	assert_non_null(place);
	*place = 'b';
	assert_int_equal(sns_message_parse(body.bytes, body.length, &message, &error),
		SNS_WELL_FORMED);
	assert_int_equal(sns_policy_judge(&fixture->policy, &message, fixture->now,
				 &route, &error),
		SNS_KEY_UNKNOWN);
	assert_int_equal(
		sns_keyring_verify(fixture->keyring, &message, &route, NULL, &error),
		SNS_SIGNATURE_WRONG);
	sns_message_finish(&message);
	buffer_finish(&body);
}

static bool matches(const char *text, const char *pattern)
{
	regex_t expression;
	bool is_match;

	assert_int_equal(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB), 0);
	is_match = regexec(&expression, text, 0, NULL, 0) == 0;
	regfree(&expression);
	return is_match;
}

static void ids_have_the_real_shape_and_are_never_the_same(void **state)
{
	char one[COMPOSE_MESSAGE_ID_SIZE], other[COMPOSE_MESSAGE_ID_SIZE];
	char uuid[COMPOSE_UUID_SIZE];

	(void) state;
	assert_true(compose_message_id("eu-west-1", INT64_C(0x18264c6505e), one));
	assert_true(compose_message_id("eu-west-1", INT64_C(0x18264c6505e), other));
	assert_string_not_equal(one, other);
	assert_true(matches(one, "^0102018264c6505e-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-"
				 "[89ab][0-9a-f]{3}-[0-9a-f]{12}-000000$"));
	assert_int_equal(strlen(one), 60);
	assert_true(compose_uuid(uuid));
	assert_int_equal(strlen(uuid), 36);
}

static void kinds_have_the_simulator_s_names(void **state)
{
	enum compose_kind kind;

	(void) state;
	for (int i = COMPOSE_SUCCESS; i <= COMPOSE_SUPPRESSIONLIST; i++) {
		assert_true(compose_kind_from_name(
			compose_kind_name((enum compose_kind) i), &kind));
		assert_int_equal(kind, i);
	}
	assert_false(compose_kind_from_name("Bounce", &kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_kind_in_every_shape_and_version_is_genuine_and_understood),
		cmocka_unit_test(the_simulator_s_addresses_stand_apart),
		cmocka_unit_test(an_altered_message_is_not_genuine),
		cmocka_unit_test(ids_have_the_real_shape_and_are_never_the_same),
		cmocka_unit_test(kinds_have_the_simulator_s_names),
	};

	return cmocka_run_group_tests_name("simulate", tests, set_up, tear_down);
}
