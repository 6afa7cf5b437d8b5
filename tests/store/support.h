/* support.h - a store in a folder of its own, and events made by hand. */
#ifndef TESTS_STORE_SUPPORT_H
#define TESTS_STORE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/log.h"
#include "ses/address.h"
#include "ses/class.h"
#include "ses/key.h"
#include "store/store.h"

#define UNUSED __attribute__((unused))

/* 2026-03-10T12:00:00Z, a Tuesday noon. */
#define NOON ((utc_ms) 1773144000000)

struct scene {
	char folder[64];
	char path[96];
	struct store *store;
	struct error error;
	int64_t keep_events_ms;
	size_t queue_limit;
};

UNUSED static bool scene_open(struct scene *scene)
{
	struct store_settings settings = {
		.path = scene->path,
		.keep_events_ms = scene->keep_events_ms,
		.queue_limit = scene->queue_limit,
	};

	scene->error.text[0] = '\0';
	scene->store = store_open(&settings, &scene->error);
	return scene->store != NULL;
}

UNUSED static void scene_close(struct scene *scene)
{
	store_close(scene->store);
	scene->store = NULL;
}

/* A folder, and no store in it yet. */
UNUSED static int scene_prepare(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	if (scene == NULL || !crypto_start())
		return -1;
	log_open(LOG_LEVEL_ERROR, false);
	snprintf(scene->folder, sizeof(scene->folder), "/tmp/ses-store-XXXXXX");
	if (mkdtemp(scene->folder) == NULL)
		return -1;
	snprintf(scene->path, sizeof(scene->path), "%s/feedback.db", scene->folder);
	scene->keep_events_ms = 400 * DAY_MS;
	*state = scene;
	return 0;
}

UNUSED static int scene_set_up(void **state)
{
	return scene_prepare(state) != 0 || !scene_open(*state) ? -1 : 0;
}

UNUSED static int scene_tear_down(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", ".key"};
	struct scene *scene = *state;
	char name[128];

	store_close(scene->store);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", scene->path, suffixes[i]);
		unlink(name);
	}
	rmdir(scene->folder);
	free(scene);
	return 0;
}

#define RECIPIENTS_MAX 8

/* An event, its notification and its job, with texts of their own. */
struct letter {
	struct ses_event event;
	struct ses_recipient recipients[RECIPIENTS_MAX];
	char addresses[RECIPIENTS_MAX][64];
	char message_id[80], sns_id[40], identity[64], configuration_set[40];
	char message[160], tags[160];
	struct store_job job;
};

/* An SES message id of the usual shape. */
UNUSED static void write_message_id(char message_id[80], utc_ms sent, unsigned serial)
{
	snprintf(message_id, 80, "0102%012llx-%08x-1111-4222-8333-%012x-000000",
		(unsigned long long) sent, serial, serial);
}

UNUSED static void letter_init(struct letter *letter, enum ses_type type, utc_ms sent,
	unsigned mail, unsigned serial)
{
	memset(letter, 0, sizeof(*letter));
	write_message_id(letter->message_id, sent, mail);
	snprintf(letter->sns_id, sizeof(letter->sns_id),
		"%08x-aaaa-4bbb-8ccc-dddddddddddd", serial);
	snprintf(letter->identity, sizeof(letter->identity), "example.com");
	snprintf(letter->message, sizeof(letter->message), "{\"serial\":%u}", serial);
	letter->event = (struct ses_event){
		.type = type,
		.message_id = letter->message_id,
		.sent = sent,
		.happened = type == SES_SEND ? UTC_NONE : sent + 2000,
		.account = "111122223333",
		.region = "eu-west-1",
		.identity = letter->identity,
		.configuration_set = letter->configuration_set,
		.tenant = "",
		.source_ip = "",
		.caller = "",
		.from_domain = "",
		.complaint_type = "",
		.bounce_subtype = "",
		.complaint_subtype = "",
		.recipients = letter->recipients,
	};
	letter->job = (struct store_job){
		.kind = STORE_RECORD,
		.notification =
			{
				.message_id = letter->sns_id,
				.topic_arn = "arn:aws:sns:eu-west-1:111122223333:ses",
				.published = sent + 3000,
				.message = letter->message,
				.message_length = strlen(letter->message),
			},
		.event = &letter->event,
		.policy = &ses_suppression_standard,
		.now = sent + 4000,
	};
}

/* The class that most often goes with an outcome. */
UNUSED static enum ses_class class_of(enum ses_outcome outcome)
{
	switch (outcome) {
	case SES_OUTCOME_DELIVERY:
		return SES_CLASS_DELIVERED;
	case SES_OUTCOME_HARD_BOUNCE:
		return SES_CLASS_HARD;
	case SES_OUTCOME_SOFT_BOUNCE:
		return SES_CLASS_SOFT;
	case SES_OUTCOME_COMPLAINT:
		return SES_CLASS_COMPLAINT;
	case SES_OUTCOME_NOT_SPAM:
		return SES_CLASS_NOT_SPAM;
	case SES_OUTCOME_LISTED:
		return SES_CLASS_SES_LIST;
	case SES_OUTCOME_OTHER:
	case SES_OUTCOME_SEND:
	case SES_OUTCOME_REFUSED:
	case SES_OUTCOME_REJECT:
		return SES_CLASS_NONE;
	}
	return SES_CLASS_NONE;
}

