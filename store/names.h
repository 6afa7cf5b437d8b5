/* names.h - long names become small numbers: accounts, origins, topics. Private to
 * store/. */
#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "ses/event.h"
#include "store/db.h"

#define NAMES_SLOTS 1024

/* A memory of numbers given; the writer's. Must be forgotten whenever a transaction or a
 * savepoint is rolled back, for the rows may be gone with it. */
struct names {
	struct name {
		uint64_t hash;
		char *text; /* NULL: free slot */
		size_t length;
		int64_t id, account;
	} slots[NAMES_SLOTS];
	size_t count;
	struct buffer wanted; /* the name looked for */
};

void names_init(struct names *names);
void names_forget(struct names *names);
void names_finish(struct names *names);

/* Each finds the number of a name, giving it one if it is new. */
bool names_origin(struct names *names, struct db *db, const struct ses_event *event,
	int64_t *origin, int64_t *account);
bool names_account(struct names *names, struct db *db, const char *account,
	const char *region, int64_t *id);
bool names_topic(struct names *names, struct db *db, const char *arn, int64_t *topic);

/* FNV-1a. */
uint64_t names_hash(const void *bytes, size_t length);

#endif
