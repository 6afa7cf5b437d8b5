/* watching.h - what is watched for, and how closely: the section [watch]. */
#ifndef SES_WATCHING_H
#define SES_WATCHING_H

#include <stdbool.h>
#include <stdint.h>

#include "ses/reputation.h"

/* Which senders are watched for. */
enum ses_sender_kind {
	SES_SENDER_CALLER = 1,
	SES_SENDER_SOURCE_IP = 2,
	SES_SENDER_FROM_DOMAIN = 4,
};

/* "caller" "source-ip" "from-domain", as the dimensions are spelt; "sender" for a number
 * that is none of them. */
const char *ses_sender_name(int kind);

struct ses_watch_settings {
	int64_t renotify_ms;	/* 0 never */
	int64_t forecast_ms;	/* warn when the review limit is so near; 0 never */
	int64_t stream_minimum; /* eligible recipients a stream needs in 24 hours */
	int64_t no_events_ms;	/* 0 never */
	int64_t pending_ms;	/* a subscription waits for so long to be confirmed */
	int64_t tls_expiry_ms;
	ppm disk_free;		 /* warn below this part of the file system; 0 never */
	int64_t log_bytes;	 /* warn when SQLite's log is longer; 0 never */
	ppm quota_at;		 /* warn at this part of the daily quota; 0 never */
	int64_t blocked_minimum; /* refusals of one provider for our reputation in an
				    hour */
	ppm blocked_rate;	 /* … and as a part of what was sent to it */
	unsigned senders;	 /* of enum ses_sender_kind */
	int64_t learning_ms;   /* an account heard of for less has no usual senders yet */
	int64_t volume_factor; /* so many times the usual volume is unusual; 0 never */
	int64_t volume_minimum; /* recipients in an hour below which nothing is unusual */
};

/* The documented defaults. */
void ses_watch_defaults(struct ses_watch_settings *settings);

#endif
