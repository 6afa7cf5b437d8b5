/* test_config_alerts.c - who is told, the brake and AWS, as the doors get them. */
#include "daemon/config_alerts.h"

#include "tests/daemon/scratch.h"

#define LOCAL                                                                            \
	"[feedback]\nlisten = 127.0.0.1:0\n[admin]\ntokens_file =\n[sns]\n"              \
	"topic = arn:aws:sns:us-east-1:111122223333:x\n"
#define OPS LOCAL "[alert \"ops\"]\n"
#define SECRET "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
#define OLD_SECRET "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"

/* Line 7 is the section, 8 what follows it. */
static const struct {
	const char *text, *place, *remedy;
} mistakes[] = {
	{OPS, "x.conf:7: ", "[alert \"ops\"] url: is missing; a webhook needs it"},
	{OPS "type = command\n", "x.conf:7: ", "command: is missing"},
	{OPS "type = command\ncommand = /bin/true\nurl = http://x\n",
		"x.conf:10: ", "a command has none; remove the line"},
	{OPS "url = smtp://x\n", "x.conf:8: ", "smtp:// is for email"},
	{OPS "url = http://x\nfrom = a@x.example\n", "x.conf:9: ", "a webhook has none"},
	{OPS "url = http://x\nstarttls = no\n", "x.conf:9: ", "a webhook has none"},
	{OPS "type = slack\nurl = http://x\nsecret_file = $/secret\n",
		"x.conf:10: ", "slack has none"},
	{OPS "url = http://x\nuser = me\n", "x.conf:9: ", "no password_file beside it"},
	{OPS "url = http://x\npassword_file = $/password\n",
		"x.conf:9: ", "no user beside it"},
	{OPS "type = email\nurl = smtp://x\nto = a@x.example\n",
		"x.conf:7: ", "from: is missing"},
	{OPS "type = email\nurl = smtp://x\nfrom = a@x.example\n",
		"x.conf:7: ", "to: is missing"},
	{OPS "type = email\nurl = https://x\nfrom = a@x.example\nto = a@x.example\n",
		"x.conf:9: ", "smtp://mail.example.com:587"},
	{OPS "type = email\nurl = smtps://x\nfrom = a@x.example\nto = a@x.example\n"
	     "starttls = yes\n",
		"x.conf:12: ", "encrypted from its first byte"},
	{OPS "url = http://x\nsecret_file = $/absent\n", "x.conf:9: ", "No such file"},
	{OPS "url = http://x\nsecret_file = $/empty\n", "empty: ", "holds no secret"},
	{OPS "url = http://x\nsecret_file = $/plain\n", "plain:1: ", "openssl rand"},
	{OPS "url = http://x\nuser = a\npassword_file = $/empty\n",
		"empty:1: ", "the password on the first line"},
	{OPS "url = http://x\nca_file = $/secret\n", "x.conf:9: ", "a PEM file"},
	{LOCAL "[reputation]\nquota = 1/1\nquota = 2/2\n",
		"x.conf:9: ", "1/1 and 2/2 are for the same account"},
	{LOCAL "[brake]\nat = warning\ndry_run = no\ncall_ses = yes\n",
		"x.conf:10: ", "[aws] credentials_file"},
	{LOCAL "[aws]\nendpoint = smtp://x\n", "x.conf:8: ", "write https://HOST"},
	{LOCAL "[aws]\ncredentials_file = $/absent\n", "x.conf:8: ", "No such file"},
	{LOCAL "[aws]\ncredentials_file = $/keys\nprofile = other\n",
		"keys: ", "has no [other]"},
	{LOCAL "[aws]\ncredentials_file = $/keys\nprofile = half\n",
		"keys: ", "[half] lacks aws_secret_access_key"},
	{LOCAL "[aws]\ncredentials_file = $/keys\nprofile = odd\n",
		"keys:11: ", "aws_secret_access_key: its value is made of letters"},
};

