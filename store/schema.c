/* schema.c - the tables, and how older files become today's. */
#include "store/schema.h"

#include <stdio.h>

/* "SESf", in the header of the file: file(1) shows it. */
static const char SET_APPLICATION[] = "PRAGMA application_id = 1397052262";
#define APPLICATION 1397052262

/*
 * Version 1.
 *
 * Everything the hot path writes grows at one end: events by arrival, seen by the time of
 * sending, counters by the minute. An index on a random key would cost a page of its own
 * for every event (a dirty leaf in the log, and again in the file).
 *
 * events.kind: type + 16 * outcome + 256 * standing + 1024 * development.
 * events.raw: how many ids before this event its notification's text lies; NULL: not
 * kept. seen.locality, seen.digest: ses/key.h. It has no reference back to the events; it
 * is pruned by locality, which is the time of sending. Keys that carry no time (their
 *   locality is negative) are listed once more in seen_odd, in order of arrival.
 * counters.series: basis * 12 + step * 4 + dimension; start: minutes since 1970.
 * trail: the events of an address, segment by segment of TRAIL_SEGMENT ids, written when
 * a segment is full; see trail.c. totals: one row, rewritten with every batch.
 */
static const char VERSION_1[] =
	"CREATE TABLE accounts ("
	" id INTEGER PRIMARY KEY,"
	" account TEXT NOT NULL,"
	" region TEXT NOT NULL,"
	" UNIQUE (account, region)) STRICT;"
	"CREATE TABLE origins ("
	" id INTEGER PRIMARY KEY,"
	" account INTEGER NOT NULL REFERENCES accounts,"
	" identity TEXT NOT NULL,"
	" configuration_set TEXT NOT NULL,"
	" UNIQUE (account, identity, configuration_set)) STRICT;"
	"CREATE TABLE topics ("
	" id INTEGER PRIMARY KEY,"
	" arn TEXT NOT NULL UNIQUE,"
	" state INTEGER NOT NULL,"
	" token TEXT,"
	" subscription_arn TEXT,"
	" changed INTEGER,"
	" last_published INTEGER,"
	" last_received INTEGER,"
	" notifications INTEGER NOT NULL) STRICT;"
	"CREATE TABLE events ("
	" id INTEGER PRIMARY KEY,"
	" kind INTEGER NOT NULL,"
	" published INTEGER NOT NULL,"
	" sent INTEGER NOT NULL,"
	" happened INTEGER,"
	" recorded INTEGER NOT NULL,"
	" origin INTEGER NOT NULL,"
	" topic INTEGER NOT NULL,"
	" message_id BLOB NOT NULL,"
	" address TEXT NOT NULL,"
	" original TEXT,"
	" facts TEXT,"
	" tags TEXT,"
	" raw INTEGER) STRICT;"
	/* Replays: what was recorded long after it was published, so that pruning finds
	   it among younger rows. Ordinary events are not in this index. */
	"CREATE INDEX events_late ON events (published)"
	" WHERE recorded > published + 86400000;"
	"CREATE TABLE raws (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
	"CREATE TABLE seen ("
	" locality INTEGER NOT NULL,"
	" digest INTEGER NOT NULL,"
	" PRIMARY KEY (locality, digest)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE seen_odd ("
	" id INTEGER PRIMARY KEY,"
	" recorded INTEGER NOT NULL,"
	" locality INTEGER NOT NULL,"
	" digest INTEGER NOT NULL) STRICT;"
	"CREATE TABLE trail ("
	" segment INTEGER NOT NULL,"
	" hash INTEGER NOT NULL,"
	" place INTEGER NOT NULL,"
	" PRIMARY KEY (segment, hash, place)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE suppressions ("
	" address TEXT NOT NULL,"
	" scope TEXT NOT NULL,"
	" original TEXT,"
	" reason INTEGER NOT NULL,"
	" certain INTEGER NOT NULL,"
	" since INTEGER NOT NULL,"
	" expires INTEGER,"
	" at_ses INTEGER,"
	" event INTEGER,"
	" note TEXT,"
	" PRIMARY KEY (address, scope)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE counters ("
	" series INTEGER NOT NULL,"
	" start INTEGER NOT NULL,"
	" account INTEGER NOT NULL,"
	" key TEXT NOT NULL,"
	" sends INTEGER NOT NULL,"
	" attempts INTEGER NOT NULL,"
	" deliveries INTEGER NOT NULL,"
	" hard_bounces INTEGER NOT NULL,"
	" soft_bounces INTEGER NOT NULL,"
	" complaints INTEGER NOT NULL,"
	" rejects INTEGER NOT NULL,"
	" refused INTEGER NOT NULL,"
	" verified INTEGER NOT NULL,"
	" simulator INTEGER NOT NULL,"
	" not_spam INTEGER NOT NULL,"
	" listed INTEGER NOT NULL,"
	" PRIMARY KEY (series, start, account, key)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE complaining ("
	" domain TEXT NOT NULL PRIMARY KEY,"
	" last INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE unrecognised ("
	" id INTEGER PRIMARY KEY,"
	" message_id TEXT NOT NULL UNIQUE,"
	" topic INTEGER NOT NULL REFERENCES topics,"
	" subject TEXT,"
	" why TEXT NOT NULL,"
	" message TEXT NOT NULL,"
	" published INTEGER NOT NULL,"
	" recorded INTEGER NOT NULL) STRICT;"
	"CREATE TABLE aside ("
	" id INTEGER PRIMARY KEY,"
	" message_id TEXT NOT NULL UNIQUE,"
	" topic INTEGER NOT NULL REFERENCES topics,"
	" subject TEXT,"
	" message TEXT NOT NULL,"
	" published INTEGER NOT NULL,"
	" recorded INTEGER NOT NULL) STRICT;"
	"CREATE INDEX aside_by_topic ON aside (topic);"
	"CREATE TABLE totals ("
	" events INTEGER NOT NULL,"
	" unrecognised INTEGER NOT NULL,"
	" aside INTEGER NOT NULL,"
	" suppressions INTEGER NOT NULL,"
	" last_event INTEGER NOT NULL,"
	" trailed INTEGER NOT NULL) STRICT;"
	"INSERT INTO totals VALUES (0, 0, 0, 0, 0, 0);";

