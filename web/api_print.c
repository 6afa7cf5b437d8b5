/* api_print.c - JSON that is written straight into an answer, without a tree of it first.
 */
#include "web/api_print.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "web/api_entry.h"

#define DIGITS_MAX 20

/* How long text is if it can stand between quotes as it is; else SIZE_MAX. */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	for (; text[length] != '\0'; length++) {
		unsigned char c = (unsigned char) text[length];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			return SIZE_MAX;
	}
	return length;
}

void print_text(struct buffer *buffer, const char *text)
{
	size_t length = text == NULL ? 0 : plain_length(text);

	if (text == NULL) {
		buffer_append(buffer, "null", 4);
	} else if (length == SIZE_MAX) {
		json_print_text(buffer, text);
	} else {
		buffer_append(buffer, "\"", 1);
		buffer_append(buffer, text, length);
		buffer_append(buffer, "\"", 1);
	}
}

void print_integer(struct buffer *buffer, int64_t number)
{
	char digits[DIGITS_MAX];
	uint64_t rest = number < 0 ? 0 - (uint64_t) number : (uint64_t) number;
	size_t first = DIGITS_MAX;

	do {
		digits[--first] = (char) ('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		digits[--first] = '-';
	buffer_append(buffer, digits + first, DIGITS_MAX - first);
}

/* lead: what comes before it, from the member before to the colon. */
static void member_text(struct buffer *buffer, const char *lead, const char *text)
{
	buffer_append_text(buffer, lead);
	print_text(buffer, text);
}

static void member_time(struct buffer *buffer, const char *lead, utc_ms time)
{
	char text[UTC_TEXT_SIZE];

	utc_format(time, text);
	member_text(buffer, lead, text[0] == '\0' ? NULL : text);
}

static void member_known(struct buffer *buffer, const char *lead, const char *text)
{
	member_text(buffer, lead, text_is_empty(text) ? NULL : text);
}

void print_entry(
	struct buffer *buffer, const struct store_suppression *entry, const char *asked)
{
	if (asked != NULL)
		member_text(buffer, "{\"asked\":", asked);
	member_text(buffer,
		asked != NULL ? ",\"address\":" : "{\"address\":", entry->address);
	member_text(buffer, ",\"original\":", entry->original);
	member_text(buffer, ",\"reason\":", ses_reason_name(entry->reason));
	member_text(buffer, ",\"scope\":", entry->scope == NULL ? "" : entry->scope);
	buffer_append_text(
		buffer, entry->is_certain ? ",\"certain\":true" : ",\"certain\":false");
	member_time(buffer, ",\"since\":", entry->since);
	member_time(buffer, ",\"expires\":", entry->expires);
	member_text(buffer, ",\"at_ses\":", api_at_ses_name(entry->at_ses));
	buffer_append_text(buffer, ",\"event\":");
	if (entry->event > 0)
		print_integer(buffer, entry->event);
	else
		print_text(buffer, NULL);
	member_known(buffer, ",\"note\":", entry->note);
	member_text(buffer, ",\"hand\":", ses_hand_name(entry->hand));
	member_known(buffer, ",\"actor\":", entry->actor);
	buffer_append_text(buffer, "}");
}
