/* api_metrics_told.c - alerts, what is to be told of them, and lag, for Prometheus. */
#include <stdlib.h>

#include "base/text.h"
#include "store/alerts.h"
#include "store/outbox.h"
#include "web/api_metrics.h"
#include "web/metrics.h"

#define SAMPLES_MAX ((size_t) 1024 * 1024)

static double seconds(int64_t ms)
{
	return (double) ms / (double) SECOND_MS;
}

/* ---- alerts ---- */

struct alerts_on {
	const struct ses_alert_kind *kinds;
	size_t count;
	int64_t *on;
};

static bool count_alert(void *closure, const struct store_alert *alert)
{
	struct alerts_on *alerts = closure;

	for (size_t i = 0; i < alerts->count; i++)
		if (text_equal(alerts->kinds[i].name, alert->name))
			alerts->on[i]++;
	return true;
}

/* Every kind has a sample, those that are not on too: an alert rule wants to see it go
 * from 0 to 1. */
static void append_alerts(struct buffer *page, const struct alerts_on *alerts)
{
	static const char name[] = "ses_feedback_alerts_on";

	metrics_family(page, name, "gauge",
		"How many alerts of that name are on; GET /v1/alerts?on=yes names them.");
	for (size_t i = 0; i < alerts->count; i++) {
		const struct metrics_label labels[] = {
			{"name", alerts->kinds[i].name}, {NULL, NULL}};

		metrics_sample_count(page, name, labels, alerts->on[i]);
	}
}

bool metrics_of_alerts(
	struct buffer *page, struct store *store, utc_ms now, struct error *error)
{
	const struct store_alert_filter filter = {.only_on = true};
	struct alerts_on alerts = {.count = 0};
	int64_t next = 0;
	bool is_read;

	alerts.kinds = ses_alert_kinds(&alerts.count);
	alerts.on = calloc(alerts.count + 1, sizeof(*alerts.on));
	if (alerts.on == NULL)
		return error_set(error, "alerts: out of memory");
	is_read =
		store_alert_list(store, &filter, now, count_alert, &alerts, &next, error);
	if (is_read)
		append_alerts(page, &alerts);
	free(alerts.on);
	return is_read;
}

/* ---- the outbox ---- */

struct outbox_families {
	struct buffer waiting, given_up, age;
	utc_ms now;
};

static bool add_depth(void *closure, const struct store_outbox_depth *depth)
{
	struct outbox_families *families = closure;
	const struct metrics_label labels[] = {{"channel", depth->channel}, {NULL, NULL}};

	metrics_sample_count(&families->waiting, "ses_feedback_outbox_waiting", labels,
		depth->waiting);
	metrics_sample_count(&families->given_up, "ses_feedback_outbox_given_up", labels,
		depth->given_up);
	if (depth->oldest != UTC_NONE)
		metrics_sample(&families->age, "ses_feedback_outbox_oldest_age_seconds",
			labels, seconds(families->now - depth->oldest));
	return true;
}

bool metrics_of_outbox(
	struct buffer *page, struct store *store, utc_ms now, struct error *error)
{
	struct outbox_families families = {.now = now};
	const struct {
		struct buffer *samples;
		const char *name, *help;
	} all[] = {
		{&families.waiting, "ses_feedback_outbox_waiting",
			"Messages that wait to be delivered, by channel."},
		{&families.given_up, "ses_feedback_outbox_given_up",
			"Messages of the last 30 days that could not be delivered."},
		{&families.age, "ses_feedback_outbox_oldest_age_seconds",
			"How long the oldest message of a channel waits; absent if "
			"none does."},
	};
	bool is_read;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buffer_init(all[i].samples, SAMPLES_MAX);
	is_read = store_outbox_depths(store, add_depth, &families, error);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (is_read)
			metrics_append_family(
				page, all[i].name, "gauge", all[i].help, all[i].samples);
		buffer_finish(all[i].samples);
	}
	return is_read;
}

/* ---- lag ---- */

struct newest {
	utc_ms published, received;
};

static bool add_topic(void *closure, const struct store_topic *topic)
{
	struct newest *newest = closure;

	/* UTC_NONE is less than any time. */
	if (topic->last_published > newest->published)
		newest->published = topic->last_published;
	if (topic->last_received > newest->received)
		newest->received = topic->last_received;
	return true;
}

bool metrics_of_lag(
	struct buffer *page, struct store *store, utc_ms now, struct error *error)
{
	struct newest newest = {UTC_NONE, UTC_NONE};

	if (!store_topic_list(store, add_topic, &newest, error))
		return false;
	if (newest.published != UTC_NONE)
		metrics_single(page, "ses_feedback_lag_seconds", "gauge",
			"Since the newest event that is stored was published by SNS.",
			seconds(now - newest.published));
	if (newest.received != UTC_NONE)
		metrics_single(page, "ses_feedback_last_event_age_seconds", "gauge",
			"Since the last event came.", seconds(now - newest.received));
	return true;
}
