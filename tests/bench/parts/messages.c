/* messages.c - signed notifications, as SNS posts them. */
#include "tests/bench/parts/messages.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/crypto.h"
#include "base/publickey.h"
#include "base/text.h"
#include "sns/canonical.h"
#include "tests/bench/parts/die.h"
#include "tests/bench/parts/event.h"
#include "tests/bench/parts/times.h"

#define THREADS 2
#define BYTES_MAX ((size_t) 1 << 20)
#define KEY_MAX 16384
#define SIGNATURE_MAX 512
#define SIGNATURE_TEXT_SIZE (4 * ((SIGNATURE_MAX + 2) / 3) + 1)
#define MESSAGE_ID_SIZE 40

struct maker {
	const struct options *options;
	struct private_key *key;
	uint64_t run; /* makes ids of this run's own */
	uint64_t seed;
};

/* What one thread makes: every THREADS-th message. */
struct share {
	struct maker *maker;
	struct message *messages;
	size_t first, offset, count;
	struct buffer event, canonical, body, request;
};

static struct private_key *read_key(const char *path)
{
	char text[KEY_MAX];
	FILE *file = fopen(path, "r");
	struct private_key *key;
	struct error error;
	size_t length;

	if (file == NULL)
		die("%s can't be read", path);
	length = fread(text, 1, sizeof(text), file);
	fclose(file);
	key = private_key_read(text, length, &error);
	if (key == NULL)
		die("%s: %s", path, error.text);
	return key;
}

struct maker *maker_new(const struct options *options)
{
	struct maker *maker = calloc(1, sizeof(*maker));
	struct dice dice = {(uint64_t) clock_ns() ^ (uint64_t) clock_now() << 20};

	if (maker == NULL || !crypto_start())
		die("out of memory");
	maker->options = options;
	maker->key = read_key(options->key_file);
	maker->run = dice_next(&dice);
	maker->seed = options->seed != 0 ? options->seed : maker->run;
	return maker;
}

void maker_free(struct maker *maker)
{
	if (maker == NULL)
		return;
	private_key_free(maker->key);
	free(maker);
}

/* As a JSON text; the event is ASCII without control characters. */
static void append_escaped(struct buffer *body, const char *text)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, "\"\\");

		buffer_append(body, text, plain);
		text += plain;
		if (*text != '\0') {
			buffer_append_text(body, "\\");
			buffer_append(body, text++, 1);
		}
	}
}

static void sign(struct share *share, const struct sns_message *message,
	char text[SIGNATURE_TEXT_SIZE])
{
	uint8_t signature[SIGNATURE_MAX];
	size_t length;

	if (!sns_canonical(message, &share->canonical) ||
		!private_key_sign(share->maker->key,
			text_equal(message->signature_version, "1") ? DIGEST_SHA1
								    : DIGEST_SHA256,
			share->canonical.bytes, share->canonical.length, signature,
			sizeof(signature), &length))
		die("a message can't be signed");
	base64_encode(signature, length, text);
}

static void append_body(struct buffer *body, const struct sns_message *message)
{
	buffer_format(body,
		"{\n  \"Type\" : \"Notification\",\n  \"MessageId\" : \"%s\",\n"
		"  \"TopicArn\" : \"%s\",\n  \"Message\" : \"",
		message->message_id, message->topic_arn);
	append_escaped(body, message->message);
	buffer_format(body,
		"\",\n  \"Timestamp\" : \"%s\",\n  \"SignatureVersion\" : \"%s\",\n"
		"  \"Signature\" : \"%s\",\n  \"SigningCertURL\" : \"%s\",\n"
		"  \"UnsubscribeURL\" : \"https://sns.us-east-1.amazonaws.com/"
		"?Action=Unsubscribe&SubscriptionArn=%s:"
		"2bcfbf39-05c3-41de-beaa-fcfcc21c8f55\"\n}",
		message->timestamp_text, message->signature_version, message->signature,
		message->certificate_url, message->topic_arn);
}

static void append_request(
	struct share *share, const struct sns_message *message, const struct buffer *body)
{
	const struct options *options = share->maker->options;

	buffer_format(&share->request,
		"POST %s HTTP/1.1\r\nx-amz-sns-message-type: Notification\r\n"
		"x-amz-sns-message-id: %s\r\nx-amz-sns-topic-arn: %s\r\n"
		"x-amz-sns-subscription-arn: %s:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55\r\n"
		"Content-Length: %zu\r\nContent-Type: text/plain; charset=UTF-8\r\n"
		"Host: %s:%s\r\nConnection: %s\r\n"
		"User-Agent: Amazon Simple Notification Service Agent\r\n"
		"Accept-Encoding: gzip,deflate\r\n\r\n",
		options->path, message->message_id, message->topic_arn,
		message->topic_arn, body->length, options->host, options->port,
		options->is_new_connections ? "close" : "Keep-Alive");
	buffer_append(&share->request, body->bytes, body->length);
}

/* The buffers are filled anew, and keep their room. */
static void empty_buffers(struct share *share)
{
	share->event.length = 0;
	share->canonical.length = 0;
	share->body.length = 0;
	share->request.length = 0;
}

static struct message make(struct share *share, uint64_t number)
{
	const struct maker *maker = share->maker;
	struct dice dice = {maker->seed << 32 ^ number};
	char id[MESSAGE_ID_SIZE], stamp[UTC_TEXT_SIZE], signature[SIGNATURE_TEXT_SIZE];
	utc_ms now = clock_now();
	struct sns_message envelope = {
		.type = SNS_NOTIFICATION,
		.message_id = id,
		.topic_arn = maker->options->topic,
		.timestamp_text = utc_format(now, stamp),
		.signature_version = number % 2 == 0 ? "1" : "2",
		.signature = signature,
		.certificate_url = maker->options->certificate_url,
	};
	struct message message;

	empty_buffers(share);
	snprintf(id, sizeof(id), "%08" PRIx64 "-%04" PRIx64 "-4000-8000-%012" PRIx64,
		maker->run & 0xffffffff, maker->run >> 32 & 0xffff, number);
	event_write(&share->event, &dice, (struct event_identity){maker->run, number},
		maker->options->domains, now);
	envelope.message = share->event.bytes;
	sign(share, &envelope, signature);
	append_body(&share->body, &envelope);
	append_request(share, &envelope, &share->body);
	message.length = share->request.length;
	message.bytes = share->event.failed || share->body.failed || share->request.failed
				? NULL
				: malloc(message.length);
	if (message.bytes == NULL)
		die("out of memory");
	memcpy(message.bytes, share->request.bytes, message.length);
	return message;
}

static void *make_share(void *closure)
{
	struct share *share = closure;

	buffer_init(&share->event, BYTES_MAX);
	buffer_init(&share->canonical, BYTES_MAX);
	buffer_init(&share->body, BYTES_MAX);
	buffer_init(&share->request, BYTES_MAX);
	for (size_t i = share->offset; i < share->count; i += THREADS)
		share->messages[i] = make(share, share->first + i);
	buffer_finish(&share->event);
	buffer_finish(&share->canonical);
	buffer_finish(&share->body);
	buffer_finish(&share->request);
	return NULL;
}

void maker_make(struct maker *maker, struct message *messages, size_t first, size_t count)
{
	struct share shares[THREADS];
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		shares[i] = (struct share){.maker = maker,
			.messages = messages,
			.first = first,
			.offset = i,
			.count = count};
		if (pthread_create(&threads[i], NULL, make_share, &shares[i]) != 0)
			die("a thread can't be made");
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

void messages_finish(struct message *messages, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(messages[i].bytes);
}
