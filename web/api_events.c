/* api_events.c - the recorded events: the list, and SES's own text of one. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_event.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_reply.h"
#include "web/cursor.h"

static const char *const types[] = {"send", "delivery", "bounce", "complaint", "reject",
	"open", "click", "rendering-failure", "delivery-delay", "subscription", NULL};

struct page {
	struct api_list list;
	int64_t last;
	bool is_cut; /* by us, not by the store */
};

static bool page_add(void *closure, const struct store_event *event)
{
	struct page *page = closure;

	if (api_list_is_full(&page->list)) {
		page->is_cut = true;
		return false;
	}
	page->last = event->id;
	return api_list_add(&page->list, api_event_json(event));
}

static void reply_page(struct request *request, const struct store_event_filter *filter)
{
	struct page page = {0};
	struct error error;
	int64_t next = 0;
	char *cursor = NULL;

	api_list_init(&page.list);
	if (!store_event_list(request->store, filter, page_add, &page, &next, &error)) {
		reply_store_failed(request, &error);
		api_list_finish(&page.list);
		return;
	}
	if (page.is_cut)
		next = page.last;
	if (next > 0 && (cursor = cursor_write_id(CURSOR_EVENTS, next)) == NULL)
		page.list.rows.failed = true;
	api_list_reply(request, &page.list, NULL, "events", api_list_next(cursor));
}

static bool query_address(struct request *request, char normal[SES_ADDRESS_MAX],
	struct store_event_filter *filter)
{
	char *text = NULL;
	bool is_address;

	if (!api_query_text(request, "address", &text))
		return false;
	if (text == NULL)
		return true;
	is_address = ses_address_normalise(text, strlen(text), normal);
	if (is_address)
		filter->address = normal;
	else
		reply_problem(request, 400, "not-an-address",
			"\"%.200s\" is no mail address; one looks like local-part@domain",
			text);
	free(text);
	return is_address;
}

static bool query_type(struct request *request, struct store_event_filter *filter)
{
	size_t index = SIZE_MAX;
	enum ses_type type;

	if (!api_query_choice(request, "type", types, &index))
		return false;
	if (index != SIZE_MAX && ses_type_from_name(types[index], &type))
		filter->type = (int) type;
	return true;
}

void api_events_list(struct request *request)
{
	static const char *const known[] = {"address", "type", "since", "until",
		"account", "after", "limit", "cursor", NULL};
	struct store_event_filter filter = {
		.since = UTC_NONE, .until = UTC_NONE, .limit = API_LIMIT_DEFAULT};
	char normal[SES_ADDRESS_MAX];
	char *account = NULL;
	utc_ms now = clock_now();

	if (request_query_is_known(request, known) &&
		query_address(request, normal, &filter) && query_type(request, &filter) &&
		api_query_time(request, "since", now, &filter.since) &&
		api_query_time(request, "until", now, &filter.until) &&
		api_query_account(request, &account) &&
		api_query_id(request, "after", &filter.after) &&
		api_query_limit(request, &filter.limit) &&
		api_query_cursor_id(request, CURSOR_EVENTS, &filter.before)) {
		filter.account = account;
		reply_page(request, &filter);
	}
	free(account);
}

void api_event_raw(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct buffer body;
	struct error error;
	char *raw = NULL;
	int64_t id;

	if (!request_query_is_known(request, no_parameters))
		return;
	if (!text_to_integer(request->argument, &id)) {
		reply_problem(request, 400, "not-an-id",
			"\"%.100s\" is no id of an event; ids are whole numbers",
			request->argument);
		return;
	}
	if (!store_event_raw(request->store, id, &raw, &error)) {
		reply_store_failed(request, &error);
		return;
	}
	if (raw == NULL) {
		reply_problem(request, 404, "no-raw-text",
			"there is no event %s, or SES's own text of it was not kept: "
			"that "
			"is kept of bounces, complaints and rejects",
			request->argument);
		return;
	}
	buffer_init(&body, strlen(raw));
	buffer_append_text(&body, raw);
	free(raw);
	api_reply_buffer(request, 200, "application/json", &body);
}
