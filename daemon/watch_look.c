/* watch_look.c - one look: facts, what is seen in them, what becomes of the alerts. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/log.h"
#include "daemon/watch_inside.h"

/* Volumes are read over days and change slowly: where that costs more than a few
 * milliseconds it is done once a minute. */
#define SLOW_MS MINUTE_MS
#define CHEAP_MS 10
/* A store that failed a moment ago could not be written to: told once it can. */
#define FAILED_MS MINUTE_MS

/* A clock that jumps often jumps back: nothing is made of it until it has settled. */
#define STEP_MS MINUTE_MS
#define HOLD_MS MINUTE_MS
/* What was stored lately lies ahead of a clock that is wrong; for so long we wait. */
#define AHEAD_MS HOUR_MS
#define AHEAD_HOLD_MS (10 * MINUTE_MS)

struct look {
	struct watch *watch;
	struct watch_scene scene;
	struct watch_facts facts;
	struct watch_sights sights;
	const struct web_rules *rules;
};

/* ---- the clock ---- */

static bool has_stepped(struct watch *watch, utc_ms now, int64_t now_ms)
{
	int64_t offset = now - now_ms, moved = offset - watch->clock_offset;

	if (moved > -STEP_MS && moved < STEP_MS) {
		watch->clock_offset = offset;
		return false;
	}
	log_warning("watch: the clock was moved by %lld s: looking again in a minute",
		(long long) (moved / SECOND_MS));
	watch->clock_offset = offset;
	watch->since = now;
	watch->rules_since = now;
	watch->held_until_ms = now_ms + HOLD_MS;
	return true;
}

static utc_ms newest(const struct watch_facts *facts)
{
	utc_ms last = UTC_NONE;

	for (size_t i = 0; i < facts->topic_count; i++)
		if (facts->topics[i].last_received > last)
			last = facts->topics[i].last_received;
	return last;
}

/* A clock that is not set yet, after a start: what is stored is from its future. */
static bool is_behind(struct watch *watch, const struct watch_facts *facts, utc_ms now)
{
	utc_ms last = newest(facts);

	if (watch->has_waited || last == UTC_NONE || last - now < AHEAD_MS)
		return false;
	log_warning("watch: events were received at a later time than the clock shows "
		    "now: waiting ten minutes for it to be set");
	watch->has_waited = true;
	watch->held_until_ms = clock_monotonic_ms() + AHEAD_HOLD_MS;
	return true;
}

/* ---- the parts of a look ---- */

static void read_disk(struct watch_machine *machine)
{
	struct statvfs disk;

	if (statvfs(machine->folder, &disk) != 0)
		return;
	machine->disk_bytes = (uint64_t) disk.f_blocks * disk.f_frsize;
	machine->disk_free = (uint64_t) disk.f_bavail * disk.f_frsize;
}

static bool see_machine(struct look *look, struct error *error)
{
	struct watch *watch = look->watch;
	struct watch_machine machine = {
		.folder = watch->folder,
		.certificate_ends = web_certificate_ends(watch->web),
	};
	int64_t now_ms = clock_monotonic_ms();
	struct store_health health;

	if (!store_health(watch->store, &health, error))
		return false;
	if (health.is_failing || health.failures > watch->failures) {
		watch->failed_ms = now_ms;
		snprintf(watch->failure, sizeof(watch->failure), "%s", health.failure);
	}
	watch->failures = health.failures;
	if (watch->failed_ms != 0 && now_ms - watch->failed_ms < FAILED_MS)
		machine.failure = watch->failure;
	machine.log_bytes = health.log_bytes;
	read_disk(&machine);
	watch_machine(&look->scene, &machine);
	return true;
}

static bool see_account(void *closure, const struct store_reputation *reputation)
{
	struct look *look = closure;
	const struct watch_scene *scene = &look->scene;
	enum ses_level levels[2];

	watch_levels(scene, reputation, levels);
	watch_note_account(&look->facts, reputation, levels);
	watch_forecast(scene, reputation);
	watch_quota(scene, reputation);
	if ((reputation->notices & 1u << SES_NOTICE_TOPIC_SILENT) != 0)
		watch_silent_topic(
			scene, reputation, look->facts.topics, look->facts.topic_count);
	return true;
}

static bool see_accounts(struct look *look, struct error *error)
{
	static const char *const names[] = {
		"reputation-level", "forecast", "quota", "topic-silent"};

	if (!store_reputation_lately(look->watch->store, look->scene.reputation,
		    look->scene.now, see_account, look, error))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		watch_examined(&look->sights, names[i]);
	return true;
}

