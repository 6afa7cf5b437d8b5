/* backoff.c - when a message that was not taken is tried again. */
#include "web/backoff.h"

#include <curl/curl.h>

#include "base/text.h"

int64_t backoff_longest_ms(int64_t attempts)
{
	static const int64_t ladder[] = {5 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS,
		5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS};
	const int64_t count = sizeof(ladder) / sizeof(ladder[0]);

	if (attempts < 1)
		return ladder[0];
	return ladder[attempts < count ? attempts - 1 : count - 1];
}

utc_ms backoff_next(
	utc_ms put, int64_t attempts, uint64_t dice, int64_t asked_ms, utc_ms now)
{
	int64_t longest = backoff_longest_ms(attempts);
	int64_t wait = (int64_t) (dice % (uint64_t) (longest + 1));

	if (wait < SECOND_MS)
		wait = SECOND_MS;
	if (wait < asked_ms)
		wait = asked_ms;
	if (attempts >= BACKOFF_ATTEMPTS_MAX)
		return UTC_NONE;
	if (attempts >= BACKOFF_ATTEMPTS_MIN && now + wait - put > BACKOFF_GIVE_UP_MS)
		return UTC_NONE;
	return now + wait;
}

int64_t backoff_asked_ms(const char *retry_after, utc_ms now)
{
	int64_t asked = 0;
	time_t date;

	if (text_is_empty(retry_after))
		return 0;
	if (text_is_made_of(retry_after, "0123456789")) {
		if (!text_to_integer(retry_after, &asked) ||
			asked > BACKOFF_ASKED_MAX_MS / SECOND_MS)
			return BACKOFF_ASKED_MAX_MS;
		return asked * SECOND_MS;
	}
	date = curl_getdate(retry_after, NULL);
	if (date == (time_t) -1)
		return 0;
	asked = (int64_t) date * SECOND_MS - now;
	if (asked < 0)
		return 0;
	return asked < BACKOFF_ASKED_MAX_MS ? asked : BACKOFF_ASKED_MAX_MS;
}
