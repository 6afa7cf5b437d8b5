/* class.h - what a piece of feedback says about its address: the class table. */
#ifndef SES_CLASS_H
#define SES_CLASS_H

#include <stdbool.h>
#include <stddef.h>

#include "ses/event.h"

/* The numbers are stored: never renumber. */
enum ses_class {
	SES_CLASS_NONE = 0, /* nothing: a Send, an Open, what SES refused without a list,
			       the simulator, a text that is no address */
	SES_CLASS_HARD = 1, /* the mailbox does not exist or never takes mail */
	SES_CLASS_SOFT = 2, /* counted: the mailbox failed for now */
	SES_CLASS_EXPIRED = 3,	 /* counted like soft: 4.4.7, nobody said why */
	SES_CLASS_MESSAGE = 4,	 /* the message's fault: size, content, policy; ignored */
	SES_CLASS_AUTOMATIC = 5, /* out-of-office; ignored */
	SES_CLASS_NO_SUCH_DOMAIN = 6, /* counts for the whole domain */
	SES_CLASS_REPUTATION = 7,     /* our reputation; never the address's fault */
	SES_CLASS_SES_LIST = 8,	      /* refused by SES's lists: knowledge about them */
	SES_CLASS_COMPLAINT = 9,
	SES_CLASS_NOT_SPAM = 10,
	SES_CLASS_UNCLEAR = 11,	   /* Undetermined, and nothing to go by; ignored */
	SES_CLASS_QUARANTINE = 12, /* hard, but one of a burst of false ones: given by the
				      store, never by ses_class_of */
	SES_CLASS_DELIVERED = 13,
};

/* "hard" "soft" "expired" "message" "out-of-office" "no-such-domain" "reputation"
 * "ses-list" "complaint" "not-spam" "unclear" "quarantine" "delivered"; NULL for NONE. */
const char *ses_class_name(enum ses_class class);
bool ses_class_from_name(const char *name, enum ses_class *class);

/* What the class means, for people: "the mailbox does not exist". */
const char *ses_class_meaning(enum ses_class class);

/* One row of the table: the first that fits decides. */
struct ses_class_row {
	const char *kinds;   /* of P T U: bounceType */
	const char *subtype; /* bounceSubType; NULL any */
	const char *status;  /* beginning of the enhanced status code, such as "5.4.4" or
				"4.7."; NULL any */
	const char *words[12]; /* the diagnostic text holds one of them (ASCII case does
				 not matter); all NULL: any text */
	enum ses_class class;
	const char *citation; /* the document, or the observation, it follows */
};

/* The whole table, for the manual and the tests. */
const struct ses_class_row *ses_class_rows(size_t *count);

/*
 * The class of one recipient's feedback. Its outcome and standing are decided already.
 * *row: the row of the table that decided, for explanations; NULL where no table was
 * needed (a complaint, a delivery, an automatic reply). row may be NULL. Pure.
 */
enum ses_class ses_class_of(const struct ses_event *event,
	const struct ses_recipient *recipient, const struct ses_class_row **row);

#endif
