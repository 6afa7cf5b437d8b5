/* api_reputation_json.h - reputations and break-downs as the API shows them. Private to
 * web/. */
#ifndef WEB_API_REPUTATION_JSON_H
#define WEB_API_REPUTATION_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/json.h"
#include "store/reputation.h"

/* One account; freed by the caller. settings: by which it was judged. */
struct json *api_reputation_json(const struct ses_reputation_settings *settings,
	const struct store_reputation *reputation);

/* One of its rates, as it stands there: "bounce", or of the complaint rates the one that
 * the level goes by. */
struct json *api_judged_rate_json(const struct ses_reputation_settings *settings,
	const struct store_reputation *reputation, enum ses_metric metric);

/* One line of a break-down; freed by the caller. */
struct json *api_rates_row_json(
	enum store_dimension dimension, const struct store_rates_row *row);

/* One step of a series; freed by the caller. */
struct json *api_series_row_json(const struct store_series_row *row);

/* [{"notice","text"}…] of the bits of enum ses_notice; freed by the caller. */
struct json *api_notices_json(unsigned notices);

/* A fraction where it is known, else null. */
void api_put_rate(struct json *json, const char *name, bool is_known, double rate);

#define API_SENTENCE_SIZE 256

/*
 * A rate as SES's console words it: "1.23 %, measured over the last 10,476 eligible
 * emails, spanning 74.9 days". The rate is cut, never rounded up: what reads as a limit
 * has reached it. feedback names what is counted: "bounces".
 */
void api_rate_sentence(const struct ses_rate *rate, const char *feedback, utc_ms from,
	utc_ms to, char sentence[API_SENTENCE_SIZE]);

/* Instead where a fresh start (UTC_NONE: there is none) is why there is nothing to
 * measure; false: it is not, and sentence stays as it is. */
bool api_nothing_since(const struct ses_rate *rate, utc_ms fresh_start,
	char sentence[API_SENTENCE_SIZE]);

/* 10476 as "10,476". */
void api_format_count(int64_t number, struct buffer *text);

#endif
