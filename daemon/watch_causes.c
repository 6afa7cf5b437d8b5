/* watch_causes.c - where the bounces, complaints or refusals of an alert come from. */
#include "daemon/watch_causes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/watch_words.h"

/* In the order in which second ones stand in for what is missing. */
static const enum store_dimension asked[] = {
	STORE_BY_RECIPIENT_DOMAIN, STORE_BY_CONFIGURATION_SET, STORE_BY_DIAGNOSTIC};
#define ASKED (sizeof(asked) / sizeof(asked[0]))

static int64_t value_of(const struct ses_counts *counts, enum watch_measure measure)
{
	switch (measure) {
	case WATCH_HARD_BOUNCES:
		return counts->hard_bounces;
	case WATCH_COMPLAINTS:
		return counts->complaints;
	case WATCH_BLOCKED:
		return counts->blocked;
	}
	return 0;
}

/* Mail without a configuration set is worth a word, an unknown domain is not. */
static bool is_cause(enum store_dimension by, const struct store_rates_row *row)
{
	return !row->is_other &&
	       (by == STORE_BY_CONFIGURATION_SET || !text_is_empty(row->key));
}

void watch_leaders_add(struct watch_leaders *leaders, const struct store_rates_row *row)
{
	struct watch_cause cause = {
		.by = leaders->by,
		.value = value_of(&row->counts, leaders->measure),
		.hard_bounces = row->counts.hard_bounces,
		.complaints = row->counts.complaints,
		.blocked = row->counts.blocked,
		.denominator = row->denominator,
	};

	leaders->total += cause.value;
	if (cause.value <= leaders->second.value || !is_cause(leaders->by, row))
		return;
	snprintf(cause.key, sizeof(cause.key), "%s", row->key);
	if (cause.value > leaders->first.value) {
		leaders->second = leaders->first;
		leaders->first = cause;
	} else {
		leaders->second = cause;
	}
}

static void choose(struct watch_causes *causes, struct watch_cause cause, int64_t total)
{
	size_t place = causes->count;

	if (cause.value <= 0 || place == WATCH_CAUSES_MAX)
		return;
	cause.share = (double) cause.value / (double) total;
	while (place > 0 && causes->causes[place - 1].share < cause.share) {
		causes->causes[place] = causes->causes[place - 1];
		place--;
	}
	causes->causes[place] = cause;
	causes->count++;
}

void watch_causes_choose(
	struct watch_causes *causes, const struct watch_leaders *leaders, size_t count)
{
	*causes = (struct watch_causes){0};
	for (size_t i = 0; i < count; i++)
		choose(causes, leaders[i].first, leaders[i].total);
	for (size_t i = 0; i < count; i++)
		choose(causes, leaders[i].second, leaders[i].total);
}

static bool add_row(void *closure, const struct store_rates_row *row)
{
	watch_leaders_add(closure, row);
	return true;
}

bool watch_causes_find(struct store *store,
	const struct ses_reputation_settings *settings, const struct watch_sight *sight,
	utc_ms now, struct watch_causes *causes, struct error *error)
{
	struct watch_leaders leaders[ASKED] = {0};
	utc_ms from, to;

	*causes = (struct watch_causes){0};
	if (!sight->question.is_asked)
		return true;
	for (size_t i = 0; i < ASKED; i++) {
		const struct store_rates_query query = {
			.window = sight->question.window,
			.dimension = asked[i],
			.basis = STORE_BASIS_PUBLISHED,
			.account = sight->account,
			.region = sight->region,
			.since = UTC_NONE,
		};

		leaders[i].by = asked[i];
		leaders[i].measure = sight->question.measure;
		if (!store_rates(store, settings, &query, now, &from, &to, add_row,
			    &leaders[i], error))
			return false;
	}
	watch_causes_choose(causes, leaders, ASKED);
	return true;
}

/* ---- in words ---- */

static void append_cause(struct buffer *text, const struct watch_cause *cause)
{
	int percent = (int) (cause->share * 100 + 0.5);

	if (cause->by == STORE_BY_CONFIGURATION_SET && text_is_empty(cause->key))
		buffer_append_text(text, "mail without a configuration set");
	else if (cause->by == STORE_BY_CONFIGURATION_SET)
		buffer_format(text, "the configuration set %s", cause->key);
	else if (cause->by == STORE_BY_DIAGNOSTIC)
		buffer_format(text, "replies like \"%s\"", cause->key);
	else
		buffer_append_text(text, cause->key);
	buffer_format(text, " (%d %%)", percent);
}

static const char *measure_words(enum watch_measure measure)
{
	switch (measure) {
	case WATCH_HARD_BOUNCES:
		return "hard bounces";
	case WATCH_COMPLAINTS:
		return "complaints";
	case WATCH_BLOCKED:
		return "refusals";
	}
	return "";
}

char *watch_causes_sentence(
	const struct watch_causes *causes, const struct watch_question *question)
{
	struct buffer text;
	size_t length;

	buffer_init(&text, 4096);
	if (causes->count > 0)
		buffer_format(&text, "%s %s come from ", question->of,
			measure_words(question->measure));
	for (size_t i = 0; i < causes->count; i++) {
		if (i > 0)
			buffer_append_text(
				&text, i + 1 == causes->count ? " and " : ", ");
		append_cause(&text, &causes->causes[i]);
	}
	if (causes->count > 0)
		buffer_append_text(&text, ".");
	return buffer_take(&text, &length);
}

struct json *watch_causes_json(
	const struct watch_causes *causes, const struct watch_question *question)
{
	struct json *list = json_array();

	for (size_t i = 0; i < causes->count; i++) {
		const struct watch_cause *cause = &causes->causes[i];
		struct json *json = json_object();

		json_put_text(json, "by", watch_dimension(cause->by));
		json_put_text(json, "key", cause->key);
		json_put_integer(json, "hard_bounces", cause->hard_bounces);
		json_put_integer(json, "complaints", cause->complaints);
		if (question->measure == WATCH_BLOCKED)
			json_put_integer(json, "blocked", cause->blocked);
		json_put_integer(json, "denominator", cause->denominator);
		json_put_number(json, "share", cause->share);
		json_append(list, json);
	}
	return list;
}
