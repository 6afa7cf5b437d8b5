/* test_store.c - opening, migrating, refusing, closing. */
#include "tests/store/support.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static void execute(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int64_t ask(const char *path, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t answer;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return answer;
}

static void overwrite(const char *path, long offset, const char *bytes, size_t length)
{
	FILE *file = fopen(path, offset == 0 ? "w" : "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, offset, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void assert_refused(struct scene *scene, const char *word)
{
	assert_false(scene_open(scene));
	if (strstr(scene->error.text, word) == NULL)
		fail_msg("refused with other words: %s", scene->error.text);
	assert_non_null(strstr(scene->error.text, scene->path));
}

static void a_new_store_is_made_and_closed_without_a_log(void **state)
{
	struct scene *scene = *state;
	char name[128];
	struct stat status;

	assert_true(scene_open(scene));
	scene_close(scene);
	snprintf(name, sizeof(name), "%s-wal", scene->path);
	assert_int_equal(stat(name, &status), -1);
	assert_int_equal(ask(scene->path, "PRAGMA user_version"), 4);
	assert_int_equal(ask(scene->path, "PRAGMA application_id"), 0x53455366);
	assert_int_equal(ask(scene->path, "PRAGMA page_size"), 4096);
}

static void files_belong_to_their_owner_alone(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	struct scene *scene = *state;
	mode_t before = umask(0);
	char name[128];
	struct stat status;

	assert_true(scene_open(scene));
	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", scene->path, suffixes[i]);
		assert_int_equal(stat(name, &status), 0);
		assert_int_equal(status.st_mode & 077, 0);
	}
	umask(before);
}

static void what_was_recorded_is_there_after_a_reopen(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	assert_true(scene_open(scene));
	letter_simple(
		&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, "a@example.org");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	assert_int_equal(health_of(scene).events, 1);
	assert_int_equal(health_of(scene).suppressions, 1);
	assert_int_equal(entry_of(scene, "a@example.org", "", NOON).count, 1);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, 1);
}

static void a_second_daemon_is_refused_and_a_later_one_is_not(void **state)
{
	struct scene *scene = *state, second;

	assert_true(scene_open(scene));
	second = *scene;
	assert_refused(&second, "another ses-feedbackd");
	scene_close(scene);
	assert_true(scene_open(scene));
}

static void a_newer_store_is_refused(void **state)
{
	struct scene *scene = *state;

	assert_true(scene_open(scene));
	scene_close(scene);
	execute(scene->path, "PRAGMA user_version = 999");
	assert_refused(scene, "newer");
	assert_int_equal(ask(scene->path, "PRAGMA user_version"), 999);
}

