/* incident.c - which stretch of time, and which stream, pulled a rate up. */
#include "ses/incident.h"

int64_t ses_incident_excess(int64_t numerator, int64_t denominator, ppm limit)
{
	__int128 excess = (__int128) numerator * PPM_ONE - (__int128) denominator * limit;

	if (excess > INT64_MAX)
		return INT64_MAX;
	return excess < INT64_MIN ? INT64_MIN : (int64_t) excess;
}

/* The maximum-sum stretch: a beginning that has cost more than it brought is dropped. */
bool ses_incident_find(const struct ses_incident_step *steps, size_t count, ppm limit,
	struct ses_incident *incident)
{
	struct ses_incident here = {0};
	bool is_found = false;

	for (size_t i = 0; i < count; i++) {
		if (here.excess <= 0)
			here = (struct ses_incident){.first = i};
		here.count++;
		here.numerator += steps[i].numerator;
		here.denominator += steps[i].denominator;
		here.excess =
			ses_incident_excess(here.numerator, here.denominator, limit);
		if (here.excess > 0 && (!is_found || here.excess > incident->excess)) {
			*incident = here;
			is_found = true;
		}
	}
	return is_found;
}
