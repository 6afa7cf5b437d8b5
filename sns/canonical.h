/* canonical.h - the exact bytes that SNS signed. */
#ifndef SNS_CANONICAL_H
#define SNS_CANONICAL_H

#include <stdbool.h>

#include "base/buffer.h"
#include "sns/message.h"

/*
 * Adds Key LF Value LF for each signed field: Message, MessageId, Subject (only if
 * present), Timestamp, TopicArn, Type for a notification; Message, MessageId,
 * SubscribeURL, Timestamp, Token, TopicArn, Type for both confirmations (the field tables
 * of AWS's pages on the two are wrong there). False if the buffer failed.
 */
bool sns_canonical(const struct sns_message *message, struct buffer *bytes)
	__attribute__((warn_unused_result));

/* How many bytes sns_canonical adds. */
size_t sns_canonical_length(const struct sns_message *message);

#endif