static void each_mistake_is_told_with_its_line_and_its_remedy(void **state)
{
	size_t failed = 0;

	(void) state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		struct report report = {0};
		struct config *config = scratch_load(mistakes[i].text, &report);

		if (config || report.mistakes != 1 ||
			!report_has(
				&report, true, mistakes[i].place, mistakes[i].remedy)) {
			print_message(
				"^ %zu for: %s\n", report.mistakes, mistakes[i].text);
			failed++;
		}
		for (size_t j = 0; j < report.count; j++)
			assert_null(strstr(report.lines[j].text, "s3cr3t"));
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
		{OPS "url = http://x\nsecret_file = $/open-secret\n",
			"open-secret: ", "chmod o-rwx"},
		{OPS "url = http://x.example\nuser = me\npassword_file = $/password\n",
			"x.conf:9: ", "cross the network unencrypted"},
		{OPS "type = email\nurl = smtp://x.example\nfrom = a@x.example\n"
		     "to = a@x.example\nuser = me\npassword_file = $/password\n"
		     "starttls = no\n",
			"x.conf:12: ", "better leave starttls = yes"},
		{OPS "type = command\ncommand = /no/such/page --high\n", "x.conf:9: ",
			"/no/such/page: No such file or directory; put an executable"},
		{LOCAL "[brake]\nat = warning\ncall_ses = yes\n",
			"x.conf:9: ", "no keys to call SES with yet"},
		{LOCAL "[aws]\ncredentials_file = $/open-keys\n",
			"open-keys: ", "chmod o-rwx"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct report report = {0};
		struct config *config = scratch_load(table[i].text, &report);

		assert_non_null(config);
		assert_int_equal(report.count, 1);
		assert_true(report_has(&report, false, table[i].place, table[i].words));
		config_release(config);
		report_finish(&report);
	}
}

static void a_webhook_gets_all_that_it_needs(void **state)
{
	struct report report = {0};
	struct config *config =
		scratch_load(OPS "url = https://hooks.example.com/a?b=c\n"
				 "secret_file = $/secret\nlevels = recovered warning\n"
				 "kinds = brake quota\ntimeout = 3s\n"
				 "[alert \"second.one_-\"]\ntype = command\n"
				 "command = /bin/sh  -c\tx\n",
			&report);
	const struct web_channel *channel;

	(void) state;
	assert_non_null(config);
	assert_int_equal(report.count, 0);
	assert_int_equal(config->rules.channel_count, 2);
	channel = &config->rules.channels[0];
	assert_string_equal(channel->name, "ops");
	assert_int_equal(channel->type, WEB_CHANNEL_WEBHOOK);
	assert_string_equal(channel->url, "https://hooks.example.com/a?b=c");
	assert_string_equal(channel->secret, SECRET);
	assert_string_equal(channel->old_secrets[0], OLD_SECRET);
	assert_null(channel->old_secrets[1]);
	assert_int_equal(channel->levels, WEB_LEVEL_RECOVERED | 1u << SES_LEVEL_WARNING);
	assert_string_equal(channel->kinds[1], "quota");
	assert_null(channel->kinds[2]);
	assert_null(channel->user);
	assert_null(channel->to);
	assert_null(channel->command);
	assert_int_equal(channel->timeout_ms, 3 * SECOND_MS);
	channel = &config->rules.channels[1];
	assert_string_equal(channel->name, "second.one_-");
	assert_int_equal(channel->type, WEB_CHANNEL_COMMAND);
	assert_null(channel->url);
	assert_null(channel->secret);
	assert_null(channel->old_secrets);
	assert_null(channel->kinds);
	assert_string_equal(channel->command[0], "/bin/sh");
	assert_string_equal(channel->command[1], "-c");
	assert_string_equal(channel->command[2], "x");
	assert_null(channel->command[3]);
	assert_int_equal(channel->timeout_ms, 10 * SECOND_MS);
	assert_int_equal(channel->levels, WEB_LEVEL_RECOVERED | 1u << SES_LEVEL_WARNING |
						  1u << SES_LEVEL_OVER_REVIEW_LIMIT |
						  1u << SES_LEVEL_OVER_PAUSE_LIMIT);
	config_release(config);
}

