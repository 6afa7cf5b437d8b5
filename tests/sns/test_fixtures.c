/* test_fixtures.c - what AWS really signed verifies; what was altered since does not. */
#include "tests/sns/sample.h"

#include <dirent.h>
#include <stdio.h>

#include "sns/keyring.h"
#include "sns/policy.h"

#define CERTIFICATES_MIN 11
#define SIGNED_MIN 24
#define ALTERED_MIN 40

/* Signed in 2012 with a key of 1024 bits: the signature is right, the key too short. */
#define WEAK_BEGINNING "awsruby-notif-subject-v1-2012"

#define PATH_SIZE 4096

static const char *fixtures_folder(void)
{
	const char *folder = getenv("SES_FEEDBACK_FIXTURES");

	return folder ? folder : "../shared/fixtures";
}

/* A folder of the fixtures; NULL if there are no fixtures here at all. */
static DIR *folder_open(const char *name, char path[PATH_SIZE])
{
	DIR *fixtures = opendir(fixtures_folder()), *folder;

	if (!fixtures)
		return NULL;
	closedir(fixtures);
	snprintf(path, PATH_SIZE, "%s/%s", fixtures_folder(), name);
	folder = opendir(path);
	if (!folder)
		fail_msg("cannot open %s", path);
	return folder;
}

static void file_read(const char *folder, const char *name, struct buffer *bytes)
{
	char path[2 * PATH_SIZE], part[4096];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	buffer_init(bytes, 2 * 1024 * 1024);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot open %s", path);
	while ((length = fread(part, 1, sizeof(part), file)) > 0)
		assert_true(buffer_append(bytes, part, length));
	assert_false(ferror(file));
	fclose(file);
}

/* Calls use with each file of a folder; gives how many, or skips the test. */
static size_t each_file(const char *folder, struct sns_keyring *keyring,
	void (*use)(struct sns_keyring *keyring, const char *name,
		const struct buffer *bytes))
{
	char path[PATH_SIZE];
	DIR *directory = folder_open(folder, path);
	struct dirent *entry;
	struct buffer bytes;
	size_t count = 0;

	if (!directory) {
		print_message("skipped: no fixtures\n");
		sns_keyring_free(keyring);
		skip();
	}
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		file_read(path, entry->d_name, &bytes);
		use(keyring, entry->d_name, &bytes);
		buffer_finish(&bytes);
		count++;
	}
	closedir(directory);
	return count;
}

static void certificate_add(
	struct sns_keyring *keyring, const char *name, const struct buffer *bytes)
{
	struct error error = {""};

	if (!sns_keyring_add(keyring, name, bytes->bytes, bytes->length, &error))
		fail_msg("%s", error.text);
}

static struct sns_keyring *keyring_make(void)
{
	struct sns_keyring *keyring = sns_keyring_new();

	assert_non_null(keyring);
	assert_in_range(each_file("certificates", keyring, certificate_add),
		CERTIFICATES_MIN, SNS_KEYRING_MAX);
	return keyring;
}

/* Judged as the offline verify command does: any topic, no age limit. */
static const struct sns_policy policy = {.any_topic = true};

static void signed_one_verifies(
	struct sns_keyring *keyring, const char *name, const struct buffer *bytes)
{
	bool is_weak = strncmp(name, WEAK_BEGINNING, strlen(WEAK_BEGINNING)) == 0;
	struct sns_message message;
	struct sns_route route;
	struct error error = {""};
	enum sns_verdict verdict;

	if (sns_message_parse(bytes->bytes, bytes->length, &message, &error) !=
			SNS_WELL_FORMED ||
		sns_policy_judge(&policy, &message, clock_now(), &route, &error) !=
			SNS_KEY_UNKNOWN)
		fail_msg("%s: %s", name, error.text);
	verdict = sns_keyring_verify(keyring, &message, &route, NULL, &error);
	if (verdict != (is_weak ? SNS_CERTIFICATE_UNEXPECTED : SNS_GENUINE))
		fail_msg("%s: %s: %s", name, sns_verdict_name(verdict), error.text);
	if (is_weak)
		assert_non_null(strstr(error.text, "1024 bits"));
	sns_message_finish(&message);
}

static void altered_one_does_not_verify(
	struct sns_keyring *keyring, const char *name, const struct buffer *bytes)
{
	struct sns_message message;
	struct sns_route route;
	struct error error = {""};
	enum sns_verdict verdict;

	if (sns_message_parse(bytes->bytes, bytes->length, &message, &error) ==
		SNS_WELL_FORMED) {
		verdict =
			sns_policy_judge(&policy, &message, clock_now(), &route, &error);
		if (verdict == SNS_KEY_UNKNOWN)
			verdict = sns_keyring_verify(
				keyring, &message, &route, NULL, &error);
		if (verdict == SNS_GENUINE || verdict == SNS_KEY_UNKNOWN)
			fail_msg("%s: %s", name, sns_verdict_name(verdict));
	}
	if (error.text[0] == '\0')
		fail_msg("%s: refused without a reason", name);
	sns_message_finish(&message);
}

/* ---- one bit ---- */

