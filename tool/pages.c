/* pages.c - a list of the API, followed from cursor to cursor. */
#include "tool/pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tool/path.h"
#include "tool/stream.h"

#define PAGE_MAX 1000 /* what the API gives at once */

/* False if the answer's cursor is unusable or leads nowhere new. */
static bool take_next(struct pages *pages, const struct json *json)
{
	const char *next = json_text(json, "next");

	if (next == NULL) {
		pages->next[0] = '\0';
		return true;
	}
	if (strlen(next) >= sizeof(pages->next) || strcmp(next, pages->next) == 0)
		return false;
	snprintf(pages->next, sizeof(pages->next), "%s", next);
	return true;
}

static enum tool_status get_page(struct client *client, const char *path,
	struct pages *pages, struct answer *answer)
{
	int64_t wanted = PAGE_MAX;
	enum tool_status status;
	struct buffer whole;
	char number[24];

	if (pages->limit > 0 && pages->limit - pages->count < wanted)
		wanted = pages->limit - pages->count;
	buffer_init(&whole, 2 * PATH_LIMIT);
	buffer_append_text(&whole, path);
	snprintf(number, sizeof(number), "%" PRId64, wanted);
	path_query(&whole, "limit", number);
	if (pages->next[0] != '\0')
		path_query(&whole, "cursor", pages->next);
	status = client_get(client, whole.failed ? path : whole.bytes, answer);
	buffer_finish(&whole);
	return status;
}

enum tool_status pages_get(struct client *client, const char *path, struct pages *pages)
{
	enum tool_status status;
	struct answer answer;
	bool is_usable;

	pages->count = 0;
	pages->next[0] = '\0';
	do {
		status = get_page(client, path, pages, &answer);
		if (status == TOOL_DONE) {
			const struct json *list = json_member(answer.json, pages->name);

			for (const struct json *element = json_first(list);
				element != NULL; element = json_next(element)) {
				pages->each(pages->closure, element);
				pages->count++;
			}
			if (pages->end_page != NULL)
				pages->end_page(pages->closure);
		}
		is_usable = status == TOOL_DONE && take_next(pages, answer.json);
		answer_finish(&answer);
	} while (is_usable && pages->next[0] != '\0' &&
		 (pages->limit == 0 || pages->count < pages->limit));
	return status;
}

static void print_element(void *closure, const struct json *element)
{
	stream_element(closure, element);
}

static void flush_page(void *closure)
{
	const struct stream *stream = closure;

	fflush(stream->tool->out);
}

enum tool_status pages_show(
	struct tool *tool, struct client *client, const char *path, struct pages *pages)
{
	struct pages printed = {.name = pages->name,
		.limit = pages->limit,
		.each = print_element,
		.end_page = flush_page};
	enum tool_status status;
	struct stream stream;
	struct json *rest;

	if (!tool->is_json)
		return pages_get(client, path, pages);
	printed.closure = &stream;
	stream_begin(&stream, tool, pages->name);
	status = pages_get(client, path, &printed);
	if (status != TOOL_DONE)
		return status;
	rest = json_object();
	json_put_text(rest, "next", printed.next[0] != '\0' ? printed.next : NULL);
	stream_end(&stream, rest);
	return TOOL_DONE;
}
