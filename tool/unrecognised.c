/* unrecognised.c - genuine messages that were not understood. */
#include "tool/unrecognised.h"

#include "base/text.h"
#include "tool/pages.h"
#include "tool/screen.h"
#include "tool/when.h"
#include "tool/words.h"

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
	struct tool *tool = closure;
	char shown[WHEN_SIZE];

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
	struct pages pages = {
		.name = "unrecognised", .limit = limit, .each = add, .closure = tool};
	enum tool_status status;

	status = pages_show(tool, client, "/v1/unrecognised", &pages);
	if (!tool->is_json && status == TOOL_DONE && pages.count == 0)
		fputs("Everything that came was understood.\n", tool->out);
	return status;
}
