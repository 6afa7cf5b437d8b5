/* screen.h - text from anywhere, made fit for a terminal: escaped, measured, coloured. */
#ifndef TOOL_SCREEN_H
#define TOOL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/json.h"
#include "tool/tool.h"

/*
 * Adds text so that a terminal shows it and obeys none of it: control characters (C0,
 * DEL, C1) become \n \t \r or \xHH, bytes that are no UTF-8 \xHH, and characters that
 * turn the direction of writing or hide themselves \uHHHH. Everything else stays as it
 * is.
 */
bool screen_escape(struct buffer *buffer, const char *text, size_t length);

/* The same, printed. NULL prints nothing. */
void screen_put(FILE *out, const char *text);

/* How many columns well-formed, escaped UTF-8 takes: wide characters two, combining ones
 * none. */
size_t screen_width(const char *text, size_t length);

enum screen_style {
	SCREEN_PLAIN,
	SCREEN_BOLD,
	SCREEN_DIM,
	SCREEN_GOOD,
	SCREEN_WARNING,
	SCREEN_DANGER,
	SCREEN_ALARM, /* reversed: to be seen at once */
};

/* Prints text, escaped; in its style where the tool has colour. */
void screen_print(struct tool *tool, enum screen_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Prints a document and a newline: indented on a terminal, else compact. What a terminal
 * might obey is written as \uHHHH, which is the same JSON. Out of memory: false.
 */
bool screen_print_json(struct tool *tool, const struct json *json);

/* The same JSON text with what a terminal might obey as \uHHHH. */
bool screen_escape_json(struct buffer *buffer, const char *text, size_t length);

#endif
