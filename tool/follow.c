/* follow.c - events as they come. */
#include "tool/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "tool/event.h"
#include "tool/pages.h"
#include "tool/path.h"
#include "tool/words.h"

#define LOOK_AGAIN_MS 1000

/* What came since the last look, newest first, as the API gives it. */
struct batch {
	char **events; /* JSON */
	size_t count, capacity;
	bool is_short_of_memory;
};

struct follow {
	struct tool *tool;
	struct table *table;
	int64_t last; /* the highest id seen */
};

static void keep(void *closure, const struct json *event)
{
	struct batch *batch = closure;
	size_t capacity = batch->capacity == 0 ? 64 : batch->capacity * 2;
	char **events;

	if (batch->count == batch->capacity) {
		events = realloc(batch->events, capacity * sizeof(*events));
		if (events == NULL) {
			batch->is_short_of_memory = true;
			return;
		}
		batch->events = events;
		batch->capacity = capacity;
	}
	batch->events[batch->count] = json_print(event);
	if (batch->events[batch->count] == NULL)
		batch->is_short_of_memory = true;
	else
		batch->count++;
}

static void batch_finish(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		free(batch->events[i]);
	free(batch->events);
	memset(batch, 0, sizeof(*batch));
}

static void show_one(struct follow *follow, const char *text)
{
	struct json *event = json_parse(text, strlen(text), JSON_REPAIR, NULL);
	int64_t id = words_member_integer(event, "id");
	struct buffer line;

	if (id > follow->last)
		follow->last = id;
	if (follow->tool->is_json) {
		buffer_init(&line, SIZE_MAX / 8);
		if (screen_escape_json(&line, text, strlen(text)))
			fprintf(follow->tool->out, "%s\n", line.bytes);
		buffer_finish(&line);
	} else {
		event_add(follow->table, event);
	}
	json_free(event);
}

static enum tool_status look(
	struct follow *follow, struct client *client, const char *path, int64_t limit)
{
	struct batch batch = {0};
	struct pages pages = {
		.name = "events", .limit = limit, .each = keep, .closure = &batch};
	enum tool_status status = pages_get(client, path, &pages);

	if (status == TOOL_DONE && batch.is_short_of_memory)
		status = tool_fail(follow->tool, TOOL_UNREACHABLE, "out of memory");
	for (size_t i = batch.count; status == TOOL_DONE && i > 0; i--)
		show_one(follow, batch.events[i - 1]);
	batch_finish(&batch);
	if (!follow->tool->is_json)
		table_flush(follow->table, follow->tool, 0);
	fflush(follow->tool->out);
	return status;
}

/* Only what is newer than the last: by id, which grows with recording. */
static enum tool_status look_again(
	struct follow *follow, struct client *client, const char *path)
{
	enum tool_status status;
	struct buffer whole;
	char number[24];

	buffer_init(&whole, 2 * PATH_LIMIT);
	buffer_append_text(&whole, path);
	snprintf(number, sizeof(number), "%" PRId64, follow->last);
	if (follow->last > 0)
		path_query(&whole, "after", number);
	status = whole.failed ? tool_fail(follow->tool, TOOL_UNREACHABLE, "out of memory")
			      : look(follow, client, whole.bytes, 0);
	buffer_finish(&whole);
	return status;
}

enum tool_status follow_events(
	struct tool *tool, struct client *client, const char *path, int64_t first)
{
	static const struct timespec pause = {
		LOOK_AGAIN_MS / 1000, LOOK_AGAIN_MS % 1000 * 1000000L};
	struct follow follow = {.tool = tool, .table = event_table()};
	enum tool_status status;

	if (follow.table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = look(&follow, client, path, first);
	while (status == TOOL_DONE && !ferror(tool->out)) {
		nanosleep(&pause, NULL);
		status = look_again(&follow, client, path);
	}
	table_free(follow.table);
	return status;
}
