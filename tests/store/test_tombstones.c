/* test_tombstones.c - forgotten addresses that stay suppressed, and their key. */
#include "store/tombstones.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/store/bare.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static struct store_suppression stone_of(
	const char *address, const char *scope, enum ses_reason reason, utc_ms expires)
{
	return (struct store_suppression){
		.address = address,
		.scope = scope,
		.reason = reason,
		.since = NOON,
		.expires = expires,
	};
}

static void make_key(struct bare *bare, struct tombstones *tombstones)
{
	struct error error = {""};

	if (!tombstones_make_key(tombstones, bare->scene->path, &error))
		fail_msg("%s", error.text);
}

static void add(struct bare *bare, struct tombstones *tombstones, const char *address,
	const char *scope, enum ses_reason reason, utc_ms expires)
{
	struct store_suppression stone = stone_of(address, scope, reason, expires);

	assert_true(tombstones_add(tombstones, &bare->writer.db, &stone));
}

/* "REASON SCOPE" of what a question finds; "" nothing. */
static void assert_found(struct bare *bare, struct tombstones *tombstones,
	const char *address, const char *question, utc_ms now, const char *expected)
{
	struct store_suppression entry;
	struct ses_scopes scopes;
	char text[64] = "";
	bool found;

	assert_true(ses_scopes_parse(question, &scopes));
	assert_true(tombstones_find(
		tombstones, &bare->writer.db, address, &scopes, now, &entry, &found));
	if (found)
		snprintf(text, sizeof(text), "%s %s", ses_reason_name(entry.reason),
			entry.scope);
	assert_string_equal(text, expected);
}

static void key_name(struct bare *bare, char name[128])
{
	snprintf(name, 128, "%s.key", bare->scene->path);
}

