/* test_lines.c - in which lines of the roll-ups an event counts. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"

static void classes_and_delays_are_counted_by_the_table(void **state)
{
	static const struct {
		enum ses_type type;
		enum ses_outcome outcome;
		enum ses_standing standing;
		enum ses_class class;
		const char *delay_type;
		struct ses_counts counts;
	} cases[] = {
		{SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_ELIGIBLE, SES_CLASS_AUTOMATIC,
			NULL, {.automatic = 1, .attempts = 1}},
		{SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_VERIFIED, SES_CLASS_AUTOMATIC,
			NULL, {0}},
		{SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, SES_ELIGIBLE, SES_CLASS_REPUTATION,
			NULL, {.soft_bounces = 1, .blocked = 1, .attempts = 1}},
		{SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, SES_ELIGIBLE, SES_CLASS_REPUTATION,
			NULL, {.hard_bounces = 1, .attempts = 1}},
		{SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, SES_ELIGIBLE, SES_CLASS_NONE,
			NULL, {0}},
		{SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, SES_ELIGIBLE, SES_CLASS_NONE,
			"General", {0}},
		{SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, SES_ELIGIBLE, SES_CLASS_NONE,
			"SpamDetected", {.blocked = 1}},
		{SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, SES_ELIGIBLE, SES_CLASS_NONE,
			"IPFailure", {.blocked = 1}},
		{SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, SES_VERIFIED, SES_CLASS_NONE,
			"IPFailure", {0}},
		{SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, SES_SIMULATOR, SES_CLASS_NONE,
			"IPFailure", {.simulator = 1}},
		{SES_OPEN, SES_OUTCOME_OTHER, SES_ELIGIBLE, SES_CLASS_NONE, "IPFailure",
			{0}},
	};
	struct scene *scene = *state;
	struct ses_counts expected = {0}, present;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct letter letter;

		letter_simple(&letter, cases[i].type, cases[i].outcome, NOON,
			(unsigned) i + 1, ALICE);
		letter.recipients[0].standing = cases[i].standing;
		letter.recipients[0].class = (int) cases[i].class;
		letter.event.delay_type = cases[i].delay_type;
		assert_int_equal(record(scene, &letter), STORE_DONE);
		ses_counts_add(&expected, &cases[i].counts);
		present = counted(scene, STORE_BY_ACCOUNT, NULL);
		assert_memory_equal(&present, &expected, sizeof(expected));
		present = counted(scene, STORE_BY_PROVIDER, "");
		assert_memory_equal(&present, &expected, sizeof(expected));
	}
}

/* A mail of a stream with everything SES tells of it. */
static void fill(struct letter *letter, const char *tags)
{
	snprintf(letter->configuration_set, sizeof(letter->configuration_set), "news");
	snprintf(letter->tags, sizeof(letter->tags), "%s", tags);
	letter->event.tags = letter->tags;
	letter->event.tenant = "tenant";
	letter->event.source_ip = "192.0.2.1";
	letter->event.caller = "mailer";
	letter->event.from_domain = "shop.example";
}

static void every_dimension_counts_each_recipient(void **state)
{
	static const struct {
		enum store_dimension dimension;
		const char *key;
		int64_t count;
	} cases[] = {
		{STORE_BY_ACCOUNT, "", 3},
		{STORE_BY_IDENTITY, "example.com", 3},
		{STORE_BY_CONFIGURATION_SET, "news", 3},
		{STORE_BY_RECIPIENT_DOMAIN, "gmail.com", 2},
		{STORE_BY_RECIPIENT_DOMAIN, "googlemail.com", 1},
		{STORE_BY_PROVIDER, "google", 3},
		{STORE_BY_TAG, "campaign=x", 3},
		{STORE_BY_TAG, "campaign=y z", 3},
		{STORE_BY_TENANT, "tenant", 3},
		{STORE_BY_SOURCE_IP, "192.0.2.1", 3},
		{STORE_BY_CALLER, "mailer", 3},
		{STORE_BY_FROM_DOMAIN, "shop.example", 3},
		{STORE_BY_DIAGNOSTIC, "5.1.1 smtp unknown", 2},
		{STORE_BY_DIAGNOSTIC, "", 1},
	};
	struct scene *scene = *state;
	struct letter letter;

	letter_init(&letter, SES_BOUNCE, NOON, 1, 1);
	fill(&letter, "{\"campaign\":[\"x\",\"x\",\"y z\"]}");
	letter_add(&letter, "a@gmail.com", SES_OUTCOME_HARD_BOUNCE)->diagnostic =
		"smtp; 550 5.1.1 unknown";
	letter_add(&letter, "b@gmail.com", SES_OUTCOME_HARD_BOUNCE)->diagnostic =
		"smtp; 550 5.1.1 <b@gmail.com> unknown";
	letter_add(&letter, "c@googlemail.com", SES_OUTCOME_HARD_BOUNCE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			counted(scene, cases[i].dimension, cases[i].key).hard_bounces,
			cases[i].count);
	assert_int_equal(counted(scene, STORE_BY_TAG, NULL).hard_bounces, 6);
}

/* Where nothing is known, it counts as unknown; so the sums agree with the account. */
static void what_is_unknown_counts_without_a_key(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	letter.event.tenant = letter.event.source_ip = letter.event.caller =
		letter.event.from_domain = NULL;
	letter.event.identity = NULL;
	letter.event.configuration_set = NULL;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 2, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	for (int dimension = 0; dimension < STORE_DIMENSIONS; dimension++) {
		enum store_dimension by = (enum store_dimension) dimension;

		if (by == STORE_BY_RECIPIENT_DOMAIN)
			continue;
		assert_int_equal(counted(scene, by, "").hard_bounces, by != STORE_BY_TAG);
		assert_int_equal(counted(scene, by, NULL).sends,
			by != STORE_BY_TAG && by != STORE_BY_DIAGNOSTIC);
	}
}

