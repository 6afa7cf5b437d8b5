/* diary.c - what happened at the feedback door since start. */
#include "web/diary.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define ANSWERS_MAX 64
#define REFUSALS_MAX 50
#define ALARMS_MAX 100
#define LOGGED_A_SECOND 10

struct refusal {
	utc_ms when;
	const char *reason;
	unsigned status;
	char topic[320];
	char detail[320];
};

struct alarm {
	char name[40];
	char object[320];
	char text[320];
	char advice[320];
	utc_ms since, renewed;
	uint64_t count;
};

struct diary {
	pthread_mutex_t lock;
	struct diary_answer_count answers[ANSWERS_MAX];
	size_t answer_count;
	struct refusal refusals[REFUSALS_MAX]; /* a ring */
	size_t refusal_count, refusal_next;
	struct alarm *alarms[ALARMS_MAX];
	size_t alarm_count;
	utc_ms last_stored;
	int64_t log_second; /* what the limit on log lines counts in */
	unsigned logged, unlogged;
};

struct diary *diary_new(void)
{
	struct diary *diary = calloc(1, sizeof(*diary));

	if (diary == NULL)
		return NULL;
	pthread_mutex_init(&diary->lock, NULL);
	diary->last_stored = UTC_NONE;
	return diary;
}

void diary_free(struct diary *diary)
{
	if (diary == NULL)
		return;
	for (size_t i = 0; i < diary->alarm_count; i++)
		free(diary->alarms[i]);
	pthread_mutex_destroy(&diary->lock);
	free(diary);
}

static bool means_stored(const char *reason)
{
	return text_equal(reason, "stored") || text_equal(reason, "unrecognised") ||
	       text_equal(reason, "aside");
}

void diary_answered(struct diary *diary, const char *reason, unsigned status)
{
	utc_ms now = clock_now();
	struct diary_answer_count *entry = diary->answers;
	size_t i = 0;

	pthread_mutex_lock(&diary->lock);
	while (i < diary->answer_count &&
		(entry[i].status != status || !text_equal(entry[i].reason, reason)))
		i++;
	if (i == diary->answer_count && i < ANSWERS_MAX) {
		entry[i] = (struct diary_answer_count){reason, status, 0, now};
		diary->answer_count++;
	}
	if (i < ANSWERS_MAX) {
		entry[i].count++;
		entry[i].last = now;
	}
	if (means_stored(reason))
		diary->last_stored = now;
	pthread_mutex_unlock(&diary->lock);
}

/* Whether this refusal may have a line in the log; *unlogged are those before it that had
 * none and are to be said now. With the lock held. */
static bool may_log(struct diary *diary, unsigned *unlogged)
{
	int64_t second = clock_monotonic_ms() / SECOND_MS;

	*unlogged = 0;
	if (second != diary->log_second) {
		diary->log_second = second;
		diary->logged = 0;
		*unlogged = diary->unlogged;
		diary->unlogged = 0;
	}
	if (diary->logged == LOGGED_A_SECOND) {
		diary->unlogged++;
		return false;
	}
	diary->logged++;
	return true;
}

void diary_refused(struct diary *diary, const char *reason, unsigned status,
	const char *topic, const char *detail)
{
	struct refusal *refusal;
	unsigned unlogged;
	bool is_logged;

	pthread_mutex_lock(&diary->lock);
	refusal = &diary->refusals[diary->refusal_next];
	diary->refusal_next = (diary->refusal_next + 1) % REFUSALS_MAX;
	if (diary->refusal_count < REFUSALS_MAX)
		diary->refusal_count++;
	refusal->when = clock_now();
	refusal->reason = reason;
	refusal->status = status;
	snprintf(
		refusal->topic, sizeof(refusal->topic), "%s", topic == NULL ? "" : topic);
	snprintf(refusal->detail, sizeof(refusal->detail), "%s", detail);
	is_logged = may_log(diary, &unlogged);
	pthread_mutex_unlock(&diary->lock);
	if (unlogged > 0)
		log_warning(
			"feedback: %u more refusals had no line of their own", unlogged);
	if (is_logged)
		log_warning("feedback: answered %u (%s)%s%s: %s", status, reason,
			topic == NULL ? "" : " about ", topic == NULL ? "" : topic,
			detail);
}

static size_t find_alarm(const struct diary *diary, const char *name, const char *object)
{
	size_t i = 0;

	while (i < diary->alarm_count &&
		(!text_equal(diary->alarms[i]->name, name) ||
			!text_equal(diary->alarms[i]->object, object)))
		i++;
	return i;
}

/* Where a new alarm goes when all places are taken: the one renewed longest ago. */
static size_t oldest_alarm(const struct diary *diary)
{
	size_t oldest = 0;

	for (size_t i = 1; i < diary->alarm_count; i++) {
		if (diary->alarms[i]->renewed < diary->alarms[oldest]->renewed)
			oldest = i;
	}
	return oldest;
}

static void keep_alarm(struct diary *diary, struct alarm *alarm)
{
	size_t place = diary->alarm_count;

	if (place == ALARMS_MAX) {
		place = oldest_alarm(diary);
		free(diary->alarms[place]);
	} else {
		diary->alarm_count++;
	}
	diary->alarms[place] = alarm;
}

