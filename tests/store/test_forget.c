/* test_forget.c - an address is taken out of everything that is kept. */
#include "tests/store/listed.h"

#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

/* A mail to alice and bob bounced at some of them; SES's text names both. */
static void bounce(struct scene *scene, unsigned mail, const char *first,
	const char *second, enum ses_outcome outcome)
{
	char spelling[] = "Alice@Example.ORG", facts[] = "{\"status\":\"5.1.1\"}";
	char tags[] = "{\"user\":[\"alice\"]}";
	struct letter letter;

	letter_init(&letter,
		outcome == SES_OUTCOME_COMPLAINT ? SES_COMPLAINT : SES_BOUNCE,
		NOON + (int64_t) mail * MINUTE_MS, mail, mail);
	letter_add(&letter, first, outcome)->facts = facts;
	if (strcmp(first, ALICE) == 0)
		letter.recipients[0].original = spelling;
	if (second != NULL)
		letter_add(&letter, second, outcome);
	letter.event.tags = tags;
	snprintf(letter.message, sizeof(letter.message),
		"{\"mail\":{\"destination\":[\"Alice@example.org\",\"" BOB "\"]}}");
	letter.job.notification.message_length = strlen(letter.message);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void deliver(struct scene *scene, unsigned mail, const char *address)
{
	struct letter letter;

	letter_simple(&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY,
		NOON + (int64_t) mail * MINUTE_MS, mail, address);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void keep(struct scene *scene, enum store_job_kind kind, unsigned serial,
	const char *message, const char *subject)
{
	char id[32];
	struct store_job job = {
		.kind = kind,
		.notification =
			{
				.message_id = id,
				.topic_arn = "arn:aws:sns:eu-west-1:111122223333:ses",
				.subject = subject,
				.published = NOON,
				.message = message,
				.message_length = strlen(message),
			},
		.why = "no type",
		.now = NOON,
	};

	snprintf(id, sizeof(id), "kept-%u", serial);
	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
}

static struct store_job forget(
	struct scene *scene, const char *address, bool keeps_block, utc_ms now)
{
	struct store_job job = {
		.kind = STORE_FORGET,
		.policy = &ses_suppression_standard,
		.actor = "ops",
		.cause = "asked for",
		.addresses = &address,
		.address_count = 1,
		.keeps_block = keeps_block,
		.now = now,
	};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	return job;
}

/* What is due between two batches is done when the next one is. */
static void let_chores_be_done(struct scene *scene)
{
	struct store_job job = {.kind = STORE_UPKEEP, .now = NOON};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
}

/* How often a file holds the text, in either case. */
static size_t count_in_file(struct scene *scene, const char *suffix, const char *text)
{
	char name[128];
	struct stat status;
	size_t length = strlen(text), count = 0;
	char *bytes;
	int file;

	snprintf(name, sizeof(name), "%s%s", scene->path, suffix);
	file = open(name, O_RDONLY);
	if (file < 0)
		return 0;
	assert_int_equal(fstat(file, &status), 0);
	bytes = calloc(1, (size_t) status.st_size + 1);
	assert_non_null(bytes);
	assert_int_equal(read(file, bytes, (size_t) status.st_size), status.st_size);
	close(file);
	for (size_t i = 0; i + length <= (size_t) status.st_size; i++)
		count += strncasecmp(bytes + i, text, length) == 0;
	free(bytes);
	return count;
}

static size_t count_in_files(struct scene *scene, const char *text)
{
	return count_in_file(scene, "", text) + count_in_file(scene, "-wal", text);
}

static bool count_row(void *closure, const struct store_suppression *entry)
{
	(void) entry;
	++*(size_t *) closure;
	return true;
}

static bool count_piece(void *closure, const struct ses_evidence *evidence)
{
	(void) evidence;
	++*(size_t *) closure;
	return true;
}

static size_t dossier_size(struct scene *scene, const char *address)
{
	size_t count = 0;

	assert_true(store_dossier(
		scene->store, address, count_row, count_piece, &count, &scene->error));
	return count;
}

static size_t count_events(struct scene *scene, const char *address)
{
	struct store_event_filter filter = everything;

	filter.address = address;
	return list(scene, &filter, NULL).count;
}

static bool keep_verdict(void *closure, size_t index, enum ses_verdict verdict,
	const struct store_suppression *entry)
{
	char *text = closure;

	(void) index;
	snprintf(text, 64, "%d %s %s %s", (int) verdict, ses_reason_name(entry->reason),
		entry->address, entry->scope);
	return true;
}

static void assert_verdict(struct scene *scene, const char *address, const char *question,
	utc_ms now, const char *expected)
{
	struct ses_scopes scopes;
	char text[64] = "";

	assert_true(ses_scopes_parse(question, &scopes));
	assert_true(store_suppression_check(scene->store, &address, 1, &scopes, now,
		keep_verdict, text, &scene->error));
	assert_string_equal(text, expected);
}

static void put(struct scene *scene, const char *address, const char *scope)
{
	struct store_change change = change_of(STORE_PUT, address, scope);

	change.entry.note = "asked by her";
	assert_int_equal(change_one(scene, &change, NOON), STORE_ADDED);
}

static void fill(struct scene *scene)
{
	deliver(scene, 1, ALICE);
	deliver(scene, 2, BOB);
	bounce(scene, 3, ALICE, BOB, SES_OUTCOME_HARD_BOUNCE);
	bounce(scene, 4, ALICE, NULL, SES_OUTCOME_COMPLAINT);
	put(scene, ALICE, "news");
	/* About bob alone, and yet it names alice. */
	bounce(scene, 5, BOB, NULL, SES_OUTCOME_COMPLAINT);
	keep(scene, STORE_UNRECOGNISED, 1, "{\"to\":\"ALICE@example.org\"}", NULL);
	keep(scene, STORE_UNRECOGNISED, 2, "{\"to\":\"malice@example.org\"}", NULL);
	keep(scene, STORE_ASIDE, 3, "{\"to\":\"<" ALICE ">\"}", NULL);
	keep(scene, STORE_ASIDE, 4, "{}", "for " ALICE);
	keep(scene, STORE_ASIDE, 5, "{\"to\":\"" ALICE ".example\"}", NULL);
}

static void every_trace_goes_and_the_counts_stay(void **state)
{
	struct scene *scene = *state;
	struct ses_counts before, after;
	struct store_health health;
	struct store_job job;

	fill(scene);
	before = counted(scene, STORE_BY_ACCOUNT, NULL);
	job = forget(scene, ALICE, false, NOON + DAY_MS);
	assert_true(job.changed);
	assert_int_equal(job.recorded, 3);
	after = counted(scene, STORE_BY_ACCOUNT, NULL);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(count_events(scene, ALICE), 0);
	assert_int_equal(count_events(scene, BOB), 3);
	assert_int_equal(count_events(scene, NULL), 6);
	assert_int_equal(dossier_size(scene, ALICE), 0);
	assert_true(dossier_size(scene, BOB) > 2);
	health = health_of(scene);
	assert_int_equal(health.events, 6);
	assert_int_equal(health.unrecognised, 1);
	assert_int_equal(health.aside, 1);
	assert_int_equal(health.suppressions, 1);
	assert_verdict(scene, ALICE, "news", NOON, "");
	assert_verdict(scene, BOB, "", NOON, "3 complaint " BOB " ");

	job = forget(scene, ALICE, false, NOON + DAY_MS);
	assert_false(job.changed);
	assert_int_equal(job.recorded, 0);
}

static bool keep_event(void *closure, const struct store_event *event)
{
	char *text = closure;
	size_t length = strlen(text);

	snprintf(text + length, 512 - length, "%lld:%s:%s:%s:%s:%d ",
		(long long) event->id, event->address, event->original,
		event->facts != NULL ? event->facts : "-",
		event->tags != NULL ? event->tags : "-", event->has_raw);
	return true;
}

static void its_events_are_blank_and_the_texts_that_name_it_are_gone(void **state)
{
	struct scene *scene = *state;
	struct store_event_filter filter = everything;
	char text[512] = "", *raw;
	int64_t next;

	bounce(scene, 3, BOB, ALICE, SES_OUTCOME_HARD_BOUNCE);
	bounce(scene, 5, BOB, NULL, SES_OUTCOME_COMPLAINT);
	forget(scene, ALICE, false, NOON);
	assert_true(store_event_list(
		scene->store, &filter, keep_event, text, &next, &scene->error));
	assert_string_equal(text, "3:" BOB ":" BOB ":{\"status\":\"5.1.1\"}"
				  ":{\"user\":[\"alice\"]}:0 2:::-:-:0"
				  " 1:" BOB ":" BOB ":{\"status\":\"5.1.1\"}"
				  ":{\"user\":[\"alice\"]}:0 ");
	for (int64_t id = 1; id <= 3; id++) {
		assert_true(store_event_raw(scene->store, id, &raw, &scene->error));
		assert_null(raw);
	}
}

static void other_addresses_keep_their_texts(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	char *raw;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1,
		"malice@example.org");
	snprintf(letter.message, sizeof(letter.message), "to: malice@example.org");
	letter.job.notification.message_length = strlen(letter.message);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	bounce(scene, 2, ALICE, NULL, SES_OUTCOME_HARD_BOUNCE);
	forget(scene, ALICE, false, NOON);
	assert_true(store_event_raw(scene->store, 1, &raw, &scene->error));
	assert_string_equal(raw, "to: malice@example.org");
	free(raw);
}

static void no_byte_of_it_is_left_in_the_files(void **state)
{
	struct scene *scene = *state;
	static const char *const names[] = {ALICE, "Alice@Example.ORG"};

	fill(scene);
	assert_true(count_in_files(scene, ALICE) > 5);
	forget(scene, ALICE, true, NOON);
	let_chores_be_done(scene);
	/* malice, and a longer domain, are others. */
	assert_int_equal(count_in_files(scene, "malice@example.org"), 1);
	assert_int_equal(count_in_files(scene, ALICE ".example"), 1);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(count_in_files(scene, names[i]), 2);
	assert_true(count_in_files(scene, BOB) > 0);
	scene_close(scene);
	assert_int_equal(count_in_files(scene, ALICE), 2);
	assert_true(scene_open(scene));
}

static void texts_of_others_that_name_it_go_however_many_there_are(void **state)
{
	struct scene *scene = *state;
	struct store_job job;

	/* More texts than one read transaction looks through. */
	for (unsigned i = 0; i < 1100; i++) {
		struct letter letter;
		char address[32];

		snprintf(address, sizeof(address), "user%u@example.org", i);
		letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE,
			NOON + (int64_t) i * 1000, i, address);
		snprintf(letter.message, sizeof(letter.message), "to: %s, %s", address,
			i % 500 == 99 ? ALICE : BOB);
		letter.job.notification.message_length = strlen(letter.message);
		letter.job.done = NULL;
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	job = forget(scene, ALICE, false, NOON);
	assert_true(job.changed);
	assert_int_equal(job.recorded, 0);
	let_chores_be_done(scene);
	assert_int_equal(count_in_files(scene, ALICE), 0);
}

static void a_block_goes_on_under_a_digest(void **state)
{
	struct scene *scene = *state;
	struct entry entry;

	bounce(scene, 3, ALICE, NULL, SES_OUTCOME_HARD_BOUNCE);
	put(scene, ALICE, "news");
	forget(scene, ALICE, true, NOON + DAY_MS);
	assert_int_equal(health_of(scene).suppressions, 0);
	assert_int_equal(dossier_size(scene, ALICE), 0);
	assert_verdict(scene, ALICE, "", NOON, "3 bounce " ALICE " ");
	assert_verdict(scene, ALICE, "news", NOON, "3 manual " ALICE " news");
	entry = entry_of(scene, ALICE, "", NOON);
	assert_int_equal(entry.count, 1);
	assert_int_equal(entry.entry.reason, SES_REASON_BOUNCE);
	assert_int_equal(entry.entry.since, NOON + 3 * MINUTE_MS + 3000);
	assert_int_equal(entry.entry.expires, UTC_NONE);
	assert_string_equal(entry.original, ALICE);
	assert_int_equal(entry_of(scene, ALICE, "shop", NOON).count, 0);

	scene_close(scene);
	assert_true(scene_open(scene));
	assert_verdict(scene, ALICE, "", NOON, "3 bounce " ALICE " ");

	/* Forgotten once more, and lifted. */
	assert_true(forget(scene, ALICE, false, NOON).changed);
	assert_verdict(scene, ALICE, "news", NOON, "");
}

static void a_block_that_ends_ends(void **state)
{
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_PUT, ALICE, "");

	change.entry.expires = NOON + DAY_MS;
	change_one(scene, &change, NOON);
	change = change_of(STORE_PUT, BOB, "");
	change.entry.expires = NOON + MINUTE_MS;
	change_one(scene, &change, NOON);
	forget(scene, ALICE, true, NOON + HOUR_MS);
	forget(scene, BOB, true, NOON + HOUR_MS);
	assert_verdict(scene, ALICE, "", NOON + DAY_MS - 1, "3 manual " ALICE " ");
	assert_verdict(scene, ALICE, "", NOON + DAY_MS, "");
	/* It had ended before. */
	assert_verdict(scene, BOB, "", NOON, "");
}

