/* test_record.c - events: recorded once, counted once, listed. */
#include "tests/store/listed.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@other.example"

static char original[] = "Alice@Example.ORG";
static char undisclosed[] = "undisclosed";
static char facts[] = "{\"status\":\"5.1.1\"}";
static char tags[] = "{\"campaign\":[\"x\"]}";

static void one_event_is_listed_counted_and_suppresses(void **state)
{
	struct scene *scene = *state;
	struct ses_counts counts;
	struct letter letter;
	struct listed listed;
	struct entry entry;
	int64_t next;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	letter.recipients[0].original = original;
	letter.recipients[0].facts = facts;
	letter.event.tags = tags;
	letter.job.is_development = true;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(letter.job.recorded, 1);

	listed = list(scene, &everything, &next);
	assert_int_equal(listed.count, 1);
	assert_int_equal(next, 0);
	assert_int_equal(listed.events[0].type, SES_BOUNCE);
	assert_int_equal(listed.events[0].outcome, SES_OUTCOME_HARD_BOUNCE);
	assert_int_equal(listed.events[0].standing, SES_ELIGIBLE);
	assert_int_equal(listed.events[0].class, SES_CLASS_HARD);
	assert_true(listed.events[0].is_development);
	assert_true(listed.events[0].has_raw);
	assert_int_equal(listed.events[0].published, NOON + 3000);
	assert_int_equal(listed.events[0].sent, NOON);
	assert_int_equal(listed.events[0].happened, NOON + 2000);
	assert_int_equal(listed.events[0].recorded, NOON + 4000);
	assert_string_equal(listed.addresses[0], ALICE);
	assert_string_equal(listed.message_ids[0], letter.message_id);

	entry = entry_of(scene, ALICE, "", NOON);
	assert_int_equal(entry.count, 1);
	assert_int_equal(entry.entry.reason, SES_REASON_BOUNCE);
	assert_string_equal(entry.original, "Alice@Example.ORG");
	assert_true(entry.entry.is_certain);
	assert_int_equal(entry.entry.at_ses, -1);
	assert_int_equal(entry.entry.event, listed.events[0].id);
	assert_int_equal(entry.entry.since, NOON + 3000);
	assert_int_equal(entry.entry.expires, UTC_NONE);

	for (int dimension = STORE_BY_ACCOUNT; dimension <= STORE_BY_RECIPIENT_DOMAIN;
		dimension++) {
		static const char *const keys[] = {"", "example.com", "", "example.org"};

		counts =
			counted(scene, (enum store_dimension) dimension, keys[dimension]);
		assert_int_equal(counts.hard_bounces, 1);
		assert_int_equal(counts.attempts, 1);
		assert_int_equal(counts.deliveries, 0);
	}
}

static bool look_at_texts(void *closure, const struct store_event *event)
{
	size_t *count = closure;

	++*count;
	assert_string_equal(event->account, "111122223333");
	assert_string_equal(event->region, "eu-west-1");
	assert_string_equal(event->identity, "example.com");
	assert_string_equal(event->configuration_set, "news");
	assert_string_equal(event->topic_arn, "arn:aws:sns:eu-west-1:111122223333:ses");
	assert_string_equal(event->original, "Alice@Example.ORG");
	assert_string_equal(event->facts, "{\"status\":\"5.1.1\"}");
	assert_null(event->tags);
	return true;
}

static void texts_come_back_as_they_went_in(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	int64_t next;
	size_t count = 0;
	char *raw;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	letter_add(&letter, BOB, SES_OUTCOME_HARD_BOUNCE);
	snprintf(letter.configuration_set, sizeof(letter.configuration_set), "news");
	for (size_t i = 0; i < 2; i++) {
		letter.recipients[i].original = original;
		letter.recipients[i].facts = facts;
	}
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_true(store_event_list(
		scene->store, &everything, look_at_texts, &count, &next, &scene->error));
	assert_int_equal(count, 2);
	for (int64_t id = 1; id <= 2; id++) {
		assert_true(store_event_raw(scene->store, id, &raw, &scene->error));
		assert_string_equal(raw, letter.message);
		free(raw);
	}
	assert_true(store_event_raw(scene->store, 99, &raw, &scene->error));
	assert_null(raw);
}

