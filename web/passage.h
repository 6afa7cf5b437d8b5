/* passage.h - one message on its way from a body to an answer. Private to web/. */
#ifndef WEB_PASSAGE_H
#define WEB_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "ses/event.h"
#include "sns/message.h"
#include "sns/policy.h"
#include "store/store.h"
#include "web/certificates.h"
#include "web/courier.h"
#include "web/inside.h"

/* What has to be done next, and by whom. */
enum passage_next {
	PASSAGE_ANSWERED, /* status, reason and detail are set */
	PASSAGE_FETCH,	  /* the courier: the certificate is not at hand */
	PASSAGE_CONFIRM,  /* the courier: the subscription is to be confirmed */
	PASSAGE_STORE,	  /* the store: job is filled */
};

/*
 * Owns all that the store and the courier are lent while they work on it. Exactly one
 * owner at a time, as with the request: whoever holds it calls passage_judge, then
 * passage_go_on; from then on it belongs to others until finished is called, exactly
 * once, on whichever thread had the last word.
 */
struct passage {
	struct web *web;
	struct web_rules *rules; /* borrowed: held by the owner */
	const char *body;	 /* borrowed */
	size_t body_length;
	bool is_marked_raw; /* a header says raw delivery */
	bool has_no_age_limit;
	utc_ms received;
	void (*finished)(struct passage *passage);
	void *owner; /* the caller's */

	struct sns_message message;
	struct sns_route route;
	struct ses_event event;
	bool has_event;
	bool is_development;
	bool was_on_disk; /* the certificate was looked for there */
	struct certificate_wait wait;
	struct courier_job call; /* to confirm */
	struct buffer call_url;
	char subscription[SNS_ARN_SIZE + 64]; /* as SNS named it when it was confirmed */
	bool confirmation_failed; /* detail says why; the token is being stored */
	struct store_job job;
	char why[512]; /* not understood */

	enum passage_next next;
	unsigned status;
	const char *reason; /* static */
	char detail[512];
	size_t recorded;
};

/* The body must live until finished. */
void passage_init(struct passage *passage, struct web *web, struct web_rules *rules,
	const char *body, size_t length);
void passage_finish(struct passage *passage);

/* Sets the answer. reason is static. */
void passage_answer(struct passage *passage, unsigned status, const char *reason,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* judge.c: parse, policy, signature, inner message: as far as it goes without waiting. */
void passage_judge(struct passage *passage);
/* From the signature on: once a certificate has come. */
void passage_verify(struct passage *passage);

/* handover.c: hands the passage to whom next says. next is not PASSAGE_ANSWERED. finished
 * may be called before this returns. */
void passage_go_on(struct passage *passage);

/* outcome.c: answers. */
void passage_answer_shape(
	struct passage *passage, enum sns_shape shape, const struct error *error);
void passage_answer_verdict(
	struct passage *passage, enum sns_verdict verdict, const struct error *error);
void passage_answer_certificate(struct passage *passage);
void passage_answer_stored(struct passage *passage);

/* confirm.c: whether SNS's answer confirms; then subscription is filled. Else error. */
bool confirmation_read(const struct courier_job *call, char *subscription, size_t size,
	struct error *error) __attribute__((warn_unused_result));

#endif
