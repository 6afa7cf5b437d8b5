/* test_verify.c - the offline verdict, over messages that AWS signed and over ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/publickey.h"
#include "base/text.h"
#include "tests/tool/running.h"
#include "tool/simulation.h"

#define ARN "arn:aws:sns:eu-west-1:111122223333:ses-feedback"
#define NAME "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"

/* ---- AWS's own ---- */

static const char *fixtures(void)
{
	const char *folder = getenv("SES_FEEDBACK_FIXTURES");

	return text_is_empty(folder) ? "../shared/fixtures" : folder;
}

static void find_fixtures(const char *which, glob_t *files)
{
	char pattern[512];

	snprintf(pattern, sizeof(pattern), "%s/%s/*.json", fixtures(), which);
	if (glob(pattern, 0, NULL, files) == 0 && files->gl_pathc > 0)
		return;
	print_message("skipped: no fixtures\n");
	skip();
}

static void verify(struct run *run, const char *folder, const char *path)
{
	char certificates[512];

	snprintf(certificates, sizeof(certificates), "%s/certificates", folder);
	run_tool(run, "verify", "--certificates", certificates, path, NULL);
}

static void every_genuine_message_verifies_but_for_the_one_with_a_short_key(void **state)
{
	size_t genuine = 0, refused = 0;
	glob_t files;

	(void) state;
	find_fixtures("signed", &files);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct run run;

		verify(&run, fixtures(), files.gl_pathv[i]);
		if (run.status == TOOL_DONE) {
			assert_non_null(strstr(run.out, ": genuine ("));
			genuine++;
		} else {
			assert_int_equal(run.status, TOOL_NO);
			assert_non_null(strstr(run.out, "not genuine"));
			assert_non_null(strstr(run.out, "1024 bits"));
			refused++;
		}
		run_finish(&run);
	}
	assert_int_equal(refused, 1);
	assert_int_equal(genuine, files.gl_pathc - 1);
	globfree(&files);
}

static void no_altered_message_verifies(void **state)
{
	glob_t files;

	(void) state;
	find_fixtures("altered", &files);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct run run;

		verify(&run, fixtures(), files.gl_pathv[i]);
		assert_int_equal(run.status, TOOL_NO);
		assert_non_null(strstr(run.out, ": not genuine: "));
		run_finish(&run);
	}
	globfree(&files);
}

/* ---- our own ---- */

struct fixture {
	char folder[64];
	struct simulation simulation;
	char body[65536];
};

static void path_in(const struct fixture *fixture, const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", fixture->folder, name);
}

static void write_file(const struct fixture *fixture, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	path_in(fixture, name, path);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	char sns_id[COMPOSE_UUID_SIZE], ses_id[COMPOSE_MESSAGE_ID_SIZE], *pem;
	utc_ms now = clock_now();
	struct simulation *simulation;
	struct buffer body;
	struct error error;

	if (fixture == NULL || !crypto_start())
		return -1;
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/ses-feedback-XXXXXX");
	simulation = &fixture->simulation;
	simulation->kind = COMPOSE_BOUNCE;
	simulation->recipient = "anna@example.com";
	simulation->certificate_url = "https://sns.eu-west-1.amazonaws.com/" NAME;
	simulation->key = private_key_generate(2048, &error);
	pem = private_key_certify(simulation->key, "sns.amazonaws.com", now - 10 * DAY_MS,
		now + DAY_MS, &error);
	if (mkdtemp(fixture->folder) == NULL || pem == NULL ||
		!sns_topic_parse(ARN, &simulation->topic, &error) ||
		!simulation_make(simulation, now, &body, sns_id, ses_id, &error))
		return -1;
	snprintf(fixture->body, sizeof(fixture->body), "%s", body.bytes);
	write_file(fixture, NAME, pem);
	write_file(fixture, "message.json", fixture->body);
	buffer_finish(&body);
	free(pem);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = {NAME, "message.json", "other.json"};
	struct fixture *fixture = *state;
	char path[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_in(fixture, names[i], path);
		unlink(path);
	}
	rmdir(fixture->folder);
	private_key_free(fixture->simulation.key);
	free(fixture);
	return 0;
}

static void a_genuine_message_is_said_so_with_type_topic_and_time(void **state)
{
	struct fixture *fixture = *state;
	struct run run;
	char path[256], beginning[400];

	path_in(fixture, "message.json", path);
	run_tool(&run, "verify", "--certificates", fixture->folder, path, NULL);
	assert_int_equal(run.status, TOOL_DONE);
	snprintf(beginning, sizeof(beginning), "%s: genuine (Notification, " ARN ", 2",
		path);
	assert_memory_equal(run.out, beginning, strlen(beginning));
	run_finish(&run);
}

