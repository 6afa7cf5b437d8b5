/* judge.c - what a body is and what has to be done about it. */
#include "web/passage.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A Timestamp so far ahead of our clock says that our clock is late. */
#define AHEAD_MS MINUTE_MS

void passage_init(struct passage *passage, struct web *web, struct web_rules *rules,
	const char *body, size_t length)
{
	memset(passage, 0, sizeof(*passage));
	passage->web = web;
	passage->rules = rules;
	passage->body = body;
	passage->body_length = length;
	passage->received = clock_now();
	buffer_init(&passage->call_url, 4096);
}

void passage_finish(struct passage *passage)
{
	if (passage->has_event)
		ses_event_finish(&passage->event);
	sns_message_finish(&passage->message);
	buffer_finish(&passage->call.answer);
	buffer_finish(&passage->call_url);
}

void passage_answer(struct passage *passage, unsigned status, const char *reason,
	const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(passage->detail, sizeof(passage->detail), format, arguments);
	va_end(arguments);
	passage->status = status;
	passage->reason = reason;
	passage->next = PASSAGE_ANSWERED;
}

static void fill_notification(struct passage *passage, enum store_job_kind kind)
{
	const struct sns_message *message = &passage->message;

	passage->job.kind = kind;
	passage->job.now = passage->received;
	passage->job.is_development = passage->is_development;
	passage->job.notification = (struct store_notification){
		.message_id = message->message_id,
		.topic_arn = message->topic_arn,
		.subject = message->subject,
		.published = message->timestamp,
		.message = message->message,
		.message_length = strlen(message->message),
	};
	passage->next = PASSAGE_STORE;
}

static void fill_topic(
	struct passage *passage, enum store_topic_state state, const char *token)
{
	passage->job.kind = STORE_TOPIC;
	passage->job.now = passage->received;
	passage->job.topic = (struct store_topic_change){
		.arn = passage->message.topic_arn,
		.state = state,
		.token = token,
		.at = passage->message.timestamp,
	};
	passage->next = PASSAGE_STORE;
}

static void judge_notification(struct passage *passage)
{
	const struct sns_message *message = &passage->message;
	struct error error = {""};
	enum ses_parse parse = ses_event_parse(message->message, strlen(message->message),
		passage->route.topic.account, passage->route.topic.region,
		&passage->event, &error);

	passage->has_event = parse == SES_UNDERSTOOD;
	if (parse == SES_NO_MEMORY) {
		passage_answer(passage, 503, "overload", "out of memory");
	} else if (parse == SES_SET_UP) {
		passage_answer(passage, 200, "set-up", "%s", "");
	} else if (!passage->route.topic_is_configured) {
		fill_notification(passage, STORE_ASIDE);
	} else if (parse == SES_UNRECOGNISED) {
		snprintf(passage->why, sizeof(passage->why), "%s", error.text);
		passage->job.why = passage->why;
		fill_notification(passage, STORE_UNRECOGNISED);
	} else {
		ses_event_judge(&passage->event, &passage->rules->judgement);
		passage->job.event = &passage->event;
		passage->job.policy = &passage->rules->suppression;
		fill_notification(passage, STORE_RECORD);
	}
}

static void judge_confirmation(struct passage *passage)
{
	const char *token = passage->message.token;

	if (!passage->route.topic_is_configured ||
		!passage->rules->confirm_automatically) {
		fill_topic(passage, STORE_TOPIC_PENDING, token);
		return;
	}
	/* Where this fails, the token is kept for later. */
	fill_topic(passage, STORE_TOPIC_PENDING, token);
	if (sns_confirmation_url(&passage->route.topic, token, &passage->call_url))
		passage->next = PASSAGE_CONFIRM;
	else
		passage_answer(passage, 503, "overload", "out of memory");
}

static void flag_future(struct passage *passage)
{
	int64_t ahead = passage->message.timestamp - passage->received;
	char text[160];

	if (ahead < AHEAD_MS)
		return;
	snprintf(text, sizeof(text),
		"a genuine message's Timestamp is %lld s ahead of our clock",
		(long long) (ahead / SECOND_MS));
	diary_alarm(passage->web->diary, "clock-behind", "", text,
		"check this host's clock: expiry and windows go by it");
}

static void judge_genuine(struct passage *passage)
{
	enum sns_type type = passage->message.type;

	if (passage->is_development &&
		(!passage->rules->development || type != SNS_NOTIFICATION)) {
		passage_answer(passage, 403, sns_verdict_name(SNS_SIGNATURE_WRONG),
			"signed with the development key, which %s",
			passage->rules->development ? "signs notifications only"
						    : "is not trusted any more");
		return;
	}
	/* Set aside it would lose its mark, and count as Amazon's one day. */
	if (passage->is_development && !passage->route.topic_is_configured) {
		passage_answer(passage, 403, sns_verdict_name(SNS_TOPIC_FOREIGN),
			"signed with the development key, for a topic that is not "
			"configured");
		return;
	}
	flag_future(passage);
	switch (type) {
	case SNS_NOTIFICATION:
		judge_notification(passage);
		break;
	case SNS_SUBSCRIPTION_CONFIRMATION:
		judge_confirmation(passage);
		break;
	case SNS_UNSUBSCRIBE_CONFIRMATION:
		fill_topic(passage, STORE_TOPIC_CANCELLED, NULL);
		break;
	}
}

void passage_verify(struct passage *passage)
{
	struct error error = {""};
	enum sns_verdict verdict;

	passage->wait.seen = certificates_arrived(passage->web->certificates);
	verdict = sns_keyring_verify(passage->web->keyring, &passage->message,
		&passage->route, &passage->is_development, &error);
	if (verdict == SNS_KEY_UNKNOWN && !passage->was_on_disk) {
		passage->was_on_disk = true;
		if (certificates_load(
			    passage->web->certificates, passage->route.certificate_name))
			verdict = sns_keyring_verify(passage->web->keyring,
				&passage->message, &passage->route,
				&passage->is_development, &error);
	}
	if (verdict == SNS_KEY_UNKNOWN)
		passage->next = PASSAGE_FETCH;
	else if (verdict == SNS_GENUINE)
		judge_genuine(passage);
	else
		passage_answer_verdict(passage, verdict, &error);
}

void passage_judge(struct passage *passage)
{
	struct sns_policy policy = passage->rules->policy;
	struct error error = {""};
	enum sns_shape shape = sns_message_parse(
		passage->body, passage->body_length, &passage->message, &error);
	enum sns_verdict verdict;

	if (shape != SNS_WELL_FORMED) {
		passage_answer_shape(passage, shape, &error);
		return;
	}
	if (passage->has_no_age_limit)
		policy.max_age_ms = 0;
	verdict = sns_policy_judge(
		&policy, &passage->message, passage->received, &passage->route, &error);
	if (verdict == SNS_KEY_UNKNOWN)
		passage_verify(passage);
	else
		passage_answer_verdict(passage, verdict, &error);
}
