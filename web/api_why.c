/* api_why.c - why an address may or may not be mailed, and its whole story. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_entry.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_reply.h"
#include "web/api_spelling.h"
#include "web/api_story.h"
#include "web/why.h"

#define SENTENCE_MAX 16384
#define TEXTS_MAX ((size_t) 64 << 20)

/* What is gathered about the address. The texts of pieces and rules lie in the buffers,
 * in order, until they stay where they are. */
struct inquiry {
	const char *address;
	const struct ses_scopes *scopes;
	utc_ms now;
	struct json *rows, *domain_rows, *entry;
	struct buffer sentence;
	enum ses_verdict verdict;
	bool has_memory;

	struct ses_evidence *pieces;
	size_t piece_count, piece_room;
	struct buffer piece_texts;
	struct ses_entry *rules;
	size_t rule_count, rule_room;
	struct buffer rule_texts;

	struct store_suppression removed; /* since UTC_NONE: there is none */
	char *removed_by, *removed_note;
	bool is_elsewhere;
	bool has_stream_complaint; /* stands for one stream only */
	int at_ses;
	unsigned held;
};

static void inquiry_init(struct inquiry *inquiry)
{
	inquiry->rows = json_array();
	inquiry->domain_rows = json_array();
	inquiry->has_memory = true;
	inquiry->removed.since = UTC_NONE;
	inquiry->at_ses = -1;
	buffer_init(&inquiry->sentence, SENTENCE_MAX);
	buffer_init(&inquiry->piece_texts, TEXTS_MAX);
	buffer_init(&inquiry->rule_texts, TEXTS_MAX);
}

/* rows, domain_rows and entry are the answer's. */
static void inquiry_finish(struct inquiry *inquiry)
{
	json_free(inquiry->rows);
	json_free(inquiry->domain_rows);
	json_free(inquiry->entry);
	buffer_finish(&inquiry->sentence);
	buffer_finish(&inquiry->piece_texts);
	buffer_finish(&inquiry->rule_texts);
	free(inquiry->pieces);
	free(inquiry->rules);
	free(inquiry->removed_by);
	free(inquiry->removed_note);
}

/* Room for one more; NULL without memory. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room == 0 ? 16 : 2 * *room;
	void *more;

	if (count < *room)
		return array;
	more = reallocarray(array, wanted, size);
	if (more != NULL)
		*room = wanted;
	return more;
}

static bool keep_text(struct buffer *texts, const char *text)
{
	return buffer_append(texts, text, strlen(text) + 1);
}

/* ---- rows ---- */

static bool keep_rule(struct inquiry *inquiry, const struct store_suppression *row)
{
	struct ses_entry *rules = grow(
		inquiry->rules, inquiry->rule_count, &inquiry->rule_room, sizeof(*rules));

	if (rules == NULL || !keep_text(&inquiry->rule_texts, row->scope))
		inquiry->has_memory = false;
	if (rules == NULL)
		return false;
	inquiry->rules = rules;
	rules[inquiry->rule_count++] = (struct ses_entry){.hand = row->hand,
		.reason = row->reason,
		.is_certain = row->is_certain,
		.since = row->since,
		.expires = row->expires,
		.event = row->event};
	return inquiry->has_memory;
}

static void keep_removal(struct inquiry *inquiry, const struct store_suppression *row)
{
	if (!ses_scopes_include(inquiry->scopes, row->scope) ||
		row->since < inquiry->removed.since)
		return;
	free(inquiry->removed_by);
	free(inquiry->removed_note);
	inquiry->removed_by = text_copy(row->actor, strlen(row->actor));
	inquiry->removed_note = text_copy(row->note, strlen(row->note));
	inquiry->removed.since = row->since;
	inquiry->removed.actor = inquiry->removed_by;
	inquiry->removed.note = inquiry->removed_note;
	if (inquiry->removed_by == NULL || inquiry->removed_note == NULL)
		inquiry->has_memory = false;
}

