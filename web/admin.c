/* admin.c - the admin doors: which call is meant, and whether it is allowed. */
#include "web/doors.h"

#include <string.h>

#include "base/text.h"
#include "web/access.h"
#include "web/routes.h"

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
	switch (access) {
	case ROUTE_OPEN:
		return true;
	case ROUTE_READ:
		return request->role >= WEB_ROLE_READ || refuse_stranger(request);
	case ROUTE_WRITE:
		if (request->role == WEB_ROLE_NONE)
			return refuse_stranger(request);
		if (request->role >= WEB_ROLE_WRITE)
			return true;
		reply_problem(request, 403, "role",
			"the token \"%s\" may not do this: its role is not write",
			request->actor);
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
	route = request->route;
	if (framing->is_encoded || (route->body_limit > 0 && !framing->has_length)) {
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
	request->route->handler(request);
	if (request->status == 0)
		reply_problem(request, 500, "internal", "the call gave no answer");
}
