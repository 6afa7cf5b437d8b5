/* api_export.c - the whole suppression list as a file, streamed page by page. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "ses/scope.h"
#include "web/api.h"
#include "web/api_reply.h"
#include "web/inside.h"
#include "web/listfile.h"
#include "web/stream.h"

/* Entries that are read at a time: so long another request of the door may wait. */
#define PAGE_ENTRIES 500
/* With a note each; what does not fit breaks the connection, which is right. */
#define FIRST_PAGE_MAX ((size_t) 8 << 20)

struct export
{
	struct store *store;
	enum listfile_kind kind;
	struct store_suppression_filter filter;
	char *scope, *after_address, *after_scope;
	struct buffer first; /* was read before the answer began */
	bool is_first, is_end;
};

static void free_export(void *closure)
{
	struct export *export = closure;

	buffer_finish(&export->first);
	free(export->scope);
	free(export->after_address);
	free(export->after_scope);
	free(export);
}

struct page {
	struct buffer *lines;
	enum listfile_kind kind;
};

static bool write_entry(void *closure, const struct store_suppression *entry)
{
	struct page *page = closure;

	listfile_write(page->lines, page->kind, entry);
	return !page->lines->failed;
}

/* The next page: can be empty, for there are entries that a format has no word for. */
static bool read_page(struct export *export, struct buffer *lines, struct error *error)
{
	struct page page = {lines, export->kind};
	char *address = NULL, *scope = NULL;

	export->filter.after_address = export->after_address;
	export->filter.after_scope = export->after_scope;
	if (!store_suppression_list(export->store, &export->filter, clock_now(),
		    write_entry, &page, &address, &scope, error))
		return false;
	free(export->after_address);
	free(export->after_scope);
	export->after_address = address;
	export->after_scope = scope;
	export->is_end = address == NULL;
	return !lines->failed || error_set(error, "out of memory");
}

static bool give_piece(void *closure, struct buffer *piece, bool *is_end)
{
	struct export *export = closure;
	struct error error = {""};

	if (export->is_first) {
		export->is_first = false;
		if (export->first.length > 0)
			buffer_append(piece, export->first.bytes, export->first.length);
		buffer_finish(&export->first);
	}
	if (piece->length == 0 && !export->is_end && !read_page(export, piece, &error)) {
		log_error("export of the suppression list: %s", error.text);
		return false;
	}
	*is_end = export->is_end;
	return true;
}

/* ---- the question ---- */

static bool query_kind(struct request *request, enum listfile_kind *kind)
{
	bool is_given, is_known;
	char *name = request_query(request, "format", &is_given);

	if (name == NULL)
		return !is_given;
	is_known = listfile_kind_from_name(name, kind);
	if (!is_known)
		reply_problem(request, 400, "query",
			"format: \"%.60s\" is not known; write csv, ndjson, ses or "
			"ses-delete",
			name);
	free(name);
	return is_known;
}

static bool query_reason(struct request *request, enum ses_reason *reason)
{
	bool is_given, is_known;
	char *name = request_query(request, "reason", &is_given);

	if (name == NULL)
		return !is_given;
	is_known = ses_reason_from_name(name, reason);
	if (!is_known)
		reply_problem(request, 400, "query",
			"reason: \"%.60s\" is not known; write bounce, complaint, "
			"soft-bounce, no-such-domain, quarantine, manual, import or "
			"ses-list",
			name);
	free(name);
	return is_known;
}

static bool query_scope(struct request *request, char **scope)
{
	bool is_given;

	*scope = request_query(request, "scope", &is_given);
	if (*scope == NULL)
		return !is_given;
	if (ses_scope_is_valid(*scope))
		return true;
	reply_problem(request, 400, "query",
		"scope: \"%.60s\" is none; write the name of a configuration set, "
		"tenant:NAME, account:ID, or nothing for everything",
		*scope);
	return false;
}

/* What blocks one stream here would block the whole account there. */
static bool choose_scope(struct export *export)
{
	if (export->scope == NULL && export->kind == LISTFILE_SES) {
		export->scope = text_copy("", 0);
		if (export->scope == NULL)
			return false;
	}
	export->filter.scope = export->scope;
	return true;
}

void api_suppressions_export(struct request *request)
{
	static const char *const known[] = {"format", "reason", "scope", NULL};
	static const struct stream_source source = {give_piece, free_export};
	struct export *export = calloc(1, sizeof(*export));
	struct error error = {""};

	if (export == NULL) {
		api_reply_no_memory(request);
		return;
	}
	export->store = request->store;
	export->filter = (struct store_suppression_filter){
		.since = UTC_NONE, .until = UTC_NONE, .limit = PAGE_ENTRIES};
	export->is_first = true;
	buffer_init(&export->first, FIRST_PAGE_MAX);
	if (!request_query_is_known(request, known) ||
		!query_kind(request, &export->kind) ||
		!query_reason(request, &export->filter.reason) ||
		!query_scope(request, &export->scope)) {
		free_export(export);
		return;
	}
	/* A store that can't be read is told before anything looks like a file. */
	listfile_write_head(&export->first, export->kind);
	if (!choose_scope(export)) {
		free_export(export);
		api_reply_no_memory(request);
	} else if (!read_page(export, &export->first, &error)) {
		free_export(export);
		reply_store_failed(request, &error);
	} else {
		stream_answer(
			request, listfile_content_type(export->kind), &source, export);
	}
}
