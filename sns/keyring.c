/* keyring.c - the signing certificates at hand, and the verification of a signature. */
#include "sns/keyring.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/publickey.h"
#include "base/text.h"
#include "sns/canonical.h"
#include "sns/quote.h"

/* RSA of 16384 bits, beyond which OpenSSL does not go. */
#define SIGNATURE_SIZE_MAX 2048

struct entry {
	char name[SNS_CERTIFICATE_NAME_SIZE]; /* empty: the entry is free */
	struct certificate certificate;	      /* owned */
	uint64_t last_used;
};

struct sns_keyring {
	pthread_mutex_t lock; /* guards what follows; held for a look-up only */
	uint64_t uses;	      /* the clock of last_used */
	struct entry entries[SNS_KEYRING_MAX];
	struct entry development[SNS_KEYRING_MAX];
};

struct sns_keyring *sns_keyring_new(void)
{
	struct sns_keyring *keyring = calloc(1, sizeof(*keyring));

	if (keyring && pthread_mutex_init(&keyring->lock, NULL) != 0) {
		free(keyring);
		return NULL;
	}
	return keyring;
}

static void entries_finish(struct entry entries[SNS_KEYRING_MAX])
{
	for (size_t i = 0; i < SNS_KEYRING_MAX; i++) {
		if (entries[i].name[0] != '\0')
			certificate_finish(&entries[i].certificate);
	}
}

void sns_keyring_free(struct sns_keyring *keyring)
{
	if (!keyring)
		return;
	entries_finish(keyring->entries);
	entries_finish(keyring->development);
	pthread_mutex_destroy(&keyring->lock);
	free(keyring);
}

static void lock(struct sns_keyring *keyring)
{
	int failure = pthread_mutex_lock(&keyring->lock);

	assert(failure == 0);
	(void) failure;
}

static void unlock(struct sns_keyring *keyring)
{
	int failure = pthread_mutex_unlock(&keyring->lock);

	assert(failure == 0);
	(void) failure;
}

static struct entry *entry_find(struct entry entries[SNS_KEYRING_MAX], const char *name)
{
	for (size_t i = 0; i < SNS_KEYRING_MAX; i++) {
		if (text_equal(entries[i].name, name))
			return &entries[i];
	}
	return NULL;
}

/* Where a new one goes: a free entry, else the one used longest ago. */
static struct entry *entry_make_room(struct entry entries[SNS_KEYRING_MAX])
{
	struct entry *oldest = &entries[0];

	for (size_t i = 0; i < SNS_KEYRING_MAX; i++) {
		if (entries[i].name[0] == '\0')
			return &entries[i];
		if (entries[i].last_used < oldest->last_used)
			oldest = &entries[i];
	}
	return oldest;
}

static bool add(struct sns_keyring *keyring, bool is_development, const char *name,
	const char *pem, size_t length, struct error *error)
{
	struct entry *entries = is_development ? keyring->development : keyring->entries;
	struct certificate added, replaced = {0};
	struct entry *entry;
	char quoted[SNS_QUOTE_SIZE];

	sns_quote(name, quoted);
	if (!sns_certificate_name_is_valid(name))
		return error_set(
			error, "certificate %s: not a name that SNS gives", quoted);
	if (!certificate_read(pem, length, &added, error))
		return error_prefix(error, "certificate %s", quoted);
	lock(keyring);
	entry = entry_find(entries, name);
	if (!entry)
		entry = entry_make_room(entries);
	if (is_development && entry->name[0] != '\0' && !text_equal(entry->name, name)) {
		unlock(keyring);
		certificate_finish(&added);
		return error_set(error, "certificate %s: already %d development keys",
			quoted, SNS_KEYRING_MAX);
	}
	if (entry->name[0] != '\0')
		replaced = entry->certificate;
	memcpy(entry->name, name, strlen(name) + 1);
	entry->certificate = added;
	entry->last_used = ++keyring->uses;
	unlock(keyring);
	certificate_finish(&replaced);
	return true;
}

bool sns_keyring_add(struct sns_keyring *keyring, const char *name, const char *pem,
	size_t length, struct error *error)
{
	return add(keyring, false, name, pem, length, error);
}

bool sns_keyring_add_development(struct sns_keyring *keyring, const char *name,
	const char *pem, size_t length, struct error *error)
{
	return add(keyring, true, name, pem, length, error);
}

/* A copy of the certificate that holds its key too, for certificate_finish. A real one
 * goes before a development one of the same name. */
static bool look_up(struct sns_keyring *keyring, const char *name,
	struct certificate *certificate, bool *is_development)
{
	struct entry *entry;

