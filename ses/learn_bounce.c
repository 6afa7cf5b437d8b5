/* learn_bounce.c - what hard bounces and SES's own list make of an address. */
#include "ses/learn.h"

utc_ms learn_end(utc_ms begin, int64_t duration_ms)
{
	utc_ms end;

	if (duration_ms == 0)
		return UTC_NONE;
	if (__builtin_add_overflow(begin, duration_ms, &end))
		return INT64_MAX;
	return end;
}

void learn_run(int64_t expiry_ms, const struct learn_piece *pieces, size_t count,
	struct ses_entry *entry)
{
	*entry = (struct ses_entry){.scope = ""};
	for (size_t i = 0; i < count; i++) {
		const struct learn_piece *piece = &pieces[i];

		if (i == 0 || !ses_entry_stands(entry, piece->published)) {
			entry->since = piece->published;
			entry->event = piece->event;
			entry->is_certain = false;
		}
		entry->is_certain = entry->is_certain || piece->is_certain;
		entry->expires = learn_end(piece->published, expiry_ms);
	}
}

int learn_at_ses(const struct learn *learn)
{
	bool has_pieces = false, is_doubtful = false;

	for (size_t i = 0; i < learn->evidence_count; i++) {
		const struct ses_evidence *piece = &learn->evidence[i];
		bool lists = piece->class == SES_CLASS_HARD ||
			     piece->class == SES_CLASS_QUARANTINE ||
			     (piece->class == SES_CLASS_COMPLAINT && piece->is_certain);

		if (piece->class == SES_CLASS_SES_LIST) {
			if (!learn_is_delivered_after(learn, piece))
				return 1;
			has_pieces = true;
		}
		is_doubtful = is_doubtful || (lists && piece->sent > learn->delivered);
	}
	return has_pieces && !is_doubtful ? 0 : -1;
}
