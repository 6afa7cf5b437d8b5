/* key.c - what makes two notifications one event, and where its row lies. */
#include "ses/key.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"

/* Region 4 and time 12 hex digits, a UUID, six decimal digits: 0102…-…-000000. */
#define ID_LENGTH 60
#define ID_HEAD 16
#define UUID_LENGTH 36
#define TAIL_LENGTH 6

#define TIME_AT 4
#define TIME_DIGITS 12

enum packed_kind { PACKED_TEXT = 0, PACKED_USUAL = 1 };

#define HEAD_BYTES 8
#define UUID_BYTES 16
#define TAIL_BYTES 3
#define PACKED_USUAL_LENGTH (1 + HEAD_BYTES + UUID_BYTES + TAIL_BYTES)

/* Whose identities must never meet, whatever texts they hold. */
enum identity_kind {
	OF_EVENT = 1,
	OF_NOTIFICATION = 2,
	OF_BOUNCED_MARK = 3,
	OF_ID = 4,
	OF_BLOCKED_MARK = 5,
};

/* The bytes that a digest is made from: numbers of fixed length, and texts with their
 * length before them, so that no two identities share bytes. */
struct identity {
	uint8_t bytes[1024];
	size_t length;
};

#define TEXT_BYTES_PLAIN 480
#define TEXT_HASHED UINT64_MAX

static void add_number(struct identity *identity, uint64_t number)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		identity->bytes[identity->length++] = (uint8_t) (number >> shift);
}

/* The bytes are set as they come: zeroing them all would cost more than the rest. */
static void begin(struct identity *identity, enum identity_kind kind)
{
	identity->length = 0;
	add_number(identity, (uint64_t) kind);
}

static void add_bytes(struct identity *identity, const void *bytes, size_t length)
{
	memcpy(identity->bytes + identity->length, bytes, length);
	identity->length += length;
}

/* At most two texts an identity, so there is always room. */
static void add_text(struct identity *identity, const char *text)
{
	size_t length = strlen(text);
	uint8_t digest[SHA256_SIZE];

	if (length <= TEXT_BYTES_PLAIN) {
		add_number(identity, length);
		add_bytes(identity, text, length);
		return;
	}
	crypto_sha256(text, length, digest);
	add_number(identity, TEXT_HASHED);
	add_bytes(identity, digest, sizeof(digest));
}

