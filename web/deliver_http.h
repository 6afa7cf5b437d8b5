/* deliver_http.h - what the channels over libcurl share. Private to web/. */
#ifndef WEB_DELIVER_HTTP_H
#define WEB_DELIVER_HTTP_H

#include <curl/curl.h>

#include "web/deliver.h"

/*
 * A handle with the time limit, the trust anchors and the credentials of the channel,
 * that gives way to is_cancelled; words is its error buffer and must outlive it. NULL
 * without memory. Ended with curl_easy_cleanup.
 */
CURL *deliver_curl(const struct deliver_order *order, char words[CURL_ERROR_SIZE]);

/* What a failure of libcurl means; false if there is none. */
bool deliver_curl_failed(
	CURLcode code, const char *words, struct deliver_outcome *outcome);

/* Adds "NAME: VALUE" to a list; false without memory. */
bool deliver_header(struct curl_slist **headers, const char *name, const char *value)
	__attribute__((warn_unused_result));

/* Posts JSON and judges the answer; the headers are the caller's (or NULL). */
void deliver_post(const struct deliver_order *order, const char *url, const char *body,
	const struct curl_slist *headers, struct deliver_outcome *outcome);

/* What an answer means. words: the beginning of its body. Pure. */
void deliver_judge(long status, const char *retry_after, const char *words, utc_ms now,
	struct deliver_outcome *outcome);

#endif
