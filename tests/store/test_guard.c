/* test_guard.c - bursts of hard bounces that are the provider's fault. */
#include "store/guard.h"
#include "store/inside.h"
#include "tests/store/listed.h"
#include "tests/store/support.h"

#define USERS 500
#define BURST 200
#define REPLY                                                                            \
	"smtp; 550-5.1.1 The email account that you tried to reach does not exist. "     \
	"n8si123456wrx.77 - gsmtp"

static char facts[] = "{\"status\":\"5.1.1\",\"diagnosticCode\":\"" REPLY "\"}";

/* A clock that stands: however slow the machine, look-ups use up no credit. */
static int64_t standing_clock(void)
{
	return DAY_MS;
}

/* Before the first job, and so before the store's thread looks at it. */
static bool open_guarded(struct scene *scene)
{
	bool is_open = scene_open(scene);

	if (is_open)
		scene->store->writer.guard.now_ms = standing_clock;
	return is_open;
}

static int set_up(void **state)
{
	return scene_prepare(state) != 0 || !open_guarded(*state) ? -1 : 0;
}

static void ignore(struct store_job *job)
{
	(void) job;
}

static const char *user(unsigned number)
{
	static char address[32];

	snprintf(address, sizeof(address), "user%u@gmail.com", number);
	return address;
}

/* Hands letters over without waiting for each, and waits for all. */
struct post {
	struct scene *scene;
	struct letter *letters;
	size_t count, capacity;
	unsigned mails;
};

static struct post post_new(struct scene *scene, size_t capacity)
{
	struct post post = {
		.scene = scene,
		.letters = calloc(capacity, sizeof(*post.letters)),
		.capacity = capacity,
	};

	assert_non_null(post.letters);
	return post;
}

static void post_wait(struct post *post)
{
	struct store_job last = {.kind = STORE_UPKEEP, .now = NOON};

	assert_int_equal(store_submit_and_wait(post->scene->store, &last), STORE_DONE);
	for (size_t i = 0; i < post->count; i++)
		assert_int_equal(post->letters[i].job.outcome, STORE_DONE);
}

static void post_finish(struct post *post)
{
	free(post->letters);
}

static struct letter *hand_over(struct post *post, struct letter *letter)
{
	letter->job.done = ignore;
	assert_true(store_submit(post->scene->store, &letter->job));
	return letter;
}

static struct letter *next_letter(struct post *post)
{
	assert_true(post->count < post->capacity);
	return &post->letters[post->count++];
}

static void deliver(struct post *post, unsigned number, utc_ms sent)
{
	struct letter *letter = next_letter(post);

	letter_simple(letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, sent, ++post->mails,
		user(number));
	hand_over(post, letter);
}

static void say_no_such_user(struct letter *letter)
{
	letter->recipients[0].status = "5.1.1";
	letter->recipients[0].diagnostic = REPLY;
	letter->recipients[0].facts = facts;
}

static struct letter *bounce(struct post *post, unsigned number, utc_ms sent)
{
	struct letter *letter = next_letter(post);

	letter_simple(letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, sent, ++post->mails,
		user(number));
	say_no_such_user(letter);
	return hand_over(post, letter);
}

static void assert_entry(
	struct scene *scene, unsigned number, utc_ms at, enum ses_reason reason)
{
	struct entry entry = entry_of(scene, user(number), "", at);

	assert_int_equal(entry.count, reason != SES_REASON_NONE);
	if (reason == SES_REASON_NONE)
		return;
	assert_int_equal(entry.entry.reason, reason);
	if (reason == SES_REASON_QUARANTINE)
		assert_int_equal(entry.entry.expires, entry.entry.since + 7 * DAY_MS);
	else
		assert_int_equal(entry.entry.expires, UTC_NONE);
}

static void deliver_to_all(struct post *post)
{
	for (unsigned i = 0; i < USERS; i++)
		deliver(post, i, NOON - 7 * DAY_MS + i * 1000);
	post_wait(post);
}

/* One address each ten seconds, from begin on. */
static void let_bounce(struct post *post, unsigned first, utc_ms begin)
{
	for (unsigned i = 0; i < BURST; i++)
		bounce(post, first + i, begin + (utc_ms) i * 10 * SECOND_MS);
	post_wait(post);
}

/* The first are not known to be false; afterwards `suppression remove` undoes them. */
static void assert_burst(struct post *post, unsigned first, utc_ms begin)
{
	const struct letter *letters = post->letters + post->count - BURST;

	for (unsigned i = 0; i < BURST; i++) {
		bool is_late = i + 1 >= GUARD_SUSPECTS;

		assert_entry(post->scene, first + i, begin + HOUR_MS,
			is_late ? SES_REASON_QUARANTINE : SES_REASON_BOUNCE);
		assert_int_equal(letters[i].job.burst.count, is_late ? i + 1 : 0);
		if (!is_late)
			continue;
		assert_string_equal(letters[i].job.burst.provider, "google");
		assert_non_null(strstr(letters[i].job.burst.signature, "does not exist"));
	}
}

