/* key.h - what makes two notifications one event, and where its row lies. */
#ifndef SES_KEY_H
#define SES_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/event.h"

/*
 * locality lays what was sent in the same minute side by side: the send time in
 * milliseconds that an SES message id carries in its digits 5 to 16 (observed, not
 * documented); an id of any other shape gets a negative number made from the id alone, so
 * that both channels of SES still agree. digest is 64 bits of SHA-256 over the identity.
 */
struct ses_key {
	int64_t locality;
	int64_t digest;
};

/*
 * One event of one recipient: SES message id, recipient's normal form, type, bounce kind;
 * and for what can happen twice (open, click, delay, subscription, Transient or
 * Undetermined bounce, complaint) its own time in whole seconds; a complaint also whether
 * it is not-spam. A recipient whose text is no address goes by that text. mail.timestamp
 * and feedbackId are left out on purpose: the two channels of SES do not agree on them.
 * Fields are separated so that no two identities share bytes.
 */
struct ses_key ses_key_event(
	const struct ses_event *event, const struct ses_recipient *recipient);

/* Of a notification without recipients: by SNS MessageId; lies at its publication. */
struct ses_key ses_key_notification(const char *sns_message_id, utc_ms published);

/* The key that a Delivery of this mail to this recipient has, and a mark for "some bounce
 * that was tried": with both, each recipient counts once in Delivery + Bounce, in
 * whatever order they come. */
struct ses_key ses_key_delivered(
	const struct ses_event *event, const struct ses_recipient *recipient);
struct ses_key ses_key_bounced(
	const struct ses_event *event, const struct ses_recipient *recipient);

/* A mark for "put off or refused for our reputation": SES tells of each delay anew. */
struct ses_key ses_key_blocked(
	const struct ses_event *event, const struct ses_recipient *recipient);

/* An SES message id of the usual shape (16 hex digits, UUID, six digits; lower case) in
 * 27 bytes, any other as it is; before either, one byte of kind. packed has room for at
 * least SES_PACKED_ID_MAX; an id that is longer is cut there. Returns the length. */
#define SES_PACKED_ID_MAX 256
size_t ses_message_id_pack(const char *message_id, uint8_t packed[SES_PACKED_ID_MAX]);
void ses_message_id_unpack(
	const uint8_t *packed, size_t length, char message_id[SES_PACKED_ID_MAX]);

#endif
