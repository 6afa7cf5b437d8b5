/* deliver_alertmanager.c - POST /api/v2/alerts of Prometheus Alertmanager. */
#include "web/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "ses/alert.h"
#include "web/deliver_http.h"
#include "web/telling.h"

/*
 * To Alertmanager an alert is its labels, and it is on until endsAt. We say when that is,
 * so that its resolve_timeout does not apply: after two intervals of telling again and an
 * hour, in which a message that failed is tried again, so that what is told again in time
 * never ends in between, and what nobody resolves (the daemon is gone) does end. What is
 * never told again ends after a year, or when it is resolved; what is only news after an
 * hour.
 */
#define LATE_MS HOUR_MS
#define NEVER_AGAIN_MS (365 * DAY_MS)
#define NEWS_MS HOUR_MS

#define PATH "/api/v2/alerts"
#define URL_MAX 4096

static bool is_news(const struct telling *telling)
{
	const struct ses_alert_kind *kind = ses_alert_kind(telling->alert);

	return !telling->is_fired || (kind != NULL && kind->is_once);
}

static utc_ms end_of(const struct deliver_order *order, const struct telling *telling)
{
	if (is_news(telling))
		return order->now + NEWS_MS;
	if (order->renotify_ms <= 0)
		return order->now + NEVER_AGAIN_MS;
	return order->now + 2 * order->renotify_ms + LATE_MS;
}

static void put_label(struct json *labels, const char *name, const char *value)
{
	if (value[0] != '\0')
		json_put_text(labels, name, value);
}

/* severity is the level: another level is another alert to Alertmanager. */
static struct json *make_labels(const struct telling *telling, const char *severity)
{
	struct json *labels = json_object();

	put_label(labels, "alertname",
		telling->alert[0] != '\0' ? telling->alert : telling->type);
	put_label(labels, "severity", severity);
	put_label(labels, "account", telling->account);
	put_label(labels, "region", telling->region);
	put_label(labels, "object", telling->object);
	put_label(labels, "metric", telling->metric);
	return labels;
}

static struct json *make_annotations(const struct telling *telling)
{
	struct json *annotations = json_object();
	struct buffer text;

	buffer_init(&text, (size_t) 1 << 20);
	telling_title(telling, &text);
	put_label(annotations, "summary", text.bytes == NULL ? "" : text.bytes);
	buffer_finish(&text);
	telling_text(telling, &text);
	put_label(annotations, "description", text.bytes == NULL ? "" : text.bytes);
	buffer_finish(&text);
	put_label(annotations, "advice", telling->advice);
	return annotations;
}

static void add_alert(struct json *alerts, const struct telling *telling,
	const char *severity, utc_ms starts, utc_ms ends)
{
	struct json *alert = json_object();

	json_put(alert, "labels", make_labels(telling, severity));
	json_put(alert, "annotations", make_annotations(telling));
	json_put_time(alert, "startsAt", starts < ends ? starts : ends);
	json_put_time(alert, "endsAt", ends);
	json_append(alerts, alert);
}

static bool is_level(const char *level)
{
	return level[0] != '\0' && !text_equal(level, "ok");
}

/* A message of a step before it may not have come, or not have been for this channel:
 * what is resolved is resolved at every level. */
static void add_resolved(struct json *alerts, const struct telling *telling, utc_ms now)
{
	static const char *const of_rates[] = {
		"warning", "over-review-limit", "over-pause-limit", NULL};
	static const char *const of_others[] = {"warning", "critical", NULL};
	const struct ses_alert_kind *kind = ses_alert_kind(telling->alert);
	utc_ms ends = telling->at == UTC_NONE ? now : telling->at;
	utc_ms starts = telling->since == UTC_NONE ? ends : telling->since;
	const char *const *level =
		kind != NULL && kind->has_rate_levels ? of_rates : of_others;
	bool has_previous = false;

	for (; *level != NULL; level++) {
		has_previous = has_previous || text_equal(*level, telling->previous);
		add_alert(alerts, telling, *level, starts, ends);
	}
	if (!has_previous && is_level(telling->previous))
		add_alert(alerts, telling, telling->previous, starts, ends);
}

char *deliver_alertmanager_body(const struct deliver_order *order, struct error *error)
{
	struct json *alerts = json_array();
	struct telling telling;
	utc_ms starts;
	char *body;

	if (!telling_read(&telling, order->payload, error)) {
		json_free(alerts);
		return NULL;
	}
	starts = telling.since != UTC_NONE ? telling.since
		 : telling.at != UTC_NONE  ? telling.at
					   : order->now;
	if (telling.is_resolved) {
		add_resolved(alerts, &telling, order->now);
	} else {
		add_alert(
			alerts, &telling, telling.level, starts, end_of(order, &telling));
		if (is_level(telling.previous) &&
			!text_equal(telling.previous, telling.level))
			add_alert(alerts, &telling, telling.previous, starts, order->now);
	}
	body = json_print(alerts);
	json_free(alerts);
	telling_finish(&telling);
	if (body == NULL)
		error_set(error, "out of memory");
	return body;
}

void deliver_alertmanager(
	const struct deliver_order *order, struct deliver_outcome *outcome)
{
	const char *base = order->channel->url;
	size_t length = strlen(base);
	struct buffer url;
	char *body;

	while (length > 0 && base[length - 1] == '/')
		length--;
	buffer_init(&url, URL_MAX);
	buffer_append(&url, base, length);
	buffer_append_text(&url, PATH);
	body = deliver_alertmanager_body(order, &outcome->said);
	if (url.failed)
		error_set(&outcome->said, "the URL is too long");
	if (body == NULL || url.failed)
		deliver_refuse(outcome);
	else
		deliver_post(order, url.bytes, body, NULL, outcome);
	buffer_finish(&url);
	free(body);
}
