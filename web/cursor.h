/* cursor.h - where a list goes on: a position as an opaque text. Private to web/. */
#ifndef WEB_CURSOR_H
#define WEB_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

/* Which list a cursor belongs to: one list's cursor is damaged goods for another. */
enum cursor_kind {
	CURSOR_SUPPRESSIONS = 's',
	CURSOR_EXCEPTIONS = 'x',
	CURSOR_CHANGES = 'c',
	CURSOR_EVENTS = 'e',
	CURSOR_UNRECOGNISED = 'u',
	CURSOR_ALERTS = 'a',
};

/* A position that was read: two texts, or one and "". Emptied by cursor_finish. */
struct cursor {
	char *bytes; /* owns first and second; NULL: from the beginning */
	const char *first, *second;
};

/*
 * The position after (first, second), made of letters, digits, - and _ only, so that it
 * needs no escaping in a query. Carries a few digest bytes by which cursor_read knows
 * damage; they are no secret and guard nothing. Freed by the caller; NULL without memory.
 */
char *cursor_write(enum cursor_kind kind, const char *first, const char *second);
char *cursor_write_id(enum cursor_kind kind, int64_t id);

/* False, with cursor untouched, if the text is not what cursor_write gave for that kind.
 * Without memory: false too. */
bool cursor_read(const char *text, enum cursor_kind kind, struct cursor *cursor)
	__attribute__((warn_unused_result));

/* The position as an id above 0; false if it is none. */
bool cursor_read_id(const char *text, enum cursor_kind kind, int64_t *id)
	__attribute__((warn_unused_result));

/* Takes one that was read or zeroed. */
void cursor_finish(struct cursor *cursor);

#endif
