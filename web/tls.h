/* tls.h - the certificate that the feedback door shows, swapped without a pause. Private
 * to web/. */
#ifndef WEB_TLS_H
#define WEB_TLS_H

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"

/* TLS 1.2 and 1.3 only: Debian's "NORMAL" would still accept 1.0 and 1.1. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct tls_identity;

/* Reads a chain and its key, both PEM, ECDSA or RSA, and checks that they belong
 * together; warns of an expired certificate. NULL with error. Freed by tls_identity_free,
 * unless it is shown. */
struct tls_identity *tls_identity_read(
	const char *certificate, const char *private_key, struct error *error);
void tls_identity_free(struct tls_identity *identity);

/* Shows this identity (taken over) to all handshakes that begin from now on. The one
 * before it lives on for those that have begun. Any thread. */
void tls_show(struct tls_identity *identity);

/* When the certificate ends that is shown; UTC_NONE: none is, or it can't be told. Any
 * thread. */
utc_ms tls_ends(void);

/* Frees all identities. Every door is stopped. */
void tls_forget(void);

/* MHD_OPTION_HTTPS_CERT_CALLBACK2. It has no closure: hence the one global of this file.
 */
int tls_choose(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
	gnutls_pcert_st **chain, unsigned int *chain_length, gnutls_ocsp_data_st **ocsp,
	unsigned int *ocsp_length, gnutls_privkey_t *key, unsigned int *flags);

#endif