static bool see_streams(struct look *look, struct error *error)
{
	struct watch_facts *facts = &look->facts;

	if (!watch_read_streams(look->watch->store, &look->scene, facts, error) ||
		!watch_read_providers(look->watch->store, &look->scene, facts, error))
		return false;
	watch_streams(&look->scene, facts->streams, facts->stream_count, facts->accounts,
		facts->account_count);
	watch_providers(&look->scene, facts->providers, facts->provider_count);
	return true;
}

/* A stolen key is told of at once. */
static bool see_senders(struct look *look, struct error *error)
{
	struct watch_facts *facts = &look->facts;

	if (!watch_read_senders(look->watch->store, &look->scene, facts, error))
		return false;
	watch_new_senders(&look->scene, facts->senders, facts->sender_count);
	return true;
}

static bool see_volumes(struct look *look, struct error *error)
{
	struct watch *watch = look->watch;
	struct watch_facts *facts = &look->facts;
	int64_t begun_ms = clock_monotonic_ms(), ended_ms;

	if (begun_ms < watch->slow_due_ms)
		return true;
	if (look->scene.watch->volume_factor > 0 &&
		!watch_read_volumes(watch->store, &look->scene, facts, error))
		return false;
	watch_volumes(&look->scene, facts->volumes, facts->volume_count);
	ended_ms = clock_monotonic_ms();
	if (ended_ms - begun_ms > CHEAP_MS)
		watch->slow_due_ms = ended_ms + SLOW_MS;
	return true;
}

static bool see_alarms(struct look *look, struct error *error)
{
	if (!watch_read_alarms(look->watch, look->scene.now))
		return error_set(error, "out of memory");
	watch_alarms(&look->scene, look->watch->alarms, look->watch->alarm_count);
	return true;
}

static bool see(struct look *look, struct error *error)
{
	watch_topics(&look->scene, &look->rules->policy, look->watch->rules_since,
		look->facts.topics, look->facts.topic_count);
	return see_machine(look, error) && see_accounts(look, error) &&
	       see_streams(look, error) && see_senders(look, error) &&
	       see_volumes(look, error) && see_alarms(look, error) &&
	       watch_brake(look->watch, &look->scene, error);
}

/* ---- all of it ---- */

static bool look_and_tell(struct look *look, struct error *error)
{
	struct watch *watch = look->watch;
	struct watch_telling telling = {
		.watch = watch, .rules = look->rules, .now = look->scene.now};
	uint64_t begun, ended;

	telling.is_quiet = watch_replay_begin(watch, &begun, &ended);
	if (!see(look, error))
		return false;
	telling.is_quiet |= watch_replay_end(watch, begun);
	if (!watch_tell(&telling, &look->sights, error))
		return false;
	watch->replay.begun = begun;
	watch->replay.ended = ended;
	return telling.is_quiet ||
	       watch_replay_sum_up(watch, look->rules, look->scene.now, error);
}

/* The rules of the moment; held until the next look, so that new ones have another
 * address. */
static void take_rules(struct watch *watch, utc_ms now)
{
	struct web_rules *rules = web_rules_of(watch->web);

	if (rules != watch->rules)
		watch->rules_since = now;
	web_rules_release(watch->rules);
	watch->rules = rules;
}

static bool look(struct watch *watch, utc_ms now, struct error *error)
{
	struct look look = {.watch = watch};
	bool went_well;

	take_rules(watch, now);
	look.rules = watch->rules;
	look.scene = (struct watch_scene){
		.now = now,
		.since = watch->since,
		.watch = &watch->rules->watch,
		.reputation = &watch->rules->reputation,
		.book = &watch->book,
		.sights = &look.sights,
	};
	went_well = watch_resume(watch, error) &&
		    watch_read_topics(watch->store, &look.facts, error);
	if (went_well && !is_behind(watch, &look.facts, now))
		went_well = look_and_tell(&look, error);
	watch_sights_finish(&look.sights);
	watch_facts_finish(&look.facts);
	return went_well;
}

bool watch_look(struct watch *watch)
{
	int64_t now_ms = clock_monotonic_ms();
	utc_ms now = clock_now();
	struct error error = {""};
	bool went_well;

	if (has_stepped(watch, now, now_ms) || now_ms < watch->held_until_ms)
		return true;
	went_well = look(watch, now, &error);
	if (!went_well && !watch->is_failing)
		log_error("watch: %s; alerts stay as they are", error.text);
	if (went_well && watch->is_failing)
		log_info("watch: it works again");
	watch->is_failing = !went_well;
	return went_well;
}
