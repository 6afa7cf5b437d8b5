/* request.h - one request, from its first header to its answer. Private to web/. */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/json.h"
#include "web/access.h"
#include "web/web.h"

struct MHD_Connection;
struct connection;
struct route;
struct stream_sink;
struct stream_source;

enum request_state {
	REQUEST_READING,  /* the body still comes */
	REQUEST_PARKED,	  /* suspended: belongs to the store or the courier */
	REQUEST_ANSWERED, /* status and answer are set, or returned will set them */
};

/*
 * Exactly one owner at a time: the door's thread, or, while parked, whoever it was handed
 * to. What handlers see:
 */
struct request {
	struct web *web;
	struct store *store;
	struct web_rules *rules; /* held for the life of the request */
	enum web_door door;
	struct MHD_Connection *connection;
	char method[16];
	char *path;	/* as sent, still percent-encoded, without the query */
	char *query;	/* what follows ?, "" if nothing */
	char *argument; /* what the route's * stood for, decoded; NULL if the route has
			   none */
	struct buffer body;
	enum web_role role;
	const char *actor; /* token's name, "" nobody; over the Unix socket "unix:NAME"
			      where the call may change something, else "unix socket" */
	char actor_name[ACCESS_NAME_SIZE]; /* actor's memory, where it is not the token's
					    */
	enum request_state state;

	/* the answer */
	unsigned status; /* 0: none yet */
	struct buffer answer;
	const char *content_type; /* static */
	char extra_name[2][32]; /* further headers: Allow, Retry-After, WWW-Authenticate,
				   Location */
	char extra_value[2][128];

	/* private to stream.c and exchange.c */
	const struct stream_sink *sink; /* takes the body piece by piece; NULL: body does
					 */
	void *sink_closure;
	size_t streamed; /* bytes since the client was given time for more */
	const struct stream_source *source; /* makes the answer piece by piece; NULL:
					       answer holds it */
	void *source_closure;
	bool is_http_1_0;

	/* private to exchange.c, the doors and parking.c */
	bool is_seen;	   /* the headers were looked at */
	bool is_suspended; /* set by parking_park, cleared by the door's thread after
			      the resume; only that thread reads it */
	void (*returned)(
		struct request *request); /* of one that is parked: the door's
					     thread calls it when it has it back,
					     to set the answer; NULL: it is set */
	void *waiting;			  /* for returned */
	bool is_refused_early; /* answer already decided; the body is read and thrown away
				*/
	bool must_close;       /* nothing more may be read from this connection */
	size_t discarded;      /* bytes thrown away */
	const struct route *route; /* of the admin doors; NULL at the feedback door */
	struct connection *client; /* connections.h */
};

/* A header's value, borrowed; NULL if absent. Case of the name does not matter; the first
 * one if given twice. */
const char *request_header(const struct request *request, const char *name);

/*
 * The value of a query parameter, decoded ("+" is a plus sign, for addresses need it),
 * freed by the caller. NULL with *found false if absent. If it is malformed or given
 * twice: NULL with *found true and a 400 problem already set: then return.
 */
char *request_query(struct request *request, const char *name, bool *found);

/* A 400 problem and false if the query has a parameter that is not in names
 * (NULL-terminated). */
bool request_query_is_known(struct request *request, const char *const *names);

/* The body as a JSON object, freed with json_free; else NULL and a 400 problem is set.
 * request_json_bounded takes no more than so many values (json_parse_bounded). */
struct json *request_json(struct request *request);
struct json *request_json_bounded(struct request *request, size_t values_max);

/* ---- answers ---- */

/* Prints json and frees it. Out of memory becomes a 503 problem. */
void reply_json(struct request *request, unsigned status, struct json *json);

/* RFC 9457: {"type":"urn:ses-feedbackd:problem:TYPE","title":…,"status":…,"detail":…};
 * the title follows from the status. */
void reply_problem(struct request *request, unsigned status, const char *type,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* text is copied. */
void reply_text(struct request *request, unsigned status, const char *content_type,
	const char *text);

/* 204 and the like. */
void reply_empty(struct request *request, unsigned status);

/* A further header (at most two). */
void reply_header(struct request *request, const char *name, const char *value);

/* The store could not be read: logs error and answers 503. */
void reply_store_failed(struct request *request, const struct error *error);

#endif
