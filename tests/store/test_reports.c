/* test_reports.c - complaints are counted as reports, once for all their suspects. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@other.example"

static void a_complaint_is_one_report_however_many_suspects(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	struct ses_counts counts;

	letter_init(&letter, SES_COMPLAINT, NOON, 1, 1);
	letter_add(&letter, ALICE, SES_OUTCOME_COMPLAINT)->is_certain = false;
	letter_add(&letter, BOB, SES_OUTCOME_COMPLAINT)->is_certain = false;
	letter_add(&letter, CAROL, SES_OUTCOME_COMPLAINT)->is_certain = false;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	/* The other channel: another MessageId, the same suspects and one more. */
	snprintf(letter.sns_id, sizeof(letter.sns_id), "other");
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	letter_add(&letter, "dave@example.org", SES_OUTCOME_COMPLAINT);
	assert_int_equal(record(scene, &letter), STORE_DONE);

	counts = counted(scene, STORE_BY_ACCOUNT, NULL);
	assert_int_equal(counts.complaints, 1);
	assert_int_equal(
		counted(scene, STORE_BY_RECIPIENT_DOMAIN, "example.org").complaints, 1);
	assert_int_equal(
		counted(scene, STORE_BY_RECIPIENT_DOMAIN, "other.example").complaints, 1);
	assert_false(entry_of(scene, ALICE, "", NOON).entry.is_certain);
	assert_int_equal(health_of(scene).events, 4);
}

static void a_complaint_about_nobody_counts(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_init(&letter, SES_COMPLAINT, NOON, 1, 1);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	letter_init(&letter, SES_COMPLAINT, NOON, 2, 2);
	letter.event.is_not_spam = true;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).complaints, 1);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).not_spam, 1);
	letter_init(&letter, SES_COMPLAINT, NOON, 3, 3);
	letter.event.complaint_subtype = "OnAccountSuppressionList";
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).complaints, 1);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).listed, 1);
}

static void a_report_of_mixed_suspects_counts_for_the_eligible(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_init(&letter, SES_COMPLAINT, NOON, 1, 1);
	letter_add(&letter, ALICE, SES_OUTCOME_COMPLAINT)->standing = SES_VERIFIED;
	letter_add(&letter, CAROL, SES_OUTCOME_COMPLAINT);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).complaints, 1);
	assert_int_equal(
		counted(scene, STORE_BY_RECIPIENT_DOMAIN, "example.org").complaints, 0);
	assert_int_equal(
		counted(scene, STORE_BY_RECIPIENT_DOMAIN, "other.example").complaints, 1);
}

static bool collect_domain(void *closure, const char *domain, utc_ms last)
{
	char *text = closure;
	size_t length = strlen(text);

	snprintf(text + length, 128 - length, "%s@%lld;", domain,
		(long long) (last - NOON));
	return true;
}

static void domains_that_complained_are_learnt_with_the_last_time(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	char text[128] = "";

	for (unsigned i = 0; i < 3; i++) {
		letter_simple(&letter, SES_COMPLAINT, SES_OUTCOME_COMPLAINT,
			NOON + (i == 2 ? -60000 : (int64_t) i * 60000), i + 1, ALICE);
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	letter_simple(&letter, SES_COMPLAINT, SES_OUTCOME_NOT_SPAM, NOON, 9, CAROL);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_true(store_complaining_domains(
		scene->store, collect_domain, text, &scene->error));
	assert_string_equal(text, "example.org@63000;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(a_complaint_is_one_report_however_many_suspects),
		TEST(a_complaint_about_nobody_counts),
		TEST(a_report_of_mixed_suspects_counts_for_the_eligible),
		TEST(domains_that_complained_are_learnt_with_the_last_time),
	};

	return cmocka_run_group_tests_name("reports", tests, NULL, NULL);
}
