/* brake.c - when to stop sending. */
#include "ses/brake.h"

bool ses_brake_trips(const struct ses_brake_settings *settings,
	const struct ses_brake_state *state, enum ses_level level_since)
{
	return !state->is_tripped && settings->at > SES_LEVEL_OK &&
	       level_since >= settings->at;
}