static void what_was_exempt_is_not_blocked_by_forgetting(void **state)
{
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_NEVER, ALICE, "");

	bounce(scene, 3, ALICE, NULL, SES_OUTCOME_HARD_BOUNCE);
	change_one(scene, &change, NOON);
	forget(scene, ALICE, true, NOON + DAY_MS);
	assert_verdict(scene, ALICE, "", NOON, "");
}

static void a_new_exemption_outranks_a_block_that_goes_on(void **state)
{
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_NEVER, ALICE, "");

	put(scene, ALICE, "");
	forget(scene, ALICE, true, NOON);
	change_one(scene, &change, NOON);
	assert_verdict(scene, ALICE, "", NOON, "2 (null) " ALICE " ");
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 0);
}

static void a_removal_lifts_a_block_that_goes_on(void **state)
{
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_REMOVE, ALICE, "");

	put(scene, ALICE, "");
	forget(scene, ALICE, true, NOON);
	assert_int_equal(change_one(scene, &change, NOON), STORE_REMOVED);
	assert_verdict(scene, ALICE, "", NOON, "");
}

static bool keep_change(void *closure, const struct store_list_change *change)
{
	char *text = closure;
	size_t length = strlen(text);

	snprintf(text + length, 512 - length, "%s[%s]%s/%s/%d%d ", change->what,
		change->address, change->actor, change->cause, change->before != NULL,
		change->after != NULL);
	return true;
}

