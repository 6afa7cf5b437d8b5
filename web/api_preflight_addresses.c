/* api_preflight_addresses.c - the addresses of the slices, streamed after the answer. */
#include <stdlib.h>
#include <string.h>

#include "web/api_preflight.h"
#include "web/api_reply.h"
#include "web/stream.h"

#define PIECE_BYTES ((size_t) 64 << 10)

struct handing {
	struct preflight *preflight;
	char *answer;	 /* what goes first; NULL: text of one slice */
	uint32_t *order; /* places in lines: the safest first, then as in the list */
	size_t count, next;
	size_t slice; /* of next */
	size_t end;   /* of that slice */
	bool has_answered;
};

static void free_handing(void *closure)
{
	struct handing *handing = closure;

	if (handing == NULL)
		return;
	preflight_release(handing->preflight);
	free(handing->answer);
	free(handing->order);
	free(handing);
}

static void give_address(
	const struct handing *handing, struct buffer *piece, const char *address)
{
	if (handing->answer == NULL) {
		buffer_append_text(piece, address);
		buffer_append_text(piece, "\n");
		return;
	}
	buffer_format(piece, "[%zu,", handing->slice + 1);
	json_print_text(piece, address);
	buffer_append_text(piece, "]\n");
}

static bool give(void *closure, struct buffer *piece, bool *is_end)
{
	struct handing *handing = closure;
	const struct preflight *preflight = handing->preflight;
	bool is_one = handing->answer == NULL;

	if (!handing->has_answered && !is_one) {
		handing->has_answered = true;
		buffer_append_text(piece, handing->answer);
		buffer_append_text(piece, "\n");
	}
	while (handing->next < handing->count && piece->length < PIECE_BYTES) {
		const struct preflight_line *line =
			&preflight->lines[handing->order[handing->next]];

		while (handing->next >= handing->end)
			handing->end +=
				(size_t) preflight->slices[++handing->slice].count;
		if (!is_one || (int64_t) handing->slice + 1 == preflight->slice)
			give_address(handing, piece,
				preflight_text(preflight, line->original));
		handing->next++;
	}
	*is_end = handing->next == handing->count;
	return !piece->failed;
}

/* ---- the order ---- */

struct ranking {
	const struct preflight *preflight;
	int ranks[SES_HISTORY_COUNT];
};

static int compare(const void *one, const void *other, void *closure)
{
	const struct ranking *ranking = closure;
	const struct preflight *preflight = ranking->preflight;
	uint32_t a = *(const uint32_t *) one, b = *(const uint32_t *) other;
	int rank_a = ranking->ranks[preflight->recipients[a].history];
	int rank_b = ranking->ranks[preflight->recipients[b].history];

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	if (preflight->lines[a].number != preflight->lines[b].number)
		return preflight->lines[a].number < preflight->lines[b].number ? -1 : 1;
	return a < b ? -1 : a > b;
}

static bool is_in_slices(const struct store_recipient *who)
{
	return who->history != SES_HISTORY_SUPPRESSED &&
	       who->history != SES_HISTORY_BOUNCED && who->history != SES_HISTORY_INVALID;
}

/* Those that are in a slice, in the order the slices are cut in. */
static bool put_in_order(struct handing *handing)
{
	const struct preflight *preflight = handing->preflight;
	struct ranking ranking = {.preflight = preflight};
	enum ses_history order[SES_HISTORY_MAILED];
	size_t in_slices = 0;

	handing->order = calloc(preflight->count + 1, sizeof(*handing->order));
	if (handing->order == NULL)
		return false;
	ses_preflight_order(preflight->experience.classes, order);
	for (int i = 0; i < SES_HISTORY_MAILED; i++)
		ranking.ranks[order[i]] = i;
	for (size_t i = 0; i < preflight->count; i++)
		if (is_in_slices(&preflight->recipients[i]))
			handing->order[handing->count++] = (uint32_t) i;
	if (handing->count > 1)
		qsort_r(handing->order, handing->count, sizeof(*handing->order), compare,
			&ranking);
	for (size_t i = 0; i < preflight->slice_count; i++)
		in_slices += (size_t) preflight->slices[i].count;
	handing->count = in_slices;
	handing->end =
		preflight->slice_count > 0 ? (size_t) preflight->slices[0].count : 0;
	return true;
}

static bool print_answer(struct handing *handing)
{
	struct json *json;

	if (handing->preflight->slice > 0)
		return true;
	json = preflight_json(handing->preflight);
	handing->answer = json_print(json);
	json_free(json);
	return handing->answer != NULL;
}

void preflight_stream(struct request *request, struct preflight *preflight)
{
	static const struct stream_source source = {give, free_handing};
	struct handing *handing;

	if (preflight->slice > (int64_t) preflight->slice_count) {
		reply_problem(request, 400, "query", "slice=%lld: there are %zu slices",
			(long long) preflight->slice, preflight->slice_count);
		return;
	}
	handing = calloc(1, sizeof(*handing));
	if (handing != NULL) {
		atomic_fetch_add(&preflight->owners, 1);
		handing->preflight = preflight;
	}
	if (handing == NULL || !put_in_order(handing) || !print_answer(handing)) {
		free_handing(handing);
		api_reply_no_memory(request);
		return;
	}
	stream_answer(request,
		handing->answer == NULL ? "text/plain; charset=utf-8"
					: "application/x-ndjson",
		&source, handing);
}
