/* api_rates.c - rates over a window, broken down by a dimension. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/reputation.h"
#include "web/api.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_reputation_json.h"

/* A break-down by recipient domain can have as many rows as there are domains; the worst
 * come first. */
#define ROWS_DEFAULT 1000

static const char *const windows[] = {"1h", "24h", "7d", "30d", "representative", NULL};
static const char *const dimensions[] = {
	"account", "identity", "configuration-set", "recipient-domain", NULL};
static const char *const bases[] = {"sent", "published", NULL};

struct rows {
	struct api_list list;
	size_t limit;
	int64_t left_out;
};

static bool add_row(void *closure, const struct store_rates_row *row)
{
	struct rows *rows = closure;

	if (rows->list.count == rows->limit) {
		rows->left_out++;
		return true;
	}
	return api_list_add(&rows->list, api_rates_row_json(row));
}

static bool query_region(struct request *request, char **region)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	char *text = NULL;

	if (!api_query_text(request, "region", &text))
		return false;
	if (text != NULL && !text_is_made_of(text, letters)) {
		api_refuse_parameter(request, "region", text,
			"the name of a region, such as us-east-1");
		free(text);
		return false;
	}
	*region = text;
	return true;
}

static void reply_rates(
	struct request *request, const struct store_rates_query *query, size_t limit)
{
	struct rows rows = {.limit = limit};
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
	json_put_text(head, "window", windows[query->window]);
	json_put_time(head, "from", from);
	json_put_time(head, "to", to);
	json_put_text(head, "by", dimensions[query->dimension]);
	json_put_text(head, "basis", bases[query->basis]);
	rest = json_object();
	json_put_integer(rest, "left_out", rows.left_out);
	api_list_reply(request, &rows.list, head, "rows", rest);
}

void api_rates(struct request *request)
{
	static const char *const known[] = {
		"window", "by", "basis", "account", "region", "limit", NULL};
	size_t window = STORE_WINDOW_24H, dimension = STORE_BY_ACCOUNT,
	       basis = STORE_BASIS_SENT, limit = ROWS_DEFAULT;
	char *account = NULL, *region = NULL;

	/* The places in the tables of names are the numbers of the enums. */
	if (request_query_is_known(request, known) &&
		api_query_choice(request, "window", windows, &window) &&
		api_query_choice(request, "by", dimensions, &dimension) &&
		api_query_choice(request, "basis", bases, &basis) &&
		api_query_account(request, &account) && query_region(request, &region) &&
		api_query_limit(request, &limit)) {
		struct store_rates_query query = {
			.window = (enum store_window) window,
			.dimension = (enum store_dimension) dimension,
			.basis = (enum store_basis) basis,
			.account = account,
			.region = region,
		};

		reply_rates(request, &query, limit);
	}
	free(account);
	free(region);
}
