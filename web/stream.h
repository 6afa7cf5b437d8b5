/* stream.h - bodies that are taken and answers that are made piece by piece, whatever
 * their length. Private to web/. */
#ifndef WEB_STREAM_H
#define WEB_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "web/request.h"

struct MHD_Response;

/*
 * Takes a body. All on the door's thread; each may wait for the store, which keeps the
 * other requests of that door waiting: so for one batch at most.
 */
struct stream_sink {
	/* The next piece. False: the answer is set; what still comes is thrown away. */
	bool (*take)(
		struct request *request, void *closure, const char *bytes, size_t length);
	/* The body is there, whole: sets the answer. */
	void (*end)(struct request *request, void *closure);
	/* At last, always; without end before it if the client went away. */
	void (*free)(void *closure);
};

/* For the handler of a route with ROUTE_STREAMS, which runs once the headers are there.
 * closure is the sink's from now on. */
void stream_take_body(
	struct request *request, const struct stream_sink *sink, void *closure);

/* Makes an answer. On the door's thread. */
struct stream_source {
	/* Fills piece, which is empty, and says whether that was all. If nothing was
	   found in one step, piece stays empty, and the next step comes after other
	   requests had their turn. False, or a failed piece: the connection is broken
	   off, so that what came until then never looks complete. */
	bool (*give)(void *closure, struct buffer *piece, bool *is_end);
	void (*free)(void *closure);
};

/* Answers 200 in pieces; to a client of HTTP/1.0, which could not tell a whole answer
 * from half of one, with a problem. closure is the source's from now on. content_type is
 * static. */
void stream_answer(struct request *request, const char *content_type,
	const struct stream_source *source, void *closure);

/* ---- for exchange.c ---- */

/* Gives the sink the next piece, and the client its time for the next one. */
void stream_take_piece(struct request *request, const char *bytes, size_t length);

/* What source makes, for libmicrohttpd; it takes the source over. NULL without memory. */
struct MHD_Response *stream_response(struct request *request);

/* Frees what is left of sink and source. */
void stream_finish(struct request *request);

#endif
