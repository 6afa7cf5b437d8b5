/* aside.c - what was set aside for topics that are configured now. */
#include "web/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "web/burst.h"
#include "web/inside.h"
#include "web/latch.h"

/* So many are read, then handed to the store at once, so that they share a commit. */
#define BATCH 64

struct kept {
	int64_t id;
	char *message_id, *subject, *message;
	utc_ms published;
	struct ses_event event;
	bool has_event;
	char why[512];
	struct store_job job;
};

struct batch {
	const struct sns_topic *topic;
	struct web_rules *rules;
	struct kept *kept; /* BATCH of them */
	size_t count;
	bool is_failing;
	struct latch stored;
};

static void empty_batch(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct kept *kept = &batch->kept[i];

		if (kept->has_event)
			ses_event_finish(&kept->event);
		free(kept->message_id);
		free(kept->subject);
		free(kept->message);
	}
	memset(batch->kept, 0, BATCH * sizeof(*batch->kept));
	batch->count = 0;
}

static bool take_copy(void *closure, const struct store_unrecognised *entry)
{
	struct batch *batch = closure;
	struct kept *kept;

	if (batch->count == BATCH)
		return false;
	kept = &batch->kept[batch->count++];
	kept->id = entry->id;
	kept->published = entry->published;
	kept->message_id = strdup(entry->message_id);
	kept->message = strdup(entry->message);
	if (entry->subject != NULL)
		kept->subject = strdup(entry->subject);
	if (kept->message_id == NULL || kept->message == NULL ||
		(entry->subject != NULL && kept->subject == NULL))
		batch->is_failing = true;
	return !batch->is_failing;
}

static void stored(struct store_job *job)
{
	latch_count_down(job->owner);
}

static bool fill_job(struct batch *batch, struct kept *kept)
{
	struct error error = {""};
	enum ses_parse parse = ses_event_parse(kept->message, strlen(kept->message),
		batch->topic->account, batch->topic->region, &kept->event, &error);

	if (parse == SES_NO_MEMORY)
		return false;
	kept->has_event = parse == SES_UNDERSTOOD;
	kept->job.kind = kept->has_event ? STORE_RECORD : STORE_UNRECOGNISED;
	if (kept->has_event) {
		ses_event_judge(&kept->event, &batch->rules->judgement);
		kept->job.event = &kept->event;
		kept->job.policy = &batch->rules->suppression;
	} else {
		snprintf(kept->why, sizeof(kept->why), "%s", error.text);
		kept->job.why = kept->why;
	}
	kept->job.aside = kept->id;
	kept->job.now = clock_now();
	kept->job.done = stored;
	kept->job.owner = &batch->stored;
	kept->job.notification = (struct store_notification){
		.message_id = kept->message_id,
		.topic_arn = batch->topic->arn,
		.subject = kept->subject,
		.published = kept->published,
		.message = kept->message,
		.message_length = strlen(kept->message),
	};
	return true;
}

/* Returns how many of the batch are stored now. */
static size_t apply_batch(struct web *web, struct batch *batch)
{
	size_t applied = 0;

	latch_init(&batch->stored, batch->count);
	for (size_t i = 0; i < batch->count; i++) {
		struct kept *kept = &batch->kept[i];

		if (!fill_job(batch, kept) || !store_submit(web->store, &kept->job)) {
			kept->job.outcome = STORE_FAILED;
			latch_count_down(&batch->stored);
		}
	}
	latch_wait(&batch->stored);
	latch_finish(&batch->stored);
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->kept[i].job.outcome == STORE_FAILED) {
			batch->is_failing = true;
			continue;
		}
		burst_alarm(web->diary, &batch->kept[i].job);
		applied++;
	}
	return applied;
}

static size_t apply_topic(struct web *web, struct batch *batch)
{
	struct error error = {""};
	size_t applied = 0;
	int64_t after = 0;
	bool is_last = false;

	while (!is_last && !batch->is_failing) {
		if (!store_aside_list(web->store, batch->topic->arn, after, BATCH,
			    take_copy, batch, &error)) {
			log_error("what was set aside can't be read: %s", error.text);
			batch->is_failing = true;
		}
		is_last = batch->count < BATCH;
		if (!batch->is_failing && batch->count > 0) {
			after = batch->kept[batch->count - 1].id;
			applied += apply_batch(web, batch);
			if (web->still_well != NULL)
				web->still_well();
		}
		empty_batch(batch);
	}
	if (batch->is_failing)
		log_error("topic %s: not all that was set aside could be applied, trying "
			  "again after the next start or reload",
			batch->topic->arn);
	else
		diary_alarm_clear(web->diary, "topic-not-configured", batch->topic->arn);
	if (applied > 0)
		log_info("topic %s: applied %zu notifications that were set aside",
			batch->topic->arn, applied);
	return applied;
}

size_t ingest_apply_aside(struct web *web, struct web_rules *rules)
{
	struct batch batch = {.rules = rules};
	size_t applied = 0;

	batch.kept = calloc(BATCH, sizeof(*batch.kept));
	if (batch.kept == NULL)
		return 0;
	for (size_t i = 0; i < rules->policy.topic_count; i++) {
		batch.topic = &rules->policy.topics[i];
		batch.is_failing = false;
		applied += apply_topic(web, &batch);
	}
	free(batch.kept);
	return applied;
}
