/* brake_items.h - what the brake knows of each thing that can be stopped. Private to
 * daemon/. */
#ifndef DAEMON_BRAKE_ITEMS_H
#define DAEMON_BRAKE_ITEMS_H

#include "ses/brake.h"
#include "store/marks.h"
#include "store/reputation.h"

#define BRAKE_REASON_SIZE 200

/* An account, or a configuration set of it. */
struct brake_item {
	char *account, *region, *set; /* set "": the account */
	char *actor, *note;
	struct ses_brake_state state;
	utc_ms stopped_at_ses;
	bool is_judged;
	enum ses_level level; /* from the last resume on */
	utc_ms since;	      /* that resume, of its own or of its account; UTC_NONE:
				 it made no difference */
	char reason[BRAKE_REASON_SIZE];
	bool is_spared; /* what has come since its resume is the fault of configuration
			   sets that are stopped first */
	bool would;	/* it trips, but for the dry run */
};

struct brake_items {
	struct brake_item *items;
	size_t count;
	size_t stored; /* so many of them came from the store */
	bool lacks_memory;
};

void brake_items_finish(struct brake_items *items);

/* As the store has it; borrowed from the item. */
struct store_brake brake_of_item(const struct brake_item *item);

/* Reads what is or was stopped. */
bool brake_items_read(
	struct store *store, struct brake_items *items, struct error *error);

/* Judges accounts, and configuration sets with brake->streams. What is above ok, and not
 * tripped, is judged again by what came after the last resume alone (ses/brake.h).
 * stream_minimum: eligible recipients below which a set has no level.
 */
bool brake_items_judge(struct store *store,
	const struct ses_reputation_settings *settings,
	const struct ses_brake_settings *brake, int64_t stream_minimum, utc_ms now,
	struct brake_items *items, struct error *error);

/* Minutes are what is counted by, and that of a resume holds what came before it. */
utc_ms brake_minute_after(utc_ms time);

/* ---- brake_spare.c ---- */

/* Marks the accounts as spared that would trip by what came since their resume, but not
 * without their configuration sets that trip or are tripped. */
bool brake_items_spare(struct store *store,
	const struct ses_reputation_settings *settings,
	const struct ses_brake_settings *brake, utc_ms now, struct brake_items *items,
	struct error *error);

#endif
