/* api_suppressions.c - the suppression list: list, get, put and delete its entries. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_entry.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_reply.h"
#include "web/cursor.h"

static const char *const reasons[] = {
	"bounce", "complaint", "soft-bounce", "manual", "import", "ses-list", NULL};

/* ---- the list ---- */

struct page {
	struct api_list list;
	size_t limit;
	char *next; /* set once there is more than this page */
	char *last_address, *last_scope;
};

static bool page_remember(struct page *page, const struct store_suppression *entry)
{
	free(page->last_address);
	free(page->last_scope);
	page->last_address = text_copy(entry->address, strlen(entry->address));
	page->last_scope = text_copy(entry->scope, strlen(entry->scope));
	return page->last_address != NULL && page->last_scope != NULL;
}

/* One entry more than the limit is read: that it exists is what next says. */
static bool page_add(void *closure, const struct store_suppression *entry)
{
	struct page *page = closure;

	if (page->list.count == page->limit || api_list_is_full(&page->list)) {
		page->next = cursor_write(
			CURSOR_SUPPRESSIONS, page->last_address, page->last_scope);
		if (page->next == NULL)
			page->list.rows.failed = true;
		return false;
	}
	if (!page_remember(page, entry)) {
		page->list.rows.failed = true;
		return false;
	}
	return api_list_add(&page->list, api_entry_json(entry));
}

static void reply_page(
	struct request *request, struct store_suppression_filter *filter, utc_ms now)
{
	struct page page = {.limit = filter->limit};
	struct error error;

	api_list_init(&page.list);
	filter->limit++;
	if (store_suppression_list(request->store, filter, now, page_add, &page, &error))
		api_list_reply(request, &page.list, NULL, "suppressions",
			api_list_next(page.next));
	else {
		free(page.next);
		reply_store_failed(request, &error);
	}
	api_list_finish(&page.list);
	free(page.last_address);
	free(page.last_scope);
}

/* A prefix is compared with normal forms, which are lower case where they are ASCII. */
static bool query_prefix(struct request *request, char **prefix)
{
	if (!api_query_text(request, "prefix", prefix))
		return false;
	if (*prefix != NULL)
		text_to_lower(*prefix);
	return true;
}

static bool query_reason(struct request *request, enum ses_reason *reason)
{
	size_t index = SIZE_MAX;

	if (!api_query_choice(request, "reason", reasons, &index))
		return false;
	return index == SIZE_MAX || ses_reason_from_name(reasons[index], reason);
}

void api_suppressions_list(struct request *request)
{
	static const char *const known[] = {
		"prefix", "reason", "since", "limit", "cursor", NULL};
	struct store_suppression_filter filter = {
		.since = UTC_NONE, .limit = API_LIMIT_DEFAULT};
	struct cursor cursor = {0};
	utc_ms now = clock_now();
	char *prefix = NULL;

	if (request_query_is_known(request, known) && query_prefix(request, &prefix) &&
		query_reason(request, &filter.reason) &&
		api_query_time(request, "since", now, &filter.since) &&
		api_query_limit(request, &filter.limit) &&
		api_query_cursor(request, CURSOR_SUPPRESSIONS, &cursor)) {
		filter.prefix = prefix;
		filter.after_address = cursor.first;
		filter.after_scope = cursor.second;
		reply_page(request, &filter, now);
	}
	cursor_finish(&cursor);
	free(prefix);
}

/* ---- one entry ---- */

void api_suppression_get(struct request *request)
{
	static const char *const known[] = {"scope", NULL};
	char normal[SES_ADDRESS_MAX];
	struct json *entry = NULL;
	struct error error;
	char *named = NULL;
	const char *scope;

	if (!request_query_is_known(request, known) ||
		!api_argument_address(request, normal) ||
		!api_query_scope(request, &named))
		return;
	scope = named == NULL ? "" : named;
	if (!api_entry_find(request->store, normal, scope, clock_now(), &entry, &error))
		reply_store_failed(request, &error);
	else if (entry != NULL)
		reply_json(request, 200, entry);
	else
		reply_problem(request, 404, "not-suppressed",
			"%s is not suppressed%s%s%s", normal,
			*scope == '\0' ? "" : " in the scope \"", scope,
			*scope == '\0' ? "" : "\"");
	free(named);
}

void api_suppression_delete(struct request *request)
{
	static const char *const known[] = {"scope", NULL};
	char normal[SES_ADDRESS_MAX];
	struct store_job job = {.kind = STORE_UNSUPPRESS};
	char *scope = NULL;

	if (!request_query_is_known(request, known) ||
		!api_argument_address(request, normal) ||
		!api_query_scope(request, &scope))
		return;
	job.suppression.address = normal;
	job.suppression.scope = scope == NULL ? "" : scope;
	job.now = clock_now();
	if (store_submit_and_wait(request->store, &job) == STORE_FAILED)
		api_reply_not_stored(request);
	else
		reply_empty(request, 204);
	free(scope);
}
