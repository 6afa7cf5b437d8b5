/* lines.h - the lines of the roll-ups that an event counts in. Private to store/. */
#ifndef STORE_LINES_H
#define STORE_LINES_H

#include <stdbool.h>

#include "store/writer.h"

/* Tags of one mail that are told apart, and the longest key: SES allows less of both. */
#define LINES_TAGS_MAX 50
#define LINES_KEY_MAX 512

/* Where one item counts; all false with what went wrong in writer->db. */
struct lines {
	struct writer *writer;
	int64_t account;
	utc_ms sent;
	struct keys_day *day;
};

bool lines_begin(struct lines *lines, struct writer *writer, int64_t account, utc_ms sent,
	utc_ms published);

/* Counts that are all zero are not staged. key: NULL is "". One that is new on a day with
 * too many counts with the rest; *is_told_apart (may be NULL): it does not. */
bool lines_stage(struct lines *lines, enum store_dimension dimension, const char *key,
	const struct ses_counts *counts, bool *is_told_apart);

/* What is the same for all recipients: account, identity, configuration set, tags,
 * tenant, source address, caller, from-domain; the last three are noted as senders
 * whatever is counted. */
bool lines_stage_event(struct lines *lines, const struct ses_event *event,
	const struct ses_counts *counts);

/* The provider of a recipient, learnt from what its server said. */
bool lines_provider(struct lines *lines, const struct ses_event *event,
	const struct ses_recipient *recipient, utc_ms now, const char **provider);

/* A bounce by what the server said, a complaint by its type; other events in no line. */
bool lines_stage_diagnostic(struct lines *lines, const struct ses_event *event,
	const struct ses_recipient *recipient, const struct ses_counts *counts);

#endif