static void an_email_is_encrypted_unless_it_is_said_otherwise(void **state)
{
	static const struct {
		const char *text;
		bool starttls;
	} table[] = {
		{"url = smtp://x.example:587\n", true},
		{"url = smtp://x.example:587\nstarttls = no\n", false},
		{"url = smtps://x.example\n", false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct report report = {0};
		const struct web_channel *channel;
		struct config *config;
		char text[500];

		snprintf(text, sizeof(text),
			OPS "type = email\nfrom = A@x.example\nto = b@x.example "
			    "c@x.example\n%s",
			table[i].text);
		config = scratch_load(text, &report);
		assert_non_null(config);
		assert_int_equal(report.count, 0);
		channel = &config->rules.channels[0];
		assert_int_equal(channel->starttls, table[i].starttls);
		assert_string_equal(channel->from, "A@x.example");
		assert_string_equal(channel->to[1], "c@x.example");
		assert_null(channel->to[2]);
		config_release(config);
	}
}

static void a_password_is_the_first_line_as_it_stands(void **state)
{
	struct report report = {0};
	struct config *config = scratch_load(OPS
		"url = http://127.0.0.1\nuser = me\npassword_file = $/password\n",
		&report);

	(void) state;
	assert_non_null(config);
	assert_int_equal(report.count, 0);
	assert_string_equal(config->rules.channels[0].password, "# s3cr3t ");
	config_release(config);
}

static void a_name_of_64_letters_is_not_cut(void **state)
{
	static const char name[] = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
				   "ffffffffff1234";
	struct config *config;
	char text[200];

	(void) state;
	snprintf(text, sizeof(text), "[alert \"%s\"] ; one\ntimeout = 1s\n", name);
	config = parsed(text);
	assert_int_equal(config->alert_count, 1);
	assert_string_equal(config->alerts[0].name, name);
	assert_int_equal(config->alerts[0].timeout_ms, SECOND_MS);
	config_release(config);
}

static void the_keys_of_a_section_stay_in_it(void **state)
{
	struct config *config = parsed("[alert \"a\"]\nurl = http://a\ntimeout = 1s\n"
				       "[sns]\nmax_age = 3d\n"
				       "[alert \"b\"]\nurl = http://b\n");

	(void) state;
	assert_int_equal(config->alert_count, 2);
	assert_string_equal(config->alerts[0].url, "http://a");
	assert_int_equal(config->alerts[0].timeout_ms, SECOND_MS);
	assert_string_equal(config->alerts[1].url, "http://b");
	assert_int_equal(config->alerts[1].timeout_ms, 10 * SECOND_MS);
	assert_int_equal(config->sns.max_age_ms, 3 * DAY_MS);
	config_release(config);
}

static void quotas_and_the_brake_reach_the_rules(void **state)
{
	struct report report = {0};
	struct config *config = scratch_load(LOCAL
		"[reputation]\nquota = 200/1 111122223333/eu-west-1:50000/14\n"
		"[brake]\nat = over-review-limit\ncall_ses = yes\ndry_run = no\n"
		"[aws]\ncredentials_file = $/keys\nprofile = mail\n"
		"endpoint = http://127.0.0.1:9\n",
		&report);
	const struct ses_reputation_settings *reputation;

	(void) state;
	assert_non_null(config);
	assert_int_equal(report.count, 0);
	reputation = &config->rules.reputation;
	assert_int_equal(reputation->quota_count, 2);
	assert_null(reputation->quotas[0].account);
	assert_null(reputation->quotas[0].region);
	assert_int_equal(reputation->quotas[0].daily, 200);
	assert_int_equal(reputation->quotas[0].rate, 1);
	assert_string_equal(reputation->quotas[1].account, "111122223333");
	assert_string_equal(reputation->quotas[1].region, "eu-west-1");
	assert_int_equal(reputation->quotas[1].daily, 50000);
	assert_int_equal(config->rules.brake.at, SES_LEVEL_OVER_REVIEW_LIMIT);
	assert_true(config->rules.brake.calls_ses);
	assert_false(config->rules.brake.dry_run);
	assert_string_equal(config->rules.aws.access_key, "AKIDMAIL");
	assert_string_equal(config->rules.aws.secret_key, "se/cr+et=");
	assert_string_equal(config->rules.aws.session_token, "tok+en/==");
	assert_string_equal(config->rules.aws.endpoint, "http://127.0.0.1:9");
	assert_null(config->rules.aws.ca_file);
	config_release(config);
}

static void each_level_of_the_brake_is_that_level(void **state)
{
	static const struct {
		const char *text;
		enum ses_level level;
	} table[] = {
		{LOCAL, SES_LEVEL_OK},
		{LOCAL "[brake]\nat = off\n", SES_LEVEL_OK},
		{LOCAL "[brake]\nat = warning\n", SES_LEVEL_WARNING},
		{LOCAL "[brake]\nat = over-review-limit\n", SES_LEVEL_OVER_REVIEW_LIMIT},
		{LOCAL "[brake]\nat = over-pause-limit\n", SES_LEVEL_OVER_PAUSE_LIMIT},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct report report = {0};
		struct config *config = scratch_load(table[i].text, &report);

		assert_non_null(config);
		assert_int_equal(config->rules.brake.at, table[i].level);
		config_release(config);
	}
}

static void keys_of_aws_may_stand_in_the_environment(void **state)
{
	static const char text[] =
		LOCAL "[brake]\nat = warning\ndry_run = no\ncall_ses = yes\n";
	struct report report = {0};
	struct config *config;

	(void) state;
	setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
	config = scratch_load(text, &report);
	assert_null(config);
	assert_true(report_has(&report, true, "AWS_ACCESS_KEY_ID", "set both"));
	report_finish(&report);
	setenv("AWS_SECRET_ACCESS_KEY", "other", 1);
	config = scratch_load(text, &report);
	assert_non_null(config);
	assert_int_equal(report.count, 0);
	assert_string_equal(config->rules.aws.access_key, "AKIDENV");
	assert_string_equal(config->rules.aws.secret_key, "other");
	assert_null(config->rules.aws.session_token);
	config_release(config);
	/* Nobody who calls nothing is bothered by them. */
	setenv("AWS_SECRET_ACCESS_KEY", "b a d", 1);
	config = scratch_load(LOCAL, &report);
	assert_non_null(config);
	assert_null(config->rules.aws.access_key);
	config_release(config);
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
}

static int set_up(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	unsetenv("AWS_SESSION_TOKEN");
	scratch_write("empty", "");
	scratch_write("plain", "s3cr3t\n");
	scratch_write("secret", SECRET "\n\n" OLD_SECRET "\n");
	scratch_write("password", "# s3cr3t \nmore\n");
	scratch_write("keys", "# of ours\n[default]\naws_access_key_id = AKIDDEFAULT\n"
			      "aws_secret_access_key = other\nregion = eu-west-1\n"
			      "[half]\naws_access_key_id = AKIDHALF\n\n"
			      "[odd]\naws_access_key_id = AKIDODD\n"
			      "aws_secret_access_key = \"s3cr3t\"\n"
			      "[mail]\naws_access_key_id=AKIDMAIL\n"
			      "aws_secret_access_key =se/cr+et=\r\n"
			      "aws_session_token  =  tok+en/== \n");
	scratch_write("open-keys",
		"[default]\naws_access_key_id = A\naws_secret_access_key = b\n");
	if (chmod(scratch_path("open-keys"), 0644) != 0)
		return -1;
	scratch_write("open-secret", SECRET "\n");
	return chmod(scratch_path("open-secret"), 0644);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_is_told_with_its_line_and_its_remedy),
		cmocka_unit_test(what_is_unwise_is_a_warning),
		cmocka_unit_test(a_webhook_gets_all_that_it_needs),
		cmocka_unit_test(an_email_is_encrypted_unless_it_is_said_otherwise),
		cmocka_unit_test(a_password_is_the_first_line_as_it_stands),
		cmocka_unit_test(a_name_of_64_letters_is_not_cut),
		cmocka_unit_test(the_keys_of_a_section_stay_in_it),
		cmocka_unit_test(quotas_and_the_brake_reach_the_rules),
		cmocka_unit_test(each_level_of_the_brake_is_that_level),
		cmocka_unit_test(keys_of_aws_may_stand_in_the_environment),
	};

	return cmocka_run_group_tests_name(
		"config_alerts", tests, set_up, scratch_remove);
}
