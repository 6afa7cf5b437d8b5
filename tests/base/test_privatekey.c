/* test_privatekey.c - tests of private keys and their certificates in base/publickey.h.
 */
#include "base/publickey.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/base/known.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char text[] = "Message\nthe text\n";

static void own_certificate_says_what_was_put_in(void **state)
{
	struct private_key *key = private_key_generate(1024, NULL);
	char *pem = private_key_certify(
		key, "sns.amazonaws.com", 1335920046655, 253402300799000, NULL);
	struct certificate certificate;

	(void) state;
	assert_true(certificate_read(pem, strlen(pem), &certificate, NULL));
	assert_string_equal(certificate.subject, "sns.amazonaws.com");
	assert_int_equal(certificate.not_before, 1335920046000);
	assert_int_equal(certificate.not_after, 253402300799000);
	assert_false(certificate.is_authority);
	assert_true(certificate.is_rsa);
	assert_int_equal(certificate.key_bits, 1024);
	assert_non_null(certificate.key);
	certificate_finish(&certificate);
	free(pem);
	private_key_free(key);
}

static void own_certificate_is_a_leaf_for_a_server(void **state)
{
	struct private_key *key = private_key_generate(2048, NULL);
	char *pem = private_key_certify(key, "a.example", 0, DAY_MS, NULL);
	BIO *source = BIO_new_mem_buf(pem, -1);
	X509 *x509 = PEM_read_bio_X509(source, NULL, NULL, NULL);

	(void) state;
	assert_non_null(x509);
	assert_int_equal(X509_get_version(x509), X509_VERSION_3);
	assert_int_equal(X509_check_ca(x509), 0);
	assert_int_equal(X509_get_key_usage(x509), KU_DIGITAL_SIGNATURE);
	assert_int_equal(X509_get_extended_key_usage(x509), XKU_SSL_SERVER);
	assert_int_equal(X509_get_signature_nid(x509), NID_sha256WithRSAEncryption);
	assert_int_equal(X509_verify(x509, X509_get0_pubkey(x509)), 1);
	X509_free(x509);
	BIO_free(source);
	free(pem);
	private_key_free(key);
}

static void certificates_differ_by_their_serial_number(void **state)
{
	struct private_key *key = private_key_generate(1024, NULL);
	char *one = private_key_certify(key, "a.example", 0, DAY_MS, NULL);
	char *other = private_key_certify(key, "a.example", 0, DAY_MS, NULL);

	(void) state;
	assert_string_not_equal(one, other);
	free(one);
	free(other);
	private_key_free(key);
}

static void what_can_not_be_certified_is_refused(void **state)
{
	static const char long_name[] =
		"a123456789012345678901234567890123456789012345678"
		"901234567890.example";
	static const struct {
		const char *name;
		utc_ms not_before, not_after;
	} rows[] = {
		{long_name, 0, DAY_MS},
		{"\xff", 0, DAY_MS},
		{"a.example", UTC_NONE, DAY_MS},
		{"a.example", 0, INT64_MAX},
		{"a.example", 0, 253402300800000},
	};
	struct private_key *key = private_key_generate(1024, NULL);

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error error = {""};

		assert_null(private_key_certify(key, rows[i].name, rows[i].not_before,
			rows[i].not_after, &error));
		assert_true(text_begins(error.text, "certificate: "));
		assert_int_equal(ERR_peek_error(), 0);
	}
	private_key_free(key);
}

static void private_keys_are_printed_and_read_back(void **state)
{
	struct error error = {""};
	struct private_key *key = private_key_generate(1024, &error);
	char *pem = private_key_print(key), *again;

	(void) state;
	assert_true(text_begins(pem, "-----BEGIN PRIVATE KEY-----\n"));
	assert_true(text_ends(pem, "-----END PRIVATE KEY-----\n"));
	private_key_free(key);
	key = private_key_read(pem, strlen(pem), &error);
	assert_non_null(key);
	again = private_key_print(key);
	assert_string_equal(again, pem);
	private_key_free(key);
	free(again);
	free(pem);
}

/* A private key in PEM, encrypted if there is a password; freed by the caller. */
static char *print_key(EVP_PKEY *key, char *password)
{
	BIO *sink = BIO_new(BIO_s_mem());
	char *bytes, *pem;
	long length;

	assert_non_null(key);
	assert_int_equal(
		PEM_write_bio_PKCS8PrivateKey(sink, key,
			password ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL, password),
		1);
	length = BIO_get_mem_data(sink, &bytes);
	pem = text_copy(bytes, (size_t) length);
	BIO_free(sink);
	EVP_PKEY_free(key);
	return pem;
}

static void what_is_no_private_rsa_key_is_refused(void **state)
{
	char password[] = "secret";
	char *elliptic = print_key(EVP_EC_gen("P-256"), NULL);
	char *encrypted = print_key(EVP_RSA_gen(1024), password);
	const char *const rows[] = {"", "x", "-----BEGIN PRIVATE KEY-----\n",
		known_certificate, elliptic, encrypted};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error error = {""};

		assert_null(private_key_read(rows[i], strlen(rows[i]), &error));
		assert_true(text_begins(error.text, "private key: "));
		assert_null(private_key_read(rows[i], strlen(rows[i]), NULL));
		assert_int_equal(ERR_peek_error(), 0);
	}
	free(elliptic);
	free(encrypted);
}

static void only_keys_of_sensible_length_are_made(void **state)
{
	static const int rows[] = {-1, 0, 512, 1023, 4097, 100000};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error error = {""};

		assert_null(private_key_generate(rows[i], &error));
		assert_true(text_begins(error.text, "private key: "));
	}
}

static void signature_needs_its_room(void **state)
{
	struct private_key *key = private_key_generate(1024, NULL);
	uint8_t signature[128];
	size_t length = 42;

	(void) state;
	assert_false(private_key_sign(
		key, DIGEST_SHA256, text, strlen(text), signature, 127, &length));
	assert_int_equal(length, 42);
	assert_true(private_key_sign(
		key, DIGEST_SHA256, text, strlen(text), signature, 128, &length));
	assert_int_equal(length, 128);
	private_key_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_certificate_says_what_was_put_in),
		cmocka_unit_test(own_certificate_is_a_leaf_for_a_server),
		cmocka_unit_test(certificates_differ_by_their_serial_number),
		cmocka_unit_test(what_can_not_be_certified_is_refused),
		cmocka_unit_test(private_keys_are_printed_and_read_back),
		cmocka_unit_test(what_is_no_private_rsa_key_is_refused),
		cmocka_unit_test(only_keys_of_sensible_length_are_made),
		cmocka_unit_test(signature_needs_its_room),
	};

	return cmocka_run_group_tests_name("privatekey", tests, NULL, NULL);
}