static void a_complaint_counts_once_in_each_dimension(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_init(&letter, SES_COMPLAINT, NOON, 1, 1);
	fill(&letter, "{\"campaign\":[\"x\"]}");
	letter.event.complaint_type = "Abuse";
	letter_add(&letter, "a@hotmail.com", SES_OUTCOME_COMPLAINT);
	letter_add(&letter, "b@hotmail.com", SES_OUTCOME_COMPLAINT);
	letter_add(&letter, "c@outlook.com", SES_OUTCOME_COMPLAINT);
	letter_add(&letter, "d@hosted.example", SES_OUTCOME_COMPLAINT);
	letter_add(&letter, "e@yahoo.com", SES_OUTCOME_COMPLAINT)->standing =
		SES_VERIFIED;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	for (int dimension = 0; dimension < STORE_DIMENSIONS; dimension++) {
		enum store_dimension by = (enum store_dimension) dimension;

		assert_int_equal(counted(scene, by, NULL).complaints,
			by == STORE_BY_RECIPIENT_DOMAIN ? 3
			: by == STORE_BY_PROVIDER	? 2
							: 1);
	}
	assert_int_equal(counted(scene, STORE_BY_PROVIDER, "microsoft").complaints, 1);
	assert_int_equal(counted(scene, STORE_BY_PROVIDER, "").complaints, 1);
	assert_int_equal(
		counted(scene, STORE_BY_DIAGNOSTIC, "complaint abuse").complaints, 1);

	/* Redacted, and of no type. */
	letter_init(&letter, SES_COMPLAINT, NOON, 2, 2);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_DIAGNOSTIC, "complaint").complaints, 1);
	assert_int_equal(counted(scene, STORE_BY_CALLER, "").complaints, 1);
	assert_int_equal(counted(scene, STORE_BY_PROVIDER, NULL).complaints, 2);
}

static void of_many_tags_the_first_fifty_count(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	char tags[2048] = "{\"n\":[\"0\"";
	size_t length = strlen(tags);

	for (unsigned i = 1; i < 60; i++)
		length += (size_t) snprintf(
			tags + length, sizeof(tags) - length, ",\"%u\"", i);
	snprintf(tags + length, sizeof(tags) - length, "]}");
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, ALICE);
	letter.event.tags = tags;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_TAG, NULL).sends, 50);
	assert_int_equal(counted(scene, STORE_BY_TAG, "n=49").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, "n=50").sends, 0);
}

/* Longer than SES allows; and tags that are no JSON, which mail.c never makes. */
static void odd_keys_count_with_the_rest(void **state)
{
	struct scene *scene = *state;
	char longest[513 + 1], tags[1200];
	struct letter letter;

	memset(longest, 'k', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	snprintf(tags, sizeof(tags), "{\"name\":[\"%s\"],\"%s\":[\"v\"]}", longest,
		longest);
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, ALICE);
	letter.event.tags = tags;
	letter.event.caller = longest;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_CALLER, "*").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, "name=*").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, "*").sends, 1);
	longest[512] = '\0';
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 2, ALICE);
	letter.event.caller = longest;
	snprintf(tags, sizeof(tags), "[");
	letter.event.tags = tags;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_CALLER, longest).sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, NULL).sends, 2);
}

static void what_counts_nothing_takes_no_place_among_the_keys(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	char address[64];

	for (unsigned i = 0; i < STORE_KEYS_A_DAY + 10; i++) {
		letter_simple(&letter, SES_OPEN, SES_OUTCOME_OTHER, NOON, i + 1, ALICE);
		snprintf(letter.configuration_set, sizeof(letter.configuration_set),
			"set-%u", i);
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	snprintf(address, sizeof(address), "a@new.example");
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 9999, address);
	snprintf(letter.configuration_set, sizeof(letter.configuration_set), "new");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_CONFIGURATION_SET, "new").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_CONFIGURATION_SET, "*").sends, 0);
}

/* A roll-up can't forget it. */
static void an_address_in_a_tag_is_no_key(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, ALICE);
	letter.event.tags = letter.tags;
	snprintf(letter.tags, sizeof(letter.tags), "%s",
		"{\"user\":[\"jane@customer.example\"],"
		"\"bob@example.org\":[\"x\"]}");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(
		counted(scene, STORE_BY_TAG, "user=jane@customer.example").sends, 0);
	assert_int_equal(counted(scene, STORE_BY_TAG, "user=*").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, "*").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, NULL).sends, 2);
}

static void a_mail_put_off_again_and_again_is_blocked_once(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	for (unsigned i = 0; i < 5; i++) {
		letter_simple(
			&letter, SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, NOON, 1, ALICE);
		letter.event.delay_type = "IPFailure";
		letter.event.happened = NOON + (utc_ms) i * HOUR_MS;
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, NOON, 1, ALICE);
	letter.recipients[0].class = SES_CLASS_REPUTATION;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).blocked, 1);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).soft_bounces, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(classes_and_delays_are_counted_by_the_table),
		TEST(every_dimension_counts_each_recipient),
		TEST(what_is_unknown_counts_without_a_key),
		TEST(a_complaint_counts_once_in_each_dimension),
		TEST(of_many_tags_the_first_fifty_count),
		TEST(odd_keys_count_with_the_rest),
		TEST(what_counts_nothing_takes_no_place_among_the_keys),
		TEST(an_address_in_a_tag_is_no_key),
		TEST(a_mail_put_off_again_and_again_is_blocked_once),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
