/* learn_soft.c - what failures that may pass make of an address: days, then probation. */
#include "ses/learn.h"

/* The last piece of each UTC day stands for the day; moves them together, and returns how
 * many days there are. */
static size_t fold_to_days(struct learn_piece *pieces, size_t count)
{
	size_t days = 0;

	for (size_t i = 0; i < count; i++) {
		if (days > 0 && utc_floor(pieces[i].sent, DAY_MS) ==
					utc_floor(pieces[days - 1].sent, DAY_MS))
			days--;
		pieces[days++] = pieces[i];
	}
	return days;
}

/* Never shorter than the one before, whatever the configuration says of its maximum. */
static int64_t doubled(const struct ses_suppression_policy *policy, int64_t expiry_ms)
{
	int64_t most = policy->soft_expiry_max_ms;

	if (most == 0 || expiry_ms <= most / 2)
		return expiry_ms > INT64_MAX / 2 ? INT64_MAX : 2 * expiry_ms;
	return most > expiry_ms ? most : expiry_ms;
}

bool learn_soft(const struct ses_suppression_policy *policy, int64_t day_count,
	struct learn_piece *pieces, size_t count, struct ses_entry *entry)
{
	size_t days = fold_to_days(pieces, count);
	size_t first = 0; /* in the window of the day that is looked at */
	int64_t expiry = 0;
	bool has_entry = false;

	if (day_count <= 0)
		return false;
	for (size_t i = 0; i < days; i++) {
		const struct learn_piece *day = &pieces[i];

		while (first < i &&
			pieces[first].sent <= day->sent - policy->soft_window_ms)
			first++;
		if (!has_entry && (int64_t) (i - first + 1) < day_count)
			continue;
		if (has_entry && ses_entry_stands(entry, day->published))
			continue;
		expiry = has_entry ? doubled(policy, expiry) : policy->soft_expiry_ms;
		*entry = (struct ses_entry){
			.is_certain = true,
			.since = day->published,
			.event = day->event,
			.expires = learn_end(day->published, expiry),
		};
		has_entry = true;
	}
	return has_entry;
}
