/* trail.c - which events an address has, without an index on the hot path. */
#include "store/trail.h"

#include <stdlib.h>
#include <string.h>

#include "store/names.h"

static const char READ_SEGMENT[] =
	"SELECT id, address FROM events WHERE id >= ?1 AND id < ?2 AND address != ''"
	" ORDER BY id";
static const char ADD[] = "INSERT INTO trail VALUES (?1, ?2, ?3)";

struct footprint {
	int64_t hash;
	int64_t place;
};

bool trail_is_due(int64_t trailed, int64_t last_event)
{
	return last_event >= (trailed + 1) * TRAIL_SEGMENT;
}

int64_t trail_hash(const char *address)
{
	uint64_t hash = names_hash(address, strlen(address));

	return (int64_t) (int32_t) (uint32_t) (hash ^ hash >> 32);
}

static int compare(const void *one, const void *other)
{
	const struct footprint *a = one, *b = other;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static bool read_segment(
	struct db *db, int64_t segment, struct footprint *footprints, size_t *count)
{
	int64_t first = segment * TRAIL_SEGMENT;
	struct query query;

	query_start(&query, db, READ_SEGMENT);
	query_give_integer(&query, first);
	query_give_integer(&query, first + TRAIL_SEGMENT);
	*count = 0;
	while (query_row(&query))
		footprints[(*count)++] = (struct footprint){
			.hash = trail_hash(query_text_or_empty(&query, 1)),
			.place = query_integer(&query, 0) - first,
		};
	return query_end(&query);
}

bool trail_write(struct db *db, int64_t *trailed)
{
	struct footprint *footprints = calloc(TRAIL_SEGMENT, sizeof(*footprints));
	bool went_well;
	size_t count;

	if (footprints == NULL)
		return db_lacks_memory(db);
	went_well = read_segment(db, *trailed, footprints, &count);
	if (went_well)
		qsort(footprints, count, sizeof(*footprints), compare);
	for (size_t i = 0; went_well && i < count; i++) {
		struct query query;

		query_start(&query, db, ADD);
		query_give_integer(&query, *trailed);
		query_give_integer(&query, footprints[i].hash);
		query_give_integer(&query, footprints[i].place);
		went_well = query_run(&query);
	}
	free(footprints);
	if (went_well)
		++*trailed;
	return went_well;
}
