/* fill.c - fills a database with made-up events of the last days, as a store would. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "ses/address.h"
#include "ses/class.h"
#include "store/store.h"
#include "tests/bench/parts/die.h"
#include "tests/bench/parts/times.h"
#include "tests/bench/parts/usage.h"

#define FLIGHT 4096 /* jobs under way */

/* One notification and all it points to. */
struct letter {
	struct store_job job;
	struct ses_event event;
	struct ses_recipient recipient;
	char address[64], message_id[80], sns_id[48], tags[64], set[24], identity[24];
	char source_ip[24], caller[64], text[256];
};

/* What had been used when a window began. */
struct window {
	int64_t events, cpu_ns, written_bytes;
};

struct fill {
	struct store *store;
	const char *path;
	int64_t events, window_events; /* 0: no windows */
	utc_ms first, last;	       /* when they are sent */
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct letter *letters;
	struct letter *free[FLIGHT];
	size_t free_count;
	int64_t failed;
	uint64_t seed;
};

static uint32_t dice(struct fill *fill, uint32_t sides)
{
	fill->seed = fill->seed * UINT64_C(6364136223846793005) +
		     UINT64_C(1442695040888963407);
	return (uint32_t) (fill->seed >> 33) % sides;
}

static void give_back(struct store_job *job)
{
	struct letter *letter = job->owner;
	struct fill *fill = (struct fill *) (uintptr_t) letter->event.tree;

	pthread_mutex_lock(&fill->lock);
	fill->failed += job->outcome == STORE_FAILED;
	fill->free[fill->free_count++] = letter;
	pthread_cond_signal(&fill->freed);
	pthread_mutex_unlock(&fill->lock);
}

static struct letter *take(struct fill *fill)
{
	struct letter *letter;

	pthread_mutex_lock(&fill->lock);
	while (fill->free_count == 0)
		pthread_cond_wait(&fill->freed, &fill->lock);
	letter = fill->free[--fill->free_count];
	pthread_mutex_unlock(&fill->lock);
	return letter;
}

/* Four in ten at a large provider, the rest at a few thousand domains of falling size. */
static void make_address(struct fill *fill, struct letter *letter)
{
	static const char *const large[] = {
		"gmail.com", "outlook.com", "yahoo.com", "icloud.com"};
	uint32_t user = dice(fill, 2000000);
	uint32_t domain = dice(fill, dice(fill, 5000) + 1);

	if (dice(fill, 10) < 4)
		snprintf(letter->address, sizeof(letter->address), "u%u@%s", user,
			large[dice(fill, 4)]);
	else
		snprintf(letter->address, sizeof(letter->address),
			"u%u@company-%u.example", user, domain);
}

static void make_mail(struct fill *fill, struct letter *letter, int64_t serial)
{
	make_address(fill, letter);
	snprintf(letter->set, sizeof(letter->set), "set-%u", dice(fill, 12));
	snprintf(letter->identity, sizeof(letter->identity), "brand-%u.example",
		dice(fill, 5));
	snprintf(letter->tags, sizeof(letter->tags), "{\"campaign\":[\"c%u\"]}",
		dice(fill, 60));
	snprintf(letter->source_ip, sizeof(letter->source_ip), "192.0.2.%u",
		dice(fill, 20));
	snprintf(letter->caller, sizeof(letter->caller), "app-%u", dice(fill, 4));
	snprintf(letter->sns_id, sizeof(letter->sns_id), "%08x-aaaa-4bbb-8ccc-%012llx",
		(unsigned) dice(fill, UINT32_MAX), (unsigned long long) serial);
}

static enum ses_type choose(struct fill *fill, struct letter *letter)
{
	struct ses_recipient *recipient = &letter->recipient;
	uint32_t number = dice(fill, 1000);

	if (number < 500) {
		recipient->outcome = SES_OUTCOME_SEND;
		recipient->class = SES_CLASS_NONE;
		return SES_SEND;
	}
	if (number < 975) {
		recipient->outcome = SES_OUTCOME_DELIVERY;
		recipient->class = SES_CLASS_DELIVERED;
		return SES_DELIVERY;
	}
	recipient->outcome =
		number < 990 ? SES_OUTCOME_HARD_BOUNCE : SES_OUTCOME_SOFT_BOUNCE;
	recipient->class = number < 990 ? SES_CLASS_HARD : SES_CLASS_SOFT;
	recipient->status = number < 990 ? "5.1.1" : "4.2.2";
	recipient->diagnostic = number < 990 ? "smtp; 550 5.1.1 user unknown"
					     : "smtp; 452 4.2.2 mailbox full";
	return SES_BOUNCE;
}

