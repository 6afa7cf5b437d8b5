/* load.c - posts signed notifications to a server, each once, and measures it; JSON. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/parts/die.h"
#include "tests/bench/parts/messages.h"
#include "tests/bench/parts/options.h"
#include "tests/bench/parts/posting.h"
#include "tests/bench/parts/times.h"
#include "tests/bench/parts/usage.h"
#include "tests/bench/parts/verification.h"
#include "tests/bench/parts/wire.h"

/* So many messages are in memory at once, about 3.2 KB each. */
#define CHUNK ((size_t) 65536)

/* What was measured. during: while messages were posted; after: what the server did from
 * the last answer of a chunk until it came to rest. */
struct figures {
	struct outcome outcome;
	int64_t posting_ns;
	struct usage during, after;
};

struct load {
	struct options options;
	struct target *target;
	struct maker *maker;
	struct message *messages;
	struct figures figures;
};

static void add_difference(
	struct usage *sum, const struct usage *from, const struct usage *to)
{
	sum->cpu_us += to->cpu_us - from->cpu_us;
	sum->written_bytes += to->written_bytes - from->written_bytes;
	sum->resident_kib = to->resident_kib;
}

static void post_unmeasured(struct load *load, size_t count)
{
	struct outcome outcome = {.took_ns = calloc(count, sizeof(int64_t))};
	struct posting *posting;

	if (outcome.took_ns == NULL)
		die("out of memory");
	posting = posting_begin(
		&load->options, load->target, load->messages, count, &outcome);
	posting_run(posting);
	posting_finish(posting);
	if (outcome.not_200 > 0)
		die("%zu messages were not answered 200 the first time", outcome.not_200);
	free(outcome.took_ns);
}

static void post_measured(struct load *load, size_t count)
{
	const struct options *options = &load->options;
	struct figures *figures = &load->figures;
	struct posting *posting;
	struct usage before, after, rested;
	int64_t began_ns;

	usage_settle(options->pids, options->pid_count);
	posting = posting_begin(
		options, load->target, load->messages, count, &figures->outcome);
	before = usage_of(options->pids, options->pid_count);
	began_ns = clock_ns();
	posting_run(posting);
	figures->posting_ns += clock_ns() - began_ns;
	after = usage_of(options->pids, options->pid_count);
	posting_finish(posting);
	usage_settle(options->pids, options->pid_count);
	rested = usage_of(options->pids, options->pid_count);
	add_difference(&figures->during, &before, &after);
	add_difference(&figures->after, &after, &rested);
}

static void post_all(struct load *load)
{
	size_t left = load->options.messages;

	while (left > 0) {
		size_t count = left < CHUNK ? left : CHUNK;

		maker_make(load->maker, load->messages, load->options.messages - left,
			count);
		if (load->options.is_repeat)
			post_unmeasured(load, count);
		post_measured(load, count);
		messages_finish(load->messages, count);
		left -= count;
	}
}

static double milliseconds(const struct outcome *outcome, unsigned percent)
{
	return (double) times_at(outcome->took_ns, outcome->answered, percent) / 1e6;
}

static void print_figures(const struct load *load, double v_us)
{
	const struct figures *figures = &load->figures;
	const struct outcome *outcome = &figures->outcome;
	double messages = (double) load->options.messages;
	double cpu_us = (double) figures->during.cpu_us / messages;

	times_sort(outcome->took_ns, outcome->answered);
	printf("{\"messages\":%zu,\"not_200\":%zu,\"broken\":%zu,\"connections\":%zu,",
		load->options.messages, outcome->not_200, outcome->broken,
		outcome->connections);
	printf("\"per_second\":%.0f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,"
	       "\"max_ms\":%.3f,",
		messages * 1e9 / (double) figures->posting_ns, milliseconds(outcome, 50),
		milliseconds(outcome, 90), milliseconds(outcome, 99),
		milliseconds(outcome, 100));
	printf("\"cpu_us\":%.2f,\"v_us\":%.2f,\"cpu_in_v\":%.3f,\"written_bytes\":%.0f,"
	       "\"rss_kib\":%lld,",
		cpu_us, v_us, cpu_us / v_us,
		(double) figures->during.written_bytes / messages,
		(long long) figures->during.resident_kib);
	printf("\"cpu_after_us\":%.2f,\"written_after_bytes\":%.0f}\n",
		(double) figures->after.cpu_us / messages,
		(double) figures->after.written_bytes / messages);
}

static struct load *load_new(int count, char **words)
{
	struct load *load = calloc(1, sizeof(*load));

	if (load == NULL)
		die("out of memory");
	options_read(&load->options, count, words);
	load->target = target_new(&load->options);
	load->maker = maker_new(&load->options);
	load->messages = calloc(CHUNK, sizeof(*load->messages));
	load->figures.outcome.took_ns =
		calloc(load->options.messages, sizeof(*load->figures.outcome.took_ns));
	if (load->messages == NULL || load->figures.outcome.took_ns == NULL)
		die("out of memory");
	return load;
}

static void load_free(struct load *load)
{
	target_free(load->target);
	maker_free(load->maker);
	free(load->messages);
	free(load->figures.outcome.took_ns);
	free(load);
}

int main(int count, char **words)
{
	struct load *load = load_new(count, words);
	struct verification *verification = verification_new();
	double v_us;
	size_t not_200;

	/* OpenSSL writes with write(2). */
	signal(SIGPIPE, SIG_IGN);
	v_us = verification_us(verification);
	post_all(load);
	v_us = (v_us + verification_us(verification)) / 2;
	print_figures(load, v_us);
	not_200 = load->figures.outcome.not_200;
	verification_free(verification);
	load_free(load);
	return not_200 > 0;
}
