/* topics.h - what is noted of topics while events are recorded. Private to store/. */
#ifndef STORE_TOPICS_H
#define STORE_TOPICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/db.h"

/* Added up per batch, written once with it. Topics of one batch are few. */
struct topic_notes {
	struct topic_note {
		int64_t topic;
		utc_ms last_published, last_received;
		int64_t notifications;
	} * notes;
	size_t count, capacity;
};

void topic_notes_finish(struct topic_notes *notes);
void topic_notes_clear(struct topic_notes *notes);

/* A notification was recorded (1) or set aside (0). False without memory. */
bool topic_notes_add(struct topic_notes *notes, int64_t topic, utc_ms published,
	utc_ms received, int64_t recorded);
bool topic_notes_write(struct topic_notes *notes, struct db *db);

#endif
