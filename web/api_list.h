/* api_list.h - an answer with a list in it, printed row by row. Private to web/. */
#ifndef WEB_API_LIST_H
#define WEB_API_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/json.h"
#include "web/request.h"

/* A page ends early when its rows fill so much; the rest comes with the next one. */
#define API_PAGE_BYTES ((size_t) 8 * 1024 * 1024)

/* Never a tree of all rows: each is printed and freed as it comes. */
struct api_list {
	struct buffer rows;
	size_t count;
};

void api_list_init(struct api_list *list);
void api_list_finish(struct api_list *list);

/* Prints row and frees it. False without memory: list->rows.failed is set. */
bool api_list_add(struct api_list *list, struct json *row);

/* The page has no room for another row. */
bool api_list_is_full(const struct api_list *list);

/* Answers 200 {…before…,"name":[rows],…after…} and takes the list's bytes; before and
 * after are objects or NULL, and are freed. Out of memory becomes a 503 problem. */
void api_list_reply(struct request *request, struct api_list *list, struct json *before,
	const char *name, struct json *after);

/* {"next":cursor}, and frees cursor; NULL is null: the end. */
struct json *api_list_next(char *cursor);

#endif
