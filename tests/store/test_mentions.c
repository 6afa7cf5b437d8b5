/* test_mentions.c - whether a text names an address. */
#include "store/mentions.h"

#include "tests/store/support.h"

static void a_text_names_an_address_or_another_one(void **state)
{
	static const struct {
		const char *text;
		bool names;
	} rows[] = {
		{"al@ex.org", true},
		{"AL@Ex.ORG", true},
		{"to al@ex.org now", true},
		{"<al@ex.org>", true},
		{"\"al@ex.org\"", true},
		{"'al@ex.org'", true},
		{"rfc822;al@ex.org", true},
		{"mailto:al@ex.org", true},
		{"to=al@ex.org,", true},
		{"ends with al@ex.org.", true},
		{"ends with al@ex.org. And", true},
		{"a line\\nal@ex.org\\nnext", true},
		{"\\u003cal@ex.org\\u003e", true},
		{"bal@ex.org, al@ex.organ, al@ex.org", true},
		{"", false},
		{"@", false},
		{"l@ex.org", false},
		{"al@ex.or", false},
		{"al@ex.org.uk", false},
		{"al@ex.organ", false},
		{"al@ex.org-x.net", false},
		{"sal@ex.org", false},
		{"s.al@ex.org", false},
		{"s_al@ex.org", false},
		{"s-al@ex.org", false},
		{"s+al@ex.org", false},
		{"\xc3\xa4"
		 "al@ex.org",
			false},
		{"nal@ex.org", false},
		{"x003cal@ex.org", false},
		{"al@sub.ex.org", false},
		{"@al@ex.or", false},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (mentions(rows[i].text, strlen(rows[i].text), "al@ex.org") !=
			rows[i].names)
			fail_msg("\"%s\"", rows[i].text);
}

static void bytes_beyond_the_length_are_not_looked_at(void **state)
{
	static const char text[] = "al@ex.org.uk";

	(void) state;
	assert_false(mentions(text, 8, "al@ex.org"));
	assert_true(mentions(text, 9, "al@ex.org"));
	assert_true(mentions(text, 10, "al@ex.org"));
	assert_false(mentions(text, 12, "al@ex.org"));
}

static void a_domain_or_no_address_is_never_named(void **state)
{
	(void) state;
	assert_false(mentions("al@ex.org", 9, "@ex.org"));
	assert_false(mentions("al@ex.org", 9, "al"));
	assert_false(mentions("al@ex.org", 9, ""));
	assert_true(mentions("\"a@b\"@ex.org", 12, "\"a@b\"@ex.org"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_names_an_address_or_another_one),
		cmocka_unit_test(bytes_beyond_the_length_are_not_looked_at),
		cmocka_unit_test(a_domain_or_no_address_is_never_named),
	};

	return cmocka_run_group_tests_name("mentions", tests, NULL, NULL);
}