static void a_database_of_another_program_is_refused_and_left_alone(void **state)
{
	struct scene *scene = *state;

	execute(scene->path, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (7)");
	assert_refused(scene, "another program");
	assert_int_equal(ask(scene->path, "SELECT x FROM theirs"), 7);
	assert_int_equal(ask(scene->path, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void what_is_no_database_is_refused_and_left_alone(void **state)
{
	static const char text[] =
		"This is a letter to my aunt, and no database at all.\n"
		"It is long enough to be taken for a header, though, "
		"which needs a hundred bytes.\n";
	struct scene *scene = *state;
	char present[sizeof(text)];
	FILE *file;

	overwrite(scene->path, 0, text, sizeof(text));
	assert_refused(scene, "damaged");
	file = fopen(scene->path, "r");
	assert_non_null(file);
	assert_int_equal(fread(present, 1, sizeof(present), file), sizeof(text));
	fclose(file);
	assert_memory_equal(present, text, sizeof(text));
}

static void a_damaged_schema_is_refused(void **state)
{
	struct scene *scene = *state;
	char zeros[4096 - 100];

	assert_true(scene_open(scene));
	scene_close(scene);
	memset(zeros, 0x5a, sizeof(zeros));
	overwrite(scene->path, 100, zeros, sizeof(zeros));
	assert_refused(scene, "damaged");
}

static void damage_is_found_after_an_unclean_stop(void **state)
{
	struct scene *scene = *state;
	char junk[4096], name[128];
	struct stat status;

	assert_true(scene_open(scene));
	for (unsigned i = 0; i < 400; i++) {
		struct letter letter;

		letter_simple(
			&letter, SES_SEND, SES_OUTCOME_SEND, NOON, i, "a@b.example");
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	scene_close(scene);
	assert_int_equal(stat(scene->path, &status), 0);
	memset(junk, 0x5a, sizeof(junk));
	for (long page = 20; page * 4096 < status.st_size; page++)
		overwrite(scene->path, page * 4096, junk, sizeof(junk));
	/* A log that was left over is the mark of an unclean stop; this one is empty of
	   frames that count. */
	snprintf(name, sizeof(name), "%s-wal", scene->path);
	overwrite(name, 0, junk, 32);
	assert_refused(scene, "damaged");
}

/* Makes a file of version 2 out of one of today: it counted less, and by less. */
static const char AS_VERSION_2[] =
	"DROP TABLE senders; DROP TABLE hosted; DROP TABLE peaks; DROP TABLE reports;"
	"DROP TABLE alerts; DROP TABLE silences; DROP TABLE outbox; DROP TABLE marks;"
	"DROP TABLE brakes; DROP TABLE uncounted;"
	"DELETE FROM counters WHERE series >= 24;"
	"ALTER TABLE counters DROP COLUMN automatic;"
	"ALTER TABLE counters DROP COLUMN blocked;"
	"ALTER TABLE counters DROP COLUMN verified_sends;"
	"ALTER TABLE counters DROP COLUMN reported;"
	"PRAGMA user_version = 2";

/* Makes a file of version 1 out of one of version 2: its list had one row an entry. */
static const char AS_VERSION_1[] =
	"DROP TABLE evidence; DROP TABLE changes; DROP TABLE guard;"
	"DROP TABLE tombstones; DROP TABLE suppressions;"
	"CREATE TABLE suppressions (address TEXT NOT NULL, scope TEXT NOT NULL,"
	" original TEXT, reason INTEGER NOT NULL, certain INTEGER NOT NULL,"
	" since INTEGER NOT NULL, expires INTEGER, at_ses INTEGER, event INTEGER,"
	" note TEXT, PRIMARY KEY (address, scope)) STRICT, WITHOUT ROWID;"
	/* A bounce, of event 1; a complaint whose event was pruned; what SES's list held;
	   a manual entry; an import. */
	"INSERT INTO suppressions VALUES"
	" ('bounced@x.example', '', 'Bounced@x.example', 1, 1, 1773144003000, NULL, 1, 1,"
	" NULL),"
	" ('complained@x.example', '', NULL, 2, 0, 1773000000000, NULL, NULL, 999, NULL),"
	" ('listed@x.example', '', NULL, 6, 1, 1773000000000, NULL, 1, 998, NULL),"
	" ('manual@x.example', 'news', NULL, 4, 1, 1773000000000, 1999000000000, NULL,"
	" NULL, 'asked'),"
	" ('imported@x.example', '', NULL, 5, 1, 1773000000000, NULL, NULL, NULL, NULL);"
	"UPDATE totals SET suppressions = 5; PRAGMA user_version = 1";

static void make_version_1(struct scene *scene)
{
	struct letter letter;

	assert_true(scene_open(scene));
	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1,
		"bounced@x.example");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	scene_close(scene);
	execute(scene->path, AS_VERSION_2);
	execute(scene->path, AS_VERSION_1);
}

static void a_list_of_version_1_is_told_as_before(void **state)
{
	static const struct {
		const char *address, *scope;
		enum ses_hand hand;
		enum ses_reason reason;
		bool is_certain;
		int at_ses;
	} cases[] = {
		{"bounced@x.example", "", SES_HAND_NONE, SES_REASON_BOUNCE, true, 1},
		{"complained@x.example", "", SES_HAND_NONE, SES_REASON_COMPLAINT, false,
			-1},
		{"listed@x.example", "", SES_HAND_NONE, SES_REASON_SES_LIST, true, 1},
		{"manual@x.example", "news", SES_HAND_SUPPRESS, SES_REASON_MANUAL, true,
			-1},
		{"imported@x.example", "", SES_HAND_IMPORT, SES_REASON_IMPORT, true, -1},
	};
	struct scene *scene = *state;

	make_version_1(scene);
	assert_true(scene_open(scene));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct entry entry =
			entry_of(scene, cases[i].address, cases[i].scope, NOON + DAY_MS);

		assert_int_equal(entry.count, 1);
		assert_int_equal(entry.entry.hand, cases[i].hand);
		assert_int_equal(entry.entry.reason, cases[i].reason);
		assert_int_equal(entry.entry.is_certain, cases[i].is_certain);
		/* Nobody knows any more who said so: it is kept as if by an import. */
		assert_int_equal(
			entry.entry.at_ses, cases[i].at_ses == 1 ? 2 : cases[i].at_ses);
		assert_true(entry.entry.version > 0);
	}
	assert_string_equal(
		entry_of(scene, "manual@x.example", "news", NOON).note, "asked");
	assert_string_equal(entry_of(scene, "bounced@x.example", "", NOON).original,
		"Bounced@x.example");
	assert_int_equal(health_of(scene).suppressions, 5);
	scene_close(scene);
	assert_int_equal(ask(scene->path, "PRAGMA user_version"), 4);
}

/* What version 1 had learnt is evidence now: news are decided together with it. */
static void what_version_1_had_learnt_is_decided_anew(void **state)
{
	struct store_change removal = change_of(STORE_REMOVE, "complained@x.example", "");
	struct scene *scene = *state;
	struct letter letter;
	struct entry entry;

	make_version_1(scene);
	assert_true(scene_open(scene));
	letter_simple(&letter, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, NOON + DAY_MS, 2,
		"bounced@x.example");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	entry = entry_of(scene, "bounced@x.example", "", NOON + DAY_MS);
	assert_int_equal(entry.entry.reason, SES_REASON_COMPLAINT);
	assert_int_equal(entry.entry.at_ses, 2);
	assert_true(entry.entry.version > 1);
	assert_int_equal(change_one(scene, &removal, NOON), STORE_REMOVED);
	assert_int_equal(entry_of(scene, "complained@x.example", "", NOON).count, 0);
	assert_int_equal(health_of(scene).suppressions, 4);
	scene_close(scene);
	assert_int_equal(ask(scene->path, "SELECT count(*) FROM suppressions"
					  " WHERE address = 'bounced@x.example'"),
		2);
}

/* What was counted is counted still, and what comes now is added to it. */
static void counts_of_version_2_are_kept(void **state)
{
	static const enum ses_outcome outcomes[] = {
		SES_OUTCOME_HARD_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_OUTCOME_REFUSED};
	struct ses_counts expected = {
		.hard_bounces = 2, .soft_bounces = 2, .refused = 2, .attempts = 4};
	struct scene *scene = *state;

	for (unsigned round = 0; round < 2; round++) {
		assert_true(scene_open(scene));
		for (unsigned i = 0; i < 3; i++) {
			struct letter letter;

			letter_simple(&letter, SES_BOUNCE, outcomes[i], NOON,
				10 * round + i, "a@gmail.com");
			assert_int_equal(record(scene, &letter), STORE_DONE);
		}
		if (round > 0)
			break;
		scene_close(scene);
		execute(scene->path, AS_VERSION_2);
	}
	for (int by = STORE_BY_ACCOUNT; by <= STORE_BY_RECIPIENT_DOMAIN; by++) {
		struct ses_counts present =
			counted(scene, (enum store_dimension) by, NULL);

		assert_memory_equal(&present, &expected, sizeof(expected));
	}
	assert_int_equal(counted(scene, STORE_BY_PROVIDER, "google").hard_bounces, 1);
	scene_close(scene);
	assert_int_equal(ask(scene->path, "PRAGMA user_version"), 4);
}

static void a_folder_that_does_not_exist_is_said(void **state)
{
	struct scene *scene = *state, other = *scene;

	snprintf(other.path, sizeof(other.path), "%s/no/such.db", scene->folder);
	assert_refused(&other, "No such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_prepare, scene_tear_down)
		TEST(a_new_store_is_made_and_closed_without_a_log),
		TEST(files_belong_to_their_owner_alone),
		TEST(what_was_recorded_is_there_after_a_reopen),
		TEST(a_second_daemon_is_refused_and_a_later_one_is_not),
		TEST(a_newer_store_is_refused),
		TEST(a_database_of_another_program_is_refused_and_left_alone),
		TEST(what_is_no_database_is_refused_and_left_alone),
		TEST(a_damaged_schema_is_refused),
		TEST(damage_is_found_after_an_unclean_stop),
		TEST(a_list_of_version_1_is_told_as_before),
		TEST(what_version_1_had_learnt_is_decided_anew),
		TEST(counts_of_version_2_are_kept),
		TEST(a_folder_that_does_not_exist_is_said),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
