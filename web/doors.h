/* doors.h - what each door does with a request. Private to web/. */
#ifndef WEB_DOORS_H
#define WEB_DOORS_H

#include "web/framing.h"
#include "web/request.h"

/*
 * admit: the headers are there, the body is not. Sets request->body's limit (0: whatever
 * comes is thrown away), or sets a refusal as the answer. serve: the body is there,
 * whole; sets the answer, or parks the request. Both on the door's thread.
 */
void feedback_admit(struct request *request, const struct framing *framing);
void feedback_serve(struct request *request);

void admin_admit(struct request *request, const struct framing *framing);
void admin_serve(struct request *request);

/* A request that was refused before or while its body came; for the diary. */
void feedback_note_refusal(const struct request *request, const char *reason);

#endif
