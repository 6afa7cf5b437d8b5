/* stream.c - one JSON document with a list in it that is printed as it comes. */
#include "tool/stream.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tool/screen.h"

void stream_begin(struct stream *stream, struct tool *tool, const char *name)
{
	memset(stream, 0, sizeof(*stream));
	stream->tool = tool;
	stream->name = name;
}

static void print_beginning(struct stream *stream)
{
	fprintf(stream->tool->out,
		stream->tool->is_terminal ? "{\n\t\"%s\": [" : "{\"%s\":[", stream->name);
}

/* Every line but the first is indented twice more. */
static void print_indented(FILE *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		fputc(text[i], out);
		if (text[i] == '\n')
			fputs("\t\t", out);
	}
}

void stream_element(struct stream *stream, const struct json *element)
{
	struct tool *tool = stream->tool;
	char *text = tool->is_terminal ? json_print_pretty(element) : json_print(element);
	struct buffer escaped;

	buffer_init(&escaped, SIZE_MAX / 8);
	if (text == NULL || !screen_escape_json(&escaped, text, strlen(text))) {
		tool->is_cut = true;
		goto out;
	}
	if (stream->count == 0)
		print_beginning(stream);
	else
		fputc(',', tool->out);
	if (tool->is_terminal) {
		fputs("\n\t\t", tool->out);
		print_indented(tool->out, escaped.bytes, escaped.length);
	} else {
		fwrite(escaped.bytes, 1, escaped.length, tool->out);
	}
	stream->count++;
out:
	buffer_finish(&escaped);
	free(text);
}

static void print_rest(struct stream *stream, const struct json *rest)
{
	struct tool *tool = stream->tool;

	for (const struct json *member = json_first(rest); member != NULL;
		member = json_next(member)) {
		char *text = json_print(member);
		struct buffer buffer;

		buffer_init(&buffer, SIZE_MAX / 8);
		json_print_text(&buffer, json_name(member));
		buffer_append_text(&buffer, tool->is_terminal ? ": " : ":");
		if (text == NULL || !screen_escape_json(&buffer, text, strlen(text)))
			tool->is_cut = true;
		else
			fprintf(tool->out, "%s%s", tool->is_terminal ? ",\n\t" : ",",
				buffer.bytes);
		buffer_finish(&buffer);
		free(text);
	}
}

void stream_end(struct stream *stream, struct json *rest)
{
	struct tool *tool = stream->tool;

	if (stream->count == 0)
		print_beginning(stream);
	fputs(tool->is_terminal && stream->count > 0 ? "\n\t]" : "]", tool->out);
	print_rest(stream, rest);
	fputs(tool->is_terminal ? "\n}\n" : "}\n", tool->out);
	json_free(rest);
}
