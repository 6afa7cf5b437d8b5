/* verifying.h - a key, its certificate, a keyring with it, and messages delivered to
 * that. */
#ifndef TESTS_SNS_VERIFYING_H
#define TESTS_SNS_VERIFYING_H

#include "tests/sns/sample.h"

#include "sns/keyring.h"
#include "sns/policy.h"

#define SUBJECT "sns.amazonaws.com"

static struct private_key *key; /* RSA of 2048 bits; made once, it takes long */

static inline int keys_make(void **state)
{
	(void) state;
	if (!crypto_start())
		return -1;
	key = private_key_generate(2048, NULL);
	return key ? 0 : -1;
}

static inline int keys_free(void **state)
{
	(void) state;
	private_key_free(key);
	return 0;
}

static inline utc_ms time_of(const char *text)
{
	utc_ms time = UTC_NONE;

	assert_true(utc_parse(text, &time));
	return time;
}

static inline char *certificate_make(const struct private_key *of, const char *subject,
	const char *from, const char *until)
{
	struct error error = {""};
	char *pem =
		private_key_certify(of, subject, time_of(from), time_of(until), &error);

	if (!pem)
		fail_msg("%s", error.text);
	return pem;
}

static inline char *certificate_valid(const struct private_key *of)
{
	return certificate_make(
		of, SUBJECT, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
}

static inline void add(struct sns_keyring *keyring, const char *name, const char *pem)
{
	struct error error = {""};

	if (!sns_keyring_add(keyring, name, pem, strlen(pem), &error))
		fail_msg("%s", error.text);
}

static inline struct sns_keyring *keyring_with(const char *pem)
{
	struct sns_keyring *keyring = sns_keyring_new();

	assert_non_null(keyring);
	add(keyring, SAMPLE_NAME, pem);
	return keyring;
}

static inline struct sns_keyring *keyring_make(void)
{
	char *pem = certificate_valid(key);
	struct sns_keyring *keyring = keyring_with(pem);

	free(pem);
	return keyring;
}

/* Posts the message: printed, parsed, judged, verified. */
static inline enum sns_verdict deliver(struct sns_keyring *keyring,
	const struct sns_message *message, bool *is_development, struct error *error)
{
	const struct sns_policy policy = {.any_topic = true};
	char *body = sample_print(message);
	struct sns_message received;
	struct sns_route route;
	enum sns_verdict verdict;

	error->text[0] = '\0';
	assert_int_equal(
		sns_message_parse(body, strlen(body), &received, error), SNS_WELL_FORMED);
	free(body);
	verdict = sns_policy_judge(&policy, &received, 0, &route, error);
	if (verdict == SNS_KEY_UNKNOWN)
		verdict = sns_keyring_verify(
			keyring, &received, &route, is_development, error);
	if (verdict == SNS_GENUINE)
		assert_string_equal(error->text, "");
	else
		assert_string_not_equal(error->text, "");
	sns_message_finish(&received);
	return verdict;
}

/* Signed by a key, then delivered. */
static inline enum sns_verdict sign_and_deliver(struct sns_keyring *keyring,
	const struct private_key *signer, struct sns_message message, struct error *error)
{
	char *signature = sample_sign(signer, &message);
	enum sns_verdict verdict;

	message.signature = signature;
	verdict = deliver(keyring, &message, NULL, error);
	free(signature);
	return verdict;
}

#endif
