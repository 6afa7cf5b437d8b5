/* pages.h - a list of the API, followed from cursor to cursor. */
#ifndef TOOL_PAGES_H
#define TOOL_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "tool/client.h"

#define PAGES_CURSOR_SIZE 2048

struct pages {
	const char *name; /* of the member that holds the list */
	int64_t limit;	  /* 0: all */
	void (*each)(void *closure, const struct json *element);
	void (*end_page)(void *closure); /* after each page; NULL: nothing */
	void *closure;

	/* set by pages_get */
	int64_t count;
	char next[PAGES_CURSOR_SIZE]; /* where it would go on; "" at the end */
};

/* Hands every element over, one page at a time in memory. path may have a query, without
 * limit and cursor. What went wrong was said. */
enum tool_status pages_get(struct client *client, const char *path, struct pages *pages);

/* The same for a list that is shown: with --json as one document {"NAME":[…],"next":…}
 * that is printed as it comes, else by each and end_page. */
enum tool_status pages_show(
	struct tool *tool, struct client *client, const char *path, struct pages *pages);

#endif
