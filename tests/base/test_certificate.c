/* test_certificate.c - tests of certificates in base/publickey.h. */
#include "base/publickey.h"

#include <dirent.h>
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/base/known.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whether it is read; the certificate is emptied again. A copy without a NUL behind it
 * shows a sanitizer what is read too far. */
static bool is_read(const char *pem, size_t length)
{
	struct certificate certificate = {.key_bits = 42};
	struct error error = {""};
	char *copy = malloc(length > 0 ? length : 1);
	bool result;

	assert_non_null(copy);
	memcpy(copy, pem, length);
	result = certificate_read(copy, length, &certificate, &error);
	free(copy);
	if (result) {
		certificate_finish(&certificate);
		assert_null(certificate.key);
	} else {
		assert_true(text_begins(error.text, "certificate: "));
		assert_int_equal(certificate.key_bits, 42);
	}
	assert_int_equal(ERR_peek_error(), 0);
	return result;
}

static void known_certificates_are_read(void **state)
{
	struct certificate certificate;

	(void) state;
	assert_true(certificate_read(
		known_certificate, strlen(known_certificate), &certificate, NULL));
	assert_string_equal(certificate.subject, "known.example");
	assert_true(certificate.is_authority);
	assert_true(certificate.is_rsa);
	assert_int_equal(certificate.key_bits, 2048);
	certificate_finish(&certificate);
	assert_true(certificate_read(
		known_ec_certificate, strlen(known_ec_certificate), &certificate, NULL));
	assert_string_equal(certificate.subject, "ec.example");
	assert_false(certificate.is_rsa);
	assert_int_equal(certificate.key_bits, 256);
	assert_null(certificate.key);
	certificate_finish(&certificate);
}

