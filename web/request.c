/* request.c - what a handler may ask of a request: headers, query, JSON body. */
#include "web/request.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const char *request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

/* One name=value of a query; the texts point into it and are still encoded. */
struct parameter {
	const char *name;
	size_t name_length;
	const char *value;
	size_t value_length;
};

/* Takes the next parameter off *query; false at the end. Empty ones are skipped. */
static bool next_parameter(const char **query, struct parameter *parameter)
{
	const char *begin = *query;
	size_t length;
	const char *equals;

	while (*begin == '&')
		begin++;
	if (*begin == '\0')
		return false;
	length = strcspn(begin, "&");
	equals = memchr(begin, '=', length);
	parameter->name = begin;
	parameter->name_length = equals == NULL ? length : (size_t) (equals - begin);
	parameter->value = equals == NULL ? begin + length : equals + 1;
	parameter->value_length = length - (size_t) (parameter->value - begin);
	*query = begin + length;
	return true;
}

static bool parameter_is(const struct parameter *parameter, const char *name)
{
	return strlen(name) == parameter->name_length &&
	       memcmp(parameter->name, name, parameter->name_length) == 0;
}

char *request_query(struct request *request, const char *name, bool *found)
{
	const char *rest = request->query;
	struct parameter parameter, match;
	size_t count = 0, length;
	char *value;

	while (next_parameter(&rest, &parameter)) {
		if (parameter_is(&parameter, name)) {
			match = parameter;
			count++;
		}
	}
	*found = count > 0;
	if (count == 0)
		return NULL;
	if (count > 1) {
		reply_problem(request, 400, "query", "%s is given twice", name);
		return NULL;
	}
	value = text_copy(match.value, match.value_length);
	if (value == NULL) {
		reply_problem(request, 503, "overload", "out of memory");
		return NULL;
	}
	if (!percent_decode(value, match.value_length, value, &length) ||
		!utf8_is_valid(value, length)) {
		reply_problem(request, 400, "query",
			"%s: the value is not percent-encoded UTF-8", name);
		free(value);
		return NULL;
	}
	return value;
}

bool request_query_is_known(struct request *request, const char *const *names)
{
	const char *rest = request->query;
	struct parameter parameter;

	while (next_parameter(&rest, &parameter)) {
		size_t i = 0;

		while (names[i] != NULL && !parameter_is(&parameter, names[i]))
			i++;
		if (names[i] == NULL) {
			reply_problem(request, 400, "query", "%.*s: no such parameter",
				parameter.name_length > 60 ? 60
							   : (int) parameter.name_length,
				parameter.name);
			return false;
		}
	}
	return true;
}

struct json *request_json(struct request *request)
{
	return request_json_bounded(request, SIZE_MAX);
}

struct json *request_json_bounded(struct request *request, size_t values_max)
{
	struct error error = {""};
	struct json *json =
		json_parse_bounded(request->body.bytes == NULL ? "" : request->body.bytes,
			request->body.length, JSON_STRICT, values_max, &error);

	if (json == NULL && errno == ENOMEM) {
		reply_problem(request, 503, "overload", "out of memory");
		return NULL;
	}
	if (json == NULL) {
		reply_problem(
			request, 400, "body", "the body is not JSON: %s", error.text);
		return NULL;
	}
	if (!json_is_object(json)) {
		reply_problem(request, 400, "body", "the body is not a JSON object");
		json_free(json);
		return NULL;
	}
	return json;
}
