/* test_values.c - how the configuration spells rates, times, addresses and domains. */
#include "daemon/values.h"

#include "base/clock.h"
#include "tests/daemon/scratch.h"

static void rates_are_exact_to_a_part_of_a_million(void **state)
{
	static const struct {
		const char *text;
		ppm rate;
	} table[] = {
		{"5%", 50000},
		{"10%", 100000},
		{"0.1%", 1000},
		{"0.5%", 5000},
		{"80%", 800000},
		{"100%", 1000000},
		{"100.0000%", 1000000},
		{"0%", 0},
		{"0.0001%", 1},
		{"0.29%", 2900}, /* 0.29 * 10000 is 2899.9999999999995 in doubles */
		{"33.3333%", 333333},
		{"007%", 70000},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct error error;
		ppm rate = -1;

		assert_true(value_rate(table[i].text, &rate, &error));
		assert_int_equal(rate, table[i].rate);
	}
}

static void a_threshold_is_days_in_a_time(void **state)
{
	static const struct {
		const char *text;
		int64_t days, window_ms;
	} table[] = {
		{"3 in 14d", 3, 14 * DAY_MS},
		{"1 in 24h", 1, DAY_MS},
		{"3in 14d", 3, 14 * DAY_MS},
		{"12 \tin\t 90d", 12, 90 * DAY_MS},
	};
	static const char *const wrong[] = {"", "3", "in", "3 in", "3 in ", "3 in14d",
		"3 in 14", "-3 in 14d", "3 in 14d ", "3.5 in 14d", "3 of 14d",
		" 3 in 14d"};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct error error;
		int64_t days = -1, window_ms = -1;

		assert_true(value_threshold(table[i].text, &days, &window_ms, &error));
		assert_int_equal(days, table[i].days);
		assert_int_equal(window_ms, table[i].window_ms);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct error error;
		int64_t days = -1, window_ms = -1;

		assert_false(value_threshold(wrong[i], &days, &window_ms, &error));
		assert_non_null(strstr(error.text, "3 in 14d, or never"));
		assert_true(days == -1 && window_ms == -1);
	}
}

static void what_is_no_rate_is_refused_with_the_right_spelling(void **state)
{
	static const struct {
		const char *text, *remedy;
	} table[] = {
		{"5", "write 5%"},
		{"0.1", "write 0.1%"},
		{"", "such as 5%"},
		{"%", "such as 5%"},
		{"five%", "such as 5%"},
		{".5%", "such as 5%"},
		{"5.%", "such as 5%"},
		{"-5%", "such as 5%"},
		{"5 %", "such as 5%"},
		{"5%%", "such as 5%"},
		{"0,1%", "such as 5%"},
		{"0.00001%", "at most four decimals"},
		{"101%", "at most 100%"},
		{"100.0001%", "at most 100%"},
		{"1000000000000000000000%", "such as 5%"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct error error = {""};
		ppm rate = -1;

		assert_false(value_rate(table[i].text, &rate, &error));
		assert_int_equal(rate, -1);
		if (!strstr(error.text, table[i].remedy))
			fail_msg("%s: %s", table[i].text, error.text);
	}
}

static void a_printed_rate_is_read_as_the_same_rate(void **state)
{
	static const ppm rates[] = {
		0, 1, 10, 999, 1000, 2900, 5000, 50000, 800000, 123456, 999999, 1000000};
	char text[VALUE_RATE_SIZE];

	(void) state;
	for (size_t i = 0; i < COUNT(rates); i++) {
		ppm rate = -1;

		value_rate_print(rates[i], text);
		assert_true(value_rate(text, &rate, NULL));
		assert_int_equal(rate, rates[i]);
	}
	value_rate_print(1000, text);
	assert_string_equal(text, "0.1%");
	value_rate_print(50000, text);
	assert_string_equal(text, "5%");
}

static void a_printed_time_has_the_largest_exact_unit(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} table[] = {
		{400 * DAY_MS, "400d"},
		{36 * HOUR_MS, "36h"},
		{90 * SECOND_MS, "90s"},
		{5 * MINUTE_MS, "5m"},
		{SECOND_MS, "1s"},
	};
	char text[VALUE_TIME_SIZE];

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		int64_t read = -1;

		value_time_print(table[i].ms, text);
		assert_string_equal(text, table[i].text);
		assert_true(value_time(text, &read, NULL));
		assert_int_equal(read, table[i].ms);
	}
}