static void the_trail_tells_that_it_was_done_but_not_about_whom(void **state)
{
	struct scene *scene = *state;
	struct store_list_change_filter filter = {
		.since = UTC_NONE, .until = UTC_NONE, .limit = 9};
	char text[512] = "";
	int64_t next;

	put(scene, ALICE, "");
	put(scene, BOB, "");
	forget(scene, ALICE, false, NOON + DAY_MS);
	assert_true(store_list_change_list(
		scene->store, &filter, keep_change, text, &next, &scene->error));
	assert_string_equal(text,
		"forgotten[]ops/asked for/00 added[" BOB "]ops//01 added[]ops//00 ");
	text[0] = '\0';
	filter.address = ALICE;
	assert_true(store_list_change_list(
		scene->store, &filter, keep_change, text, &next, &scene->error));
	assert_string_equal(text, "");
	/* Nothing was found: nothing is noted. */
	forget(scene, ALICE, false, NOON + DAY_MS);
	filter.address = NULL;
	assert_true(store_list_change_list(
		scene->store, &filter, keep_change, text, &next, &scene->error));
	assert_int_equal(strncmp(text, "forgotten[]", 11), 0);
	assert_null(strstr(text + 11, "forgotten"));
}

static void a_later_event_is_recorded_and_a_retry_is_not(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	forget(scene, ALICE, false, NOON);
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	assert_verdict(scene, ALICE, "", NOON, "");
	bounce(scene, 2, ALICE, NULL, SES_OUTCOME_HARD_BOUNCE);
	assert_int_equal(count_events(scene, ALICE), 1);
	assert_verdict(scene, ALICE, "", NOON, "3 bounce " ALICE " ");
	assert_int_equal(health_of(scene).suppressions, 1);
}