/*
 * Version 2: the policy.
 *
 * suppressions: several rows an address and scope: source 0 is the rule by hand (hand:
 * enum ses_hand), any other the learnt entry of that enum ses_reason. change: the id of
 * the row's last change. Entries of version 1 that an event had put there become evidence
 * too, so that they can be decided anew (their events may have been pruned); the others
 * were put by hand or imported. Change 1 is this migration: see changes.c.
 * events.kind: 2048 * class more (0 for events of version 1).
 * evidence: evidence.h; mail: a digest of the SES message id. changes.hash: of the
 * address. guard: guard.h. tombstones: tombstones.h.
 */
static const char VERSION_2[] =
	"CREATE TABLE evidence ("
	" address TEXT NOT NULL,"
	" event INTEGER NOT NULL,"
	" class INTEGER NOT NULL,"
	" certain INTEGER NOT NULL,"
	" sent INTEGER NOT NULL,"
	" published INTEGER NOT NULL,"
	" mail INTEGER NOT NULL,"
	" origin INTEGER,"
	" tenant TEXT,"
	" PRIMARY KEY (address, event)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX evidence_watched ON evidence (address, class)"
	" WHERE class IN (2, 3, 6, 8, 12);"
	"INSERT OR IGNORE INTO evidence SELECT s.address, s.event, CASE s.reason WHEN 1 "
	"THEN 1"
	" WHEN 2 THEN 9 ELSE 8 END, s.certain, coalesce(e.sent, s.since),"
	" coalesce(e.published, s.since), s.event, e.origin, NULL"
	" FROM suppressions s LEFT JOIN events e ON e.id = s.event"
	" WHERE s.event IS NOT NULL AND s.reason IN (1, 2, 6);"
	"CREATE TABLE list ("
	" address TEXT NOT NULL,"
	" scope TEXT NOT NULL,"
	" source INTEGER NOT NULL,"
	" hand INTEGER NOT NULL,"
	" reason INTEGER NOT NULL,"
	" certain INTEGER NOT NULL,"
	" since INTEGER NOT NULL,"
	" expires INTEGER,"
	" at_ses INTEGER,"
	" event INTEGER,"
	" original TEXT,"
	" note TEXT,"
	" actor TEXT,"
	" change INTEGER NOT NULL,"
	" PRIMARY KEY (address, scope, source)) STRICT, WITHOUT ROWID;"
	"INSERT INTO list SELECT address, scope, iif(event IS NULL, 0, reason),"
	" iif(event IS NOT NULL, 0, iif(reason = 5, 4, 1)), reason, certain, since,"
	" expires, iif(at_ses = 1, 2, at_ses), event, original, note, NULL, 1"
	" FROM suppressions;"
	"DROP TABLE suppressions;"
	"ALTER TABLE list RENAME TO suppressions;"
	"CREATE TABLE changes ("
	" id INTEGER PRIMARY KEY,"
	" at INTEGER NOT NULL,"
	" hash INTEGER NOT NULL,"
	" address TEXT NOT NULL,"
	" scope TEXT NOT NULL,"
	" what INTEGER NOT NULL,"
	" actor TEXT NOT NULL,"
	" cause TEXT NOT NULL,"
	" event INTEGER,"
	" before TEXT,"
	" after TEXT) STRICT;"
	"CREATE INDEX changes_by_address ON changes (hash, id);"
	"CREATE TABLE guard ("
	" key INTEGER NOT NULL,"
	" hour INTEGER NOT NULL,"
	" bounces INTEGER NOT NULL,"
	" suspects INTEGER NOT NULL,"
	" PRIMARY KEY (key, hour)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX guard_by_hour ON guard (hour);"
	"CREATE TABLE tombstones ("
	" digest BLOB NOT NULL,"
	" scope TEXT NOT NULL,"
	" reason INTEGER NOT NULL,"
	" since INTEGER NOT NULL,"
	" expires INTEGER,"
	" PRIMARY KEY (digest, scope)) STRICT, WITHOUT ROWID;";

