/* reported.c - what the application says it sent. */
#include "store/reported.h"

#include "store/lines.h"

static const char ADD_ID[] = "INSERT INTO reports VALUES (?1, ?2) ON CONFLICT DO UPDATE"
			     " SET recorded = excluded.recorded WHERE recorded <= ?3";
static const char PRUNE[] =
	"DELETE FROM reports WHERE id IN (SELECT id FROM reports WHERE recorded <= ?1"
	" ORDER BY recorded LIMIT ?2)";

/* An id that is there still, but should have been taken away, is a new one. */
static bool add_id(struct db *db, const char *id, utc_ms now, bool *is_new)
{
	struct query query;

	*is_new = true;
	if (id == NULL)
		return true;
	query_start(&query, db, ADD_ID);
	query_give_text(&query, id);
	query_give_integer(&query, now);
	query_give_integer(&query, now - REPORTED_KEPT_MS);
	if (!query_run(&query))
		return false;
	*is_new = sqlite3_changes(db->handle) > 0;
	return true;
}

static bool count(struct writer *writer, const struct store_report *report)
{
	struct ses_counts counts = {.reported = report->count};
	struct lines lines;
	int64_t account;

	return names_account(&writer->names, &writer->db, report->account, report->region,
		       &account) &&
	       lines_begin(&lines, writer, account, report->at, report->at) &&
	       lines_stage(&lines, STORE_BY_ACCOUNT, "", &counts, NULL) &&
	       lines_stage(&lines, STORE_BY_IDENTITY, report->identity, &counts, NULL) &&
	       lines_stage(&lines, STORE_BY_RECIPIENT_DOMAIN, report->recipient_domain,
		       &counts, NULL);
}

enum store_outcome reported_count(struct writer *writer, struct store_job *job)
{
	bool has_new = false, is_new;

	for (size_t i = 0; i < job->report_count; i++) {
		struct store_report *report = &job->reports[i];

		if (!add_id(&writer->db, report->id, job->now, &is_new) ||
			(is_new && !count(writer, report)))
			return STORE_FAILED;
		report->is_duplicate = !is_new;
		has_new = has_new || is_new;
	}
	if (!tally_keep(&writer->tally)) {
		db_lacks_memory(&writer->db);
		return STORE_FAILED;
	}
	return has_new ? STORE_DONE : STORE_DUPLICATE;
}

bool reported_prune(struct db *db, utc_ms now, int64_t limit, int64_t *count_of_pruned)
{
	return db_prune(db, PRUNE, now - REPORTED_KEPT_MS, limit, count_of_pruned);
}