static bool take_row(void *closure, const struct store_suppression *row)
{
	struct inquiry *inquiry = closure;
	bool suppresses = row->hand != SES_HAND_NEVER && row->hand != SES_HAND_REMOVED;
	bool stands = row->expires == UTC_NONE || row->expires > inquiry->now;

	json_append(inquiry->rows, api_entry_json(row));
	if (row->at_ses > inquiry->at_ses)
		inquiry->at_ses = row->at_ses;
	if (row->hand == SES_HAND_REMOVED)
		keep_removal(inquiry, row);
	if (suppresses && stands && !ses_scopes_include(inquiry->scopes, row->scope))
		inquiry->is_elsewhere = true;
	if (suppresses && stands && row->reason == SES_REASON_COMPLAINT &&
		row->scope[0] != '\0')
		inquiry->has_stream_complaint = true;
	return row->hand == SES_HAND_NONE || keep_rule(inquiry, row);
}

static bool take_domain_row(void *closure, const struct store_suppression *row)
{
	struct inquiry *inquiry = closure;

	json_append(inquiry->domain_rows, api_entry_json(row));
	return true;
}

/* ---- evidence ---- */

static bool take_piece(void *closure, const struct ses_evidence *piece)
{
	struct inquiry *inquiry = closure;
	struct ses_evidence *pieces = grow(inquiry->pieces, inquiry->piece_count,
		&inquiry->piece_room, sizeof(*pieces));

	inquiry->has_memory =
		inquiry->has_memory && pieces != NULL &&
		keep_text(&inquiry->piece_texts, piece->account) &&
		keep_text(&inquiry->piece_texts, piece->configuration_set) &&
		keep_text(&inquiry->piece_texts, piece->tenant);
	if (pieces == NULL)
		return false;
	inquiry->pieces = pieces;
	pieces[inquiry->piece_count++] = *piece;
	return inquiry->has_memory;
}

static const char *next_text(const char **texts)
{
	const char *text = *texts;

	*texts += strlen(text) + 1;
	return text;
}

/* What waits for a second report, and what is known of SES's own list. */
static void learn(struct inquiry *inquiry, const struct ses_suppression_policy *policy)
{
	const char *texts = inquiry->piece_texts.bytes,
		   *scopes = inquiry->rule_texts.bytes;
	struct ses_learnt *learnt;

	if (inquiry->piece_count == 0)
		return;
	for (size_t i = 0; i < inquiry->piece_count; i++) {
		inquiry->pieces[i].account = next_text(&texts);
		inquiry->pieces[i].configuration_set = next_text(&texts);
		inquiry->pieces[i].tenant = next_text(&texts);
	}
	for (size_t i = 0; i < inquiry->rule_count; i++)
		inquiry->rules[i].scope = next_text(&scopes);
	learnt = calloc(1, sizeof(*learnt));
	if (learnt == NULL ||
		!ses_suppression_learn(policy, inquiry->pieces, inquiry->piece_count,
			inquiry->rules, inquiry->rule_count, learnt)) {
		inquiry->has_memory = false;
	} else {
		inquiry->held = learnt->held;
		if (inquiry->at_ses == -1)
			inquiry->at_ses = learnt->at_ses;
	}
	free(learnt);
}

/* ---- the decision ---- */

static bool take_verdict(void *closure, size_t index, enum ses_verdict verdict,
	const struct store_suppression *entry)
{
	struct inquiry *inquiry = closure;
	struct why why = {.address = inquiry->address, .verdict = verdict, .told = entry};

	(void) index;
	inquiry->verdict = verdict;
	inquiry->entry = api_entry_json(entry);
	inquiry->has_memory = inquiry->has_memory && inquiry->entry != NULL;
	why_write(&inquiry->sentence, &why);
	return true;
}

static void write_clear(struct inquiry *inquiry)
{
	struct why why = {.address = inquiry->address,
		.verdict = SES_VERDICT_CLEAR,
		.removed = inquiry->removed.since == UTC_NONE ? NULL : &inquiry->removed,
		.held = inquiry->held,
		.is_elsewhere = inquiry->is_elsewhere};

	why_write(&inquiry->sentence, &why);
}

static const char *verdict_name(enum ses_verdict verdict)
{
	switch (verdict) {
	case SES_VERDICT_CLEAR:
		return "clear";
	case SES_VERDICT_PROBATION:
		return "probation";
	case SES_VERDICT_NEVER:
		return "never";
	case SES_VERDICT_SUPPRESSED:
		return "suppressed";
	}
	return "suppressed";
}

