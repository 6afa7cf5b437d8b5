/* outcome.c - the table of answers: what became of a message, and what SNS is told. SNS
 * tries again on 5xx and 429 only, and drops the event on any other error
 * (docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html): so 4xx only for
 * what is proven to be none of ours. */
#include "web/passage.h"

#include <stdio.h>

#include "base/log.h"
#include "web/burst.h"

/* So many are told apart. */
#define FOREIGN_TOPICS_MAX 10

void passage_answer_shape(
	struct passage *passage, enum sns_shape shape, const struct error *error)
{
	switch (shape) {
	case SNS_WELL_FORMED:
		break;
	case SNS_MALFORMED:
		/* The header decides nothing where the body is an envelope. */
		if (passage->is_marked_raw)
			passage_answer(passage, 400, "raw-delivery",
				"raw delivery, which is not signed: set "
				"RawMessageDelivery to false on this subscription");
		else
			passage_answer(passage, 400, "malformed", "%s", error->text);
		break;
	case SNS_RAW_DELIVERY:
		passage_answer(passage, 400, "raw-delivery", "%s", error->text);
		break;
	case SNS_NO_MEMORY:
		passage_answer(passage, 503, "overload", "out of memory");
		break;
	}
}

/* Nothing is proven about such a message, not even that it came from SNS. */
static void alarm_foreign(struct passage *passage, const char *text)
{
	diary_alarm_among(passage->web->diary, "foreign-topic",
		passage->message.topic_arn, FOREIGN_TOPICS_MAX, text,
		"messages of many topics that are not of our accounts were refused",
		"nothing was taken from it; if the topic is yours, add it in section "
		"[sns]");
}

void passage_answer_verdict(
	struct passage *passage, enum sns_verdict verdict, const struct error *error)
{
	const char *name = sns_verdict_name(verdict);

	switch (verdict) {
	case SNS_GENUINE:
	case SNS_KEY_UNKNOWN:
		break;
	case SNS_TOPIC_FOREIGN:
		passage_answer(passage, 403, name, "%s", error->text);
		alarm_foreign(passage, error->text);
		break;
	case SNS_VERSION_UNKNOWN:
	case SNS_TOO_OLD:
	case SNS_CERTIFICATE_URL_WRONG:
	case SNS_SIGNATURE_WRONG:
		passage_answer(passage, 403, name, "%s", error->text);
		break;
	case SNS_CERTIFICATE_UNEXPECTED:
		passage_answer(passage, 503, "certificate-unexpected", "%s", error->text);
		diary_alarm(passage->web->diary, "certificate-unexpected",
			passage->route.certificate_name, error->text,
			"SNS gets 503 and tries again; if the certificate is genuine, "
			"this "
			"program's tables are too old: look for a newer version");
		break;
	}
}

void passage_answer_certificate(struct passage *passage)
{
	const char *text = passage->wait.error.text;

	switch (passage->wait.outcome) {
	case CERTIFICATE_READY:
		break;
	case CERTIFICATE_REFUSED:
		passage_answer(passage, 403, "certificate-refused", "%s", text);
		break;
	case CERTIFICATE_UNAVAILABLE:
		passage_answer(passage, 503, "certificate-unavailable", "%s", text);
		break;
	case CERTIFICATE_UNEXPECTED:
		passage_answer(passage, 503, "certificate-unexpected", "%s", text);
		break;
	}
}

/* ---- what the store said ---- */

static void answer_store_failed(struct passage *passage)
{
	passage_answer(passage, 503, "store-failed", "could not be stored");
	if (!atomic_exchange(&passage->web->store_is_failing, true))
		diary_alarm(passage->web->diary, "store-failing", "",
			"events can't be stored; SNS gets 503 and tries again for a "
			"while",
			"see the log for the reason: a full disk, a damaged file, …");
}

static void clear_store_failing(struct web *web)
{
	if (atomic_load(&web->store_is_failing) &&
		atomic_exchange(&web->store_is_failing, false))
		diary_alarm_clear(web->diary, "store-failing", "");
}

