/* test_senders.c - callers, source addresses and from-domains, first and last seen. */
#include "tests/store/support.h"

#include "ses/watching.h"
#include "store/reputation.h"
#include "tests/store/fault_scene.h"
#include "tests/store/upkeep.h"

#define ALICE "alice@example.org"

static void fill(struct letter *letter, const char *caller, const char *source_ip,
	const char *from_domain)
{
	letter->event.caller = caller;
	letter->event.source_ip = source_ip;
	letter->event.from_domain = from_domain;
}

static enum store_outcome send(
	struct scene *scene, const char *caller, const char *source_ip, utc_ms sent)
{
	static unsigned serial;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, sent, ++serial, ALICE);
	fill(&letter, caller, source_ip, "shop.example");
	return record(scene, &letter);
}

struct found {
	size_t count;
	char key[8][64];
	struct store_sender senders[8];
};

static bool note(void *closure, const struct store_sender *sender)
{
	struct found *found = closure;

	assert_true(found->count < 8);
	assert_string_equal(sender->account, "111122223333");
	assert_string_equal(sender->region, "eu-west-1");
	snprintf(found->key[found->count], 64, "%s", sender->key);
	found->senders[found->count++] = *sender;
	return true;
}

static struct found senders_since(struct scene *scene, utc_ms since)
{
	struct found found = {0};

	assert_true(store_sender_list(scene->store, since, note, &found, &scene->error));
	return found;
}

static void each_sender_is_listed_with_its_first_and_last_mail(void **state)
{
	struct scene *scene = *state;
	struct found found;

	assert_int_equal(send(scene, "mailer", "192.0.2.1", NOON), STORE_DONE);
	assert_int_equal(send(scene, "mailer", "192.0.2.1", NOON + HOUR_MS), STORE_DONE);
	assert_int_equal(
		send(scene, "thief", "192.0.2.1", NOON + 3 * DAY_MS), STORE_DONE);
	found = senders_since(scene, 0);
	assert_int_equal(found.count, 4);
	/* The newest first. */
	assert_string_equal(found.key[0], "thief");
	assert_int_equal(found.senders[0].kind, SES_SENDER_CALLER);
	assert_int_equal(found.senders[0].first, NOON + 3 * DAY_MS);
	assert_int_equal(found.senders[0].account_since, NOON);
	assert_string_equal(found.key[1], "mailer");
	assert_int_equal(found.senders[1].first, NOON);
	assert_int_equal(found.senders[1].last, NOON);
	assert_string_equal(found.key[2], "192.0.2.1");
	assert_int_equal(found.senders[2].kind, SES_SENDER_SOURCE_IP);
	assert_int_equal(found.senders[2].last, NOON + 3 * DAY_MS);
	assert_string_equal(found.key[3], "shop.example");
	assert_int_equal(found.senders[3].kind, SES_SENDER_FROM_DOMAIN);
	assert_int_equal(senders_since(scene, NOON + DAY_MS).count, 1);
	assert_int_equal(senders_since(scene, NOON + 3 * DAY_MS + 1).count, 0);
}

/* A replay brings what was sent earlier; a late bounce knows when its mail was sent. */
static void earlier_mail_moves_the_first_back(void **state)
{
	struct scene *scene = *state;
	struct found found;

	assert_int_equal(send(scene, "mailer", "", NOON), STORE_DONE);
	assert_int_equal(send(scene, "mailer", "", NOON - 5 * DAY_MS), STORE_DONE);
	assert_int_equal(send(scene, "mailer", "", NOON - 2 * DAY_MS), STORE_DONE);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(send(scene, "mailer", "", NOON - 3 * DAY_MS), STORE_DONE);
	assert_int_equal(send(scene, "mailer", "", NOON + DAY_MS), STORE_DONE);
	found = senders_since(scene, 0);
	assert_int_equal(found.count, 2);
	assert_int_equal(found.senders[0].first, NOON - 5 * DAY_MS);
	assert_int_equal(found.senders[0].last, NOON + DAY_MS);
}

static void mail_that_is_counted_nowhere_has_a_sender_too(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_OPEN, SES_OUTCOME_OTHER, NOON, 1, ALICE);
	fill(&letter, "mailer", NULL, "");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(senders_since(scene, 0).count, 1);
	fill(&letter, "other", NULL, "");
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	assert_int_equal(senders_since(scene, 0).count, 1);
}

static void a_batch_that_is_rolled_back_leaves_no_sender_behind(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(send(scene, "mailer", "", NOON), STORE_DONE);
	fault_set(FAULT_FULL, 0, 1);
	assert_int_equal(send(scene, "thief", "", NOON), STORE_FAILED);
	fault_set(FAULT_NONE, 0, 0);
	assert_int_equal(senders_since(scene, 0).count, 2);
	/* And is not taken for known when it comes again. */
	assert_int_equal(send(scene, "thief", "", NOON), STORE_DONE);
	assert_int_equal(senders_since(scene, 0).count, 3);
}

static void many_senders_of_a_day_are_bounded(void **state)
{
	struct scene *scene = *state;
	char caller[32];

	for (unsigned i = 0; i < STORE_KEYS_A_DAY + 20; i++) {
		snprintf(caller, sizeof(caller), "caller-%u", i);
		assert_int_equal(send(scene, caller, "", NOON), STORE_DONE);
	}
	assert_int_equal(rows(scene, "SELECT count(*) FROM senders WHERE kind = 1"),
		STORE_KEYS_A_DAY);
	assert_int_equal(counted(scene, STORE_BY_CALLER, "*").sends, 20);
}

static void senders_not_seen_for_long_are_forgotten(void **state)
{
	struct scene *scene = *state;
	struct found found;

	assert_int_equal(send(scene, "old", "", NOON), STORE_DONE);
	assert_int_equal(send(scene, "young", "", NOON + 10 * DAY_MS), STORE_DONE);
	upkeep(scene, NOON + 400 * DAY_MS);
	assert_int_equal(senders_since(scene, 0).count, 3);
	upkeep(scene, NOON + 405 * DAY_MS);
	found = senders_since(scene, 0);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.key[0], "young");
	assert_string_equal(found.key[1], "shop.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_set_up, fault_tear_down)
		TEST(each_sender_is_listed_with_its_first_and_last_mail),
		TEST(earlier_mail_moves_the_first_back),
		TEST(mail_that_is_counted_nowhere_has_a_sender_too),
		TEST(a_batch_that_is_rolled_back_leaves_no_sender_behind),
		TEST(many_senders_of_a_day_are_bounded),
		TEST(senders_not_seen_for_long_are_forgotten),
	};

	return cmocka_run_group_tests_name("senders", tests, NULL, NULL);
}
