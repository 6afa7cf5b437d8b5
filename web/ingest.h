/* ingest.h - from a body to a stored event: parse, judge, verify, read, store. Private to
 * web/. */
#ifndef WEB_INGEST_H
#define WEB_INGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "web/request.h"

/* The route of POST at the feedback path: answers, or parks the request and answers
 * later. */
void ingest_post(struct request *request);

struct ingest_result {
	unsigned status;      /* as the feedback door would answer */
	const char *reason;   /* as diary_answered; static */
	char detail[512];     /* what is wrong, or "" */
	char message_id[128]; /* SNS's, if the envelope could be read */
	size_t recorded;      /* new events */
};

/* The same for /v1/replay: waits for certificate and store; without the age limit. Not
 * from the store's or courier's thread. */
void ingest_and_wait(struct web *web, struct web_rules *rules, const char *body,
	size_t length, struct ingest_result *result);

/* Applies what was set aside for topics that the rules name now; called at start and
 * after a reload. Returns how many. */
size_t ingest_apply_aside(struct web *web, struct web_rules *rules);

#endif
