/* api_changes.c - the audit trail of the suppression list, newest first. */
#include "web/api_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/cursor.h"

/* Written by the store as JSON; what was damaged since is null. */
static void put_printed(struct json *json, const char *name, const char *printed)
{
	struct json *value = NULL;

	if (printed != NULL)
		value = json_parse(printed, strlen(printed), JSON_REPAIR, NULL);
	json_put(json, name, value);
}

void api_change_put(struct json *json, const struct store_list_change *change)
{
	json_put_text(json, "address", change->address);
	json_put_text(json, "scope", change->scope);
	json_put_text(json, "what", change->what);
	json_put_text(json, "actor", change->actor);
	json_put_text(json, "cause", text_is_empty(change->cause) ? NULL : change->cause);
	if (change->event > 0)
		json_put_integer(json, "event", change->event);
	else
		json_put_null(json, "event");
	put_printed(json, "before", change->before);
	put_printed(json, "after", change->after);
}

struct page {
	struct api_list list;
	int64_t last;
	bool is_cut; /* by us, not by the store */
};

static bool add(void *closure, const struct store_list_change *change)
{
	struct page *page = closure;
	struct json *json;

	if (api_list_is_full(&page->list)) {
		page->is_cut = true;
		return false;
	}
	page->last = change->id;
	json = json_object();
	json_put_integer(json, "id", change->id);
	json_put_time(json, "at", change->at);
	api_change_put(json, change);
	return api_list_add(&page->list, json);
}

static void reply_page(
	struct request *request, const struct store_list_change_filter *filter)
{
	struct page page = {.last = 0};
	struct error error;
	int64_t next = 0;
	char *cursor = NULL;

	api_list_init(&page.list);
	if (!store_list_change_list(request->store, filter, add, &page, &next, &error)) {
		reply_store_failed(request, &error);
		api_list_finish(&page.list);
		return;
	}
	if (page.is_cut)
		next = page.last;
	if (next > 0 && (cursor = cursor_write_id(CURSOR_CHANGES, next)) == NULL)
		page.list.rows.failed = true;
	api_list_reply(request, &page.list, NULL, "changes", api_list_next(cursor));
}

void api_changes_list(struct request *request)
{
	static const char *const known[] = {
		"address", "since", "until", "limit", "cursor", NULL};
	struct store_list_change_filter filter = {
		.since = UTC_NONE, .until = UTC_NONE, .limit = API_LIMIT_DEFAULT};
	char normal[SES_ADDRESS_MAX];
	utc_ms now = clock_now();
	char *asked = NULL;

	if (request_query_is_known(request, known) &&
		api_query_address(request, normal, &asked) &&
		api_query_time(request, "since", now, &filter.since) &&
		api_query_time(request, "until", now, &filter.until) &&
		api_query_limit(request, &filter.limit) &&
		api_query_cursor_id(request, CURSOR_CHANGES, &filter.before)) {
		filter.address = asked == NULL ? NULL : normal;
		reply_page(request, &filter);
	}
	free(asked);
}
