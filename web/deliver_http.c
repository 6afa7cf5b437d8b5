/* deliver_http.c - what the channels over libcurl share. */
#include "web/deliver_http.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "web/backoff.h"

#define ANSWER_MAX ((size_t) 64 << 10)
#define WORDS_MAX 200
#define HEADER_MAX 8192

/* An answer as it comes: its beginning is kept, the rest only counted. */
struct answer {
	char words[WORDS_MAX + 1];
	size_t length;
};

static int look_for_cancel(void *closure, curl_off_t download_total, curl_off_t download,
	curl_off_t upload_total, curl_off_t upload)
{
	const atomic_bool *is_cancelled = closure;

	(void) download_total, (void) download, (void) upload_total, (void) upload;
	return atomic_load(is_cancelled) ? 1 : 0;
}

static size_t keep_words(char *bytes, size_t size, size_t count, void *closure)
{
	struct answer *answer = closure;
	size_t kept = answer->length < WORDS_MAX ? answer->length : WORDS_MAX;
	size_t room = WORDS_MAX - kept;

	(void) size; /* always 1 */
	memcpy(answer->words + kept, bytes, count < room ? count : room);
	answer->length += count;
	return answer->length <= ANSWER_MAX ? count : 0;
}

CURL *deliver_curl(const struct deliver_order *order, char words[CURL_ERROR_SIZE])
{
	const struct web_channel *channel = order->channel;
	int64_t limit =
		channel->timeout_ms > 0 ? channel->timeout_ms : DELIVER_TIMEOUT_MS;
	void *is_cancelled = (void *) (uintptr_t) order->is_cancelled;
	CURL *curl = curl_easy_init();

	if (curl == NULL)
		return NULL;
	words[0] = '\0';
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* libcurl 7.88 joins its resolving thread after a timeout: an attempt would last
	   as long as getaddrinfo hangs. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long) limit);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_cancel);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, is_cancelled);
	if (!text_is_empty(channel->ca_file))
		curl_easy_setopt(curl, CURLOPT_CAINFO, channel->ca_file);
	if (!text_is_empty(channel->user)) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, channel->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD,
			channel->password == NULL ? "" : channel->password);
	}
	return curl;
}

bool deliver_curl_failed(
	CURLcode code, const char *words, struct deliver_outcome *outcome)
{
	if (code == CURLE_OK)
		return false;
	outcome->verdict =
		code == CURLE_ABORTED_BY_CALLBACK ? DELIVER_STOPPED : DELIVER_LATER;
	error_set(&outcome->said, "%s",
		words[0] != '\0' ? words : curl_easy_strerror(code));
	return true;
}

bool deliver_header(struct curl_slist **headers, const char *name, const char *value)
{
	struct curl_slist *more;
	struct buffer line;

	buffer_init(&line, HEADER_MAX);
	if (!buffer_format(&line, "%s: %s", name, value)) {
		buffer_finish(&line);
		return false;
	}
	more = curl_slist_append(*headers, line.bytes);
	buffer_finish(&line);
	if (more != NULL)
		*headers = more;
	return more != NULL;
}

/* One line of what a stranger says. */
static void clean(char *words)
{
	size_t length = utf8_without_half(words, strlen(words));

	words[length] = '\0';
	for (size_t i = 0; i < length; i++)
		if ((unsigned char) words[i] < ' ' || words[i] == 0x7f)
			words[i] = ' ';
	while (length > 0 && words[length - 1] == ' ')
		words[--length] = '\0';
}

void deliver_judge(long status, const char *retry_after, const char *words, utc_ms now,
	struct deliver_outcome *outcome)
{
	error_set(&outcome->said, "answered %ld%s%s", status,
		words[0] == '\0' || status / 100 == 2 ? "" : ": ",
		status / 100 == 2 ? "" : words);
	if (status / 100 == 2) {
		outcome->verdict = DELIVER_DONE;
		return;
	}
	if (status == 410) {
		outcome->verdict = DELIVER_GONE;
		return;
	}
	outcome->verdict = DELIVER_LATER;
	if (status == 429 || status == 503)
		outcome->asked_ms = backoff_asked_ms(retry_after, now);
	outcome->is_refused =
		status / 100 == 3 ||
		(status / 100 == 4 && status != 408 && status != 425 && status != 429);
}

static bool prepare(CURL *curl, const struct deliver_order *order, const char *url,
	const char *body, struct answer *answer)
{
	char agent[64];

	snprintf(agent, sizeof(agent), "ses-feedbackd/%s", order->version);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long) CURLAUTH_BASIC);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_words);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body); /* not copied */
	return curl_easy_setopt(curl, CURLOPT_USERAGENT, agent) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
}

static void perform(CURL *curl, struct answer *answer, const char *words,
	struct deliver_outcome *outcome)
{
	CURLcode code = curl_easy_perform(curl);
	struct curl_header *header = NULL;
	const char *retry_after = NULL;
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	/* An answer that is too long still has its status. */
	if (code == CURLE_WRITE_ERROR && status >= 200)
		code = CURLE_OK;
	if (deliver_curl_failed(code, words, outcome))
		return;
	if (curl_easy_header(curl, "Retry-After", 0, CURLH_HEADER, -1, &header) ==
		CURLHE_OK)
		retry_after = header->value;
	clean(answer->words);
	deliver_judge(status, retry_after, answer->words, clock_now(), outcome);
}

static bool add_own_headers(struct curl_slist **all, const struct curl_slist *headers)
{
	if (!deliver_header(all, "Content-Type", "application/json"))
		return false;
	for (; headers != NULL; headers = headers->next) {
		struct curl_slist *more = curl_slist_append(*all, headers->data);

		if (more == NULL)
			return false;
		*all = more;
	}
	/* Else a long body waits a second for a 100 that few give. */
	return curl_slist_append(*all, "Expect:") != NULL;
}

void deliver_post(const struct deliver_order *order, const char *url, const char *body,
	const struct curl_slist *headers, struct deliver_outcome *outcome)
{
	char words[CURL_ERROR_SIZE];
	struct answer answer = {.length = 0};
	struct curl_slist *all = NULL;
	CURL *curl = deliver_curl(order, words);

	outcome->verdict = DELIVER_LATER;
	if (curl == NULL || !add_own_headers(&all, headers) ||
		!prepare(curl, order, url, body, &answer)) {
		error_set(&outcome->said, "out of memory");
	} else {
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, all);
		perform(curl, &answer, words, outcome);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(all);
}
