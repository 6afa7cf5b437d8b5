/* unrecognised.c - genuine messages that were not understood. */
#include "tool/unrecognised.h"

#include "base/text.h"
#include "tool/pages.h"
#include "tool/screen.h"
#include "tool/stream.h"
#include "tool/when.h"
#include "tool/words.h"

struct list {
	struct tool *tool;
	struct stream stream;
};

static void print_member(
	struct tool *tool, const struct json *kept, const char *name, const char *member)
{
	const char *text = json_text(kept, member);

	if (text_is_empty(text))
		return;
	screen_print(tool, SCREEN_DIM, "  %-9s", name);
	screen_print(tool, SCREEN_PLAIN, "%s", text);
	fputc('\n', tool->out);
}

static void add(void *closure, const struct json *kept)
{
	struct list *list = closure;
	struct tool *tool = list->tool;
	char shown[WHEN_SIZE];

	if (tool->is_json) {
		stream_element(&list->stream, kept);
		return;
	}
	screen_print(
		tool, SCREEN_BOLD, "%s", when_show(json_text(kept, "published"), shown));
	screen_print(tool, SCREEN_WARNING, "  %s", words_member_text(kept, "why", "?"));
	fputc('\n', tool->out);
	print_member(tool, kept, "topic", "topic");
	print_member(tool, kept, "id", "message_id");
	print_member(tool, kept, "subject", "subject");
	print_member(tool, kept, "message", "message");
}

enum tool_status unrecognised_list(
	struct tool *tool, struct client *client, int64_t limit)
{
	struct list list = {.tool = tool};
	struct pages pages = {
		.name = "unrecognised", .limit = limit, .each = add, .closure = &list};
	enum tool_status status;
	struct json *rest;

	if (tool->is_json)
		stream_begin(&list.stream, tool, "unrecognised");
	status = pages_get(client, "/v1/unrecognised", &pages);
	if (tool->is_json && status == TOOL_DONE) {
		rest = json_object();
		json_put_text(rest, "next", pages.next[0] != '\0' ? pages.next : NULL);
		stream_end(&list.stream, rest);
	} else if (status == TOOL_DONE && pages.count == 0) {
		fputs("Everything that came was understood.\n", tool->out);
	}
	return status;
}
