/* post.h - what SNS does: posts to the feedback door. */
#ifndef TOOL_POST_H
#define TOOL_POST_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

struct post;

/* certificate is the PEM that the door shows, and the only one trusted (its host name is
 * not looked at: the door is reached by an address); NULL for the system's trust. NULL
 * without memory. Borrows both texts. */
struct post *post_open(const char *url, const char *certificate);
void post_close(struct post *post); /* takes NULL */

/* Posts a notification; *status is what the door answered, answer its text (both emptied
 * before). False if no answer came. */
bool post_send(struct post *post, const char *body, size_t length, const char *topic_arn,
	const char *message_id, long *status, struct buffer *answer, struct error *error);

#endif
