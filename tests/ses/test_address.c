/* test_address.c - one spelling per mailbox. */
#include "tests/ses/sample.h"

#include "ses/address.h"
#include "ses/folding.h"

struct spelling {
	const char *text, *normal;
};

static void check_spellings(const struct spelling *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char normal[SES_ADDRESS_MAX], again[SES_ADDRESS_MAX];

		if (!ses_address_normalise(cases[i].text, strlen(cases[i].text), normal))
			fail_msg("refused: %s", cases[i].text);
		assert_string_equal(normal, cases[i].normal);
		assert_true(ses_address_normalise(normal, strlen(normal), again));
		assert_string_equal(again, normal);
	}
}

static void plain_addresses_are_lower_cased_and_keep_their_label(void **state)
{
	static const struct spelling cases[] = {
		{"ann@example.com", "ann@example.com"},
		{"Ann@Example.COM", "ann@example.com"},
		{"Ann+News@example.com", "ann+news@example.com"},
		{"o'neill@example.com", "o'neill@example.com"},
		{"a/b=c%d@example.com", "a/b=c%d@example.com"},
		{"a..b.@example.ne.jp", "a..b.@example.ne.jp"},
		{"ann@example.com.", "ann@example.com"},
		{"ann@example.com..", "ann@example.com"},
		{"ann@[192.0.2.1]", "ann@[192.0.2.1]"},
		{"ann@[IPv6:2001:DB8::1]", "ann@[ipv6:2001:db8::1]"},
		{"ann@localhost", "ann@localhost"},
		/* What libidn2 refuses, and real domains have. */
		{"a@R3---sn-abc.example", "a@r3---sn-abc.example"},
		{"a@XN--zz.example", "a@xn--zz.example"},
		{"a@-x.example", "a@-x.example"},
		{"a@under_score.example", "a@under_score.example"},
	};

	(void) state;
	check_spellings(cases, COUNT(cases));
}

static void names_brackets_comments_and_white_space_are_removed(void **state)
{
	static const struct spelling cases[] = {
		{"  ann@example.com\t\r\n", "ann@example.com"},
		{"\v\f ann@example.com \f\v", "ann@example.com"},
		{"<ann@example.com>", "ann@example.com"},
		{"< ann@example.com >", "ann@example.com"},
		{"<<ann@example.com>>", "ann@example.com"},
		{"Ann <ann@example.com>", "ann@example.com"},
		{"Ann<ann@example.com>", "ann@example.com"},
		{"\"Ann\" <Ann@example.com>", "ann@example.com"},
		{"\"Ann, B. <x@y>\" <ann@example.com>", "ann@example.com"},
		{"\"Ann \\\" >\" <ann@example.com>", "ann@example.com"},
		{"\"Ann <ann@example.com>", "ann@example.com"},
		{"ann@elsewhere.example <ann@example.com>", "ann@example.com"},
		{"J\xc3\xbcrgen <j@example.com>", "j@example.com"},
		{"Damaged \xef\xbf\xbd\x01 <ann@example.com>", "ann@example.com"},
		{"=?utf-8?q?Ann?= <ann@example.com>", "ann@example.com"},
		{"ann@example.com (Ann)", "ann@example.com"},
		{"(a (nested) one) ann@example.com (Ann) (B)", "ann@example.com"},
		{"Ann <ann@example.com> (work)", "ann@example.com"},
	};

	(void) state;
	check_spellings(cases, COUNT(cases));
}

static void quoted_local_parts_keep_their_quotes(void **state)
{
	static const struct spelling cases[] = {
		{"\"Ann B\"@Example.com", "\"ann b\"@example.com"},
		{"\"a@b\"@example.com", "\"a@b\"@example.com"},
		{"\"a<b>c\"@example.com", "\"a<b>c\"@example.com"},
		{"\"a\\\"b\"@example.com", "\"a\\\"b\"@example.com"},
		{"Ann <\"ann b\"@example.com>", "\"ann b\"@example.com"},
	};

	(void) state;
	check_spellings(cases, COUNT(cases));
}

static void of_several_ats_the_last_one_counts(void **state)
{
	static const struct spelling cases[] = {
		{"a@b@Example.com", "a@b@example.com"},
		{"@@example.com", "@@example.com"},
	};

	(void) state;
	check_spellings(cases, COUNT(cases));
	assert_string_equal(ses_address_domain("a@b@example.com"), "example.com");
	assert_string_equal(ses_address_domain("\"a@b\"@example.com"), "example.com");
	assert_string_equal(ses_address_domain(""), "");
}

