/* class.c - what a piece of feedback says about its address. */
#include "ses/class.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/diagnostic.h"
#include "ses/judge.h"

static const struct {
	const char *name, *meaning;
} classes[] = {
	[SES_CLASS_HARD] = {"hard", "the mailbox does not exist or never takes mail"},
	[SES_CLASS_SOFT] = {"soft", "the mailbox failed for now"},
	[SES_CLASS_EXPIRED] = {"expired", "SES gave up, and nobody said why"},
	[SES_CLASS_MESSAGE] = {"message",
		"the message was refused for its size, its content or a policy; not the "
		"address's fault"},
	[SES_CLASS_AUTOMATIC] = {"out-of-office", "an automatic reply; the mail arrived"},
	[SES_CLASS_NO_SUCH_DOMAIN] = {"no-such-domain", "the domain does not exist"},
	[SES_CLASS_REPUTATION] = {"reputation",
		"we are blocked, throttled or not trusted; not the address's fault"},
	[SES_CLASS_SES_LIST] = {"ses-list",
		"SES's own suppression list holds the address"},
	[SES_CLASS_COMPLAINT] = {"complaint", "the recipient called the mail spam"},
	[SES_CLASS_NOT_SPAM] = {"not-spam", "the recipient took a complaint back"},
	[SES_CLASS_UNCLEAR] = {"unclear", "SES could not tell what happened"},
	[SES_CLASS_QUARANTINE] = {"quarantine",
		"a hard bounce that looks false: one of a burst at one provider"},
	[SES_CLASS_DELIVERED] = {"delivered", "the mail was delivered"},
};

#define CLASSES (sizeof(classes) / sizeof(classes[0]))

const char *ses_class_name(enum ses_class class)
{
	return (size_t) class < CLASSES ? classes[class].name : NULL;
}

bool ses_class_from_name(const char *name, enum ses_class *class)
{
	for (size_t i = SES_CLASS_HARD; i < CLASSES; i++) {
		if (text_equal(classes[i].name, name)) {
			*class = (enum ses_class) i;
			return true;
		}
	}
	return false;
}

const char *ses_class_meaning(enum ses_class class)
{
	return (size_t) class < CLASSES ? classes[class].meaning : NULL;
}

/* What the table is asked by. */
struct symptom {
	char kind; /* P T U */
	const char *subtype;
	char status[SES_STATUS_SIZE];
	const char *text; /* "" none */
};

static bool has_words(const char *text, const char *const words[12])
{
	for (size_t i = 0; i < 12 && words[i] != NULL; i++)
		if (ses_diagnostic_has(text, words[i]))
			return true;
	return words[0] == NULL;
}

static bool has_status(const char *status, const char *beginning)
{
	size_t length = strlen(beginning);

	/* "5.1.1" is not the beginning of "5.1.10". */
	return text_begins(status, beginning) &&
	       (beginning[length - 1] == '.' || status[length] == '\0');
}

static const struct ses_class_row *look_up(const struct symptom *symptom)
{
	size_t count;
	const struct ses_class_row *rows = ses_class_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const struct ses_class_row *row = &rows[i];

		if (strchr(row->kinds, symptom->kind) != NULL &&
			(row->subtype == NULL ||
				text_equal(row->subtype, symptom->subtype)) &&
			(row->status == NULL ||
				has_status(symptom->status, row->status)) &&
			has_words(symptom->text, row->words))
			return row;
	}
	return &rows[count - 1];
}

/* What the last server said before SES gave up, judged as if it were the bounce; NULL if
 * that says no more than that it expired. */
