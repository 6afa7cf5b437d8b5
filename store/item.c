/* item.c - one item of a batch, in a savepoint of its own. */
#include <assert.h>

#include "base/log.h"
#include "store/writer.h"

static const char SAVEPOINT[] = "SAVEPOINT item";
static const char RELEASE[] = "RELEASE item";
static const char ROLLBACK_ITEM[] = "ROLLBACK TO item";

void writer_forget_rows(struct writer *writer)
{
	names_forget(&writer->names);
	hosted_forget(&writer->hosted);
	senders_forget(&writer->senders);
}

/* Failures after which nothing more is tried in this transaction: SQLite may have rolled
 * all of it back already, or the disk can't be trusted. The rest (a constraint, a text
 * too long) concern one item. */
static bool spoils_batch(const struct writer *writer)
{
	switch (writer->db.code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
	case SQLITE_RANGE:
		return sqlite3_get_autocommit(writer->db.handle) != 0;
	default:
		return true;
	}
}

static enum store_outcome apply(struct writer *writer, struct store_job *job)
{
	switch (job->kind) {
	case STORE_RECORD:
		return record_event(writer, job);
	case STORE_UNRECOGNISED:
		return kept_unrecognised(writer, job);
	case STORE_ASIDE:
		return kept_aside(writer, job);
	case STORE_TOPIC:
		return topics_change(writer, job);
	case STORE_CHANGE_LIST:
		return hand_change(writer, job);
	case STORE_POLICY_APPLY:
		return rejudge_apply(writer, job);
	case STORE_FORGET:
		return forget_address(writer, job);
	case STORE_REPORT_SENDS:
		return reported_count(writer, job);
	case STORE_ALERTS:
		return alerts_apply(writer, job);
	case STORE_SILENCE:
		return silences_change(writer, job);
	case STORE_OUTBOX:
		return outbox_result(writer, job);
	case STORE_MARK:
		return marks_change(writer, job);
	case STORE_UPKEEP:
		return upkeep_slice(writer, job);
	case STORE_COUNT:
		if (job->counting > (int) writer->counting)
			writer->counting = (enum counting) job->counting;
		return STORE_DONE;
	}
	assert(!"a job of an unknown kind");
	return STORE_FAILED;
}

void item_forget_result(struct store_job *job)
{
	job->recorded = 0;
	job->changed = false;
	job->burst.count = 0;
	for (size_t i = 0; i < job->change_count; i++)
		job->changes[i].result = STORE_UNCHANGED;
	for (size_t i = 0; i < job->report_count; i++)
		job->reports[i].is_duplicate = false;
}

bool item_apply(struct writer *writer, struct store_job *job)
{
	item_forget_result(job);
	if (!db_run(&writer->db, SAVEPOINT))
		return false;
	writer->before_item = writer->totals;
	keys_begin_item(&writer->keys);
	recent_begin_item(&writer->uncounted.keys);
	writer->db.code = SQLITE_OK;
	job->outcome = apply(writer, job);
	if (job->outcome != STORE_FAILED)
		return db_run(&writer->db, RELEASE);
	if (spoils_batch(writer))
		return false;
	log_error("store: one item can't be stored, the others can: %s",
		writer->db.failure);
	writer->totals = writer->before_item;
	tally_drop_staged(&writer->tally);
	keys_undo_item(&writer->keys);
	recent_undo_item(&writer->uncounted.keys);
	writer_forget_rows(writer);
	item_forget_result(job);
	return db_run(&writer->db, ROLLBACK_ITEM) && db_run(&writer->db, RELEASE);
}
