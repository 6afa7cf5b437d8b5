/* api_page.c - a page of the suppression list, or of its exceptions. */
#include "web/api_page.h"

#include <stdlib.h>

#include "web/api_list.h"
#include "web/api_query.h"

struct page {
	struct api_list list;
	const struct api_page_kind *kind;
};

/* A page that is full ends with the entry that filled it: the store goes on after it. */
static bool add(void *closure, const struct store_suppression *entry)
{
	struct page *page = closure;

	return api_list_add(&page->list, page->kind->print(entry)) &&
	       !api_list_is_full(&page->list);
}

static void reply(struct request *request, const struct store_suppression_filter *filter,
	utc_ms now, const struct api_page_kind *kind)
{
	struct page page = {.kind = kind};
	char *address = NULL, *scope = NULL, *next = NULL;
	struct error error;

	api_list_init(&page.list);
	if (!store_suppression_list(
		    request->store, filter, now, add, &page, &address, &scope, &error)) {
		reply_store_failed(request, &error);
	} else {
		if (address != NULL &&
			(next = cursor_write(kind->cursor, address, scope)) == NULL)
			page.list.rows.failed = true;
		api_list_reply(
			request, &page.list, NULL, kind->name, api_list_next(next));
	}
	api_list_finish(&page.list);
	free(address);
	free(scope);
}

void api_page_reply(struct request *request, struct store_suppression_filter *filter,
	utc_ms now, const struct api_page_kind *kind)
{
	struct cursor cursor = {0};

	if (api_query_limit(request, &filter->limit) &&
		api_query_cursor(request, kind->cursor, &cursor)) {
		filter->after_address = cursor.first;
		filter->after_scope = cursor.second;
		reply(request, filter, now, kind);
	}
	cursor_finish(&cursor);
}
