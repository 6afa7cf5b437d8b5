/* load.c - posts signed notifications to a feedback door, each once, over keep-alive
 * connections. */
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/publickey.h"
#include "sns/canonical.h"
#include "sns/message.h"

#define BODY_LIMIT ((size_t) 1 << 20)

struct options {
	const char *url, *ca_file, *key_file, *certificate_url, *topic;
	long pid, count, connections;
};

struct message {
	char *body;
	size_t length;
};

struct line { /* one connection */
	CURL *easy;
	int64_t began_us;
};

struct figures {
	int64_t *latency_us;
	size_t answered, other;
};

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void fail(const char *what)
{
	fprintf(stderr, "load: %s\n", what);
	exit(1);
}

/* 70 % deliveries, 20 % sends, 8 % soft and 1.9 % hard bounces, 0.1 % complaints. */
static void write_event(struct buffer *event, long number)
{
	char sent[UTC_TEXT_SIZE];
	utc_ms when = clock_now() - 3000 + random() % 3000;
	long user = random() % 2000000, kind = random() % 1000;

	utc_format(when, sent);
	buffer_format(event, "{\"eventType\":\"%s\",\"mail\":{\"timestamp\":\"%s\",",
		kind < 700   ? "Delivery"
		: kind < 900 ? "Send"
		: kind < 999 ? "Bounce"
			     : "Complaint",
		sent);
	buffer_format(event,
		"\"messageId\":\"0100%012" PRIx64 "-%08lx-4000-8000-0000-%012lx-000000\","
		"\"source\":\"news@example.com\",\"sourceArn\":"
		"\"arn:aws:ses:us-east-1:111122223333:identity/example.com\","
		"\"sendingAccountId\":\"111122223333\",\"destination\":[\"user%ld@domain%"
		"ld.example\"],"
		"\"headersTruncated\":false,\"headers\":[{\"name\":\"Subject\",\"value\":"
		"\"%0700d\"}],"
		"\"tags\":{\"ses:configuration-set\":[\"newsletter\"],\"campaign\":["
		"\"week-48\"]}}",
		(uint64_t) when, random() & 0xffffffffL, number, user, user % 5000, 0);
	if (kind < 700)
		buffer_format(event,
			",\"delivery\":{\"timestamp\":\"%s\",\"recipients\":[\"user%ld@"
			"domain%ld.example\"],"
			"\"smtpResponse\":\"250 2.0.0 OK\"}}",
			sent, user, user % 5000);
	else if (kind < 900)
		buffer_append_text(event, ",\"send\":{}}");
	else if (kind < 999)
		buffer_format(event,
			",\"bounce\":{\"bounceType\":\"%s\",\"bounceSubType\":"
			"\"General\",\"timestamp\":\"%s\","
			"\"feedbackId\":\"f%ld\",\"bouncedRecipients\":[{"
			"\"emailAddress\":\"user%ld@domain%ld.example\","
			"\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":"
			"\"smtp; 550 5.1.1 unknown\"}]}}",
			kind < 980 ? "Transient" : "Permanent", sent, number, user,
			user % 5000);
	else
		buffer_format(event,
			",\"complaint\":{\"timestamp\":\"%s\",\"feedbackId\":\"f%ld\","
			"\"complaintFeedbackType\":\"abuse\","
			"\"complainedRecipients\":[{\"emailAddress\":\"user%ld@domain%ld."
			"example\"}]}}",
			sent, number, user, user % 5000);
}

