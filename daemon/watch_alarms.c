/* watch_alarms.c - alarms of the doors become alerts by the same names. */
#include <string.h>

#include "base/text.h"
#include "daemon/watch_deciders.h"

/* The doors forget with a restart what they know: for so long an alert that was on before
 * is neither confirmed nor over. */
#define GRACE_MS HOUR_MS

/* But not these: the doors see at once whether it is so. */
static const char *const known_at_once[] = {"development", "reload-failed"};

/* And these are cleared by whatever works, raised or not. */
static const char *const cleared[] = {
	"certificate-unavailable", "certificate-unexpected", "confirmation-failed"};

/* What happens rather than lasts: nothing clears it, so it is over when it has not
 * happened for so long. */
#define QUIET_MS DAY_MS
static const char *const happenings[] = {"certificate-unavailable",
	"certificate-unexpected", "confirmation-failed", "false-bounces", "clock-behind"};

/* Feedback is lost for as long as these are on. */
static const char *const critical[] = {"certificate-unavailable",
	"certificate-unexpected", "subscription-cancelled", "store-failing"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, names[i]))
			return true;
	return false;
}

bool watch_is_cleared_by_doors(const char *name)
{
	return is_among(name, cleared, COUNT(cleared));
}

static bool is_over(const struct watch_scene *scene, const struct watch_alarm *alarm)
{
	return !alarm->is_here || (is_among(alarm->name, happenings, COUNT(happenings)) &&
					  scene->now - alarm->renewed > QUIET_MS);
}

static bool is_seen(
	const struct watch_sights *sights, const char *name, const char *object)
{
	for (size_t i = 0; i < sights->count; i++)
		if (text_equal(sights->sights[i].name, name) &&
			text_equal(sights->sights[i].object, object))
			return true;
	return false;
}

static void watch_one(const struct watch_scene *scene, const struct watch_alarm *alarm)
{
	bool is_critical = is_among(alarm->name, critical, COUNT(critical));
	enum ses_level level =
		is_critical ? SES_LEVEL_OVER_PAUSE_LIMIT : SES_LEVEL_WARNING;
	struct watch_sight *sight;

	if (is_seen(scene->sights, alarm->name, alarm->object))
		return;
	if (is_over(scene, alarm))
		level = SES_LEVEL_OK;
	sight = watch_sight_add(scene->sights, alarm->name, level, NULL, NULL);
	if (!watch_sight_object(sight, "%s", alarm->object))
		return;
	sight->is_logged = true;
	watch_sight_text(sight, "%s%s%s",
		level > SES_LEVEL_OK ? "" : "it is over: ", alarm->text,
		text_ends(alarm->text, ".") ? "" : ".");
	watch_sight_advice(sight, "%s", alarm->advice);
}

/* Alerts of another source; they are not over because the doors have no alarm of them. */
static bool is_of_the_doors(const char *name)
{
	static const char *const others[] = {"reputation-level", "stream-level",
		"forecast", "quota", "subscription-pending", "no-events", "topic-silent",
		"tls-certificate-expiring", "disk-filling", "log-filling",
		"provider-blocking", "new-sender", "unusual-volume", "brake", "replay"};

	return !is_among(name, others, COUNT(others));
}

void watch_alarms(
	const struct watch_scene *scene, const struct watch_alarm *alarms, size_t count)
{
	bool is_grace = scene->now - scene->since < GRACE_MS;

	for (size_t i = 0; i < count; i++)
		watch_one(scene, &alarms[i]);
	/* What was on before a restart, and was not raised again since. */
	for (size_t i = 0; !is_grace && i < scene->book->count; i++)
		if (is_of_the_doors(scene->book->entries[i].name))
			watch_examined(scene->sights, scene->book->entries[i].name);
	for (size_t i = 0; i < COUNT(known_at_once); i++)
		watch_examined(scene->sights, known_at_once[i]);
}