static void letters_beyond_ascii_have_one_spelling(void **state)
{
	static const struct spelling cases[] = {
		{"a@M\xc3\xbcnchen.example", "a@xn--mnchen-3ya.example"},
		{"a@M\xc3\x9cNCHEN.Example", "a@xn--mnchen-3ya.example"},
		{"a@xn--mnchen-3ya.EXAMPLE", "a@xn--mnchen-3ya.example"},
		{"a@stra\xc3\x9f"
		 "e.example",
			"a@xn--strae-oqa.example"},
		{"a@\xe4\xbe\x8b\xe3\x80\x82\xe4\xbe\x8b\xe3\x80\x82",
			"a@xn--fsq.xn--fsq"},
		{"J\xc3\x9cRGEN@example.com", "j\xc3\xbcrgen@example.com"},
		{"\xce\x91\xce\xa9@example.com", "\xce\xb1\xcf\x89@example.com"},
		{"\xd0\x98\xd0\xaf@example.com", "\xd0\xb8\xd1\x8f@example.com"},
		{"\xe4\xbe\x8b@example.com", "\xe4\xbe\x8b@example.com"},
		{"\xf0\x9f\x93\xac@example.com", "\xf0\x9f\x93\xac@example.com"},
		/* libidn2 refuses an emoji of a newer Unicode, or a label too long: the
		 * address stays. */
		{"a@\xc3\x9c\xef\xb8\x8f-\xe2\x80\x8d.example",
			"a@\xc3\xbc\xef\xb8\x8f-\xe2\x80\x8d.example"},
	};

	(void) state;
	check_spellings(cases, COUNT(cases));
}

static void no_other_letter_becomes_an_ascii_one(void **state)
{
	char normal[SES_ADDRESS_MAX];
	const char *kelvin = "\xe2\x84\xaa@example.com", *dotted = "\xc4\xb0@example.com";

	(void) state;
	assert_true(ses_address_normalise(kelvin, strlen(kelvin), normal));
	assert_string_equal(normal, kelvin);
	assert_true(ses_address_normalise(dotted, strlen(dotted), normal));
	assert_string_equal(normal, dotted);
	for (uint32_t letter = 0x80; letter < 0x110000; letter++) {
		uint32_t small = ses_letter_to_lower(letter);

		assert_true(small >= 0x80 && small < 0x110000);
		assert_true(small < 0xd800 || small > 0xdfff || small == letter);
		assert_int_equal(ses_letter_to_lower(small), small);
	}
}

/* Full width @ and blanks would become ASCII ones, and the address another one. */
static void mapping_a_domain_cannot_break_the_address(void **state)
{
	static const char *const texts[] = {"a@b\xef\xbc\xa0"
					    "c.example",
		"a@b\xef\xbc\x8c"
		"c.example"};

	(void) state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char normal[SES_ADDRESS_MAX];

		assert_true(ses_address_normalise(texts[i], strlen(texts[i]), normal));
		assert_string_equal(normal, texts[i]);
	}
}

static void what_is_no_address_gives_an_empty_normal_form(void **state)
{
	static const char *const texts[] = {"", " ", "ann", "@", "@example.com", "ann@",
		"ann@.", "ann@ ", "ann example.com", "ann b@example.com",
		"ann@exa mple.com", "ann@example.com bob@example.com",
		"ann@example.com,bob@example.com", "ann@example.com;bob@example.com",
		"a,b@example.com", "ann@example.com\x01", "a\x7f@example.com",
		"a\tb@example.com", "\"a\tb\"@example.com", "a@b\nc.example",
		"<ann@example.com", "ann@example.com>", "Ann >ann@example.com<",
		"<ann@example.com> bob", "<>", "Ann <>", "\"ann@example.com\"",
		"\"ann\"b@example.com", "\"\"@example.com", "\"ann@example.com",
		"a\"b@example.com", "(ann@example.com)", "(ann@example.com",
		"ann@example.com)", "ann(x)@example.com",
		"a\xc2\xa0"
		"b@example.com",
		"a\xc2\x85@example.com", "a\xef\xbf\xbd@example.com",
		"a@\xef\xbf\xbd.example",
		"a@b\xe3\x80\x80"
		"c.example",
		"\xff@example.com", "a@\xc3.example", "\xed\xa0\x80@example.com"};

	(void) state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char normal[SES_ADDRESS_MAX] = "before";

		if (ses_address_normalise(texts[i], strlen(texts[i]), normal))
			fail_msg("accepted: %s as %s", texts[i], normal);
		assert_string_equal(normal, "");
	}
}

