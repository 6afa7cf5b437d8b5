/* test_hosted.c - providers of hosted domains, learnt from replies. */
#include "tests/store/bare.h"

#include "store/hosted.h"
#include "tests/store/fault_scene.h"
#include "tests/store/upkeep.h"

#define ALICE "alice@hosted.example"
#define GOOGLE "250 2.0.0 OK 1773144000 - gsmtp"
#define MICROSOFT "250 2.6.0 <1@b> [Hostname=A.eurprd01.prod.outlook.com]"

static const char *hosts(struct bare *bare, struct hosted *hosted, const char *domain,
	const char *reply, const char *other, utc_ms now)
{
	const char *provider;

	assert_true(hosted_provider(hosted, &bare->writer.db, domain,
		(const char *const[2]){reply, other}, now, &provider));
	return provider;
}

static int64_t noted_at(struct bare *bare)
{
	return bare_ask(bare, "SELECT last FROM hosted WHERE domain = 'a.example'");
}

static void a_provider_is_learnt_in_order_of_arrival(void **state)
{
	struct bare *bare = *state;
	struct hosted *hosted = calloc(1, sizeof(*hosted));

	assert_non_null(hosted);
	assert_string_equal(hosts(bare, hosted, "", GOOGLE, NULL, NOON), "");
	assert_string_equal(hosts(bare, hosted, "gmail.com", NULL, NULL, NOON), "google");
	assert_string_equal(
		hosts(bare, hosted, "gmail.com", MICROSOFT, NULL, NOON), "google");
	assert_string_equal(hosts(bare, hosted, "a.example", NULL, NULL, NOON), "");
	assert_string_equal(hosts(bare, hosted, "a.example", "250 ok", NULL, NOON), "");
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM hosted"), 0);
	assert_string_equal(
		hosts(bare, hosted, "a.example", GOOGLE, NULL, NOON), "google");
	assert_string_equal(hosts(bare, hosted, "a.example", NULL, NULL, NOON), "google");
	assert_string_equal(
		hosts(bare, hosted, "a.example", "250 ok", NULL, NOON), "google");
	assert_string_equal(hosts(bare, hosted, "b.example", NULL, NULL, NOON), "");
	assert_string_equal(
		hosts(bare, hosted, "a.example", MICROSOFT, GOOGLE, NOON), "microsoft");
	assert_string_equal(
		hosts(bare, hosted, "a.example", "250 ok", "dns; mx.google.com", NOON),
		"google");
	hosted_finish(hosted);
	free(hosted);
}

static void a_note_is_written_when_it_is_new_or_a_day_old(void **state)
{
	struct bare *bare = *state;
	struct hosted *hosted = calloc(1, sizeof(*hosted));

	assert_non_null(hosted);
	hosts(bare, hosted, "a.example", GOOGLE, NULL, NOON);
	hosts(bare, hosted, "a.example", GOOGLE, NULL, NOON + DAY_MS - 1);
	assert_int_equal(noted_at(bare), NOON);
	hosts(bare, hosted, "a.example", GOOGLE, NULL, NOON + DAY_MS);
	assert_int_equal(noted_at(bare), NOON + DAY_MS);
	hosts(bare, hosted, "a.example", MICROSOFT, NULL, NOON + DAY_MS + 1);
	assert_int_equal(noted_at(bare), NOON + DAY_MS + 1);
	/* Forgotten, it is read again. */
	hosted_forget(hosted);
	assert_string_equal(
		hosts(bare, hosted, "a.example", NULL, NULL, NOON), "microsoft");
	hosts(bare, hosted, "a.example", MICROSOFT, NULL, NOON + 2 * DAY_MS);
	assert_int_equal(noted_at(bare), NOON + DAY_MS + 1);
	hosted_finish(hosted);
	free(hosted);
}

static void the_memory_is_bounded_and_forgets_nothing_for_good(void **state)
{
	struct bare *bare = *state;
	struct hosted *hosted = calloc(1, sizeof(*hosted));
	const char *before;
	char domain[32];

	assert_non_null(hosted);
	hosts(bare, hosted, "a.example", GOOGLE, NULL, NOON);
	hosted_forget(hosted);
	before = hosts(bare, hosted, "a.example", NULL, NULL, NOON);
	for (unsigned i = 0; i < 2 * HOSTED_SLOTS; i++) {
		snprintf(domain, sizeof(domain), "d%u.example", i);
		hosts(bare, hosted, domain, NULL, NULL, NOON);
		assert_true(hosted->count <= HOSTED_SLOTS * 3 / 4);
	}
	/* Roll-ups of the batch may still borrow the name. */
	assert_ptr_equal(hosts(bare, hosted, "a.example", NULL, NULL, NOON), before);
	assert_string_equal(before, "google");
	hosted_finish(hosted);
	free(hosted);
}

/* ---- in a store ---- */

static enum store_outcome deliver(struct scene *scene, const char *reply, unsigned mail)
{
	struct letter letter;

	letter_simple(
		&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON + mail, mail, ALICE);
	letter.event.smtp_response = reply;
	return record(scene, &letter);
}

