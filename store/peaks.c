/* peaks.c - the busiest second of an hour. */
#include "store/peaks.h"

#include <stdlib.h>
#include <string.h>

static const char WRITE[] =
	"INSERT INTO peaks VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE"
	" SET rate = excluded.rate, at = excluded.at WHERE excluded.rate > rate";
static const char READ[] =
	"SELECT p.rate, p.at FROM accounts a JOIN peaks p ON p.account = a.id"
	" WHERE a.account = ?1 AND a.region = ?2 AND p.hour >= ?3 AND p.at >= ?4"
	" AND p.at < ?5"
	" ORDER BY p.rate DESC, p.at DESC LIMIT 1";
static const char PRUNE[] = "DELETE FROM peaks WHERE (account, hour) IN"
			    " (SELECT account, hour FROM peaks WHERE hour < ?1 LIMIT ?2)";

void peaks_clear(struct peaks *peaks)
{
	peaks->hour_count = 0;
}

void peaks_forget(struct peaks *peaks)
{
	free(peaks->hours);
	memset(peaks, 0, sizeof(*peaks));
}

/* One line an hour; those of one batch are few. */
static struct peak_hour *find_hour(struct peaks *peaks, int64_t account, int64_t hour)
{
	struct peak_hour *hours;

	for (size_t i = peaks->hour_count; i > 0; i--)
		if (peaks->hours[i - 1].hour == hour &&
			peaks->hours[i - 1].account == account)
			return &peaks->hours[i - 1];
	if (peaks->hour_count == peaks->hour_capacity) {
		size_t capacity = peaks->hour_capacity * 2 + 8;

		hours = reallocarray(peaks->hours, capacity, sizeof(*hours));
		if (hours == NULL)
			return NULL;
		peaks->hours = hours;
		peaks->hour_capacity = capacity;
	}
	hours = &peaks->hours[peaks->hour_count++];
	*hours = (struct peak_hour){.account = account, .hour = hour};
	return hours;
}

bool peaks_add(struct peaks *peaks, int64_t account, utc_ms sent, int64_t count)
{
	int64_t second = utc_floor(sent, SECOND_MS) / SECOND_MS;
	uint64_t place = (uint64_t) second + (uint64_t) account * 263;
	struct peak_second *counted = &peaks->seconds[place % PEAKS_SECONDS];
	struct peak_hour *hour =
		find_hour(peaks, account, utc_floor(sent, HOUR_MS) / HOUR_MS);

	if (hour == NULL)
		return false;
	if (counted->account != account || counted->second != second)
		*counted = (struct peak_second){.account = account, .second = second};
	counted->count += count;
	if (counted->count > hour->rate) {
		hour->rate = counted->count;
		hour->at = second * SECOND_MS;
	}
	return true;
}

bool peaks_write(struct peaks *peaks, struct db *db)
{
	for (size_t i = 0; i < peaks->hour_count; i++) {
		const struct peak_hour *hour = &peaks->hours[i];
		struct query query;

		query_start(&query, db, WRITE);
		query_give_integer(&query, hour->account);
		query_give_integer(&query, hour->hour);
		query_give_integer(&query, hour->rate);
		query_give_integer(&query, hour->at);
		if (!query_run(&query))
			return false;
	}
	return true;
}

bool peaks_read(struct db *db, const char *account, const char *region, utc_ms since,
	utc_ms until, int64_t *rate, utc_ms *at)
{
	struct query query;

	*rate = 0;
	*at = UTC_NONE;
	query_start(&query, db, READ);
	query_give_text(&query, account);
	query_give_text(&query, region);
	query_give_integer(&query, utc_floor(since, HOUR_MS) / HOUR_MS);
	query_give_integer(&query, utc_floor(since, SECOND_MS));
	query_give_integer(&query, until);
	if (query_row(&query)) {
		*rate = query_integer(&query, 0);
		*at = query_integer(&query, 1);
	}
	return query_end(&query);
}

bool peaks_prune(struct db *db, utc_ms now, int64_t limit, int64_t *count)
{
	return db_prune(db, PRUNE, utc_floor(now - PEAKS_KEPT_MS, HOUR_MS) / HOUR_MS,
		limit, count);
}
