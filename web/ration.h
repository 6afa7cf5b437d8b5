/* ration.h - so many in a burst, then so many a second (a token bucket). Pure. Private to
 * web/. */
#ifndef WEB_RATION_H
#define WEB_RATION_H

#include <stdbool.h>
#include <stdint.h>

struct ration {
	int64_t burst;
	int64_t interval_ms; /* one more after so long */
	int64_t left;
	int64_t since_ms; /* what left was true at */
};

void ration_init(struct ration *ration, int64_t burst, int64_t interval_ms);

/* Takes one at that time of a clock that never steps back; false if none is left. */
bool ration_take(struct ration *ration, int64_t now_ms);

#endif
