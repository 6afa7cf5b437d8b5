/* post.c - what SNS does: posts to the feedback door. */
#include "tool/post.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define CONNECT_SECONDS 5L
#define TOTAL_SECONDS 60L
#define ANSWER_LIMIT ((size_t) 256 * 1024)

struct post {
	const char *url;
	const char *certificate;
	CURL *curl;
	char curl_error[CURL_ERROR_SIZE];
};

struct post *post_open(const char *url, const char *certificate)
{
	struct post *post = calloc(1, sizeof(*post));

	if (post == NULL)
		return NULL;
	post->url = url;
	post->certificate = certificate;
	post->curl = curl_easy_init();
	if (post->curl == NULL) {
		free(post);
		return NULL;
	}
	return post;
}

void post_close(struct post *post)
{
	if (post == NULL)
		return;
	curl_easy_cleanup(post->curl);
	free(post);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *closure)
{
	struct buffer *answer = closure;

	return buffer_append(answer, bytes, size * count) ? size * count : 0;
}

static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
	struct curl_slist *longer;
	struct buffer header;

	buffer_init(&header, 4096);
	buffer_append_text(&header, name);
	longer = buffer_append_text(&header, value)
			 ? curl_slist_append(*list, header.bytes)
			 : NULL;
	buffer_finish(&header);
	if (longer == NULL)
		return false;
	*list = longer;
	return true;
}

static void trust(struct post *post)
{
	struct curl_blob blob;

	if (post->certificate == NULL)
		return;
	/* libcurl 7.88 takes a leaf as an anchor (X509_V_FLAG_PARTIAL_CHAIN). */
	memset(&blob, 0, sizeof(blob));
	blob.len = strlen(post->certificate);
	blob.flags = CURL_BLOB_COPY;
	/* libcurl copies it, and never writes. */
	memcpy(&blob.data, &post->certificate, sizeof(blob.data));
	curl_easy_setopt(post->curl, CURLOPT_CAINFO_BLOB, &blob);
	curl_easy_setopt(post->curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(post->curl, CURLOPT_SSL_VERIFYHOST, 0L);
}

bool post_send(struct post *post, const char *body, size_t length, const char *topic_arn,
	const char *message_id, long *status, struct buffer *answer, struct error *error)
{
	struct curl_slist *headers = NULL;
	CURL *curl = post->curl;
	CURLcode code;

	buffer_init(answer, ANSWER_LIMIT);
	*status = 0;
	if (!add_header(&headers, "Expect:", "") ||
		!add_header(&headers, "Content-Type: ", "text/plain; charset=UTF-8") ||
		!add_header(&headers, "x-amz-sns-message-type: ", "Notification") ||
		!add_header(&headers, "x-amz-sns-message-id: ", message_id) ||
		!add_header(&headers, "x-amz-sns-topic-arn: ", topic_arn)) {
		curl_slist_free_all(headers);
		return error_set(error, "out of memory");
	}
	curl_easy_reset(curl); /* keeps the connection */
	post->curl_error[0] = '\0';
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, post->curl_error);
	curl_easy_setopt(curl, CURLOPT_URL, post->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TOTAL_SECONDS);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "ses-feedback/" VERSION);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	trust(post);
	code = curl_easy_perform(curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return error_set(error, "the feedback door %s: %s", post->url,
			post->curl_error[0] != '\0' ? post->curl_error
						    : curl_easy_strerror(code));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
	return true;
}
