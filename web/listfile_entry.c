/* listfile_entry.c - the fields of a line become an entry of the suppression list. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ses/scope.h"
#include "web/listfile_inside.h"

#define NOTE_MAX 1000 /* bytes, as the API takes */
#define SHOWN_MAX 80  /* bytes of a wrong text that are repeated */

bool listfile_give_flaw(struct listfile *file, uint64_t number, const char *format, ...)
{
	char detail[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	if (!file->taker.flaw(file->taker.closure, number, detail))
		file->state = LISTFILE_STOPPED;
	return file->state == LISTFILE_GOES_ON;
}

/* A wrong text, cut where it may be. */
static const char *shown(const char *text, char cut[SHOWN_MAX + 4])
{
	size_t length = strlen(text);

	if (length <= SHOWN_MAX)
		return text;
	length = utf8_without_half(text, SHOWN_MAX);
	memcpy(cut, text, length);
	memcpy(cut + length, "\xe2\x80\xa6", 4); /* … */
	return cut;
}

bool listfile_address(const char *text, size_t length, char normal[SES_ADDRESS_MAX])
{
	char mailbox[SES_ADDRESS_MAX];

	text = text_trim(text, &length);
	if (length == 0 || text[0] != '@')
		return ses_address_normalise(text, length, normal);
	normal[0] = '\0';
	if (length + 1 >= sizeof(mailbox) || memchr(text + 1, '@', length - 1) != NULL)
		return false;
	/* There is one place that folds domains: that of addresses. */
	mailbox[0] = 'x';
	memcpy(mailbox + 1, text, length);
	if (!ses_address_normalise(mailbox, length + 1, normal))
		return false;
	memmove(normal, normal + 1, strlen(normal));
	return true;
}

/* "TEXT" PREDICATE. */
static bool refuse(struct listfile *file, const struct listfile_line *line,
	const char *text, const char *predicate)
{
	char cut[SHOWN_MAX + 4];

	listfile_give_flaw(file, line->number, "\"%s\" %s", shown(text, cut), predicate);
	return false;
}

static bool is_given(const char *text)
{
	return text != NULL && *text != '\0';
}

static bool read_address(struct listfile *file, const struct listfile_line *line,
	char normal[SES_ADDRESS_MAX], char original[SES_ADDRESS_MAX])
{
	const char *text = line->fields[FIELD_ADDRESS];
	const char *spelled = line->fields[FIELD_ORIGINAL];
	char other[SES_ADDRESS_MAX];
	size_t length;

	if (!is_given(text))
		text = spelled;
	if (!is_given(text)) {
		listfile_give_flaw(file, line->number, "there is no address");
		return false;
	}
	if (!listfile_address(text, strlen(text), normal))
		return refuse(file, line, text, "is not an address");
	/* What somebody put is kept, if it is the same mailbox. */
	if (is_given(spelled) && listfile_address(spelled, strlen(spelled), other) &&
		text_equal(other, normal))
		text = spelled;
	length = strlen(text);
	text = text_trim(text, &length);
	if (length >= SES_ADDRESS_MAX)
		snprintf(original, SES_ADDRESS_MAX, "%s", normal);
	else
		snprintf(original, SES_ADDRESS_MAX, "%.*s", (int) length, text);
	return true;
}

/* A word of the status that says whether a bounce was for good. */
static enum ses_reason reason_of_status(const char *status)
{
	enum ses_reason reason = SES_REASON_NONE;

	if (!is_given(status))
		return SES_REASON_NONE;
	if (status[0] == '4')
		return SES_REASON_SOFT_BOUNCE;
	if (status[0] == '5' || status[0] == '6') /* Mailgun has 605 and 607 */
		return SES_REASON_BOUNCE;
	return listfile_reason(status, &reason) ? reason : SES_REASON_NONE;
}

static bool read_reason(struct listfile *file, const struct listfile_line *line,
	enum ses_reason *reason, const char **said)
{
	const char *word = line->fields[FIELD_REASON];
	enum ses_reason standard = file->settings.reason;

	*said = line->fields[FIELD_TEXT];
	if (is_given(word)) {
		if (listfile_reason(word, reason))
			return true;
		if (!line->dialect.reason_is_text)
			return refuse(file, line, word,
				"is no reason; known are bounce, complaint, soft-bounce, "
				"manual, import, quarantine, no-such-domain, ses-list");
		*said = word;
	}
	*reason = reason_of_status(line->fields[FIELD_STATUS]);
	if (standard != SES_REASON_NONE)
		*reason = standard;
	else if (*reason == SES_REASON_NONE)
		*reason = line->dialect.reason;
	return true;
}

static int64_t expiry_of(
	const struct ses_suppression_policy *policy, enum ses_reason reason)
{
	switch (reason) {
	case SES_REASON_SOFT_BOUNCE:
	case SES_REASON_NO_SUCH_DOMAIN:
		return policy->soft_expiry_ms;
	case SES_REASON_QUARANTINE:
		return policy->quarantine_expiry_ms;
	case SES_REASON_NONE:
	case SES_REASON_BOUNCE:
	case SES_REASON_COMPLAINT:
	case SES_REASON_MANUAL:
	case SES_REASON_IMPORT:
	case SES_REASON_SES_LIST:
		return 0;
	}
	return 0;
}

/* Since, at most now; expires, which soft ones get if they say nothing of it. */
static bool read_times(struct listfile *file, const struct listfile_line *line,
	struct store_suppression *entry)
{
	const char *since = line->fields[FIELD_SINCE];
	const char *expires = line->fields[FIELD_EXPIRES];
	int64_t expiry = expiry_of(file->settings.policy, entry->reason);

	entry->since = file->settings.now;
	entry->expires = UTC_NONE;
	if (is_given(since) && !listfile_time(since, &entry->since))
		return refuse(file, line, since,
			"is no time; write it like 2026-01-31T12:00:00Z");
	if (entry->since > file->settings.now)
		entry->since = file->settings.now;
	if (is_given(expires) && !text_equal_ignoring_case(expires, "never")) {
		if (!listfile_time(expires, &entry->expires))
			return refuse(file, line, expires,
				"is no time of expiry; write it like "
				"2026-01-31T12:00:00Z, or nothing for never");
	} else if (expiry > 0) {
		entry->expires = entry->since + expiry;
	}
	return true;
}

/* said is cut to fit, a note is not. */
static bool read_note(struct listfile *file, const struct listfile_line *line,
	const char *said, char cut[NOTE_MAX + 1], struct store_suppression *entry)
{
	const char *note = line->fields[FIELD_NOTE];

	entry->note = file->settings.note;
	if (is_given(note)) {
		entry->note = note;
		if (strlen(note) <= NOTE_MAX)
			return true;
		listfile_give_flaw(
			file, line->number, "the note is longer than %d bytes", NOTE_MAX);
		return false;
	}
	if (is_given(entry->note) || !is_given(said))
		return true;
	if (strlen(said) > NOTE_MAX) {
		snprintf(cut, NOTE_MAX + 1, "%.*s",
			(int) utf8_without_half(said, NOTE_MAX), said);
		said = cut;
	}
	entry->note = said;
	return true;
}

static bool read_scope(struct listfile *file, const struct listfile_line *line,
	struct store_suppression *entry)
{
	const char *scope = line->fields[FIELD_SCOPE];

	entry->scope = is_given(scope) ? scope : file->settings.scope;
	if (ses_scope_is_valid(entry->scope))
		return true;
	return refuse(file, line, entry->scope,
		"is no scope; write the name of a configuration set, tenant:NAME, "
		"account:ID, or nothing for everything");
}

bool listfile_give(struct listfile *file, const struct listfile_line *line)
{
	char normal[SES_ADDRESS_MAX], original[SES_ADDRESS_MAX], cut[NOTE_MAX + 1];
	struct store_suppression entry = {
		.address = normal, .original = original, .at_ses = line->at_ses};
	const char *said;

	entry.is_certain = !text_equal(line->fields[FIELD_CERTAIN], "false");
	if (read_address(file, line, normal, original) &&
		(file->settings.only_addresses ||
			(read_reason(file, line, &entry.reason, &said) &&
				read_scope(file, line, &entry) &&
				read_times(file, line, &entry) &&
				read_note(file, line, said, cut, &entry))) &&
		!file->taker.entry(file->taker.closure, line->number, &entry))
		file->state = LISTFILE_STOPPED;
	return file->state == LISTFILE_GOES_ON;
}