static void only_the_topics_given_will_do(void **state)
{
	struct fixture *fixture = *state;
	struct run run;
	char path[256];

	path_in(fixture, "message.json", path);
	run_tool(&run, "verify", "--certificates", fixture->folder, "--topic", ARN "x",
		"--topic", ARN, path, NULL);
	assert_int_equal(run.status, TOOL_DONE);
	run_finish(&run);
	run_tool(&run, "verify", "--certificates", fixture->folder, "--topic", ARN "x",
		path, NULL);
	assert_int_equal(run.status, TOOL_NO);
	assert_non_null(strstr(run.out, "none of those given with --topic"));
	run_finish(&run);
	run_tool(&run, "verify", "--topic", "arn:nonsense", path, NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
}

static void a_missing_certificate_is_named_with_where_to_put_it(void **state)
{
	struct fixture *fixture = *state;
	struct run run;
	char path[256];

	path_in(fixture, "message.json", path);
	run_tool(&run, "verify", "--certificates", "/nonexistent", path, NULL);
	assert_int_equal(run.status, TOOL_NO);
	assert_non_null(strstr(run.out, "/nonexistent/" NAME " is missing"));
	assert_non_null(strstr(run.out, "https://sns.eu-west-1.amazonaws.com/" NAME));
	run_finish(&run);
}

static void a_file_that_cannot_be_read_outranks_one_that_is_not_genuine(void **state)
{
	struct fixture *fixture = *state;
	struct run run;
	char path[256];

	write_file(fixture, "other.json", "{}");
	path_in(fixture, "other.json", path);
	run_tool(&run, "verify", "--certificates", fixture->folder, path,
		"/nonexistent.json", fixture->folder, NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(strstr(run.out, "not genuine: not an SNS message"));
	assert_non_null(strstr(run.err, "/nonexistent.json: cannot be read"));
	assert_non_null(strstr(run.err, "directory"));
	run_finish(&run);
}

static void wrapping_and_raw_delivery_are_recognised_in_words(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"{\"Messages\":[{\"Body\":\"{}\"}]}", "SQS"},
		{"{\"Body\":\"{}\"}", "SQS"},
		{"{\"Records\":[{\"Sns\":{}}]}", "Lambda"},
		{"[]", "a list"},
		{"{\"eventType\":\"Bounce\",\"mail\":{}}", "raw"},
	};
	struct fixture *fixture = *state;
	char path[256];

	path_in(fixture, "other.json", path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run;

		write_file(fixture, "other.json", rows[i].text);
		run_tool(&run, "verify", path, NULL);
		assert_int_equal(run.status, TOOL_NO);
		assert_non_null(strstr(run.out, rows[i].words));
		run_finish(&run);
	}
}

static void as_json_each_file_has_a_stable_word(void **state)
{
	struct fixture *fixture = *state;
	char good[256], bad[256], *place;
	const struct json *result;
	struct json *json;
	struct run run;

	place = strstr(fixture->body, "anna@example.com");
	*place = 'b';
	write_file(fixture, "other.json", fixture->body);
	*place = 'a';
	path_in(fixture, "message.json", good);
	path_in(fixture, "other.json", bad);
	run_tool(&run, "--json", "verify", "--certificates", fixture->folder, good, bad,
		NULL);
	assert_int_equal(run.status, TOOL_NO);
	json = json_parse(run.out, strlen(run.out), JSON_STRICT, NULL);
	assert_non_null(json);
	result = json_first(json_member(json, "results"));
	assert_string_equal(json_text(result, "reason"), "genuine");
	result = json_next(result);
	assert_string_equal(json_text(result, "reason"), "signature-wrong");
	assert_string_equal(json_text(result, "topic"), ARN);
	json_free(json);
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_genuine_message_verifies_but_for_the_one_with_a_short_key),
		cmocka_unit_test(no_altered_message_verifies),
		cmocka_unit_test(a_genuine_message_is_said_so_with_type_topic_and_time),
		cmocka_unit_test(only_the_topics_given_will_do),
		cmocka_unit_test(a_missing_certificate_is_named_with_where_to_put_it),
		cmocka_unit_test(
			a_file_that_cannot_be_read_outranks_one_that_is_not_genuine),
		cmocka_unit_test(wrapping_and_raw_delivery_are_recognised_in_words),
		cmocka_unit_test(as_json_each_file_has_a_stable_word),
	};

	return cmocka_run_group_tests_name("verify", tests, set_up, tear_down);
}
