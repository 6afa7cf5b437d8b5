/* api_replay.c - SNS messages that were missed, one a line, through the same
 * verification as at the feedback door. */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_list.h"
#include "web/ingest.h"
#include "web/inside.h"

#define LINES_MAX 100

struct line {
	const char *bytes; /* NULL: the end */
	size_t length;	   /* without white space around it */
	int64_t number;	   /* from 1, blank lines too */
};

/* The next line that is not blank; *rest moves behind it. */
static bool next_line(const char **rest, const char *end, struct line *line)
{
	while (*rest < end) {
		const char *begin = *rest;
		const char *stop = memchr(begin, '\n', (size_t) (end - begin));

		if (stop == NULL)
			stop = end;
		*rest = stop < end ? stop + 1 : end;
		line->number++;
		line->length = (size_t) (stop - begin);
		line->bytes = text_trim(begin, &line->length);
		if (line->length > 0)
			return true;
	}
	return false;
}

static size_t count_lines(const char *rest, const char *end)
{
	struct line line = {0};
	size_t count = 0;

	while (next_line(&rest, end, &line))
		count++;
	return count;
}

static void put_text_or_null(struct json *json, const char *name, const char *text)
{
	json_put_text(json, name, text_is_empty(text) ? NULL : text);
}

static struct json *result_json(int64_t number, const struct ingest_result *result)
{
	struct json *json = json_object();

	json_put_integer(json, "line", number);
	json_put_integer(json, "status", result->status);
	json_put_text(json, "reason", result->reason);
	put_text_or_null(json, "detail", result->detail);
	put_text_or_null(json, "message_id", result->message_id);
	json_put_integer(json, "recorded", (int64_t) result->recorded);
	return json;
}

void api_replay(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	const char *rest = request->body.length == 0 ? "" : request->body.bytes;
	const char *end = rest + request->body.length;
	struct line line = {0};
	struct api_list list;
	size_t count;

	if (!request_query_is_known(request, no_parameters))
		return;
	count = count_lines(rest, end);
	if (count == 0 || count > LINES_MAX) {
		reply_problem(request, 400, "body",
			"the body has %zu lines; it takes SNS messages as JSON, one a "
			"line, 1 to %d of them: send more in several calls",
			count, LINES_MAX);
		return;
	}
	api_list_init(&list);
	atomic_fetch_add(&request->web->replays_begun, 1);
	while (next_line(&rest, end, &line)) {
		struct ingest_result result = {0};

		ingest_and_wait(
			request->web, request->rules, line.bytes, line.length, &result);
		if (!api_list_add(&list, result_json(line.number, &result)))
			break;
	}
	atomic_fetch_add(&request->web->replays_ended, 1);
	api_list_reply(request, &list, NULL, "results", NULL);
}
