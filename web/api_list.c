/* api_list.c - lists that are printed row by row into the answer. */
#include "web/api_list.h"

#include <stdlib.h>
#include <string.h>

#include "web/api_reply.h"

/* Room for a page and its last row, which can be an SNS message of 256 KiB with each of
 * its bytes escaped, and for the 10,000 entries of a check. */
#define ANSWER_MAX ((size_t) 64 * 1024 * 1024)

void api_list_init(struct api_list *list)
{
	buffer_init(&list->rows, ANSWER_MAX);
	list->count = 0;
}

void api_list_finish(struct api_list *list)
{
	buffer_finish(&list->rows);
	list->count = 0;
}

bool api_list_add(struct api_list *list, struct json *row)
{
	char *text = json_print(row);

	json_free(row);
	if (text == NULL) {
		list->rows.failed = true;
		return false;
	}
	if (list->count > 0)
		buffer_append(&list->rows, ",", 1);
	buffer_append_text(&list->rows, text);
	free(text);
	list->count++;
	return !list->rows.failed;
}

bool api_list_is_full(const struct api_list *list)
{
	return list->rows.length >= API_PAGE_BYTES;
}

/* Adds the members of an object, without its braces, and frees it; says whether there
 * were any. */
static bool append_members(struct buffer *buffer, struct json *object, const char *lead)
{
	size_t count = json_count(object);
	char *text = count == 0 ? NULL : json_print(object);

	json_free(object);
	if (count == 0)
		return false;
	if (text == NULL) {
		buffer->failed = true;
		return false;
	}
	buffer_append_text(buffer, lead);
	buffer_append(buffer, text + 1, strlen(text) - 2);
	free(text);
	return true;
}

void api_list_reply(struct request *request, struct api_list *list, struct json *before,
	const char *name, struct json *after)
{
	struct buffer body;

	buffer_init(&body, ANSWER_MAX);
	buffer_append_text(&body, "{");
	if (append_members(&body, before, ""))
		buffer_append_text(&body, ",");
	json_print_text(&body, name);
	buffer_append_text(&body, ":[");
	if (list->rows.length > 0)
		buffer_append(&body, list->rows.bytes, list->rows.length);
	buffer_append_text(&body, "]");
	append_members(&body, after, ",");
	buffer_append_text(&body, "}\n");
	if (list->rows.failed)
		body.failed = true;
	api_list_finish(list);
	api_reply_buffer(request, 200, "application/json", &body);
}

struct json *api_list_next(char *cursor)
{
	struct json *rest = json_object();

	json_put_text(rest, "next", cursor);
	free(cursor);
	return rest;
}
