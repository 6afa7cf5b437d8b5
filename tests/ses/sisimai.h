/* sisimai.h - Sisimai's words in ours, and where we differ from it. */
#ifndef TESTS_SES_SISIMAI_H
#define TESTS_SES_SISIMAI_H

#include "ses/class.h"

/* Sisimai's words in ours. */
static const struct {
	const char *reason;
	enum ses_class class;
} reasons[] = {
	{"userunknown", SES_CLASS_HARD},
	{"hasmoved", SES_CLASS_HARD},
	{"suspend", SES_CLASS_HARD},
	{"filtered", SES_CLASS_HARD},
	{"norelaying", SES_CLASS_HARD},
	{"mailboxfull", SES_CLASS_SOFT},
	{"systemfull", SES_CLASS_SOFT},
	{"systemerror", SES_CLASS_SOFT},
	{"mailererror", SES_CLASS_SOFT},
	{"networkerror", SES_CLASS_EXPIRED},
	{"expired", SES_CLASS_EXPIRED},
	{"mesgtoobig", SES_CLASS_MESSAGE},
	{"exceedlimit", SES_CLASS_MESSAGE},
	{"contenterror", SES_CLASS_MESSAGE},
	{"spamdetected", SES_CLASS_MESSAGE},
	{"virusdetected", SES_CLASS_MESSAGE},
	{"policyviolation", SES_CLASS_MESSAGE},
	{"vacation", SES_CLASS_AUTOMATIC},
	{"hostunknown", SES_CLASS_NO_SUCH_DOMAIN},
	{"notaccept", SES_CLASS_NO_SUCH_DOMAIN},
	{"blocked", SES_CLASS_REPUTATION},
	{"rejected", SES_CLASS_REPUTATION},
	{"badreputation", SES_CLASS_REPUTATION},
	{"authfailure", SES_CLASS_REPUTATION},
	{"securityerror", SES_CLASS_REPUTATION},
	{"speeding", SES_CLASS_REPUTATION},
	{"toomanyconn", SES_CLASS_REPUTATION},
	{"requireptr", SES_CLASS_REPUTATION},
	{"notcompliantrfc", SES_CLASS_MESSAGE},
	{"syntaxerror", SES_CLASS_UNCLEAR},
	{"onhold", SES_CLASS_UNCLEAR},
	{"undefined", SES_CLASS_UNCLEAR},
	{"", SES_CLASS_UNCLEAR},
};

/* Where we differ, and stay with it. Sisimai sees the text alone, we see SES's type. */
struct disagreement {
	char kind;
	const char *excerpt; /* of the text */
	const char *reason;  /* Sisimai's word */
	enum ses_class ours;
	const char *why;
};

static const struct disagreement disagreements[] = {
	{'T', "considered as spam", "undefined", SES_CLASS_MESSAGE, "the words say spam"},
	{'P', "suppression list for your account", "undefined", SES_CLASS_SES_LIST,
		"SES's subtype tells; Sisimai sees no subtype"},
	{'T', "carnivorous", "undefined", SES_CLASS_SOFT,
		"a joke; SES's Transient stands"},
	{'T', "<ann@example.net>: Greylisted", "blocked", SES_CLASS_SOFT,
		"greylisting is a wait, no block (RFC 6647)"},
	{'T', "Sender address rejected: greylisted", "rejected", SES_CLASS_SOFT,
		"greylisting is a wait (RFC 6647)"},
	{'P', "Sender address has null MX", "notaccept", SES_CLASS_REPUTATION,
		"the sender's domain, not the recipient's"},
	{'T', "null MX at the sender", "notaccept", SES_CLASS_REPUTATION,
		"the sender's domain, not the recipient's"},
	{'P', "Sender address rejected: User unknown", "userunknown",
		SES_CLASS_REPUTATION, "the unknown user is the sender"},
	{'P', "Domain of sender address", "userunknown", SES_CLASS_REPUTATION,
		"the unknown domain is the sender's"},
	{'T', "550 5.1.10 Recipient not found", "userunknown", SES_CLASS_SOFT,
		"SES calls it Transient; the soft threshold judges"},
	{'U', "550 5.2.1 not now", "filtered", SES_CLASS_SOFT,
		"a code alone, and SES is undetermined"},
	{'P', "mailbox has been blocked by the user", "securityerror", SES_CLASS_HARD,
		"the words before the code"},
	{'T', "Account has been blocked", "suspend", SES_CLASS_SOFT,
		"SES calls it Transient"},
	{'P', "5.7.1 Unable to relay", "securityerror", SES_CLASS_HARD,
		"the words before the code"},
	{'T', "Relay access denied", "norelaying", SES_CLASS_SOFT,
		"SES calls it Transient; a wrong MX may be mended"},
	{'P', "has exceeded its size limit", "mesgtoobig", SES_CLASS_SOFT,
		"the mailbox is too big, not the message"},
	{'T', "450-4.2.1 mail comes in too fast", "suspend", SES_CLASS_SOFT,
		"4.2.1 of Gmail is a wait"},
	{'T', "Host not found, try again", "hostunknown", SES_CLASS_SOFT,
		"the resolver may answer later"},
	{'T', "no mail-enabled subscriptions", "networkerror", SES_CLASS_SOFT,
		"the tenant did not pay; nothing expired"},
	{'P', "553 5.1.7 no", "rejected", SES_CLASS_MESSAGE,
		"the syntax of a sender is the message's fault"},
	{'P', "5.7.0 was blocked because its content", "securityerror", SES_CLASS_MESSAGE,
		"the words before the code"},
	{'P', "has been blocked: a virus", "securityerror", SES_CLASS_MESSAGE,
		"the words before the code"},
	{'P', "likely unsolicited mail", "securityerror", SES_CLASS_MESSAGE,
		"the words before the code"},
	{'P', "TRANSPORT.RULES", "securityerror", SES_CLASS_MESSAGE,
		"a rule about the message"},
	{'P', "5.7.9 Message not accepted", "securityerror", SES_CLASS_MESSAGE,
		"a policy about the message"},
	{'P', "not RFC 5322 compliant", "securityerror", SES_CLASS_MESSAGE,
		"the words before the code"},
	{'T', "<452 4.2.2 over quota>", "expired", SES_CLASS_SOFT,
		"the reply inside decides"},
	{'T', "<450 4.2.2 no room>", "expired", SES_CLASS_SOFT,
		"the reply inside decides"},
	{'T', "<421 4.7.1 not now>", "expired", SES_CLASS_REPUTATION,
		"the reply inside decides"},
	{'T', "<450 4.7.1 Greylisted>", "expired", SES_CLASS_SOFT,
		"the reply inside decides"},
	{'T', "<550 5.4.4 Unable to route>", "expired", SES_CLASS_NO_SUCH_DOMAIN,
		"the reply inside decides"},
	{'T', "452 4.3.2 not now", "notaccept", SES_CLASS_SOFT,
		"4.3.2 is a server that rests, no null MX"},
	{'T', "550 5.1.1 user unknown", "userunknown", SES_CLASS_SOFT,
		"SES calls it Transient; the soft threshold judges"},
};

#endif
