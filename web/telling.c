/* telling.c - what a message says, for channels that people or other programs read. */
#include "web/telling.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define CAUSES_SHOWN 10
#define LINE_MAX_BYTES 4096

static const char *text_of(const struct json *object, const char *name)
{
	const char *text = json_text(object, name);

	return text == NULL ? "" : text;
}

static utc_ms time_of(const struct json *object, const char *name)
{
	utc_ms time;

	return utc_parse(text_of(object, name), &time) ? time : UTC_NONE;
}

bool telling_read(struct telling *telling, const char *payload, struct error *error)
{
	const struct json *data;

	memset(telling, 0, sizeof(*telling));
	telling->root = json_parse(payload, strlen(payload), JSON_REPAIR, error);
	if (telling->root == NULL)
		return error_prefix(error, "the message");
	data = json_member(telling->root, "data");
	telling->data = data;
	telling->type = text_of(telling->root, "type");
	telling->at = time_of(telling->root, "timestamp");
	telling->alert = text_of(data, "alert");
	telling->object = text_of(data, "object");
	telling->level = text_of(data, "level");
	telling->previous = text_of(data, "previous");
	telling->text = text_of(data, "text");
	telling->advice = text_of(data, "advice");
	telling->account = text_of(data, "account");
	telling->region = text_of(data, "region");
	telling->metric = text_of(data, "metric");
	telling->since = time_of(data, "since");
	telling->is_fired = text_equal(telling->type, "alert.fired");
	telling->is_resolved = text_equal(telling->type, "alert.resolved");
	return true;
}

void telling_finish(struct telling *telling)
{
	json_free(telling->root);
	memset(telling, 0, sizeof(*telling));
}

bool telling_append(struct buffer *buffer, const char *value)
{
	size_t begun = buffer->length;

	if (!buffer_append_text(buffer, value))
		return false;
	for (size_t i = begun; i < buffer->length; i++)
		if ((unsigned char) buffer->bytes[i] < ' ' || buffer->bytes[i] == 0x7f)
			buffer->bytes[i] = ' ';
	return true;
}

static void add_headline(const struct telling *telling, struct buffer *title)
{
	static const struct {
		const char *level, *words;
	} levels[] = {
		{"warning", "WARNING"},
		{"critical", "CRITICAL"},
		{"over-review-limit", "OVER THE REVIEW LIMIT"},
		{"over-pause-limit", "OVER THE PAUSE LIMIT"},
	};
	const char *words = telling->is_resolved ? "resolved"
			    : telling->is_fired	 ? telling->level
						 : telling->type;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (text_equal(words, levels[i].level))
			words = levels[i].words;
	telling_append(title, words[0] == '\0' ? "message" : words);
}

/* "bounce rate 5.84 % of 111122223333/eu-west-1": the object without its last word, the
 * metric. Cut, not rounded: what reads as a limit has reached it. */
static bool add_rate(const struct telling *telling, struct buffer *title)
{
	size_t length = strlen(telling->object);
	size_t metric_length = strlen(telling->metric);
	int64_t numerator, denominator, parts;
	char *object;

	if (metric_length == 0 || length <= metric_length + 1 ||
		!text_ends(telling->object, telling->metric) ||
		!json_integer(telling->data, "numerator", &numerator) ||
		!json_integer(telling->data, "denominator", &denominator) ||
		numerator < 0 || numerator > denominator || denominator == 0)
		return false;
	object = text_copy(telling->object, length - metric_length - 1);
	if (object == NULL) {
		title->failed = true;
		return true;
	}
	parts = (int64_t) ((double) numerator * 10000.0 / (double) denominator);
	buffer_append_text(title, ": ");
	telling_append(title, telling->metric);
	buffer_format(title, " rate %" PRId64 ".%02" PRId64 " %% of ", parts / 100,
		parts % 100);
	telling_append(title, object);
	free(object);
	return true;
}

