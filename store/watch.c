/* watch.c - whose deliveries matter. */
#include "store/watch.h"

#include <stdlib.h>
#include <string.h>

#include "store/evidence.h"
#include "store/names.h"

static const char COUNT[] = "SELECT count(*) FROM evidence WHERE " EVIDENCE_WATCHED;
static const char WATCHED[] = "SELECT address FROM evidence WHERE " EVIDENCE_WATCHED;

#define CAPACITY_LEAST ((size_t) 8192)
/* Ten bits and seven probes an entry: one in 120 others seems to be there. */
#define BITS_EACH 10
#define PROBES 7

static uint64_t mix(uint64_t hash)
{
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdULL;
	hash ^= hash >> 33;
	return hash;
}

/* The bits of an entry: double hashing by two halves of one hash. */
static size_t place(const struct watch *watch, uint64_t hash, unsigned probe)
{
	return (size_t) ((hash + probe * (mix(hash) | 1)) % watch->bit_count);
}

static void set(struct watch *watch, const char *address)
{
	uint64_t hash = mix(names_hash(address, strlen(address)));

	for (unsigned i = 0; i < PROBES; i++) {
		size_t bit = place(watch, hash, i);

		watch->bits[bit / 64] |= (uint64_t) 1 << bit % 64;
	}
	watch->added++;
}

void watch_finish(struct watch *watch)
{
	free(watch->bits);
	memset(watch, 0, sizeof(*watch));
}

bool watch_build(struct watch *watch, struct db *db)
{
	struct watch built = {0};
	struct query query;
	int64_t count;

	query_start(&query, db, COUNT);
	count = query_row(&query) ? query_integer(&query, 0) : 0;
	if (!query_end(&query))
		return false;
	built.capacity = 2 * (size_t) count;
	if (built.capacity < CAPACITY_LEAST)
		built.capacity = CAPACITY_LEAST;
	built.bit_count = built.capacity * BITS_EACH / 64 * 64;
	built.bits = calloc(built.bit_count / 64, sizeof(*built.bits));
	if (built.bits == NULL)
		return db_lacks_memory(db);
	query_start(&query, db, WATCHED);
	while (query_row(&query))
		set(&built, query_text_or_empty(&query, 0));
	if (!query_end(&query)) {
		watch_finish(&built);
		return false;
	}
	watch_finish(watch);
	*watch = built;
	return true;
}

void watch_add(struct watch *watch, const char *address)
{
	if (!watch_may_hold(watch, address))
		set(watch, address);
}

bool watch_is_full(const struct watch *watch)
{
	return watch->added > watch->capacity;
}

bool watch_may_hold(const struct watch *watch, const char *address)
{
	uint64_t hash;

	if (watch->bits == NULL)
		return true;
	hash = mix(names_hash(address, strlen(address)));
	for (unsigned i = 0; i < PROBES; i++) {
		size_t bit = place(watch, hash, i);

		if ((watch->bits[bit / 64] >> bit % 64 & 1) == 0)
			return false;
	}
	return true;
}
