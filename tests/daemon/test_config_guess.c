/* test_config_guess.c - each mistake is told with its line and its remedy. */
#include "daemon/config_guess.h"

#include "tests/daemon/scratch.h"

static bool mistake_is_told(const char *text, const char *line, const char *remedy)
{
	struct report report = {0};
	char place[32];
	bool is_told;

	snprintf(place, sizeof(place), "x.conf:%s: ", line);
	is_told = !config_parse("x.conf", text, strlen(text), &report) &&
		  report.mistakes == 1 && report_has(&report, true, place, remedy);
	if (!is_told)
		print_message("%zu mistakes in: %s\n", report.mistakes, text);
	report_finish(&report);
	return is_told;
}

static const struct {
	const char *text, *line, *remedy;
} mistakes[] = {
	/* sections */
	{"[feedbak]\n", "1", "did you mean [feedback]?"},
	{"\n\n[Sns]\n", "3", "did you mean [sns]?"},
	{"[ sns ]\n", "1", "did you mean [sns]?"},
	{"[suppresion]\nsoft_expiry = 14d\nmore = 1\n", "1",
		"did you mean [suppression]?"},
	{"[alert]\ntype = webhook\n", "1", "such as [alert \"ops\"]"},
	{"[alert ops]\n", "1", "has a name in quotes"},
	{"[alert \"\"]\n", "1", "of 1 to 64 letters"},
	{"[alert \"a b\"]\n", "1", "letters, digits and - _ ."},
	{"[alert \"ops]\n", "1", "has a name in quotes"},
	{"[alert \"o\"x\"]\n", "1", "has a name in quotes"},
	{"[alert "
	 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]\n",
		"1", "of 1 to 64 letters"},
	{"[alrt \"ops\"]\n", "1", "did you mean [alert \"NAME\"]?"},
	{"[alert \"ops\"]\n[alert \"dev\"]\n[alert \"ops\"]\ntype = x\n", "3",
		"stands twice, on line 1 and here; give one of them another name"},
	{"[sns \"x\"]\nmax_age = 1x\n", "1", "write [sns]"},
	{"[postfix]\n", "1", "unknown section [postfix]"},
	{"[webhook \"x\"]\n", "1", "unknown section [webhook \"x\"]"},
	{"[]\n", "1", "unknown section []"},
	{"[sns\ntopic = x\n", "1", "lacks its closing bracket"},
	{"[sns] max_age = 1d\n", "1", "a key stands on a line of its own"},
	{"[snsxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]"
	 "\n",
		"1", "known are [feedback]"},
	/* keys */
	{"listen = 127.0.0.1:1\n", "1", "before the first section"},
	{"[feedback]\nlisten_on = 127.0.0.1:1\n", "2", "did you mean listen?"},
	{"[feedback]\ncertifcate = /x\n", "2", "did you mean certificate?"},
	{"[feedback]\nListen = 127.0.0.1:1\n", "2", "did you mean listen?"},
	{"[sns]\ntopics = x\n", "2", "did you mean topic?"},
	{"[sns]\nkeep_events = 1d\n", "2",
		"did you mean keep_events, which stands in [store]?"},
	{"[admin]\nses_keys_file = /x\n", "2", "unknown key 'ses_keys_file' in [admin]"},
	{"[store]\nzebra = 1\n", "2", "ses-feedbackd.conf(5) lists all keys"},
	{"[store]\n= /x\n", "2", "unknown key ''"},
	{"[sns]\nmax_age\n", "2", "neither [SECTION] nor KEY = VALUE"},
	{"[sns]\nmax_age 30d\n", "2", "neither [SECTION] nor KEY = VALUE"},
	{"[sns]\nconnect_to host:443\n", "2",
		"the = is missing; write connect_to = VALUE"},
	{"[sns]\nmax_age = 1d\n\nmax_age = 2d\n", "4", "on line 2 and here; keep one"},
	/* values */
	{"[sns]\nmax_age =\n", "2", "lacks its value; write a time such as 30s"},
	{"[feedback]\nlisten =\n", "2", "lacks its value; write IP:PORT"},
	{"[feedback]\nlisten = :8443\n", "2", "write IP:PORT such as 127.0.0.1:8443"},
	{"[feedback]\nlisten = 0.0.0.0\n", "2", "write IP:PORT such as"},
	{"[feedback]\nlisten = ::1:8443\n", "2", "write [::1]:8443"},
	{"[feedback]\nlisten = 127.0.0.1:1\nlisten = 127.0.0.1:99999\n", "3",
		"not a port from 0 to 65535"},
	{"[feedback]\nlisten = unix:x.sock\n", "2", "write a path from / on"},
	{"[feedback]\nlisten = hooks.example.com:443\n", "2", "not an IP address"},
	{"[feedback]\npath = sns\n", "2", "such as /sns"},
	{"[feedback]\npath = /healthz\n", "2", "choose another path"},
	{"[feedback]\ncertificate = tls/x.pem\n", "2", "write a path from / on"},
	{"[feedback]\ncertificate = \"/x.pem\"\n", "2", "without quotes"},
	{"[feedback]\nprivate_key = credentials:key\n", "2", "LoadCredential=key"},
	{"[admin]\nlisten = unix:/x.sock\n", "2", "its path belongs to socket"},
	{"[admin]\nlisten = 127.0.0.1:1 127.0.0.1:2\n", "2", "not a"},
	{"[admin]\nsocket = admin.sock\n", "2", "write a path from / on"},
	{"[sns]\ntopic = ses-feedback\n", "2", "arn:aws:sns:REGION:ACCOUNT:NAME"},
	{"[sns]\ntopic = arn:aws:sqs:us-east-1:111122223333:x\n", "2",
		"not an ARN of sns"},
	{"[sns]\ntopic = arn:aws:sns:us-east-1:1111:x\n", "2", "twelve digits"},
	{"[sns]\ntopic = arn:aws:sns:us-east-1:111122223333:x,\n", "2", "name"},
	{"[sns]\nconfirm = yes\n", "2", "neither auto nor manual"},
	{"[sns]\nconnect_to = https://sns.example\n", "2", "write HOST:PORT"},
	{"[sns]\nmax_age = 30 days\n", "2", "such as 30s, 5m, 24h or 7d"},
	{"[sns]\nmax_age = 30\n", "2", "such as 30s, 5m, 24h or 7d"},
	{"[sns]\nmax_age = 0\n", "2", "write a value from 1s to 36525d"},
	{"[sns]\nmax_age = 30d # a month\n", "2", "begins with ' ;'"},
	{"[sns]\ndevelopment = true\n", "2", "neither yes nor no"},
	{"[store]\npath = feedback.db\n", "2", "write a path from / on"},
	{"[reputation]\nverified_domains = a@example.com\n", "2",
		"write the domain alone"},
	{"[reputation]\nverified_domains = *.example.com\n", "2", "write example.com"},
	{"[reputation]\nverified_domains = a.example, b.example\n", "2", "not a domain"},
	{"[reputation]\nverified_addresses = example.com\n", "2", "someone@example.com"},
	{"[reputation]\nrepresentative_days = 0\n", "2", "from 1 to 3650"},
	{"[reputation]\nminimum_sends = -1\n", "2", "digits only"},
	{"[reputation]\nminimum_sends = 1e3\n", "2", "digits only"},
	{"[reputation]\nminimum_sends = 99999999999999999999\n", "2", "digits only"},
	{"[reputation]\nbounce_review = 5\n", "2", "write 5%"},
	{"[reputation]\nbounce_review = 0%\n", "2", "from 0.0001% to 100%"},
	{"[reputation]\nbounce_review = 0.00001%\n", "2", "at most four decimals"},
	{"[suppression]\nsoft_bounces = 3\n", "2", "write for example 3 in 14d"},
	{"[suppression]\nsoft_bounces =\n", "2", "such as 3 in 14d, or never"},
	{"[suppression]\nsoft_bounces = 3in14\n", "2", "write for example 3 in 14d"},
	{"[suppression]\nsoft_bounces = three in 14d\n", "2", "3 in 14d, or never"},
	{"[suppression]\nsoft_bounces = 3 within 14d\n", "2", "3 in 14d, or never"},
	{"[suppression]\nsoft_bounces = 3 in 14 days\n", "2", "3 in 14d, or never"},
	{"[suppression]\nsoft_bounces = 0 in 14d\n", "2",
		"write from 1 to 100 days, or never"},
	{"[suppression]\nsoft_bounces = 101 in 200d\n", "2", "from 1 to 100 days"},
	{"[suppression]\nsoft_bounces = 99999999999 in 14d\n", "2", "3 in 14d, or never"},
	{"[suppression]\nsoft_expiry = never\n", "2", "such as 30s, 5m, 24h or 7d"},
	{"[suppression]\nsoft_expiry = 59m\n", "2", "write a value from 1h"},
	{"[suppression]\nbounce_expiry = 0\n", "2", "write a value from 1h"},
	{"[suppression]\nbounce_expiry = Never\n", "2", "such as 30s, 5m, 24h or 7d"},
	{"[suppression]\nbounce_scope = configuration-set\n", "2",
		"'configuration-set' is not known; write all, account or tenant"},
	{"[suppression]\ncomplaint_scope = stream\n", "2",
		"write all, account, tenant or configuration-set"},
	{"[suppression]\nuncertain_complaints = ALL\n", "2", "write stream, hold or all"},
	{"[suppression]\nsoft_bounce = 3 in 14d\n", "2", "did you mean soft_bounces?"},
	{"[reputation]\nexcludes = refused spam\n", "2",
		"'spam' is not known; write refused, automatic, not-spam or listed"},
	{"[reputation]\nhysteresis = 60%\n", "2", "from 0% to 50%"},
	{"[reputation]\nquota = 200\n", "2", "such as 50000/14"},
	{"[reputation]\nquota = 0/1\n", "2", "is not a quota"},
	{"[reputation]\nquota = 200/1.5\n", "2", "is not a quota"},
	{"[reputation]\nquota = 1111/us-east-1:200/1\n", "2", "twelve digits"},
	{"[reputation]\nquota = 111122223333/nowhere:200/1\n", "2",
		"not a region of AWS"},
	{"[watch]\nrenotify = 30s\n", "2", "from 1m to 365d"},
	{"[watch]\nforecast = 1h\n", "2", "from 1d to 365d"},
	{"[watch]\ndisk_free = 10\n", "2", "write 10%"},
	{"[watch]\nlog = 256\n", "2", "such as 256M"},
	{"[watch]\nlog = 256MB\n", "2", "such as 256M"},
	{"[watch]\nlog = 12K\n", "2", "from 1M to 1024G"},
	{"[watch]\nsenders = caller ip\n", "2",
		"'ip' is not known; write caller, source-ip or from-domain"},
	{"[watch]\nvolume_factor = 1\n", "2", "from 2"},
	{"[watch]\nurl = https://x.example\n", "2", "which stands in [alert]"},
	{"[brake]\nat = pause\n", "2",
		"write off, warning, over-review-limit or over-pause-limit"},
	{"[brake]\ndry_run = true\n", "2", "neither yes nor no"},
	{"[aws]\nendpoint = email.example\n", "2", "begins with http://, https://"},
	{"[alert \"ops\"]\ntype = mail\n", "2",
		"write webhook, slack, email, alertmanager or command"},
	{"[alert \"ops\"]\nurl = ftp://x.example\n", "2", "[alert \"ops\"] url: it is"},
	{"[alert \"ops\"]\nurl = https://\n", "2", "the host is missing"},
	{"[alert \"ops\"]\nurl = https://x.example:0/\n", "2",
		"not a port from 1 to 65535"},
	{"[alert \"ops\"]\nurl = https://x!y.example/\n", "2",
		"neither a name nor an address"},
	{"[alert \"ops\"]\nurl = https://me:secret@x.example/\n", "2",
		"its password into password_file"},
	{"[alert \"ops\"]\nlevels =\n", "2", "lacks its value"},
	{"[alert \"ops\"]\nlevels = critical\n", "2", "write warning, over-review"},
	{"[alert \"ops\"]\nkinds = reputation\n", "2", "known are reputation-level"},
	{"[alert \"ops\"]\nto = <me@example.com>\n", "2", "not an address alone"},
	{"[alert \"ops\"]\ncommand = page-somebody\n", "2", "write a path from / on"},
	{"[alert \"ops\"]\ntimeout = 10m\n", "2", "from 1s to 5m"},
	{"[alert \"ops\"]\nurl = http://a.example\nurl = http://b.example\n", "3",
		"[alert \"ops\"] url is given twice, on line 2 and here"},
	{"[alert \"ops\"]\nurls = http://a.example\n", "2", "did you mean url?"},
	/* bytes */
	{"[store]\npath = /a\x01"
	 "b\n",
		"2", "control character"},
	{"[store]\npath = /a\rkeep_events = 1d\n", "2", "control character"},
	{"[store]\npath = /\xff\n", "2", "not UTF-8"},
};