static bool opens(struct bare *bare, struct tombstones *tombstones, const char *words)
{
	struct error error = {""};
	bool went_well;

	memset(tombstones, 0, sizeof(*tombstones));
	went_well =
		tombstones_open(tombstones, &bare->writer.db, bare->scene->path, &error);
	if (!went_well && strstr(error.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error.text, words);
	return went_well;
}

static void write_key_file(struct bare *bare, const char *text)
{
	char name[128];
	int file;

	key_name(bare, name);
	file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
}

static void the_key_is_made_once_and_read_again(void **state)
{
	struct bare *bare = *state;
	struct tombstones tombstones = {.has_key = false}, again;
	struct stat status;
	char name[128];

	key_name(bare, name);
	assert_int_not_equal(stat(name, &status), 0);
	make_key(bare, &tombstones);
	assert_int_equal(stat(name, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(status.st_size, 65);
	make_key(bare, &tombstones);
	assert_true(opens(bare, &again, ""));
	assert_true(again.has_key);
	assert_memory_equal(again.key, tombstones.key, SHA256_SIZE);
}

static void a_key_that_is_there_is_not_written_over(void **state)
{
	struct bare *bare = *state;
	struct tombstones one = {.has_key = false}, other = {.has_key = false};
	char name[136];

	make_key(bare, &one);
	/* As if it had come there after the start; and half a key of a crash. */
	snprintf(name, sizeof(name), "%s.key.new", bare->scene->path);
	close(open(name, O_WRONLY | O_CREAT, 0600));
	make_key(bare, &other);
	assert_memory_equal(one.key, other.key, SHA256_SIZE);
	assert_int_not_equal(access(name, F_OK), 0);
}

static void two_keys_differ(void **state)
{
	struct bare *bare = *state;
	struct tombstones one = {.has_key = false}, other = {.has_key = false};
	char name[128];

	make_key(bare, &one);
	key_name(bare, name);
	assert_int_equal(unlink(name), 0);
	make_key(bare, &other);
	assert_memory_not_equal(one.key, other.key, SHA256_SIZE);
}

static void a_folder_that_takes_no_file_is_told(void **state)
{
	struct tombstones tombstones = {.has_key = false};
	struct error error = {""};

	(void) state;
	assert_false(
		tombstones_make_key(&tombstones, "/nonexistent/feedback.db", &error));
	assert_non_null(
		strstr(error.text, "/nonexistent/feedback.db.key: can't be made"));
	assert_false(tombstones.has_key);
}

static void a_stone_applies_to_its_address_and_scope(void **state)
{
	struct bare *bare = *state;
	struct tombstones tombstones = {.has_key = false};

	make_key(bare, &tombstones);
	add(bare, &tombstones, ALICE, "", SES_REASON_BOUNCE, UTC_NONE);
	add(bare, &tombstones, ALICE, "news", SES_REASON_COMPLAINT, UTC_NONE);
	add(bare, &tombstones, BOB, "shop", SES_REASON_SOFT_BOUNCE, NOON + DAY_MS);
	assert_found(bare, &tombstones, ALICE, "", NOON, "bounce ");
	assert_found(bare, &tombstones, ALICE, "shop", NOON, "bounce ");
	assert_found(bare, &tombstones, ALICE, "shop,news", NOON, "complaint news");
	assert_found(bare, &tombstones, BOB, "", NOON, "");
	assert_found(bare, &tombstones, BOB, "shop", NOON, "soft-bounce shop");
	assert_found(
		bare, &tombstones, BOB, "shop", NOON + DAY_MS - 1, "soft-bounce shop");
	assert_found(bare, &tombstones, BOB, "shop", NOON + DAY_MS, "");
	assert_found(bare, &tombstones, "carol@example.org", "shop", NOON, "");
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM tombstones"
					" WHERE instr(digest, 'alice') > 0"),
		0);
}

static void existing_is_told_of_stones_only(void **state)
{
	struct bare *bare = *state;
	struct tombstones tombstones = {.has_key = false};
	bool exist;

	assert_true(tombstones_exist(&bare->writer.db, &exist));
	assert_false(exist);
	make_key(bare, &tombstones);
	add(bare, &tombstones, ALICE, "", SES_REASON_BOUNCE, UTC_NONE);
	assert_true(tombstones_exist(&bare->writer.db, &exist));
	assert_true(exist);
	assert_true(tombstones_remove(&tombstones, &bare->writer.db, ALICE, "", &exist));
	assert_true(exist);
	assert_true(tombstones_exist(&bare->writer.db, &exist));
	assert_false(exist);
}

static void one_scope_or_all_are_taken_away(void **state)
{
	struct bare *bare = *state;
	struct tombstones tombstones = {.has_key = false};
	struct db *db = &bare->writer.db;
	bool was_there;

	/* Without any no key is needed. */
	assert_true(tombstones_remove(&tombstones, db, ALICE, "", &was_there));
	assert_false(was_there);
	make_key(bare, &tombstones);
	add(bare, &tombstones, ALICE, "", SES_REASON_BOUNCE, UTC_NONE);
	add(bare, &tombstones, ALICE, "news", SES_REASON_COMPLAINT, UTC_NONE);
	add(bare, &tombstones, ALICE, "shop", SES_REASON_COMPLAINT, UTC_NONE);
	add(bare, &tombstones, BOB, "", SES_REASON_BOUNCE, UTC_NONE);
	assert_true(tombstones_remove(&tombstones, db, ALICE, "news", &was_there));
	assert_true(was_there);
	assert_true(tombstones_remove(&tombstones, db, ALICE, "news", &was_there));
	assert_false(was_there);
	assert_found(bare, &tombstones, ALICE, "news,shop", NOON, "complaint shop");
	assert_true(tombstones_remove(&tombstones, db, ALICE, NULL, &was_there));
	assert_true(was_there);
	assert_found(bare, &tombstones, ALICE, "shop", NOON, "");
	assert_found(bare, &tombstones, BOB, "", NOON, "bounce ");
}

static void of_two_the_stronger_reason_and_the_later_end_count(void **state)
{
	static const struct {
		enum ses_reason first;
		utc_ms first_expires;
		enum ses_reason second;
		utc_ms second_expires;
		const char *expected;
		utc_ms expires;
	} rows[] = {
		{SES_REASON_BOUNCE, UTC_NONE, SES_REASON_SOFT_BOUNCE, NOON + 9, "bounce ",
			UTC_NONE},
		{SES_REASON_SOFT_BOUNCE, NOON + 9, SES_REASON_BOUNCE, UTC_NONE, "bounce ",
			UTC_NONE},
		{SES_REASON_COMPLAINT, NOON + 5, SES_REASON_BOUNCE, NOON + 9,
			"complaint ", NOON + 9},
		{SES_REASON_BOUNCE, NOON + 9, SES_REASON_COMPLAINT, NOON + 5,
			"complaint ", NOON + 9},
		/* What had ended before the second began is nothing any more. */
		{SES_REASON_MANUAL, NOON, SES_REASON_SOFT_BOUNCE, NOON + 9,
			"soft-bounce ", NOON + 9},
	};
	struct bare *bare = *state;
	struct tombstones tombstones = {.has_key = false};

	make_key(bare, &tombstones);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char address[32];

		snprintf(address, sizeof(address), "user%zu@example.org", i);
		add(bare, &tombstones, address, "", rows[i].first, rows[i].first_expires);
		add(bare, &tombstones, address, "", rows[i].second,
			rows[i].second_expires);
		assert_found(bare, &tombstones, address, "", NOON + 4, rows[i].expected);
		if (rows[i].expires == UTC_NONE)
			assert_found(bare, &tombstones, address, "", NOON + 1000 * DAY_MS,
				rows[i].expected);
		else
			assert_found(bare, &tombstones, address, "", rows[i].expires, "");
	}
}