static struct message make_message(
	const struct options *options, const struct private_key *key, long number)
{
	struct buffer event, canonical;
	struct json *envelope = json_object();
	struct sns_message parsed;
	uint8_t signature[512];
	char text[sizeof(signature) * 2], id[64], stamp[UTC_TEXT_SIZE];
	struct error error;
	size_t length;
	struct message message;

	buffer_init(&event, BODY_LIMIT);
	buffer_init(&canonical, BODY_LIMIT);
	write_event(&event, number);
	snprintf(id, sizeof(id), "%08lx-0000-4000-8000-%012lx", random() & 0xffffffffL,
		number);
	json_put_text(envelope, "Type", "Notification");
	json_put_text(envelope, "MessageId", id);
	json_put_text(envelope, "TopicArn", options->topic);
	json_put_text(envelope, "Message", event.bytes);
	json_put_text(envelope, "Timestamp", utc_format(clock_now(), stamp));
	json_put_text(envelope, "SignatureVersion", number % 2 ? "1" : "2");
	json_put_text(envelope, "Signature", "AAAA");
	json_put_text(envelope, "SigningCertURL", options->certificate_url);
	message.body = json_print(envelope);
	if (!message.body ||
		sns_message_parse(message.body, strlen(message.body), &parsed, &error) !=
			SNS_WELL_FORMED ||
		!sns_canonical(&parsed, &canonical) ||
		!private_key_sign(key, number % 2 ? DIGEST_SHA1 : DIGEST_SHA256,
			canonical.bytes, canonical.length, signature, sizeof(signature),
			&length))
		fail("a message could not be signed");
	sns_message_finish(&parsed);
	free(message.body);
	base64_encode(signature, length, text);
	json_free(envelope);
	envelope = json_object();
	json_put_text(envelope, "Type", "Notification");
	json_put_text(envelope, "MessageId", id);
	json_put_text(envelope, "TopicArn", options->topic);
	json_put_text(envelope, "Message", event.bytes);
	json_put_text(envelope, "Timestamp", stamp);
	json_put_text(envelope, "SignatureVersion", number % 2 ? "1" : "2");
	json_put_text(envelope, "Signature", text);
	json_put_text(envelope, "SigningCertURL", options->certificate_url);
	message.body = json_print(envelope);
	message.length = strlen(message.body);
	json_free(envelope);
	buffer_finish(&event);
	buffer_finish(&canonical);
	return message;
}

static size_t swallow(char *bytes, size_t size, size_t count, void *closure)
{
	(void) bytes;
	(void) closure;
	return size * count;
}

static CURL *make_line(const struct options *options, struct curl_slist *headers)
{
	CURL *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_URL, options->url);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L);
	if (options->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
	return easy;
}

static void give(CURLM *multi, struct line *line, const struct message *message)
{
	curl_easy_setopt(line->easy, CURLOPT_POSTFIELDS, message->body);
	curl_easy_setopt(line->easy, CURLOPT_POSTFIELDSIZE, (long) message->length);
	curl_easy_setopt(line->easy, CURLOPT_PRIVATE, (char *) line);
	line->began_us = now_us();
	curl_multi_add_handle(multi, line->easy);
}

static void take_answer(CURL *easy, struct figures *figures, CURLcode outcome)
{
	struct line *line = NULL;
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **) &line);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	figures->latency_us[figures->answered++] = now_us() - line->began_us;
	if (outcome != CURLE_OK || status != 200)
		figures->other++;
}

static void post_all(
	const struct options *options, struct message *messages, struct figures *figures)
{
	CURLM *multi = curl_multi_init();
	struct curl_slist *headers =
		curl_slist_append(NULL, "Content-Type: text/plain; charset=UTF-8");
	struct line *lines = calloc((size_t) options->connections, sizeof(*lines));
	long given = 0;
	int running, left;
	CURLMsg *told;

	headers = curl_slist_append(headers, "Expect:");
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, options->connections + 1);
	for (long i = 0; i < options->connections && given < options->count; i++) {
		lines[i].easy = make_line(options, headers);
		give(multi, &lines[i], &messages[given++]);
	}
	do {
		curl_multi_perform(multi, &running);
		while ((told = curl_multi_info_read(multi, &left))) {
			struct line *line = NULL;
			CURL *easy = told->easy_handle;

			take_answer(easy, figures, told->data.result);
			curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **) &line);
			curl_multi_remove_handle(multi, easy);
			if (given < options->count)
				give(multi, line, &messages[given++]);
		}
		if (figures->answered < (size_t) options->count)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	} while (figures->answered < (size_t) options->count);
	for (long i = 0; i < options->connections; i++)
		curl_easy_cleanup(lines[i].easy);
	curl_multi_cleanup(multi);
	curl_slist_free_all(headers);
	free(lines);
}