static bool is_configured_now(struct passage *passage)
{
	struct web_rules *rules = web_rules_now(passage->web);
	bool is_configured =
		sns_policy_has_topic(&rules->policy, passage->message.topic_arn);

	web_rules_release(rules);
	return is_configured;
}

static void alarm_not_configured(struct passage *passage, const char *text)
{
	diary_alarm(passage->web->diary, "topic-not-configured",
		passage->message.topic_arn, text,
		"add it as a topic in section [sns] and reload, or remove its "
		"subscription "
		"to this address");
}

/* A confirmation that was never acted on: manual, not configured, or failed. */
static void answer_pending(struct passage *passage)
{
	const char *arn = passage->message.topic_arn;

	if (passage->confirmation_failed) {
		passage->next = PASSAGE_ANSWERED; /* detail is set */
		passage->status = 503;
		passage->reason = "confirmation-failed";
		diary_alarm(passage->web->diary, "confirmation-failed", arn,
			passage->detail,
			"SNS gets 503 and tries again; \"ses-feedback topics confirm "
			"ARN\" "
			"does it by hand within two days");
		return;
	}
	passage_answer(passage, 200, "pending", "%s", "");
	if (!passage->route.topic_is_configured)
		alarm_not_configured(passage,
			"a subscription of a topic that is not configured waits to be "
			"confirmed");
	else
		log_info("topic %s: a subscription waits for \"ses-feedback topics "
			 "confirm\"",
			arn);
}

static void answer_topic(struct passage *passage)
{
	const char *arn = passage->message.topic_arn;
	struct diary *diary = passage->web->diary;

	switch (passage->job.topic.state) {
	case STORE_TOPIC_UNKNOWN:
		break;
	case STORE_TOPIC_PENDING:
		answer_pending(passage);
		break;
	case STORE_TOPIC_CONFIRMED:
		passage_answer(passage, 200, "confirmed", "%s", "");
		log_info("topic %s: subscription %s is confirmed", arn,
			passage->subscription);
		diary_alarm_clear(diary, "confirmation-failed", arn);
		diary_alarm_clear(diary, "subscription-cancelled", arn);
		break;
	case STORE_TOPIC_CANCELLED:
		passage_answer(passage, 200, "cancelled", "%s", "");
		/* An old message that comes late changes nothing. */
		if (passage->job.outcome == STORE_DONE)
			diary_alarm(diary, "subscription-cancelled", arn,
				"the subscription of this topic was cancelled: nothing "
				"more will come",
				"if nobody here did it, somebody followed an "
				"UnsubscribeURL: subscribe again");
		break;
	}
}

void passage_answer_stored(struct passage *passage)
{
	const struct store_job *job = &passage->job;
	bool is_duplicate = job->outcome == STORE_DUPLICATE;

	if (job->outcome == STORE_FAILED) {
		answer_store_failed(passage);
		return;
	}
	if (!is_duplicate)
		clear_store_failing(passage->web);
	switch (job->kind) {
	case STORE_RECORD:
		passage->recorded = job->recorded;
		burst_alarm(passage->web->diary, job);
		passage_answer(
			passage, 200, is_duplicate ? "duplicate" : "stored", "%s", "");
		break;
	case STORE_UNRECOGNISED:
		passage_answer(passage, 200, is_duplicate ? "duplicate" : "unrecognised",
			"%s", passage->why);
		break;
	case STORE_ASIDE:
		/* A reload came between, and may have looked before this was stored: what
		   SNS sends again is recorded. */
		if (is_configured_now(passage)) {
			passage_answer(passage, 503, "reloaded",
				"the topic was configured just now");
			break;
		}
		passage_answer(
			passage, 200, is_duplicate ? "duplicate" : "aside", "%s", "");
		alarm_not_configured(passage,
			"notifications of a topic that is not configured are set aside");
		break;
	case STORE_TOPIC:
		answer_topic(passage);
		break;
	case STORE_CHANGE_LIST:
	case STORE_POLICY_APPLY:
	case STORE_FORGET:
	case STORE_REPORT_SENDS:
	case STORE_ALERTS:
	case STORE_SILENCE:
	case STORE_OUTBOX:
	case STORE_MARK:
	case STORE_UPKEEP:
	case STORE_COUNT:
		break;
	}
}
