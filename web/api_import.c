/* api_import.c - a file of addresses to suppress, streamed into the list in batches. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "ses/scope.h"
#include "web/api.h"
#include "web/api_import.h"
#include "web/api_list.h"
#include "web/api_reply.h"
#include "web/inside.h"
#include "web/listfile.h"
#include "web/stream.h"

#define BATCH_LINES 2000
#define BATCH_TEXTS ((size_t) 4 << 20) /* a batch of long notes is full earlier */
#define ERRORS_MAX 1000
#define NOTE_MAX 1000 /* bytes */

/* Where the texts of a change begin in the batch's texts, which move while they grow. */
struct places {
	size_t address, original, scope, note;
};

struct counts {
	int64_t lines, added, changed, unchanged, outranked, expired, invalid, left_out;
};

struct import {
	struct request *request;
	struct listfile *file;
	struct listfile_settings settings;
	char *columns, *scope, *note;
	bool is_dry_run;

	struct store_change changes[BATCH_LINES];
	struct places places[BATCH_LINES];
	size_t count;
	struct buffer texts;
	uint64_t last_line; /* of the batch */
	uint64_t lines_in;  /* the last line that is durable, or has nothing to be */

	struct counts counts;
	struct api_list errors;
	bool has_failed;
};

static void free_import(void *closure)
{
	struct import *import = closure;

	listfile_free(import->file);
	buffer_finish(&import->texts);
	api_list_finish(&import->errors);
	free(import->columns);
	free(import->scope);
	free(import->note);
	free(import);
}

/* ---- a batch ---- */

static void count_result(struct counts *counts, enum store_change_result result)
{
	switch (result) {
	case STORE_ADDED:
		counts->added++;
		break;
	case STORE_CHANGED:
		counts->changed++;
		break;
	case STORE_OUTRANKED:
		counts->outranked++;
		break;
	case STORE_UNCHANGED:
	case STORE_REMOVED:
	case STORE_CONFLICT:
	case STORE_NOT_SOFT:
		counts->unchanged++;
		break;
	}
}

/* Lets the batch in. False: the store can't, now. */
static bool flush(struct import *import)
{
	struct store_job job = {.kind = STORE_CHANGE_LIST,
		.changes = import->changes,
		.change_count = import->count,
		.policy = import->settings.policy,
		.actor = import->request->actor,
		.cause = "import",
		.now = clock_now()};

	for (size_t i = 0; i < import->count; i++) {
		struct store_suppression *entry = &import->changes[i].entry;
		const char *texts = import->texts.bytes;

		entry->address = texts + import->places[i].address;
		entry->original = texts + import->places[i].original;
		entry->scope = texts + import->places[i].scope;
		entry->note = texts + import->places[i].note;
	}
	if (import->count > 0 &&
		store_submit_and_wait(import->request->store, &job) == STORE_FAILED)
		return false;
	for (size_t i = 0; i < import->count; i++)
		count_result(&import->counts, import->changes[i].result);
	import->lines_in = import->last_line;
	import->count = 0;
	import->texts.length = 0;
	return true;
}

static size_t keep_text(struct import *import, const char *text)
{
	size_t place = import->texts.length;

	buffer_append(&import->texts, text, strlen(text) + 1);
	return place;
}

/* In place of a batch. */
static bool foresee(struct import *import, const struct store_suppression *entry)
{
	enum store_change_result result;
	struct error error;

	import->has_failed = !api_import_foresee(
		import->request->store, entry, import->settings.now, &result, &error);
	if (import->has_failed)
		log_error("import without changes: %s", error.text);
	else
		count_result(&import->counts, result);
	return !import->has_failed;
}

static bool take_entry(
	void *closure, uint64_t number, const struct store_suppression *entry)
{
	struct import *import = closure;
	struct places *places = &import->places[import->count];

	import->counts.lines++;
	import->last_line = number;
	if (entry->expires != UTC_NONE && entry->expires <= import->settings.now) {
		import->counts.expired++;
		return true;
	}
	if (import->is_dry_run)
		return foresee(import, entry);
	import->changes[import->count] = (struct store_change){
		.kind = STORE_IMPORT, .entry = *entry, .expected_version = -1};
	places->address = keep_text(import, entry->address);
	places->original = keep_text(import, entry->original);
	places->scope = keep_text(import, entry->scope);
	places->note = keep_text(import, entry->note == NULL ? "" : entry->note);
	import->count++;
	import->has_failed = import->texts.failed;
	if (!import->has_failed &&
		(import->count == BATCH_LINES || import->texts.length >= BATCH_TEXTS))
		import->has_failed = !flush(import);
	return !import->has_failed;
}

static bool take_flaw(void *closure, uint64_t number, const char *detail)
{
	struct import *import = closure;
	struct json *row;

	import->counts.lines++;
	import->counts.invalid++;
	import->last_line = number;
	if (import->errors.count == ERRORS_MAX) {
		import->counts.left_out++;
		return true;
	}
	row = json_object();
	json_put_integer(row, "line", (int64_t) number);
	json_put_text(row, "detail", detail);
	if (!api_list_add(&import->errors, row))
		import->has_failed = true;
	return !import->has_failed;
}

/* ---- the answers ---- */

