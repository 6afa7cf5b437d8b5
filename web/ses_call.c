/* ses_call.c - one call of SES's API v2, signed; and the two that stop sending. */
#include "web/ses_call.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "sns/region.h"
#include "web/inside.h"

#define TIMEOUT_MS 15000L
#define CONNECT_TIMEOUT_MS 5000L
#define ANSWER_MAX ((size_t) 64 << 10)
#define SHOWN_MAX 300 /* bytes of what SES says that are repeated */
#define HEADER_MAX 8192
#define URL_MAX 2048
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

bool ses_call_url(const struct web_aws *aws, const char *region, const char *path,
	char *url, size_t url_size, char *host, size_t host_size)
{
	const char *suffix = sns_region_suffix(region);
	const char *start;
	char base[URL_MAX];
	size_t length;

	if (suffix == NULL)
		return false;
	if (aws->endpoint != NULL)
		snprintf(base, sizeof(base), "%s", aws->endpoint);
	else
		snprintf(base, sizeof(base), "https://email.%s.%s", region, suffix);
	for (length = strlen(base); length > 0 && base[length - 1] == '/'; length--)
		base[length - 1] = '\0';
	start = strstr(base, "://");
	if (start == NULL)
		return false;
	start += strlen("://");
	snprintf(host, host_size, "%.*s", (int) strcspn(start, "/?"), start);
	return (size_t) snprintf(url, url_size, "%s%s", base, path) < url_size;
}

static size_t keep(char *bytes, size_t size, size_t count, void *closure)
{
	(void) size; /* always 1 */
	return buffer_append(closure, bytes, count) ? count : 0;
}

static int look_for_cancel(void *closure, curl_off_t download_total, curl_off_t download,
	curl_off_t upload_total, curl_off_t upload)
{
	const atomic_bool *is_cancelled = closure;

	(void) download_total, (void) download, (void) upload_total, (void) upload;
	return atomic_load(is_cancelled) ? 1 : 0;
}

/* One line of what a stranger says. */
static void clean(char *words)
{
	size_t length = utf8_without_half(words, strlen(words));

	words[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char) words[i] < ' ' || words[i] == 0x7f)
			words[i] = ' ';
	}
}

/* What is to be done about the refusals that are to be expected. */
static const char *remedy_of(long status, const char *type)
{
	if (text_begins(type, "NotFound"))
		return "; it does not exist in this account and region";
	if (text_begins(type, "AccessDenied"))
		return "; allow the user ses:PutConfigurationSetSendingOptions and "
		       "ses:PutAccountSendingAttributes";
	if (status == 403)
		return "; see the keys of [aws], and this host's clock";
	return "";
}

/* "NotFoundException: Configuration set …". The type is in a header, "TYPE:URL" where it
 * has a document; the words are in the body, as message or Message. */
static bool refuse(
	CURL *curl, long status, const struct buffer *body, struct error *error)
{
	struct curl_header *header = NULL;
	char type[100] = "", words[SHOWN_MAX] = "";
	struct json *json = NULL;
	const char *said = NULL;

	if (curl_easy_header(curl, "x-amzn-ErrorType", 0, CURLH_HEADER, -1, &header) ==
		CURLHE_OK)
		snprintf(type, sizeof(type), "%.*s", (int) strcspn(header->value, ":"),
			header->value);
	if (body->bytes != NULL)
		json = json_parse(body->bytes, body->length, JSON_STRICT, NULL);
	if (json != NULL && json_is_object(json)) {
		said = json_text(json, "message");
		if (said == NULL)
			said = json_text(json, "Message");
	}
	snprintf(words, sizeof(words), "%s", said == NULL ? "" : said);
	json_free(json);
	clean(type);
	clean(words);
	return error_set(error, "SES answered %ld%s%s%s%s%s", status,
		type[0] == '\0' ? "" : " ", type, words[0] == '\0' ? "" : ": ", words,
		remedy_of(status, type));
}