static const struct ses_class_row *look_up_inner(const char *diagnostic)
{
	const struct ses_class_row *row = NULL;
	struct symptom symptom = {.kind = 'T', .subtype = "General"};
	size_t length;
	const char *inner = ses_diagnostic_inner(diagnostic, &length);
	char *text;

	if (inner == NULL)
		return NULL;
	text = text_copy(inner, length);
	if (text == NULL)
		return NULL;
	symptom.text = text;
	ses_diagnostic_status(NULL, text, symptom.status);
	row = look_up(&symptom);
	free(text);
	/* X.4: nobody answered, or the connection broke (RFC 3463, 3.5). */
	if (row->words[0] == NULL && row->status == NULL &&
		(symptom.status[0] == '\0' || text_begins(symptom.status, "4.4.")))
		return NULL;
	return row;
}

/* An out-of-office reply is a Transient without any word about delivery. */
static bool is_bare(const struct ses_event *event, const struct ses_recipient *recipient)
{
	return recipient->action == NULL && recipient->status == NULL &&
	       recipient->diagnostic == NULL && event->reporting_mta == NULL;
}

static char kind_of(const struct ses_event *event, const struct ses_recipient *recipient)
{
	switch (event->bounce_kind) {
	case SES_BOUNCE_PERMANENT:
		return ses_recipient_has_failed(recipient) ? 'P' : 'T';
	case SES_BOUNCE_TRANSIENT:
		return 'T';
	case SES_BOUNCE_UNDETERMINED:
		break;
	}
	return 'U';
}

static enum ses_class classify_bounce(const struct ses_event *event,
	const struct ses_recipient *recipient, const struct ses_class_row **row)
{
	struct symptom symptom = {
		.kind = kind_of(event, recipient),
		.subtype = event->bounce_subtype,
		.text = recipient->diagnostic == NULL ? "" : recipient->diagnostic,
	};
	const struct ses_class_row *inner;

	if (symptom.kind == 'T' && is_bare(event, recipient) &&
		(symptom.subtype[0] == '\0' || text_equal(symptom.subtype, "General")))
		return SES_CLASS_AUTOMATIC;
	inner = symptom.kind == 'P' ? NULL : look_up_inner(symptom.text);
	if (inner != NULL) {
		*row = inner;
		return inner->class;
	}
	ses_diagnostic_status(recipient->status, symptom.text, symptom.status);
	/* The words of the last reply inside must not speak for SES's own. */
	if (symptom.kind != 'P' && strcasestr(symptom.text, "message expired") != NULL)
		symptom.text = "";
	*row = look_up(&symptom);
	return (*row)->class;
}

static enum ses_class classify_refusal(const struct ses_event *event)
{
	return text_equal(event->bounce_subtype, "OnAccountSuppressionList") ||
			       text_equal(
				       event->bounce_subtype, "OnTenantSuppressionList")
		       ? SES_CLASS_SES_LIST
		       : SES_CLASS_NONE;
}

enum ses_class ses_class_of(const struct ses_event *event,
	const struct ses_recipient *recipient, const struct ses_class_row **row)
{
	const struct ses_class_row *unwanted;

	if (row == NULL)
		row = &unwanted;
	*row = NULL;
	if (recipient->address[0] == '\0' || recipient->standing == SES_SIMULATOR)
		return SES_CLASS_NONE;
	switch (recipient->outcome) {
	case SES_OUTCOME_HARD_BOUNCE:
	case SES_OUTCOME_SOFT_BOUNCE:
		return classify_bounce(event, recipient, row);
	case SES_OUTCOME_REFUSED:
		return classify_refusal(event);
	case SES_OUTCOME_COMPLAINT:
		return SES_CLASS_COMPLAINT;
	case SES_OUTCOME_NOT_SPAM:
		return SES_CLASS_NOT_SPAM;
	case SES_OUTCOME_LISTED:
		return SES_CLASS_SES_LIST;
	case SES_OUTCOME_DELIVERY:
		return SES_CLASS_DELIVERED;
	case SES_OUTCOME_OTHER:
	case SES_OUTCOME_SEND:
	case SES_OUTCOME_REJECT:
		break;
	}
	return SES_CLASS_NONE;
}
