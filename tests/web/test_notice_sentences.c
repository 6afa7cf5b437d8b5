/* test_notice_sentences.c - two notices that Amazon sent and their receivers published,
 * had again from histories of the same shape. */
#include "tests/store/support.h"

#include <sched.h>

#include "store/reputation.h"
#include "web/api_reputation_json.h"

#define DAY_TENTH (DAY_MS / 10)

/* A newsletter that goes out in one minute, again and again. */
struct newsletter {
	int64_t first_tenths; /* of a day, before the end of the window: the last one */
	int64_t every_tenths;
	unsigned times;	     /* that lie in the window */
	unsigned recipients; /* of all these */
	unsigned bounces;
	unsigned earlier; /* times before, when every second one bounced */
};

static void must_be_new(struct store_job *job)
{
	assert_int_equal(job->outcome, STORE_DONE);
}

static void submit(struct scene *scene, struct letter *letter)
{
	letter->job.done = must_be_new;
	while (!store_submit(scene->store, &letter->job))
		sched_yield();
}

/* Letters of a history, each with as many recipients as fit. */
struct post {
	struct letter *letters;
	unsigned count, capacity;
};

static void send_to(struct scene *scene, struct post *post, enum ses_type type,
	enum ses_outcome outcome, utc_ms sent, unsigned mailing, unsigned recipients)
{
	for (unsigned i = 0; i < recipients; i += RECIPIENTS_MAX) {
		struct letter *letter = &post->letters[post->count++];

		assert_true(post->count < post->capacity);
		letter_init(letter, type, sent, mailing * 1000 + i, post->count);
		letter->job.notification.published = sent;
		for (unsigned j = i; j < recipients && j < i + RECIPIENTS_MAX; j++) {
			char address[40];

			snprintf(address, sizeof(address), "r%u@plain.example", j);
			letter_add(letter, address, outcome);
		}
		submit(scene, letter);
	}
}

static void record_newsletter(
	struct scene *scene, const struct newsletter *newsletter, utc_ms end)
{
	struct post post = {.capacity = 20000};
	unsigned total = newsletter->times + newsletter->earlier;
	struct letter last;

	post.letters = calloc(post.capacity, sizeof(*post.letters));
	assert_non_null(post.letters);
	for (unsigned i = 0; i < total; i++) {
		utc_ms sent =
			end - (newsletter->first_tenths + i * newsletter->every_tenths) *
				      DAY_TENTH;
		/* What does not divide goes to the last ones. */
		unsigned recipients = (newsletter->recipients + newsletter->times - 1 -
					      i % newsletter->times) /
				      newsletter->times;
		unsigned bounces = (newsletter->bounces + newsletter->times - 1 -
					   i % newsletter->times) /
				   newsletter->times;

		if (i >= newsletter->times)
			bounces = recipients / 2;
		send_to(scene, &post, SES_SEND, SES_OUTCOME_SEND, sent, i, recipients);
		send_to(scene, &post, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, sent, i,
			bounces);
	}
	/* A notification of nothing, to wait for all before it. */
	letter_init(&last, SES_OPEN, end - HOUR_MS, 0, 0xffffff);
	letter_add(&last, "r0@plain.example", SES_OUTCOME_OTHER);
	record(scene, &last);
	free(post.letters);
}

struct told {
	char sentence[API_SENTENCE_SIZE];
	size_t count;
	enum ses_level level;
	bool is_all;
};

static bool tell(void *closure, const struct store_reputation *reputation)
{
	struct told *told = closure;

	api_rate_sentence(&reputation->bounce, "hard bounces", reputation->from,
		reputation->to, told->sentence);
	told->count++;
	told->level = reputation->bounce.level;
	told->is_all = reputation->is_all;
	return true;
}

static struct told told_at(struct scene *scene, utc_ms now)
{
	struct ses_reputation_settings settings;
	struct told told = {.count = 0};

	ses_reputation_defaults(&settings);
	assert_true(store_reputation(
		scene->store, &settings, now, tell, &told, &scene->error));
	assert_int_equal(told.count, 1);
	return told;
}

/* Eleven weekly newsletters: ten of them are less than 10,000 emails. */
static void a_notice_of_ten_percent_over_75_days_is_had_again(void **state)
{
	static const struct newsletter newsletter = {
		.first_tenths = 49,
		.every_tenths = 70,
		.times = 11,
		.recipients = 10476,
		.bounces = 1052,
		.earlier = 3,
	};
	struct scene *scene = *state;
	struct told told;

	record_newsletter(scene, &newsletter, NOON);
	told = told_at(scene, NOON - 1);
	assert_string_equal(told.sentence,
		"10.04 %, measured over the last 10,476 eligible emails, spanning 74.9 "
		"days");
	assert_int_equal(told.level, SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_false(told.is_all);
}

/* Fifteen, one every fifteen days. */
static void a_notice_of_eighteen_percent_over_225_days_is_had_again(void **state)
{
	static const struct newsletter newsletter = {
		.first_tenths = 149,
		.every_tenths = 150,
		.times = 15,
		.recipients = 10192,
		.bounces = 1839,
		.earlier = 2,
	};
	struct scene *scene = *state;
	struct told told;

	record_newsletter(scene, &newsletter, NOON);
	told = told_at(scene, NOON - 1);
	assert_string_equal(told.sentence,
		"18.04 %, measured over the last 10,192 eligible emails, spanning 224.9 "
		"days");
	assert_int_equal(told.level, SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_false(told.is_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_notice_of_ten_percent_over_75_days_is_had_again, scene_set_up,
			scene_tear_down),
		cmocka_unit_test_setup_teardown(
			a_notice_of_eighteen_percent_over_225_days_is_had_again,
			scene_set_up, scene_tear_down),
	};

	return cmocka_run_group_tests_name("notice sentences", tests, NULL, NULL);
}
