/* watch_brake.c - what the brake stopped, or would have, as alerts. */
#include "base/text.h"
#include "daemon/watch_inside.h"

static void tell(const struct watch_scene *scene, const struct brake_sight *seen)
{
	struct watch_sight *sight = watch_sight_add(scene->sights, "brake",
		seen->is_dry ? SES_LEVEL_WARNING : SES_LEVEL_OVER_PAUSE_LIMIT,
		seen->account, seen->region);

	if (!watch_sight_object(sight, "%s", seen->object))
		return;
	sight->version = seen->is_refused; /* that SES refuses is news */
	sight->is_logged = !seen->is_dry;  /* where it was stopped */
	json_put_text(sight->data, "account", seen->account);
	json_put_text(sight->data, "region", seen->region);
	json_put_text(sight->data, "configuration_set",
		seen->configuration_set[0] == '\0' ? NULL : seen->configuration_set);
	json_put_text(sight->data, "reached", ses_level_name(seen->level));
	json_put_time(sight->data, "tripped", seen->since);
	json_put_boolean(sight->data, "dry_run", seen->is_dry);
	json_put_time(sight->data, "stopped_at_ses", seen->stopped_at_ses);
	watch_sight_text(sight, "%s", seen->text);
	if (seen->advice != NULL)
		watch_sight_advice(sight, "%s", seen->advice);
}

bool watch_brake(
	struct watch *watch, const struct watch_scene *scene, struct error *error)
{
	const struct brake_sight *sights;
	size_t count;

	if (!brake_look(watch->brake, watch->rules, scene->now, error))
		return false;
	sights = brake_sights(watch->brake, &count);
	for (size_t i = 0; i < count; i++)
		tell(scene, &sights[i]);
	watch_examined(scene->sights, "brake");
	return true;
}
