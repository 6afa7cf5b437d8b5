/* event.h - what SES says happened: both shapes, every type, one entry a recipient. */
#ifndef SES_EVENT_H
#define SES_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"

/* The numbers are stored: never renumber. */
enum ses_type {
	SES_SEND = 1,
	SES_DELIVERY = 2,
	SES_BOUNCE = 3,
	SES_COMPLAINT = 4,
	SES_REJECT = 5,
	SES_OPEN = 6,
	SES_CLICK = 7,
	SES_RENDERING_FAILURE = 8,
	SES_DELIVERY_DELAY = 9,
	SES_SUBSCRIPTION = 10,
};

/* As the API and --type spell them: "send" "delivery" "bounce" "complaint" "reject"
 * "open" "click" "rendering-failure" "delivery-delay" "subscription"; NULL for a number
 * that is none of them. */
const char *ses_type_name(enum ses_type type);
bool ses_type_from_name(const char *name, enum ses_type *type);

enum ses_bounce_kind {
	SES_BOUNCE_PERMANENT,
	SES_BOUNCE_TRANSIENT,
	SES_BOUNCE_UNDETERMINED
};

/* What an event means for one recipient; decided by ses_event_judge. The numbers are
 * stored. */
enum ses_outcome {
	SES_OUTCOME_OTHER = 0, /* opens, clicks, delays, …: counted in no rate */
	SES_OUTCOME_SEND = 1,
	SES_OUTCOME_DELIVERY = 2,
	SES_OUTCOME_HARD_BOUNCE = 3,
	SES_OUTCOME_SOFT_BOUNCE = 4, /* Transient, Undetermined, and Permanent with an own
					action or status that is not failed / 5.x */
	SES_OUTCOME_REFUSED = 5,     /* SES itself did not try: OnAccountSuppressionList,
					OnTenantSuppressionList, UnsubscribedRecipient,
					EmailValidationSuppressed */
	SES_OUTCOME_COMPLAINT = 6,
	SES_OUTCOME_NOT_SPAM = 7, /* a complaint that takes one back */
	SES_OUTCOME_LISTED =
		8, /* a complaint with a complaintSubType: SES had not sent */
	SES_OUTCOME_REJECT = 9,
};

/* Why a recipient is in no rate. The numbers are stored. */
enum ses_standing { SES_ELIGIBLE = 0, SES_VERIFIED = 1, SES_SIMULATOR = 2 };

/* Why an address is on the suppression list (ses/suppression.h decides). The numbers are
 * stored. */
enum ses_reason {
	SES_REASON_NONE = 0,
	SES_REASON_BOUNCE = 1,
	SES_REASON_COMPLAINT = 2,
	SES_REASON_SOFT_BOUNCE = 3,
	SES_REASON_MANUAL = 4,
	SES_REASON_IMPORT = 5,
	SES_REASON_SES_LIST = 6,
	SES_REASON_QUARANTINE =
		7, /* a hard bounce that is one of a burst of false ones */
	SES_REASON_NO_SUCH_DOMAIN = 8,
};

/* "bounce" "complaint" "soft-bounce" "manual" "import" "ses-list" "quarantine"
 * "no-such-domain"; NULL for NONE. */
const char *ses_reason_name(enum ses_reason reason);
bool ses_reason_from_name(const char *name, enum ses_reason *reason);

struct ses_recipient {
	char *address;	    /* normal form; "" where the text is no address */
	const char *domain; /* points into address */
	char *original;	    /* as SES wrote it, trimmed; "" if missing */
	const char *action; /* bounce, delay: NULL if absent */
	const char *status;
	const char *diagnostic;
	char *facts; /* compact JSON object of what this type says beyond the common
			columns, NULL if nothing: see facts.h */
	enum ses_outcome outcome;
	enum ses_standing standing;
	int class;	 /* enum ses_class: what it says about the address (class.h) */
	bool is_certain; /* false: one of several suspects of a complaint */
};

