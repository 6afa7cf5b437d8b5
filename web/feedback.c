/* feedback.c - the feedback door: what is behind it, and who is turned away. */
#include "web/doors.h"

#include <string.h>

#include "web/access.h"
#include "web/ingest.h"
#include "web/inside.h"

/* SNS's 256 KiB, escaped once more, can swell to 1.6 MiB. */
#define BODY_MAX ((size_t) 2 << 20)

static const char help_page[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<title>ses-feedbackd: an address for Amazon SNS</title>\n"
	"<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;"
	"padding:0 1rem}code{background:#eee;padding:0 .2em}</style>\n"
	"</head>\n"
	"<body>\n"
	"<h1>This address is for Amazon SNS</h1>\n"
	"<p>Amazon SES tells what became of your mail (bounces, complaints, deliveries) "
	"through an SNS topic, and SNS posts it here. There is nothing to see in a "
	"browser; "
	"but that you read this says that the address can be reached.</p>\n"
	"<h2>To subscribe a topic</h2>\n"
	"<ol>\n"
	"<li>Put the topic's ARN into section <code>[sns]</code> of the daemon's "
	"configuration, as <code>topic = arn:aws:sns:…</code>, and reload it.</li>\n"
	"<li>In the SNS console create a subscription of that topic: protocol "
	"<b>HTTPS</b>, endpoint <b>this page's address</b>, raw message delivery "
	"<b>off</b>.</li>\n"
	"<li>The subscription is confirmed by itself, or, with <code>confirm = "
	"manual</code>, by <code>ses-feedback topics confirm ARN</code>.</li>\n"
	"<li>In SES choose that topic for the feedback of an identity, or as an event "
	"destination of a configuration set.</li>\n"
	"<li><code>ses-feedback status</code> on the server shows what has come.</li>\n"
	"</ol>\n"
	"<p>SNS accepts only an https address whose certificate comes from a public "
	"authority.</p>\n"
	"</body>\n"
	"</html>\n";

void feedback_note_refusal(const struct request *request, const char *reason)
{
	diary_answered(request->web->diary, reason, request->status);
}

static bool is_get(const struct request *request)
{
	return strcmp(request->method, "GET") == 0 ||
	       strcmp(request->method, "HEAD") == 0;
}

static bool is_feedback_path(const struct request *request)
{
	return strcmp(request->path, request->rules->feedback_path) == 0;
}

static bool is_health_path(const struct request *request)
{
	return strcmp(request->path, "/healthz") == 0;
}

static bool type_is_snss(const struct framing *framing)
{
	if (framing->content_type == NULL)
		return true;
	return !framing->content_type_is_doubled &&
	       (framing_type_is(framing->content_type, "text/plain") ||
		       framing_type_is(framing->content_type, "application/json"));
}

static void refuse_method(struct request *request, const char *allow)
{
	reply_problem(
		request, 405, "method", "%s is not for this address", request->method);
	reply_header(request, "Allow", allow);
	feedback_note_refusal(request, "method");
}

static void refuse_post(
	struct request *request, unsigned status, const char *reason, const char *why)
{
	reply_problem(request, status, reason, "%s", why);
	feedback_note_refusal(request, reason);
	diary_refused(request->web->diary, reason, status, NULL, why);
}

static void admit_post(struct request *request, const struct framing *framing)
{
	if (!framing->has_length) {
		/* Where the body ends can't be told for sure. */
		request->must_close = true;
		refuse_post(request, 411, "length-required",
			"a POST needs a Content-Length and no Transfer-Encoding");
	} else if (!access_has_credentials(request->rules, framing->authorization)) {
		/* SNS asks first without them, and again with them once it has seen the
		   challenge: not worth a line in the log. */
		reply_problem(request, 401, "unauthorized", "credentials are needed");
		reply_header(
			request, "WWW-Authenticate", "Basic realm=\"ses-feedbackd\"");
		feedback_note_refusal(request, "unauthorized");
	} else if (!type_is_snss(framing)) {
		refuse_post(request, 415, "media-type",
			"SNS sends text/plain or application/json");
	} else if (framing->length > BODY_MAX) {
		refuse_post(request, 413, "too-large", "the body is larger than 2 MiB");
	} else {
		request->body.limit = BODY_MAX;
	}
}

void feedback_admit(struct request *request, const struct framing *framing)
{
	bool is_feedback = is_feedback_path(request);

	if (framing->is_encoded)
		request->must_close = true;
	if (!is_feedback && !is_health_path(request)) {
		reply_problem(request, 404, "not-found", "there is nothing here");
		feedback_note_refusal(request, "not-found");
	} else if (is_get(request)) {
		if (framing->is_encoded)
			refuse_post(request, 411, "length-required",
				"no Transfer-Encoding is taken here");
	} else if (!is_feedback) {
		refuse_method(request, "GET, HEAD");
	} else if (strcmp(request->method, "POST") == 0) {
		admit_post(request, framing);
	} else {
		refuse_method(request, "GET, HEAD, POST");
	}
}

void feedback_serve(struct request *request)
{
	if (!is_get(request)) {
		ingest_post(request);
	} else if (is_feedback_path(request)) {
		reply_text(request, 200, "text/html; charset=utf-8", help_page);
		diary_answered(request->web->diary, "help-page", 200);
	} else {
		reply_text(request, 200, "text/plain; charset=utf-8", "ok\n");
	}
}
