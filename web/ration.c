/* ration.c - so many in a burst, then so many a second (a token bucket). */
#include "web/ration.h"

void ration_init(struct ration *ration, int64_t burst, int64_t interval_ms)
{
	ration->burst = burst;
	ration->interval_ms = interval_ms;
	ration->left = burst;
	ration->since_ms = 0;
}

bool ration_take(struct ration *ration, int64_t now_ms)
{
	int64_t earned = (now_ms - ration->since_ms) / ration->interval_ms;

	if (earned >= ration->burst - ration->left) {
		ration->left = ration->burst;
		ration->since_ms = now_ms;
	} else if (earned > 0) {
		ration->left += earned;
		ration->since_ms += earned * ration->interval_ms;
	}
	if (ration->left == 0)
		return false;
	ration->left--;
	return true;
}