	lock(keyring);
	entry = entry_find(keyring->entries, name);
	*is_development = !entry;
	if (!entry)
		entry = entry_find(keyring->development, name);
	if (entry) {
		entry->last_used = ++keyring->uses;
		*certificate = entry->certificate;
		if (certificate->key)
			public_key_hold(certificate->key);
	}
	unlock(keyring);
	return entry != NULL;
}

static bool key_judge(
	const struct certificate *certificate, const char *name, struct error *error)
{

	if (!certificate->is_rsa || !certificate->key)
		return error_set(error, "certificate %s: its key is not RSA", name);
	if (certificate->key_bits < SNS_KEY_BITS_MIN)
		return error_set(error,
			"certificate %s: its RSA key has only %d bits, not the %d or "
			"more asked for",
			name, certificate->key_bits, SNS_KEY_BITS_MIN);
	if (certificate->is_authority)
		return error_set(error,
			"certificate %s: it is a certification authority's, not a "
			"signer's",
			name);
	return true;
}

/* Asked only once the signature is proven: nobody without the key raises an alarm. */
static bool name_and_dates_judge(const struct certificate *certificate,
	const struct sns_route *route, utc_ms timestamp, struct error *error)
{
	const char *name = route->certificate_name;
	utc_ms second = utc_floor(timestamp, SECOND_MS);
	char quoted[SNS_QUOTE_SIZE], date[UTC_TEXT_SIZE];

	if (!text_equal(certificate->subject, route->certificate_subject))
		return error_set(error,
			"certificate %s: its common name is \"%s\", not %s", name,
			sns_quote(certificate->subject, quoted),
			route->certificate_subject);
	if (second < certificate->not_before)
		return error_set(error,
			"certificate %s: not yet valid at the message's Timestamp, only "
			"from %s",
			name, utc_format(certificate->not_before, date));
	if (second > certificate->not_after)
		return error_set(error,
			"certificate %s: no longer valid at the message's Timestamp, "
			"only until %s",
			name, utc_format(certificate->not_after, date));
	return true;
}

static enum sns_verdict signature_judge(
	struct public_key *key, const struct sns_message *message, struct error *error)
{
	bool is_version_2 = text_equal(message->signature_version, "2");
	uint8_t signature[SIGNATURE_SIZE_MAX];
	size_t signature_length;
	size_t signed_length = sns_canonical_length(message);
	struct buffer signed_bytes;
	enum public_key_answer answer = PUBLIC_KEY_NO_MEMORY;

	if (!is_version_2 && !text_equal(message->signature_version, "1")) {
		error_set(error, "SignatureVersion is neither 1 nor 2");
		return SNS_VERSION_UNKNOWN;
	}
	if (!base64_decode(message->signature, strlen(message->signature), signature,
		    sizeof(signature), &signature_length)) {
		error_set(error, "the signature is not base64, or longer than any key");
		return SNS_SIGNATURE_WRONG;
	}
	buffer_init(&signed_bytes, signed_length);
	buffer_make_room(&signed_bytes, signed_length);
	if (sns_canonical(message, &signed_bytes))
		answer = public_key_verify(key,
			is_version_2 ? DIGEST_SHA256 : DIGEST_SHA1, signed_bytes.bytes,
			signed_bytes.length, signature, signature_length);
	buffer_finish(&signed_bytes);
	switch (answer) {
	case PUBLIC_KEY_MATCHES:
		return SNS_GENUINE;
	case PUBLIC_KEY_DIFFERS:
		error_set(error, "the signature does not match what is signed");
		return SNS_SIGNATURE_WRONG;
	case PUBLIC_KEY_NO_MEMORY:
		break;
	}
	error_set(error, "out of memory while verifying");
	return SNS_CERTIFICATE_UNEXPECTED;
}

enum sns_verdict sns_keyring_verify(struct sns_keyring *keyring,
	const struct sns_message *message, const struct sns_route *route,
	bool *is_development, struct error *error)
{
	struct certificate certificate;
	enum sns_verdict verdict = SNS_CERTIFICATE_UNEXPECTED;
	bool was_development;

	if (is_development)
		*is_development = false;
	if (!look_up(keyring, route->certificate_name, &certificate, &was_development)) {
		error_set(
			error, "certificate %s is not at hand", route->certificate_name);
		return SNS_KEY_UNKNOWN;
	}
	if (key_judge(&certificate, route->certificate_name, error))
		verdict = signature_judge(certificate.key, message, error);
	if (verdict == SNS_GENUINE &&
		!name_and_dates_judge(&certificate, route, message->timestamp, error))
		verdict = SNS_CERTIFICATE_UNEXPECTED;
	if (verdict == SNS_GENUINE && is_development)
		*is_development = was_development;
	certificate_finish(&certificate);
	return verdict;
}
