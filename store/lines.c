/* lines.c - the lines of the roll-ups that an event counts in. */
#include "store/lines.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ses/diagnostic.h"

static bool is_zero(const struct ses_counts *counts)
{
	static const struct ses_counts zero;

	return memcmp(counts, &zero, sizeof(zero)) == 0;
}

bool lines_begin(struct lines *lines, struct writer *writer, int64_t account, utc_ms sent,
	utc_ms published)
{
	*lines = (struct lines){
		.writer = writer,
		.account = account,
		.sent = sent,
		.day = keys_day(&writer->keys, account, published),
	};
	tally_at(&writer->tally, sent, published);
	return lines->day != NULL || db_lacks_memory(&writer->db);
}

static uint64_t hash_of(const char *key)
{
	return names_hash(key, strlen(key));
}

static bool stage(struct lines *lines, enum store_dimension dimension, const char *key,
	uint64_t hash, const struct ses_counts *counts)
{
	return is_zero(counts) ||
	       tally_stage(&lines->writer->tally, dimension, lines->account, key, hash,
		       counts) ||
	       db_lacks_memory(&lines->writer->db);
}

static bool admit(struct lines *lines, enum store_dimension dimension, const char *key,
	uint64_t hash, bool *is_admitted)
{
	struct writer *writer = lines->writer;

	*is_admitted = key[0] == '\0';
	if (*is_admitted || strnlen(key, LINES_KEY_MAX + 1) > LINES_KEY_MAX)
		return true;
	return keys_admit(
		&writer->keys, &writer->db, lines->day, dimension, hash, is_admitted);
}

bool lines_stage(struct lines *lines, enum store_dimension dimension, const char *key,
	const struct ses_counts *counts, bool *is_told_apart)
{
	uint64_t hash = hash_of(key == NULL ? "" : key);
	bool is_admitted;

	/* What has no line takes no place among those that have one. */
	if (is_zero(counts) && is_told_apart == NULL)
		return true;
	if (key == NULL)
		key = "";
	if (!admit(lines, dimension, key, hash, &is_admitted))
		return false;
	if (is_told_apart != NULL)
		*is_told_apart = is_admitted;
	if (!is_admitted) {
		key = STORE_KEY_OTHER;
		hash = hash_of(key);
	}
	return stage(lines, dimension, key, hash, counts);
}

/* ---- tags ---- */

/* The keys of one mail, each once. */
struct tag_keys {
	uint64_t hashes[LINES_TAGS_MAX];
	size_t count;
};

static bool is_known(struct tag_keys *keys, uint64_t hash)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->hashes[i] == hash)
			return true;
	if (keys->count < LINES_TAGS_MAX)
		keys->hashes[keys->count++] = hash;
	return false;
}

static bool stage_tag_key(struct lines *lines, const char *key,
	const struct ses_counts *counts, struct tag_keys *keys)
{
	uint64_t hash = hash_of(key);

	return is_known(keys, hash) || stage(lines, STORE_BY_TAG, key, hash, counts);
}

/* A key that is one too many is told apart by its name at least, if that is possible. */
static bool stage_rest(struct lines *lines, char *key, size_t name_length,
	const struct ses_counts *counts, struct tag_keys *keys)
{
	struct writer *writer = lines->writer;
	bool is_admitted = false;

	if (name_length + 2 <= LINES_KEY_MAX && memchr(key, '@', name_length) == NULL) {
		memcpy(key + name_length, "=" STORE_KEY_OTHER,
			sizeof("=" STORE_KEY_OTHER));
		if (!keys_admit_rest(&writer->keys, &writer->db, lines->day, hash_of(key),
			    &is_admitted))
			return false;
	}
	if (!is_admitted)
		memcpy(key, STORE_KEY_OTHER, sizeof(STORE_KEY_OTHER));
	return stage_tag_key(lines, key, counts, keys);
}

static bool stage_tag(struct lines *lines, const char *name, const char *value,
	const struct ses_counts *counts, struct tag_keys *keys)
{
	size_t name_length = strlen(name), value_length = strlen(value);
	/* For "NAME=VALUE" and for "NAME=*". */
	char *key = tally_room(&lines->writer->tally, name_length + value_length + 2 + 1);
	bool is_admitted = false;

	if (key == NULL)
		return db_lacks_memory(&lines->writer->db);
	memcpy(key, name, name_length);
	key[name_length] = '=';
	memcpy(key + name_length + 1, value, value_length + 1);
	/* An address must be forgotten when asked; a roll-up can't forget one. */
	if (strchr(key, '@') == NULL &&
		!admit(lines, STORE_BY_TAG, key, hash_of(key), &is_admitted))
		return false;
	return is_admitted ? stage_tag_key(lines, key, counts, keys)
			   : stage_rest(lines, key, name_length, counts, keys);
}

