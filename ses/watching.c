/* watching.c - how closely things are watched unless it is said otherwise. */
#include "ses/watching.h"

#include "base/clock.h"

void ses_watch_defaults(struct ses_watch_settings *settings)
{
	*settings = (struct ses_watch_settings){
		.renotify_ms = 24 * HOUR_MS,
		.forecast_ms = 3 * DAY_MS,
		.stream_minimum = 200,
		.no_events_ms = 0,
		.pending_ms = HOUR_MS,
		.tls_expiry_ms = 14 * DAY_MS,
		.disk_free = PPM_ONE / 10,
		.log_bytes = (int64_t) 256 << 20,
		.quota_at = PPM_ONE / 100 * 80,
		.blocked_minimum = 20,
		.blocked_rate = PPM_ONE / 100 * 5,
		.senders =
			SES_SENDER_CALLER | SES_SENDER_SOURCE_IP | SES_SENDER_FROM_DOMAIN,
		.learning_ms = 7 * DAY_MS,
		.volume_factor = 10,
		.volume_minimum = 500,
	};
}

const char *ses_sender_name(int kind)
{
	switch ((enum ses_sender_kind) kind) {
	case SES_SENDER_CALLER:
		return "caller";
	case SES_SENDER_SOURCE_IP:
		return "source-ip";
	case SES_SENDER_FROM_DOMAIN:
		return "from-domain";
	}
	return "sender";
}