static void add_subject(const struct telling *telling, struct buffer *title)
{
	if (telling->alert[0] != '\0') {
		buffer_append_text(title, ": ");
		telling_append(title, telling->alert);
	}
	if (telling->object[0] != '\0') {
		buffer_append_text(title, telling->alert[0] != '\0' ? " of " : ": ");
		telling_append(title, telling->object);
	}
}

bool telling_title(const struct telling *telling, struct buffer *title)
{
	struct buffer whole;
	size_t length;
	bool is_made;

	buffer_init(&whole, LINE_MAX_BYTES * 4);
	add_headline(telling, &whole);
	if (!add_rate(telling, &whole))
		add_subject(telling, &whole);
	length = whole.length < TELLING_TITLE_MAX ? whole.length : TELLING_TITLE_MAX;
	is_made =
		!whole.failed && whole.bytes != NULL &&
		buffer_append(title, whole.bytes, utf8_without_half(whole.bytes, length));
	buffer_finish(&whole);
	return is_made;
}

/* ---- the text ---- */

static void add_line(struct buffer *text, const char *label, const char *value)
{
	if (value[0] == '\0')
		return;
	buffer_append_text(text, label);
	telling_append(text, value);
	buffer_append_text(text, "\n");
}

static void add_level(const struct telling *telling, struct buffer *text)
{
	char since[UTC_TEXT_SIZE];

	if (!telling->is_fired && !telling->is_resolved)
		return;
	buffer_append_text(text, "Level: ");
	telling_append(text, telling->level);
	if (telling->previous[0] != '\0' &&
		!text_equal(telling->previous, telling->level)) {
		buffer_append_text(text, ", before it ");
		telling_append(text, telling->previous);
	}
	buffer_append_text(text, "\n");
	if (telling->since != UTC_NONE)
		add_line(text, "Since: ", utc_format(telling->since, since));
}

static void add_cause(const struct json *cause, struct buffer *text)
{
	static const struct {
		const char *name, *one, *many;
	} counts[] = {
		{"hard_bounces", "hard bounce", "hard bounces"},
		{"complaints", "complaint", "complaints"},
	};
	int64_t number;
	double share;

	buffer_append_text(text, "- ");
	telling_append(text, text_of(cause, "by"));
	buffer_append_text(text, " ");
	telling_append(text, text_of(cause, "key"));
	for (size_t i = 0; i < 2; i++)
		if (json_integer(cause, counts[i].name, &number) && number > 0)
			buffer_format(text, ", %" PRId64 " %s", number,
				number == 1 ? counts[i].one : counts[i].many);
	/* A reply has no mail of its own. */
	if (json_integer(cause, "denominator", &number) && number > 0)
		buffer_format(text, " of %" PRId64, number);
	if (json_as_number(json_member(cause, "share"), &share) && share >= 0 &&
		share <= 1)
		buffer_format(text, " (%.0f %% of all)", share * 100);
	buffer_append_text(text, "\n");
}

static void add_causes(const struct json *causes, struct buffer *text)
{
	const struct json *cause = json_is_array(causes) ? json_first(causes) : NULL;

	if (cause == NULL)
		return;
	buffer_append_text(text, "\nCauses:\n");
	for (size_t i = 0; cause != NULL && i < CAUSES_SHOWN; i++) {
		add_cause(cause, text);
		cause = json_next(cause);
	}
}

bool telling_text(const struct telling *telling, struct buffer *text)
{
	char at[UTC_TEXT_SIZE];

	add_line(text, "", telling->text);
	add_level(telling, text);
	/* What comes late is not taken for what is. */
	if (telling->at != UTC_NONE)
		add_line(text, "Told: ", utc_format(telling->at, at));
	add_causes(json_member(telling->data, "causes"), text);
	if (telling->advice[0] != '\0')
		add_line(text, "\nWhat to do: ", telling->advice);
	return !text->failed;
}
