/* api_series.c - the counters of a window as a time series. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_rates_query.h"
#include "web/api_reputation_json.h"

/* A window need not begin where a step does: one more. */
#define STEPS_MAX (STORE_SERIES_MAX - 1)
#define STEP_SIZE 24

struct series_window {
	int64_t length_ms; /* 0: known only once it was read */
	int64_t step_ms;   /* the default */
};

static struct series_window window_of(enum store_window window)
{
	switch (window) {
	case STORE_WINDOW_1H:
		return (struct series_window){HOUR_MS, MINUTE_MS};
	case STORE_WINDOW_24H:
		return (struct series_window){DAY_MS, 15 * MINUTE_MS};
	case STORE_WINDOW_7D:
		return (struct series_window){7 * DAY_MS, HOUR_MS};
	case STORE_WINDOW_30D:
		return (struct series_window){30 * DAY_MS, DAY_MS};
	case STORE_WINDOW_REPRESENTATIVE:
		break;
	}
	return (struct series_window){0, DAY_MS};
}

/* "90m", "2h", "1d": in the largest unit that is whole. */
static const char *step_name(int64_t step_ms, char name[STEP_SIZE])
{
	int64_t unit = step_ms % DAY_MS == 0	? DAY_MS
		       : step_ms % HOUR_MS == 0 ? HOUR_MS
						: MINUTE_MS;

	snprintf(name, STEP_SIZE, "%" PRId64 "%c", step_ms / unit,
		unit == DAY_MS	  ? 'd'
		: unit == HOUR_MS ? 'h'
				  : 'm');
	return name;
}

static int64_t smallest_step(int64_t length_ms)
{
	int64_t step = (length_ms + STEPS_MAX - 1) / STEPS_MAX;

	return (step + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
}

/* False: the problem is set. */
static bool fits(struct request *request, int64_t length_ms, int64_t step_ms)
{
	char step[STEP_SIZE], smallest[STEP_SIZE];

	if (step_ms >= smallest_step(length_ms))
		return true;
	reply_problem(request, 400, "query",
		"step=%s: the window has more than %d such steps; the smallest step "
		"possible is %s",
		step_name(step_ms, step), STEPS_MAX,
		step_name(smallest_step(length_ms), smallest));
	return false;
}

static bool query_step(struct request *request, int64_t *step_ms)
{
	char *text = NULL;
	int64_t step = 0;
	bool is_right;

	if (!api_query_text(request, "step", &text))
		return false;
	if (text == NULL)
		return true;
	is_right = duration_parse(text, &step) && step > 0 && step % MINUTE_MS == 0;
	if (is_right)
		*step_ms = step;
	else
		api_refuse_parameter(request, "step", text,
			"a duration of whole minutes, such as 1m, 5m, 15m, 1h or 1d");
	free(text);
	return is_right;
}

static bool add_row(void *closure, const struct store_series_row *row)
{
	return api_list_add(closure, api_series_row_json(row));
}

static void put_key(struct json *head, const struct store_rates_query *query)
{
	if (query->key == NULL)
		json_put_null(head, "key");
	else
		json_put_text(head, "key", query->key);
	json_put_text(head, "account", query->account);
	json_put_text(head, "region", query->region);
}

static void reply_series(
	struct request *request, const struct store_rates_query *query, int64_t step_ms)
{
	utc_ms from = UTC_NONE, to = UTC_NONE;
	char step[STEP_SIZE];
	struct api_list list;
	struct error error;
	struct json *head;

	api_list_init(&list);
	if (store_series(request->store, &request->rules->reputation, query, step_ms,
		    clock_now(), &from, &to, add_row, &list, &error)) {
		head = json_object();
		json_put_text(head, "window", store_window_name(query->window));
		json_put_text(head, "step", step_name(step_ms, step));
		json_put_time(head, "from", from);
		json_put_time(head, "to", to);
		api_rates_query_put_by(head, query);
		put_key(head, query);
		json_put_text(head, "basis", api_basis_name(query->basis));
		api_list_reply(request, &list, head, "rows", NULL);
	} else if (from == UTC_NONE || to == UTC_NONE ||
		   fits(request, to - from, step_ms)) {
		reply_store_failed(request, &error);
	}
	api_list_finish(&list);
}

/* All keys of a dimension together would be the account, or count mails with two tags
 * twice. */
static bool has_key(struct request *request, const struct store_rates_query *query)
{
	if (query->dimension == STORE_BY_ACCOUNT || query->key != NULL)
		return true;
	reply_problem(request, 400, "query",
		"a series is of one key: name the key (key=, or --key) beside by=%s, or "
		"leave by out",
		api_dimension_name(query->dimension));
	return false;
}

void api_series(struct request *request)
{
	static const char *const known[] = {
		"window", "step", "by", "key", "account", "region", "basis", NULL};
	struct api_rates_query asked = {0};
	int64_t step = 0;

	if (request_query_is_known(request, known) &&
		api_rates_query_read(request, &asked) && query_step(request, &step) &&
		has_key(request, &asked.query)) {
		struct series_window window = window_of(asked.query.window);

		if (step == 0)
			step = window.step_ms;
		if (fits(request, window.length_ms, step))
			reply_series(request, &asked.query, step);
	}
	api_rates_query_finish(&asked);
}
