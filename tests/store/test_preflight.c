/* test_preflight.c - the histories of the addresses of a list, and how others fared. */
#include "store/db.h"
#include "tests/store/preflight.h"

/* ---- classes ---- */

static void of_an_empty_store_nobody_was_mailed(void **state)
{
	struct store_recipient recipient = {.address = "a@b.example"};
	struct store_experience experience;

	judge_at(*state, &recipient, 1, &no_scopes, NOON, &experience);
	assert_int_equal(recipient.history, SES_HISTORY_NEVER);
	assert_int_equal(experience.mails, 0);
	assert_int_equal(experience.events, 0);
	assert_true(experience.since == UTC_NONE);
	judge_at(*state, NULL, 0, &no_scopes, NOON, &experience);
}

static void a_delivery_is_judged_by_its_age(void **state)
{
	static const struct {
		int64_t days;
		enum ses_history history;
	} table[] = {
		{1, SES_HISTORY_RECENT},
		{29, SES_HISTORY_RECENT},
		{60, SES_HISTORY_QUARTER},
		{200, SES_HISTORY_YEAR},
		{380, SES_HISTORY_OLD},
	};
	struct scene *scene = *state;
	char address[32];

	for (size_t i = 0; i < COUNT(table); i++) {
		snprintf(address, sizeof(address), "u%zu@b.example", i);
		deliver(scene, table[i].days, address);
	}
	for (size_t i = 0; i < COUNT(table); i++) {
		snprintf(address, sizeof(address), "u%zu@b.example", i);
		assert_int_equal(history_of(scene, address), table[i].history);
	}
	assert_int_equal(history_of(scene, "other@b.example"), SES_HISTORY_NEVER);
}

static void the_newest_delivery_counts(void **state)
{
	struct scene *scene = *state;

	deliver(scene, 300, "a@b.example");
	deliver(scene, 100, "a@b.example");
	deliver(scene, 3, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_RECENT);
}

static void a_suppressed_one_is_told_with_its_reason(void **state)
{
	struct store_recipient recipients[] = {
		{.address = "bounced@b.example"},
		{.address = "complained@b.example"},
	};
	struct store_experience experience;
	struct scene *scene = *state;

	bounce(scene, 3, "bounced@b.example");
	happen(scene, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, NOON - DAY_MS,
		"complained@b.example");
	judge_at(scene, recipients, COUNT(recipients), &no_scopes, NOON, &experience);
	assert_int_equal(recipients[0].history, SES_HISTORY_SUPPRESSED);
	assert_int_equal(recipients[0].reason, SES_REASON_BOUNCE);
	assert_int_equal(recipients[1].history, SES_HISTORY_SUPPRESSED);
	assert_int_equal(recipients[1].reason, SES_REASON_COMPLAINT);
}

static void an_entry_of_another_stream_does_not_suppress(void **state)
{
	struct store_recipient recipient = {.address = "a@b.example"};
	struct store_experience experience;
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_PUT, "a@b.example", "news");
	struct ses_scopes scopes;

	change_one(scene, &change, NOON);
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_NEVER);
	assert_true(ses_scopes_parse("news", &scopes));
	judge_at(scene, &recipient, 1, &scopes, NOON, &experience);
	assert_int_equal(recipient.history, SES_HISTORY_SUPPRESSED);
	assert_int_equal(recipient.reason, SES_REASON_MANUAL);
}

static void one_that_was_taken_off_by_hand_still_bounced(void **state)
{
	struct scene *scene = *state;

	deliver(scene, 90, "a@b.example");
	bounce(scene, 30, "a@b.example");
	remove_rule(scene, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_BOUNCED);
	deliver(scene, 2, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_RECENT);
}

static void soft_bounces_count_until_the_next_delivery(void **state)
{
	struct scene *scene = *state;

	deliver(scene, 20, "a@b.example");
	soften(scene, 10, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_SOFT);
	deliver(scene, 5, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_RECENT);
}

