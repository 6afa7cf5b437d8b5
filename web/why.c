/* why.c - the decision about an address in a sentence or two. */
#include "web/why.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* "2026-11-24 05:51 UTC". */
#define MOMENT_SIZE 24

static const char *moment(utc_ms time, char text[MOMENT_SIZE])
{
	char full[UTC_TEXT_SIZE];

	if (utc_format(time, full)[0] == '\0')
		return "a time unknown";
	snprintf(text, MOMENT_SIZE, "%.10s %.5s UTC", full, full + 11);
	return text;
}

/* " for the configuration set news"; nothing for everything. */
static void write_scope(struct buffer *buffer, const char *scope)
{
	if (text_begins(scope, "tenant:"))
		buffer_format(buffer, " for the tenant %s", strchr(scope, ':') + 1);
	else if (text_begins(scope, "account:"))
		buffer_format(buffer, " for the AWS account %s", strchr(scope, ':') + 1);
	else if (scope[0] != '\0')
		buffer_format(buffer, " for the configuration set %s", scope);
}

static bool is_of_domain(const struct why *why)
{
	return why->told->address[0] == '@' && why->address[0] != '@';
}

/* ", like all of @example.com", where the rule is not about the address itself. */
static void write_domain(struct buffer *buffer, const struct why *why)
{
	if (is_of_domain(why))
		buffer_format(buffer, ", like all of %s", why->told->address);
}

static void write_note(struct buffer *buffer, const struct store_suppression *row)
{
	if (!text_is_empty(row->note))
		buffer_format(buffer, " (\"%s\")", row->note);
}

static const char *actor_of(const struct store_suppression *row)
{
	return text_is_empty(row->actor) ? "somebody" : row->actor;
}

/* ---- what suppresses ---- */

static void write_learnt(struct buffer *buffer, const struct store_suppression *entry)
{
	char since[MOMENT_SIZE];

	moment(entry->since, since);
	switch (entry->reason) {
	case SES_REASON_BOUNCE:
		buffer_format(buffer,
			"a hard bounce reported on %s says that the mailbox does not "
			"exist or never takes mail",
			since);
		break;
	case SES_REASON_COMPLAINT:
		buffer_format(buffer,
			entry->is_certain
				? "its owner complained about a mail, reported on %s"
				: "a complaint reported on %s names it as one of several "
				  "suspects",
			since);
		break;
	case SES_REASON_SOFT_BOUNCE:
		buffer_format(buffer,
			"mail to it failed for now on too many days, the last of them "
			"reported on %s, and none was delivered since",
			since);
		break;
	case SES_REASON_QUARANTINE:
		buffer_format(buffer,
			"it bounced hard on %s, but in a burst of bounces that look like "
			"its provider's mistake: it is in quarantine",
			since);
		break;
	case SES_REASON_NO_SUCH_DOMAIN:
		buffer_format(buffer,
			"its domain could not be found when SES tried, reported on %s",
			since);
		break;
	case SES_REASON_SES_LIST:
		buffer_format(buffer,
			"SES itself refused to send to it, reported on %s: it is on a "
			"list of SES's",
			since);
		break;
	case SES_REASON_NONE:
	case SES_REASON_MANUAL:
	case SES_REASON_IMPORT:
		/* Of a forgotten address only so much is kept. */
		buffer_format(buffer, "it was put on the list on %s", since);
		break;
	}
}

static void write_hand(struct buffer *buffer, const struct store_suppression *entry)
{
	bool is_import = entry->hand == SES_HAND_IMPORT;
	bool is_plain =
		entry->reason == SES_REASON_MANUAL || entry->reason == SES_REASON_IMPORT;
	char since[MOMENT_SIZE];

	moment(entry->since, since);
	if (is_import)
		buffer_format(buffer, "%s imported it", actor_of(entry));
	else
		buffer_format(buffer, "%s put it on the list by hand", actor_of(entry));
	buffer_format(buffer, is_import ? ", listed since %s" : " on %s", since);
	if (!is_plain)
		buffer_format(buffer, ", as %s", ses_reason_name(entry->reason));
}

static void write_end(struct buffer *buffer, const struct store_suppression *entry)
{
	bool is_soft = entry->reason == SES_REASON_SOFT_BOUNCE ||
		       entry->reason == SES_REASON_NO_SUCH_DOMAIN;
	char expires[MOMENT_SIZE];

	if (entry->expires == UTC_NONE)
		buffer_append_text(buffer, " It does not end by itself.");
	else
		buffer_format(buffer, " It ends on %s%s.",
			moment(entry->expires, expires),
			is_soft && entry->hand == SES_HAND_NONE
				? ", and then it is on probation"
				: "");
}

static void write_suppressed(struct buffer *buffer, const struct why *why)
{
	const struct store_suppression *entry = why->told;

	buffer_format(buffer, "%s may not be mailed", why->address);
	write_scope(buffer, entry->scope);
	write_domain(buffer, why);
	buffer_append_text(buffer, ": ");
	if (entry->hand == SES_HAND_NONE || text_is_empty(entry->actor))
		write_learnt(buffer, entry);
	else
		write_hand(buffer, entry);
	write_note(buffer, entry);
	buffer_append_text(buffer, ".");
	write_end(buffer, entry);
}

/* ---- what does not ---- */

static void write_never(struct buffer *buffer, const struct why *why)
{
	char since[MOMENT_SIZE];

	buffer_format(
		buffer, "%s may be mailed, whatever its feedback says", why->address);
	write_scope(buffer, why->told->scope);
	write_domain(buffer, why);
	buffer_format(buffer, ": %s exempted it on %s", actor_of(why->told),
		moment(why->told->since, since));
	write_note(buffer, why->told);
	buffer_append_text(buffer, ".");
}

static void write_probation(struct buffer *buffer, const struct why *why)
{
	char expires[MOMENT_SIZE];

	buffer_format(buffer, "%s may be mailed, on probation", why->address);
	write_domain(buffer, why);
	buffer_format(buffer,
		": its %s entry%s ended on %s. The next failure that counts suppresses "
		"it at once, and for longer; a delivery ends the probation.",
		ses_reason_name(why->told->reason),
		why->told->scope[0] == '\0' ? "" : " for this stream",
		moment(why->told->expires, expires));
}

static void write_clear(struct buffer *buffer, const struct why *why)
{
	char since[MOMENT_SIZE];

	buffer_format(buffer, "%s may be mailed", why->address);
	if (why->removed != NULL) {
		buffer_format(buffer, ": %s took it off the list on %s",
			actor_of(why->removed), moment(why->removed->since, since));
		write_note(buffer, why->removed);
		buffer_append_text(
			buffer, ", and what was reported until then counts no more.");
	} else {
		buffer_append_text(buffer, ": nothing stands against it.");
	}
	if (why->held > 0)
		buffer_format(buffer,
			" %u complaint%s it as one of several suspects; a report about "
			"another mail would suppress it.",
			why->held, why->held == 1 ? " names" : "s name");
	else if (why->is_elsewhere)
		buffer_append_text(buffer,
			" It is suppressed in another stream, which this question does "
			"not name.");
}

void why_write(struct buffer *buffer, const struct why *why)
{
	switch (why->verdict) {
	case SES_VERDICT_CLEAR:
		write_clear(buffer, why);
		break;
	case SES_VERDICT_PROBATION:
		write_probation(buffer, why);
		break;
	case SES_VERDICT_NEVER:
		write_never(buffer, why);
		break;
	case SES_VERDICT_SUPPRESSED:
		write_suppressed(buffer, why);
		break;
	}
}
