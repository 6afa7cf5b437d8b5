/* api_unrecognised.c - what was genuine and not understood, whole. */
#include <stdlib.h>

#include "web/api.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/cursor.h"

struct page {
	struct api_list list;
	size_t limit;
	int64_t last;
	bool has_more;
};

static struct json *message_json(const struct store_unrecognised *kept)
{
	struct json *json = json_object();

	json_put_integer(json, "id", kept->id);
	json_put_text(json, "message_id", kept->message_id);
	json_put_text(json, "topic", kept->topic_arn);
	json_put_text(json, "subject", kept->subject);
	json_put_text(json, "why", kept->why);
	json_put_time(json, "published", kept->published);
	json_put_time(json, "recorded", kept->recorded);
	json_put_text(json, "message", kept->message);
	return json;
}

/* One more than the limit is read: that it exists is what next says. */
static bool page_add(void *closure, const struct store_unrecognised *kept)
{
	struct page *page = closure;

	if (page->list.count == page->limit || api_list_is_full(&page->list)) {
		page->has_more = true;
		return false;
	}
	page->last = kept->id;
	return api_list_add(&page->list, message_json(kept));
}

void api_unrecognised_list(struct request *request)
{
	static const char *const known[] = {"limit", "cursor", NULL};
	struct page page = {.limit = API_LIMIT_DEFAULT};
	struct error error;
	int64_t before = 0;
	char *next = NULL;

	if (!request_query_is_known(request, known) ||
		!api_query_limit(request, &page.limit) ||
		!api_query_cursor_id(request, CURSOR_UNRECOGNISED, &before))
		return;
	api_list_init(&page.list);
	if (!store_unrecognised_list(
		    request->store, before, page.limit + 1, page_add, &page, &error)) {
		reply_store_failed(request, &error);
		api_list_finish(&page.list);
		return;
	}
	if (page.has_more) {
		next = cursor_write_id(CURSOR_UNRECOGNISED, page.last);
		if (next == NULL)
			page.list.rows.failed = true;
	}
	api_list_reply(request, &page.list, NULL, "unrecognised", api_list_next(next));
}
