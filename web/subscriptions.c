/* subscriptions.c - confirming by hand and at start, and what the store remembers about
 * topics. */
#include "web/subscriptions.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "web/courier.h"
#include "web/latch.h"
#include "web/parking.h"
#include "web/passage.h"

/* One confirmation that no request waits for. */
struct confirmation {
	struct web *web;
	struct sns_topic topic;
	struct buffer url;
	struct courier_job call;
	char subscription[SNS_ARN_SIZE + 64];
	struct store_job job;
	struct latch *called; /* NULL in the background */
};

static void free_confirmation(struct confirmation *confirmation)
{
	if (confirmation == NULL)
		return;
	buffer_finish(&confirmation->url);
	buffer_finish(&confirmation->call.answer);
	web_rules_release(confirmation->call.rules);
	free(confirmation);
}

static struct confirmation *new_confirmation(struct web *web, struct web_rules *rules,
	const char *arn, const char *token, struct error *error)
{
	struct confirmation *confirmation = calloc(1, sizeof(*confirmation));

	if (confirmation == NULL) {
		error_set(error, "out of memory");
		return NULL;
	}
	buffer_init(&confirmation->url, 4096);
	confirmation->web = web;
	confirmation->call.rules = web_rules_hold(rules);
	confirmation->call.owner = confirmation;
	confirmation->call.deadline_ms = clock_monotonic_ms() + COURIER_PATIENCE_MS;
	if (!sns_topic_parse(arn, &confirmation->topic, error))
		goto failed;
	if (!sns_confirmation_url(&confirmation->topic, token, &confirmation->url)) {
		error_set(
			error, "topic %s: the address to confirm at can't be made", arn);
		goto failed;
	}
	confirmation->call.url = confirmation->url.bytes;
	return confirmation;
failed:
	free_confirmation(confirmation);
	return NULL;
}

static void fill_confirmed(struct confirmation *confirmation)
{
	confirmation->job.kind = STORE_TOPIC;
	confirmation->job.now = clock_now();
	confirmation->job.topic = (struct store_topic_change){
		.arn = confirmation->topic.arn,
		.state = STORE_TOPIC_CONFIRMED,
		.subscription_arn = confirmation->subscription,
		.at = confirmation->job.now,
	};
}

static void note_confirmed(const struct confirmation *confirmation)
{
	const char *arn = confirmation->topic.arn;
	struct diary *diary = confirmation->web->diary;

	log_info("topic %s: subscription %s is confirmed", arn,
		confirmation->subscription);
	diary_alarm_clear(diary, "confirmation-failed", arn);
	diary_alarm_clear(diary, "subscription-cancelled", arn);
}

/* ---- by hand ---- */

static void called_by_hand(struct courier_job *call)
{
	struct confirmation *confirmation = call->owner;

	latch_count_down(confirmation->called);
}

bool web_confirm_topic(struct web *web, struct web_rules *rules, const char *arn,
	const char *token, struct error *error)
{
	struct confirmation *confirmation =
		new_confirmation(web, rules, arn, token, error);
	struct latch called;
	bool is_confirmed = false;

	if (confirmation == NULL)
		return false;
	confirmation->call.done = called_by_hand;
	confirmation->called = &called;
	latch_init(&called, 1);
	if (!courier_submit(web->courier, &confirmation->call)) {
		error_set(error, "too many outgoing calls wait");
		goto out;
	}
	latch_wait(&called);
	if (!confirmation_read(&confirmation->call, confirmation->subscription,
		    sizeof(confirmation->subscription), error))
		goto out;
	fill_confirmed(confirmation);
	if (store_submit_and_wait(web->store, &confirmation->job) == STORE_FAILED) {
		error_set(error, "it is confirmed, but that could not be stored");
		goto out;
	}
	note_confirmed(confirmation);
	is_confirmed = true;
out:
	latch_finish(&called);
	free_confirmation(confirmation);
	return is_confirmed;
}

/* ---- in the background ---- */

static void end_in_background(struct confirmation *confirmation)
{
	struct parking *parking = confirmation->web->parking;

	free_confirmation(confirmation);
	parking_leave(parking);
}