static void addresses_say_whether_other_hosts_reach_them(void **state)
{
	static const struct {
		const char *text;
		bool is_unix, is_loopback;
	} table[] = {
		{"0.0.0.0:8443", false, false},
		{"192.0.2.1:443", false, false},
		{"127.0.0.1:0", false, true},
		{"127.9.9.9:65535", false, true},
		{"localhost:8480", false, true},
		{"[::1]:8443", false, true},
		{"[::]:8443", false, false},
		{"[2001:db8::1]:8443", false, false},
		{"[::ffff:127.0.0.1]:1", false, false},
		{"unix:/run/x.sock", true, true},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct value_address address;
		struct error error = {""};

		if (!value_address(table[i].text, &address, &error))
			fail_msg("%s", error.text);
		assert_int_equal(address.is_unix, table[i].is_unix);
		assert_int_equal(address.is_loopback, table[i].is_loopback);
		assert_int_equal(
			value_tcp_address(table[i].text, &error), !table[i].is_unix);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const table[] = {"", "8443", ":8443", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http",
		"127.0.0.1:000080", "256.0.0.1:80", "1.2.3:80", "example.com:80",
		"::1:8443", "[::1]", "[::1:80", "::1]:80", "[127.0.0.1]:80",
		"[localhost]:80", "[]:80", "*:8443", "unix:", "unix:run/x.sock", "/run/x",
		"unix:/"
		"0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789"};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct value_address address;
		struct error error = {""};

		if (value_address(table[i], &address, &error))
			fail_msg("'%s' was taken", table[i]);
		assert_string_not_equal(error.text, "");
	}
}

static void endpoints_are_a_host_and_a_port(void **state)
{
	static const char *const right[] = {
		"127.0.0.1:1", "vpce-1.example.com:443", "[::1]:4566", "localhost:65535"};
	static const char *const wrong[] = {"example.com", "example.com:0",
		"https://example.com:443", "example.com:443/", "ex ample:1", ":443",
		"[example.com]:443", "::1:443", "user@example.com:443"};
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(right); i++)
		assert_true(value_endpoint(right[i], &error));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (value_endpoint(wrong[i], &error))
			fail_msg("'%s' was taken", wrong[i]);
	}
}

static void paths_of_urls_are_plain(void **state)
{
	static const char *const right[] = {"/", "/sns", "/a/b-c_d.e~1"};
	static const char *const wrong[] = {
		"", "sns", "/sns?x", "/sns#x", "/a%20b", "/a b", "/ä", "/healthz"};
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(right); i++)
		assert_true(value_url_path(right[i], &error));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (value_url_path(wrong[i], &error))
			fail_msg("'%s' was taken", wrong[i]);
	}
}

static void domains_get_the_form_that_addresses_have(void **state)
{
	static const struct {
		const char *text, *normal;
	} right[] = {
		{"example.com", "example.com"},
		{"Example.COM", "example.com"},
		{"example.com.", "example.com"},
		{"bücher.example", "xn--bcher-kva.example"},
		{"r3---sn-abc.example", "r3---sn-abc.example"},
		{"localhost", "localhost"},
	};
	static const char *const wrong[] = {"", "someone@example.com", "*.example.com",
		"@example.com", ".example.com", "example..com", "exa mple.com",
		"example.com/", "<example.com>", "example.com>", "https://example.com",
		"example.com,example.org"};
	char normal[SES_ADDRESS_MAX];
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(right); i++) {
		if (!value_domain(right[i].text, normal, &error))
			fail_msg("%s", error.text);
		assert_string_equal(normal, right[i].normal);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (value_domain(wrong[i], normal, &error))
			fail_msg("'%s' was taken as %s", wrong[i], normal);
	}
}

static void mailboxes_get_their_normal_form(void **state)
{
	char normal[SES_ADDRESS_MAX];
	struct error error;

	(void) state;
	assert_true(value_mailbox("Someone+Tag@Example.COM", normal, &error));
	assert_string_equal(normal, "someone+tag@example.com");
	assert_false(value_mailbox("example.com", normal, &error));
	assert_non_null(strstr(error.text, "someone@example.com"));
}

static void credentials_are_files_in_systemds_folder(void **state)
{
	static const struct {
		const char *text, *path;
	} table[] = {
		{"/etc/x.pem", "/etc/x.pem"},
		{"credentials:x.pem", "/run/credentials/s/x.pem"},
		{"x.pem", "/run/credentials/s/x.pem"},
	};
	static const char *const wrong[] = {"credentials:", "credentials:a/b",
		"credentials:..", "tls/x.pem", "./x.pem", "..", "\"/etc/x.pem\""};
	struct error error;
	char *path;

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_true(
			value_file(table[i].text, "/run/credentials/s", &path, &error));
		assert_string_equal(path, table[i].path);
		free(path);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (value_file(wrong[i], "/run/credentials/s", &path, &error))
			fail_msg("'%s' was taken as %s", wrong[i], path);
	}
	assert_false(value_file("x.pem", NULL, &path, &error));
	assert_non_null(strstr(error.text, "LoadCredential=x.pem"));
	assert_false(value_file("credentials:x.pem", "", &path, &error));
}

