/* framing.c - where a request ends, read without trust. */
#include "web/framing.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

struct survey {
	struct framing *framing;
	unsigned lengths, authorizations, hosts, conditions;
	bool has_odd_name; /* not a token, as RFC 9110, 5.6.2 has it */
	bool has_nul;
	bool has_odd_length;
};

static bool is_token(const char *name, size_t length)
{
	static const char also[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < length; i++) {
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || (c != '\0' && strchr(also, c))))
			return false;
	}
	return length > 0;
}

static void read_length(struct survey *survey, const char *value)
{
	int64_t length = 0;

	survey->lengths++;
	if (!text_to_integer(value, &length))
		survey->has_odd_length = true;
	survey->framing->has_length = true;
	survey->framing->length = (uint64_t) length;
}

static enum MHD_Result look(void *closure, enum MHD_ValueKind kind, const char *name,
	size_t name_length, const char *value, size_t value_length)
{
	struct survey *survey = closure;
	struct framing *framing = survey->framing;

	(void) kind;
	if (!is_token(name, name_length)) {
		survey->has_odd_name = true;
		return MHD_YES;
	}
	if (value == NULL)
		value = "";
	else if (memchr(value, '\0', value_length) != NULL)
		survey->has_nul = true;
	if (strcasecmp(name, "Content-Length") == 0) {
		read_length(survey, value);
	} else if (strcasecmp(name, "Transfer-Encoding") == 0) {
		/* Two of them are not chunked in any way we know. */
		framing->is_chunked =
			!framing->is_encoded && strcasecmp(value, "chunked") == 0;
		framing->is_encoded = true;
	} else if (strcasecmp(name, "Host") == 0) {
		survey->hosts++;
	} else if (strcasecmp(name, "If-Match") == 0) {
		survey->conditions++;
	} else if (strcasecmp(name, "Expect") == 0) {
		framing->waits = true;
	} else if (strcasecmp(name, "Authorization") == 0) {
		framing->authorization = survey->authorizations++ == 0 ? value : NULL;
	} else if (strcasecmp(name, "Content-Type") == 0) {
		framing->content_type_is_doubled = framing->content_type != NULL;
		framing->content_type = value;
	}
	return MHD_YES;
}

static bool refuse(struct request *request, unsigned status, const char *why)
{
	request->must_close = true;
	reply_problem(request, status, "framing", "%s", why);
	return false;
}

bool framing_read(struct request *request, const char *version, struct framing *framing)
{
	struct survey survey = {.framing = framing};

	memset(framing, 0, sizeof(*framing));
	MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, look, &survey);
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		return refuse(request, 505, "HTTP/1.1 is spoken here");
	if (request->method[0] == '\0')
		return refuse(request, 400, "the method is too long");
	if (request->path[0] != '/')
		return refuse(request, 400, "the address must begin with /");
	if (survey.has_odd_name)
		return refuse(request, 400, "a header's name holds what no name may");
	if (survey.has_nul)
		return refuse(request, 400, "a header holds a NUL byte");
	/* libmicrohttpd 0.9.75 would check that, too, but sends its answer's headers
	   twice. */
	if (survey.hosts > 1 || (survey.hosts == 0 && strcmp(version, "HTTP/1.1") == 0))
		return refuse(request, 400, "one Host header is needed");
	if (survey.conditions > 1)
		return refuse(request, 400, "If-Match is given twice");
	if (framing->is_encoded && strcmp(version, "HTTP/1.0") == 0)
		return refuse(request, 400, "HTTP/1.0 has no Transfer-Encoding");
	if (survey.lengths > 1)
		return refuse(request, 400, "Content-Length is given twice");
	if (survey.has_odd_length)
		return refuse(request, 400, "Content-Length is not a number");
	if (survey.lengths > 0 && framing->is_encoded)
		return refuse(request, 400,
			"Content-Length and Transfer-Encoding contradict each other");
	return true;
}

bool framing_type_is(const char *content_type, const char *media_type)
{
	size_t length = strcspn(content_type, ";");
	const char *type = text_trim(content_type, &length);

	return length == strlen(media_type) && strncasecmp(type, media_type, length) == 0;
}
