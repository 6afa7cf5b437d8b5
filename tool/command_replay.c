/* command_replay.c - SNS messages that were missed, through the same verification. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/documents.h"
#include "tool/input.h"
#include "tool/replay.h"
#include "tool/wrapping.h"

struct reading {
	struct replay *replay;
	struct replay_place place;
	bool is_stopped;
};

static bool add_message(void *closure, const char *text, size_t length)
{
	struct reading *reading = closure;

	reading->is_stopped = !replay_add(reading->replay, text, length, &reading->place);
	return !reading->is_stopped;
}

static bool refuse(void *closure, const char *why)
{
	struct reading *reading = closure;

	reading->is_stopped = !replay_refuse(reading->replay, &reading->place, why);
	return !reading->is_stopped;
}

/* Newlines stand between tokens only: elsewhere they are no JSON. */
static void make_one_line(struct buffer *document)
{
	for (size_t i = 0; i < document->length; i++)
		if (document->bytes[i] == '\n')
			document->bytes[i] = ' ';
}

/* An SNS message goes as it stands in the file, so that the daemon judges the very bytes;
 * what is wrapped is printed anew. */
static void read_document(struct reading *reading, struct buffer *document, bool is_cut)
{
	const struct wrapping_reader reader = {add_message, refuse, reading};
	struct error error;
	struct json *json;

	if (is_cut) {
		refuse(reading, "the document ends in the middle, or is too large");
		return;
	}
	json = json_parse(document->bytes, document->length, JSON_STRICT, &error);
	if (json == NULL) {
		refuse(reading, error.text);
	} else if (wrapping_recognise(json) == WRAPPING_NONE) {
		make_one_line(document);
		add_message(reading, document->bytes, document->length);
	} else {
		wrapping_open(json, &reader);
	}
	json_free(json);
}

/* False when nothing more is to be sent. */
static bool read_file(struct replay *replay, const char *path)
{
	struct reading reading = {.replay = replay, .place = {.file = path}};
	struct documents documents;
	struct error error;
	FILE *file = input_open(path, &error);

	if (file == NULL) {
		replay->worst = tool_worse(replay->worst,
			tool_fail(replay->tool, TOOL_USAGE, "%s: %s", path, error.text));
		return true;
	}
	documents_init(&documents, file);
	while (!reading.is_stopped && documents_next(&documents)) {
		reading.place.line = documents.first_line;
		read_document(&reading, &documents.document, documents.is_cut);
	}
	if (!reading.is_stopped && ferror(file))
		replay->worst = tool_worse(replay->worst,
			tool_fail(replay->tool, TOOL_USAGE,
				"%s: cannot be read to its end", input_name(path)));
	documents_finish(&documents);
	input_close(file);
	return !reading.is_stopped;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct replay replay;
	struct client *client;
	enum tool_status status = client_open(tool, &client);
	bool goes_on = true;

	if (status != TOOL_DONE)
		return status;
	replay_init(&replay, tool, client);
	for (size_t i = 0; goes_on && i < options->word_count; i++)
		goes_on = read_file(&replay, options->words[i]);
	if (goes_on)
		replay_send(&replay);
	status = replay_say_sum(&replay);
	replay_finish(&replay);
	client_close(client);
	return status;
}

const struct command command_replay = {
	.name = "replay",
	.arguments = "FILE... | -",
	.summary = "sends missed SNS messages, such as a dead-letter queue's",
	.description =
		"Sends SNS messages through the same verification as at the feedback "
		"door, "
		"but\nwithout its age limit. What is stored already is counted once: "
		"replaying "
		"twice\ndoes no harm. A file holds one JSON document a line, or "
		"documents over "
		"many\nlines: SNS messages, what \"aws sqs receive-message\" prints, "
		"Lambda "
		"events.\nEach message that is refused is told, and why; at the end one "
		"summary. Exit status\n1 if any was refused, 2 if a file cannot be read, "
		"3 if "
		"any could not be stored\nnow: then run it again.\n",
	.examples =
		"  aws sqs receive-message --queue-url URL --max-number-of-messages 10 "
		"\\\n    | ses-feedback replay -\n"
		"  ses-feedback replay dead-letters.ndjson\n"
		"  ses-feedback --json replay *.json | jq .summary\n",
	.options = NULL,
	.words_least = 1,
	.words_most = COMMAND_WORDS_ANY,
	.run = run,
};
