/* listfile.h - the file formats of the suppression list, read piece by piece, and
 * written. Private to web/. */
#ifndef WEB_LISTFILE_H
#define WEB_LISTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "store/store.h"

/* ---- reading ---- */

/* A line (of CSV: with what its quotes hold; of JSON: an object) can have so much. */
#define LISTFILE_LINE_MAX ((size_t) 64 << 10)

struct listfile_settings {
	const char *columns;	/* see listfile_columns_are_right; NULL: by their names */
	enum ses_reason reason; /* where a line has none; NONE: what the format says */
	const char *scope;	/* likewise; "" everything */
	const char *note;	/* likewise; "" none */
	const struct ses_suppression_policy *policy; /* how long soft entries last whose
							line says nothing of it */
	utc_ms now;
	bool only_addresses; /* whatever else a line says is left unread */
};

/*
 * Who gets what is read, in order. number is the line of the file that it begins on, from
 * 1. entry: all but hand, event, actor and version; texts are borrowed for the call; an
 * entry may have expired. flaw: what is wrong with a line, which is left out. Both return
 * false to stop.
 */
struct listfile_taker {
	bool (*entry)(
		void *closure, uint64_t number, const struct store_suppression *entry);
	bool (*flaw)(void *closure, uint64_t number, const char *detail);
	void *closure;
};

enum listfile_state {
	LISTFILE_GOES_ON,
	LISTFILE_STOPPED,    /* by the taker */
	LISTFILE_UNREADABLE, /* the whole; nothing was given: listfile_refusal */
};

struct listfile;

/* "address=email,reason=why": FIELD=COLUMN with the fields address, reason, scope, since,
 * expires, note, each once, address always. COLUMN is a name of the header (of an
 * object's member), or a column's number, from 1, in a file without header. */
bool listfile_columns_are_right(const char *columns, struct error *error)
	__attribute__((warn_unused_result));

/* settings' texts and taker must live as long. NULL without memory. Of constant size,
 * whatever the length of the file. */
struct listfile *listfile_new(
	const struct listfile_settings *settings, const struct listfile_taker *taker);
void listfile_free(struct listfile *file); /* takes NULL */

/* The next bytes, cut anywhere; the end. After anything but GOES_ON nothing more is
 * taken. */
enum listfile_state listfile_take(
	struct listfile *file, const char *bytes, size_t length);
enum listfile_state listfile_end(struct listfile *file);

/*
 * What it was recognised as by its first line, then by its names: "csv" (ours, or with a
 * header that names its columns), "sendgrid", "postmark", "mailgun", "mailchimp" (CSV or
 * JSON of theirs), "ses-csv" (the console's), "addresses" (one a line), "ses-import" (an
 * import job's, CSV or JSON lines), "ndjson", "json" (one document), "ses-list" (of
 * list-suppressed-destinations: only this says at_ses = 1), "empty".
 */
const char *listfile_format(const struct listfile *file);

/* UNREADABLE: why, and what would be right. */
const char *listfile_refusal(const struct listfile *file);

/* ---- the words of others ---- */

/* "HardBounce", "SpamComplaint", "unsubscribed", "BOUNCE" and many more; blanks, hyphens,
 * underscores and case do not matter. */
bool listfile_reason(const char *word, enum ses_reason *reason);

/* RFC 3339 and its relatives, without a zone UTC; a day; seconds or milliseconds since
 * 1970; "Fri, 21 Oct 2011 11:02:55 GMT". */
bool listfile_time(const char *text, utc_ms *time);

/* ---- writing ---- */

enum listfile_kind {
	LISTFILE_CSV,	     /* RFC 4180: address,reason,scope,since,expires,note */
	LISTFILE_NDJSON,     /* entries as the API gives them */
	LISTFILE_SES,	     /* JSON lines for SES's import job that puts */
	LISTFILE_SES_DELETE, /* CSV for SES's import job that deletes */
};

/* "csv" "ndjson" "ses" "ses-delete". */
bool listfile_kind_from_name(const char *name, enum listfile_kind *kind);
const char *listfile_content_type(enum listfile_kind kind);

/* What stands before the entries; of most kinds nothing. */
void listfile_write_head(struct buffer *buffer, enum listfile_kind kind);

/*
 * One entry. For SES only what its list has a word for and may block for good: bounces,
 * complaints, what was put by hand, imported or learnt from SES, if certain, never
 * expiring and of one address; of the others nothing is written. An import reads what
 * CSV and NDJSON write as the same entries.
 */
void listfile_write(struct buffer *buffer, enum listfile_kind kind,
	const struct store_suppression *entry);

#endif
