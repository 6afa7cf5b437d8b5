/* bisect.c - finds a time in a table whose ids grow with time. */
#include "store/bisect.h"

static bool read_first(
	struct db *db, const char *first_from, int64_t from, int64_t *id, utc_ms *at)
{
	struct query query;

	*id = 0;
	query_start(&query, db, first_from);
	query_give_integer(&query, from);
	if (query_row(&query)) {
		*id = query_integer(&query, 0);
		*at = query_time(&query, 1);
	}
	return query_end(&query);
}

bool bisect_time(struct db *db, const char *first_from, utc_ms time, int64_t low,
	int64_t high, int64_t *id)
{
	int64_t first;
	utc_ms at;

	while (low + 1 < high) {
		int64_t middle = low + (high - low) / 2;

		if (!read_first(db, first_from, middle, &first, &at))
			return false;
		if (first == 0 || first >= high || at >= time)
			high = middle;
		else
			low = first;
	}
	*id = low;
	return true;
}