UNUSED static struct ses_recipient *letter_add(
	struct letter *letter, const char *address, enum ses_outcome outcome)
{
	size_t i = letter->event.recipient_count++;
	struct ses_recipient *recipient = &letter->recipients[i];

	snprintf(letter->addresses[i], sizeof(letter->addresses[i]), "%s", address);
	recipient->address = letter->addresses[i];
	recipient->domain = ses_address_domain(recipient->address);
	recipient->original = letter->addresses[i];
	recipient->outcome = outcome;
	recipient->class = (int) class_of(outcome);
	recipient->is_certain = true;
	return recipient;
}

/* The usual single event: type and outcome that go together. */
UNUSED static void letter_simple(struct letter *letter, enum ses_type type,
	enum ses_outcome outcome, utc_ms sent, unsigned mail, const char *address)
{
	letter_init(letter, type, sent, mail, mail * 16 + (unsigned) type);
	if (type == SES_BOUNCE && outcome == SES_OUTCOME_SOFT_BOUNCE)
		letter->event.bounce_kind = SES_BOUNCE_TRANSIENT;
	letter_add(letter, address, outcome);
}

UNUSED static enum store_outcome record(struct scene *scene, struct letter *letter)
{
	return store_submit_and_wait(scene->store, &letter->job);
}

UNUSED static struct store_health health_of(struct scene *scene)
{
	struct store_health health;

	assert_true(store_health(scene->store, &health, &scene->error));
	return health;
}

struct sum {
	struct ses_counts counts;
	size_t rows;
};

UNUSED static bool add_to_sum(void *closure, const struct store_counts_row *row)
{
	struct sum *sum = closure;

	ses_counts_add(&sum->counts, &row->counts);
	sum->rows++;
	return true;
}

/* Everything counted in a dimension (key NULL: all keys), in the published basis. */
UNUSED static struct ses_counts counted(
	struct scene *scene, enum store_dimension dimension, const char *key)
{
	struct store_counts_query query = {
		.basis = STORE_BASIS_PUBLISHED,
		.dimension = dimension,
		.key = key,
		.from = NOON - 1000 * DAY_MS,
		.to = NOON + 1000 * DAY_MS,
		.step = STORE_STEP_DAY,
	};
	struct sum sum = {0};

	assert_true(store_counts(scene->store, &query, add_to_sum, &sum, &scene->error));
	return sum.counts;
}

struct entry {
	struct store_suppression entry;
	char address[128], original[128], scope[64], note[64], actor[64];
	size_t count;
};

UNUSED static bool copy_entry(void *closure, const struct store_suppression *found)
{
	struct entry *entry = closure;

	entry->count++;
	entry->entry = *found;
	snprintf(entry->address, sizeof(entry->address), "%s", found->address);
	snprintf(entry->original, sizeof(entry->original), "%s", found->original);
	snprintf(entry->scope, sizeof(entry->scope), "%s", found->scope);
	snprintf(entry->note, sizeof(entry->note), "%s", found->note);
	snprintf(entry->actor, sizeof(entry->actor), "%s", found->actor);
	return true;
}

UNUSED static struct entry entry_of(
	struct scene *scene, const char *address, const char *scope, utc_ms now)
{
	struct entry entry = {0};

	assert_true(store_suppression_get(
		scene->store, address, scope, now, copy_entry, &entry, &scene->error));
	return entry;
}

/* A change by hand as most are: a manual entry of NOON that does not expire. */
UNUSED static struct store_change change_of(
	enum store_change_kind kind, const char *address, const char *scope)
{
	return (struct store_change){
		.kind = kind,
		.entry =
			{
				.address = address,
				.original = address,
				.scope = scope,
				.reason = SES_REASON_MANUAL,
				.is_certain = true,
				.since = NOON,
				.expires = UTC_NONE,
				.at_ses = -1,
				.note = "",
			},
		.expected_version = -1,
	};
}

UNUSED static enum store_outcome change_all(
	struct scene *scene, struct store_change *changes, size_t count, utc_ms now)
{
	struct store_job job = {
		.kind = STORE_CHANGE_LIST,
		.changes = changes,
		.change_count = count,
		.policy = &ses_suppression_standard,
		.actor = "ops",
		.cause = "",
		.now = now,
	};

	return store_submit_and_wait(scene->store, &job);
}

UNUSED static enum store_change_result change_one(
	struct scene *scene, struct store_change *change, utc_ms now)
{
	assert_int_equal(change_all(scene, change, 1, now), STORE_DONE);
	return change->result;
}

/* A small generator of our own: the same history in every run. */
UNUSED static uint32_t dice(uint64_t *seed, uint32_t sides)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) (*seed >> 33) % sides;
}

#endif