static void one_on_probation_is_soft_bounced(void **state)
{
	struct scene *scene = *state;
	struct store_recipient recipient = {.address = "a@b.example"};
	struct store_experience experience;

	for (int64_t day = 3; day > 0; day--)
		soften(scene, day, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_SUPPRESSED);
	judge_at(scene, &recipient, 1, &no_scopes, NOON + 60 * DAY_MS, &experience);
	assert_int_equal(recipient.history, SES_HISTORY_SOFT);
}

static void other_feedback_says_nothing_of_the_mailbox(void **state)
{
	struct scene *scene = *state;

	happen(scene, SES_OPEN, SES_OUTCOME_OTHER, NOON - DAY_MS, "a@b.example");
	happen(scene, SES_REJECT, SES_OUTCOME_REJECT, NOON - DAY_MS, "b@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_NEVER);
	assert_int_equal(history_of(scene, "b@b.example"), SES_HISTORY_NEVER);
}

static void a_send_without_feedback_is_a_delivery_once_feedback_is_in(void **state)
{
	struct scene *scene = *state;

	send(scene, 1, "new@b.example");
	send(scene, 10, "a@b.example");
	assert_int_equal(history_of(scene, "new@b.example"), SES_HISTORY_NEVER);
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_RECENT);
	/* The bounce of that very mail. */
	bounce(scene, 10, "a@b.example");
	remove_rule(scene, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_BOUNCED);
}

static void a_send_recorded_after_its_bounce_does_not_hide_it(void **state)
{
	struct scene *scene = *state;

	bounce(scene, 10, "a@b.example");
	send(scene, 10, "a@b.example");
	remove_rule(scene, "a@b.example");
	assert_int_equal(history_of(scene, "a@b.example"), SES_HISTORY_BOUNCED);
}

static void what_cannot_be_mailed_stays_so_unless_it_was(void **state)
{
	struct store_recipient recipients[] = {
		{.address = "a@b.invalid", .history = SES_HISTORY_INVALID},
		{.address = "delivered@b.invalid", .history = SES_HISTORY_INVALID},
	};
	struct store_experience experience;
	struct scene *scene = *state;

	deliver(scene, 1, "delivered@b.invalid");
	judge_at(scene, recipients, COUNT(recipients), &no_scopes, NOON, &experience);
	assert_int_equal(recipients[0].history, SES_HISTORY_INVALID);
	assert_int_equal(recipients[1].history, SES_HISTORY_RECENT);
}

/* ---- experience ---- */

static void each_mail_is_a_trial_of_the_class_it_had_then(void **state)
{
	struct scene *scene = *state;
	struct store_experience experience;
	const struct ses_experience *classes = experience.classes;
	char address[32];

	deliver(scene, 170, "oldest@b.example");
	for (int i = 0; i < 10; i++) {
		snprintf(address, sizeof(address), "u%d@b.example", i);
		deliver(scene, 100, address);
		/* 20 days later one of them is gone, and is not mailed again. */
		if (i == 0)
			bounce(scene, 80, address);
		else
			deliver(scene, 80, address);
	}
	/* Ten new ones, of which three bounce. */
	for (int i = 10; i < 20; i++) {
		snprintf(address, sizeof(address), "u%d@b.example", i);
		if (i < 13)
			bounce(scene, 10, address);
		else
			deliver(scene, 10, address);
	}
	judge_at(scene, NULL, 0, &no_scopes, NOON, &experience);
	/* The oldest is no trial: nothing before it is kept. */
	assert_int_equal(classes[SES_HISTORY_NEVER].trials, 20);
	assert_int_equal(classes[SES_HISTORY_NEVER].bounces, 3);
	assert_int_equal(classes[SES_HISTORY_RECENT].trials, 10);
	assert_int_equal(classes[SES_HISTORY_RECENT].bounces, 1);
	assert_int_equal(experience.mails, 30);
	assert_int_equal(experience.events, 31);
	assert_int_equal(experience.of_events, 31);
}

