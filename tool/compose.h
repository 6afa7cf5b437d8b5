/* compose.h - the event that SES would publish about a made-up mail. */
#ifndef TOOL_COMPOSE_H
#define TOOL_COMPOSE_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/json.h"
#include "sns/topic.h"

/* What the addresses of SES's mailbox simulator do. */
enum compose_kind {
	COMPOSE_SUCCESS,
	COMPOSE_BOUNCE,
	COMPOSE_COMPLAINT,
	COMPOSE_OOTO,
	COMPOSE_SUPPRESSIONLIST,
};

/* "success" "bounce" "complaint" "ooto" "suppressionlist": also the local part of the
 * simulator's address. */
const char *compose_kind_name(enum compose_kind kind);
bool compose_kind_from_name(const char *name, enum compose_kind *kind);

#define COMPOSE_UUID_SIZE 37
#define COMPOSE_MESSAGE_ID_SIZE 64

/* A random UUID (RFC 9562, version 4); false without randomness. */
bool compose_uuid(char uuid[COMPOSE_UUID_SIZE]);

/* An id of the shape that SES gives its messages: region, time in milliseconds, UUID. */
bool compose_message_id(
	const char *region, utc_ms time, char id[COMPOSE_MESSAGE_ID_SIZE]);

struct compose {
	enum compose_kind kind;
	const char *recipient; /* as it is to be written */
	const struct sns_topic *topic;
	bool is_identity_feedback; /* notificationType, not eventType */
	const char *message_id;
	const char *feedback_id;
	utc_ms now;
};

/* The Message of the notification, freed by the caller; NULL without memory. */
char *compose_event(const struct compose *compose);

/* Its Subject; NULL where SES sets none. */
const char *compose_subject(const struct compose *compose);

#endif
