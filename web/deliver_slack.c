/* deliver_slack.c - an incoming webhook as Slack has them: {"text": …}. */
#include "web/deliver.h"

#include <stdlib.h>

#include "base/text.h"
#include "web/deliver_http.h"
#include "web/telling.h"

/* Slack cuts at 40,000 characters and asks for 4,000. */
#define TEXT_MAX 3800
#define WHOLE_MAX ((size_t) 1 << 20)

/* As Slack's "Formatting text for app surfaces" asks: these three, and no others. A
 * mail's
 * "<!channel>" is then mere text. */
static bool append_escaped(struct buffer *text, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '&')
			buffer_append_text(text, "&amp;");
		else if (bytes[i] == '<')
			buffer_append_text(text, "&lt;");
		else if (bytes[i] == '>')
			buffer_append_text(text, "&gt;");
		else
			buffer_append(text, bytes + i, 1);
	}
	return !text->failed;
}

static char *print(const struct buffer *text)
{
	struct json *object = json_object();
	char *printed;

	json_put_text(object, "text", text->bytes);
	printed = json_print(object);
	json_free(object);
	return printed;
}

char *deliver_slack_body(const struct deliver_order *order, struct error *error)
{
	struct buffer title, plain, text;
	struct telling telling;
	char *body = NULL;
	size_t length;

	if (!telling_read(&telling, order->payload, error))
		return NULL;
	buffer_init(&title, WHOLE_MAX);
	buffer_init(&plain, WHOLE_MAX);
	buffer_init(&text, WHOLE_MAX);
	if (telling_title(&telling, &title) && telling_text(&telling, &plain)) {
		length = plain.length < TEXT_MAX ? plain.length : TEXT_MAX;
		buffer_append_text(&text, "*");
		append_escaped(&text, title.bytes, title.length);
		buffer_append_text(&text, "*\n");
		if (length > 0 &&
			append_escaped(&text, plain.bytes,
				utf8_without_half(plain.bytes, length)) &&
			length < plain.length)
			buffer_append_text(&text, "…");
		if (!text.failed)
			body = print(&text);
	}
	if (body == NULL)
		error_set(error, "out of memory");
	buffer_finish(&title);
	buffer_finish(&plain);
	buffer_finish(&text);
	telling_finish(&telling);
	return body;
}

void deliver_slack(const struct deliver_order *order, struct deliver_outcome *outcome)
{
	char *body = deliver_slack_body(order, &outcome->said);

	if (body == NULL)
		deliver_refuse(outcome);
	else
		deliver_post(order, order->channel->url, body, NULL, outcome);
	free(body);
}