static void block_must_stand_alone(void **state)
{
	static const struct {
		const char *before, *after;
		bool is_read;
	} rows[] = {
		{"", "", true},
		{"\n\r\n \t", " \r\n\n", true},
		{"x", "", false},
		{"", "x", false},
		{"Subject: CN=sns.amazonaws.com\n", "", false},
		{"<pre>\n", "</pre>\n", false},
		{"<!-- ", "", false},
		{"", "<!-- -->", false},
		{"\xef\xbb\xbf", "", false},
		{"-", "", false},
		{"", "-", false},
		{known_certificate, "", false},
		{"", known_certificate, false},
		{"", known_ec_certificate, false},
		{"", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", false},
		{"-----BEGIN CERTIFICATE-----\n", "", false},
		{"", "-----END CERTIFICATE-----\n", false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char pem[10000];

		snprintf(pem, sizeof(pem), "%s%s%s", rows[i].before, known_certificate,
			rows[i].after);
		if (is_read(pem, strlen(pem)) != rows[i].is_read)
			fail_msg("row %zu", i);
	}
}

/* known_certificate with the first occurrence of one text replaced by another. */
static void replace(char *pem, size_t size, const char *old, const char *new)
{
	const char *at = strstr(known_certificate, old);

	assert_non_null(at);
	snprintf(pem, size, "%.*s%s%s", (int) (at - known_certificate), known_certificate,
		new, at + strlen(old));
}

static void block_with_another_inside_is_refused(void **state)
{
	static const struct {
		const char *old, *new;
		bool is_read;
	} rows[] = {
		{"CATE-----\n", "CATE-----\r\n", true},
		{"CATE-----\n", "CATE-----\n\n", true},
		{"CATE-----\n", "CATE----- \n", true},
		{"CATE-----\n", "CATE-----", false},
		{"CATE-----\n", "CATE-----\nProc-Type: 4,ENCRYPTED\n\n", false},
		{"CATE-----\n", "CATE-----\n-", false},
		{"CATE-----\n", "CATE-----\n=", false},
		{"CATE-----\n", "CATE-----\nAAAA", false},
		{"CATE-----\n", "CATE-----\n<b>", false},
		{"\n-----END CERT", "-----END CERT", false},
		{"\n-----END CERT", "AAAA\n-----END CERT", false},
		{"\n-----END CERT", "====\n-----END CERT", false},
		{"-----BEGIN CERT", "----BEGIN CERT", false},
		{"-----BEGIN CERT", "-----BEGIN X509 CERT", false},
		{"-----BEGIN CERT", "-----BEGIN TRUSTED CERT", false},
		{"-----BEGIN CERT", "-----begin CERT", false},
		{"-----END CERT", "-----END X509 CERT", false},
		{"MII", "MIJ", false},
		{"MII", "NII", false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char pem[10000];

		replace(pem, sizeof(pem), rows[i].old, rows[i].new);
		if (is_read(pem, strlen(pem)) != rows[i].is_read)
			fail_msg("row %zu", i);
	}
}

static void what_is_no_certificate_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"\n",
		"-----BEGIN CERTIFICATE-----",
		"-----BEGIN CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
		"<html><body>Not found</body></html>",
	};
	size_t large_length = 1 << 20;
	char *large = malloc(large_length);

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(is_read(rows[i], strlen(rows[i])));
	for (size_t length = 0; length < strlen(known_certificate) - 1; length++)
		assert_false(is_read(known_certificate, length));
	assert_false(is_read(known_certificate, sizeof(known_certificate))); /* its NUL */
	assert_non_null(large);
	memset(large, '\n', large_length);
	memcpy(large, known_certificate, strlen(known_certificate));
	assert_false(is_read(large, large_length));
	free(large);
}

/* A certificate with what private_key_certify would not make. */
struct odd {
	const char *names[2];
	size_t lengths[2];
	int type; /* of the names */
	const char *constraints;
	const char *not_before;
};

static char *make_odd(const struct odd *odd)
{
	EVP_PKEY *key = EVP_RSA_gen(1024);
	X509 *x509 = X509_new();
	X509_NAME *name = X509_NAME_new();
	BIO *sink = BIO_new(BIO_s_mem());
	char *bytes, *pem;
	long length;

	X509_set_version(x509, X509_VERSION_3);
	for (size_t i = 0; i < 2 && odd->names[i]; i++) {
		X509_NAME_ENTRY *entry = X509_NAME_ENTRY_create_by_NID(NULL,
			NID_commonName, odd->type, (const unsigned char *) odd->names[i],
			(int) odd->lengths[i]);

		assert_non_null(entry);
		assert_int_equal(X509_NAME_add_entry(name, entry, -1, 0), 1);
		X509_NAME_ENTRY_free(entry);
	}
	X509_set_subject_name(x509, name);
	X509_set_issuer_name(x509, name);
	assert_int_equal(
		ASN1_TIME_set_string(X509_getm_notBefore(x509), odd->not_before), 1);
	ASN1_TIME_set_string(X509_getm_notAfter(x509), "20300101000000Z");
	X509_set_pubkey(x509, key);
	if (odd->constraints) {
		X509_EXTENSION *extension = X509V3_EXT_conf_nid(
			NULL, NULL, NID_basic_constraints, odd->constraints);

		assert_non_null(extension);
		X509_add_ext(x509, extension, -1);
		X509_EXTENSION_free(extension);
	}
	assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(sink, x509), 1);
	length = BIO_get_mem_data(sink, &bytes);
	pem = text_copy(bytes, (size_t) length);
	BIO_free(sink);
	X509_NAME_free(name);
	X509_free(x509);
	EVP_PKEY_free(key);
	return pem;
}

