/* learn_complaint.c - complaints: taken back, held on mere suspicion, released. */
#include "ses/learn.h"

bool learn_is_lifted(const struct learn *learn, const struct ses_evidence *complaint)
{
	for (size_t i = 0; i < learn->evidence_count; i++) {
		const struct ses_evidence *piece = &learn->evidence[i];

		if (piece->class == SES_CLASS_NOT_SPAM && piece->is_certain &&
			piece->mail == complaint->mail &&
			piece->published > complaint->published)
			return true;
	}
	return false;
}

int learn_by_publication(const struct learn_piece *one, const struct learn_piece *other)
{
	if (one->published != other->published)
		return one->published < other->published ? -1 : 1;
	return (one->event > other->event) - (one->event < other->event);
}

/* The first uncertain complaint about another mail than that of but; NULL there is none.
 * but NULL: about any mail. */
static const struct learn_piece *first_suspicion(
	const struct learn *learn, const struct learn_piece *but)
{
	const struct learn_piece *first = NULL;

	for (size_t i = 0; i < learn->piece_count; i++) {
		const struct learn_piece *piece = &learn->pieces[i];

		if (piece->is_certain || (but != NULL && piece->mail == but->mail))
			continue;
		if (first == NULL || learn_by_publication(piece, first) < 0)
			first = piece;
	}
	return first;
}

static void leave_held_out(struct learn *learn)
{
	size_t kept = 0;

	for (size_t i = 0; i < learn->piece_count; i++) {
		if (learn->pieces[i].is_held)
			learn->held++;
		else
			learn->pieces[kept++] = learn->pieces[i];
	}
	learn->piece_count = kept;
}

void learn_release(struct learn *learn)
{
	const struct learn_piece *first = first_suspicion(learn, NULL);
	const struct learn_piece *second =
		first == NULL ? NULL : first_suspicion(learn, first);
	struct learn_piece release;

	if (second == NULL) {
		leave_held_out(learn);
		return;
	}
	release = *second;
	for (size_t i = 0; i < learn->piece_count; i++) {
		struct learn_piece *piece = &learn->pieces[i];

		if (!piece->is_held || learn_by_publication(piece, &release) >= 0)
			continue;
		piece->published = release.published;
		piece->event = release.event;
	}
}