/*
 * Version 3: know before Amazon does.
 *
 * counters: four counts more, in the order of struct ses_counts; series as tally.h says.
 * senders.kind: enum ses_sender_kind. hosted: providers of hosted domains, as replies
 * showed them. peaks: the busiest second of an hour. reports: ids of POST /v1/sends.
 * alerts: alerts.h; outbox: outbox.h, state as its enum; marks, brakes: marks.h.
 */
static const char VERSION_3[] =
	"ALTER TABLE counters ADD COLUMN automatic INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE counters ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE counters ADD COLUMN verified_sends INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE counters ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE senders ("
	" account INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" key TEXT NOT NULL,"
	" first INTEGER NOT NULL,"
	" last INTEGER NOT NULL,"
	" PRIMARY KEY (account, kind, key)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX senders_by_first ON senders (account, kind, first);"
	"CREATE TABLE hosted ("
	" domain TEXT NOT NULL PRIMARY KEY,"
	" provider TEXT NOT NULL,"
	" last INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE peaks ("
	" account INTEGER NOT NULL,"
	" hour INTEGER NOT NULL,"
	" rate INTEGER NOT NULL,"
	" at INTEGER NOT NULL,"
	" PRIMARY KEY (account, hour)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE reports ("
	" id TEXT NOT NULL PRIMARY KEY,"
	" recorded INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX reports_by_age ON reports (recorded);"
	"CREATE TABLE alerts ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name TEXT NOT NULL,"
	" object TEXT NOT NULL,"
	" level INTEGER NOT NULL,"
	" version INTEGER NOT NULL,"
	" since INTEGER NOT NULL,"
	" told INTEGER,"
	" resolved INTEGER,"
	" seen INTEGER NOT NULL,"
	" fired INTEGER NOT NULL,"
	" text TEXT NOT NULL,"
	" advice TEXT NOT NULL,"
	" data TEXT,"
	" UNIQUE (name, object)) STRICT;"
	"CREATE INDEX alerts_resolved ON alerts (resolved) WHERE resolved IS NOT NULL;"
	"CREATE TABLE silences ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name TEXT NOT NULL,"
	" object TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" until INTEGER NOT NULL,"
	" actor TEXT NOT NULL,"
	" note TEXT NOT NULL) STRICT;"
	"CREATE TABLE outbox ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" channel TEXT NOT NULL,"
	" message TEXT NOT NULL,"
	" alert INTEGER,"
	" at INTEGER NOT NULL,"
	" payload TEXT NOT NULL,"
	" state INTEGER NOT NULL,"
	" due INTEGER NOT NULL,"
	" attempts INTEGER NOT NULL,"
	" answer TEXT,"
	" finished INTEGER) STRICT;"
	"CREATE INDEX outbox_waiting ON outbox (channel, due) WHERE state = 0;"
	"CREATE INDEX outbox_by_alert ON outbox (alert, id);"
	"CREATE INDEX outbox_by_channel ON outbox (channel, id);"
	"CREATE INDEX outbox_finished ON outbox (finished) WHERE finished IS NOT NULL;"
	"CREATE INDEX outbox_by_state ON outbox (state, channel, finished)"
	" WHERE finished IS NOT NULL;"
	"CREATE TABLE marks ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" account TEXT NOT NULL,"
	" region TEXT NOT NULL,"
	" at INTEGER NOT NULL,"
	" recorded INTEGER NOT NULL,"
	" actor TEXT NOT NULL,"
	" note TEXT NOT NULL) STRICT;"
	"CREATE TABLE brakes ("
	" account TEXT NOT NULL,"
	" region TEXT NOT NULL,"
	" configuration_set TEXT NOT NULL,"
	" tripped INTEGER,"
	" level INTEGER NOT NULL,"
	" resumed INTEGER,"
	" stopped_at_ses INTEGER,"
	" actor TEXT NOT NULL,"
	" note TEXT NOT NULL,"
	" PRIMARY KEY (account, region, configuration_set)) STRICT, WITHOUT ROWID;";

