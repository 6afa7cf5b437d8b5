/* lookup.c - asks a store's suppression list in process, as the API's check does; JSON.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/store.h"
#include "tests/bench/parts/dice.h"
#include "tests/bench/parts/die.h"
#include "tests/bench/parts/times.h"

#define BATCH 2000 /* lines of an import's job */
#define FLIGHT 8   /* jobs under way */
#define BULK ((size_t) 10000)
#define BULKS 10
#define ADDRESS_SIZE 32

struct list {
	struct store *store;
	uint32_t entries; /* the even numbers below twice as many */
};

static void write_address(char address[ADDRESS_SIZE], uint32_t number)
{
	snprintf(address, ADDRESS_SIZE, "u%07u@example.org", (unsigned) number);
}

/* ---- making the list ---- */

struct batch {
	struct store_job job;
	struct store_change changes[BATCH];
	char addresses[BATCH][ADDRESS_SIZE];
	bool is_free;
};

/* Batches go round: the store finishes them in order. */
struct import {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct batch batches[FLIGHT];
	bool has_failed;
};

static void give_back(struct store_job *job)
{
	struct import *import = job->owner;
	struct batch *batch = (struct batch *) (void *) job;

	pthread_mutex_lock(&import->lock);
	import->has_failed = import->has_failed || job->outcome == STORE_FAILED;
	batch->is_free = true;
	pthread_cond_signal(&import->freed);
	pthread_mutex_unlock(&import->lock);
}

static void wait_for(struct import *import, struct batch *batch)
{
	pthread_mutex_lock(&import->lock);
	while (!batch->is_free)
		pthread_cond_wait(&import->freed, &import->lock);
	batch->is_free = false;
	pthread_mutex_unlock(&import->lock);
}

static void fill(struct batch *batch, uint32_t first, uint32_t count, utc_ms now)
{
	for (uint32_t i = 0; i < count; i++) {
		write_address(batch->addresses[i], 2 * (first + i));
		batch->changes[i] = (struct store_change){.kind = STORE_IMPORT,
			.entry = {.address = batch->addresses[i],
				.original = batch->addresses[i],
				.scope = "",
				.reason = SES_REASON_BOUNCE,
				.is_certain = true,
				.since = now,
				.expires = UTC_NONE,
				.at_ses = -1,
				.note = ""},
			.expected_version = -1};
	}
}

static void submit(struct list *list, struct import *import, struct batch *batch,
	uint32_t count, utc_ms now)
{
	batch->job = (struct store_job){.kind = STORE_CHANGE_LIST,
		.changes = batch->changes,
		.change_count = count,
		.policy = &ses_suppression_standard,
		.actor = "bench",
		.cause = "import",
		.now = now,
		.done = give_back,
		.owner = import};
	if (!store_submit(list->store, &batch->job))
		die("the store takes no job");
}

/* In order of the addresses: the fastest there is. */
static void make(struct list *list)
{
	struct import *import = calloc(1, sizeof(*import));
	utc_ms now = clock_now();
	size_t turn = 0;

	if (import == NULL)
		die("out of memory");
	pthread_mutex_init(&import->lock, NULL);
	pthread_cond_init(&import->freed, NULL);
	for (size_t i = 0; i < FLIGHT; i++)
		import->batches[i].is_free = true;
	for (uint32_t first = 0; first < list->entries; first += BATCH) {
		struct batch *batch = &import->batches[turn++ % FLIGHT];
		uint32_t left = list->entries - first;
		uint32_t count = left < BATCH ? left : BATCH;

		wait_for(import, batch);
		fill(batch, first, count, now);
		submit(list, import, batch, count, now);
	}
	for (size_t i = 0; i < FLIGHT; i++)
		wait_for(import, &import->batches[i]);
	if (import->has_failed)
		die("the store could not write");
	pthread_cond_destroy(&import->freed);
	pthread_mutex_destroy(&import->lock);
	free(import);
}

/* ---- asking ---- */

struct question {
	size_t count, expected, suppressed;
	char (*addresses)[ADDRESS_SIZE];
	const char **pointers;
};

static bool count_verdict(void *closure, size_t index, enum ses_verdict verdict,
	const struct store_suppression *entry)
{
	struct question *question = closure;

	(void) index;
	(void) entry;
	question->suppressed += verdict == SES_VERDICT_SUPPRESSED;
	return true;
}

static void choose(struct question *question, struct dice *dice, const struct list *list)
{
	question->expected = 0;
	question->suppressed = 0;
	for (size_t i = 0; i < question->count; i++) {
		uint32_t number = dice_roll(dice, 2 * list->entries);

		write_address(question->addresses[i], number);
		question->pointers[i] = question->addresses[i];
		question->expected += number % 2 == 0;
	}
}

static void question_init(struct question *question, size_t count)
{
	*question = (struct question){.count = count};
	question->addresses = calloc(count, sizeof(*question->addresses));
	question->pointers = calloc(count, sizeof(*question->pointers));
	if (question->addresses == NULL || question->pointers == NULL)
		die("out of memory");
}

static void question_finish(struct question *question)
{
	free(question->addresses);
	free(question->pointers);
}

