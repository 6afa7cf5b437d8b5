/* test_provider.c - who runs the mailboxes of a domain. */
#include "tests/ses/sample.h"

#include "ses/provider.h"

static void consumer_domains_have_their_provider(void **state)
{
	static const struct {
		const char *domain, *provider;
	} cases[] = {
		{"gmail.com", "google"},
		{"googlemail.com", "google"},
		{"outlook.com", "microsoft"},
		{"hotmail.co.uk", "microsoft"},
		{"live.nl", "microsoft"},
		{"msn.com", "microsoft"},
		{"yahoo.co.jp", "yahoo"},
		{"aol.com", "yahoo"},
		{"icloud.com", "apple"},
		{"me.com", "apple"},
		{"gmx.net", "united-internet"},
		{"proton.me", "proton"},
		{"mail.ru", "mail.ru"},
		{"qq.com", "tencent"},
		{"docomo.ne.jp", "docomo"},
		{"ezweb.ne.jp", "au"},
		{"softbank.ne.jp", "softbank"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
			ses_provider_of(cases[i].domain, NULL), cases[i].provider);
}

static void a_reply_tells_who_runs_a_hosted_domain(void **state)
{
	static const struct {
		const char *reply, *provider;
	} cases[] = {
		{"550-5.1.1 no. x17si1 - GSMTP", "google"},
		{"550 5.4.1 no [AM0.prod.protection.outlook.com]", "microsoft"},
		{"550 no [AM0P191MB0001.EURP191.PROD.OUTLOOK.COM]", "microsoft"},
		{"554 no, mta1001.mail.yahoodns.net", "yahoo"},
		{"550 no, mx0a-001.pphosted.com", "proofpoint"},
		{"550 see https://community.mimecast.com", "mimecast"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(ses_provider_of("shop.example", cases[i].reply),
			cases[i].provider);
}

static void a_consumer_domain_outranks_what_the_reply_says(void **state)
{
	(void) state;
	assert_string_equal(ses_provider_of("gmail.com", "550 mimecast"), "google");
}

static void any_other_domain_is_its_own_provider(void **state)
{
	static const char *const domains[] = {"example.com", "notgmail.com",
		"gmail.com.evil", "mail.gmail.com", "myyahoo.example", "outlook", ""};

	(void) state;
	for (size_t i = 0; i < COUNT(domains); i++) {
		assert_ptr_equal(ses_provider_of(domains[i], NULL), domains[i]);
		assert_ptr_equal(
			ses_provider_of(domains[i], "550 user unknown"), domains[i]);
	}
}

/* Whoever is in the address the reply repeats does not run the domain. */
static void an_address_in_the_reply_is_no_provider(void **state)
{
	static const char domain[] = "shop.example";

	(void) state;
	assert_ptr_equal(
		ses_provider_of(domain, "550 <bob@icloud.com>: user unknown"), domain);
	assert_ptr_equal(
		ses_provider_of(domain, "550 mimecast.fan@shop.example no"), domain);
	assert_string_equal(
		ses_provider_of(domain, "550 <gsmtp@shop.example> no - gsmtp"), "google");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consumer_domains_have_their_provider),
		cmocka_unit_test(a_reply_tells_who_runs_a_hosted_domain),
		cmocka_unit_test(a_consumer_domain_outranks_what_the_reply_says),
		cmocka_unit_test(any_other_domain_is_its_own_provider),
		cmocka_unit_test(an_address_in_the_reply_is_no_provider),
	};

	return cmocka_run_group_tests_name("provider", tests, NULL, NULL);
}
