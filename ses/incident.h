/* incident.h - which stretch of time, and which stream, pulled a rate up. Pure. */
#ifndef SES_INCIDENT_H
#define SES_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/reputation.h"

/* One step of a series; steps lie side by side, oldest first. */
struct ses_incident_step {
	utc_ms start;
	int64_t numerator, denominator;
};

/*
 * What is beyond a limit: numerator - limit * denominator, in millionths of an event. The
 * parts of anything add up: that of an account is the sum of that of its streams.
 */
int64_t ses_incident_excess(int64_t numerator, int64_t denominator, ppm limit);

struct ses_incident {
	size_t first, count; /* of the steps */
	int64_t numerator, denominator;
	int64_t excess;
};

/*
 * The stretch of steps whose excess is the largest: it begins with the first bad step,
 * ends with the last one, and may hold good ones that do not make up for them. Of two
 * with one excess the shorter. False: no step is beyond the limit.
 */
bool ses_incident_find(const struct ses_incident_step *steps, size_t count, ppm limit,
	struct ses_incident *incident);

#endif