static void make(struct fill *fill, struct letter *letter, int64_t serial, utc_ms sent)
{
	memset(letter, 0, sizeof(*letter));
	make_mail(fill, letter, serial);
	letter->recipient = (struct ses_recipient){
		.address = letter->address,
		.domain = ses_address_domain(letter->address),
		.original = letter->address,
		.is_certain = true,
	};
	snprintf(letter->message_id, sizeof(letter->message_id),
		"0100%012llx-%08x-1111-4222-8333-%012llx-000000",
		(unsigned long long) sent, dice(fill, UINT32_MAX),
		(unsigned long long) serial);
	letter->event = (struct ses_event){
		.type = choose(fill, letter),
		.message_id = letter->message_id,
		.sent = sent,
		.happened = sent + 1000,
		.account = "111122223333",
		.region = "us-east-1",
		.identity = letter->identity,
		.configuration_set = letter->set,
		.tenant = "",
		.source_ip = letter->source_ip,
		.caller = letter->caller,
		.from_domain = letter->identity,
		.tags = letter->tags,
		.bounce_kind = letter->recipient.outcome == SES_OUTCOME_SOFT_BOUNCE
				       ? SES_BOUNCE_TRANSIENT
				       : SES_BOUNCE_PERMANENT,
		.bounce_subtype = "General",
		.complaint_subtype = "",
		.recipients = &letter->recipient,
		.recipient_count = 1,
		.tree = (struct json *) (uintptr_t) fill,
	};
	snprintf(letter->text, sizeof(letter->text), "{\"serial\":%lld}",
		(long long) serial);
	letter->job = (struct store_job){
		.kind = STORE_RECORD,
		.notification =
			{
				.message_id = letter->sns_id,
				.topic_arn = "arn:aws:sns:us-east-1:111122223333:bench",
				.published = sent + 2000,
				.message = letter->text,
				.message_length = strlen(letter->text),
			},
		.event = &letter->event,
		.policy = &ses_suppression_standard,
		.now = sent + 3000,
		.done = give_back,
		.owner = letter,
	};
}

static void submit(struct fill *fill, struct letter *letter)
{
	while (!store_submit(fill->store, &letter->job)) {
		struct timespec wait = {.tv_nsec = 1000000};

		nanosleep(&wait, NULL);
	}
}

static void wait_for_all(struct fill *fill)
{
	pthread_mutex_lock(&fill->lock);
	while (fill->free_count < FLIGHT)
		pthread_cond_wait(&fill->freed, &fill->lock);
	pthread_mutex_unlock(&fill->lock);
}

/* ---- windows ---- */

/* All that is not the maker's: the store's. */
static int64_t store_cpu_ns(void)
{
	return process_cpu_ns() - thread_cpu_ns();
}

static int64_t file_bytes(const char *path, const char *suffix)
{
	char name[4096];
	struct stat status;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return stat(name, &status) == 0 ? status.st_size : 0;
}

static void begin_window(struct window *window, int64_t events)
{
	window->events = events;
	window->cpu_ns = store_cpu_ns();
	window->written_bytes = usage_written(getpid());
}

/* Once all is stored: cost of each event of the window, size of each event so far. */
static void tell_window(
	const struct fill *fill, const struct window *window, int64_t events)
{
	double count = (double) (events - window->events);

	printf("{\"events\":%lld,\"cpu_us\":%.2f,\"written_bytes\":%.0f,\"db_bytes\":%."
	       "1f}\n",
		(long long) events,
		(double) (store_cpu_ns() - window->cpu_ns) / 1e3 / count,
		(double) (usage_written(getpid()) - window->written_bytes) / count,
		(double) (file_bytes(fill->path, "") + file_bytes(fill->path, "-wal")) /
			(double) events);
	fflush(stdout);
}

/* In order, and never ahead of the clock. */
static void fill_all(struct fill *fill)
{
	double step = (double) (fill->last - fill->first) / (double) fill->events;
	struct window window;

	begin_window(&window, 0);
	for (int64_t i = 0; i < fill->events; i++) {
		struct letter *letter = take(fill);

		make(fill, letter, i, fill->first + (int64_t) ((double) i * step));
		submit(fill, letter);
		if (fill->window_events > 0 && (i + 1) % fill->window_events == 0) {
			wait_for_all(fill);
			tell_window(fill, &window, i + 1);
			begin_window(&window, i + 1);
		}
	}
	wait_for_all(fill);
}

static void fill_init(struct fill *fill)
{
	pthread_mutex_init(&fill->lock, NULL);
	pthread_cond_init(&fill->freed, NULL);
	fill->letters = calloc(FLIGHT, sizeof(*fill->letters));
	if (fill->letters == NULL)
		die("out of memory");
	for (; fill->free_count < FLIGHT; fill->free_count++)
		fill->free[fill->free_count] = &fill->letters[fill->free_count];
}

int main(int count, char **words)
{
	struct store_settings settings = {.keep_events_ms = 400 * DAY_MS};
	struct fill fill = {.seed = 7};
	int64_t begun;
	struct error error;

	if (count != 4 && count != 5)
		die("usage: fill DATABASE EVENTS DAYS [WINDOW]");
	fill.path = settings.path = words[1];
	fill.events = count_or_die(words[2], "EVENTS");
	fill.last = clock_now() - 5000;
	fill.first = fill.last - count_or_die(words[3], "DAYS") * DAY_MS;
	fill.window_events = count == 5 ? count_or_die(words[4], "WINDOW") : 0;
	log_open(LOG_LEVEL_WARNING, false);
	if (!crypto_start())
		die("OpenSSL does not start");
	fill.store = store_open(&settings, &error);
	if (fill.store == NULL)
		die("%s", error.text);
	fill_init(&fill);
	begun = clock_monotonic_ms();
	fill_all(&fill);
	printf("{\"events\":%lld,\"failed\":%lld,\"ms\":%lld}\n", (long long) fill.events,
		(long long) fill.failed, (long long) (clock_monotonic_ms() - begun));
	store_close(fill.store);
	free(fill.letters);
	return fill.failed > 0;
}
