/* health.c - how the store is: what the writer tells after each batch. */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/writer.h"

void health_report(struct writer *writer, bool went_well, size_t jobs, int64_t commit_ms)
{
	struct store_health *health = &writer->report.health;
	int64_t now = clock_monotonic_ms();
	bool was_failing, says_so = false;

	pthread_mutex_lock(&writer->report.lock);
	was_failing = health->is_failing;
	/* Only a batch that wrote proves that one can write. */
	if (!went_well || writer->has_written)
		health->is_failing = !went_well;
	health->jobs += jobs;
	if (went_well) {
		health->commits++;
		if (commit_ms > health->slowest_commit_ms)
			health->slowest_commit_ms = commit_ms;
		if (writer->has_written)
			health->failure[0] = '\0';
		health->events = (uint64_t) writer->totals.events;
		health->unrecognised = (uint64_t) writer->totals.unrecognised;
		health->aside = (uint64_t) writer->totals.aside;
		health->suppressions = (uint64_t) writer->totals.suppressions;
	} else {
		health->failures++;
		snprintf(health->failure, sizeof(health->failure), "%s",
			writer->db.failure);
	}
	pthread_mutex_unlock(&writer->report.lock);

	if (!went_well && (!was_failing || now >= writer->next_failure_line)) {
		says_so = true;
		writer->next_failure_line = now + HEALTH_LINE_MS;
	}
	if (says_so)
		log_error("store %s: nothing can be stored, senders are told to come "
			  "again: %s",
			writer->path, writer->db.failure);
	else if (went_well && was_failing && writer->has_written)
		log_info("store %s: writes again", writer->path);
}
