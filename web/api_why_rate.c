/* api_why_rate.c - GET /v1/why-rate: what a rate counts, and what it leaves out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/reputation.h"
#include "web/api.h"
#include "web/api_counted.h"
#include "web/api_event.h"
#include "web/api_query.h"
#include "web/api_rates_query.h"
#include "web/api_reply.h"
#include "web/api_reputation_json.h"

#define TOP_MAX 10
#define EVENTS_SHOWN 50
#define NOT_COUNTED_SHOWN 25 /* so that those that count find room */
/* So many pages are looked at for events of the region that was asked for. */
#define EVENT_PAGES_MAX 20
#define EVENT_PAGE 200

static const char *const metrics[] = {"bounce", "complaint", NULL};

struct why {
	struct request *request;
	const struct ses_reputation_settings *settings;
	const char *account, *region;
	enum ses_metric metric;
	utc_ms now;

	bool is_found;
	struct store_reputation reputation; /* without its texts, once is_found */
};

static bool look_for(void *closure, const struct store_reputation *reputation)
{
	struct why *why = closure;

	if (!text_equal(reputation->account, why->account) ||
		!text_equal(reputation->region, why->region))
		return true;
	why->reputation = *reputation;
	why->reputation.account = why->account;
	why->reputation.region = why->region;
	why->is_found = true;
	return false;
}

static int64_t numerator_of(const struct why *why)
{
	return why->metric == SES_METRIC_BOUNCE ? why->reputation.bounce.numerator
						: why->reputation.complaint.numerator;
}

/* ---- the greatest parts of what was counted ---- */

struct part {
	int64_t count;
	struct json *json;
};

/* The parts that count most, greatest first; of equal ones the first. */
struct top {
	const struct why *why;
	enum store_dimension dimension;
	struct part parts[TOP_MAX];
	size_t count;
	int64_t more; /* parts that found no room */
};

/* Takes json over. */
static void top_add(struct top *top, int64_t count, struct json *json)
{
	size_t place = top->count;

	while (place > 0 && top->parts[place - 1].count < count)
		place--;
	if (top->count == TOP_MAX) {
		top->more++;
		if (place == TOP_MAX) {
			json_free(json);
			return;
		}
		json_free(top->parts[--top->count].json);
	}
	memmove(&top->parts[place + 1], &top->parts[place],
		(top->count - place) * sizeof(top->parts[0]));
	top->parts[place] = (struct part){count, json};
	top->count++;
}

static void top_finish(struct top *top)
{
	for (size_t i = 0; i < top->count; i++)
		json_free(top->parts[i].json);
	top->count = 0;
}

static void put_part(struct json *json, const struct top *top, int64_t count)
{
	int64_t all = numerator_of(top->why);

	json_put_integer(json, "count", count);
	api_put_rate(json, "share", all > 0, (double) count / (double) all);
}

/* Hands the parts over to {"by","rows","more"}. */
static struct json *top_json(struct top *top, const char *by)
{
	struct json *json = json_object(), *rows = json_array();

	for (size_t i = 0; i < top->count; i++)
		json_append(rows, top->parts[i].json);
	top->count = 0;
	json_put_text(json, "by", by);
	json_put(json, "rows", rows);
	json_put_integer(json, "more", top->more);
	return json;
}

static bool add_key(void *closure, const struct store_rates_row *row)
{
	struct top *top = closure;
	const struct ses_rate *rate =
		top->why->metric == SES_METRIC_BOUNCE ? &row->bounce : &row->complaint;
	struct json *json;

	if (rate->numerator == 0)
		return true;
	json = json_object();
	api_key_put(json, top->dimension, row->key, row->is_other);
	put_part(json, top, rate->numerator);
	api_put_rate(json, "rate", rate->has_rate, rate->rate);
	top_add(top, rate->numerator, json);
	return true;
}

static bool add_dimension(struct why *why, enum store_dimension dimension,
	struct json *list, struct error *error)
{
	const struct store_rates_query query = {
		.window = STORE_WINDOW_REPRESENTATIVE,
		.dimension = dimension,
		.basis = STORE_BASIS_PUBLISHED,
		.account = why->account,
		.region = why->region,
		.since = UTC_NONE,
	};
	struct top top = {.why = why, .dimension = dimension};
	utc_ms from, to;
	bool is_read = store_rates(why->request->store, why->settings, &query, why->now,
		&from, &to, add_key, &top, error);

	if (is_read)
		json_append(list, top_json(&top, api_dimension_name(dimension)));
	top_finish(&top);
	return is_read;
}

static bool add_day(void *closure, const struct store_counts_row *row)
{
	struct top *top = closure;
	struct ses_counts counts = ses_counts_judged(top->why->settings, &row->counts);
	int64_t count = top->why->metric == SES_METRIC_BOUNCE ? counts.hard_bounces
							      : counts.complaints;
	char day[UTC_TEXT_SIZE];
	struct json *json;

	if (count == 0)
		return true;
	json = json_object();
	utc_format(row->start, day);
	day[10] = '\0';
	json_put_text(json, "key", day);
	json_put_boolean(json, "other", false);
	json_put_boolean(json, "unknown", false);
	put_part(json, top, count);
	json_put_null(json, "rate");
	top_add(top, count, json);
	return true;
}

static bool add_days(struct why *why, struct json *list, struct error *error)
{
	const struct store_counts_query query = {
		.basis = STORE_BASIS_PUBLISHED,
		.dimension = STORE_BY_ACCOUNT,
		.account = why->account,
		.region = why->region,
		.from = why->reputation.from,
		.to = why->reputation.to,
		.step = STORE_STEP_DAY,
	};
	struct top top = {.why = why};
	bool is_read = store_counts(why->request->store, &query, add_day, &top, error);

	if (is_read)
		json_append(list, top_json(&top, "day"));
	top_finish(&top);
	return is_read;
}

