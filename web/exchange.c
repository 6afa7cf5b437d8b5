/* exchange.c - one request as libmicrohttpd hands it over, piece by piece. */
#include "web/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/connections.h"
#include "web/doors.h"
#include "web/request.h"
#include "web/stream.h"

/* What is read and thrown away so that the client reads our refusal, not a reset. */
#define DISCARD_MAX ((size_t) 8 << 20)
/* All bodies held at the feedback door together; whoever sends them has proven nothing
 * yet. */
#define BODIES_MAX ((size_t) 64 << 20)
/* So much is taken of each even then: a few that send two MiB slowly keep nobody out. */
#define BODY_SMALL ((size_t) 64 << 10)
/* Exports and long lists. */
#define ANSWER_MAX ((size_t) 256 << 20)

static bool is_feedback(const struct request *request)
{
	return request->door == WEB_DOOR_FEEDBACK;
}

void *exchange_begin(
	void *closure, const char *address, struct MHD_Connection *connection)
{
	const struct exchange_door *door = closure;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct request *request = calloc(1, sizeof(*request));
	char *question;

	if (request == NULL)
		return NULL;
	request->path = strdup(address);
	if (request->path == NULL) {
		free(request);
		return NULL;
	}
	question = strchr(request->path, '?');
	request->query = request->path + strlen(request->path);
	if (question != NULL) {
		*question = '\0';
		request->query = question + 1;
	}
	request->web = door->web;
	request->store = door->web->store;
	request->rules = web_rules_now(door->web);
	request->door = door->door;
	request->connection = connection;
	request->actor = "";
	request->client = info == NULL ? NULL : info->socket_context;
	buffer_init(&request->body, 0);
	buffer_init(&request->answer, ANSWER_MAX);
	connection_begins_request(request->client);
	atomic_fetch_add(&door->web->open_requests, 1);
	return request;
}

/* The body is needed no more, or belongs to nobody. */
static void drop_body(struct request *request)
{
	if (is_feedback(request))
		atomic_fetch_sub(&request->web->body_bytes, request->body.length);
	buffer_finish(&request->body);
	request->body.limit = 0;
}

/* Also where nobody is there any more to be answered. */
static void take_back(struct request *request)
{
	void (*returned)(struct request * request) = request->returned;

	request->is_suspended = false;
	request->returned = NULL;
	if (returned != NULL)
		returned(request);
}

void exchange_end(void *closure, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct request *request = *context;

	(void) closure;
	(void) connection;
	(void) code;
	if (request == NULL)
		return;
	*context = NULL;
	take_back(request);
	connection_is_idle(request->client);
	drop_body(request);
	stream_finish(request);
	buffer_finish(&request->answer);
	web_rules_release(request->rules);
	free(request->argument);
	free(request->path);
	atomic_fetch_sub(&request->web->open_requests, 1);
	free(request);
}

