/* watch_resume.c - the alerts as the store has them, and what the doors forgot of them
 * with a restart. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/watch_inside.h"
#include "store/outbox.h"

struct resuming {
	struct watch *watch;
	char **waiting; /* channels for which something waits */
	size_t count;
	bool lacks_memory;
};

static bool note_channel(void *closure, const struct store_outbox_depth *depth)
{
	struct resuming *resuming = closure;
	char **waiting, *name;

	if (depth->waiting <= 0)
		return true;
	waiting = realloc(resuming->waiting, (resuming->count + 1) * sizeof(*waiting));
	if (waiting != NULL)
		resuming->waiting = waiting;
	name = waiting == NULL ? NULL : text_copy(depth->channel, strlen(depth->channel));
	resuming->lacks_memory |= name == NULL;
	if (name != NULL)
		waiting[resuming->count++] = name;
	return name != NULL;
}

static bool is_waiting(const struct resuming *resuming, const char *channel)
{
	for (size_t i = 0; i < resuming->count; i++)
		if (text_equal(resuming->waiting[i], channel))
			return true;
	return false;
}

static bool is_configured(const struct web_rules *rules, const char *channel)
{
	for (size_t i = 0; i < rules->channel_count; i++)
		if (text_equal(rules->channels[i].name, channel))
			return true;
	return false;
}

/* Of a channel that still has something to deliver it will be seen; else it is over. */
static bool resume_channel(struct resuming *resuming, const struct store_alert *alert)
{
	struct watch *watch = resuming->watch;
	const struct web_alarm alarm = {.name = alert->name, .object = alert->object};

	if (!is_configured(watch->rules, alert->object) ||
		!is_waiting(resuming, alert->object))
		return watch_alarm_is_over(watch, &alarm);
	web_restore_alarm(
		watch->web, alert->name, alert->object, alert->text, alert->advice);
	return true;
}

static bool resume(void *closure, const struct store_alert *alert)
{
	struct resuming *resuming = closure;
	struct watch *watch = resuming->watch;
	bool is_on = alert->state.level > SES_LEVEL_OK;

	if (is_on && watch_is_cleared_by_doors(alert->name))
		web_restore_alarm(watch->web, alert->name, alert->object, alert->text,
			alert->advice);
	if (is_on && text_equal(alert->name, "channel-failing"))
		resuming->lacks_memory |= !resume_channel(resuming, alert);
	resuming->lacks_memory |= !watch_book_add(&watch->book, alert);
	return !resuming->lacks_memory;
}

bool watch_resume(struct watch *watch, struct error *error)
{
	const struct store_alert_filter all = {0};
	struct resuming resuming = {.watch = watch};
	bool went_well;
	int64_t next;

	if (watch->has_book)
		return true;
	watch_book_finish(&watch->book);
	went_well = store_outbox_depths(watch->store, note_channel, &resuming, error) &&
		    store_alert_list(watch->store, &all, clock_now(), resume, &resuming,
			    &next, error);
	if (went_well && resuming.lacks_memory)
		went_well = error_set(error, "out of memory");
	watch->has_book = went_well;
	for (size_t i = 0; i < resuming.count; i++)
		free(resuming.waiting[i]);
	free(resuming.waiting);
	return went_well;
}
