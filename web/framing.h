/* framing.h - where a request ends, read without trust. Private to web/. */
#ifndef WEB_FRAMING_H
#define WEB_FRAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "web/request.h"

/*
 * libmicrohttpd 0.9.75 lets pass what makes two readers of one connection see different
 * requests: Content-Length beside Transfer-Encoding (chunked wins), two Content-Lengths
 * (the first wins), a blank before the colon (no body), absolute URLs. All that is
 * refused here, and the connection closed. (A Content-Length that is no number it refuses
 * by itself, with its answer's headers sent twice, and closes.)
 */
struct framing {
	bool has_length;
	uint64_t length; /* Content-Length */
	bool is_encoded; /* there is a Transfer-Encoding: whose length is not known */
	bool is_chunked; /* exactly "chunked": it has an end at least */
	bool waits;	 /* Expect: the body is sent only when asked for */
	const char *authorization; /* NULL: none, or more than one */
	const char *content_type;  /* NULL: none */
	bool content_type_is_doubled;
};

/* Looks at the request line and all headers. False: a 400 or 505 problem is set, and
 * request->must_close. */
bool framing_read(struct request *request, const char *version, struct framing *framing)
	__attribute__((warn_unused_result));

/* Whether a Content-Type names this media type, with or without parameters. */
bool framing_type_is(const char *content_type, const char *media_type);

#endif
