/* test_publickey.c - tests of keys and signatures in base/publickey.h. */
#include "base/publickey.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/text.h"
#include "tests/base/known.h"

#define MATCHES(...) (public_key_verify(__VA_ARGS__) == PUBLIC_KEY_MATCHES)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define KEYS 6
#define SIGNATURE_MAX 512

static const char text[] = "Message\nthe text\nMessageId\n42\n";

/* Made once; 1024 bits, because making keys is what takes the time. */
static struct private_key *private_keys[KEYS];
static struct public_key *public_keys[KEYS];

/* The public half of a private key, by way of a certificate. */
static struct public_key *public_half(const struct private_key *key)
{
	struct certificate certificate;
	struct public_key *public_key;
	struct error error = {""};
	char *pem = private_key_certify(key, "example.org", 0, DAY_MS, &error);

	assert_non_null(pem);
	assert_true(certificate_read(pem, strlen(pem), &certificate, &error));
	public_key = public_key_hold(certificate.key);
	certificate_finish(&certificate);
	free(pem);
	return public_key;
}

static int make_keys(void **state)
{
	(void) state;
	for (size_t i = 0; i < KEYS; i++) {
		private_keys[i] = private_key_generate(1024, NULL);
		assert_non_null(private_keys[i]);
		public_keys[i] = public_half(private_keys[i]);
	}
	return 0;
}

static int free_keys(void **state)
{
	(void) state;
	for (size_t i = 0; i < KEYS; i++) {
		public_key_release(public_keys[i]);
		private_key_free(private_keys[i]);
	}
	public_key_release(NULL);
	private_key_free(NULL);
	return 0;
}

struct signature {
	uint8_t bytes[SIGNATURE_MAX];
	size_t length;
};

static struct signature sign(size_t key, enum digest_kind digest)
{
	struct signature signature;

	assert_true(private_key_sign(private_keys[key], digest, text, strlen(text),
		signature.bytes, sizeof(signature.bytes), &signature.length));
	return signature;
}

static bool verify(size_t key, enum digest_kind digest, const struct signature *signature)
{
	return MATCHES(public_keys[key], digest, text, strlen(text), signature->bytes,
		signature->length);
}

static void what_was_signed_verifies_with_its_key_and_digest_only(void **state)
{
	(void) state;
	for (size_t key = 0; key < KEYS; key++) {
		for (int digest = DIGEST_SHA1; digest <= DIGEST_SHA256; digest++) {
			struct signature signature = sign(key, (enum digest_kind) digest);

			assert_int_equal(signature.length, 128);
			/* More pairs than a thread keeps contexts for. */
			for (size_t other = 0; other < KEYS; other++) {
				assert_int_equal(verify(other, DIGEST_SHA1, &signature),
					other == key && digest == DIGEST_SHA1);
				assert_int_equal(verify(other, DIGEST_SHA256, &signature),
					other == key && digest == DIGEST_SHA256);
			}
		}
	}
}

static void other_bytes_do_not_verify(void **state)
{
	struct signature signature = sign(0, DIGEST_SHA256);
	char other[sizeof(text)];

	(void) state;
	memcpy(other, text, sizeof(text));
	for (size_t i = 0; i < strlen(text); i++) {
		other[i] ^= 1;
		assert_false(MATCHES(public_keys[0], DIGEST_SHA256, other, strlen(text),
			signature.bytes, signature.length));
		other[i] ^= 1;
	}
	assert_false(MATCHES(public_keys[0], DIGEST_SHA256, text, strlen(text) - 1,
		signature.bytes, signature.length));
	assert_false(MATCHES(
		public_keys[0], DIGEST_SHA256, "", 0, signature.bytes, signature.length));
	assert_true(verify(0, DIGEST_SHA256, &signature));
}

static void damaged_signatures_do_not_verify(void **state)
{
	struct signature good = sign(0, DIGEST_SHA256);
	struct signature bad;

	(void) state;
	for (size_t bit = 0; bit < good.length * 8; bit++) {
		bad = good;
		bad.bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
		assert_false(verify(0, DIGEST_SHA256, &bad));
	}
	for (size_t length = 0; length < SIGNATURE_MAX; length++) {
		bad = good;
		if (length > good.length)
			memset(bad.bytes + good.length, 0, length - good.length);
		bad.length = length;
		assert_int_equal(verify(0, DIGEST_SHA256, &bad), length == good.length);
	}
	/* One zero in front is the same number, and yet another text. */
	memmove(bad.bytes + 1, good.bytes, good.length);
	bad.bytes[0] = 0;
	bad.length = good.length + 1;
	assert_false(verify(0, DIGEST_SHA256, &bad));
	memset(bad.bytes, 0xff, sizeof(bad.bytes));
	bad.length = good.length;
	assert_false(verify(0, DIGEST_SHA256, &bad));
	assert_true(verify(0, DIGEST_SHA256, &good));
	assert_int_equal(ERR_peek_error(), 0);
}

/* An RSA key that OpenSSL pads for in another way than PKCS #1 v1.5 with a digest. */
static struct signature sign_with_padding(
	EVP_PKEY *key, int padding, const EVP_MD *digest)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	struct signature signature = {.length = SIGNATURE_MAX};
	uint8_t sum[EVP_MAX_MD_SIZE];
	unsigned int length;

	assert_int_equal(
		EVP_Digest(text, strlen(text), sum, &length, EVP_sha256(), NULL), 1);
	assert_int_equal(EVP_PKEY_sign_init(context), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, padding), 1);
	if (digest)
		assert_int_equal(EVP_PKEY_CTX_set_signature_md(context, digest), 1);
	assert_int_equal(
		EVP_PKEY_sign(context, signature.bytes, &signature.length, sum, length),
		1);
	EVP_PKEY_CTX_free(context);
	return signature;
}

