/* test_secrets.c - the files of tokens and of credentials. */
#include "daemon/secrets.h"

#include "tests/daemon/scratch.h"

#define HALF "0123456789abcdef0123456789abcdef"
#define DIGEST HALF HALF
#define OTHER_DIGEST HALF "ffffffffffffffffffffffffffffffff"

static void tokens_have_a_name_a_role_and_a_digest(void **state)
{
	struct report report = {0};
	struct web_token *tokens;
	size_t count;

	(void) state;
	scratch_write("tokens", "# who may ask\n\n  \t\nreader read " DIGEST "\r\n"
				"  helper\tsupport  " OTHER_DIGEST "  \n"
				"writer write " HALF "0000000000000000000000000000000F");
	assert_true(
		secrets_read_tokens(scratch_path("tokens"), &tokens, &count, &report));
	assert_int_equal(report.count, 0);
	assert_int_equal(count, 3);
	assert_string_equal(tokens[0].name, "reader");
	assert_int_equal(tokens[0].role, WEB_ROLE_READ);
	assert_int_equal(tokens[0].sha256[1], 0x23);
	assert_string_equal(tokens[1].name, "helper");
	assert_int_equal(tokens[1].role, WEB_ROLE_SUPPORT);
	assert_int_equal(tokens[1].sha256[31], 0xff);
	assert_int_equal(tokens[2].role, WEB_ROLE_WRITE);
	assert_int_equal(tokens[2].sha256[31], 0x0f);
	secrets_free_tokens(tokens, count);
}

static void each_wrong_token_line_is_told_without_its_secret(void **state)
{
	static const struct {
		const char *text, *line, *remedy;
	} table[] = {
		{"reader\n", "1", "three columns"},
		{"reader read\n", "1", "three columns"},
		{"my reader read " DIGEST "\n", "1", "a name has no blanks"},
		{"#\nreader admin " DIGEST "\n", "2", "read, support or write"},
		{"reader READ " DIGEST "\n", "1", "read, support or write"},
		{"reader read s3cr3t\n", "1", "sha256sum"},
		{"reader read " DIGEST "00\n", "1", "64 hex digits"},
		{"reader read " HALF "0123456789abcdef0123456789abcdeg\n", "1",
			"64 hex digits"},
		{"a read " DIGEST "\na write " OTHER_DIGEST "\n", "2",
			"taken by an earlier line"},
		{"a read " DIGEST "\nb write " DIGEST "\n", "2", "the same token as 'a'"},
		{"a read \x01\n", "1", "control character"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct report report = {0};
		struct web_token *tokens;
		char place[32];
		size_t count;

		snprintf(place, sizeof(place), "/tokens:%s: ", table[i].line);
		scratch_write("tokens", table[i].text);
		assert_false(secrets_read_tokens(
			scratch_path("tokens"), &tokens, &count, &report));
		assert_int_equal(report.mistakes, 1);
		assert_true(report_has(&report, true, place, table[i].remedy));
		assert_null(strstr(report.lines[0].text, "s3cr3t"));
		report_finish(&report);
	}
}

static void credentials_are_taken_as_they_stand(void **state)
{
	struct report report = {0};
	struct web_credential *credentials;
	size_t count;

	(void) state;
	scratch_write("credentials", "# for SNS\nsns:pass word:with colon\r\n\nb:#x;\n");
	assert_true(secrets_read_credentials(
		scratch_path("credentials"), &credentials, &count, &report));
	assert_int_equal(count, 2);
	assert_string_equal(credentials[0].name_and_password, "sns:pass word:with colon");
	assert_string_equal(credentials[1].name_and_password, "b:#x;");
	secrets_free_credentials(credentials, count);
}

static void each_wrong_credential_is_told_without_its_secret(void **state)
{
	static const struct {
		const char *text, *place, *remedy;
	} table[] = {
		{"s3cr3t\n", ":1: ", "NAME:PASSWORD"},
		{":s3cr3t\n", ":1: ", "neither is empty"},
		{"a:b\ns3cr3t:\n", ":2: ", "neither is empty"},
		{"a:s3cr3t \n", ":1: ", "a blank stands"},
		{" a:s3cr3t\n", ":1: ", "a blank stands"},
		{"", "/credentials: ", "holds no line NAME:PASSWORD"},
		{"# a:b\n\n", "/credentials: ", "leave credentials_file empty"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct report report = {0};
		struct web_credential *credentials;
		size_t count;

		scratch_write("credentials", table[i].text);
		assert_false(secrets_read_credentials(
			scratch_path("credentials"), &credentials, &count, &report));
		assert_int_equal(report.mistakes, 1);
		assert_true(report_has(&report, true, table[i].place, table[i].remedy));
		assert_null(strstr(report.lines[0].text, "s3cr3t"));
		report_finish(&report);
	}
}

static void a_file_that_everybody_may_read_is_a_warning(void **state)
{
	struct report report = {0};
	struct web_token *tokens;
	size_t count;

	(void) state;
	scratch_write("tokens", "reader read " DIGEST "\n");
	assert_int_equal(chmod(scratch_path("tokens"), 0604), 0);
	assert_true(
		secrets_read_tokens(scratch_path("tokens"), &tokens, &count, &report));
	assert_true(report_has(&report, false, "/tokens: ", "chmod o-rwx"));
	secrets_free_tokens(tokens, count);
	report_finish(&report);
}

static void a_folder_or_a_fifo_is_no_file_of_secrets(void **state)
{
	struct report report = {0};
	struct web_token *tokens;
	size_t count;

	(void) state;
	assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
	assert_false(secrets_read_tokens(scratch_path("fifo"), &tokens, &count, &report));
	assert_false(secrets_read_tokens(scratch_folder, &tokens, &count, &report));
	assert_int_equal(report.mistakes, 2);
	assert_true(report_has(&report, true, "/fifo", "not a regular file"));
	report_finish(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_have_a_name_a_role_and_a_digest),
		cmocka_unit_test(each_wrong_token_line_is_told_without_its_secret),
		cmocka_unit_test(credentials_are_taken_as_they_stand),
		cmocka_unit_test(each_wrong_credential_is_told_without_its_secret),
		cmocka_unit_test(a_file_that_everybody_may_read_is_a_warning),
		cmocka_unit_test(a_folder_or_a_fifo_is_no_file_of_secrets),
	};

	return cmocka_run_group_tests_name(
		"secrets", tests, scratch_make, scratch_remove);
}
