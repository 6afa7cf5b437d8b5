/* api_reply.h - answers that several calls of the API give. Private to web/. */
#ifndef WEB_API_REPLY_H
#define WEB_API_REPLY_H

#include "base/buffer.h"
#include "web/request.h"

/* Takes over the bytes of buffer as the answer's body; a failed one becomes
 * api_reply_no_memory. content_type is static. */
void api_reply_buffer(struct request *request, unsigned status, const char *content_type,
	struct buffer *buffer);

/* The 503 problem "overload". */
void api_reply_no_memory(struct request *request);

/* The 503 problem "store-failed", after a write; the store has logged why. */
void api_reply_not_stored(struct request *request);

#endif