static void ignore(struct store_job *job)
{
	(void) job;
}

static void events_of_any_age_are_found(void **state)
{
	enum { EVENTS = 34000, BATCH = 2000 };
	struct scene *scene = *state;
	struct letter *letters = calloc(BATCH, sizeof(*letters));

	assert_non_null(letters);
	for (unsigned first = 0; first < EVENTS; first += BATCH) {
		for (unsigned i = 0; i < BATCH; i++) {
			char address[32];

			snprintf(address, sizeof(address), "user%u@example.org",
				(first + i) % 1000 == 7 ? 7 : first + i + 10);
			letter_simple(&letters[i], SES_SEND, SES_OUTCOME_SEND,
				NOON + first + i, first + i + 1, address);
			letters[i].job.done = ignore;
			assert_true(store_submit(scene->store, &letters[i].job));
		}
		let_chores_be_done(scene);
	}
	free(letters);
	assert_int_equal(count_events(scene, "user7@example.org"), 34);
	assert_int_equal(forget(scene, "user7@example.org", false, NOON).recorded, 34);
	assert_int_equal(count_events(scene, "user7@example.org"), 0);
	assert_int_equal(count_events(scene, "user18@example.org"), 1);
	assert_int_equal(health_of(scene).events, EVENTS);
	let_chores_be_done(scene);
	assert_int_equal(count_in_files(scene, "user7@example.org"), 0);
}