struct ses_event {
	enum ses_type type;
	bool is_identity_feedback; /* notificationType, not eventType */
	const char *message_id;	   /* SES's, never empty */
	utc_ms sent;		   /* mail.timestamp */
	utc_ms happened;	   /* the event's own time; UTC_NONE if it has none */
	char account[13]; /* sendingAccountId, else sourceArn's, else the topic's */
	char region[40];  /* sourceArn's, else the topic's */
	char *identity;	  /* after identity/ in sourceArn, else the domain of source; ""
			     unknown */
	const char *configuration_set; /* tag ses:configuration-set; "" none */
	const char *tenant;	       /* tag ses:tenant-name; "" none */
	const char *source_ip;	 /* mail.sourceIp, else tag ses:source-ip; "" unknown */
	const char *caller;	 /* mail.callerIdentity, else tag ses:caller-identity; ""
				    unknown */
	const char *from_domain; /* tag ses:from-domain, else the domain of source, in
				    normal form; "" unknown */
	char *tags; /* compact JSON {"NAME":["VALUE",…],…} of mail.tags without the ses:
		       ones; NULL when there are none */
	enum ses_bounce_kind bounce_kind;
	const char *bounce_subtype;    /* trimmed; "" if missing */
	const char *complaint_subtype; /* trimmed; "" if missing or null */
	const char *complaint_type; /* complaintFeedbackType: "abuse", …; "" if missing
				     */
	const char *reporting_mta;  /* of a bounce; NULL if missing */
	const char *remote_mta_ip;  /* of a bounce or delivery; NULL if missing */
	const char *smtp_response;  /* of a delivery; NULL if missing */
	const char *delay_type;	    /* of a delay; NULL if missing */
	const char *feedback_id;    /* NULL if missing */
	bool is_not_spam;
	struct ses_recipient *recipients; /* each address once */
	size_t recipient_count;
	struct json *tree;   /* owns the borrowed texts */
	struct texts *texts; /* owns the others; private to ses/ */
};

enum ses_parse {
	SES_UNDERSTOOD,
	SES_SET_UP,	  /* one of the two messages by which SES checks a topic */
	SES_UNRECOGNISED, /* genuine, but not what we know: error says why; to be kept
			     whole */
	SES_NO_MEMORY,
};

/* SES takes 50 recipients a mail; an event that names more than this is not understood,
 * so that what one message can cost is bounded. */
#define SES_RECIPIENTS_MAX 1000

/*
 * Reads the Message of a notification. topic_account and topic_region stand in where the
 * event names neither. Understood is: JSON object (repaired as json.h says); eventType,
 * else notificationType, one of the ten (the documented object beside it: bounce,
 * complaint, …, failure for "Rendering Failure"); mail.messageId a text that is not
 * empty; mail.timestamp a time. `Received`, which is inbound mail, and everything else is
 * SES_UNRECOGNISED. Recipients: bouncedRecipients, complainedRecipients,
 * delivery.recipients, delayedRecipients by type, of the other types mail.destination;
 * each mailbox once, none is fine, more than SES_RECIPIENTS_MAX are not. A recipient
 * whose text is no address is kept with an empty address. Texts of types and subtypes are
 * trimmed; a bounceType not known is Undetermined. event is filled in any case, and
 * finished here unless SES_UNDERSTOOD; ses_event_finish after that does nothing.
 */
enum ses_parse ses_event_parse(const char *message, size_t length,
	const char *topic_account, const char *topic_region, struct ses_event *event,
	struct error *error);
void ses_event_finish(struct ses_event *event);

struct ses_judgement_policy {
	const char *const *verified_domains; /* normal forms */
	size_t verified_domain_count;
	const char *const *verified_addresses;
	size_t verified_address_count;
};

/* Fills outcome, standing, class and is_certain of each recipient. Pure. */
void ses_event_judge(struct ses_event *event, const struct ses_judgement_policy *policy);

#endif
