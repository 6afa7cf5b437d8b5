/* mime.h - the parts of a mail, as RFC 5322, 2045 and 2047 ask. Pure. Private to web/. */
#ifndef WEB_MIME_H
#define WEB_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/clock.h"

/* "Tue, 24 Nov 2026 14:45:15 +0000". */
#define MIME_DATE_SIZE 40
const char *mime_date(utc_ms time, char text[MIME_DATE_SIZE]);

/*
 * The value of a header such as Subject: as it is where that is printable ASCII, else as
 * encoded words (RFC 2047) in UTF-8, each on a line of its own. Control characters, line
 * ends among them, become blanks: a value can't begin another header. False without
 * memory.
 */
bool mime_words(struct buffer *header, const char *text);

/* The address of "NAME <ADDRESS>", or of what is an address alone; freed by the caller.
 * NULL if there is a control character in it, a blank or a bracket too many, or nothing;
 * or without memory. */
char *mime_address(const char *mailbox);

/* "NAME <ADDRESS>" for a header: the name as mime_words. False for what mime_address
 * refuses, or without memory. */
bool mime_mailbox(struct buffer *header, const char *mailbox);

/* A text in UTF-8 as quoted-printable, each "\n" of it a line end: only ASCII, no line
 * longer than 76. */
bool mime_quoted_printable(struct buffer *body, const char *text, size_t length);

#endif