static bool stage_values(struct lines *lines, const struct json *tag,
	const struct ses_counts *counts, struct tag_keys *keys)
{
	for (const struct json *value = json_first(tag);
		value != NULL && keys->count < LINES_TAGS_MAX; value = json_next(value))
		if (json_is_text(value) && !stage_tag(lines, json_name(tag),
						   json_as_text(value), counts, keys))
			return false;
	return true;
}

static bool stage_tags(
	struct lines *lines, const char *tags, const struct ses_counts *counts)
{
	struct tag_keys keys = {.count = 0};
	struct error error;
	bool went_well = true;
	struct json *tree;

	if (tags == NULL || is_zero(counts))
		return true;
	tree = json_parse(tags, strlen(tags), JSON_REPAIR, &error);
	if (tree == NULL)
		return errno != ENOMEM || db_lacks_memory(&lines->writer->db);
	for (const struct json *tag = json_first(tree); tag != NULL && went_well;
		tag = json_next(tag))
		went_well = stage_values(lines, tag, counts, &keys);
	json_free(tree);
	return went_well;
}

/* ---- senders ---- */

static bool stage_sender(struct lines *lines, enum store_dimension dimension,
	enum ses_sender_kind kind, const char *key, const struct ses_counts *counts)
{
	struct writer *writer = lines->writer;
	bool is_told_apart;

	return lines_stage(lines, dimension, key, counts, &is_told_apart) &&
	       (!is_told_apart || text_is_empty(key) ||
		       senders_note(&writer->senders, &writer->db, lines->account, kind,
			       key, hash_of(key), lines->sent));
}

bool lines_stage_event(struct lines *lines, const struct ses_event *event,
	const struct ses_counts *counts)
{
	return stage(lines, STORE_BY_ACCOUNT, "", hash_of(""), counts) &&
	       lines_stage(lines, STORE_BY_IDENTITY, event->identity, counts, NULL) &&
	       lines_stage(lines, STORE_BY_CONFIGURATION_SET, event->configuration_set,
		       counts, NULL) &&
	       lines_stage(lines, STORE_BY_TENANT, event->tenant, counts, NULL) &&
	       stage_sender(lines, STORE_BY_SOURCE_IP, SES_SENDER_SOURCE_IP,
		       event->source_ip, counts) &&
	       stage_sender(lines, STORE_BY_CALLER, SES_SENDER_CALLER, event->caller,
		       counts) &&
	       stage_sender(lines, STORE_BY_FROM_DOMAIN, SES_SENDER_FROM_DOMAIN,
		       event->from_domain, counts) &&
	       stage_tags(lines, event->tags, counts);
}

/* ---- recipients ---- */

/* A delivery to several domains has one reply: whose, it does not say. */
static const char *reply_of_delivery(const struct ses_event *event)
{
	for (size_t i = 1; i < event->recipient_count; i++)
		if (!text_equal(event->recipients[i].domain, event->recipients[0].domain))
			return NULL;
	return event->smtp_response;
}

bool lines_provider(struct lines *lines, const struct ses_event *event,
	const struct ses_recipient *recipient, utc_ms now, const char **provider)
{
	struct writer *writer = lines->writer;
	const char *replies[2] = {recipient->diagnostic, event->reporting_mta};

	if (event->type == SES_DELIVERY)
		replies[0] = reply_of_delivery(event);
	return hosted_provider(&writer->hosted, &writer->db,
		recipient->domain == NULL ? "" : recipient->domain, replies, now,
		provider);
}

static const char *complaint_signature(
	const char *type, char signature[SES_SIGNATURE_SIZE])
{
	snprintf(signature, SES_SIGNATURE_SIZE, "complaint%s%.*s",
		text_is_empty(type) ? "" : " ",
		type == NULL ? 0 : (int) utf8_without_half(type, strnlen(type, 64)),
		type == NULL ? "" : type);
	text_to_lower(signature);
	return signature;
}

bool lines_stage_diagnostic(struct lines *lines, const struct ses_event *event,
	const struct ses_recipient *recipient, const struct ses_counts *counts)
{
	char signature[SES_SIGNATURE_SIZE], *key;
	size_t size;

	if (is_zero(counts))
		return true;
	if (event->type == SES_COMPLAINT)
		complaint_signature(event->complaint_type, signature);
	else if (recipient->outcome == SES_OUTCOME_HARD_BOUNCE ||
		 recipient->outcome == SES_OUTCOME_SOFT_BOUNCE)
		ses_diagnostic_signature(
			recipient->status, recipient->diagnostic, signature);
	else
		return true;
	size = strlen(signature) + 1;
	key = tally_room(&lines->writer->tally, size);
	if (key == NULL)
		return db_lacks_memory(&lines->writer->db);
	memcpy(key, signature, size);
	return lines_stage(lines, STORE_BY_DIAGNOSTIC, key, counts, NULL);
}