/* Gmail, 14 and 15 December 2020. */
static void december_2020_goes_into_quarantine_on_both_days(void **state)
{
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + 2 * BURST + 1);
	struct listed listed;
	utc_ms day = NOON + 10 * MINUTE_MS;

	deliver_to_all(&post);
	let_bounce(&post, 0, day);
	assert_burst(&post, 0, day);
	listed = list(scene, &everything, NULL);
	assert_int_equal(listed.events[0].class, SES_CLASS_QUARANTINE);
	assert_int_equal(listed.events[0].outcome, SES_OUTCOME_HARD_BOUNCE);

	let_bounce(&post, BURST, day + DAY_MS);
	assert_burst(&post, BURST, day + DAY_MS);
	/* Who was never delivered to is not there, burst or not. */
	bounce(&post, 9999, day + DAY_MS + 40 * MINUTE_MS);
	post_wait(&post);
	assert_entry(scene, 9999, day + 2 * DAY_MS, SES_REASON_BOUNCE);
	/* After seven days all is forgotten but the first. */
	assert_entry(scene, 0, day + 8 * DAY_MS, SES_REASON_BOUNCE);
	assert_entry(scene, BURST - 1, day + 8 * DAY_MS, SES_REASON_NONE);
	post_finish(&post);
}

static void bounce_over_restarts(struct post *post, utc_ms begin, unsigned every)
{
	for (unsigned i = 0; i < BURST; i++) {
		if (i > 0 && i <= 2 * every && i % every == 0) {
			post_wait(post);
			scene_close(post->scene);
			assert_true(open_guarded(post->scene));
		}
		bounce(post, i, begin + (utc_ms) i * 10 * SECOND_MS);
	}
	post_wait(post);
}

static void a_burst_goes_on_over_the_hour_and_over_a_restart(void **state)
{
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + BURST);
	utc_ms begin = NOON + HOUR_MS - 100 * SECOND_MS;

	deliver_to_all(&post);
	bounce_over_restarts(&post, begin, GUARD_SUSPECTS);
	assert_burst(&post, 0, begin);
	post_finish(&post);
}

/* Those that were not looked up before it are forgotten: 12, and none of the next 12. */
static void a_restart_before_a_burst_makes_it_start_later_only(void **state)
{
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + BURST);
	const struct letter *letters;

	deliver_to_all(&post);
	bounce_over_restarts(&post, NOON, 12);
	letters = post.letters + USERS;
	for (unsigned i = 0; i < BURST; i++)
		assert_int_equal(letters[i].job.burst.count,
			i + 1 < 12 + GUARD_SUSPECTS ? 0 : i + 1 - 12);
	post_finish(&post);
}

/* The sum leaps from 18 to 37 and is never 20. */
static void an_hour_that_comes_late_is_counted_all_the_same(void **state)
{
	enum { HALF = 18 };
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + 2 * HALF + 2);
	const struct letter *last;

	deliver_to_all(&post);
	for (unsigned i = 0; i < HALF; i++)
		bounce(&post, i, NOON + HOUR_MS + (utc_ms) i * SECOND_MS);
	for (unsigned i = 0; i < HALF; i++)
		bounce(&post, HALF + i, NOON + (utc_ms) i * SECOND_MS);
	bounce(&post, 2 * HALF, NOON + HOUR_MS + MINUTE_MS);
	bounce(&post, 2 * HALF + 1, NOON + HOUR_MS + MINUTE_MS);
	post_wait(&post);
	last = &post.letters[post.count - 1];
	assert_int_equal(last[-2].job.burst.count, 0);
	assert_int_equal(last[-1].job.burst.count, 2 * HALF + 1);
	assert_int_equal(last[0].job.burst.count, 2 * HALF + 2);
	post_finish(&post);
}

/* Each time the two hours come to twenty those before are counted, but only once. */
static void nobody_is_counted_twice_from_hour_to_hour(void **state)
{
	static const unsigned of_hour[] = {15, 10, 10};
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + 35);
	const struct letter *last;
	unsigned number = 0;

	deliver_to_all(&post);
	for (unsigned hour = 0; hour < 3; hour++)
		for (unsigned i = 0; i < of_hour[hour]; i++)
			bounce(&post, number++,
				NOON + hour * HOUR_MS + (utc_ms) i * MINUTE_MS);
	post_wait(&post);
	last = &post.letters[post.count - 1];
	assert_int_equal(last[0].job.burst.count, 20);
	assert_int_equal(last[-1].job.burst.count, 0);
	assert_int_equal(last[-10].job.burst.count, 25);
	assert_int_equal(last[-15].job.burst.count, 20);
	assert_int_equal(last[-16].job.burst.count, 0);
	post_finish(&post);
}

