/* test_keyring.c - the certificates at hand: added, replaced, evicted, used by threads.
 */
#include "tests/sns/verifying.h"

#include <pthread.h>
#include <stdio.h>

static void certificate_that_is_not_at_hand_is_unknown(void **state)
{
	struct sns_keyring *keyring = sns_keyring_new();
	struct error error;

	(void) state;
	assert_int_equal(
		sign_and_deliver(keyring, key, sample_message(SNS_NOTIFICATION), &error),
		SNS_KEY_UNKNOWN);
	assert_non_null(strstr(error.text, SAMPLE_NAME));
	sns_keyring_free(keyring);
}

static void what_is_not_exactly_one_certificate_is_not_added(void **state)
{
	char *pem = certificate_valid(key), *private_pem = private_key_print(key);
	struct sns_keyring *keyring = sns_keyring_new();
	const struct {
		const char *before, *middle, *after;
	} cases[] = {
		{"", "", ""},
		{"", "not a certificate", ""},
		{"<?xml version=\"1.0\"?><Error><Code>", pem, "</Code></Error>"},
		{"<html>\n", pem, "\n</html>"},
		{"x\n", pem, ""},
		{"", pem, "x"},
		{"", pem, pem},
		{private_pem, pem, ""},
		{"", pem, private_pem},
		{"", private_pem, ""},
		{"-----BEGIN CERTIFICATE-----\n", "", "-----END CERTIFICATE-----\n"},
		{"-----BEGIN CERTIFICATE-----\n", "AAAA\n",
			"-----END CERTIFICATE-----\n"},
	};
	struct buffer text;
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buffer_init(&text, 65536);
		buffer_append_text(&text, cases[i].before);
		buffer_append_text(&text, cases[i].middle);
		buffer_append_text(&text, cases[i].after);
		error.text[0] = '\0';
		assert_false(sns_keyring_add(keyring, SAMPLE_NAME,
			text.bytes ? text.bytes : "", text.length, &error));
		assert_non_null(strstr(error.text, SAMPLE_NAME));
		buffer_finish(&text);
	}
	assert_int_equal(
		sign_and_deliver(keyring, key, sample_message(SNS_NOTIFICATION), &error),
		SNS_KEY_UNKNOWN);
	sns_keyring_free(keyring);
	free(pem);
	free(private_pem);
}

static void bad_certificate_does_not_replace_a_good_one(void **state)
{
	struct sns_keyring *keyring = keyring_make();
	struct error error;

	(void) state;
	assert_false(sns_keyring_add(keyring, SAMPLE_NAME, "503", 3, &error));
	assert_int_equal(
		sign_and_deliver(keyring, key, sample_message(SNS_NOTIFICATION), &error),
		SNS_GENUINE);
	sns_keyring_free(keyring);
}

static void newer_certificate_of_a_name_replaces_the_older(void **state)
{
	char *expired = certificate_make(
		key, SUBJECT, "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z");
	struct sns_keyring *keyring = keyring_with(expired);
	char *pem = certificate_valid(key);
	struct error error;

	(void) state;
	assert_int_equal(
		sign_and_deliver(keyring, key, sample_message(SNS_NOTIFICATION), &error),
		SNS_CERTIFICATE_UNEXPECTED);
	add(keyring, SAMPLE_NAME, pem);
	assert_int_equal(
		sign_and_deliver(keyring, key, sample_message(SNS_NOTIFICATION), &error),
		SNS_GENUINE);
	sns_keyring_free(keyring);
	free(expired);
	free(pem);
}

static void name_that_sns_does_not_give_is_not_added(void **state)
{
	static const char *const names[] = {
		"",
		"evil.pem",
		"../SimpleNotificationService-0a.pem",
		"SimpleNotificationService-../../0a.pem",
		"SimpleNotificationService-.pem",
		"SimpleNotificationService-0a.pem\n",
		"SimpleNotificationService-0a.pem?x",
	};
	struct sns_keyring *keyring = sns_keyring_new();
	char *pem = certificate_valid(key);
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_false(
			sns_keyring_add(keyring, names[i], pem, strlen(pem), &error));
	sns_keyring_free(keyring);
	free(pem);
}

#define NAME_SIZE 64

static const char *name_of(size_t number, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "SimpleNotificationService-%032zx.pem", number);
	return name;
}

static enum sns_verdict deliver_with(struct sns_keyring *keyring, size_t number)
{
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	char name[NAME_SIZE], url[NAME_SIZE + 64];
	struct error error;

	snprintf(url, sizeof(url), "https://sns.us-east-1.amazonaws.com/%s",
		name_of(number, name));
	message.certificate_url = url;
	return sign_and_deliver(keyring, key, message, &error);
}

static void certificate_used_longest_ago_goes_first(void **state)
{
	struct sns_keyring *keyring = sns_keyring_new();
	char *pem = certificate_valid(key);
	char name[NAME_SIZE];

	(void) state;
	for (size_t i = 0; i < SNS_KEYRING_MAX; i++)
		add(keyring, name_of(i, name), pem);
	for (size_t i = 0; i < SNS_KEYRING_MAX; i++) {
		if (i != 7)
			assert_int_equal(deliver_with(keyring, i), SNS_GENUINE);
	}
	/* Replacing needs no room. */
	add(keyring, name_of(9, name), pem);
	add(keyring, name_of(1000, name), pem);
	assert_int_equal(deliver_with(keyring, 7), SNS_KEY_UNKNOWN);
	assert_int_equal(deliver_with(keyring, 1000), SNS_GENUINE);
	assert_int_equal(deliver_with(keyring, 0), SNS_GENUINE);
	add(keyring, name_of(1001, name), pem);
	assert_int_equal(deliver_with(keyring, 0), SNS_GENUINE);
	assert_int_equal(deliver_with(keyring, 1), SNS_KEY_UNKNOWN);
	sns_keyring_free(keyring);
	free(pem);
}