static void odd_certificates_are_not_misread(void **state)
{
	static char long_name[300];
	static const struct {
		struct odd odd;
		const char *subject;
		bool is_authority;
		utc_ms not_before;
	} rows[] = {
		{{{"a.example"}, {9}, V_ASN1_UTF8STRING, NULL, "20200101000000Z"},
			"a.example", false, 1577836800000},
		{{{NULL}, {0}, V_ASN1_UTF8STRING, NULL, "20200101000000Z"}, "", false,
			1577836800000},
		{{{"sns.amazonaws.com\0.evil.example"}, {31}, V_ASN1_UTF8STRING, NULL,
			 "20200101000000Z"},
			"", false, 1577836800000},
		{{{"sns.amazonaws.com\0"}, {18}, V_ASN1_PRINTABLESTRING, NULL,
			 "20200101000000Z"},
			"", false, 1577836800000},
		{{{"sns.amazonaws.com", "evil.example"}, {17, 12}, V_ASN1_UTF8STRING,
			 NULL, "20200101000000Z"},
			"", false, 1577836800000},
		{{{"\0a\0b"}, {4}, V_ASN1_BMPSTRING, NULL, "20200101000000Z"}, "ab",
			false, 1577836800000},
		{{{"\xe4"}, {1}, V_ASN1_T61STRING, NULL, "20200101000000Z"}, "\xc3\xa4",
			false, 1577836800000},
		{{{long_name}, {255}, V_ASN1_UTF8STRING, NULL, "20200101000000Z"},
			long_name, false, 1577836800000},
		{{{long_name}, {256}, V_ASN1_UTF8STRING, NULL, "20200101000000Z"}, "",
			false, 1577836800000},
		{{{"a"}, {1}, V_ASN1_UTF8STRING, "CA:TRUE", "491231235959Z"}, "a", true,
			2524607999000},
		{{{"a"}, {1}, V_ASN1_UTF8STRING, "critical,CA:TRUE,pathlen:0",
			 "500101000000Z"},
			"a", true, -631152000000},
		{{{"a"}, {1}, V_ASN1_UTF8STRING, "CA:FALSE", "19691231235959Z"}, "a",
			false, -1000},
		{{{"a"}, {1}, V_ASN1_UTF8STRING, "CA:FALSE", "00010101000000Z"}, "a",
			false, -62135596800000},
	};

	(void) state;
	memset(long_name, 'x', 255);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *pem = make_odd(&rows[i].odd);
		struct certificate certificate;
		struct error error = {""};

		if (!certificate_read(pem, strlen(pem), &certificate, &error))
			fail_msg("row %zu: %s", i, error.text);
		assert_string_equal(certificate.subject, rows[i].subject);
		assert_int_equal(certificate.is_authority, rows[i].is_authority);
		assert_int_equal(certificate.not_before, rows[i].not_before);
		assert_int_equal(certificate.not_after, 1893456000000);
		certificate_finish(&certificate);
		free(pem);
	}
}

static void times_do_not_depend_on_the_time_zone(void **state)
{
	static const char *const zones[] = {"America/New_York", "right/UTC", "XXX-14"};
	struct odd odd = {{"a"}, {1}, V_ASN1_UTF8STRING, "CA:FALSE", "20200701120000Z"};
	char *pem = make_odd(&odd);

	(void) state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		struct certificate certificate;

		setenv("TZ", zones[i], 1);
		tzset();
		assert_true(certificate_read(pem, strlen(pem), &certificate, NULL));
		assert_int_equal(certificate.not_before, 1593604800000);
		certificate_finish(&certificate);
	}
	unsetenv("TZ");
	tzset();
	free(pem);
}

/* The signing certificates that Amazon has used since 2010. */
static void real_certificates_are_read(void **state)
{
	const char *fixtures = getenv("SES_FEEDBACK_FIXTURES");
	char folder[4000], path[5000], pem[10000];
	struct dirent *entry;
	DIR *directory;
	int count = 0;

	(void) state;
	snprintf(folder, sizeof(folder), "%s/certificates",
		fixtures ? fixtures : "../shared/fixtures");
	directory = opendir(folder);
	if (!directory) {
		printf("skipped: no fixtures\n");
		skip();
	}
	while ((entry = readdir(directory))) {
		struct certificate certificate;
		struct error error = {""};
		FILE *file;
		size_t length;

		if (!text_ends(entry->d_name, ".pem"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		file = fopen(path, "r");
		assert_non_null(file);
		length = fread(pem, 1, sizeof(pem), file);
		fclose(file);
		if (!certificate_read(pem, length, &certificate, &error))
			fail_msg("%s: %s", entry->d_name, error.text);
		assert_string_equal(certificate.subject, "sns.amazonaws.com");
		assert_false(certificate.is_authority);
		assert_true(certificate.is_rsa);
		assert_in_range(certificate.key_bits, 1024, 4096);
		assert_in_range(certificate.not_before, 1262304000000, 1798761600000);
		assert_true(certificate.not_after > certificate.not_before);
		certificate_finish(&certificate);
		count++;
	}
	closedir(directory);
	assert_true(count > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_certificates_are_read),
		cmocka_unit_test(block_must_stand_alone),
		cmocka_unit_test(block_with_another_inside_is_refused),
		cmocka_unit_test(what_is_no_certificate_is_refused),
		cmocka_unit_test(odd_certificates_are_not_misread),
		cmocka_unit_test(times_do_not_depend_on_the_time_zone),
		cmocka_unit_test(real_certificates_are_read),
	};

	return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}