static void raw_text_is_kept_for_bounces_complaints_and_rejects_only(void **state)
{
	static const struct {
		enum ses_type type;
		bool is_kept;
	} cases[] = {
		{SES_SEND, false},
		{SES_DELIVERY, false},
		{SES_BOUNCE, true},
		{SES_COMPLAINT, true},
		{SES_REJECT, true},
		{SES_OPEN, false},
		{SES_CLICK, false},
		{SES_RENDERING_FAILURE, false},
		{SES_DELIVERY_DELAY, false},
		{SES_SUBSCRIPTION, false},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct letter letter;
		struct listed listed;
		char *raw;

		letter_simple(&letter, cases[i].type, SES_OUTCOME_OTHER, NOON,
			(unsigned) i + 1, ALICE);
		assert_int_equal(record(scene, &letter), STORE_DONE);
		listed = list(scene, &everything, NULL);
		assert_int_equal(listed.events[0].type, cases[i].type);
		assert_int_equal(listed.events[0].has_raw, cases[i].is_kept);
		assert_true(store_event_raw(
			scene->store, listed.events[0].id, &raw, &scene->error));
		assert_int_equal(raw != NULL, cases[i].is_kept);
		free(raw);
	}
}

static void a_duplicate_is_neither_stored_nor_counted(void **state)
{
	struct scene *scene = *state;
	struct letter letter, again;
	uint64_t log_bytes;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	log_bytes = health_of(scene).log_bytes;

	/* A retry of SNS, then the same feedback by SES's other channel: another
	   MessageId, another Timestamp, mail.timestamp cut to the second. */
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	assert_int_equal(letter.job.recorded, 0);
	letter_simple(&again, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	snprintf(again.sns_id, sizeof(again.sns_id), "other");
	again.job.notification.published += 800;
	again.event.sent -= 400;
	again.event.is_identity_feedback = true;
	assert_int_equal(record(scene, &again), STORE_DUPLICATE);

	/* Nothing was written, so nothing was waited for either. */
	assert_int_equal(health_of(scene).log_bytes, log_bytes);
	assert_int_equal(health_of(scene).events, 1);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, 1);
}

static _Atomic int jobs_done;

static void count_done(struct store_job *job)
{
	(void) job;
	jobs_done++;
}

static void a_duplicate_in_the_same_batch_counts_once(void **state)
{
	struct scene *scene = *state;
	struct letter letters[40];

	jobs_done = 0;
	for (unsigned i = 0; i < 40; i++) {
		letter_simple(
			&letters[i], SES_SEND, SES_OUTCOME_SEND, NOON, 1 + i / 2, ALICE);
		letters[i].job.done = count_done;
		assert_true(store_submit(scene->store, &letters[i].job));
	}
	scene_close(scene);
	assert_int_equal(jobs_done, 40);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(letters[i].job.outcome,
			i % 2 == 0 ? STORE_DONE : STORE_DUPLICATE);
	assert_true(scene_open(scene));
	assert_int_equal(health_of(scene).events, 20);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).sends, 20);
}

static void of_a_partial_duplicate_only_the_new_counts(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	letter_add(&letter, BOB, SES_OUTCOME_SEND);
	letter_add(&letter, CAROL, SES_OUTCOME_SEND);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(letter.job.recorded, 2);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).sends, 3);
	assert_int_equal(
		counted(scene, STORE_BY_RECIPIENT_DOMAIN, "example.org").sends, 2);
}

static void an_event_without_recipients_is_one_row_by_its_message_id(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	struct listed listed;

	letter_init(&letter, SES_BOUNCE, NOON, 1, 1);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	letter_init(&letter, SES_BOUNCE, NOON, 1, 2);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	listed = list(scene, &everything, NULL);
	assert_int_equal(listed.count, 2);
	assert_string_equal(listed.addresses[0], "");
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, 0);
	assert_int_equal(health_of(scene).suppressions, 0);
}

