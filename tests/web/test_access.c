/* test_access.c - bearer tokens and Basic credentials. */
#include "web/access.h"

#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct web_token tokens[] = {{.name = "first", .role = WEB_ROLE_READ},
	{.name = "second", .role = WEB_ROLE_WRITE}};
static const struct web_credential credentials[] = {
	{"sns:correct horse"}, {"b:p\xc3\xa4"}};
static const struct web_rules rules = {.tokens = tokens,
	.token_count = 2,
	.credentials = credentials,
	.credential_count = 2};

static int start(void **state)
{
	(void) state;
	crypto_sha256("one", 3, tokens[0].sha256);
	crypto_sha256("two", 3, tokens[1].sha256);
	return crypto_start() ? 0 : -1;
}

static void a_token_is_found_by_its_digest(void **state)
{
	static const struct {
		const char *authorization, *name;
	} cases[] = {
		{"Bearer one", "first"},
		{"bearer two", "second"},
		{"Bearer  two", "second"},
		{"Bearer three", NULL},
		{"Bearer One", NULL},
		{"Bearer one ", NULL},
		{"Bearer ", NULL},
		{"Bearer", NULL},
		{"Bearerone", NULL},
		{"Basic one", NULL},
		{"one", NULL},
		{"", NULL},
		{NULL, NULL},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct web_token *token =
			access_find_token(&rules, cases[i].authorization);

		if (cases[i].name == NULL)
			assert_null(token);
		else
			assert_string_equal(token->name, cases[i].name);
	}
}

static void credentials_must_be_one_of_those_listed(void **state)
{
	static const struct {
		const char *text;
		bool is_right;
	} cases[] = {
		{"sns:correct horse", true},
		{"b:p\xc3\xa4", true},
		{"sns:correct horse2", false},
		{"sns:correct hors", false},
		{"sns:", false},
		{"", false},
		{"SNS:correct horse", false},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char encoded[64], header[80];

		base64_encode(cases[i].text, strlen(cases[i].text), encoded);
		snprintf(header, sizeof(header), "Basic %s", encoded);
		assert_int_equal(
			access_has_credentials(&rules, header), cases[i].is_right);
	}
	assert_false(access_has_credentials(&rules, NULL));
	assert_false(access_has_credentials(&rules, "Basic"));
	assert_false(access_has_credentials(&rules, "Basic %%%"));
	assert_false(access_has_credentials(&rules, "Bearer one"));
}

static void where_none_are_listed_none_are_asked_for(void **state)
{
	const struct web_rules open = {.credential_count = 0};

	(void) state;
	assert_true(access_has_credentials(&open, NULL));
	assert_true(access_has_credentials(&open, "Basic %%%"));
	assert_null(access_find_token(&open, "Bearer one"));
}

static void the_peer_of_a_unix_socket_has_its_user_s_name(void **state)
{
	char name[ACCESS_NAME_SIZE], expected[ACCESS_NAME_SIZE];
	const struct passwd *user = getpwuid(geteuid());
	int ends[2];

	(void) state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	if (user != NULL)
		snprintf(expected, sizeof(expected), "unix:%s", user->pw_name);
	else
		snprintf(expected, sizeof(expected), "unix:%u", (unsigned) geteuid());
	access_name_peer(ends[0], name);
	assert_string_equal(name, expected);
	close(ends[0]);
	close(ends[1]);
	access_name_peer(-1, name);
	assert_string_equal(name, "unix:unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_found_by_its_digest),
		cmocka_unit_test(credentials_must_be_one_of_those_listed),
		cmocka_unit_test(the_peer_of_a_unix_socket_has_its_user_s_name),
		cmocka_unit_test(where_none_are_listed_none_are_asked_for),
	};

	return cmocka_run_group_tests_name("access", tests, start, NULL);
}