static int64_t identity_digest(const struct identity *identity)
{
	uint8_t digest[SHA256_SIZE];
	uint64_t number = 0;

	crypto_sha256(identity->bytes, identity->length, digest);
	for (int i = 0; i < 8; i++)
		number = number << 8 | digest[i];
	return (int64_t) number;
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Lower case only: what is packed must come back as it was. */
static bool read_hex(const char *digits, size_t count, uint8_t *bytes)
{
	for (size_t i = 0; i < count; i += 2) {
		int high = hex_value(digits[i]), low = hex_value(digits[i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i / 2] = (uint8_t) (high << 4 | low);
	}
	return true;
}

static bool read_uuid(const char *text, uint8_t bytes[UUID_BYTES])
{
	return text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' &&
	       read_hex(text, 8, bytes) && read_hex(text + 9, 4, bytes + 4) &&
	       read_hex(text + 14, 4, bytes + 6) && read_hex(text + 19, 4, bytes + 8) &&
	       read_hex(text + 24, 12, bytes + 10);
}

static bool read_tail(const char *text, uint8_t bytes[TAIL_BYTES])
{
	uint32_t number = 0;

	for (size_t i = 0; i < TAIL_LENGTH; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = 10 * number + (uint32_t) (text[i] - '0');
	}
	for (size_t i = 0; i < TAIL_BYTES; i++)
		bytes[i] = (uint8_t) (number >> 8 * (TAIL_BYTES - 1 - i));
	return true;
}

static bool read_usual(const char *id, size_t length, uint8_t packed[PACKED_USUAL_LENGTH])
{
	const char *uuid, *tail;

	if (length != ID_LENGTH)
		return false;
	uuid = id + ID_HEAD + 1;
	tail = uuid + UUID_LENGTH + 1;
	packed[0] = PACKED_USUAL;
	return uuid[-1] == '-' && tail[-1] == '-' && read_hex(id, ID_HEAD, packed + 1) &&
	       read_uuid(uuid, packed + 1 + HEAD_BYTES) &&
	       read_tail(tail, packed + 1 + HEAD_BYTES + UUID_BYTES);
}

static int64_t locality_of(const char *message_id)
{
	uint8_t packed[PACKED_USUAL_LENGTH];
	struct identity identity;
	int64_t time = 0;

	if (read_usual(message_id, strlen(message_id), packed)) {
		for (size_t i = 0; i < TIME_DIGITS / 2; i++)
			time = time << 8 | packed[1 + TIME_AT / 2 + i];
		return time;
	}
	begin(&identity, OF_ID);
	add_text(&identity, message_id);
	return identity_digest(&identity) | INT64_MIN;
}

/* What can happen twice for one mail and recipient, and so is told apart by its time. */
static bool can_happen_again(
	const struct ses_event *event, enum ses_bounce_kind bounce_kind)
{
	switch (event->type) {
	case SES_OPEN:
	case SES_CLICK:
	case SES_DELIVERY_DELAY:
	case SES_SUBSCRIPTION:
	case SES_COMPLAINT:
		return true;
	case SES_BOUNCE:
		return bounce_kind != SES_BOUNCE_PERMANENT;
	case SES_SEND:
	case SES_DELIVERY:
	case SES_REJECT:
	case SES_RENDERING_FAILURE:
		break;
	}
	return false;
}

/* In a Permanent bounce a recipient that was only delayed may still fail for good. */
static enum ses_bounce_kind own_bounce_kind(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	return event->bounce_kind == SES_BOUNCE_PERMANENT &&
			       recipient->outcome == SES_OUTCOME_SOFT_BOUNCE
		       ? SES_BOUNCE_TRANSIENT
		       : event->bounce_kind;
}

static struct ses_key make_key(enum identity_kind kind, const struct ses_event *event,
	const struct ses_recipient *recipient, enum ses_type type)
{
	bool is_own = kind == OF_EVENT && type == event->type;
	enum ses_bounce_kind bounce_kind = own_bounce_kind(event, recipient);
	struct identity identity;

	begin(&identity, kind);
	add_text(&identity, event->message_id);
	add_number(&identity, recipient->address[0] == '\0');
	add_text(&identity,
		recipient->address[0] != '\0' ? recipient->address : recipient->original);
	add_number(&identity, type);
	if (is_own && type == SES_BOUNCE)
		add_number(&identity, bounce_kind);
	if (is_own && type == SES_COMPLAINT)
		add_number(&identity, event->is_not_spam);
	if (is_own && can_happen_again(event, bounce_kind))
		add_number(&identity,
			event->happened == UTC_NONE
				? (uint64_t) UTC_NONE
				: (uint64_t) utc_floor(event->happened, SECOND_MS));
	return (struct ses_key){
		locality_of(event->message_id), identity_digest(&identity)};
}

struct ses_key ses_key_event(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	return make_key(OF_EVENT, event, recipient, event->type);
}

struct ses_key ses_key_delivered(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	return make_key(OF_EVENT, event, recipient, SES_DELIVERY);
}

struct ses_key ses_key_bounced(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	return make_key(OF_BOUNCED_MARK, event, recipient, SES_BOUNCE);
}

struct ses_key ses_key_blocked(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	return make_key(OF_BLOCKED_MARK, event, recipient, SES_DELIVERY_DELAY);
}

struct ses_key ses_key_notification(const char *sns_message_id, utc_ms published)
{
	struct identity identity;

	begin(&identity, OF_NOTIFICATION);
	add_text(&identity, sns_message_id);
	return (struct ses_key){published, identity_digest(&identity)};
}

size_t ses_message_id_pack(const char *message_id, uint8_t packed[SES_PACKED_ID_MAX])
{
	size_t length = strlen(message_id);

	if (read_usual(message_id, length, packed))
		return PACKED_USUAL_LENGTH;
	if (length > SES_PACKED_ID_MAX - 1)
		length = utf8_without_half(message_id, SES_PACKED_ID_MAX - 1);
	packed[0] = PACKED_TEXT;
	memcpy(packed + 1, message_id, length);
	return 1 + length;
}

void ses_message_id_unpack(
	const uint8_t *packed, size_t length, char message_id[SES_PACKED_ID_MAX])
{
	char head[2 * HEAD_BYTES + 1], uuid[2 * UUID_BYTES + 1];
	const uint8_t *tail = packed + 1 + HEAD_BYTES + UUID_BYTES;

	message_id[0] = '\0';
	if (length == 0 || length > SES_PACKED_ID_MAX)
		return;
	if (packed[0] == PACKED_TEXT) {
		memcpy(message_id, packed + 1, length - 1);
		message_id[length - 1] = '\0';
		return;
	}
	if (packed[0] != PACKED_USUAL || length != PACKED_USUAL_LENGTH)
		return;
	hex_encode(packed + 1, HEAD_BYTES, head);
	hex_encode(packed + 1 + HEAD_BYTES, UUID_BYTES, uuid);
	snprintf(message_id, SES_PACKED_ID_MAX, "%s-%.8s-%.4s-%.4s-%.4s-%.12s-%06u", head,
		uuid, uuid + 8, uuid + 12, uuid + 16, uuid + 20,
		(unsigned) (tail[0] << 16 | tail[1] << 8 | tail[2]));
}