static void send(struct scene *scene, unsigned mail)
{
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON + mail, mail, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static struct ses_counts of(struct scene *scene, const char *provider)
{
	return counted(scene, STORE_BY_PROVIDER, provider);
}

static void sends_count_for_the_provider_that_was_learnt(void **state)
{
	struct scene *scene = *state;

	send(scene, 1);
	assert_int_equal(deliver(scene, GOOGLE, 1), STORE_DONE);
	send(scene, 2);
	scene_close(scene);
	assert_true(scene_open(scene));
	send(scene, 3);
	assert_int_equal(of(scene, "").sends, 1);
	assert_int_equal(of(scene, "google").deliveries, 1);
	assert_int_equal(of(scene, "google").sends, 2);
}

static void bounces_and_delays_teach_too(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1,
		"b@bounced.example");
	letter.recipients[0].diagnostic = "smtp; 550-5.1.1 no such account - gsmtp";
	assert_int_equal(record(scene, &letter), STORE_DONE);
	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 2,
		"b@reported.example");
	letter.recipients[0].diagnostic = "smtp; 550 5.1.1 unknown";
	letter.event.reporting_mta = "dns; x.mail.protection.outlook.com";
	assert_int_equal(record(scene, &letter), STORE_DONE);
	letter_simple(&letter, SES_DELIVERY_DELAY, SES_OUTCOME_OTHER, NOON, 3,
		"b@delayed.example");
	letter.recipients[0].diagnostic = "421 4.7.0 mx1.yahoodns.net try later";
	letter.event.delay_type = "IPFailure";
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(of(scene, "google").hard_bounces, 1);
	assert_int_equal(of(scene, "microsoft").hard_bounces, 1);
	assert_int_equal(of(scene, "yahoo").blocked, 1);
}

static void one_reply_for_several_domains_teaches_nothing(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON, 1, ALICE);
	letter_add(&letter, "b@other.example", SES_OUTCOME_DELIVERY);
	letter.event.smtp_response = GOOGLE;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(of(scene, "").deliveries, 2);
	letter_simple(&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON, 2, ALICE);
	letter_add(&letter, "b@hosted.example", SES_OUTCOME_DELIVERY);
	letter.event.smtp_response = GOOGLE;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(of(scene, "google").deliveries, 2);
	/* A duplicate teaches nothing either. */
	letter.event.smtp_response = MICROSOFT;
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	send(scene, 3);
	assert_int_equal(of(scene, "google").sends, 1);
}

static void a_batch_that_is_rolled_back_teaches_nothing(void **state)
{
	struct scene *scene = *state;

	send(scene, 1);
	fault_set(FAULT_FULL, 0, 1);
	assert_int_equal(deliver(scene, GOOGLE, 1), STORE_FAILED);
	fault_set(FAULT_NONE, 0, 0);
	send(scene, 2);
	assert_int_equal(of(scene, "").sends, 2);
	assert_int_equal(rows(scene, "SELECT count(*) FROM hosted"), 0);
	assert_int_equal(deliver(scene, GOOGLE, 1), STORE_DONE);
	assert_int_equal(rows(scene, "SELECT count(*) FROM hosted"), 1);
}

static void domains_not_seen_for_long_are_forgotten(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(deliver(scene, GOOGLE, 1), STORE_DONE);
	upkeep(scene, NOON + HOSTED_KEPT_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM hosted"), 1);
	upkeep(scene, NOON + HOSTED_KEPT_MS + 2 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM hosted"), 0);
}

/* Slice by slice: what is young stays, wherever a slice ends. */
static void old_domains_go_in_slices(void **state)
{
	struct bare *bare = *state;
	struct hosted *hosted = calloc(1, sizeof(*hosted));
	char domain[64] = "";
	int64_t seen;

	assert_non_null(hosted);
	for (unsigned i = 0; i < 25; i++) {
		snprintf(domain, sizeof(domain), "d%u.example", i);
		hosts(bare, hosted, domain, GOOGLE, NULL,
			i % 3 == 0 ? NOON : NOON + 2 * DAY_MS);
	}
	domain[0] = '\0';
	for (unsigned slice = 0; slice < 3; slice++) {
		assert_true(hosted_prune(&bare->writer.db, NOON + HOSTED_KEPT_MS + DAY_MS,
			10, domain, sizeof(domain), &seen));
		assert_int_equal(seen, slice < 2 ? 10 : 5);
	}
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM hosted"), 16);
	assert_int_equal(
		bare_ask(bare, "SELECT min(last) FROM hosted"), NOON + 2 * DAY_MS);
	hosted_finish(hosted);
	free(hosted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define BARE(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_set_up, fault_tear_down)
		BARE(a_provider_is_learnt_in_order_of_arrival),
		BARE(a_note_is_written_when_it_is_new_or_a_day_old),
		BARE(the_memory_is_bounded_and_forgets_nothing_for_good),
		BARE(old_domains_go_in_slices),
		TEST(sends_count_for_the_provider_that_was_learnt),
		TEST(bounces_and_delays_teach_too),
		TEST(one_reply_for_several_domains_teaches_nothing),
		TEST(a_batch_that_is_rolled_back_teaches_nothing),
		TEST(domains_not_seen_for_long_are_forgotten),
	};

	return cmocka_run_group_tests_name("hosted", tests, NULL, NULL);
}
