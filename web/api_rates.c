/* api_rates.c - rates over a window, broken down by a dimension. */
#include "web/api.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_rates_query.h"
#include "web/api_reputation_json.h"

/* A break-down by recipient domain can have as many rows as there are domains; the worst
 * come first. */
#define ROWS_DEFAULT 1000

struct rows {
	struct api_list list;
	enum store_dimension dimension;
	size_t limit;
	int64_t left_out;
	bool has_other;
};

static bool add_row(void *closure, const struct store_rates_row *row)
{
	struct rows *rows = closure;

	rows->has_other = rows->has_other || row->is_other;
	if (rows->list.count == rows->limit) {
		rows->left_out++;
		return true;
	}
	return api_list_add(&rows->list, api_rates_row_json(rows->dimension, row));
}

static void reply_rates(
	struct request *request, const struct store_rates_query *query, size_t limit)
{
	struct rows rows = {.dimension = query->dimension, .limit = limit};
	struct json *head, *rest;
	utc_ms from = UTC_NONE, to = UTC_NONE;
	struct error error;

	api_list_init(&rows.list);
	if (!store_rates(request->store, &request->rules->reputation, query, clock_now(),
		    &from, &to, add_row, &rows, &error)) {
		reply_store_failed(request, &error);
		api_list_finish(&rows.list);
		return;
	}
	head = json_object();
	json_put_text(head, "window", store_window_name(query->window));
	json_put_time(head, "from", from);
	json_put_time(head, "to", to);
	api_rates_query_put_by(head, query);
	json_put_text(head, "basis", api_basis_name(query->basis));
	rest = json_object();
	json_put_integer(rest, "left_out", rows.left_out);
	json_put(rest, "notices",
		api_notices_json(rows.has_other ? 1u << SES_NOTICE_KEYS_BOUNDED : 0));
	api_list_reply(request, &rows.list, head, "rows", rest);
}

void api_rates(struct request *request)
{
	static const char *const known[] = {
		"window", "by", "key", "basis", "account", "region", "limit", NULL};
	struct api_rates_query asked = {0};
	size_t limit = ROWS_DEFAULT;

	if (request_query_is_known(request, known) &&
		api_rates_query_read(request, &asked) && api_query_limit(request, &limit))
		reply_rates(request, &asked.query, limit);
	api_rates_query_finish(&asked);
}