/* Rows of a list that grew in no order were moved from page to page. */
static void what_was_moved_leaves_nothing_behind(void **state)
{
	enum { CHANGES = 4000 };
	struct scene *scene = *state;
	struct store_change *changes = calloc(CHANGES, sizeof(*changes));
	char(*addresses)[40] = calloc(CHANGES, sizeof(*addresses));
	uint64_t seed = 42;

	assert_non_null(changes);
	assert_non_null(addresses);
	for (size_t i = 0; i < CHANGES; i++) {
		snprintf(addresses[i], sizeof(addresses[i]), "%08x-%zu@example.org",
			(unsigned) dice(&seed, 1u << 30), i);
		changes[i] = change_of(STORE_PUT, addresses[i], "");
	}
	for (size_t i = 0; i < CHANGES; i += 500)
		assert_int_equal(change_all(scene, &changes[i], 500, NOON), STORE_DONE);
	for (size_t i = 0; i < CHANGES; i += 100)
		forget(scene, addresses[i], false, NOON);
	let_chores_be_done(scene);
	for (size_t i = 0; i < CHANGES; i += 100)
		assert_int_equal(count_in_files(scene, addresses[i]), 0);
	assert_int_equal(health_of(scene).suppressions, CHANGES - CHANGES / 100);
	free(changes);
	free(addresses);
}

static void a_key_that_cannot_be_made_keeps_everything_as_it_was(void **state)
{
	struct scene *scene = *state;
	const char *address = ALICE;
	struct store_job job = {
		.kind = STORE_FORGET,
		.actor = "ops",
		.cause = "",
		.addresses = &address,
		.address_count = 1,
		.keeps_block = true,
		.now = NOON,
	};
	char name[136];

	bounce(scene, 3, ALICE, NULL, SES_OUTCOME_HARD_BOUNCE);
	/* A folder in its place. */
	snprintf(name, sizeof(name), "%s.key", scene->path);
	assert_int_equal(mkdir(name, 0700), 0);
	log_open(LOG_LEVEL_ERROR, true);
	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_FAILED);
	assert_false(job.changed);
	assert_int_equal(rmdir(name), 0);
	assert_int_equal(count_events(scene, ALICE), 1);
	assert_verdict(scene, ALICE, "", NOON, "3 bounce " ALICE " ");
	assert_int_equal(health_of(scene).suppressions, 1);
	assert_true(forget(scene, ALICE, true, NOON).changed);
	assert_verdict(scene, ALICE, "", NOON, "3 bounce " ALICE " ");
}

static void a_store_with_blocks_but_without_their_key_does_not_open(void **state)
{
	struct scene *scene = *state;
	char name[136], saved[136];

	put(scene, ALICE, "");
	forget(scene, ALICE, true, NOON);
	scene_close(scene);
	snprintf(name, sizeof(name), "%s.key", scene->path);
	snprintf(saved, sizeof(saved), "%s.saved", scene->path);
	assert_int_equal(rename(name, saved), 0);
	assert_false(scene_open(scene));
	assert_non_null(strstr(scene->error.text, "feedback.db.key from a backup"));
	assert_int_equal(rename(saved, name), 0);
	assert_true(scene_open(scene));
	assert_verdict(scene, ALICE, "", NOON, "3 manual " ALICE " ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(every_trace_goes_and_the_counts_stay),
		TEST(its_events_are_blank_and_the_texts_that_name_it_are_gone),
		TEST(other_addresses_keep_their_texts),
		TEST(no_byte_of_it_is_left_in_the_files),
		TEST(texts_of_others_that_name_it_go_however_many_there_are),
		TEST(a_block_goes_on_under_a_digest),
		TEST(a_block_that_ends_ends),
		TEST(what_was_exempt_is_not_blocked_by_forgetting),
		TEST(a_new_exemption_outranks_a_block_that_goes_on),
		TEST(a_removal_lifts_a_block_that_goes_on),
		TEST(the_trail_tells_that_it_was_done_but_not_about_whom),
		TEST(a_later_event_is_recorded_and_a_retry_is_not),
		TEST(events_of_any_age_are_found),
		TEST(what_was_moved_leaves_nothing_behind),
		TEST(a_key_that_cannot_be_made_keeps_everything_as_it_was),
		TEST(a_store_with_blocks_but_without_their_key_does_not_open),
	};

	return cmocka_run_group_tests_name("forget", tests, NULL, NULL);
}