/*
 * Version 4: counting at leisure.
 *
 * uncounted: what each batch counted, and the keys of its events, until the tables hold
 * them: uncounted.h.
 */
static const char VERSION_4[] = "CREATE TABLE uncounted ("
				" id INTEGER PRIMARY KEY,"
				" keys BLOB NOT NULL,"
				" lines BLOB NOT NULL) STRICT;";

/* Each step makes its version out of the one before. Never edit one that was released:
 * add another. user_version is set with it, in the same transaction. */
static const struct {
	const char *sql;
	const char *set_version;
} steps[] = {
	{VERSION_1, "PRAGMA user_version = 1"},
	{VERSION_2, "PRAGMA user_version = 2"},
	{VERSION_3, "PRAGMA user_version = 3"},
	{VERSION_4, "PRAGMA user_version = 4"},
};

int schema_version(void)
{
	return (int) (sizeof(steps) / sizeof(steps[0]));
}

bool schema_explain(const struct db *db, const char *path, struct error *error)
{
	int code = db->code & 0xff;

	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return error_prefix(error,
			"store %s: is damaged or no database; put a backup in its "
			"place, or move it away to begin anew",
			path);
	return error_prefix(error, "store %s", path);
}

bool schema_check(struct db *db, const char *path, struct error *error)
{
	int64_t application, version, tables;

	if (!db_ask(db, "PRAGMA application_id", &application) ||
		!db_ask(db, "PRAGMA user_version", &version) ||
		!db_ask(db, "SELECT count(*) FROM sqlite_schema", &tables)) {
		db_explain(db, error);
		return schema_explain(db, path, error);
	}
	if (application == 0 && version == 0 && tables == 0)
		return true;
	if (application != APPLICATION)
		return error_set(error,
			"store %s: is a database of another program (application id "
			"%lld)",
			path, (long long) application);
	if (version > schema_version())
		return error_set(error,
			"store %s: was written by a newer ses-feedbackd (its version is "
			"%lld, this program knows up to %d); use the newer program, or "
			"a backup from before the upgrade",
			path, (long long) version, schema_version());
	return true;
}

static bool migrate_in_transaction(struct db *db, int *migrated_from)
{
	int64_t version;

	/* Read again, now that nobody else can migrate. */
	if (!db_ask(db, "PRAGMA user_version", &version))
		return false;
	if (version >= schema_version())
		return true;
	*migrated_from = (int) version;
	if (version == 0 && !db_execute(db, SET_APPLICATION))
		return false;
	for (int i = (int) version; i < schema_version(); i++)
		if (!db_execute(db, steps[i].sql) ||
			!db_execute(db, steps[i].set_version))
			return false;
	return true;
}

bool schema_migrate(
	struct db *db, const char *path, int *migrated_from, struct error *error)
{
	int64_t version;

	*migrated_from = -1;
	if (!db_ask(db, "PRAGMA user_version", &version))
		goto failed;
	if (version == schema_version())
		return true;
	if (!db_execute(db, "BEGIN EXCLUSIVE"))
		goto failed;
	if (migrate_in_transaction(db, migrated_from) && db_execute(db, "COMMIT"))
		return true;
	db_explain(db, error);
	if (!sqlite3_get_autocommit(db->handle))
		db_execute(db, "ROLLBACK");
	return error_prefix(error, "store %s: making its tables", path);
failed:
	db_explain(db, error);
	return error_prefix(error, "store %s: making its tables", path);
}