static void assert_found_wrong(struct sns_keyring *keyring, const char *name,
	const struct sns_message *message, const struct sns_route *route)
{
	struct error error = {""};
	enum sns_verdict verdict =
		sns_keyring_verify(keyring, message, route, NULL, &error);

	if (verdict != SNS_SIGNATURE_WRONG)
		fail_msg("%s: %s after a change", name, sns_verdict_name(verdict));
	assert_string_not_equal(error.text, "");
}

/* Flips a bit of each byte of the text that *field points to; field is within message. */
static void each_bit_flip_is_found(struct sns_keyring *keyring, const char *name,
	const struct sns_message *message, const struct sns_route *route,
	const char **field)
{
	const char *original = *field;
	size_t length = original ? strlen(original) : 0;
	char *changed;

	if (!original)
		return;
	changed = malloc(length + 1);
	assert_non_null(changed);
	memcpy(changed, original, length + 1);
	*field = changed;
	for (size_t i = 0; i < length; i++) {
		char flipped = (char) (original[i] ^ (1 << (i % 8)));

		if (flipped == '\0')
			flipped = (char) (original[i] ^ (1 << ((i + 1) % 8)));
		changed[i] = flipped;
		assert_found_wrong(keyring, name, message, route);
		changed[i] = original[i];
	}
	*field = original;
	free(changed);
}

static void signature_bit_flip_is_found(struct sns_keyring *keyring, const char *name,
	struct sns_message *message, const struct sns_route *route)
{
	const char *original = message->signature;
	uint8_t signature[1024];
	char text[2048];
	size_t length;

	assert_true(base64_decode(
		original, strlen(original), signature, sizeof(signature), &length));
	message->signature = text;
	for (size_t i = 0; i < length; i++) {
		signature[i] ^= (uint8_t) (1 << (i % 8));
		base64_encode(signature, length, text);
		assert_found_wrong(keyring, name, message, route);
		signature[i] ^= (uint8_t) (1 << (i % 8));
	}
	message->signature = original;
}

static void other_type_and_subject_are_found(struct sns_keyring *keyring,
	const char *name, struct sns_message *message, const struct sns_route *route)
{
	struct sns_message changed = *message;

	switch (message->type) {
	case SNS_NOTIFICATION:
		changed.subject = message->subject ? NULL : "";
		break;
	case SNS_SUBSCRIPTION_CONFIRMATION:
		changed.type = SNS_UNSUBSCRIBE_CONFIRMATION;
		break;
	case SNS_UNSUBSCRIBE_CONFIRMATION:
		changed.type = SNS_SUBSCRIPTION_CONFIRMATION;
		break;
	}
	assert_found_wrong(keyring, name, &changed, route);
	changed = *message;
	changed.signature_version =
		strcmp(message->signature_version, "1") == 0 ? "2" : "1";
	assert_found_wrong(keyring, name, &changed, route);
}

static void each_change_of_a_signed_one_is_found(
	struct sns_keyring *keyring, const char *name, const struct buffer *bytes)
{
	struct sns_message message;
	struct sns_route route;
	const char **const fields[] = {&message.message, &message.message_id,
		&message.subject, &message.timestamp_text, &message.topic_arn,
		&message.subscribe_url, &message.token};

	if (strncmp(name, WEAK_BEGINNING, strlen(WEAK_BEGINNING)) == 0)
		return; /* refused before its signature is looked at */
	assert_int_equal(sns_message_parse(bytes->bytes, bytes->length, &message, NULL),
		SNS_WELL_FORMED);
	assert_int_equal(sns_policy_judge(&policy, &message, clock_now(), &route, NULL),
		SNS_KEY_UNKNOWN);
	for (size_t i = 0; i < COUNT(fields); i++)
		each_bit_flip_is_found(keyring, name, &message, &route, fields[i]);
	signature_bit_flip_is_found(keyring, name, &message, &route);
	other_type_and_subject_are_found(keyring, name, &message, &route);
	/* And unchanged again, so that the above failed for the change alone. */
	assert_int_equal(
		sns_keyring_verify(keyring, &message, &route, NULL, NULL), SNS_GENUINE);
	sns_message_finish(&message);
}

/* ---- the tests ---- */

static void what_aws_signed_verifies_unless_its_key_is_short(void **state)
{
	struct sns_keyring *keyring = keyring_make();

	(void) state;
	assert_in_range(
		each_file("signed", keyring, signed_one_verifies), SIGNED_MIN, SIZE_MAX);
	sns_keyring_free(keyring);
}

static void what_was_altered_does_not_verify(void **state)
{
	struct sns_keyring *keyring = keyring_make();

	(void) state;
	assert_in_range(each_file("altered", keyring, altered_one_does_not_verify),
		ALTERED_MIN, SIZE_MAX);
	sns_keyring_free(keyring);
}

static void one_flipped_bit_of_what_aws_signed_is_found(void **state)
{
	struct sns_keyring *keyring = keyring_make();

	(void) state;
	assert_in_range(
		each_file("signed", keyring, each_change_of_a_signed_one_is_found),
		SIGNED_MIN, SIZE_MAX);
	sns_keyring_free(keyring);
}

static int start(void **state)
{
	(void) state;
	return crypto_start() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_aws_signed_verifies_unless_its_key_is_short),
		cmocka_unit_test(what_was_altered_does_not_verify),
		cmocka_unit_test(one_flipped_bit_of_what_aws_signed_is_found),
	};

	return cmocka_run_group_tests_name("fixtures", tests, start, NULL);
}
