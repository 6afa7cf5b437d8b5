/* upkeep.c - a slice of pruning, so that no batch waits long behind it. */
#include <string.h>
#include <sys/stat.h>

#include "store/inside.h"
#include "store/reported.h"
#include "store/seen.h"
#include "store/telling.h"
#include "store/trail.h"
#include "store/upkeep_list.h"

#define SLICE 1000

/*
 * seen is kept for longer than the events, by the time of sending: feedback comes after
 * its send, so an event's key outlives the event unless it came later than this after
 * the send; and a copy of a message that old is refused by its age before it gets here.
 */
#define SEEN_SLACK_MS (60 * DAY_MS)

/* However short events are kept: the windows of the rates reach back far. */
#define COUNTERS_KEPT_MS (400 * DAY_MS)

/* The log's file is shrunk when it is longer than this: only a reader or another process
 * that held it makes it so. */
#define LOG_BYTES_MAX ((off_t) 96 * 1024 * 1024)

/* Ids grow with recording, and ordinary events are recorded soon after they are
 * published: the oldest are at the front. Replayed ones are found by events_late. The raw
 * text of a notification has the id of its first event, and all of one notification are
 * of one age. */
static const char OLD_AT_FRONT[] =
	"SELECT id FROM (SELECT id, published FROM events ORDER BY id LIMIT ?2)"
	" WHERE published < ?1";
static const char OLD_REPLAYS[] =
	"SELECT id FROM events WHERE recorded > published + 86400000 AND published < ?1"
	" LIMIT ?2";
static const char PRUNE_EVENT[] = "DELETE FROM events WHERE id = ?1";
static const char PRUNE_RAW[] = "DELETE FROM raws WHERE id = ?1";
static const char PRUNE_COUNTERS[] =
	"DELETE FROM counters WHERE series = ?1 AND start < ?2 AND start <="
	" (SELECT max(start) FROM (SELECT start FROM counters"
	"  WHERE series = ?1 AND start < ?2 ORDER BY start LIMIT ?3))";
static const char FIRST_EVENT[] = "SELECT min(id) FROM events";
static const char PRUNE_TRAIL[] =
	"DELETE FROM trail WHERE segment = ?1 AND (hash, place) <="
	" (SELECT hash, place FROM (SELECT hash, place FROM trail WHERE segment = ?1"
	"  ORDER BY hash, place LIMIT ?2) ORDER BY hash DESC, place DESC LIMIT 1)";
static const char FIRST_SEGMENT[] = "SELECT min(segment) FROM trail";
static const char PRUNE_UNRECOGNISED[] =
	"DELETE FROM unrecognised WHERE id IN (SELECT id FROM"
	" (SELECT id, published FROM unrecognised ORDER BY id LIMIT ?2)"
	" WHERE published < ?1)";
static const char PRUNE_ASIDE[] =
	"DELETE FROM aside WHERE id IN (SELECT id FROM"
	" (SELECT id, published FROM aside ORDER BY id LIMIT ?2) WHERE published < ?1)";

static bool prune_event(struct writer *writer, int64_t id)
{
	struct query query;

	query_start(&query, &writer->db, PRUNE_EVENT);
	query_give_integer(&query, id);
	if (!query_run(&query))
		return false;
	writer->totals.events--;
	query_start(&query, &writer->db, PRUNE_RAW);
	query_give_integer(&query, id);
	return query_run(&query);
}

static bool prune_events(
	struct writer *writer, const char *find, utc_ms cutoff, int64_t *count)
{
	int64_t ids[SLICE];
	size_t found = 0;
	struct query query;

	query_start(&query, &writer->db, find);
	query_give_integer(&query, cutoff);
	query_give_integer(&query, SLICE);
	while (query_row(&query))
		ids[found++] = query_integer(&query, 0);
	if (!query_end(&query))
		return false;
	for (size_t i = 0; i < found; i++)
		if (!prune_event(writer, ids[i]))
			return false;
	*count += (int64_t) found;
	return true;
}

