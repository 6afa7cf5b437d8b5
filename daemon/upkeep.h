/* upkeep.h - what is due every minute: the store prunes what is too old. */
#ifndef DAEMON_UPKEEP_H
#define DAEMON_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"

#define UPKEEP_EVERY_MS MINUTE_MS

/* So long may the store's thread take for one slice, with all that waits before it; after
 * that it counts as stuck. */
#define UPKEEP_PATIENCE_MS MINUTE_MS

struct upkeep;

/* NULL with error. */
struct upkeep *upkeep_new(struct store *store, struct error *error);

/* Takes NULL. The store is closed: no slice is under way. */
void upkeep_free(struct upkeep *upkeep);

/* Readable when upkeep_tick should be called before its time: more is to be pruned. */
int upkeep_fd(const struct upkeep *upkeep);

/* Hands the store a slice if one is due and none is under way. now is of
 * clock_monotonic_ms. Returns when to call again at the latest. */
int64_t upkeep_tick(struct upkeep *upkeep, int64_t now_ms);

/* Whether a slice has been under way for longer than UPKEEP_PATIENCE_MS: the store's
 * thread, which every event needs, isn't getting on. */
bool upkeep_is_stuck(const struct upkeep *upkeep, int64_t now_ms);

#endif
