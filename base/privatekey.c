/* privatekey.c - RSA keys that sign, and their certificates. Its face is publickey.h. */
#include "base/publickey.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto_digest.h"
#include "base/text.h"

#define BITS_MIN 1024
#define BITS_MAX 4096

#define SERIAL_BITS 127

struct private_key {
	EVP_PKEY *key;
};

/* Says why OpenSSL failed, and empties its queue. Returns false. */
static bool openssl_failed(struct error *error, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	error_set(error, "%s: %s", what, reason ? reason : "failed without a reason");
	ERR_clear_error();
	return false;
}

/* Takes key over, which may be NULL. */
static struct private_key *wrap(EVP_PKEY *key, struct error *error)
{
	struct private_key *private_key = key ? malloc(sizeof(*private_key)) : NULL;

	if (!private_key) {
		if (key)
			error_set(error, "private key: out of memory");
		EVP_PKEY_free(key);
		return NULL;
	}
	private_key->key = key;
	return private_key;
}

struct private_key *private_key_generate(int bits, struct error *error)
{
	EVP_PKEY *key;

	if (bits < BITS_MIN || bits > BITS_MAX) {
		error_set(error, "private key: %d bits are not between %d and %d", bits,
			BITS_MIN, BITS_MAX);
		return NULL;
	}
	key = EVP_RSA_gen((unsigned int) bits);
	if (!key)
		openssl_failed(error, "private key");
	return wrap(key, error);
}

/* Without this OpenSSL would ask the terminal for the password of an encrypted key. */
static int no_password(char *password, int size, int is_writing, void *context)
{
	(void) password;
	(void) size;
	(void) is_writing;
	(void) context;
	return -1;
}

struct private_key *private_key_read(const char *pem, size_t length, struct error *error)
{
	BIO *source = length <= INT_MAX ? BIO_new_mem_buf(pem, (int) length) : NULL;
	EVP_PKEY *key = NULL;

	if (source)
		key = PEM_read_bio_PrivateKey(source, NULL, no_password, NULL);
	BIO_free(source);
	if (!key) {
		openssl_failed(error, "private key");
	} else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		error_set(error, "private key: not RSA");
		EVP_PKEY_free(key);
		key = NULL;
	}
	return wrap(key, error);
}

void private_key_free(struct private_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->key);
	free(key);
}

/* A copy of what was written to sink, freed by the caller. Frees sink. */
static char *take_text(BIO *sink)
{
	char *bytes = NULL, *text = NULL;
	long length = BIO_get_mem_data(sink, &bytes);

	if (length > 0)
		text = text_copy(bytes, (size_t) length);
	BIO_free(sink);
	return text;
}

char *private_key_print(const struct private_key *key)
{
	BIO *sink = BIO_new(BIO_s_mem());

	if (sink && PEM_write_bio_PKCS8PrivateKey(
			    sink, key->key, NULL, NULL, 0, NULL, NULL) == 1)
		return take_text(sink);
	BIO_free(sink);
	ERR_clear_error();
	return NULL;
}

/* From 1970 to 9999, to the second. */
static bool set_time(ASN1_TIME *time, utc_ms instant)
{
	utc_ms day = utc_floor(instant, DAY_MS);

	return instant != UTC_NONE &&
	       ASN1_TIME_adj(time, 0, (int) (day / DAY_MS),
		       (long) ((instant - day) / SECOND_MS)) != NULL;
}

/* Positive and unguessable (RFC 5280, 4.1.2.2). */
static bool set_serial(X509 *x509)
{
	BIGNUM *number = BN_new();
	bool is_set;

	is_set = number &&
		 BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
		 BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;
	BN_free(number);
	return is_set;
}

static bool set_names(X509 *x509, const char *common_name)
{
	X509_NAME *name = X509_NAME_new();
	bool is_set;

	is_set = name &&
		 (text_is_empty(common_name) ||
			 X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
				 (const unsigned char *) common_name, -1, -1, 0) == 1) &&
		 X509_set_subject_name(x509, name) == 1 &&
		 X509_set_issuer_name(x509, name) == 1;
	X509_NAME_free(name);
	return is_set;
}

static bool add_extensions(X509 *x509)
{
	static const struct {
		int nid;
		const char *value;
	} extensions[] = {
		{NID_basic_constraints, "critical,CA:FALSE"},
		{NID_key_usage, "critical,digitalSignature"},
		{NID_ext_key_usage, "serverAuth"},
	};

	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		X509_EXTENSION *extension = X509V3_EXT_conf_nid(
			NULL, NULL, extensions[i].nid, extensions[i].value);
		bool is_added = extension && X509_add_ext(x509, extension, -1) == 1;

		X509_EXTENSION_free(extension);
		if (!is_added)
			return false;
	}
	return true;
}

char *private_key_certify(const struct private_key *key, const char *common_name,
	utc_ms not_before, utc_ms not_after, struct error *error)
{
	X509 *x509 = X509_new();
	BIO *sink = BIO_new(BIO_s_mem());
	char *pem = NULL;

	if (!x509 || !sink || X509_set_version(x509, X509_VERSION_3) != 1 ||
		!set_serial(x509) || !set_names(x509, common_name) ||
		!set_time(X509_getm_notBefore(x509), not_before) ||
		!set_time(X509_getm_notAfter(x509), not_after) ||
		X509_set_pubkey(x509, key->key) != 1 || !add_extensions(x509) ||
		X509_sign(x509, key->key, crypto_digest(DIGEST_SHA256)) <= 0 ||
		PEM_write_bio_X509(sink, x509) != 1) {
		openssl_failed(error, "certificate");
		BIO_free(sink);
		goto out;
	}
	pem = take_text(sink);
	if (!pem)
		error_set(error, "certificate: out of memory");
out:
	X509_free(x509);
	return pem;
}

bool private_key_sign(const struct private_key *key, enum digest_kind digest,
	const void *bytes, size_t length, uint8_t *signature, size_t capacity,
	size_t *signature_length)
{
	const EVP_MD *method = crypto_digest(digest);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int sum_length;
	size_t written = capacity;
	bool is_signed;

	is_signed = context && method &&
		    EVP_Digest(bytes, length, sum, &sum_length, method, NULL) == 1 &&
		    EVP_PKEY_sign_init(context) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(context, method) == 1 &&
		    EVP_PKEY_sign(context, signature, &written, sum, sum_length) == 1;
	if (is_signed)
		*signature_length = written;
	else
		ERR_clear_error();
	EVP_PKEY_CTX_free(context);
	return is_signed;
}