static void a_nul_byte_is_no_part_of_an_address(void **state)
{
	char normal[SES_ADDRESS_MAX];

	(void) state;
	assert_false(ses_address_normalise("a\0b@example.com", 15, normal));
	assert_false(ses_address_normalise("ab@example.com\0.evil", 20, normal));
	assert_false(ses_address_normalise(NULL, 0, normal));
}

static void an_address_fills_the_room_there_is_and_no_more(void **state)
{
	char text[2 * SES_ADDRESS_MAX], normal[SES_ADDRESS_MAX];
	size_t longest = SES_ADDRESS_MAX - 1;

	(void) state;
	memset(text, 'A', sizeof(text));
	text[longest - 2] = '@';
	assert_true(ses_address_normalise(text, longest, normal));
	assert_int_equal(strlen(normal), longest);
	assert_false(ses_address_normalise(text, longest + 1, normal));
	assert_string_equal(normal, "");
	assert_false(ses_address_normalise(text, sizeof(text), normal));

	/* Two bytes whose small letter needs three. */
	for (size_t i = 0; i + 4 < longest; i += 2)
		memcpy(text + i, "\xc8\xba", 2);
	text[longest - 3] = '@';
	assert_false(ses_address_normalise(text, longest, normal));

	/* A-labels that outgrow the room. */
	memset(text, 'a', 400);
	text[400] = '@';
	for (size_t i = 0; i < 30; i++)
		memcpy(text + 401 + 3 * i, "\xc3\xbc.", 3);
	assert_false(ses_address_normalise(text, 401 + 90, normal));
	assert_string_equal(normal, "");
	assert_true(ses_address_normalise(text + 300, 101 + 90, normal));
}

static void the_mailbox_simulator_is_known_by_its_domain(void **state)
{
	(void) state;
	assert_true(ses_address_is_simulator("bounce@simulator.amazonses.com"));
	assert_true(ses_address_is_simulator("bounce+label1@simulator.amazonses.com"));
	assert_false(ses_address_is_simulator("bounce@amazonses.com"));
	assert_false(ses_address_is_simulator("bounce@simulator.amazonses.com.example"));
	assert_false(ses_address_is_simulator("bounce@x.simulator.amazonses.com"));
	assert_false(ses_address_is_simulator(""));
}

static void sub_domains_are_within_a_domain(void **state)
{
	static const char *const domains[] = {"example.com", "shop.example.net"};

	(void) state;
	assert_true(ses_domain_is_within("example.com", domains, 2));
	assert_true(ses_domain_is_within("mail.example.com", domains, 2));
	assert_true(ses_domain_is_within("a.shop.example.net", domains, 2));
	assert_false(ses_domain_is_within("badexample.com", domains, 2));
	assert_false(ses_domain_is_within("example.net", domains, 2));
	assert_false(ses_domain_is_within("com", domains, 2));
	assert_false(ses_domain_is_within("", domains, 2));
	assert_false(ses_domain_is_within("example.com", domains, 0));
	assert_false(ses_domain_is_within("example.com", NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_addresses_are_lower_cased_and_keep_their_label),
		cmocka_unit_test(names_brackets_comments_and_white_space_are_removed),
		cmocka_unit_test(quoted_local_parts_keep_their_quotes),
		cmocka_unit_test(of_several_ats_the_last_one_counts),
		cmocka_unit_test(letters_beyond_ascii_have_one_spelling),
		cmocka_unit_test(no_other_letter_becomes_an_ascii_one),
		cmocka_unit_test(mapping_a_domain_cannot_break_the_address),
		cmocka_unit_test(what_is_no_address_gives_an_empty_normal_form),
		cmocka_unit_test(a_nul_byte_is_no_part_of_an_address),
		cmocka_unit_test(an_address_fills_the_room_there_is_and_no_more),
		cmocka_unit_test(the_mailbox_simulator_is_known_by_its_domain),
		cmocka_unit_test(sub_domains_are_within_a_domain),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