static void a_delivery_lifts_a_quarantine_but_no_hard_bounce(void **state)
{
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + BURST + 2);

	deliver_to_all(&post);
	let_bounce(&post, 0, NOON);
	deliver(&post, 0, NOON + DAY_MS);
	deliver(&post, BURST - 1, NOON + DAY_MS);
	post_wait(&post);
	assert_entry(scene, 0, NOON + DAY_MS, SES_REASON_BOUNCE);
	assert_entry(scene, BURST - 1, NOON + DAY_MS, SES_REASON_NONE);
	post_finish(&post);
}

static void a_trickle_over_the_day_is_no_burst(void **state)
{
	enum { DAYS = 10, A_DAY = 30 };
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + DAYS * A_DAY);

	deliver_to_all(&post);
	for (unsigned i = 0; i < DAYS * A_DAY; i++)
		bounce(&post, i, NOON + (utc_ms) i * (DAY_MS / A_DAY));
	post_wait(&post);
	for (unsigned i = 0; i < DAYS * A_DAY; i++)
		assert_entry(scene, i, NOON + DAYS * DAY_MS, SES_REASON_BOUNCE);
	post_finish(&post);
}

static void cleaning_a_list_of_strangers_is_no_burst(void **state)
{
	enum { STRANGERS = 450 };
	struct scene *scene = *state;
	struct post post = post_new(scene, STRANGERS);

	for (unsigned i = 0; i < STRANGERS; i++)
		bounce(&post, i, NOON + (utc_ms) i * SECOND_MS);
	post_wait(&post);
	for (unsigned i = 0; i < STRANGERS; i++)
		assert_entry(scene, i, NOON + HOUR_MS, SES_REASON_BOUNCE);
	post_finish(&post);
}

/* Servers that take a mail and send it back a moment later. */
static void the_delivery_of_the_mail_itself_makes_no_suspect(void **state)
{
	struct scene *scene = *state;
	struct post post = post_new(scene, 200);

	for (unsigned i = 0; i < 100; i++) {
		utc_ms sent = NOON + (utc_ms) i * SECOND_MS;

		deliver(&post, i, sent);
		post.mails--;
		bounce(&post, i, sent);
	}
	post_wait(&post);
	for (unsigned i = 0; i < 100; i++)
		assert_entry(scene, i, NOON + HOUR_MS, SES_REASON_BOUNCE);
	post_finish(&post);
}

static void a_delivery_of_long_ago_makes_no_suspect(void **state)
{
	struct scene *scene = *state;
	struct post post = post_new(scene, 80);

	for (unsigned i = 0; i < 40; i++)
		deliver(&post, i, NOON - 31 * DAY_MS);
	for (unsigned i = 0; i < 40; i++)
		bounce(&post, i, NOON + (utc_ms) i * SECOND_MS);
	post_wait(&post);
	for (unsigned i = 0; i < 40; i++)
		assert_entry(scene, i, NOON + HOUR_MS, SES_REASON_BOUNCE);
	post_finish(&post);
}

static void another_reply_is_another_symptom(void **state)
{
	static const char full[] = "smtp; 552 5.2.2 this inbox is out of space gsmtp";
	struct scene *scene = *state;
	struct post post = post_new(scene, USERS + 38);

	deliver_to_all(&post);
	for (unsigned i = 0; i < 38; i++) {
		struct letter *letter = next_letter(&post);

		letter_simple(letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE,
			NOON + (utc_ms) i * SECOND_MS, ++post.mails, user(i));
		say_no_such_user(letter);
		if (i % 2 == 1)
			letter->recipients[0].diagnostic = full;
		hand_over(&post, letter);
	}
	post_wait(&post);
	for (unsigned i = 0; i < 38; i++)
		assert_entry(scene, i, NOON + HOUR_MS, SES_REASON_BOUNCE);
	post_finish(&post);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scene_tear_down)
		TEST(december_2020_goes_into_quarantine_on_both_days),
		TEST(a_burst_goes_on_over_the_hour_and_over_a_restart),
		TEST(a_restart_before_a_burst_makes_it_start_later_only),
		TEST(an_hour_that_comes_late_is_counted_all_the_same),
		TEST(nobody_is_counted_twice_from_hour_to_hour),
		TEST(a_delivery_lifts_a_quarantine_but_no_hard_bounce),
		TEST(a_trickle_over_the_day_is_no_burst),
		TEST(cleaning_a_list_of_strangers_is_no_burst),
		TEST(the_delivery_of_the_mail_itself_makes_no_suspect),
		TEST(a_delivery_of_long_ago_makes_no_suspect),
		TEST(another_reply_is_another_symptom),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
