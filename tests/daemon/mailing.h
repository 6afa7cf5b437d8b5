/* mailing.h - mail and its bounces, as SES tells of them, recorded in a store. */
#ifndef TESTS_DAEMON_MAILING_H
#define TESTS_DAEMON_MAILING_H

#include "tests/daemon/scratch.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "store/store.h"
#include "web/web.h"

#define UNUSED __attribute__((unused))

#define MAILING_ACCOUNT "111122223333"
#define MAILING_REGION "us-east-1"
#define MAILING_TOPIC "arn:aws:sns:" MAILING_REGION ":" MAILING_ACCOUNT ":ses-feedback"
#define A_MAIL 50 /* recipients */

struct mailing {
	struct store *store;
	const struct web_rules *rules;
	struct sns_topic topic;
	unsigned serial;
};

/* As if SNS had published it then. */
UNUSED static void mailing_record(
	struct mailing *mailing, const char *message, utc_ms when)
{
	struct ses_event event;
	struct error error;
	char id[32];
	struct store_job job = {
		.kind = STORE_RECORD,
		.event = &event,
		.policy = &mailing->rules->suppression,
		.notification = {.message_id = id,
			.topic_arn = MAILING_TOPIC,
			.published = when,
			.message = message,
			.message_length = strlen(message)},
		.now = when,
	};

	snprintf(id, sizeof(id), "sns-%u", ++mailing->serial);
	assert_int_equal(ses_event_parse(message, strlen(message), mailing->topic.account,
				 mailing->topic.region, &event, &error),
		SES_UNDERSTOOD);
	ses_event_judge(&event, &mailing->rules->judgement);
	assert_int_equal(store_submit_and_wait(mailing->store, &job), STORE_DONE);
	ses_event_finish(&event);
}

/* A mail of a configuration set to A_MAIL recipients, of whom the first so many bounce at
 * once. */
UNUSED static void mailing_send(
	struct mailing *mailing, const char *set, unsigned bounces, utc_ms when)
{
	unsigned mail = ++mailing->serial;
	struct buffer to, bounced, message;
	char time[UTC_TEXT_SIZE], head[640];

	utc_format(when, time);
	buffer_init(&to, 65536);
	buffer_init(&bounced, 65536);
	buffer_init(&message, 262144);
	for (unsigned i = 0; i < A_MAIL; i++) {
		buffer_format(
			&to, "%s\"u%u-%u@example.net\"", i == 0 ? "" : ",", mail, i);
		if (i < bounces)
			buffer_format(&bounced,
				"%s{\"emailAddress\":\"u%u-%u@example.net\",\"status\":"
				"\"5.1.1\",\"action\":\"failed\",\"diagnosticCode\":"
				"\"smtp; 550 5.1.1 user unknown\"}",
				i == 0 ? "" : ",", mail, i);
	}
	snprintf(head, sizeof(head),
		"\"mail\":{\"timestamp\":\"%s\",\"messageId\":\"0100%012llx-%08x-1111-"
		"4222-8333-444455556666-000000\",\"source\":\"news@example.com\","
		"\"sendingAccountId\":\"" MAILING_ACCOUNT
		"\",\"sourceArn\":\"arn:aws:ses:" MAILING_REGION ":" MAILING_ACCOUNT
		":identity/example.com\",\"tags\":{\"ses:"
		"configuration-set\":[\"%s\"]},",
		time, (unsigned long long) when, mail, set);
	buffer_format(&message,
		"{\"eventType\":\"Send\",%s\"destination\":[%s]},\"send\":{}}", head,
		to.bytes);
	mailing_record(mailing, message.bytes, when);
	buffer_finish(&message);
	if (bounces > 0) {
		buffer_format(&message,
			"{\"eventType\":\"Bounce\",%s\"destination\":[%s]},\"bounce\":{"
			"\"bounceType\":\"Permanent\",\"bounceSubType\":\"General\","
			"\"timestamp\":\"%s\",\"feedbackId\":\"f%u\","
			"\"bouncedRecipients\":[%s]}}",
			head, to.bytes, time, mail, bounced.bytes);
		mailing_record(mailing, message.bytes, when);
	}
	buffer_finish(&message);
	buffer_finish(&to);
	buffer_finish(&bounced);
}

#endif