static bool reply_failed(struct import *import)
{
	if (import->is_dry_run)
		reply_problem(import->request, 503, "store-failed",
			"the store can't be read now; the log says why");
	else if (import->lines_in == 0)
		reply_problem(import->request, 503, "store-failed",
			"the store can't write now: nothing went in; the log says why");
	else
		reply_problem(import->request, 503, "store-failed",
			"the store can't write now: lines up to %llu are in, the rest is "
			"not; run the same import again: what is there stays as it is",
			(unsigned long long) import->lines_in);
	reply_header(import->request, "Retry-After", "5");
	return false;
}

static void reply_counts(struct import *import)
{
	const struct counts *counts = &import->counts;
	struct json *before = json_object(), *after = json_object();

	json_put_text(before, "format", listfile_format(import->file));
	json_put_boolean(before, "dry_run", import->is_dry_run);
	json_put_integer(before, "lines", counts->lines);
	json_put_integer(before, "added", counts->added);
	json_put_integer(before, "changed", counts->changed);
	json_put_integer(before, "unchanged", counts->unchanged);
	json_put_integer(before, "outranked", counts->outranked);
	json_put_integer(before, "expired", counts->expired);
	json_put_integer(before, "invalid", counts->invalid);
	json_put_integer(after, "errors_left_out", counts->left_out);
	api_list_reply(import->request, &import->errors, before, "errors", after);
}

static bool go_on(struct import *import, enum listfile_state state)
{
	switch (state) {
	case LISTFILE_GOES_ON:
		return true;
	case LISTFILE_UNREADABLE:
		reply_problem(import->request, 400, "file", "nothing went in: %s",
			listfile_refusal(import->file));
		return false;
	case LISTFILE_STOPPED:
		return reply_failed(import);
	}
	return false;
}

static bool take_piece(
	struct request *request, void *closure, const char *bytes, size_t length)
{
	struct import *import = closure;

	(void) request;
	return go_on(import, listfile_take(import->file, bytes, length));
}

static void end_body(struct request *request, void *closure)
{
	struct import *import = closure;

	(void) request;
	if (!go_on(import, listfile_end(import->file)))
		return;
	if (flush(import))
		reply_counts(import);
	else
		reply_failed(import);
}

/* ---- the question ---- */

/* A parameter that may be absent: then *value stays NULL. */
static bool query(struct request *request, const char *name, char **value)
{
	bool is_given;

	*value = request_query(request, name, &is_given);
	return *value != NULL || !is_given;
}

static bool query_dry_run(struct request *request, bool *is_dry_run)
{
	char *text;
	bool is_right;

	if (!query(request, "dry_run", &text))
		return false;
	is_right = text == NULL || text_equal(text, "yes") || text_equal(text, "no");
	*is_dry_run = text_equal(text, "yes");
	if (!is_right)
		reply_problem(request, 400, "query",
			"dry_run: \"%.60s\" is neither yes nor no", text);
	free(text);
	return is_right;
}

static bool query_reason(struct request *request, enum ses_reason *reason)
{
	char *text;
	bool is_right;

	if (!query(request, "reason", &text))
		return false;
	is_right = text == NULL || ses_reason_from_name(text, reason);
	if (!is_right)
		reply_problem(request, 400, "query",
			"reason: \"%.60s\" is not known; write bounce, complaint, "
			"soft-bounce, no-such-domain, quarantine, manual, import or "
			"ses-list",
			text);
	free(text);
	return is_right;
}

static bool check_texts(struct request *request, const struct import *import)
{
	struct error error;

	if (import->columns != NULL &&
		!listfile_columns_are_right(import->columns, &error)) {
		reply_problem(request, 400, "query", "columns: %s", error.text);
		return false;
	}
	if (import->scope != NULL && !ses_scope_is_valid(import->scope)) {
		reply_problem(request, 400, "query",
			"scope: \"%.60s\" is none; write the name of a configuration "
			"set, tenant:NAME, account:ID, or nothing for everything",
			import->scope);
		return false;
	}
	if (import->note != NULL && strlen(import->note) > NOTE_MAX) {
		reply_problem(request, 400, "query", "note: it is longer than %d bytes",
			NOTE_MAX);
		return false;
	}
	return true;
}

static bool read_query(struct request *request, struct import *import)
{
	static const char *const known[] = {
		"columns", "reason", "scope", "note", "dry_run", NULL};

	return request_query_is_known(request, known) &&
	       query(request, "columns", &import->columns) &&
	       query_reason(request, &import->settings.reason) &&
	       query(request, "scope", &import->scope) &&
	       query(request, "note", &import->note) &&
	       query_dry_run(request, &import->is_dry_run) &&
	       check_texts(request, import);
}

/* Once the headers are there. */
void api_suppressions_import(struct request *request)
{
	static const struct stream_sink sink = {take_piece, end_body, free_import};
	struct import *import = calloc(1, sizeof(*import));
	struct listfile_taker taker = {take_entry, take_flaw, import};

	if (import == NULL) {
		api_reply_no_memory(request);
		return;
	}
	import->request = request;
	buffer_init(&import->texts, 2 * BATCH_TEXTS);
	api_list_init(&import->errors);
	if (!read_query(request, import)) {
		free_import(import);
		return;
	}
	import->settings.columns = import->columns;
	import->settings.scope = import->scope == NULL ? "" : import->scope;
	import->settings.note = import->note == NULL ? "" : import->note;
	import->settings.policy = &request->rules->suppression;
	import->settings.now = clock_now();
	import->file = listfile_new(&import->settings, &taker);
	if (import->file == NULL) {
		free_import(import);
		api_reply_no_memory(request);
		return;
	}
	stream_take_body(request, &sink, import);
}
