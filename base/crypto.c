/* crypto.c - digests, base64, randomness. */
#include "base/crypto.h"

#include <assert.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/crypto_digest.h"

static const EVP_MD *sha1;
static const EVP_MD *sha256;
static const EVP_MAC_CTX *hmac; /* with SHA-256; copied for each use */

static void fetch_hmac(void)
{
	char name[] = "SHA256";
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *method = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = method ? EVP_MAC_CTX_new(method) : NULL;

	EVP_MAC_free(method);
	if (context && EVP_MAC_CTX_set_params(context, parameters) == 1)
		hmac = context;
	else
		EVP_MAC_CTX_free(context);
}

static void fetch_digests(void)
{
	sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	fetch_hmac();
}

/* EVP_sha256() would be looked up again on each use (OpenSSL 3.0). */
static void fetch_digests_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fetch_digests);
}

bool crypto_start(void)
{
	fetch_digests_once();
	return sha1 && sha256 && hmac;
}

const EVP_MD *crypto_digest(enum digest_kind kind)
{
	fetch_digests_once();
	switch (kind) {
	case DIGEST_SHA1:
		return sha1;
	case DIGEST_SHA256:
		return sha256;
	}
	return NULL;
}

/* Making a context ready costs as much as the digest of a short text; so each thread
 * keeps one of each kind. */
struct contexts {
	EVP_MD_CTX *of[2]; /* by enum digest_kind */
};

static pthread_key_t contexts_key;
static bool has_contexts_key;

static void contexts_free(void *argument)
{
	struct contexts *own = argument;

	EVP_MD_CTX_free(own->of[DIGEST_SHA1]);
	EVP_MD_CTX_free(own->of[DIGEST_SHA256]);
	free(own);
}

static void make_contexts_key(void)
{
	has_contexts_key = pthread_key_create(&contexts_key, contexts_free) == 0;
}

/* The calling thread's. NULL without memory. */
static struct contexts *thread_contexts(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct contexts *own;

	pthread_once(&once, make_contexts_key);
	if (!has_contexts_key)
		return NULL;
	own = pthread_getspecific(contexts_key);
	if (own)
		return own;
	own = calloc(1, sizeof(*own));
	if (own && pthread_setspecific(contexts_key, own) != 0) {
		free(own);
		return NULL;
	}
	return own;
}

bool crypto_sum(enum digest_kind kind, const void *bytes, size_t length, uint8_t *sum,
	unsigned int *sum_length)
{
	const EVP_MD *method = crypto_digest(kind);
	struct contexts *own = thread_contexts();

	if (!method || !own)
		return false;
	if (!own->of[kind])
		own->of[kind] = EVP_MD_CTX_new();
	return own->of[kind] && EVP_DigestInit_ex2(own->of[kind], method, NULL) == 1 &&
	       EVP_DigestUpdate(own->of[kind], bytes, length) == 1 &&
	       EVP_DigestFinal_ex(own->of[kind], sum, sum_length) == 1;
}

void crypto_sha256(const void *bytes, size_t length, uint8_t digest[SHA256_SIZE])
{
	bool is_done = crypto_sum(DIGEST_SHA256, bytes, length, digest, NULL);

	/* Fails only without memory for a context, or where crypto_start has failed. A
	 * wrong digest would make two things one; stopping loses nothing that was
	 * answered for. */
	assert(is_done);
	(void) is_done;
}

