/* names.c - the words for types and reasons, as SES and as our interface spell them. */
#include "ses/names.h"

#include <stddef.h>

#include "base/text.h"
#include "ses/event.h"

static const struct {
	const char *ours, *theirs, *object;
} types[] = {
	[SES_SEND] = {"send", "Send", "send"},
	[SES_DELIVERY] = {"delivery", "Delivery", "delivery"},
	[SES_BOUNCE] = {"bounce", "Bounce", "bounce"},
	[SES_COMPLAINT] = {"complaint", "Complaint", "complaint"},
	[SES_REJECT] = {"reject", "Reject", "reject"},
	[SES_OPEN] = {"open", "Open", "open"},
	[SES_CLICK] = {"click", "Click", "click"},
	[SES_RENDERING_FAILURE] = {"rendering-failure", "Rendering Failure", "failure"},
	[SES_DELIVERY_DELAY] = {"delivery-delay", "DeliveryDelay", "deliveryDelay"},
	[SES_SUBSCRIPTION] = {"subscription", "Subscription", "subscription"},
};

static const char *const reasons[] = {
	[SES_REASON_BOUNCE] = "bounce",
	[SES_REASON_COMPLAINT] = "complaint",
	[SES_REASON_SOFT_BOUNCE] = "soft-bounce",
	[SES_REASON_MANUAL] = "manual",
	[SES_REASON_IMPORT] = "import",
	[SES_REASON_SES_LIST] = "ses-list",
	[SES_REASON_QUARANTINE] = "quarantine",
	[SES_REASON_NO_SUCH_DOMAIN] = "no-such-domain",
};

#define TYPES (sizeof(types) / sizeof(types[0]))
#define REASONS (sizeof(reasons) / sizeof(reasons[0]))

const char *ses_type_name(enum ses_type type)
{
	return (size_t) type < TYPES ? types[type].ours : NULL;
}

bool ses_type_from_name(const char *name, enum ses_type *type)
{
	for (size_t i = SES_SEND; i < TYPES; i++) {
		if (text_equal(types[i].ours, name)) {
			*type = (enum ses_type) i;
			return true;
		}
	}
	return false;
}

bool ses_type_from_event(const char *name, enum ses_type *type)
{
	for (size_t i = SES_SEND; i < TYPES; i++) {
		if (text_equal(types[i].theirs, name)) {
			*type = (enum ses_type) i;
			return true;
		}
	}
	return false;
}

const char *ses_type_object(enum ses_type type)
{
	return types[type].object;
}

const char *ses_reason_name(enum ses_reason reason)
{
	return (size_t) reason < REASONS ? reasons[reason] : NULL;
}

bool ses_reason_from_name(const char *name, enum ses_reason *reason)
{
	for (size_t i = SES_REASON_BOUNCE; i < REASONS; i++) {
		if (text_equal(reasons[i], name)) {
			*reason = (enum ses_reason) i;
			return true;
		}
	}
	return false;
}