static void an_odd_message_id_works_too(void **state)
{
	static const char *const ids[] = {
		"00000137860e177f-0badf00d-8edb-42ae-af10-00c0ffee0000-000000", "short",
		"0102ffffffffffff-00000001-1111-4222-8333-000000000001-000000"};
	struct scene *scene = *state;

	for (size_t i = 0; i < 3; i++) {
		struct letter letter;
		struct listed listed;

		letter_simple(&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON,
			(unsigned) i, ALICE);
		letter.event.message_id = ids[i];
		assert_int_equal(record(scene, &letter), STORE_DONE);
		assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
		listed = list(scene, &everything, NULL);
		assert_int_equal(listed.count, i + 1);
		if (i == 1)
			assert_string_equal(listed.message_ids[0], ids[i]);
	}
}

static void outcomes_and_standings_are_counted_by_the_table(void **state)
{
	static const struct {
		enum ses_type type;
		enum ses_outcome outcome;
		enum ses_standing standing;
		struct ses_counts counts;
	} cases[] = {
		{SES_SEND, SES_OUTCOME_SEND, SES_ELIGIBLE, {.sends = 1}},
		{SES_DELIVERY, SES_OUTCOME_DELIVERY, SES_ELIGIBLE,
			{.deliveries = 1, .attempts = 1}},
		{SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_ELIGIBLE,
			{.hard_bounces = 1, .attempts = 1}},
		{SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_ELIGIBLE,
			{.soft_bounces = 1, .attempts = 1}},
		{SES_BOUNCE, SES_OUTCOME_REFUSED, SES_ELIGIBLE, {.refused = 1}},
		{SES_REJECT, SES_OUTCOME_REJECT, SES_ELIGIBLE, {.rejects = 1}},
		{SES_COMPLAINT, SES_OUTCOME_COMPLAINT, SES_ELIGIBLE, {.complaints = 1}},
		{SES_COMPLAINT, SES_OUTCOME_NOT_SPAM, SES_ELIGIBLE, {.not_spam = 1}},
		{SES_COMPLAINT, SES_OUTCOME_LISTED, SES_ELIGIBLE, {.listed = 1}},
		{SES_OPEN, SES_OUTCOME_OTHER, SES_ELIGIBLE, {0}},
		{SES_SEND, SES_OUTCOME_SEND, SES_VERIFIED, {.verified_sends = 1}},
		{SES_DELIVERY, SES_OUTCOME_DELIVERY, SES_VERIFIED, {0}},
		{SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_VERIFIED, {.verified = 1}},
		{SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_VERIFIED, {0}},
		{SES_COMPLAINT, SES_OUTCOME_COMPLAINT, SES_VERIFIED, {0}},
		{SES_SEND, SES_OUTCOME_SEND, SES_SIMULATOR, {.simulator = 1}},
		{SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_SIMULATOR, {.simulator = 1}},
		{SES_COMPLAINT, SES_OUTCOME_COMPLAINT, SES_SIMULATOR, {.simulator = 1}},
	};
	struct scene *scene = *state;
	struct ses_counts expected = {0}, present;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct letter letter;

		letter_simple(&letter, cases[i].type, cases[i].outcome, NOON,
			(unsigned) i + 1, ALICE);
		letter.recipients[0].standing = cases[i].standing;
		assert_int_equal(record(scene, &letter), STORE_DONE);
		ses_counts_add(&expected, &cases[i].counts);
		present = counted(scene, STORE_BY_ACCOUNT, NULL);
		assert_memory_equal(&present, &expected, sizeof(expected));
		present = counted(scene, STORE_BY_RECIPIENT_DOMAIN, "example.org");
		assert_memory_equal(&present, &expected, sizeof(expected));
	}
}