static void without_deliveries_sends_are_the_trials(void **state)
{
	struct scene *scene = *state;
	struct store_experience experience;
	char address[32];

	send(scene, 170, "oldest@b.example");
	for (int i = 0; i < 20; i++) {
		snprintf(address, sizeof(address), "u%d@b.example", i);
		send(scene, 50, address);
		if (i < 2)
			bounce(scene, 50, address);
	}
	judge_at(scene, NULL, 0, &no_scopes, NOON, &experience);
	assert_true(experience.by_sends);
	assert_int_equal(experience.classes[SES_HISTORY_NEVER].trials, 20);
	assert_int_equal(experience.classes[SES_HISTORY_NEVER].bounces, 2);
}

static void a_young_store_knows_nothing_of_new_addresses(void **state)
{
	struct scene *scene = *state;
	struct store_experience experience;

	deliver(scene, 20, "a@b.example");
	bounce(scene, 10, "b@b.example");
	deliver(scene, 5, "a@b.example");
	judge_at(scene, NULL, 0, &no_scopes, NOON, &experience);
	assert_int_equal(experience.classes[SES_HISTORY_NEVER].trials, 0);
	assert_int_equal(experience.classes[SES_HISTORY_RECENT].trials, 1);
}

/* ---- the rest ---- */

static bool never(void *closure)
{
	++*(int *) closure;
	return false;
}

static void it_can_be_broken_off(void **state)
{
	struct store_recipient recipient = {.address = "a@b.example"};
	struct store_experience experience;
	struct scene *scene = *state;
	int asked = 0;

	recipient.before = NOON;
	assert_true(store_preflight(scene->store, &recipient, 1, &no_scopes, NOON, never,
		&asked, &experience, &scene->error));
	assert_true(asked > 0);
}

static void keep_provider(void *closure, size_t index, const char *provider)
{
	char *found = closure;
	size_t length = strlen(found);

	snprintf(found + length, 100 - length, "%zu=%s ", index, provider);
}

static void providers_of_hosted_domains_are_those_learnt(void **state)
{
	static const char *const domains[] = {"a.example", "b.example", "c.example"};
	struct scene *scene = *state;
	struct db *db = calloc(1, sizeof(*db));
	char found[100] = "";

	assert_non_null(db);
	assert_true(db_open(db, scene->path, true, &scene->error));
	assert_true(db_execute(db, "INSERT INTO hosted VALUES ('b.example', 'google', 1),"
				   " ('x.example', 'apple', 1)"));
	db_close(db);
	free(db);
	assert_true(store_providers(scene->store, domains, COUNT(domains), keep_provider,
		found, &scene->error));
	assert_string_equal(found, "1=google ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(of_an_empty_store_nobody_was_mailed),
		TEST(a_delivery_is_judged_by_its_age),
		TEST(the_newest_delivery_counts),
		TEST(a_suppressed_one_is_told_with_its_reason),
		TEST(an_entry_of_another_stream_does_not_suppress),
		TEST(one_that_was_taken_off_by_hand_still_bounced),
		TEST(soft_bounces_count_until_the_next_delivery),
		TEST(one_on_probation_is_soft_bounced),
		TEST(other_feedback_says_nothing_of_the_mailbox),
		TEST(a_send_without_feedback_is_a_delivery_once_feedback_is_in),
		TEST(a_send_recorded_after_its_bounce_does_not_hide_it),
		TEST(what_cannot_be_mailed_stays_so_unless_it_was),
		TEST(each_mail_is_a_trial_of_the_class_it_had_then),
		TEST(without_deliveries_sends_are_the_trials),
		TEST(a_young_store_knows_nothing_of_new_addresses),
		TEST(it_can_be_broken_off),
		TEST(providers_of_hosted_domains_are_those_learnt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
