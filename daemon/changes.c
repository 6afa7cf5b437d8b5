/* changes.c - what a reload found changed and can't change. */
#include "daemon/changes.h"

#include "base/buffer.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/values.h"

#define VALUE_MAX 4096

struct comparison {
	changes_each *each;
	void *closure;
	size_t found;
};

static void compare_texts(struct comparison *comparison, const char *key,
	const char *running, const char *read)
{
	if (text_equal(running, read))
		return;
	comparison->found++;
	comparison->each(comparison->closure, key, running ? running : "nothing",
		read ? read : "nothing");
}

/* The values in one line. A line too long or no memory compares as different. */
static void compare_lists(struct comparison *comparison, const char *key,
	const struct config_texts *running, const struct config_texts *read)
{
	const struct config_texts *const lists[] = {running, read};
	struct buffer lines[2];

	for (int i = 0; i < 2; i++) {
		buffer_init(&lines[i], VALUE_MAX);
		for (size_t j = 0; j < lists[i]->count; j++)
			buffer_format(
				&lines[i], "%s%s", j > 0 ? " " : "", lists[i]->items[j]);
	}
	compare_texts(comparison, key, lines[0].bytes, lines[1].bytes);
	buffer_finish(&lines[0]);
	buffer_finish(&lines[1]);
}

static void compare_times(struct comparison *comparison, const char *key,
	int64_t running_ms, int64_t read_ms)
{
	char running[VALUE_TIME_SIZE], read[VALUE_TIME_SIZE];

	value_time_print(running_ms, running);
	value_time_print(read_ms, read);
	compare_texts(comparison, key, running, read);
}

size_t changes_find(const struct config *running, const struct config *read,
	changes_each *each, void *closure)
{
	struct comparison comparison = {.each = each, .closure = closure};

	compare_lists(&comparison, "[feedback] listen", &running->feedback.listen,
		&read->feedback.listen);
	compare_texts(
		&comparison, "[admin] socket", running->admin.socket, read->admin.socket);
	compare_texts(
		&comparison, "[admin] listen", running->admin.listen, read->admin.listen);
	compare_texts(&comparison, "[sns] certificates", running->sns.certificates,
		read->sns.certificates);
	compare_texts(&comparison, "[store] path", running->store.path, read->store.path);
	compare_times(&comparison, "[store] keep_events", running->store.keep_events_ms,
		read->store.keep_events_ms);
	return comparison.found;
}

static void log_change(
	void *closure, const char *key, const char *running, const char *read)
{
	(void) closure;
	log_warning("%s: a reload can't change it from %s to %s, keeping the old value; "
		    "restart the daemon for the new one",
		key, running, read);
}

void changes_log(const struct config *running, const struct config *read)
{
	changes_find(running, read, log_change, NULL);
}
