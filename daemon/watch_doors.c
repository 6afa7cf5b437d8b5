/* watch_doors.c - the alarms of the doors, remembered from one look to the next. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/watch_inside.h"

static void finish_alarm(struct watch_alarm *alarm)
{
	free(alarm->name);
	free(alarm->object);
	free(alarm->text);
	free(alarm->advice);
}

void watch_alarms_finish(struct watch *watch)
{
	for (size_t i = 0; i < watch->alarm_count; i++)
		finish_alarm(&watch->alarms[i]);
	free(watch->alarms);
	watch->alarms = NULL;
	watch->alarm_count = 0;
}

struct reading {
	struct watch *watch;
	utc_ms now;
	bool lacks_memory;
};

static struct watch_alarm *find(
	const struct watch *watch, const char *name, const char *object)
{
	for (size_t i = 0; i < watch->alarm_count; i++)
		if (text_equal(watch->alarms[i].name, name) &&
			text_equal(watch->alarms[i].object, object))
			return &watch->alarms[i];
	return NULL;
}

static struct watch_alarm *add(struct watch *watch, const struct web_alarm *alarm)
{
	struct watch_alarm *alarms =
		realloc(watch->alarms, (watch->alarm_count + 1) * sizeof(*alarms));
	struct watch_alarm fresh = {
		.name = text_copy(alarm->name, strlen(alarm->name)),
		.object = text_copy(alarm->object, strlen(alarm->object)),
	};

	if (alarms != NULL)
		watch->alarms = alarms;
	if (alarms == NULL || fresh.name == NULL || fresh.object == NULL) {
		finish_alarm(&fresh);
		return NULL;
	}
	alarms[watch->alarm_count] = fresh;
	return &alarms[watch->alarm_count++];
}

static void note(void *closure, const struct web_alarm *alarm)
{
	struct reading *reading = closure;
	struct watch_alarm *known = find(reading->watch, alarm->name, alarm->object);

	if (known == NULL)
		known = add(reading->watch, alarm);
	if (known == NULL) {
		reading->lacks_memory = true;
		return;
	}
	known->is_here = true;
	if (known->count == alarm->count && known->text != NULL)
		return;
	known->count = alarm->count;
	known->renewed = reading->now;
	free(known->text);
	free(known->advice);
	known->text = text_copy(alarm->text, strlen(alarm->text));
	known->advice = text_copy(alarm->advice, strlen(alarm->advice));
	reading->lacks_memory |= known->text == NULL || known->advice == NULL;
}

static void forget_cleared(struct watch *watch)
{
	size_t kept = 0;

	for (size_t i = 0; i < watch->alarm_count; i++) {
		struct watch_alarm *alarm = &watch->alarms[i];

		if (alarm->is_here ||
			watch_book_is_on(&watch->book, alarm->name, alarm->object))
			watch->alarms[kept++] = *alarm;
		else
			finish_alarm(alarm);
	}
	watch->alarm_count = kept;
}

bool watch_alarm_is_over(struct watch *watch, const struct web_alarm *alarm)
{
	struct watch_alarm *over = add(watch, alarm);

	if (over == NULL)
		return false;
	over->text = text_copy("nothing is left to be told", 26);
	over->advice = text_copy("", 0);
	return over->text != NULL && over->advice != NULL;
}

bool watch_read_alarms(struct watch *watch, utc_ms now)
{
	struct reading reading = {watch, now, false};

	forget_cleared(watch);
	for (size_t i = 0; i < watch->alarm_count; i++)
		watch->alarms[i].is_here = false;
	web_each_alarm(watch->web, note, &reading);
	return !reading.lacks_memory;
}
