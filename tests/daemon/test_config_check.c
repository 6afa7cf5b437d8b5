/* test_config_check.c - what one key alone can't say, and the files a configuration
 * names. */
#include "daemon/config_check.h"

#include "base/publickey.h"
#include "tests/daemon/scratch.h"

#define TOPIC "topic = arn:aws:sns:us-east-1:111122223333:ses-feedback\n"
#define LOCAL "[feedback]\nlisten = 127.0.0.1:0\n"
#define NO_TOKENS "[admin]\ntokens_file =\n"

static const struct {
	const char *text, *place, *remedy;
} mistakes[] = {
	{"", "x.conf: ", "the default 0.0.0.0:8443 can be reached from other hosts"},
	{"[feedback]\nlisten = 127.0.0.1:1\nlisten = [::]:1\n", "x.conf:3: ",
		"set certificate and private_key, or listen on 127.0.0.1:PORT"},
	{LOCAL "certificate = $/certificate\n", "x.conf:3: ", "give both or neither"},
	{LOCAL "private_key = $/key\n", "x.conf:3: ", "give both or neither"},
	{LOCAL "certificate = $/absent\nprivate_key = $/key\n",
		"x.conf:3: ", "absent: No such file or directory"},
	{LOCAL "certificate = $\nprivate_key = $/key\n",
		"x.conf:3: ", "not a regular file"},
	{LOCAL "certificate = $/key\nprivate_key = $/key\n",
		"x.conf:3: ", "holds no -----BEGIN CERTIFICATE-----"},
	{LOCAL "certificate = $/certificate\nprivate_key = $/certificate\n",
		"x.conf:4: ", "holds no PRIVATE KEY-----"},
	{LOCAL "certificate = $/certificate\nprivate_key = $/other-key\n",
		"x.conf:3: ", "other-key"},
	{LOCAL "credentials_file = $/absent\n", "x.conf:3: ", "No such file"},
	{LOCAL "credentials_file = $/empty\n", "empty: ", "holds no line NAME:PASSWORD"},
	{LOCAL "[admin]\ntokens_file = $/absent\n", "x.conf:4: ", "No such file"},
	{LOCAL "[admin]\ntokens_file = $/bad-tokens\n",
		"bad-tokens:1: ", "read, support or write"},
	{LOCAL "[sns]\nca_file = $/empty\n", "x.conf:4: ", "it is to be a PEM file"},
	{LOCAL "[admin]\nlisten = 127.0.0.1:7\n[feedback]\nlisten = 127.0.0.1:7\n",
		"x.conf:6: ", "is the address of [admin] listen too"},
	{LOCAL "[admin]\nsocket = /run/x\n[feedback]\nlisten = unix:/run/x\n",
		"x.conf:6: ", "is the address of [admin] socket too"},
	{LOCAL "[reputation]\nbounce_review = 10%\n",
		"x.conf:4: ", "is to be below bounce_pause (10%)"},
	{LOCAL "[reputation]\nbounce_pause = 4%\n",
		"x.conf:4: ", "bounce_review (5%) is to be below"},
	{LOCAL "[reputation]\ncomplaint_review = 0.5%\ncomplaint_pause = 0.4%\n",
		"x.conf:5: ", "complaint_review (0.5%) is to be below"},
	{LOCAL "[suppression]\nsoft_bounces = 3 in 71h\n", "x.conf:4: ",
		"soft_bounces: 3 different days do not fit in so short a time; write 3 "
		"in 3d at least"},
	{LOCAL "[suppression]\nsoft_expiry = 200d\n", "x.conf:4: ",
		"soft_expiry_max (180d) is below soft_expiry (200d); write 200d or more"},
	{LOCAL "[suppression]\nsoft_expiry = 5d\nsoft_expiry_max = 36h\n",
		"x.conf:5: ", "soft_expiry_max (36h) is below soft_expiry (5d)"},
	{"[store]\nbad = 1\n" LOCAL "certificate = $/absent\n", "x.conf:5: ",
		"No such file"}, /* files are looked at whatever else is wrong */
};

