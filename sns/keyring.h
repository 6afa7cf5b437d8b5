/* keyring.h - the signing certificates at hand, and the verification of a signature. */
#ifndef SNS_KEYRING_H
#define SNS_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "sns/message.h"
#include "sns/policy.h"

#define SNS_KEYRING_MAX 64 /* certificates kept; the one used longest ago goes first */
#define SNS_KEY_BITS_MIN 2048

struct sns_keyring;

struct sns_keyring *sns_keyring_new(void);
void sns_keyring_free(struct sns_keyring *keyring);

/*
 * Adds the certificate that was fetched under a name (SimpleNotificationService-….pem),
 * in place of an older one of that name. False, with nothing changed, if the name is not
 * of that form or it isn't exactly one PEM certificate. Whether its subject, dates and
 * key are right is judged for each message. Any thread.
 */
bool sns_keyring_add(struct sns_keyring *keyring, const char *name, const char *pem,
	size_t length, struct error *error) __attribute__((warn_unused_result));

/* The same, marked as the development key: is_development of sns_keyring_verify. Never
 * evicted; at most SNS_KEYRING_MAX of them. */
bool sns_keyring_add_development(struct sns_keyring *keyring, const char *name,
	const char *pem, size_t length, struct error *error)
	__attribute__((warn_unused_result));

/*
 * Verifies a message that sns_policy_judge let through: the certificate's key is RSA of
 * at least SNS_KEY_BITS_MIN bits, it is no authority, its subject is the one of the
 * topic's region, it is valid at the message's Timestamp, and the signature is right
 * (version 1: SHA-1, version 2: SHA-256). SNS_KEY_UNKNOWN if no certificate of that name
 * is at hand. Without memory SNS_CERTIFICATE_UNEXPECTED, which says so: SNS is to try
 * again. Any thread; no lock is held while verifying. is_development may be NULL; it is
 * false unless the message is SNS_GENUINE.
 */
enum sns_verdict sns_keyring_verify(struct sns_keyring *keyring,
	const struct sns_message *message, const struct sns_route *route,
	bool *is_development, struct error *error) __attribute__((warn_unused_result));

#endif