static void development_key_is_told_apart_and_stays(void **state)
{
	struct sns_keyring *keyring = sns_keyring_new();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	char *pem = certificate_valid(key), *signature = sample_sign(key, &message);
	char name[NAME_SIZE];
	struct error error;
	bool is_development = false;

	(void) state;
	message.signature = signature;
	assert_true(sns_keyring_add_development(
		keyring, SAMPLE_NAME, pem, strlen(pem), &error));
	for (size_t i = 0; i < 2 * SNS_KEYRING_MAX; i++)
		add(keyring, name_of(i, name), pem);
	assert_int_equal(
		deliver(keyring, &message, &is_development, &error), SNS_GENUINE);
	assert_true(is_development);

	/* Not when it isn't genuine, and not for one that was fetched. */
	message.message = "changed";
	assert_int_equal(
		deliver(keyring, &message, &is_development, &error), SNS_SIGNATURE_WRONG);
	assert_false(is_development);
	message = sample_message(SNS_NOTIFICATION);
	message.signature = signature;
	add(keyring, SAMPLE_NAME, pem);
	is_development = true;
	assert_int_equal(
		deliver(keyring, &message, &is_development, &error), SNS_GENUINE);
	assert_false(is_development);
	sns_keyring_free(keyring);
	free(pem);
	free(signature);
}

static void development_keys_are_limited(void **state)
{
	struct sns_keyring *keyring = sns_keyring_new();
	char *pem = certificate_valid(key);
	char name[NAME_SIZE];
	struct error error;

	(void) state;
	for (size_t i = 0; i < SNS_KEYRING_MAX + 1; i++)
		assert_int_equal(sns_keyring_add_development(keyring, name_of(i, name),
					 pem, strlen(pem), &error),
			i < SNS_KEYRING_MAX);
	assert_true(sns_keyring_add_development(
		keyring, name_of(0, name), pem, strlen(pem), &error));
	assert_int_equal(deliver_with(keyring, 0), SNS_GENUINE);
	sns_keyring_free(keyring);
	free(pem);
}

/* ---- many threads ---- */

#define THREADS 4
#define ROUNDS 100

struct worker {
	struct sns_keyring *keyring;
	const char *pem;
	struct sns_message message;
	struct sns_route route;
	size_t first_name;
	int genuine;
	int failed_adds;
};

/* cmocka's asserts belong to the main thread: here it is counted only. */
static void *verify_and_evict(void *context)
{
	struct worker *worker = context;
	char name[NAME_SIZE];

	for (size_t i = 0; i < ROUNDS; i++) {
		enum sns_verdict verdict;

		/* Evicts what others are verifying with. */
		if (!sns_keyring_add(worker->keyring,
			    name_of(worker->first_name + i, name), worker->pem,
			    strlen(worker->pem), NULL) ||
			!sns_keyring_add(worker->keyring, SAMPLE_NAME, worker->pem,
				strlen(worker->pem), NULL))
			worker->failed_adds++;
		verdict = sns_keyring_verify(
			worker->keyring, &worker->message, &worker->route, NULL, NULL);
		if (verdict == SNS_GENUINE)
			worker->genuine++;
	}
	return NULL;
}

static void threads_verify_while_others_evict(void **state)
{
	struct sns_keyring *keyring = sns_keyring_new();
	const struct sns_policy policy = {.any_topic = true};
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	char *pem = certificate_valid(key), *signature = sample_sign(key, &message);
	struct worker workers[THREADS];
	pthread_t threads[THREADS];

	(void) state;
	message.signature = signature;
	for (size_t i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.keyring = keyring,
			.pem = pem,
			.message = message,
			.first_name = 1 + i * ROUNDS};
		assert_int_equal(
			sns_policy_judge(&policy, &message, 0, &workers[i].route, NULL),
			SNS_KEY_UNKNOWN);
		assert_int_equal(
			pthread_create(&threads[i], NULL, verify_and_evict, &workers[i]),
			0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(workers[i].failed_adds, 0);
		assert_int_equal(workers[i].genuine, ROUNDS);
	}
	sns_keyring_free(keyring);
	free(pem);
	free(signature);
}

static void free_takes_null(void **state)
{
	(void) state;
	sns_keyring_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificate_that_is_not_at_hand_is_unknown),
		cmocka_unit_test(what_is_not_exactly_one_certificate_is_not_added),
		cmocka_unit_test(bad_certificate_does_not_replace_a_good_one),
		cmocka_unit_test(newer_certificate_of_a_name_replaces_the_older),
		cmocka_unit_test(name_that_sns_does_not_give_is_not_added),
		cmocka_unit_test(certificate_used_longest_ago_goes_first),
		cmocka_unit_test(development_key_is_told_apart_and_stays),
		cmocka_unit_test(development_keys_are_limited),
		cmocka_unit_test(threads_verify_while_others_evict),
		cmocka_unit_test(free_takes_null),
	};

	return cmocka_run_group_tests_name("keyring", tests, keys_make, keys_free);
}
