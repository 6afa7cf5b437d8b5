/* outcomes.h - what becomes of mail to an eligible recipient, as counts. Private to
 * store/. */
#ifndef STORE_OUTCOMES_H
#define STORE_OUTCOMES_H

#include <stdbool.h>

#include "ses/counts.h"
#include "ses/event.h"

/* What an eligible recipient of anything but a complaint counts but for attempts; counts
 * is zeroed before. *is_tried: may be an attempt. */
void outcome_counts(const struct ses_event *event, const struct ses_recipient *recipient,
	struct ses_counts *counts, bool *is_tried);

#endif