static bool add_header(struct curl_slist **headers, const char *name, const char *value)
{
	struct curl_slist *more = NULL;
	struct buffer line;

	buffer_init(&line, HEADER_MAX);
	if (buffer_format(&line, "%s: %s", name, value))
		more = curl_slist_append(*headers, line.bytes);
	if (line.bytes != NULL)
		explicit_bzero(line.bytes, line.length);
	buffer_finish(&line);
	if (more != NULL)
		*headers = more;
	return more != NULL;
}

/* libcurl 7.88 signs a Host without its port, and sends it with it: it takes ours. */
static bool add_headers(
	struct curl_slist **headers, const struct web_aws *aws, const char *host)
{
	return add_header(headers, "Host", host) &&
	       add_header(headers, "Content-Type", "application/json") &&
	       (text_is_empty(aws->session_token) ||
		       add_header(headers, "X-Amz-Security-Token", aws->session_token));
}

static bool prepare(CURL *curl, const struct web_aws *aws, const char *region,
	const char *body, const char *version)
{
	char signature[200], agent[64];

	snprintf(signature, sizeof(signature), "aws:amz:%s:ses", region);
	snprintf(agent, sizeof(agent), "ses-feedbackd/%s", version);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* libcurl 7.88 joins its resolving thread after a timeout else. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body); /* not copied */
	if (!text_is_empty(aws->ca_file))
		curl_easy_setopt(curl, CURLOPT_CAINFO, aws->ca_file);
	return curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PUT") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_USERAGENT, agent) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_USERNAME, aws->access_key) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PASSWORD, aws->secret_key) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, signature) == CURLE_OK;
}

static bool perform(CURL *curl, const char *host, struct error *error)
{
	char words[CURL_ERROR_SIZE] = "";
	struct buffer body;
	long status = 0;
	CURLcode code;
	bool is_done;

	buffer_init(&body, ANSWER_MAX);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	/* An answer that is too long still has its status. */
	if (code == CURLE_WRITE_ERROR && status >= 200)
		code = CURLE_OK;
	if (code != CURLE_OK)
		is_done = error_set(error, "%s: %s", host,
			words[0] != '\0' ? words : curl_easy_strerror(code));
	else
		is_done = status / 100 == 2 || refuse(curl, status, &body, error);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	buffer_finish(&body);
	return is_done;
}

bool ses_call_put(const struct web_aws *aws, const char *region, const char *path,
	const char *body, const char *version, const atomic_bool *is_cancelled,
	struct error *error)
{
	char url[URL_MAX], host[300];
	struct curl_slist *headers = NULL;
	bool is_done = false;
	CURL *curl;

	if (text_is_empty(aws->access_key) || text_is_empty(aws->secret_key))
		return error_set(error, "there are no keys to call SES with; set "
					"[aws] credentials_file");
	if (!ses_call_url(aws, region, path, url, sizeof(url), host, sizeof(host)))
		return error_set(error, "'%.60s' is not a region of AWS", region);
	curl = curl_easy_init();
	if (curl == NULL || !add_headers(&headers, aws, host) ||
		!prepare(curl, aws, region, body, version) ||
		curl_easy_setopt(curl, CURLOPT_URL, url) != CURLE_OK) {
		error_set(error, "out of memory");
	} else {
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		if (is_cancelled != NULL) {
			curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
			curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_cancel);
			curl_easy_setopt(curl, CURLOPT_XFERINFODATA,
				(void *) (uintptr_t) is_cancelled);
		}
		is_done = perform(curl, host, error);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return is_done;
}

bool web_ses_sending(struct web *web, const struct web_rules *rules, const char *region,
	const char *configuration_set, bool enabled, struct error *error)
{
	const char *body =
		enabled ? "{\"SendingEnabled\":true}" : "{\"SendingEnabled\":false}";
	char path[200] = "/v2/email/account/sending";

	if (configuration_set[0] != '\0') {
		/* As SES's own rule for names is. */
		if (!text_is_made_of(configuration_set, NAME_LETTERS) ||
			strlen(configuration_set) > 64)
			return error_set(error,
				"'%.64s' can't be the name of a configuration set at SES",
				configuration_set);
		snprintf(path, sizeof(path), "/v2/email/configuration-sets/%s/sending",
			configuration_set);
	}
	return ses_call_put(
		&rules->aws, region, path, body, web->version, &web->is_stopping, error);
}