/* utime + stime of a process, in microseconds. */
static int64_t cpu_us(long pid)
{
	char path[64], text[1024] = "", *field;
	FILE *file;
	int64_t user, system;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	file = fopen(path, "r");
	if (!file || !fgets(text, sizeof(text), file))
		fail("the daemon's process is gone");
	fclose(file);
	field = strrchr(text, ')');
	for (int i = 0; field && i < 12; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		fail("/proc has another shape");
	user = strtoll(field, &field, 10);
	system = strtoll(field, NULL, 10);
	return (user + system) * 1000000 / sysconf(_SC_CLK_TCK);
}

/* V: what one RSA-2048 verification with a digest costs here and now, in microseconds. */
static double verification_us(const struct private_key *key)
{
	struct error error;
	char *pem = private_key_certify(key, "sns.amazonaws.com", clock_now() - DAY_MS,
		clock_now() + DAY_MS, &error);
	struct certificate certificate;
	uint8_t signature[512], text[1640] = {0};
	size_t length;
	int64_t began;
	const int rounds = 20000;

	if (!pem || !certificate_read(pem, strlen(pem), &certificate, &error) ||
		!private_key_sign(key, DIGEST_SHA256, text, sizeof(text), signature,
			sizeof(signature), &length))
		fail("no key to measure with");
	began = now_us();
	for (int i = 0; i < rounds; i++)
		if (PUBLIC_KEY_MATCHES != public_key_verify(certificate.key,
						  DIGEST_SHA256, text, sizeof(text),
						  signature, length))
			fail("a signature of our own is wrong");
	certificate_finish(&certificate);
	free(pem);
	return (double) (now_us() - began) / rounds;
}

static int by_value(const void *one, const void *other)
{
	int64_t a = *(const int64_t *) one, b = *(const int64_t *) other;

	return a < b ? -1 : a > b;
}

static char *read_file(const char *path, size_t *length)
{
	static char text[16384];
	FILE *file = fopen(path, "r");

	if (!file)
		fail("the key file can't be read");
	*length = fread(text, 1, sizeof(text) - 1, file);
	text[*length] = '\0';
	fclose(file);
	return text;
}

static struct options read_options(char **arguments)
{
	struct options options = {0};

	options.url = arguments[1];
	options.ca_file = *arguments[2] ? arguments[2] : NULL;
	options.key_file = arguments[3];
	options.certificate_url = arguments[4];
	options.topic = arguments[5];
	options.pid = strtol(arguments[6], NULL, 10);
	options.count = strtol(arguments[7], NULL, 10);
	options.connections = strtol(arguments[8], NULL, 10);
	return options;
}

int main(int count, char **arguments)
{
	struct options options;
	struct private_key *key;
	struct message *messages;
	struct figures figures = {0};
	struct error error;
	size_t length;
	int64_t began, cpu, took;
	double v;

	if (count != 9) {
		fprintf(stderr, "usage: load URL CA-FILE KEY CERT-URL TOPIC PID COUNT "
				"CONNECTIONS\n");
		return 2;
	}
	options = read_options(arguments);
	curl_global_init(CURL_GLOBAL_ALL);
	crypto_start();
	srandom((unsigned) clock_now());
	read_file(options.key_file, &length);
	key = private_key_read(read_file(options.key_file, &length), length, &error);
	if (!key)
		fail(error.text);
	messages = calloc((size_t) options.count, sizeof(*messages));
	figures.latency_us = calloc((size_t) options.count, sizeof(int64_t));
	if (!messages || !figures.latency_us)
		fail("out of memory");
	for (long i = 0; i < options.count; i++)
		messages[i] = make_message(&options, key, i);
	v = verification_us(key);
	cpu = cpu_us(options.pid);
	began = now_us();
	post_all(&options, messages, &figures);
	took = now_us() - began;
	cpu = cpu_us(options.pid) - cpu;
	qsort(figures.latency_us, figures.answered, sizeof(int64_t), by_value);
	printf("{\"messages\":%ld,\"not_200\":%zu,\"per_second\":%.0f,\"p50_ms\":%.2f,"
	       "\"p99_ms\":%.2f,"
	       "\"cpu_us\":%.1f,\"v_us\":%.2f,\"cpu_in_v\":%.2f}\n",
		options.count, figures.other,
		(double) options.count * 1e6 / (double) took,
		(double) figures.latency_us[figures.answered / 2] / 1000.0,
		(double) figures.latency_us[figures.answered * 99 / 100] / 1000.0,
		(double) cpu / (double) options.count, v,
		(double) cpu / (double) options.count / v);
	for (long i = 0; i < options.count; i++)
		free(messages[i].body);
	free(messages);
	free(figures.latency_us);
	private_key_free(key);
	curl_global_cleanup();
	return figures.other ? 1 : 0;
}
