/* routes.h - which path, method and door leads to which handler. Private to web/. */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include <stdint.h>

#include "web/request.h"

/* SUPPORT: the handler looks at request->role, and does less for support than for write.
 */
enum route_access { ROUTE_OPEN, ROUTE_READ, ROUTE_SUPPORT, ROUTE_WRITE };

typedef void route_handler(struct request *request);

/* As a body_limit: a body of any length, with a Content-Length or chunked. The handler
 * runs once the headers are there, and calls stream_take_body (stream.h) or answers. */
#define ROUTE_STREAMS SIZE_MAX

struct route {
	const char *method;
	const char *path; /* a last segment or middle segment "*" stands for one segment,
			     percent-decoded into request->argument */
	enum route_access access;
	route_handler *handler; /* sets the answer; runs on the door's thread, may wait
				   for the store */
	size_t body_limit;	/* 0: no body is read */
};

/* The table of the admin doors; ends with a NULL method. In api.c, one line a call. */
extern const struct route admin_routes[];

enum route_search {
	ROUTE_FOUND,
	ROUTE_NO_PATH,	 /* 404 */
	ROUTE_NO_METHOD, /* 405 with allow */
	ROUTE_BAD_PATH,	 /* 400: what the * stands for is not percent-encoded UTF-8 */
	ROUTE_NO_MEMORY,
};

#define ROUTE_ALLOW_SIZE 64

/*
 * Looks a path up, as it was sent, without its query. HEAD goes where GET goes. A route
 * that names the path goes before one whose * stands for a segment; an empty segment is
 * none. *argument is freed by the caller; NULL without a *. allow is filled for
 * ROUTE_NO_METHOD: "GET, HEAD, PUT".
 */
enum route_search route_find(const struct route *table, const char *method,
	const char *path, const struct route **found, char **argument,
	char allow[ROUTE_ALLOW_SIZE]);

#endif
