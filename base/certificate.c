/* certificate.c - X.509 certificates read from PEM. Its face is publickey.h. */
#include "base/publickey.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/publickey_parts.h"
#include "base/text.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"
#define PEM_LENGTH_MAX ((size_t) 64 << 10)

static bool is_white(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The base64 between the two lines of a PEM block that is alone. */
static const char *find_body(const char *pem, size_t length, size_t *body_length)
{
	const size_t begin_length = strlen(PEM_BEGIN), end_length = strlen(PEM_END);
	const char *block = text_trim(pem, &length);

	if (length < begin_length + end_length ||
		memcmp(block, PEM_BEGIN, begin_length) != 0 ||
		memcmp(block + length - end_length, PEM_END, end_length) != 0)
		return NULL;
	*body_length = length - begin_length - end_length;
	block += begin_length;
	if (*body_length < 2 || !is_white(block[0]) || !is_white(block[*body_length - 1]))
		return NULL;
	return block;
}

/*
 * The DER in a PEM text, freed by the caller. OpenSSL's PEM_read_bio_X509 is not used: it
 * skips whatever comes before the block and never looks behind it.
 */
static uint8_t *read_der(
	const char *pem, size_t length, size_t *der_length, struct error *error)
{
	const char *body;
	char *base64 = NULL;
	uint8_t *der = NULL;
	size_t body_length, base64_length = 0;

	if (length > PEM_LENGTH_MAX) {
		error_set(error, "certificate: longer than %zu bytes", PEM_LENGTH_MAX);
		return NULL;
	}
	body = find_body(pem, length, &body_length);
	if (!body) {
		error_set(error, "certificate: not one PEM CERTIFICATE block alone");
		return NULL;
	}
	base64 = malloc(body_length);
	der = malloc(body_length);
	if (!base64 || !der) {
		error_set(error, "certificate: out of memory");
		goto fail;
	}
	for (size_t i = 0; i < body_length; i++) {
		if (!is_white(body[i]))
			base64[base64_length++] = body[i];
	}
	if (!base64_decode(base64, base64_length, der, body_length, der_length)) {
		error_set(error, "certificate: not base64 between its BEGIN and END");
		goto fail;
	}
	free(base64);
	return der;
fail:
	free(base64);
	free(der);
	return NULL;
}

/* NULL unless the bytes are one certificate and nothing more. */
static X509 *decode_der(const uint8_t *der, size_t length)
{
	const unsigned char *end = der;
	X509 *x509 = d2i_X509(NULL, &end, (long) length);

	if (x509 && end != der + length) {
		X509_free(x509);
		return NULL;
	}
	return x509;
}

/* Counted in days and seconds, because mktime and timegm depend on TZ. */
static bool read_time(const ASN1_TIME *time, utc_ms *instant)
{
	ASN1_TIME *epoch = ASN1_TIME_new();
	int days, seconds;
	bool is_read;

	is_read = epoch && ASN1_TIME_set_string(epoch, "19700101000000Z") == 1 &&
		  ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
	if (is_read)
		*instant = days * DAY_MS + seconds * SECOND_MS;
	ASN1_TIME_free(epoch);
	return is_read;
}

/* Empty if there is no common name, more than one, or one that can't be written here.
 * False if it can't be read, for want of memory too. */
static bool read_subject(X509 *x509, char *subject, size_t size)
{
	X509_NAME *name = X509_get_subject_name(x509);
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	unsigned char *utf8 = NULL;
	int length;

	subject[0] = '\0';
	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
		return true;
	length = ASN1_STRING_to_UTF8(
		&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (length > 0 && (size_t) length < size &&
		!memchr(utf8, '\0', (size_t) length) &&
		utf8_is_valid((const char *) utf8, (size_t) length)) {
		memcpy(subject, utf8, (size_t) length);
		subject[length] = '\0';
	}
	OPENSSL_free(utf8);
	return length >= 0;
}

static bool read_x509(X509 *x509, struct certificate *certificate, struct error *error)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);
	uint32_t flags = X509_get_extension_flags(x509);

	memset(certificate, 0, sizeof(*certificate));
	if (flags & EXFLAG_INVALID)
		return error_set(error, "certificate: its extensions can't be read");
	certificate->is_authority = (flags & EXFLAG_CA) != 0;
	if (!read_subject(x509, certificate->subject, sizeof(certificate->subject)))
		return error_set(error, "certificate: its subject can't be read");
	if (!read_time(X509_get0_notBefore(x509), &certificate->not_before) ||
		!read_time(X509_get0_notAfter(x509), &certificate->not_after))
		return error_set(error, "certificate: its times can't be read");
	/* Not known to OpenSSL, or want of memory: to keep it would be to keep a failure.
	 */
	if (!key)
		return error_set(error, "certificate: its key can't be read");
	certificate->key_bits = EVP_PKEY_get_bits(key);
	if (certificate->key_bits <= 0)
		return error_set(error, "certificate: its key can't be read");
	/* Not a key restricted to RSASSA-PSS, which has a kind of its own. */
	certificate->is_rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	if (!certificate->is_rsa)
		return true;
	certificate->key = public_key_new(key);
	return certificate->key || error_set(error, "certificate: out of memory");
}

bool certificate_read(const char *pem, size_t length, struct certificate *certificate,
	struct error *error)
{
	size_t der_length;
	uint8_t *der = read_der(pem, length, &der_length, error);
	struct certificate read;
	X509 *x509 = NULL;
	bool is_read = false;

	if (!der)
		goto out;
	x509 = decode_der(der, der_length);
	if (!x509) {
		error_set(error, "certificate: what its PEM holds is no X.509");
		goto out;
	}
	is_read = read_x509(x509, &read, error);
	if (is_read)
		*certificate = read;
out:
	ERR_clear_error();
	X509_free(x509);
	free(der);
	return is_read;
}

void certificate_finish(struct certificate *certificate)
{
	public_key_release(certificate->key);
	memset(certificate, 0, sizeof(*certificate));
}