static void raise(struct diary *diary, const char *name, const char *object,
	const char *text, const char *advice, bool is_renewal)
{
	struct alarm *fresh = calloc(1, sizeof(*fresh)), *alarm;
	bool is_new = false;
	size_t place;

	if (fresh == NULL)
		return;
	snprintf(fresh->name, sizeof(fresh->name), "%s", name);
	snprintf(fresh->object, sizeof(fresh->object), "%s", object);
	fresh->since = clock_now();
	pthread_mutex_lock(&diary->lock);
	place = find_alarm(diary, fresh->name, fresh->object);
	is_new = place == diary->alarm_count;
	if (is_new) {
		alarm = fresh;
		keep_alarm(diary, fresh);
	} else {
		alarm = diary->alarms[place];
	}
	if (is_new || is_renewal) {
		snprintf(alarm->text, sizeof(alarm->text), "%s", text);
		snprintf(alarm->advice, sizeof(alarm->advice), "%s", advice);
		alarm->renewed = fresh->since;
		alarm->count++;
	}
	pthread_mutex_unlock(&diary->lock);
	if (is_new)
		log_warning("alarm %s%s%s: %s; %s", name, object[0] == '\0' ? "" : " ",
			object, text, advice);
	else
		free(fresh);
}

void diary_alarm(struct diary *diary, const char *name, const char *object,
	const char *text, const char *advice)
{
	raise(diary, name, object, text, advice, true);
}

void diary_alarm_among(struct diary *diary, const char *name, const char *object,
	size_t most, const char *text, const char *more, const char *advice)
{
	size_t count = 0;
	bool is_known;

	pthread_mutex_lock(&diary->lock);
	is_known = find_alarm(diary, name, object) < diary->alarm_count;
	for (size_t i = 0; i < diary->alarm_count; i++)
		count += text_equal(diary->alarms[i]->name, name);
	pthread_mutex_unlock(&diary->lock);
	if (is_known || count < most)
		diary_alarm(diary, name, object, text, advice);
	else
		diary_alarm(diary, name, "", more, advice);
}

void diary_alarm_stands(struct diary *diary, const char *name, const char *object,
	const char *text, const char *advice)
{
	raise(diary, name, object, text, advice, false);
}

void diary_alarm_clear(struct diary *diary, const char *name, const char *object)
{
	struct alarm *cleared = NULL;
	size_t place;

	pthread_mutex_lock(&diary->lock);
	place = find_alarm(diary, name, object);
	if (place < diary->alarm_count) {
		cleared = diary->alarms[place];
		diary->alarm_count--;
		memmove(&diary->alarms[place], &diary->alarms[place + 1],
			(diary->alarm_count - place) * sizeof(cleared));
	}
	pthread_mutex_unlock(&diary->lock);
	if (cleared != NULL)
		log_info(
			"alarm %s%s%s: over", name, object[0] == '\0' ? "" : " ", object);
	free(cleared);
}

void diary_each_answer(struct diary *diary,
	void (*each)(void *, const struct diary_answer_count *), void *closure)
{
	struct diary_answer_count copies[ANSWERS_MAX];
	size_t count;

	pthread_mutex_lock(&diary->lock);
	count = diary->answer_count;
	memcpy(copies, diary->answers, count * sizeof(copies[0]));
	pthread_mutex_unlock(&diary->lock);
	for (size_t i = 0; i < count; i++)
		each(closure, &copies[i]);
}

void diary_each_refusal(struct diary *diary,
	void (*each)(void *, const struct diary_refusal *), void *closure)
{
	struct refusal *copies = calloc(REFUSALS_MAX, sizeof(*copies));
	size_t count;

	if (copies == NULL)
		return;
	pthread_mutex_lock(&diary->lock);
	count = diary->refusal_count;
	for (size_t i = 0; i < count; i++) {
		size_t place =
			(diary->refusal_next + REFUSALS_MAX - 1 - i) % REFUSALS_MAX;

		copies[i] = diary->refusals[place];
	}
	pthread_mutex_unlock(&diary->lock);
	for (size_t i = 0; i < count; i++) {
		struct diary_refusal refusal = {copies[i].when, copies[i].reason,
			copies[i].topic, copies[i].detail, copies[i].status};

		each(closure, &refusal);
	}
	free(copies);
}

void diary_each_alarm(struct diary *diary,
	void (*each)(void *, const struct diary_alarm *), void *closure)
{
	struct alarm *copies = calloc(ALARMS_MAX, sizeof(*copies));
	size_t count;

	if (copies == NULL)
		return;
	pthread_mutex_lock(&diary->lock);
	count = diary->alarm_count;
	for (size_t i = 0; i < count; i++)
		copies[i] = *diary->alarms[i];
	pthread_mutex_unlock(&diary->lock);
	for (size_t i = 0; i < count; i++) {
		struct diary_alarm alarm = {copies[i].name, copies[i].object,
			copies[i].text, copies[i].advice, copies[i].since,
			copies[i].count};

		each(closure, &alarm);
	}
	free(copies);
}

utc_ms diary_last_stored(struct diary *diary)
{
	utc_ms last;

	pthread_mutex_lock(&diary->lock);
	last = diary->last_stored;
	pthread_mutex_unlock(&diary->lock);
	return last;
}
