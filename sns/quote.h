/* quote.h - a text from the wire, short and harmless enough for an error message. Private
 * to sns/. */
#ifndef SNS_QUOTE_H
#define SNS_QUOTE_H

#define SNS_QUOTE_SIZE 96

/* Copies text with everything but printable ASCII as '?', and "..." for what has no room.
 * Returns quoted. */
const char *sns_quote(const char *text, char quoted[SNS_QUOTE_SIZE]);

#endif