static void other_paddings_do_not_verify(void **state)
{
	char *pem = private_key_print(private_keys[0]);
	BIO *source = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(source, NULL, NULL, NULL);
	struct signature signature;

	(void) state;
	assert_non_null(key);
	signature = sign_with_padding(key, RSA_PKCS1_PADDING, EVP_sha256());
	assert_true(verify(0, DIGEST_SHA256, &signature));
	signature = sign_with_padding(key, RSA_PKCS1_PSS_PADDING, EVP_sha256());
	assert_false(verify(0, DIGEST_SHA256, &signature));
	/* The bare digest, without the name of its algorithm in front. */
	signature = sign_with_padding(key, RSA_PKCS1_PADDING, NULL);
	assert_false(verify(0, DIGEST_SHA256, &signature));
	assert_false(verify(0, DIGEST_SHA1, &signature));
	EVP_PKEY_free(key);
	BIO_free(source);
	free(pem);
}

static void known_signatures_verify(void **state)
{
	struct certificate certificate;
	uint8_t signature[256];

	(void) state;
	assert_true(certificate_read(
		known_certificate, strlen(known_certificate), &certificate, NULL));
	assert_true(hex_decode(known_sha1, signature, sizeof(signature)));
	assert_true(MATCHES(certificate.key, DIGEST_SHA1, "known text", 10, signature,
		sizeof(signature)));
	assert_true(hex_decode(known_sha256, signature, sizeof(signature)));
	assert_true(MATCHES(certificate.key, DIGEST_SHA256, "known text", 10, signature,
		sizeof(signature)));
	assert_false(MATCHES(certificate.key, DIGEST_SHA256, "known tex", 9, signature,
		sizeof(signature)));
	certificate_finish(&certificate);
}

static void new_key_at_an_old_address_is_another_key(void **state)
{
	(void) state;
	for (int round = 0; round < 50; round++) {
		size_t used = (size_t) round % KEYS, other = (used + 1) % KEYS;
		struct public_key *key = public_half(private_keys[used]);
		struct signature right = sign(used, DIGEST_SHA256);
		struct signature wrong = sign(other, DIGEST_SHA256);

		assert_true(MATCHES(key, DIGEST_SHA256, text, strlen(text), right.bytes,
			right.length));
		assert_false(MATCHES(key, DIGEST_SHA256, text, strlen(text), wrong.bytes,
			wrong.length));
		public_key_release(key);
	}
}

/* A thread verifies with keys of its own and with common ones, and ends. */
static void *verify_often(void *argument)
{
	const struct signature *signatures = argument;
	intptr_t wrong = 0;

	for (size_t i = 0; i < 200; i++) {
		size_t key = i % KEYS;
		struct public_key *own = public_key_hold(public_keys[key]);

		wrong += !MATCHES(own, DIGEST_SHA256, text, strlen(text),
			signatures[key].bytes, signatures[key].length);
		wrong += verify((key + 1) % KEYS, DIGEST_SHA256, &signatures[key]);
		public_key_release(own);
	}
	return (void *) wrong;
}

static void many_threads_verify_with_the_same_keys(void **state)
{
	struct signature signatures[KEYS];
	pthread_t threads[4];

	(void) state;
	for (size_t i = 0; i < KEYS; i++)
		signatures[i] = sign(i, DIGEST_SHA256);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT(threads); i++)
			assert_int_equal(pthread_create(&threads[i], NULL, verify_often,
						 signatures),
				0);
		for (size_t i = 0; i < COUNT(threads); i++) {
			void *wrong;

			pthread_join(threads[i], &wrong);
			assert_int_equal((intptr_t) wrong, 0);
		}
	}
}

/* The thread's slots are the last that hold the key. */
static void *use_and_release(void *argument)
{
	struct public_key *key = argument;
	struct signature signature = sign(0, DIGEST_SHA1);
	bool is_good = MATCHES(
		key, DIGEST_SHA1, text, strlen(text), signature.bytes, signature.length);

	public_key_release(key);
	return is_good ? argument : NULL;
}

static void key_outlives_its_owner_in_a_thread_that_used_it(void **state)
{
	struct public_key *key = public_half(private_keys[0]);
	pthread_t thread;
	void *result;

	(void) state;
	assert_int_equal(pthread_create(&thread, NULL, use_and_release, key), 0);
	pthread_join(thread, &result);
	assert_non_null(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_signed_verifies_with_its_key_and_digest_only),
		cmocka_unit_test(other_bytes_do_not_verify),
		cmocka_unit_test(damaged_signatures_do_not_verify),
		cmocka_unit_test(other_paddings_do_not_verify),
		cmocka_unit_test(known_signatures_verify),
		cmocka_unit_test(new_key_at_an_old_address_is_another_key),
		cmocka_unit_test(many_threads_verify_with_the_same_keys),
		cmocka_unit_test(key_outlives_its_owner_in_a_thread_that_used_it),
	};

	return cmocka_run_group_tests_name("publickey", tests, make_keys, free_keys);
}
