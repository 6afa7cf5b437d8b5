/* api_preflight.c - POST /v1/preflight: a list is taken in, and judged beside the door.
 */
#include "web/api_preflight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_query.h"
#include "web/api_reply.h"
#include "web/background.h"
#include "web/inside.h"
#include "web/stream.h"

static struct preflight *preflight_new(struct request *request)
{
	struct preflight *preflight = calloc(1, sizeof(*preflight));

	if (preflight == NULL)
		return NULL;
	atomic_store(&preflight->owners, 1);
	preflight->web = request->web;
	preflight->store = request->store;
	preflight->rules = request->rules;
	preflight->now = clock_now();
	buffer_init(&preflight->texts, PREFLIGHT_TEXTS_MAX);
	api_list_init(&preflight->errors);
	return preflight;
}

void preflight_release(struct preflight *preflight)
{
	if (preflight == NULL || atomic_fetch_sub(&preflight->owners, 1) > 1)
		return;
	atomic_store(&preflight->web->is_preflighting, false);
	listfile_free(preflight->file);
	buffer_finish(&preflight->texts);
	api_list_finish(&preflight->errors);
	api_brakes_finish(&preflight->brakes);
	free(preflight->account);
	free(preflight->region);
	free(preflight->columns);
	free(preflight->lines);
	free(preflight->recipients);
	free(preflight->by_domain);
	free(preflight);
}

/* ---- the answer ---- */

void preflight_answer(struct request *request, void *closure)
{
	struct preflight *preflight = closure;

	if (!preflight_judge(request, preflight))
		return;
	if (preflight->wants_addresses || preflight->slice > 0)
		preflight_stream(request, preflight);
	else
		reply_json(request, 200, preflight_json(preflight));
}

/* ---- the body ---- */

static bool refuse_list(struct request *request, struct preflight *preflight)
{
	if (preflight->is_too_long) {
		reply_problem(request, 413, "too-large",
			"the list has more than %d addresses, or more than %zu MiB of "
			"them: cut it, and ask for each part",
			PREFLIGHT_ADDRESSES_MAX, PREFLIGHT_TEXTS_MAX >> 20);
		return false;
	}
	api_reply_no_memory(request);
	return false;
}

static bool go_on(
	struct request *request, struct preflight *preflight, enum listfile_state state)
{
	switch (state) {
	case LISTFILE_GOES_ON:
		return true;
	case LISTFILE_UNREADABLE:
		reply_problem(request, 400, "file", "the list cannot be read: %s",
			listfile_refusal(preflight->file));
		return false;
	case LISTFILE_STOPPED:
		return refuse_list(request, preflight);
	}
	return false;
}

static bool take_piece(
	struct request *request, void *closure, const char *bytes, size_t length)
{
	struct preflight *preflight = closure;

	return go_on(request, preflight, listfile_take(preflight->file, bytes, length));
}

static void end_body(struct request *request, void *closure)
{
	struct preflight *preflight = closure;

	if (go_on(request, preflight, listfile_end(preflight->file)))
		background_begin(request, "preflight", preflight_answer, preflight);
}

static void free_preflight(void *closure)
{
	preflight_release(closure);
}

/* ---- the question ---- */

static bool query_number(
	struct request *request, const char *name, int64_t most, int64_t *number)
{
	char *text = NULL, expected[48];
	bool is_right;

	if (!api_query_text(request, name, &text))
		return false;
	if (text == NULL)
		return true;
	is_right = text_to_integer(text, number) && *number >= 1 && *number <= most;
	snprintf(expected, sizeof(expected), "a number from 1 to %lld", (long long) most);
	if (!is_right)
		api_refuse_parameter(request, name, text, expected);
	free(text);
	return is_right;
}

/* The scope of a question and the configuration set that is mailed through. */
static bool query_scopes(struct request *request, struct ses_scopes *scopes)
{
	char *scope = NULL, *set = NULL, *both = NULL;
	bool is_right = api_query_text(request, "scope", &scope) &&
			api_query_text(request, "configuration_set", &set);

	if (is_right && asprintf(&both, "%s%s%s", scope == NULL ? "" : scope,
				scope != NULL && set != NULL ? "," : "",
				set == NULL ? "" : set) < 0) {
		both = NULL;
		is_right = false;
		api_reply_no_memory(request);
	}
	if (is_right && !ses_scopes_parse(both, scopes))
		is_right =
			api_refuse_parameter(request, "scope", both, api_scopes_expected);
	free(scope);
	free(set);
	free(both);
	return is_right;
}

static bool query_columns(struct request *request, char **columns)
{
	struct error error;

	if (!api_query_text(request, "columns", columns))
		return false;
	if (*columns == NULL || listfile_columns_are_right(*columns, &error))
		return true;
	reply_problem(request, 400, "query", "columns: %s", error.text);
	return false;
}

static bool read_query(struct request *request, struct preflight *preflight)
{
	static const char *const known[] = {"account", "region", "scope",
		"configuration_set", "columns", "slices", "slice", "addresses", NULL};
	static const char *const answers[] = {"no", "yes", NULL};
	size_t answer = 0;
	bool is_right =
		request_query_is_known(request, known) &&
		api_query_account(request, &preflight->account) &&
		api_query_text(request, "region", &preflight->region) &&
		query_scopes(request, &preflight->scopes) &&
		query_columns(request, &preflight->columns) &&
		query_number(
			request, "slices", SES_SLICES_MAX, &preflight->slices_wanted) &&
		query_number(request, "slice", SES_SLICES_MAX, &preflight->slice) &&
		api_query_choice(request, "addresses", answers, &answer);

	preflight->wants_addresses = answer == 1;
	return is_right;
}

static bool open_file(struct request *request, struct preflight *preflight)
{
	struct listfile_taker taker = {
		preflight_take_entry, preflight_take_flaw, preflight};

	preflight->settings = (struct listfile_settings){
		.columns = preflight->columns,
		.scope = "",
		.note = "",
		.policy = &request->rules->suppression,
		.now = preflight->now,
		.only_addresses = true,
	};
	preflight->file = listfile_new(&preflight->settings, &taker);
	if (preflight->file == NULL)
		api_reply_no_memory(request);
	return preflight->file != NULL;
}

/* Once the headers are there. */
void api_preflight(struct request *request)
{
	static const struct stream_sink sink = {take_piece, end_body, free_preflight};
	struct preflight *preflight;

	/* One at a time: it may take some hundred megabytes. */
	if (atomic_exchange(&request->web->is_preflighting, true)) {
		reply_problem(request, 503, "busy",
			"another list is being judged just now; try again");
		return;
	}
	preflight = preflight_new(request);
	if (preflight == NULL) {
		atomic_store(&request->web->is_preflighting, false);
		api_reply_no_memory(request);
	} else if (read_query(request, preflight) && open_file(request, preflight)) {
		stream_take_body(request, &sink, preflight);
	} else {
		preflight_release(preflight);
	}
}
