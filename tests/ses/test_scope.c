/* test_scope.c - which texts are scopes, and which entries a question finds. */
#include "tests/ses/sample.h"

#include "ses/scope.h"

#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16
#define X256 X64 X64 X64 X64
#define X249 X64 X64 X64 X16 X16 X16 "xxxxxxxxx"

static void a_scope_is_everything_a_set_a_tenant_or_an_account(void **state)
{
	static const struct {
		const char *scope;
		bool is_valid;
	} cases[] = {
		{"", true},
		{"newsletter", true},
		{"News_letter-2.0", true},
		{"two words", true},
		{"caf\xc3\xa9", true},
		{"a:b", true},
		{"tenants", true},
		{"Tenant:", true},
		{"tenant:a", true},
		{"tenant:", false},
		{"tenant: ", false},
		{"account:111122223333", true},
		{"account:", false},
		{"account:11112222333", false},
		{"account:1111222233334", false},
		{"account:11112222333x", false},
		{"account:111122223333 ", false},
		{"account", true},
		{"a,b", false},
		{",", false},
		{" a", false},
		{"a ", false},
		{" ", false},
		{"a\nb", false},
		{"a\tb", false},
		{"a\x7f", false},
		{"\x1f", false},
		{"caf\xe9", false},
		{"\xc3", false},
		{"\xed\xa0\x80", false},
		{X256, true},
		{X256 "x", false},
		{"tenant:" X249, true},
		{"tenant:" X249 "x", false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (ses_scope_is_valid(cases[i].scope) != cases[i].is_valid)
			fail_msg(
				"\"%s\": expected %d", cases[i].scope, cases[i].is_valid);
	}
}

static void a_question_names_up_to_eight(void **state)
{
	static const struct {
		const char *question;
		size_t count;
		const char *names[SES_SCOPES_MAX];
	} cases[] = {
		{"", 0, {NULL}},
		{"news", 1, {"news"}},
		{"news,tenant:a,account:111122223333", 3,
			{"news", "tenant:a", "account:111122223333"}},
		{" news , tenant:a b ", 2, {"news", "tenant:a b"}},
		{"a,a", 2, {"a", "a"}},
		{"a,b,c,d,e,f,g,h", 8, {"a", "b", "c", "d", "e", "f", "g", "h"}},
		{X256 "," X256 "," X256 "," X256 "," X256 "," X256 "," X256 "," X256, 8,
			{X256, X256, X256, X256, X256, X256, X256, X256}},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_scopes scopes;

		assert_true(ses_scopes_parse(cases[i].question, &scopes));
		assert_int_equal(scopes.count, cases[i].count);
		for (size_t j = 0; j < scopes.count; j++)
			assert_string_equal(scopes.names[j], cases[i].names[j]);
	}
}

static void a_question_that_names_something_else_is_refused(void **state)
{
	static const char *const cases[] = {" ", ",", "a,", ",a", "a,,b", "a, ,b",
		"tenant:", "a,account:1", "a\n", "a,\tb", "caf\xe9", X256 "x",
		"a,b,c,d,e,f,g,h,i", "a,b,c,d,e,f,g,h,"};
	struct ses_scopes scopes;

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (ses_scopes_parse(cases[i], &scopes))
			fail_msg("\"%s\" was taken", cases[i]);
	}
}

static void an_entry_for_everything_or_for_one_of_the_named_applies(void **state)
{
	struct ses_scopes scopes;

	(void) state;
	assert_true(ses_scopes_parse("", &scopes));
	assert_true(ses_scopes_include(&scopes, ""));
	assert_false(ses_scopes_include(&scopes, "news"));
	assert_true(ses_scopes_parse("news,tenant:a", &scopes));
	assert_true(ses_scopes_include(&scopes, ""));
	assert_true(ses_scopes_include(&scopes, "news"));
	assert_true(ses_scopes_include(&scopes, "tenant:a"));
	assert_false(ses_scopes_include(&scopes, "tenant:ab"));
	assert_false(ses_scopes_include(&scopes, "a"));
	assert_false(ses_scopes_include(&scopes, "News"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scope_is_everything_a_set_a_tenant_or_an_account),
		cmocka_unit_test(a_question_names_up_to_eight),
		cmocka_unit_test(a_question_that_names_something_else_is_refused),
		cmocka_unit_test(an_entry_for_everything_or_for_one_of_the_named_applies),
	};

	return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