static void stones_without_their_key_are_refused_with_the_remedy(void **state)
{
	struct bare *bare = *state;
	struct tombstones tombstones = {.has_key = false}, again;
	char name[128], saved[128];

	make_key(bare, &tombstones);
	add(bare, &tombstones, ALICE, "", SES_REASON_BOUNCE, UTC_NONE);
	assert_true(opens(bare, &again, ""));
	key_name(bare, name);
	snprintf(saved, sizeof(saved), "%s/saved", bare->scene->folder);
	assert_int_equal(rename(name, saved), 0);
	assert_false(opens(bare, &again, "restore"));
	assert_false(opens(bare, &again, "feedback.db.key: is missing"));
	assert_false(opens(bare, &again, "'DELETE FROM tombstones'"));

	write_key_file(bare,
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
	assert_false(opens(bare, &again, "is another key"));
	write_key_file(bare, "0011\n");
	assert_false(opens(bare, &again, "holds no key"));
	assert_int_equal(rename(saved, name), 0);
	assert_true(opens(bare, &again, ""));
	assert_found(bare, &again, ALICE, "", NOON, "bounce ");

	/* The other remedy. */
	assert_int_equal(unlink(name), 0);
	assert_true(db_execute(&bare->writer.db, "DELETE FROM tombstones"));
	assert_true(opens(bare, &again, ""));
}

static void a_damaged_key_is_told_even_where_nothing_needs_it(void **state)
{
	struct bare *bare = *state;
	struct tombstones tombstones;

	write_key_file(bare, "hello\n");
	assert_false(opens(bare, &tombstones, "the file can be removed"));
	write_key_file(
		bare, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
	assert_true(opens(bare, &tombstones, ""));
}

static void a_question_without_the_key_fails_and_is_never_clear(void **state)
{
	struct bare *bare = *state;
	struct tombstones tombstones = {.has_key = false}, empty = {.has_key = false};
	struct store_suppression entry;
	struct ses_scopes scopes = {.count = 0};
	bool found;

	make_key(bare, &tombstones);
	add(bare, &tombstones, ALICE, "", SES_REASON_BOUNCE, UTC_NONE);
	assert_false(tombstones_find(
		&empty, &bare->writer.db, ALICE, &scopes, NOON, &entry, &found));
	assert_non_null(strstr(bare->writer.db.failure, "key"));
	assert_false(tombstones_remove(&empty, &bare->writer.db, ALICE, NULL, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		TEST(the_key_is_made_once_and_read_again),
		TEST(a_key_that_is_there_is_not_written_over),
		TEST(two_keys_differ),
		TEST(a_folder_that_takes_no_file_is_told),
		TEST(a_stone_applies_to_its_address_and_scope),
		TEST(existing_is_told_of_stones_only),
		TEST(one_scope_or_all_are_taken_away),
		TEST(of_two_the_stronger_reason_and_the_later_end_count),
		TEST(stones_without_their_key_are_refused_with_the_remedy),
		TEST(a_damaged_key_is_told_even_where_nothing_needs_it),
		TEST(a_question_without_the_key_fails_and_is_never_clear),
	};

	return cmocka_run_group_tests_name("tombstones", tests, NULL, NULL);
}
