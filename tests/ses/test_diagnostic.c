/* test_diagnostic.c - what a mail server's reply says, as far as programs can tell. */
#include "tests/ses/sample.h"

#include <time.h>

#include "ses/diagnostic.h"

static void assert_status(const char *status, const char *diagnostic, const char *wanted)
{
	char found[SES_STATUS_SIZE];

	memset(found, 'x', sizeof(found));
	ses_diagnostic_status(status, diagnostic, found);
	assert_string_equal(found, wanted);
}

static void the_given_status_stands_if_it_says_something(void **state)
{
	(void) state;
	assert_status("5.1.1", NULL, "5.1.1");
	assert_status("5.1.1", "550 5.7.1 no", "5.1.1");
	assert_status("5.7.133", "", "5.7.133");
	assert_status("5.1.1 (bad mailbox)", NULL, "5.1.1");
}

static void a_vague_or_missing_status_gives_way_to_the_texts(void **state)
{
	(void) state;
	assert_status("5.0.0", "smtp; 550 5.1.1 no", "5.1.1");
	assert_status("4.0.0", "421 4.7.28 no", "4.7.28");
	assert_status(NULL, "550-5.2.1 no", "5.2.1");
	assert_status("", "no (5.7.1)", "5.7.1");
	assert_status("nonsense", "550 5.4.4 no", "5.4.4");
	assert_status(NULL, "550 no #5.1.1 smtp;", "5.1.1");
}

static void without_a_code_in_the_text_the_vague_one_stays(void **state)
{
	(void) state;
	assert_status("5.0.0", "550 no", "5.0.0");
	assert_status("5.0.0", NULL, "5.0.0");
	assert_status(NULL, NULL, "");
	assert_status(NULL, "", "");
}

static void numbers_that_only_look_like_a_status_are_none(void **state)
{
	static const char *const texts[] = {"from [5.1.1.7]", "from 192.5.1.1", "v5.1.1",
		"3.1.1", "5.1", "5.1.", "5..1", "5.1.1234", "5.1234.1", "15.1.1",
		"5.1.1.1", "55.1.1", "5", ""};

	(void) state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char found[SES_STATUS_SIZE];

		ses_diagnostic_status(NULL, texts[i], found);
		if (found[0] != '\0')
			fail_msg("\"%s\" has the status %s", texts[i], found);
	}
}

static void an_address_before_the_status_does_not_hide_it(void **state)
{
	(void) state;
	assert_status(NULL, "host 5.1.1.7 said: 550 5.7.1 no", "5.7.1");
	assert_status(NULL, "ends in a full stop 5.1.1.", "5.1.1");
}

static void words_in_an_address_are_not_the_servers(void **state)
{
	(void) state;
	assert_true(ses_diagnostic_has("550 User Unknown", "user unknown"));
	assert_true(ses_diagnostic_has("550 <ann@example.net>: user unknown", "unknown"));
	assert_true(ses_diagnostic_has("550 <a.virus@example.net> has a virus", "virus"));
	assert_true(ses_diagnostic_has("virus", "virus"));
	assert_false(ses_diagnostic_has("550 <a.virus@example.net>: no", "virus"));
	assert_false(ses_diagnostic_has("550 ann@virus.example no", "virus"));
	assert_false(ses_diagnostic_has("virus@example.net", "virus"));
	assert_false(ses_diagnostic_has("", "virus"));
}

/* 250 KB take a quarter of a minute if every hit walks through the whole address. */
static void a_word_many_times_in_one_address_costs_no_more_than_once(void **state)
{
	static char text[250000];
	clock_t begin = clock();

	(void) state;
	for (size_t i = 0; i + 4 < sizeof(text); i += 4)
		memcpy(text + i, "dkim", 4);
	memcpy(text + sizeof(text) - 9, "@example", 9);
	assert_false(ses_diagnostic_has(text, "dkim"));
	assert_in_range(clock() - begin, 0, CLOCKS_PER_SEC);
	assert_true(ses_diagnostic_has("<dkim@a.example> dkim@b.example dkim", "dkim"));
}

static void assert_inner(const char *diagnostic, const char *wanted)
{
	size_t length = 0;
	const char *inner = ses_diagnostic_inner(diagnostic, &length);

	if (wanted == NULL) {
		assert_null(inner);
		return;
	}
	assert_non_null(inner);
	assert_int_equal(length, strlen(wanted));
	assert_memory_equal(inner, wanted, length);
}

static void the_last_reply_is_found_in_an_expired_message(void **state)
{
	(void) state;
	assert_inner(
		"554 4.4.7 Message expired: unable.<421 4.7.0 wait>", "421 4.7.0 wait");
	assert_inner("message expired <421 <ann@example.net> wait>",
		"421 <ann@example.net> wait");
	assert_inner("Message expired <421 cut of", "421 cut of");
}

