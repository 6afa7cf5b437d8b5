/* watch_messages.h - what is told of an alert, and to which channels. Pure.
 * Private to daemon/. */
#ifndef DAEMON_WATCH_MESSAGES_H
#define DAEMON_WATCH_MESSAGES_H

#include "daemon/watch_book.h"
#include "web/web.h"

/* Bits 1 << level: those that were stepped over from one to the other, the reached one
 * included; of a kind without the levels of rates there are two. One that stays where it
 * is has itself. Nothing at or below ok. */
unsigned watch_passed(
	const struct ses_alert_kind *kind, enum ses_level before, enum ses_level after);

/* Whether a channel is to be told. */
bool watch_channel_wants(const struct web_channel *channel,
	const struct ses_alert_kind *kind, enum ses_alert_step step, unsigned passed);

struct watch_words {
	const char *text, *advice;
	struct json *causes; /* taken over; NULL none */
};

/* The object "data" of a message, and of the alert in the store. own: members that are
 * particular to it, may be NULL. */
struct json *watch_data(const struct watch_news *news, unsigned passed,
	const struct watch_words *words, const struct json *own);

/* The whole message; data is taken over. Freed by the caller, NULL without memory. */
char *watch_payload(const char *type, utc_ms now, struct json *data);

#endif
