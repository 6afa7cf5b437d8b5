/* telling.h - what a message says, for channels that people or other programs read.
 * Private to web/. */
#ifndef WEB_TELLING_H
#define WEB_TELLING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

/* A payload, read. Texts are borrowed from root, and "" where there is none. Pure. */
struct telling {
	struct json *root;
	const char *type; /* "alert.fired" "alert.resolved" "replay" "test" … */
	utc_ms at;	  /* of the message; UTC_NONE */
	const struct json *data;
	const char *alert, *object, *level, *previous, *text, *advice;
	const char *account, *region, *metric;
	utc_ms since; /* UTC_NONE */
	bool is_fired, is_resolved;
};

/* False with error, and nothing to finish. */
bool telling_read(struct telling *telling, const char *payload, struct error *error);
void telling_finish(struct telling *telling);

/* One line of at most TELLING_TITLE_MAX bytes: "OVER THE REVIEW LIMIT: bounce rate
 * 5.84 % of 111122223333/eu-west-1". False without memory. */
#define TELLING_TITLE_MAX 200
bool telling_title(const struct telling *telling, struct buffer *title);

/* What happened, since when, its causes, what to do: lines of plain text without the
 * title. What the values of the payload hold starts no line. */
bool telling_text(const struct telling *telling, struct buffer *text);

/* The value without control characters; what mail brought can be in it. */
bool telling_append(struct buffer *buffer, const char *value);

#endif