/* Days and hours go when they are past as a whole. */
static bool prune_counters(struct writer *writer, utc_ms cutoff, int64_t *count)
{
	static const int64_t steps_ms[] = {
		[STORE_STEP_MINUTE] = MINUTE_MS,
		[STORE_STEP_HOUR] = HOUR_MS,
		[STORE_STEP_DAY] = DAY_MS,
	};

	for (int64_t series = 0; series < TALLY_SERIES && *count < SLICE; series++) {
		struct query query;

		query_start(&query, &writer->db, PRUNE_COUNTERS);
		query_give_integer(&query, series);
		query_give_integer(&query,
			utc_floor(cutoff, steps_ms[tally_step(series)]) / MINUTE_MS);
		query_give_integer(&query, SLICE);
		if (!query_run(&query))
			return false;
		*count += sqlite3_changes(writer->db.handle);
	}
	return true;
}

static bool ask_minimum(
	struct writer *writer, const char *sql, int64_t otherwise, int64_t *answer)
{
	struct query query;

	*answer = otherwise;
	query_start(&query, &writer->db, sql);
	if (query_row(&query) && sqlite3_column_type(query.statement, 0) != SQLITE_NULL)
		*answer = query_integer(&query, 0);
	return query_end(&query);
}

/* A segment goes when its events are gone. */
static bool prune_trail(struct writer *writer, int64_t *count)
{
	int64_t event, segment;

	if (!ask_minimum(writer, FIRST_EVENT, writer->totals.last_event + 1, &event) ||
		!ask_minimum(writer, FIRST_SEGMENT, INT64_MAX, &segment))
		return false;
	if (segment >= event / TRAIL_SEGMENT)
		return true;
	return db_prune(&writer->db, PRUNE_TRAIL, segment, SLICE, count);
}

static bool prune_kept(struct writer *writer, utc_ms cutoff, int64_t *count)
{
	int64_t unrecognised = 0, aside = 0;

	if (!db_prune(&writer->db, PRUNE_UNRECOGNISED, cutoff, SLICE, &unrecognised) ||
		!db_prune(&writer->db, PRUNE_ASIDE, cutoff, SLICE, &aside))
		return false;
	writer->totals.unrecognised -= unrecognised;
	writer->totals.aside -= aside;
	*count += unrecognised + aside;
	return true;
}

static bool prune(struct writer *writer, utc_ms now, bool *has_more)
{
	utc_ms cutoff = now - writer->keep_events_ms;
	utc_ms counted =
		now - COUNTERS_KEPT_MS < cutoff ? now - COUNTERS_KEPT_MS : cutoff;
	int64_t count = 0, keys = 0;

	*has_more = false;
	if (!prune_events(writer, OLD_AT_FRONT, cutoff, &count) ||
		(count == 0 && !prune_events(writer, OLD_REPLAYS, cutoff, &count)) ||
		(count == 0 && !prune_kept(writer, cutoff, &count)) ||
		(count == 0 && !outbox_prune(&writer->db, now, SLICE, &count)) ||
		(count == 0 && !alerts_prune(&writer->db, now, SLICE, &count)) ||
		(count == 0 && !silences_prune(&writer->db, now, SLICE, &count)) ||
		(count == 0 && !prune_trail(writer, &count)) ||
		(count == 0 && !prune_counters(writer, counted, &count)) ||
		(count == 0 && !peaks_prune(&writer->db, now, SLICE, &count)) ||
		(count == 0 && !reported_prune(&writer->db, now, SLICE, &count)) ||
		(count == 0 &&
			!seen_prune(&writer->db, cutoff - SEEN_SLACK_MS, SLICE, &keys)))
		return false;
	if (count + keys == 0)
		return upkeep_list(writer, now, counted, has_more);
	/* One kind of row a slice; the next slice goes on with what is left. */
	*has_more = count + keys > 0;
	return true;
}

static bool log_is_long(const struct writer *writer)
{
	const char *path =
		sqlite3_filename_wal(sqlite3_db_filename(writer->db.handle, "main"));
	struct stat status;

	return path != NULL && stat(path, &status) == 0 && status.st_size > LOG_BYTES_MAX;
}

enum store_outcome upkeep_slice(struct writer *writer, struct store_job *job)
{
	bool has_more = false;

	if (writer->keep_events_ms > 0 && !prune(writer, job->now, &has_more))
		return STORE_FAILED;
	job->changed = has_more;
	if (log_is_long(writer))
		writer->wants_truncate = true;
	return STORE_DONE;
}