static void each_contradiction_is_told_with_its_line_and_its_remedy(void **state)
{
	size_t failed = 0;

	(void) state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		struct report report = {0};
		struct config *config = scratch_load(mistakes[i].text, &report);

		if (config || !report_has(&report, true, mistakes[i].place,
				      mistakes[i].remedy)) {
			print_message("^ for: %s\n", mistakes[i].text);
			failed++;
		}
		config_release(config);
		report_finish(&report);
	}
	assert_int_equal(failed, 0);
}

static void what_is_unwise_is_a_warning(void **state)
{
	static const struct {
		const char *text, *place, *words;
	} table[] = {
		{LOCAL NO_TOKENS, "x.conf: ", "no message will be accepted"},
		{LOCAL NO_TOKENS "[sns]\n" TOPIC "development = yes\n",
			"x.conf:7: ", "never in production"},
		{LOCAL "[admin]\ntokens_file = $/tokens\nlisten = 0.0.0.0:8480\n",
			"x.conf:5: ", "cross the network unencrypted"},
		{LOCAL NO_TOKENS "socket =\nlisten =\n",
			"x.conf:5: ", "neither socket nor listen"},
		{LOCAL "[admin]\ntokens_file = $/open-tokens\n",
			"open-tokens: ", "chmod o-rwx"},
		{LOCAL "[sns]\n" TOPIC TOPIC, "x.conf:5: ", "is listed twice"},
		{LOCAL NO_TOKENS "[sns]\n" TOPIC "max_age = 1h\n",
			"x.conf:7: ", "refused for good"},
		{LOCAL NO_TOKENS "[sns]\n" TOPIC "max_age = 9d\n[store]\nkeep_events = "
				 "8d\n",
			"x.conf:7: ", "counted twice"},
		{LOCAL NO_TOKENS "[reputation]\nverified_domains = com\n",
			"x.conf:6: ", "has no dot"},
		{LOCAL NO_TOKENS "[suppression]\ncomplaint_scope = configuration-set\n",
			"x.conf:6: ", "may go on blocking the other configuration sets"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct report report = {0};
		struct config *config = scratch_load(table[i].text, &report);

		assert_non_null(config);
		assert_int_equal(report.mistakes, 0);
		assert_true(report_has(&report, false, table[i].place, table[i].words));
		config_release(config);
		report_finish(&report);
	}
}

static void the_rules_hold_all_that_the_doors_need(void **state)
{
	struct report report = {0};
	struct config *config = scratch_load(LOCAL
		"certificate = $/certificate\nprivate_key = $/key\n"
		"credentials_file = $/credentials\npath = /x\n"
		"[admin]\ntokens_file = $/tokens\n[sns]\n" TOPIC
		"connect_to = a.example:1\nmax_age = 3h\nca_file = $/certificate\n"
		"[reputation]\nverified_domains = a.example\n"
		"verified_addresses = A@b.example\nreporting_domains = c.example\n"
		"minimum_sends = 9\n[suppression]\nsoft_bounces = 4 in 8d\n",
		&report);
	const struct web_rules *rules;

	(void) state;
	assert_non_null(config);
	assert_int_equal(report.count, 0);
	rules = &config->rules;
	assert_int_equal(rules->policy.topic_count, 1);
	assert_string_equal(rules->policy.topics[0].region, "us-east-1");
	assert_false(rules->policy.any_topic);
	assert_int_equal(rules->policy.max_age_ms, 3 * HOUR_MS);
	assert_true(rules->confirm_automatically);
	assert_string_equal(rules->feedback_path, "/x");
	assert_non_null(strstr(rules->certificate, "/certificate"));
	assert_non_null(strstr(rules->private_key, "/key"));
	assert_non_null(strstr(rules->ca_file, "/certificate"));
	assert_string_equal(rules->connect_to, "a.example:1");
	assert_int_equal(rules->credential_count, 1);
	assert_string_equal(rules->credentials[0].name_and_password, "sns:secret");
	assert_int_equal(rules->token_count, 1);
	assert_int_equal(rules->judgement.verified_domain_count, 1);
	assert_string_equal(rules->judgement.verified_addresses[0], "a@b.example");
	assert_string_equal(rules->reputation.reporting_domains[0], "c.example");
	assert_int_equal(rules->reputation.minimum_sends, 9);
	assert_int_equal(rules->suppression.soft_days, 4);
	config_release(config);
	report_finish(&report);
}

static void a_credential_is_found_where_systemd_puts_it(void **state)
{
	struct report report = {0};
	struct config *config;

	(void) state;
	setenv("CREDENTIALS_DIRECTORY", scratch_folder, 1);
	config = scratch_load(LOCAL "certificate = certificate\n"
				    "private_key = credentials:key\n" NO_TOKENS,
		&report);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_non_null(config);
	assert_string_equal(config->rules.private_key, scratch_path("key"));
	assert_string_equal(config->rules.certificate, scratch_path("certificate"));
	config_release(config);
	report_finish(&report);
}

static void a_file_that_is_absent_is_told_and_how_to_begin(void **state)
{
	struct report report = {0};

	(void) state;
	assert_null(config_load(scratch_path("absent.conf"), &report));
	assert_true(report_has(&report, true, "absent.conf", "No such file"));
	report_finish(&report);
	if (access(CONFIG_FILE_STANDARD, F_OK) == 0)
		return;
	assert_null(config_load(CONFIG_FILE_STANDARD, &report));
	assert_true(report_has(&report, true, CONFIG_FILE_STANDARD, "--print-example"));
	report_finish(&report);
}

static void folders_that_are_missing_are_told_before_anything_starts(void **state)
{
	struct report report = {0};
	struct config *config =
		scratch_load("[feedback]\nlisten = unix:$/no/sns.sock\n"
			     "[admin]\nsocket = $/no/a.sock\ntokens_file =\n"
			     "[sns]\n" TOPIC "certificates = $/no/such/folder\n"
			     "[store]\npath = $/key/feedback.db\n",
			&report);

	(void) state;
	assert_non_null(config);
	assert_int_equal(report.mistakes, 0);
	assert_false(config_check_folders(config, &report));
	assert_int_equal(report.mistakes, 4);
	assert_true(
		report_has(&report, true, "x.conf:2: [feedback] listen", "create it"));
	assert_true(report_has(&report, true, "x.conf:4: [admin] socket", "create it"));
	assert_true(report_has(&report, true, "x.conf:8: [sns] certificates", "such"));
	assert_true(report_has(&report, true, "x.conf:10: [store] path", "is no folder"));
	config_release(config);
	report_finish(&report);

	config = scratch_load(LOCAL "[admin]\nsocket = $/a.sock\ntokens_file =\n"
				    "[sns]\n" TOPIC "certificates = $/certificates\n"
				    "[store]\npath = $/feedback.db\n",
		&report);
	assert_true(config_check_folders(config, &report));
	assert_int_equal(report.count, 0);
	config_release(config);
	report_finish(&report);
}

/* A chain and its key, under NAME and KEY_NAME. */
static int write_identity(const char *name, const char *key_name)
{
	struct private_key *key = private_key_generate(2048, NULL);
	char *pem = key ? private_key_print(key) : NULL;
	char *certificate =
		key ? private_key_certify(key, "localhost", clock_now() - DAY_MS,
			      clock_now() + DAY_MS, NULL)
		    : NULL;
	bool is_made = pem && certificate;

	if (is_made) {
		scratch_write(name, certificate);
		scratch_write(key_name, pem);
	}
	free(pem);
	free(certificate);
	private_key_free(key);
	return is_made ? 0 : -1;
}

static int set_up(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	unsetenv("CREDENTIALS_DIRECTORY");
	if (write_identity("certificate", "key") != 0 ||
		write_identity("other-certificate", "other-key") != 0)
		return -1;
	scratch_write("empty", "");
	scratch_write("credentials", "sns:secret\n");
	scratch_write("bad-tokens", "name admin 00\n");
	scratch_write("tokens", "monitor read "
				"00112233445566778899aabbccddeeff"
				"00112233445566778899aabbccddeeff\n");
	scratch_write("open-tokens", "");
	return chmod(scratch_path("open-tokens"), 0644);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_contradiction_is_told_with_its_line_and_its_remedy),
		cmocka_unit_test(what_is_unwise_is_a_warning),
		cmocka_unit_test(the_rules_hold_all_that_the_doors_need),
		cmocka_unit_test(a_credential_is_found_where_systemd_puts_it),
		cmocka_unit_test(a_file_that_is_absent_is_told_and_how_to_begin),
		cmocka_unit_test(
			folders_that_are_missing_are_told_before_anything_starts),
	};

	return cmocka_run_group_tests_name("config_check", tests, set_up, scratch_remove);
}