static void without_an_expired_message_nothing_is_inside(void **state)
{
	(void) state;
	assert_inner(NULL, NULL);
	assert_inner("", NULL);
	assert_inner("550 <ann@example.net> unknown", NULL);
	assert_inner("<421 wait> Message expired", NULL);
	assert_inner("Message expired", NULL);
	assert_inner("Message expired <>", NULL);
	assert_inner("Message expired <", NULL);
}

static void assert_signature(
	const char *status, const char *diagnostic, const char *wanted)
{
	char signature[SES_SIGNATURE_SIZE];

	memset(signature, 'x', sizeof(signature));
	ses_diagnostic_signature(status, diagnostic, signature);
	assert_string_equal(signature, wanted);
}

static void a_signature_keeps_status_and_words_alone(void **state)
{
	(void) state;
	assert_signature("5.1.1", "smtp; 550 5.1.1 <ann@example.net>: User UNKNOWN.",
		"5.1.1 smtp user unknown");
	assert_signature(NULL, "550 5.1.1 no (\"really\")", "5.1.1 no really");
	assert_signature(NULL, "see https://a.example/x for a=b", "see for");
	assert_signature("5.1.1", "", "5.1.1");
	assert_signature(NULL, "  \t\r\n", "");
	assert_signature("5.1.1", NULL, "");
}

static void two_users_of_one_provider_have_one_signature(void **state)
{
	char ann[SES_SIGNATURE_SIZE], robert[SES_SIGNATURE_SIZE];

	(void) state;
	ses_diagnostic_signature("5.1.1",
		"550-5.1.1 The account does not exist. x17-20020a05.123 - gsmtp", ann);
	ses_diagnostic_signature("5.1.1",
		"550-5.1.1 The account does not exist. y9si8231pg.456 - gsmtp", robert);
	assert_string_equal(ann, robert);
	assert_non_null(strstr(ann, "account does not exist"));
	ses_diagnostic_signature(
		"5.1.1", "550 5.1.1 <ann@example.net> no such user", ann);
	ses_diagnostic_signature(
		"5.1.1", "550 5.1.1 <robert@example.net> no such user", robert);
	assert_string_equal(ann, robert);
}

static void replies_that_differ_in_words_or_status_differ_in_signature(void **state)
{
	char one[SES_SIGNATURE_SIZE], other[SES_SIGNATURE_SIZE];

	(void) state;
	ses_diagnostic_signature("5.1.1", "no such user", one);
	ses_diagnostic_signature("5.1.1", "mailbox disabled", other);
	assert_string_not_equal(one, other);
	ses_diagnostic_signature("5.2.1", "no such user", other);
	assert_string_not_equal(one, other);
}

/* 96 bytes count; a word they cut, and half a character, are left out. */
static void a_long_reply_is_cut_between_words(void **state)
{
	char text[400] = "", signature[SES_SIGNATURE_SIZE];

	(void) state;
	for (int i = 0; i < 28; i++)
		strncat(text, "\xc3\xa4\xc3\xb6\xc3\xbc words ", 14);
	for (size_t length = 0; length <= strlen(text); length++) {
		char part[sizeof(text)];

		snprintf(part, sizeof(part), "%.*s", (int) length, text);
		ses_diagnostic_signature(NULL, part, signature);
		assert_in_range(strlen(signature), 0, 96);
		if (length > 110)
			assert_int_equal(strlen(signature), 7 * 13 - 1);
	}
}

static void words_without_end_do_not_overflow(void **state)
{
	char text[600], signature[SES_SIGNATURE_SIZE];

	(void) state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ses_diagnostic_signature("5.7.133", text, signature);
	assert_string_equal(signature, "5.7.133");
	for (size_t i = 1; i < sizeof(text) - 1; i += 2)
		text[i] = ' ';
	ses_diagnostic_signature("5.7.133", text, signature);
	assert_in_range(strlen(signature), 90, SES_SIGNATURE_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_given_status_stands_if_it_says_something),
		cmocka_unit_test(a_vague_or_missing_status_gives_way_to_the_texts),
		cmocka_unit_test(without_a_code_in_the_text_the_vague_one_stays),
		cmocka_unit_test(numbers_that_only_look_like_a_status_are_none),
		cmocka_unit_test(an_address_before_the_status_does_not_hide_it),
		cmocka_unit_test(words_in_an_address_are_not_the_servers),
		cmocka_unit_test(
			a_word_many_times_in_one_address_costs_no_more_than_once),
		cmocka_unit_test(the_last_reply_is_found_in_an_expired_message),
		cmocka_unit_test(without_an_expired_message_nothing_is_inside),
		cmocka_unit_test(a_signature_keeps_status_and_words_alone),
		cmocka_unit_test(two_users_of_one_provider_have_one_signature),
		cmocka_unit_test(
			replies_that_differ_in_words_or_status_differ_in_signature),
		cmocka_unit_test(a_long_reply_is_cut_between_words),
		cmocka_unit_test(words_without_end_do_not_overflow),
	};

	return cmocka_run_group_tests_name("diagnostic", tests, NULL, NULL);
}
