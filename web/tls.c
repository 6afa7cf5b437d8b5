/* tls.c - the certificate that the feedback door shows, swapped without a pause. */
#include "web/tls.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

#define CHAIN_MAX 16
/* A handshake is over, one way or the other, long before: connections.c. */
#define RETIRED_MS (10 * MINUTE_MS)

struct tls_identity {
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned chain_length;
	gnutls_privkey_t key;
	utc_ms ends; /* UTC_NONE: can't be told */
	int64_t retired_ms;
	struct tls_identity *older;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tls_identity *shown; /* and those before it */

void tls_identity_free(struct tls_identity *identity)
{
	if (identity == NULL)
		return;
	for (unsigned i = 0; i < identity->chain_length; i++)
		gnutls_pcert_deinit(&identity->chain[i]);
	if (identity->key != NULL)
		gnutls_privkey_deinit(identity->key);
	free(identity);
}

static bool load_chain(
	struct tls_identity *identity, const char *path, struct error *error)
{
	gnutls_datum_t pem = {NULL, 0};
	unsigned length = CHAIN_MAX;
	int code = gnutls_load_file(path, &pem);

	if (code != GNUTLS_E_SUCCESS)
		return error_set(error, "certificate %s: can't be read: %s", path,
			gnutls_strerror(code));
	code = gnutls_pcert_list_import_x509_raw(identity->chain, &length, &pem,
		GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_SORT);
	gnutls_free(pem.data);
	if (code == GNUTLS_E_SUCCESS && length == 0)
		code = GNUTLS_E_NO_CERTIFICATE_FOUND;
	if (code != GNUTLS_E_SUCCESS)
		return error_set(
			error, "certificate %s: %s", path, gnutls_strerror(code));
	identity->chain_length = length;
	return true;
}

static bool load_key(struct tls_identity *identity, const char *path, struct error *error)
{
	gnutls_datum_t pem = {NULL, 0};
	int code = gnutls_load_file(path, &pem);

	if (code != GNUTLS_E_SUCCESS)
		return error_set(error, "private key %s: can't be read: %s", path,
			gnutls_strerror(code));
	code = gnutls_privkey_init(&identity->key);
	if (code == GNUTLS_E_SUCCESS)
		code = gnutls_privkey_import_x509_raw(
			identity->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	gnutls_memset(pem.data, 0, pem.size);
	gnutls_free(pem.data);
	if (code != GNUTLS_E_SUCCESS)
		return error_set(
			error, "private key %s: %s", path, gnutls_strerror(code));
	return true;
}

static bool key_id(gnutls_pubkey_t key, unsigned char id[32])
{
	size_t size = 32;

	return gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id, &size) ==
		       GNUTLS_E_SUCCESS &&
	       size == 32;
}

static bool belong_together(const struct tls_identity *identity)
{
	unsigned char of_certificate[32], of_key[32];
	gnutls_pubkey_t public = NULL;
	bool is_right;

	if (gnutls_pubkey_init(&public) != GNUTLS_E_SUCCESS)
		return false;
	is_right = gnutls_pubkey_import_privkey(public, identity->key, 0, 0) ==
			   GNUTLS_E_SUCCESS &&
		   key_id(public, of_key) &&
		   key_id(identity->chain[0].pubkey, of_certificate) &&
		   memcmp(of_key, of_certificate, sizeof(of_key)) == 0;
	gnutls_pubkey_deinit(public);
	return is_right;
}

static utc_ms read_end(const struct tls_identity *identity)
{
	gnutls_x509_crt_t certificate = NULL;
	time_t ends = -1;

	if (gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS)
		return UTC_NONE;
	if (gnutls_x509_crt_import(certificate, &identity->chain[0].cert,
		    GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS)
		ends = gnutls_x509_crt_get_expiration_time(certificate);
	gnutls_x509_crt_deinit(certificate);
	return ends == (time_t) -1 ? UTC_NONE : (utc_ms) ends * SECOND_MS;
}

/* An expired certificate is better than no daemon: SNS will refuse it, but the admin door
 * and the suppression list go on. */
static void warn_if_expired(const struct tls_identity *identity, const char *path)
{
	char text[UTC_TEXT_SIZE];

	if (identity->ends != UTC_NONE && identity->ends <= clock_now())
		log_warning("certificate %s: expired at %s, SNS will not connect", path,
			utc_format(identity->ends, text));
}

struct tls_identity *tls_identity_read(
	const char *certificate, const char *private_key, struct error *error)
{
	struct tls_identity *identity = calloc(1, sizeof(*identity));

	if (identity == NULL) {
		error_set(error, "out of memory");
		return NULL;
	}
	if (load_chain(identity, certificate, error) &&
		load_key(identity, private_key, error)) {
		if (belong_together(identity)) {
			identity->ends = read_end(identity);
			warn_if_expired(identity, certificate);
			return identity;
		}
		error_set(error, "certificate %s: private key %s does not belong to it",
			certificate, private_key);
	}
	tls_identity_free(identity);
	return NULL;
}

/* Frees a list of identities that were retired before that time. */
static void free_retired(struct tls_identity **place, int64_t before_ms)
{
	while (*place != NULL) {
		struct tls_identity *identity = *place;

		if (identity->retired_ms >= before_ms) {
			place = &identity->older;
			continue;
		}
		*place = identity->older;
		tls_identity_free(identity);
	}
}

void tls_show(struct tls_identity *identity)
{
	int64_t now = clock_monotonic_ms();

	pthread_mutex_lock(&lock);
	if (shown != NULL) {
		shown->retired_ms = now;
		free_retired(&shown->older, now - RETIRED_MS);
	}
	identity->older = shown;
	shown = identity;
	pthread_mutex_unlock(&lock);
}

utc_ms tls_ends(void)
{
	utc_ms ends;

	pthread_mutex_lock(&lock);
	ends = shown == NULL ? UTC_NONE : shown->ends;
	pthread_mutex_unlock(&lock);
	return ends;
}

void tls_forget(void)
{
	pthread_mutex_lock(&lock);
	free_retired(&shown, INT64_MAX);
	pthread_mutex_unlock(&lock);
}

int tls_choose(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
	gnutls_pcert_st **chain, unsigned int *chain_length, gnutls_ocsp_data_st **ocsp,
	unsigned int *ocsp_length, gnutls_privkey_t *key, unsigned int *flags)
{
	struct tls_identity *identity;

	(void) session;
	(void) info;
	pthread_mutex_lock(&lock);
	identity = shown;
	pthread_mutex_unlock(&lock);
	if (identity == NULL)
		return -1;
	*chain = identity->chain;
	*chain_length = identity->chain_length;
	*key = identity->key;
	*ocsp = NULL;
	*ocsp_length = 0;
	*flags = 0; /* they stay ours */
	return 0;
}