static void ask(struct list *list, struct question *question,
	const char *const *addresses, size_t count)
{
	static const struct ses_scopes everything;
	struct error error;

	if (!store_suppression_check(list->store, addresses, count, &everything,
		    clock_now(), count_verdict, question, &error))
		die("%s", error.text);
}

static void check_count(const struct question *question)
{
	if (question->suppressed != question->expected)
		die("%zu of %zu are suppressed, not %zu: does the store have that list?",
			question->suppressed, question->count, question->expected);
}

struct figures {
	double us_each, cpu_us_each, p50_us, p99_us, bulk_us_each;
};

static void ask_singly(
	struct list *list, struct dice *dice, size_t asks, struct figures *figures)
{
	int64_t *took_ns = calloc(asks, sizeof(*took_ns)), sum_ns = 0, cpu_ns;
	struct question question;

	if (took_ns == NULL)
		die("out of memory");
	question_init(&question, asks);
	choose(&question, dice, list);
	cpu_ns = thread_cpu_ns();
	for (size_t i = 0; i < asks; i++) {
		int64_t began_ns = clock_ns();

		ask(list, &question, &question.pointers[i], 1);
		took_ns[i] = clock_ns() - began_ns;
		sum_ns += took_ns[i];
	}
	figures->cpu_us_each = (double) (thread_cpu_ns() - cpu_ns) / 1e3 / (double) asks;
	figures->us_each = (double) sum_ns / 1e3 / (double) asks;
	check_count(&question);
	times_sort(took_ns, asks);
	figures->p50_us = (double) times_at(took_ns, asks, 50) / 1e3;
	figures->p99_us = (double) times_at(took_ns, asks, 99) / 1e3;
	question_finish(&question);
	free(took_ns);
}

static int compare_texts(const void *one, const void *other)
{
	return strcmp(*(const char *const *) one, *(const char *const *) other);
}

/* Sorted first, as the API does; that is part of what it costs. The median. */
static void ask_in_bulk(struct list *list, struct dice *dice, struct figures *figures)
{
	int64_t took_ns[BULKS];
	struct question question;

	question_init(&question, BULK);
	for (size_t i = 0; i < BULKS; i++) {
		int64_t began_ns;

		choose(&question, dice, list);
		began_ns = clock_ns();
		qsort(question.pointers, BULK, sizeof(*question.pointers), compare_texts);
		ask(list, &question, question.pointers, BULK);
		took_ns[i] = clock_ns() - began_ns;
		check_count(&question);
	}
	times_sort(took_ns, BULKS);
	figures->bulk_us_each = (double) times_at(took_ns, BULKS, 50) / 1e3 / BULK;
	question_finish(&question);
}

/* ---- the program ---- */

struct options {
	const char *path;
	uint32_t entries;
	size_t asks;
	uint64_t seed;
	bool makes;
};

static void explain_and_end(void)
{
	fputs("usage: lookup DATABASE --entries N | --make N [--asks 20000] [--seed N]\n"
	      "The list holds N entries, or is made with them first.\n",
		stderr);
	exit(2);
}

static struct options read_options(int count, char **words)
{
	static const struct option known[] = {
		{"entries", required_argument, NULL, 'e'},
		{"make", required_argument, NULL, 'm'},
		{"asks", required_argument, NULL, 'a'},
		{"seed", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	struct options options = {.asks = 20000, .seed = (uint64_t) clock_ns()};
	int letter;

	while ((letter = getopt_long(count, words, "", known, NULL)) != -1) {
		if (letter == 'e' || letter == 'm') {
			options.entries = (uint32_t) count_or_die(optarg, "entries");
			options.makes = letter == 'm';
		} else if (letter == 'a') {
			options.asks = (size_t) count_or_die(optarg, "--asks");
		} else if (letter == 's') {
			options.seed = (uint64_t) count_or_die(optarg, "--seed");
		} else {
			explain_and_end();
		}
	}
	if (optind != count - 1 || options.entries == 0)
		explain_and_end();
	options.path = words[optind];
	return options;
}

int main(int count, char **words)
{
	struct options options = read_options(count, words);
	struct store_settings settings = {
		.path = options.path, .keep_events_ms = 400 * DAY_MS};
	struct list list = {.entries = options.entries};
	struct dice dice = {options.seed};
	int64_t began_ns = clock_ns(), made_ns = 0;
	struct figures figures;
	struct error error;

	log_open(LOG_LEVEL_WARNING, false);
	if (!crypto_start())
		die("OpenSSL does not start");
	list.store = store_open(&settings, &error);
	if (list.store == NULL)
		die("%s", error.text);
	if (options.makes) {
		make(&list);
		made_ns = clock_ns() - began_ns;
	}
	ask_singly(&list, &dice, options.asks, &figures);
	ask_in_bulk(&list, &dice, &figures);
	printf("{\"entries\":%u,\"us_each\":%.2f,\"cpu_us_each\":%.2f,\"p50_us\":%.2f,"
	       "\"p99_us\":%.2f,\"bulk_us_each\":%.2f,\"make_ms\":%lld}\n",
		(unsigned) list.entries, figures.us_each, figures.cpu_us_each,
		figures.p50_us, figures.p99_us, figures.bulk_us_each,
		(long long) (made_ns / 1000000));
	store_close(list.store);
	return 0;
}