static void delivery_and_bounce_of_one_mail_are_one_attempt(void **state)
{
	struct scene *scene = *state;
	struct ses_counts counts;
	struct letter delivery, bounce;

	for (unsigned mail = 1; mail <= 2; mail++) {
		letter_simple(
			&delivery, SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON, mail, ALICE);
		letter_simple(
			&bounce, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, NOON, mail, ALICE);
		assert_int_equal(
			record(scene, mail == 1 ? &delivery : &bounce), STORE_DONE);
		assert_int_equal(
			record(scene, mail == 1 ? &bounce : &delivery), STORE_DONE);
		counts = counted(scene, STORE_BY_ACCOUNT, NULL);
		assert_int_equal(counts.attempts, mail);
		assert_int_equal(counts.deliveries, mail);
		assert_int_equal(counts.soft_bounces, mail);
	}
	/* An out-of-office, then the real bounce: still one. */
	letter_simple(&bounce, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 2, ALICE);
	assert_int_equal(record(scene, &bounce), STORE_DONE);
	counts = counted(scene, STORE_BY_ACCOUNT, NULL);
	assert_int_equal(counts.attempts, 2);
	assert_int_equal(counts.hard_bounces, 1);
}

static void every_type_outcome_standing_and_class_comes_back(void **state)
{
	static const struct {
		enum ses_type type;
		enum ses_outcome outcome;
		enum ses_standing standing;
		enum ses_class class;
	} cases[] = {
		{SES_SEND, SES_OUTCOME_SEND, SES_ELIGIBLE, SES_CLASS_NONE},
		{SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_SIMULATOR, SES_CLASS_NONE},
		{SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_VERIFIED, SES_CLASS_SOFT},
		{SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_ELIGIBLE, SES_CLASS_UNCLEAR},
		{SES_DELIVERY, SES_OUTCOME_DELIVERY, SES_VERIFIED, SES_CLASS_DELIVERED},
		{SES_SUBSCRIPTION, SES_OUTCOME_REJECT, SES_SIMULATOR, SES_CLASS_NONE},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct letter letter;
		struct listed listed;

		letter_simple(&letter, cases[i].type, cases[i].outcome, NOON,
			(unsigned) i + 1, ALICE);
		letter.recipients[0].standing = cases[i].standing;
		letter.recipients[0].class = (int) cases[i].class;
		letter.job.is_development = i % 2 == 1;
		assert_int_equal(record(scene, &letter), STORE_DONE);
		listed = list(scene, &everything, NULL);
		assert_int_equal(listed.events[0].type, cases[i].type);
		assert_int_equal(listed.events[0].outcome, cases[i].outcome);
		assert_int_equal(listed.events[0].standing, cases[i].standing);
		assert_int_equal(listed.events[0].class, cases[i].class);
		assert_int_equal(listed.events[0].is_development, i % 2 == 1);
	}
}

static void invalid_addresses_are_recorded_and_suppress_nobody(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	struct listed listed;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, "");
	letter.recipients[0].original = undisclosed;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	listed = list(scene, &everything, NULL);
	assert_int_equal(listed.count, 1);
	assert_int_equal(health_of(scene).suppressions, 0);
	assert_int_equal(counted(scene, STORE_BY_RECIPIENT_DOMAIN, "").hard_bounces, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(one_event_is_listed_counted_and_suppresses),
		TEST(texts_come_back_as_they_went_in),
		TEST(raw_text_is_kept_for_bounces_complaints_and_rejects_only),
		TEST(a_duplicate_is_neither_stored_nor_counted),
		TEST(a_duplicate_in_the_same_batch_counts_once),
		TEST(of_a_partial_duplicate_only_the_new_counts),
		TEST(an_event_without_recipients_is_one_row_by_its_message_id),
		TEST(an_odd_message_id_works_too),
		TEST(outcomes_and_standings_are_counted_by_the_table),
		TEST(delivery_and_bounce_of_one_mail_are_one_attempt),
		TEST(every_type_outcome_standing_and_class_comes_back),
		TEST(invalid_addresses_are_recorded_and_suppress_nobody),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
