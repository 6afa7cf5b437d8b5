/* listfile_write.c - entries of the suppression list as lines of a file. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api_entry.h"
#include "web/listfile.h"

static const struct {
	const char *name, *type;
} kinds[] = {
	[LISTFILE_CSV] = {"csv", "text/csv; charset=utf-8; header=present"},
	[LISTFILE_NDJSON] = {"ndjson", "application/x-ndjson"},
	[LISTFILE_SES] = {"ses", "application/x-ndjson"},
	[LISTFILE_SES_DELETE] = {"ses-delete", "text/csv; charset=utf-8; header=absent"},
};

bool listfile_kind_from_name(const char *name, enum listfile_kind *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (text_equal(kinds[i].name, name)) {
			*kind = (enum listfile_kind) i;
			return true;
		}
	}
	return false;
}

const char *listfile_content_type(enum listfile_kind kind)
{
	return kinds[kind].type;
}

void listfile_write_head(struct buffer *buffer, enum listfile_kind kind)
{
	if (kind == LISTFILE_CSV)
		buffer_append_text(buffer, "address,reason,scope,since,expires,note\r\n");
}

/* Blanks at the ends are kept by quotes, too. */
static bool needs_quotes(const char *cell)
{
	size_t length = strlen(cell);

	return strpbrk(cell, ",\"\r\n;\t") != NULL ||
	       (length > 0 && (cell[0] == ' ' || cell[length - 1] == ' '));
}

static void write_cell(struct buffer *buffer, const char *cell, const char *behind)
{
	if (!needs_quotes(cell)) {
		buffer_append_text(buffer, cell);
		buffer_append_text(buffer, behind);
		return;
	}
	buffer_append_text(buffer, "\"");
	for (const char *quote; (quote = strchr(cell, '"')) != NULL; cell = quote + 1) {
		buffer_append(buffer, cell, (size_t) (quote - cell));
		buffer_append_text(buffer, "\"\"");
	}
	buffer_append_text(buffer, cell);
	buffer_append_text(buffer, "\"");
	buffer_append_text(buffer, behind);
}

static void write_csv(struct buffer *buffer, const struct store_suppression *entry)
{
	char time[UTC_TEXT_SIZE];

	write_cell(buffer, entry->original, ",");
	write_cell(buffer, ses_reason_name(entry->reason), ",");
	write_cell(buffer, entry->scope, ",");
	write_cell(buffer, utc_format(entry->since, time), ",");
	write_cell(buffer, utc_format(entry->expires, time), ",");
	write_cell(buffer, entry->note == NULL ? "" : entry->note, "\r\n");
}

/* The word of SES's list for what may stand there for good; NULL: none. */
static const char *ses_word(const struct store_suppression *entry)
{
	if (!entry->is_certain || entry->expires != UTC_NONE || entry->address[0] == '@')
		return NULL;
	switch (entry->reason) {
	case SES_REASON_COMPLAINT:
		return "COMPLAINT";
	case SES_REASON_BOUNCE:
	case SES_REASON_MANUAL:
	case SES_REASON_IMPORT:
	case SES_REASON_SES_LIST:
		return "BOUNCE";
	case SES_REASON_NONE:
	case SES_REASON_SOFT_BOUNCE:
	case SES_REASON_QUARANTINE:
	case SES_REASON_NO_SUCH_DOMAIN:
		return NULL;
	}
	return NULL;
}

/* A mailbox alone: what was put may have a name around it. */
static const char *ses_spelling(const struct store_suppression *entry)
{
	return strpbrk(entry->original, " <>(),") == NULL ? entry->original
							  : entry->address;
}

void listfile_write(struct buffer *buffer, enum listfile_kind kind,
	const struct store_suppression *entry)
{
	struct json *json;
	char *text;

	switch (kind) {
	case LISTFILE_CSV:
		write_csv(buffer, entry);
		break;
	case LISTFILE_NDJSON:
		json = api_entry_json(entry);
		text = json_print(json);
		json_free(json);
		if (text == NULL)
			buffer->failed = true; /* never a line less in silence */
		else
			buffer_append_text(buffer, text);
		buffer_append_text(buffer, "\n");
		free(text);
		break;
	case LISTFILE_SES:
		if (ses_word(entry) == NULL)
			break;
		buffer_append_text(buffer, "{\"emailAddress\":");
		json_print_text(buffer, ses_spelling(entry));
		buffer_format(buffer, ",\"reason\":\"%s\"}\n", ses_word(entry));
		break;
	case LISTFILE_SES_DELETE:
		if (entry->address[0] != '@')
			write_cell(buffer, ses_spelling(entry), "\r\n");
		break;
	}
}
