/* reply.c - answers: JSON, problems (RFC 9457), texts. */
#include "web/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* An answer is replaced as a whole: a handler may find out late that it has to refuse. */
static void start_answer(
	struct request *request, unsigned status, const char *content_type)
{
	size_t limit = request->answer.limit;

	buffer_finish(&request->answer);
	buffer_init(&request->answer, limit);
	request->status = status;
	request->content_type = content_type;
}

static const char *title_of(unsigned status)
{
	static const struct {
		unsigned status;
		const char *title;
	} titles[] = {
		{400, "Bad request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not found"},
		{405, "Method not allowed"},
		{408, "Request timeout"},
		{409, "Conflict"},
		{411, "Length required"},
		{412, "Precondition failed"},
		{413, "Content too large"},
		{415, "Unsupported media type"},
		{422, "Unprocessable content"},
		{429, "Too many requests"},
		{500, "Internal error"},
		{502, "Bad gateway"},
		{503, "Service unavailable"},
		{505, "HTTP version not supported"},
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return "Error";
}

void reply_json(struct request *request, unsigned status, struct json *json)
{
	char *text = json_print(json);

	json_free(json);
	start_answer(request, status, "application/json");
	if (text == NULL || !buffer_append_text(&request->answer, text) ||
		!buffer_append_text(&request->answer, "\n"))
		reply_problem(request, 503, "overload", "out of memory");
	free(text);
}

void reply_problem(struct request *request, unsigned status, const char *type,
	const char *format, ...)
{
	static const char last_resort[] =
		"{\"type\":\"urn:ses-feedbackd:problem:overload\",\"title\":\"Service "
		"unavailable\",\"status\":503,\"detail\":\"out of memory\"}\n";
	struct json *problem = json_object();
	char urn[96], detail[1024];
	char *text;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	snprintf(urn, sizeof(urn), "urn:ses-feedbackd:problem:%s", type);
	json_put_text(problem, "type", urn);
	json_put_text(problem, "title", title_of(status));
	json_put_integer(problem, "status", status);
	json_put_text(problem, "detail", detail);
	text = json_print(problem);
	json_free(problem);
	start_answer(request, status, "application/problem+json");
	if (text == NULL || !buffer_append_text(&request->answer, text) ||
		!buffer_append_text(&request->answer, "\n")) {
		start_answer(request, 503, "application/problem+json");
		buffer_append_text(&request->answer, last_resort);
	}
	free(text);
}

void reply_text(struct request *request, unsigned status, const char *content_type,
	const char *text)
{
	start_answer(request, status, content_type);
	if (!buffer_append_text(&request->answer, text))
		reply_problem(request, 503, "overload", "out of memory");
}

void reply_empty(struct request *request, unsigned status)
{
	start_answer(request, status, NULL);
}

void reply_header(struct request *request, const char *name, const char *value)
{
	const size_t room = sizeof(request->extra_name) / sizeof(request->extra_name[0]);

	for (size_t i = 0; i < room; i++) {
		char *old = request->extra_name[i];

		if (old[0] != '\0' && strcmp(old, name) != 0)
			continue;
		snprintf(old, sizeof(request->extra_name[i]), "%s", name);
		snprintf(request->extra_value[i], sizeof(request->extra_value[i]), "%s",
			value);
		return;
	}
}

void reply_store_failed(struct request *request, const struct error *error)
{
	log_error("%s %s: the store could not be read: %s", request->method,
		request->path, error->text);
	reply_problem(request, 503, "store-failed",
		"the store can't be read now; the log says why");
}
