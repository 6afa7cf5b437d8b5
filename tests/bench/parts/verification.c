/* verification.c - V, the unit of the bench. */
#include "tests/bench/parts/verification.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/parts/die.h"
#include "tests/bench/parts/times.h"

#define ROUNDS 20000
#define DIGEST_SIZE 32
#define SIGNATURE_SIZE 256

struct verification {
	EVP_PKEY *key;
	EVP_PKEY_CTX *context;
	unsigned char digest[DIGEST_SIZE];
	unsigned char signature[SIGNATURE_SIZE];
};

static EVP_PKEY_CTX *context_or_die(EVP_PKEY *key, int (*begin)(EVP_PKEY_CTX *))
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (context == NULL || begin(context) != 1 ||
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1 ||
		EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1)
		die("V: OpenSSL makes no context");
	return context;
}

struct verification *verification_new(void)
{
	struct verification *verification = calloc(1, sizeof(*verification));
	size_t length = SIGNATURE_SIZE;
	EVP_PKEY_CTX *signing;

	if (verification == NULL)
		die("V: out of memory");
	verification->key = EVP_RSA_gen(2048);
	if (verification->key == NULL)
		die("V: OpenSSL makes no key");
	memset(verification->digest, 7, DIGEST_SIZE);
	signing = context_or_die(verification->key, EVP_PKEY_sign_init);
	if (EVP_PKEY_sign(signing, verification->signature, &length, verification->digest,
		    DIGEST_SIZE) != 1)
		die("V: OpenSSL makes no signature");
	EVP_PKEY_CTX_free(signing);
	verification->context = context_or_die(verification->key, EVP_PKEY_verify_init);
	return verification;
}

void verification_free(struct verification *verification)
{
	if (verification == NULL)
		return;
	EVP_PKEY_CTX_free(verification->context);
	EVP_PKEY_free(verification->key);
	free(verification);
}

double verification_us(struct verification *verification)
{
	int64_t began = thread_cpu_ns();

	for (int i = 0; i < ROUNDS; i++)
		if (EVP_PKEY_verify(verification->context, verification->signature,
			    SIGNATURE_SIZE, verification->digest, DIGEST_SIZE) != 1)
			die("V: a signature of our own is wrong");
	return (double) (thread_cpu_ns() - began) / 1000.0 / ROUNDS;
}