void exchange_connection(void *closure, struct MHD_Connection *connection,
	void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	const struct exchange_door *door = closure;
	const union MHD_ConnectionInfo *info;

	switch (code) {
	case MHD_CONNECTION_NOTIFY_STARTED:
		info = MHD_get_connection_info(
			connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		*socket_context = info == NULL ? NULL
					       : connections_add(door->web->connections,
							 info->connect_fd);
		break;
	case MHD_CONNECTION_NOTIFY_CLOSED:
		connections_remove(door->web->connections, *socket_context);
		*socket_context = NULL;
		break;
	}
}

/* ---- the answer ---- */

static void add_headers(struct request *request, struct MHD_Response *response)
{
	bool has_retry = false;

	if (request->content_type != NULL)
		MHD_add_response_header(
			response, MHD_HTTP_HEADER_CONTENT_TYPE, request->content_type);
	for (size_t i = 0; i < 2 && request->extra_name[i][0] != '\0'; i++) {
		MHD_add_response_header(
			response, request->extra_name[i], request->extra_value[i]);
		if (strcmp(request->extra_name[i], "Retry-After") == 0)
			has_retry = true;
	}
	if (request->status == 503 && !has_retry)
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "5");
	if (!is_feedback(request)) {
		MHD_add_response_header(
			response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
		MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	}
	if (request->must_close || atomic_load(&request->web->is_stopping))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* NULL without memory, even for a problem. */
static struct MHD_Response *make_response(struct request *request)
{
	struct MHD_Response *response;
	size_t length;
	char *bytes;

	if (request->source != NULL)
		return stream_response(request);
	bytes = buffer_take(&request->answer, &length);
	if (bytes == NULL && request->status != 503) {
		reply_problem(request, 503, "overload", "the answer is too large");
		bytes = buffer_take(&request->answer, &length);
	}
	if (bytes == NULL)
		return NULL;
	response = MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		free(bytes);
	return response;
}

static enum MHD_Result send_answer(struct request *request)
{
	struct MHD_Response *response = make_response(request);
	enum MHD_Result is_queued;

	if (response == NULL)
		return MHD_NO;
	add_headers(request, response);
	is_queued = MHD_queue_response(request->connection, request->status, response);
	MHD_destroy_response(response);
	return is_queued;
}

/* ---- the headers ---- */

/* The rest of the request can't, or need not, be read: libmicrohttpd closes the
 * connection after an answer to the headers alone. */
static bool must_answer_at_once(const struct framing *framing, bool is_framed)
{
	return !is_framed || (framing->is_encoded && !framing->is_chunked) ||
	       framing->waits || framing->length > DISCARD_MAX;
}

static enum MHD_Result take_headers(
	struct request *request, const char *method, const char *version)
{
	struct framing framing;
	bool is_framed;

	request->is_seen = true;
	if (strlen(method) < sizeof(request->method))
		snprintf(request->method, sizeof(request->method), "%s", method);
	request->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
	is_framed = framing_read(request, version, &framing);
	if (!is_framed && is_feedback(request))
		feedback_note_refusal(request, "framing");
	else if (is_framed && is_feedback(request))
		feedback_admit(request, &framing);
	else if (is_framed)
		admin_admit(request, &framing);
	request->is_refused_early = request->status != 0;
	if (!request->is_refused_early && framing.length > DISCARD_MAX &&
		request->body.limit == 0 && request->sink == NULL) {
		reply_problem(request, 413, "too-large", "no body is taken here");
		request->is_refused_early = true;
	}
	if (!request->is_refused_early || !must_answer_at_once(&framing, is_framed))
		return MHD_YES;
	request->must_close = true;
	return send_answer(request);
}

/* ---- the body ---- */

static void refuse_body(
	struct request *request, unsigned status, const char *reason, const char *why)
{
	drop_body(request);
	reply_problem(request, status, reason, "%s", why);
	request->is_refused_early = true;
	if (is_feedback(request))
		feedback_note_refusal(request, reason);
}

static enum MHD_Result take_body(
	struct request *request, const char *bytes, size_t *length)
{
	size_t count = *length, held;

	*length = 0;
	if (request->sink != NULL) {
		/* After a refusal too: whoever may send a long file hears why it
		   stopped. */
		stream_take_piece(request, bytes, count);
		return MHD_YES;
	}
	if (request->is_refused_early || request->body.limit == 0) {
		request->discarded += count;
		return request->discarded > DISCARD_MAX ? MHD_NO : MHD_YES;
	}
	if (count > request->body.limit - request->body.length) {
		refuse_body(request, 413, "too-large", "the body is too large");
		return MHD_YES;
	}
	if (is_feedback(request)) {
		held = atomic_fetch_add(&request->web->body_bytes, count);
		if (held + count > BODIES_MAX &&
			request->body.length + count > BODY_SMALL) {
			atomic_fetch_sub(&request->web->body_bytes, count);
			refuse_body(request, 503, "overload", "too much comes at once");
			return MHD_YES;
		}
	}
	if (!buffer_append(&request->body, bytes, count)) {
		if (is_feedback(request))
			atomic_fetch_sub(&request->web->body_bytes, count);
		refuse_body(request, 503, "overload", "out of memory");
	}
	return MHD_YES;
}

enum MHD_Result exchange_go_on(void *closure, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *upload_size, void **context)
{
	struct request *request = *context;

	(void) closure;
	(void) connection;
	(void) url; /* decoded; the path was taken from the request line */
	if (request == NULL)
		return MHD_NO;
	if (!request->is_seen)
		return take_headers(request, method, version);
	if (*upload_size > 0)
		return take_body(request, upload, upload_size);
	if (request->is_suspended) {
		/* Resumed: the request is ours again. */
		take_back(request);
		connection_begins_answer(request->client);
		return send_answer(request);
	}
	connection_begins_answer(request->client);
	if (!request->is_refused_early) {
		if (is_feedback(request))
			feedback_serve(request);
		else
			admin_serve(request);
		if (request->is_suspended)
			return MHD_YES; /* belongs to the store or the courier */
	}
	return send_answer(request);
}
