/* replies.h - replies of mail servers, retold, and what each says of its address. */
#ifndef TESTS_SES_REPLIES_H
#define TESTS_SES_REPLIES_H

#include "ses/class.h"

#define EXPIRED "554 4.4.7 Message expired: unable to deliver in 840 minutes."

/* One recipient's feedback, as short as SES's fields allow. */
struct reply {
	char kind;			     /* P T U */
	const char *subtype, *status, *text; /* the last two: NULL absent */
	enum ses_class class;
};

static const struct reply replies[] = {
	/* SES's own words */
	{'P', "Suppressed", "5.1.1", "SES holds back mail here: a history of bouncing",
		SES_CLASS_HARD},
	{'P', "NoEmail", NULL, NULL, SES_CLASS_HARD},
	{'P', "General", NULL, NULL, SES_CLASS_HARD},
	{'P', "SomethingNew", "5.0.0", NULL, SES_CLASS_HARD},
	{'T', "MailboxFull", NULL, NULL, SES_CLASS_SOFT},
	{'T', "MailboxFull", "5.2.2", "552 5.2.2 spam folder full", SES_CLASS_SOFT},
	{'T', "MessageTooLarge", NULL, NULL, SES_CLASS_MESSAGE},
	{'T', "ContentRejected", "5.1.1", "no", SES_CLASS_MESSAGE},
	{'T', "AttachmentRejected", NULL, NULL, SES_CLASS_MESSAGE},
	{'T', "CustomTimeoutExceeded", NULL, NULL, SES_CLASS_EXPIRED},
	{'T', "SomethingNew", NULL, NULL, SES_CLASS_SOFT},
	{'U', "Undetermined", NULL, NULL, SES_CLASS_UNCLEAR},
	{'U', "Undetermined", "5.0.0", "550 no", SES_CLASS_UNCLEAR},

	/* automatic replies */
	{'T', "General", NULL, NULL, SES_CLASS_AUTOMATIC},
	{'T', "", NULL, NULL, SES_CLASS_AUTOMATIC},
	{'T', "General", "5.0.0", "Auto-Replied: I am out of office until Monday",
		SES_CLASS_AUTOMATIC},
	{'U', "Undetermined", NULL, "Abwesenheitsnotiz: bis Montag", SES_CLASS_AUTOMATIC},

	/* greylisting */
	{'T', "General", "4.7.1",
		"450 4.7.1 <ann@example.net>: Greylisted, come back later",
		SES_CLASS_SOFT},
	{'T', "General", "4.2.0",
		"450 4.2.0 Recipient address rejected: Graylisting in use",
		SES_CLASS_SOFT},
	{'T', "General", "4.7.1",
		"450 4.7.1 Sender address rejected: greylisted for 300 s",
		SES_CLASS_SOFT},

	/* our own address */
	{'P', "General", "5.7.27", "550 5.7.27 Sender address has null MX",
		SES_CLASS_REPUTATION},
	{'T', "General", "5.7.27", "550 5.7.27 null MX at the sender",
		SES_CLASS_REPUTATION},
	{'T', "General", "4.1.8",
		"450 4.1.8 <news@shop.example>: Sender address rejected: Domain not "
		"found",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.1.0",
		"550 5.1.0 <news@shop.example>: Sender address rejected: User unknown",
		SES_CLASS_REPUTATION},
	{'P', "General", NULL, "550 Sender verify failed", SES_CLASS_REPUTATION},
	{'P', "General", "5.1.8", "553 5.1.8 Domain of sender address does not exist",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.1.8", "553 5.1.8 who are you?", SES_CLASS_REPUTATION},
	{'T', "General", "4.1.8", "451 4.1.8 who are you?", SES_CLASS_REPUTATION},

	/* the mailbox does not exist: Postfix, Gmail, Outlook, Yahoo, Apple */
	{'P', "General", "5.0.0", "550 user unknown", SES_CLASS_HARD},
	{'P', "General", "5.1.1",
		"550 5.1.1 <ann@example.net>: User unknown in local table",
		SES_CLASS_HARD},
	{'P', "General", "5.7.1", "550 5.7.1 user unknown", SES_CLASS_HARD},
	{'P', "General", "5.1.1", "550 5.1.1 user unknown (blacklisted address)",
		SES_CLASS_HARD},
	{'P', "General", "5.1.1",
		"550-5.1.1 The account you tried to reach does not exist. See "
		"https://support.google.com/mail/?p=NoSuchUser gsmtp",
		SES_CLASS_HARD},
	{'P', "General", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
		SES_CLASS_HARD},
	{'U', "Undetermined", "5.1.10", "550 5.1.10 Recipient not found by lookup",
		SES_CLASS_HARD},
	{'T', "General", "5.1.10", "550 5.1.10 Recipient not found by lookup",
		SES_CLASS_SOFT},
	{'P', "General", "5.4.1",
		"550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
		SES_CLASS_HARD},
	{'U', "Undetermined", "5.4.1",
		"550 5.4.1 Recipient address rejected: Access denied", SES_CLASS_HARD},
	{'P', "General", "5.5.0",
		"550 5.5.0 Action not taken: mailbox unavailable (S201)", SES_CLASS_HARD},
	{'P', "General", "5.0.0",
		"554 delivery error: dd This user doesn't have a "
		"yahoo.com account (ann@yahoo.com) [0]",
		SES_CLASS_HARD},
	{'P', "General", "5.1.1", "550 5.1.1 <ann@icloud.com>: user does not exist",
		SES_CLASS_HARD},
	{'P', "General", "5.1.6", "550 5.1.6 has moved away", SES_CLASS_HARD},
	{'U', "Undetermined", "5.1.1", "550 5.1.1 no", SES_CLASS_HARD},
	{'U', "Undetermined", NULL, "550 No such user here", SES_CLASS_HARD},
	{'U', "Undetermined", "5.1.20", "550 5.1.20 no", SES_CLASS_HARD},
	/* Japanese carriers */
	{'P', "General", NULL, "550 Unknown user ann@docomo.ne.jp", SES_CLASS_HARD},
	{'P', "General", NULL, "550 Invalid recipient: <ann@softbank.ne.jp>",
		SES_CLASS_HARD},
	{'P', "General", NULL, "550 <ann@ezweb.ne.jp>: User unknown", SES_CLASS_HARD},
	{'U', "Undetermined", NULL, "550 Invalid recipient: <ann@softbank.ne.jp>",
		SES_CLASS_HARD},
	/* the owner's choice of words is no reason */
	{'P', "General", "5.1.1", "550 5.1.1 <dmarc-virus@sorbs.example>... User",
		SES_CLASS_HARD},
	{'P', "General", "5.1.1", "550 5.1.1 throttle@blacklist.example: no mailbox",
		SES_CLASS_HARD},

	/* the mailbox takes nothing */
	{'P', "General", "5.2.1", "550-5.2.1 The account is disabled. gsmtp",
		SES_CLASS_HARD},
	{'U', "Undetermined", "5.2.1", "550 5.2.1 Mailbox disabled", SES_CLASS_HARD},
	{'U', "Undetermined", "5.2.1", "550 5.2.1 not now", SES_CLASS_SOFT},
	{'P', "General", "5.7.133",
		"550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication",
		SES_CLASS_HARD},
	{'P', "General", "5.7.1", "550 5.7.1 mailbox has been blocked by the user",
		SES_CLASS_HARD},
	{'P', "General", NULL, "550 Account is blocked", SES_CLASS_HARD},
	{'T', "General", "4.2.1", "450 4.2.1 Account has been blocked", SES_CLASS_SOFT},
	{'P', "General", "5.7.64", "550 5.7.64 TenantAttribution; Relay Access Denied",
		SES_CLASS_HARD},
	{'P', "General", "5.7.1", "550 5.7.1 Unable to relay", SES_CLASS_HARD},
	{'T', "General", "5.7.1", "554 5.7.1 <ann@example.net>: Relay access denied",
		SES_CLASS_SOFT},

	/* full */
	{'P', "General", "5.2.2", "552-5.2.2 The account is over quota. gsmtp",
		SES_CLASS_SOFT},
	{'P', "General", NULL, "552 The mailbox has exceeded its size limit",
		SES_CLASS_SOFT},
	{'P', "General", "5.2.2", "552 5.2.2 no room", SES_CLASS_SOFT},
	{'T', "General", "4.2.2", "452 4.2.2 no room", SES_CLASS_SOFT},
	{'T', "General", "4.2.1", "450-4.2.1 mail comes in too fast for this user. gsmtp",
		SES_CLASS_SOFT},

	/* the domain */
	{'T', "General", "5.4.4", "550 5.4.4 Invalid domain", SES_CLASS_NO_SUCH_DOMAIN},
	{'T', "General", "5.4.4", NULL, SES_CLASS_NO_SUCH_DOMAIN},
	{'U', "Undetermined", NULL, "Host or domain name not found",
		SES_CLASS_NO_SUCH_DOMAIN},
	{'T', "General", "4.4.3",
		"Host or domain name not found. Type=MX: Host not found, "
		"try again",
		SES_CLASS_SOFT},
	{'T', "General", "5.1.10", "556 5.1.10 takes no mail", SES_CLASS_NO_SUCH_DOMAIN},
	{'T', "General", NULL, "556 Domain example.net does not accept mail (nullMX)",
		SES_CLASS_NO_SUCH_DOMAIN},
	{'T', "General", "5.1.2", "550 5.1.2 bad", SES_CLASS_NO_SUCH_DOMAIN},
	{'T', "General", "4.4.4",
		"451 4.4.4 Mail received as unauthenticated, to a tenant which has no "
		"mail-enabled subscriptions",
		SES_CLASS_SOFT},

	/* our reputation */
	{'P', "General", "5.1.1",
		"550 5.1.1 Client host [192.0.2.1] blocked using "
		"spamhaus",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.7.1",
		"550 5.7.1 messages from [192.0.2.1] weren't sent: part of "
		"their network is on our block list (S3140)",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.7.606", "550 5.7.606 Access denied, banned sending IP",
		SES_CLASS_REPUTATION},
	{'T', "General", NULL, "421 4.7.0 [TSS04] Messages from 192.0.2.1 are put off",
		SES_CLASS_REPUTATION},
	{'T', "General", "4.7.28", "421-4.7.28 an unusual rate of mail from you. gsmtp",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.7.1", "554 5.7.1 [CS01] Message rejected, see apple.com",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.7.26",
		"550-5.7.26 Unauthenticated mail, against DMARC. gsmtp",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.7.23", "550 5.7.23 SPF check failed", SES_CLASS_REPUTATION},
	{'P', "General", "5.0.0", "550 Your message has been blocked",
		SES_CLASS_REPUTATION},
	{'P', "General", "5.7.1", "550 5.7.1 no", SES_CLASS_REPUTATION},
	{'T', "General", "4.7.0", "421 4.7.0 no", SES_CLASS_REPUTATION},
	{'U', "Undetermined", "4.7.500", NULL, SES_CLASS_REPUTATION},
	{'T', "General", NULL, "421 too many connections from you", SES_CLASS_REPUTATION},

	/* the message, also where SES calls it permanent */
	{'P', "General", "5.2.3", "552 5.2.3 no", SES_CLASS_MESSAGE},
	{'P', "General", "5.3.4", "552 5.3.4 no", SES_CLASS_MESSAGE},
	{'T', "General", "4.3.4", "452 4.3.4 no", SES_CLASS_MESSAGE},
	{'P', "General", "5.3.4", "552-5.3.4 over Google's message size limit. gsmtp",
		SES_CLASS_MESSAGE},
	{'P', "General", "5.6.0", "554 5.6.0 no", SES_CLASS_MESSAGE},
	{'T', "General", "4.6.0", "451 4.6.0 no", SES_CLASS_MESSAGE},
	{'P', "General", "5.1.7", "553 5.1.7 no", SES_CLASS_MESSAGE},
	{'P', "General", "5.7.0",
		"552-5.7.0 was blocked because its content may do harm. "
		"gsmtp",
		SES_CLASS_MESSAGE},
	{'P', "General", "5.7.1", "554 5.7.1 has been blocked: a virus",
		SES_CLASS_MESSAGE},
	{'P', "General", "5.7.1",
		"550-5.7.1 this is likely unsolicited mail and has been "
		"blocked. gsmtp",
		SES_CLASS_MESSAGE},
	{'T', "General", "5.1.1", "Message considered as spam.", SES_CLASS_MESSAGE},
	{'P', "General", "5.7.1", "550 5.7.1 TRANSPORT.RULES.RejectMessage; the policy",
		SES_CLASS_MESSAGE},
	{'P', "General", "5.7.9", "554 5.7.9 Message not accepted for policy reasons",
		SES_CLASS_MESSAGE},
	{'P', "General", "5.7.1", "550-5.7.1 not RFC 5322 compliant: no From. gsmtp",
		SES_CLASS_MESSAGE},
	{'P', "General", NULL, "550 Duplicate header: Subject", SES_CLASS_MESSAGE},

	/* expired: the last reply inside decides */
	{'T', "General", "4.4.7", EXPIRED, SES_CLASS_EXPIRED},
	{'T', "General", "4.4.7", EXPIRED "<421 4.4.1 Unable to connect to remote host>",
		SES_CLASS_EXPIRED},
	{'T', "General", "4.4.7",
		EXPIRED "<421 4.4.0 Unable to lookup DNS for example.net>",
		SES_CLASS_EXPIRED},
	{'T', "General", "4.4.7", EXPIRED "<452 4.2.2 over quota>", SES_CLASS_SOFT},
	{'T', "General", "4.4.7", EXPIRED "<450 4.2.2 no room>", SES_CLASS_SOFT},
	{'T', "General", "4.4.7", EXPIRED "<421 4.7.1 not now>", SES_CLASS_REPUTATION},
	{'T', "General", "4.4.7", EXPIRED "<450 4.7.1 Greylisted>", SES_CLASS_SOFT},
	{'T', "General", "4.4.7", EXPIRED "<550 5.4.4 Unable to route>",
		SES_CLASS_NO_SUCH_DOMAIN},
	{'T', "General", "4.4.7", EXPIRED "<421 put off: user bob@spamhaus.example>",
		SES_CLASS_EXPIRED},
	{'T', "General", NULL, EXPIRED, SES_CLASS_EXPIRED},
	{'T', "General", "4.4.7", EXPIRED " Domain not found", SES_CLASS_EXPIRED},
	{'T', "General", "5.4.7", "550 5.4.7 gave up", SES_CLASS_EXPIRED},
	{'T', "CustomTimeoutExceeded", NULL, "gave up", SES_CLASS_EXPIRED},

	/* a Permanent one that blames others in vague words; a clear code outweighs them
	 */
	{'P', "General", "5.0.0", "550 High probability of spam", SES_CLASS_MESSAGE},
	{'P', "General", NULL, "554 refused by our content filter", SES_CLASS_MESSAGE},
	{'P', "General", NULL, "550 Blocked", SES_CLASS_REPUTATION},
	{'P', "General", "5.0.0", "554 192.0.2.1 is listed with us",
		SES_CLASS_REPUTATION},
	{'P', "General", NULL, "554 Access denied", SES_CLASS_REPUTATION},
	{'P', "General", NULL, "554 no SMTP service for you", SES_CLASS_REPUTATION},
	{'P', "General", "5.0.0", "554 Server busy", SES_CLASS_SOFT},
	{'P', "General", "5.1.1", "550 5.1.1 no: read our page on spam", SES_CLASS_HARD},
	{'P', "General", "5.2.1", "550 5.2.1 no: blocked", SES_CLASS_HARD},
	{'P', "General", NULL, "550 No such user, try again", SES_CLASS_HARD},

	/* nothing certain */
	{'T', "General", "4.3.2", "452 4.3.2 not now", SES_CLASS_SOFT},
	{'T', "General", "5.1.1", "550 5.1.1 user unknown", SES_CLASS_SOFT},
	{'U', "Undetermined", "4.3.0", "451 4.3.0 not now", SES_CLASS_SOFT},
};

#endif
