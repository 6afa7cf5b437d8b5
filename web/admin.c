/* admin.c - the admin doors: which call is meant, and whether it is allowed. */
#include "web/doors.h"

#include <microhttpd.h>

#include "base/text.h"
#include "web/access.h"
#include "web/routes.h"
#include "web/stream.h"

/* Who asks. Over the Unix socket the file's permissions have said that already. */
static void identify(struct request *request, const struct framing *framing)
{
	const struct web_token *token;

	if (request->door == WEB_DOOR_ADMIN_SOCKET) {
		request->role = WEB_ROLE_WRITE;
		request->actor = "unix socket";
		return;
	}
	token = access_find_token(request->rules, framing->authorization);
	request->role = token == NULL ? WEB_ROLE_NONE : token->role;
	request->actor = token == NULL ? "" : token->name;
}

/* The user's name goes into the audit trail; looking it up is for calls that change
 * something, not for each check of an address. */
static void name_peer(struct request *request)
{
	const union MHD_ConnectionInfo *info;

	if (request->door != WEB_DOOR_ADMIN_SOCKET ||
		request->route->access < ROUTE_SUPPORT)
		return;
	info = MHD_get_connection_info(
		request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info == NULL)
		return;
	access_name_peer(info->connect_fd, request->actor_name);
	request->actor = request->actor_name;
}

static bool refuse_stranger(struct request *request)
{
	if (request_header(request, "Authorization") != NULL)
		reply_problem(request, 401, "unauthorized",
			"this token is not known, or not given as \"Authorization: "
			"Bearer "
			"TOKEN\"");
	else
		reply_problem(request, 401, "unauthorized",
			"a token is needed: \"Authorization: Bearer TOKEN\"");
	reply_header(request, "WWW-Authenticate", "Bearer");
	return false;
}

/* Whether the role may make the call. */
static bool is_allowed(struct request *request, enum route_access access)
{
	enum web_role needed;

	switch (access) {
	case ROUTE_OPEN:
		return true;
	case ROUTE_READ:
		return request->role >= WEB_ROLE_READ || refuse_stranger(request);
	case ROUTE_SUPPORT:
	case ROUTE_WRITE:
		needed = access == ROUTE_WRITE ? WEB_ROLE_WRITE : WEB_ROLE_SUPPORT;
		if (request->role == WEB_ROLE_NONE)
			return refuse_stranger(request);
		if (request->role >= needed)
			return true;
		reply_problem(request, 403, "role",
			"the token \"%s\" may not do this: its role is not %s",
			request->actor,
			access == ROUTE_WRITE ? "write" : "support or write");
		return false;
	}
	return false;
}

static bool find_route(struct request *request)
{
	char allow[ROUTE_ALLOW_SIZE];

	switch (route_find(admin_routes, request->method, request->path, &request->route,
		&request->argument, allow)) {
	case ROUTE_FOUND:
		return true;
	case ROUTE_NO_PATH:
		reply_problem(request, 404, "not-found", "there is nothing here");
		return false;
	case ROUTE_NO_METHOD:
		reply_problem(request, 405, "method", "%s is not for this address",
			request->method);
		reply_header(request, "Allow", allow);
		return false;
	case ROUTE_BAD_PATH:
		reply_problem(
			request, 400, "path", "the address is not percent-encoded UTF-8");
		return false;
	case ROUTE_NO_MEMORY:
		reply_problem(request, 503, "overload", "out of memory");
		return false;
	}
	return false;
}

static void admit_stream(struct request *request, const struct framing *framing)
{
	if (framing->has_length || framing->is_chunked) {
		request->route->handler(request);
		return;
	}
	request->must_close = true;
	reply_problem(request, 411, "length-required",
		"the call needs a Content-Length or \"Transfer-Encoding: chunked\"");
}

void admin_admit(struct request *request, const struct framing *framing)
{
	const struct route *route;

	identify(request, framing);
	if (framing->is_encoded)
		request->must_close = true;
	/* Strangers learn nothing, not even which calls there are. */
	if (text_begins(request->path, "/v1/") && !is_allowed(request, ROUTE_READ))
		return;
	if (!find_route(request) || !is_allowed(request, request->route->access))
		return;
	name_peer(request);
	route = request->route;
	if (route->body_limit == ROUTE_STREAMS) {
		admit_stream(request, framing);
	} else if (framing->is_encoded ||
		   (route->body_limit > 0 && !framing->has_length)) {
		request->must_close = true;
		reply_problem(request, 411, "length-required",
			"the call needs a Content-Length and no Transfer-Encoding");
	} else if (route->body_limit > 0 && framing->length > route->body_limit) {
		reply_problem(request, 413, "too-large",
			"the body is larger than %zu bytes", route->body_limit);
	} else {
		request->body.limit = route->body_limit;
	}
}

void admin_serve(struct request *request)
{
	if (request->sink != NULL)
		request->sink->end(request, request->sink_closure);
	else
		request->route->handler(request);
	if (!request->is_suspended && request->status == 0)
		reply_problem(request, 500, "internal", "the call gave no answer");
}