/* A complaint that blocks one stream here blocks them all there. */
static char *advise_of_streams(void)
{
	static const char text[] =
		"SES's own list knows no streams: it may refuse all mail of the account "
		"to this address, whatever the scope here is.";

	return text_copy(text, sizeof(text) - 1);
}

/* NULL in *advice where SES blocks nothing; freed by the caller. */
static bool advise(
	struct store *store, struct inquiry *inquiry, char **advice, struct error *error)
{
	struct api_spelling spelling;
	struct buffer text;
	bool went_well;
	size_t length;

	*advice = NULL;
	if (inquiry->at_ses <= 0) {
		if (inquiry->has_stream_complaint && inquiry->at_ses < 0) {
			*advice = advise_of_streams();
			inquiry->has_memory = inquiry->has_memory && *advice != NULL;
		}
		return true;
	}
	went_well = api_spelling_find(store, inquiry->address, &spelling, error);
	if (went_well && spelling.original != NULL) {
		buffer_init(&text, 4096);
		buffer_append_text(&text,
			"SES's own list goes on refusing it, whatever is decided here, "
			"until you run: ");
		api_spelling_write_command(&text, &spelling);
		*advice = buffer_take(&text, &length);
		inquiry->has_memory = inquiry->has_memory && *advice != NULL;
	}
	api_spelling_finish(&spelling);
	return went_well;
}

static void reply(struct request *request, struct inquiry *inquiry, const char *advice,
	struct api_list *story, bool is_whole)
{
	struct json *before = json_object(), *after = json_object();

	json_put_text(before, "address", inquiry->address);
	json_put_text(before, "verdict", verdict_name(inquiry->verdict));
	json_put(before, "entry", inquiry->entry);
	json_put_text(before, "sentence", inquiry->sentence.bytes);
	json_put_text(before, "at_ses", api_at_ses_name(inquiry->at_ses));
	json_put_text(before, "at_ses_advice", advice);
	json_put(before, "rows", inquiry->rows);
	json_put(before, "domain_rows", inquiry->domain_rows);
	json_put_integer(before, "held", inquiry->held);
	inquiry->entry = inquiry->rows = inquiry->domain_rows = NULL;
	json_put_boolean(after, "whole", is_whole);
	api_list_reply(request, story, before, "story", after);
}

static bool inquire(struct request *request, struct inquiry *inquiry, const char *domain,
	struct error *error)
{
	struct store *store = request->store;

	if (!store_suppression_check(store, &inquiry->address, 1, inquiry->scopes,
		    inquiry->now, take_verdict, inquiry, error) ||
		!store_dossier(
			store, inquiry->address, take_row, take_piece, inquiry, error))
		return false;
	if (domain != NULL &&
		!store_dossier(store, domain, take_domain_row, NULL, inquiry, error))
		return false;
	if (inquiry->has_memory)
		learn(inquiry, &request->rules->suppression);
	if (inquiry->verdict == SES_VERDICT_CLEAR)
		write_clear(inquiry);
	inquiry->has_memory = inquiry->has_memory && !inquiry->sentence.failed;
	return true;
}

static void answer(struct request *request, struct inquiry *inquiry)
{
	/* The normal form's "@example.com" lies in it. */
	const char *domain =
		inquiry->address[0] == '@' ? NULL : strrchr(inquiry->address, '@');
	struct error error;
	struct api_list story;
	char *advice = NULL;
	bool is_whole;

	api_list_init(&story);
	if (!inquire(request, inquiry, domain, &error) ||
		!advise(request->store, inquiry, &advice, &error) ||
		!api_story_tell(request->store, inquiry->address, domain, &story,
			&is_whole, &error))
		reply_store_failed(request, &error);
	else if (!inquiry->has_memory)
		api_reply_no_memory(request);
	else
		reply(request, inquiry, advice, &story, is_whole);
	free(advice);
	api_list_finish(&story);
}

void api_suppression_why(struct request *request)
{
	static const char *const known[] = {"scope", NULL};
	char normal[SES_ADDRESS_MAX];
	struct ses_scopes scopes;
	struct inquiry inquiry = {
		.address = normal, .scopes = &scopes, .now = clock_now()};

	if (!request_query_is_known(request, known) ||
		!api_argument_address(request, normal) ||
		!api_query_scopes(request, &scopes))
		return;
	inquiry_init(&inquiry);
	answer(request, &inquiry);
	inquiry_finish(&inquiry);
}