static bool add_tops(struct why *why, struct json *list, struct error *error)
{
	static const enum store_dimension dimensions[] = {STORE_BY_RECIPIENT_DOMAIN,
		STORE_BY_IDENTITY, STORE_BY_CONFIGURATION_SET, STORE_BY_DIAGNOSTIC};

	for (size_t i = 0; i < sizeof(dimensions) / sizeof(dimensions[0]); i++)
		if (!add_dimension(why, dimensions[i], list, error))
			return false;
	return add_days(why, list, error);
}

/* ---- the newest events ---- */

struct newest {
	const struct why *why;
	struct json *list;
	size_t count, not_counted;
	char report[256]; /* feedbackId of the last complaint */
};

/* The suspects of one report stand one after another, and it counts once. */
static bool is_same_report(struct newest *newest, const struct json *event)
{
	const char *id = json_text(event, "feedback_id");
	bool is_same = !text_is_empty(id) && text_equal(id, newest->report);

	snprintf(newest->report, sizeof(newest->report), "%s", id == NULL ? "" : id);
	return is_same;
}

static bool add_event(void *closure, const struct store_event *event)
{
	struct newest *newest = closure;
	const struct why *why = newest->why;
	const char *reason;
	struct json *json;
	bool counts;

	if (!text_equal(event->region, why->region))
		return true;
	json = api_event_json(event);
	counts = api_event_counts(why->settings, why->metric, event, &reason);
	if (counts && why->metric == SES_METRIC_COMPLAINT &&
		is_same_report(newest, json)) {
		counts = false;
		reason = "another suspect of the same report, which counts once";
	}
	if (!counts && newest->not_counted == NOT_COUNTED_SHOWN) {
		json_free(json);
		return true;
	}
	newest->not_counted += !counts;
	json_put_boolean(json, "counts", counts);
	json_put_text(json, "reason", reason);
	json_append(newest->list, json);
	newest->count++;
	return newest->count < EVENTS_SHOWN;
}

/* As many pages as are needed, but no more than a bounded number. */
static bool read_events(struct why *why, struct json *list, struct error *error)
{
	struct newest newest = {.why = why, .list = list};
	struct store_event_filter filter = {
		.type = why->metric == SES_METRIC_BOUNCE ? SES_BOUNCE : SES_COMPLAINT,
		.account = why->account,
		.since = why->reputation.from,
		.until = why->reputation.to,
		.limit = EVENT_PAGE,
	};
	int64_t next = 0;

	for (int page = 0; page < EVENT_PAGES_MAX; page++) {
		if (!store_event_list(why->request->store, &filter, add_event, &newest,
			    &next, error))
			return false;
		if (next == 0 || newest.count >= EVENTS_SHOWN)
			break;
		filter.before = next;
	}
	return true;
}

/* ---- the answer ---- */

static struct json *answer_json(const struct why *why)
{
	const struct store_reputation *reputation = &why->reputation;
	struct json *json = json_object();

	json_put_text(json, "account", why->account);
	json_put_text(json, "region", why->region);
	json_put_text(json, "metric", metrics[why->metric]);
	json_put_time(json, "from", reputation->from);
	json_put_time(json, "to", reputation->to);
	json_put_time(json, "fresh_start", reputation->fresh_start);
	json_put_text(json, "trust", ses_trust_name(reputation->trust));
	json_put(json, "rate",
		api_judged_rate_json(why->settings, reputation, why->metric));
	json_put_integer(json, "counted", numerator_of(why));
	json_put(json, "left_out",
		api_left_out_json(why->settings, why->metric, &reputation->counts));
	json_put(json, "notices", api_notices_json(reputation->notices));
	return json;
}

static void explain(struct why *why)
{
	struct json *top = json_array(), *events = json_array(), *json;
	struct error error;

	if (!add_tops(why, top, &error) || !read_events(why, events, &error)) {
		json_free(top);
		json_free(events);
		reply_store_failed(why->request, &error);
		return;
	}
	json = answer_json(why);
	json_put(json, "top", top);
	json_put(json, "events", events);
	reply_json(why->request, 200, json);
}

static void answer(struct why *why)
{
	struct error error;

	if (!store_reputation(
		    why->request->store, why->settings, why->now, look_for, why, &error))
		reply_store_failed(why->request, &error);
	else if (why->is_found)
		explain(why);
	else
		reply_problem(why->request, 404, "unknown-account",
			"nothing was ever heard of %s/%s; GET /v1/reputation lists the "
			"accounts",
			why->account, why->region);
}

void api_why_rate(struct request *request)
{
	static const char *const known[] = {"account", "region", "metric", NULL};
	struct why why = {.request = request,
		.settings = &request->rules->reputation,
		.now = clock_now()};
	size_t metric = SES_METRIC_BOUNCE;
	char *account = NULL, *region = NULL;

	if (request_query_is_known(request, known) &&
		api_query_account(request, &account) &&
		api_query_region(request, &region) &&
		api_query_choice(request, "metric", metrics, &metric)) {
		why.account = account;
		why.region = region;
		why.metric = (enum ses_metric) metric;
		if (account == NULL || region == NULL)
			reply_problem(request, 400, "query",
				"which account? give account= and region=");
		else
			answer(&why);
	}
	free(account);
	free(region);
}
