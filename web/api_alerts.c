/* api_alerts.c - the alerts that are on or were, and what was told of them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/alerts.h"
#include "web/api.h"
#include "web/api_alert.h"
#include "web/api_delivery.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_reply.h"

/* Of each alert, the newest. */
#define DELIVERIES_IN_LIST 10
#define DELIVERIES_OF_ONE 200

bool api_alert_is_known(struct request *request, const char *name)
{
	struct buffer names;
	size_t count;
	const struct ses_alert_kind *kinds = ses_alert_kinds(&count);

	if (ses_alert_kind(name) != NULL)
		return true;
	buffer_init(&names, 1024);
	for (size_t i = 0; i < count; i++)
		buffer_format(&names, "%s%s", i > 0 ? ", " : "", kinds[i].name);
	reply_problem(request, 400, "no-such-alert",
		"there is no alert \"%.100s\"; there are %s", name,
		names.failed ? "others" : names.bytes);
	buffer_finish(&names);
	return false;
}

/* Written by the watcher as JSON; what was damaged since is null. */
static void put_data(struct json *json, const char *data)
{
	json_put(json, "data",
		data == NULL ? NULL : json_parse(data, strlen(data), JSON_REPAIR, NULL));
}

static struct json *alert_json(const struct store_alert *alert)
{
	const struct ses_alert_kind *kind = ses_alert_kind(alert->name);
	struct json *json = json_object();

	json_put_integer(json, "id", alert->id);
	json_put_text(json, "alert", alert->name);
	json_put_text(json, "object", alert->object);
	json_put_text(json, "level", ses_alert_level_name(kind, alert->state.level));
	json_put_time(json, "since", alert->state.since);
	json_put_time(json, "told", alert->state.told);
	json_put_time(json, "resolved", alert->state.resolved);
	json_put_integer(json, "fired", alert->fired);
	json_put_text(json, "text", alert->text);
	json_put_text(json, "advice", alert->advice);
	put_data(json, alert->data);
	json_put_time(json, "silenced_until", alert->silenced_until);
	return json;
}

/* The rows of a page, before their deliveries are asked for: a second reader is not
 * waited for while one is held. */
struct page {
	struct row {
		int64_t id;
		struct json *json;
	} * rows;
	size_t count, bytes;
};

static bool take_alert(void *closure, const struct store_alert *alert)
{
	struct page *page = closure;

	page->rows[page->count++] =
		(struct row){.id = alert->id, .json = alert_json(alert)};
	page->bytes += strlen(alert->text) + strlen(alert->advice) +
		       (alert->data == NULL ? 0 : strlen(alert->data));
	return page->bytes < API_PAGE_BYTES;
}

static void page_finish(struct page *page)
{
	for (size_t i = 0; i < page->count; i++)
		json_free(page->rows[i].json);
	free(page->rows);
}

static bool put_deliveries(struct request *request, const struct row *row, size_t limit)
{
	struct store_outbox_filter filter = {
		.alert = row->id, .state = -1, .limit = limit};
	struct json *deliveries = json_array();
	struct error error;
	int64_t next;
	bool is_read = store_outbox_list(
		request->store, &filter, api_delivery_append, deliveries, &next, &error);

	json_put(row->json, "deliveries", deliveries);
	if (!is_read)
		reply_store_failed(request, &error);
	return is_read;
}

static void reply_rows(struct request *request, struct page *page, int64_t next)
{
	struct api_list list;
	char *cursor = NULL;

	api_list_init(&list);
	for (size_t i = 0; i < page->count; i++) {
		struct json *json = page->rows[i].json;

		if (!put_deliveries(request, &page->rows[i], DELIVERIES_IN_LIST)) {
			api_list_finish(&list);
			return;
		}
		page->rows[i].json = NULL;
		api_list_add(&list, json);
	}
	if (next > 0 && (cursor = cursor_write_id(CURSOR_ALERTS, next)) == NULL)
		list.rows.failed = true;
	api_list_reply(request, &list, NULL, "alerts", api_list_next(cursor));
	api_list_finish(&list);
}

static void reply_page(
	struct request *request, const struct store_alert_filter *filter, utc_ms now)
{
	struct page page = {.rows = calloc(filter->limit, sizeof(struct row))};
	struct error error;
	int64_t next;

	if (page.rows == NULL)
		api_reply_no_memory(request);
	else if (store_alert_list(
			 request->store, filter, now, take_alert, &page, &next, &error))
		reply_rows(request, &page, next);
	else
		reply_store_failed(request, &error);
	page_finish(&page);
}

void api_alerts_list(struct request *request)
{
	static const char *const known[] = {"on", "name", "limit", "cursor", NULL};
	static const char *const choices[] = {"no", "yes", NULL};
	struct store_alert_filter filter = {.limit = API_LIMIT_DEFAULT};
	size_t is_on = 0;
	char *name = NULL;

	if (request_query_is_known(request, known) &&
		api_query_choice(request, "on", choices, &is_on) &&
		api_query_text(request, "name", &name) &&
		(name == NULL || api_alert_is_known(request, name)) &&
		api_query_limit(request, &filter.limit) &&
		api_query_cursor_id(request, CURSOR_ALERTS, &filter.before)) {
		filter.only_on = is_on > 0;
		filter.name = name;
		reply_page(request, &filter, clock_now());
	}
	free(name);
}

/* ---- one ---- */

static void reply_one(struct request *request, struct page *page, int64_t id)
{
	struct json *json = page->rows[0].json;

	if (page->count == 0 || page->rows[0].id != id) {
		reply_problem(request, 404, "no-alert",
			"there is no alert %s; GET /v1/alerts lists them",
			request->argument);
		return;
	}
	if (!put_deliveries(request, &page->rows[0], DELIVERIES_OF_ONE))
		return;
	page->rows[0].json = NULL;
	reply_json(request, 200, json);
}

void api_alert_get(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct store_alert_filter filter = {.limit = 1};
	struct row row = {0};
	struct page page = {.rows = &row};
	struct error error;
	int64_t id, next;

	if (!request_query_is_known(request, no_parameters))
		return;
	if (!text_to_integer(request->argument, &id) || id == 0 || id == INT64_MAX) {
		reply_problem(request, 400, "not-an-id",
			"\"%.100s\" is no id of an alert; ids are whole numbers",
			request->argument);
		return;
	}
	filter.before = id + 1;
	if (store_alert_list(request->store, &filter, clock_now(), take_alert, &page,
		    &next, &error))
		reply_one(request, &page, id);
	else
		reply_store_failed(request, &error);
	json_free(row.json);
}