/* The store's thread. */
static void stored_in_background(struct store_job *job)
{
	struct confirmation *confirmation = job->owner;

	if (job->outcome != STORE_FAILED)
		note_confirmed(confirmation);
	end_in_background(confirmation);
}

/* The courier's thread. */
static void called_in_background(struct courier_job *call)
{
	struct confirmation *confirmation = call->owner;
	struct error error = {""};

	if (confirmation_read(call, confirmation->subscription,
		    sizeof(confirmation->subscription), &error)) {
		fill_confirmed(confirmation);
		confirmation->job.done = stored_in_background;
		confirmation->job.owner = confirmation;
		if (store_submit(confirmation->web->store, &confirmation->job))
			return;
		error_set(&error, "too much waits to be stored");
	}
	diary_alarm(confirmation->web->diary, "confirmation-failed",
		confirmation->topic.arn, error.text,
		"a subscription waits since before this start; \"ses-feedback topics "
		"confirm ARN\" tries again; its token is good for two days");
	end_in_background(confirmation);
}

static void confirm_in_background(
	struct web *web, struct web_rules *rules, const char *arn, const char *token)
{
	struct error error = {""};
	struct confirmation *confirmation;

	if (!parking_enter(web->parking))
		return;
	confirmation = new_confirmation(web, rules, arn, token, &error);
	if (confirmation != NULL) {
		confirmation->call.done = called_in_background;
		if (courier_submit(web->courier, &confirmation->call))
			return;
		error_set(&error, "too many outgoing calls wait");
	}
	log_warning("topic %s: not confirmed: %s", arn, error.text);
	free_confirmation(confirmation);
	parking_leave(web->parking);
}

/* ---- after a start or a reload ---- */

struct remembered {
	char *arn, *token;
	enum store_topic_state state;
	int64_t aside;
};

struct remembered_list {
	struct remembered *topics;
	size_t count;
};

/* Copies: nothing is done while the store's reader is lent. */
static bool remember(void *closure, const struct store_topic *topic)
{
	struct remembered_list *list = closure;
	struct remembered *more =
		reallocarray(list->topics, list->count + 1, sizeof(*list->topics));
	struct remembered *one;

	if (more == NULL)
		return false;
	list->topics = more;
	one = &more[list->count];
	one->arn = strdup(topic->arn);
	one->token = topic->token == NULL ? NULL : strdup(topic->token);
	one->state = topic->state;
	one->aside = topic->aside;
	if (one->arn == NULL) {
		free(one->token);
		return false;
	}
	list->count++;
	return true;
}

static void resume_topic(
	struct web *web, struct web_rules *rules, const struct remembered *topic)
{
	bool configured = sns_policy_has_topic(&rules->policy, topic->arn);

	if (topic->state == STORE_TOPIC_CANCELLED)
		diary_alarm_stands(web->diary, "subscription-cancelled", topic->arn,
			"the subscription of this topic was cancelled: nothing more will "
			"come",
			"if nobody here did it, somebody followed an UnsubscribeURL: "
			"subscribe again");
	if (!configured && (topic->aside > 0 || topic->state == STORE_TOPIC_PENDING))
		diary_alarm_stands(web->diary, "topic-not-configured", topic->arn,
			topic->aside > 0
				? "notifications of a topic that is not configured are "
				  "set aside"
				: "a subscription of a topic that is not configured "
				  "waits to be confirmed",
			"add it as a topic in section [sns] and reload, or remove its "
			"subscription to this address");
	if (configured && rules->confirm_automatically &&
		topic->state == STORE_TOPIC_PENDING && topic->token != NULL)
		confirm_in_background(web, rules, topic->arn, topic->token);
}

void subscriptions_resume(struct web *web, struct web_rules *rules)
{
	struct remembered_list list = {NULL, 0};
	struct error error = {""};

	if (!store_topic_list(web->store, remember, &list, &error))
		log_error("topics: %s", error.text);
	for (size_t i = 0; i < list.count; i++) {
		resume_topic(web, rules, &list.topics[i]);
		free(list.topics[i].arn);
		free(list.topics[i].token);
	}
	free(list.topics);
}
