/* watch_machine.c - what the daemon stands on: disk, log, store, certificate. */
#include "base/text.h"
#include "daemon/watch_deciders.h"
#include "daemon/watch_words.h"

#define CERTIFICATE_CRITICAL_MS (3 * DAY_MS)

/* An alert that is on stays so until a tenth more than its limit is free. */
static bool is_below(uint64_t free, uint64_t all, ppm part, bool was_on)
{
	__int128 limit = (__int128) all * part * (was_on ? 11 : 10);

	return (__int128) free * PPM_ONE * 10 < limit;
}

static void watch_disk(
	const struct watch_scene *scene, const struct watch_machine *machine)
{
	ppm limit = scene->watch->disk_free;
	enum ses_level was = watch_book_level(scene->book, "disk-filling", "");
	uint64_t free = machine->disk_free, all = machine->disk_bytes;
	char left[WATCH_WORD_SIZE], size[WATCH_WORD_SIZE], percent[WATCH_WORD_SIZE],
		wanted[WATCH_WORD_SIZE];
	enum ses_level level = SES_LEVEL_OK;
	struct watch_sight *sight;

	if (limit <= 0 || all == 0)
		return;
	if (is_below(free, all, limit / 4, was == SES_LEVEL_OVER_PAUSE_LIMIT))
		level = SES_LEVEL_OVER_PAUSE_LIMIT;
	else if (is_below(free, all, limit, was > SES_LEVEL_OK))
		level = SES_LEVEL_WARNING;
	sight = watch_sight_add(scene->sights, "disk-filling", level, NULL, NULL);
	if (sight == NULL)
		return;
	json_put_integer(sight->data, "free_bytes", (int64_t) free);
	json_put_integer(sight->data, "bytes", (int64_t) all);
	watch_sight_text(sight,
		"the file system of %s has %s of %s left, %s (%s are wanted).",
		machine->folder, watch_bytes(free, left), watch_bytes(all, size),
		watch_percent((int64_t) free, (int64_t) all, false, percent),
		watch_limit(limit, wanted));
}

static void watch_log(
	const struct watch_scene *scene, const struct watch_machine *machine)
{
	uint64_t limit = (uint64_t) scene->watch->log_bytes;
	char length[WATCH_WORD_SIZE], wanted[WATCH_WORD_SIZE];
	struct watch_sight *sight;

	if (scene->watch->log_bytes <= 0)
		return;
	if (watch_book_is_on(scene->book, "log-filling", ""))
		limit -= limit / 10;
	sight = watch_sight_add(scene->sights, "log-filling",
		machine->log_bytes > limit ? SES_LEVEL_WARNING : SES_LEVEL_OK, NULL,
		NULL);
	if (sight == NULL)
		return;
	json_put_integer(sight->data, "log_bytes", (int64_t) machine->log_bytes);
	watch_sight_text(sight, "the store's write-ahead log has grown to %s (limit %s).",
		watch_bytes(machine->log_bytes, length),
		watch_bytes((uint64_t) scene->watch->log_bytes, wanted));
}

static void watch_store(
	const struct watch_scene *scene, const struct watch_machine *machine)
{
	struct watch_sight *sight;

	if (machine->failure == NULL)
		return;
	sight = watch_sight_add(
		scene->sights, "store-failing", SES_LEVEL_OVER_PAUSE_LIMIT, NULL, NULL);
	if (sight == NULL)
		return;
	sight->is_logged = true;
	watch_sight_text(sight,
		"events can't be stored, or a moment ago could not: %s; SNS gets 503 and "
		"tries again for a while.",
		text_is_empty(machine->failure) ? "see the log" : machine->failure);
}

static void watch_certificate(
	const struct watch_scene *scene, const struct watch_machine *machine)
{
	int64_t left = machine->certificate_ends - scene->now;
	enum ses_level level = SES_LEVEL_OK;
	char span[WATCH_WORD_SIZE], end[UTC_TEXT_SIZE];
	struct watch_sight *sight;

	if (machine->certificate_ends == UTC_NONE || scene->watch->tls_expiry_ms <= 0)
		return;
	if (left < CERTIFICATE_CRITICAL_MS && left < scene->watch->tls_expiry_ms)
		level = SES_LEVEL_OVER_PAUSE_LIMIT;
	else if (left < scene->watch->tls_expiry_ms)
		level = SES_LEVEL_WARNING;
	sight = watch_sight_add(
		scene->sights, "tls-certificate-expiring", level, NULL, NULL);
	if (sight == NULL)
		return;
	utc_format(machine->certificate_ends, end);
	json_put_time(sight->data, "ends", machine->certificate_ends);
	if (left <= 0)
		watch_sight_text(sight,
			"the TLS certificate of the feedback door expired at %s: SNS "
			"does not deliver.",
			end);
	else
		watch_sight_text(sight,
			"the TLS certificate of the feedback door expires in %s, at %s.",
			watch_span(left, span), end);
}

void watch_machine(const struct watch_scene *scene, const struct watch_machine *machine)
{
	watch_disk(scene, machine);
	watch_log(scene, machine);
	watch_store(scene, machine);
	watch_certificate(scene, machine);
	watch_examined(scene->sights, "store-failing");
	watch_examined(scene->sights, "disk-filling");
	watch_examined(scene->sights, "log-filling");
	watch_examined(scene->sights, "tls-certificate-expiring");
}