static void sizes_are_whole_in_their_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} table[] = {{"256M", (int64_t) 256 << 20}, {"1G", (int64_t) 1 << 30},
		{"12K", 12288}, {"1024M", (int64_t) 1 << 30}};
	static const char *const wrong[] = {"", "M", "256", "256MB", "256m", "-1M",
		"1.5G", " 1M", "1 M", "99999999999G", "999999999999M"};
	char printed[VALUE_SIZE_SIZE];

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		int64_t bytes = -1, again = -1;

		assert_true(value_size(table[i].text, &bytes, NULL));
		assert_int_equal(bytes, table[i].bytes);
		value_size_print(bytes, printed);
		assert_true(value_size(printed, &again, NULL));
		assert_int_equal(again, bytes);
	}
	assert_string_equal(printed, "1G");
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct error error = {""};
		int64_t bytes = 7;

		assert_false(value_size(wrong[i], &bytes, &error));
		assert_int_equal(bytes, 7);
		assert_non_null(strstr(error.text, "such as 256M"));
	}
}

static void quotas_are_of_all_accounts_or_of_one(void **state)
{
	static const char *const wrong[] = {"", "/", "200", "200/", "/1", "0/1", "1/0",
		"-1/1", "200/1/2", "200/1x", ":200/1", "111122223333:200/1",
		"111122223333/:200/1", "11112222333/us-east-1:200/1",
		"111122223333/US-EAST-1:200/1", "111122223333/us-east-1:200"};
	struct value_quota quota;

	(void) state;
	assert_true(value_quota("200/1", &quota, NULL));
	assert_string_equal(quota.account, "");
	assert_string_equal(quota.region, "");
	assert_int_equal(quota.daily, 200);
	assert_int_equal(quota.rate, 1);
	assert_true(value_quota("111122223333/us-gov-west-1:50000/14", &quota, NULL));
	assert_string_equal(quota.account, "111122223333");
	assert_string_equal(quota.region, "us-gov-west-1");
	assert_int_equal(quota.daily, 50000);
	assert_int_equal(quota.rate, 14);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct error error = {""};

		if (value_quota(wrong[i], &quota, &error))
			fail_msg("%s is taken for a quota", wrong[i]);
		assert_non_null(strstr(error.text, "such as 50000/14"));
	}
	assert_int_equal(quota.daily, 50000);
}

static void urls_say_whether_they_lead_to_this_host(void **state)
{
	static const struct {
		const char *text, *scheme, *host;
		bool is_loopback;
	} table[] = {
		{"https://hooks.example.com/a/b?c=d", "https", "hooks.example.com",
			false},
		{"http://127.0.0.1:9093", "http", "127.0.0.1", true},
		{"http://localhost/", "http", "localhost", true},
		{"smtp://[::1]:25", "smtp", "::1", true},
		{"smtps://[2001:db8::1]", "smtps", "2001:db8::1", false},
		{"http://127.0.0.1.example", "http", "127.0.0.1.example", false},
	};
	static const char *const wrong[] = {"", "x", "https:", "https://", "ftp://x",
		"HTTPS://x", "https://x y", "https://:1/", "https://x:/", "https://x:0/",
		"https://x:65536/", "https://[::1/", "https://x#y", "https://x/\"y\"",
		"https://u:s3cr3t@x/", "https://s3cr3t@x"};
	struct value_url url;

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_true(value_url(table[i].text, &url, NULL));
		assert_string_equal(url.scheme, table[i].scheme);
		assert_string_equal(url.host, table[i].host);
		assert_int_equal(url.is_loopback, table[i].is_loopback);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct error error = {""};

		if (value_url(wrong[i], &url, &error))
			fail_msg("%s is taken for a URL", wrong[i]);
		assert_true(strlen(error.text) > 20);
		assert_null(strstr(error.text, "s3cr3t"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_exact_to_a_part_of_a_million),
		cmocka_unit_test(a_threshold_is_days_in_a_time),
		cmocka_unit_test(what_is_no_rate_is_refused_with_the_right_spelling),
		cmocka_unit_test(a_printed_rate_is_read_as_the_same_rate),
		cmocka_unit_test(a_printed_time_has_the_largest_exact_unit),
		cmocka_unit_test(sizes_are_whole_in_their_unit),
		cmocka_unit_test(quotas_are_of_all_accounts_or_of_one),
		cmocka_unit_test(urls_say_whether_they_lead_to_this_host),
		cmocka_unit_test(addresses_say_whether_other_hosts_reach_them),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(endpoints_are_a_host_and_a_port),
		cmocka_unit_test(paths_of_urls_are_plain),
		cmocka_unit_test(domains_get_the_form_that_addresses_have),
		cmocka_unit_test(mailboxes_get_their_normal_form),
		cmocka_unit_test(credentials_are_files_in_systemds_folder),
	};

	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
