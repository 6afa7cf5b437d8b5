/* watch_words.h - numbers as alerts say them. Pure. Private to daemon/. */
#ifndef DAEMON_WATCH_WORDS_H
#define DAEMON_WATCH_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/reputation.h"
#include "store/store.h"

/* Each writes into text and returns it, so that it can stand among the arguments of a
 * format. */
#define WATCH_WORD_SIZE 48

/* "10,000" */
const char *watch_number(int64_t number, char text[WATCH_WORD_SIZE]);

/* "1 recipient", "10,000 recipients": the plural of a regular noun. */
const char *watch_counted(int64_t number, const char *noun, char text[WATCH_WORD_SIZE]);

/* "5.31 %"; three places where is_fine. Never rounded up: 4.999 % is not 5 %. "no rate"
 * where there is no denominator. */
const char *watch_percent(
	int64_t numerator, int64_t denominator, bool is_fine, char text[WATCH_WORD_SIZE]);

/* "5 %", "0.1 %" */
const char *watch_limit(ppm limit, char text[WATCH_WORD_SIZE]);

/* "7.0 days", "3.5 hours", "12 minutes", "30 seconds" */
const char *watch_span(int64_t span_ms, char text[WATCH_WORD_SIZE]);

/* "3.2 GiB" */
const char *watch_bytes(uint64_t bytes, char text[WATCH_WORD_SIZE]);

/* "bounce", "complaint"; "hard bounce", "complaint". */
const char *watch_metric(enum ses_metric metric);
const char *watch_feedback(enum ses_metric metric);

/* "configuration-set", as the API spells it. */
const char *watch_dimension(enum store_dimension dimension);

#endif