void crypto_sha256_hex(const void *bytes, size_t length, char hex[SHA256_HEX_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	crypto_sha256(bytes, length, digest);
	hex_encode(digest, sizeof(digest), hex);
}

void crypto_hmac_sha256(const void *key, size_t key_length, const void *bytes,
	size_t length, uint8_t digest[SHA256_SIZE])
{
	EVP_MAC_CTX *context;
	size_t size = 0;
	bool is_done;

	fetch_digests_once();
	context = hmac ? EVP_MAC_CTX_dup(hmac) : NULL;
	is_done = context && EVP_MAC_init(context, key, key_length, NULL) == 1 &&
		  EVP_MAC_update(context, bytes, length) == 1 &&
		  EVP_MAC_final(context, digest, &size, SHA256_SIZE) == 1 &&
		  size == SHA256_SIZE;
	EVP_MAC_CTX_free(context);
	/* As crypto_sha256. */
	assert(is_done);
	(void) is_done;
}

bool crypto_random(void *bytes, size_t length)
{
	uint8_t *next = bytes;

	while (length > 0) {
		ssize_t got = getrandom(next, length, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		next += got;
		length -= (size_t) got;
	}
	return true;
}

bool crypto_equal(const void *one, const void *other, size_t length)
{
	return CRYPTO_memcmp(one, other, length) == 0;
}

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What a base64 digit stands for, or -1. */
static int base64_value(char byte)
{
	/* From '+' to 'z'. */
	static const int8_t values[] = {62, -1, -1, -1, 63, 52, 53, 54, 55, 56, 57, 58,
		59, 60, 61, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
		11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1,
		-1, -1, -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
		41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51};
	unsigned index = (unsigned char) byte - (unsigned) '+';

	return index < sizeof(values) ? values[index] : -1;
}

bool base64_measure(const char *text, size_t text_length, size_t *length)
{
	size_t digits = text_length;
	int all = 0, last;

	if (text_length % 4 != 0)
		return false;
	while (digits > 0 && text_length - digits < 2 && text[digits - 1] == '=')
		digits--;
	for (size_t i = 0; i < digits; i++)
		all |= base64_value(text[i]);
	if (all < 0)
		return false;
	/* The bits that padding leaves over are zero (RFC 4648, 3.5): one text for one
	 * value. */
	if (digits < text_length) {
		last = base64_value(text[digits - 1]);
		if (last & (text_length - digits == 2 ? 0xf : 0x3))
			return false;
	}
	*length = digits / 4 * 3 + (digits % 4 == 0 ? 0 : digits % 4 - 1);
	return true;
}

/* What up to four digits stand for, as if four were there. */
static uint32_t base64_bits(const char *text, size_t digits)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < digits; i++)
		bits |= (uint32_t) base64_value(text[i]) << (18 - 6 * i);
	return bits;
}

bool base64_decode(const char *text, size_t text_length, uint8_t *bytes, size_t capacity,
	size_t *length)
{
	size_t bytes_length, end = 0;

	if (!base64_measure(text, text_length, &bytes_length) || bytes_length > capacity)
		return false;
	for (; bytes_length - end >= 3; text += 4) {
		uint32_t bits = base64_bits(text, 4);

		bytes[end++] = (uint8_t) (bits >> 16);
		bytes[end++] = (uint8_t) (bits >> 8);
		bytes[end++] = (uint8_t) bits;
	}
	/* Two or three digits before the padding stand for one or two bytes. */
	if (end < bytes_length) {
		uint32_t bits = base64_bits(text, bytes_length - end + 1);

		bytes[end] = (uint8_t) (bits >> 16);
		if (bytes_length - end == 2)
			bytes[end + 1] = (uint8_t) (bits >> 8);
	}
	*length = bytes_length;
	return true;
}

void base64_encode(const void *bytes, size_t length, char *text)
{
	const uint8_t *from = bytes;
	size_t i;

	for (i = 0; i + 2 < length; i += 3) {
		*text++ = alphabet[from[i] >> 2];
		*text++ = alphabet[(from[i] & 3) << 4 | from[i + 1] >> 4];
		*text++ = alphabet[(from[i + 1] & 15) << 2 | from[i + 2] >> 6];
		*text++ = alphabet[from[i + 2] & 63];
	}
	if (i < length) {
		uint8_t second = i + 1 < length ? from[i + 1] : 0;

		*text++ = alphabet[from[i] >> 2];
		*text++ = alphabet[(from[i] & 3) << 4 | second >> 4];
		*text++ = '=';
		if (i + 1 < length)
			text[-1] = alphabet[(second & 15) << 2];
		*text++ = '=';
	}
	*text = '\0';
}

void hex_encode(const void *bytes, size_t length, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *from = bytes;

	for (size_t i = 0; i < length; i++) {
		*text++ = digits[from[i] >> 4];
		*text++ = digits[from[i] & 15];
	}
	*text = '\0';
}

static int hex_value(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

bool hex_decode(const char *text, uint8_t *bytes, size_t length)
{
	if (strnlen(text, 2 * length + 1) != 2 * length)
		return false;
	for (size_t i = 0; i < 2 * length; i++) {
		if (hex_value(text[i]) < 0)
			return false;
	}
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t) (hex_value(text[2 * i]) * 16 +
				      hex_value(text[2 * i + 1]));
	return true;
}
