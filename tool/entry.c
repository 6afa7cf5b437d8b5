/* entry.c - an entry of the suppression list as a person reads it. */
#include "tool/entry.h"

#include <inttypes.h>

#include "base/text.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/words.h"

const char *entry_reason(const struct json *entry)
{
	const char *reason = words_member_text(entry, "reason", "unknown");
	bool is_certain;

	if (text_equal(reason, "complaint") &&
		json_boolean(entry, "certain", &is_certain) && !is_certain)
		return "complaint (one of several suspects)";
	return reason;
}

const char *entry_scope(const struct json *entry)
{
	return words_member_text(entry, "scope", "everything");
}

const char *entry_expires(const struct json *entry, char shown[WHEN_SIZE])
{
	const char *expires = json_text(entry, "expires");

	return expires == NULL ? "never" : when_show(expires, shown);
}

static void print_member(struct tool *tool, const char *name, const char *value)
{
	screen_print(tool, SCREEN_BOLD, "  %-12s", name);
	screen_print(tool, SCREEN_PLAIN, "%s", value);
	fputc('\n', tool->out);
}

void entry_print(struct tool *tool, const struct json *entry)
{
	const char *original = json_text(entry, "original");
	const char *address = words_member_text(entry, "address", "?");
	char shown[WHEN_SIZE], number[WORDS_SIZE];
	int64_t event;

	screen_print(tool, SCREEN_BOLD, "%s", address);
	fputs(" is ", tool->out);
	screen_print(tool, SCREEN_DANGER, "suppressed");
	fputc('\n', tool->out);
	print_member(tool, "reason", entry_reason(entry));
	print_member(tool, "scope", entry_scope(entry));
	print_member(tool, "since", when_show(json_text(entry, "since"), shown));
	print_member(tool, "expires", entry_expires(entry, shown));
	if (!text_is_empty(original) && !text_equal(original, address))
		print_member(tool, "written as", original);
	print_member(tool, "at SES", words_member_text(entry, "at_ses", "unknown"));
	if (json_integer(entry, "event", &event)) {
		snprintf(number, sizeof(number), "%" PRId64, event);
		print_member(tool, "event", number);
	}
	if (!text_is_empty(json_text(entry, "actor")))
		print_member(tool, "by", json_text(entry, "actor"));
	if (!text_is_empty(json_text(entry, "note")))
		print_member(tool, "note", json_text(entry, "note"));
}

enum tool_status entry_ask(struct tool *tool, const char *method, const char *address,
	const char *scope, struct client **client, struct answer *answer)
{
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/suppressions/");
	path_encode(&path, address);
	path_query(&path, "scope", scope);
	if (path.failed)
		status = tool_fail(tool, TOOL_USAGE, "the address is too long");
	else
		status = client_open(tool, client);
	if (status == TOOL_DONE)
		status = client_ask(*client, method, path.bytes, NULL, 0, answer);
	buffer_finish(&path);
	return status;
}