static void each_mistake_is_told_with_its_line_and_its_remedy(void **state)
{
	size_t failed = 0;

	(void) state;
	assert_true(COUNT(mistakes) > 40);
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		if (!mistake_is_told(
			    mistakes[i].text, mistakes[i].line, mistakes[i].remedy))
			failed++;
	}
	assert_int_equal(failed, 0);
}

static void all_mistakes_of_a_file_are_told_in_order(void **state)
{
	static const char text[] = "[feedbak]\nlisten = nowhere\n[sns]\nmax_age = x\n"
				   "topik = y\n[store]\npath = z\nnonsense\n";
	static const unsigned lines[] = {1, 4, 5, 7, 8};
	struct report report = {0};

	(void) state;
	assert_null(config_parse("x.conf", text, strlen(text), &report));
	assert_int_equal(report.mistakes, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++) {
		char place[32];

		snprintf(place, sizeof(place), "x.conf:%u: ", lines[i]);
		assert_memory_equal(report.lines[i].text, place, strlen(place));
	}
	report_finish(&report);
}

static void a_nul_byte_is_a_mistake_and_hides_nothing(void **state)
{
	static const char text[] = "[store]\npath = /a\0b\nkeep_events = x\n";
	struct report report = {0};

	(void) state;
	assert_null(config_parse("x.conf", text, sizeof(text) - 1, &report));
	assert_true(report_has(&report, true, "x.conf:2:", "NUL byte"));
	assert_true(report_has(&report, true, "x.conf:3:", "keep_events"));
	report_finish(&report);
}

static void a_file_of_mistakes_is_reported_up_to_a_bound(void **state)
{
	char text[8 + 4 * 2 * REPORT_LINES_MAX + 1] = "[store]\n";
	struct report report = {0};

	(void) state;
	for (int i = 0; i < 2 * REPORT_LINES_MAX; i++)
		memcpy(text + 8 + 4 * i, "x=y\n", 5);
	assert_null(config_parse("x.conf", text, strlen(text), &report));
	assert_int_equal(report.mistakes, 2 * REPORT_LINES_MAX);
	assert_int_equal(report.count, REPORT_LINES_MAX);
	report_finish(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_is_told_with_its_line_and_its_remedy),
		cmocka_unit_test(all_mistakes_of_a_file_are_told_in_order),
		cmocka_unit_test(a_nul_byte_is_a_mistake_and_hides_nothing),
		cmocka_unit_test(a_file_of_mistakes_is_reported_up_to_a_bound),
	};

	unsetenv("CREDENTIALS_DIRECTORY");
	return cmocka_run_group_tests_name("config_guess", tests, NULL, NULL);
}
