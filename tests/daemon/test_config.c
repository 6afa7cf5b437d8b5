/* test_config.c - every key is read, every default holds, and libinih's traps. */
#include "daemon/config.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "daemon/values.h"
#include "tests/daemon/scratch.h"

#define TOPIC "arn:aws:sns:us-east-1:111122223333:ses-feedback"
#define OTHER_TOPIC "arn:aws:sns:eu-west-1:111122223333:other"

static void the_defaults_are_those_that_are_promised(void **state)
{
	struct config *config = parsed("");
	const struct ses_reputation_settings *reputation = &config->rules.reputation;
	const struct ses_suppression_policy *policy = &config->rules.suppression;

	(void) state;
	assert_int_equal(config->feedback.listen.count, 1);
	assert_string_equal(config->feedback.listen.items[0], "0.0.0.0:8443");
	assert_null(config->feedback.certificate);
	assert_null(config->feedback.private_key);
	assert_null(config->feedback.credentials_file);
	assert_string_equal(config->feedback.path, "/sns");
	assert_string_equal(config->admin.socket, "/run/ses-feedbackd/admin.sock");
	assert_string_equal(config->admin.listen, "127.0.0.1:8480");
	assert_string_equal(config->admin.tokens_file, "/etc/ses-feedbackd/tokens");
	assert_int_equal(config->sns.topic.count, 0);
	assert_true(config->rules.confirm_automatically);
	assert_string_equal(
		config->sns.certificates, "/var/lib/ses-feedbackd/certificates");
	assert_null(config->sns.ca_file);
	assert_null(config->sns.connect_to);
	assert_int_equal(config->sns.max_age_ms, 30 * DAY_MS);
	assert_false(config->rules.development);
	assert_string_equal(config->store.path, "/var/lib/ses-feedbackd/feedback.db");
	assert_int_equal(config->store.keep_events_ms, 400 * DAY_MS);
	assert_int_equal(config->reputation.verified_domains.count, 0);
	assert_int_equal(config->reputation.verified_addresses.count, 0);
	assert_int_equal(config->reputation.reporting_domains.count, 0);
	assert_int_equal(reputation->representative_sends, 10000);
	assert_int_equal(reputation->representative_days, 7);
	assert_int_equal(reputation->minimum_sends, 500);
	assert_int_equal(reputation->minimum_complaints, 3);
	assert_int_equal(reputation->warning_at, 800000);
	assert_int_equal(reputation->bounce_review, 50000);
	assert_int_equal(reputation->bounce_pause, 100000);
	assert_int_equal(reputation->complaint_review, 1000);
	assert_int_equal(reputation->complaint_pause, 5000);
	assert_int_equal(reputation->excludes, SES_EXCLUDE_ALL);
	assert_int_equal(reputation->hysteresis, 100000);
	assert_int_equal(config->reputation.quotas.count, 0);
	assert_int_equal(config->alert_count, 0);
	assert_int_equal(config->brake_at, 0);
	assert_true(config->rules.brake.streams);
	assert_false(config->rules.brake.calls_ses);
	assert_true(config->rules.brake.dry_run);
	assert_null(config->aws.credentials_file);
	assert_string_equal(config->aws.profile, "default");
	assert_null(config->aws.endpoint);
	assert_null(config->aws.ca_file);
	/* Field by field: there is padding between them. */
	assert_int_equal(policy->soft_days, 3);
	assert_int_equal(policy->soft_window_ms, 14 * DAY_MS);
	assert_int_equal(policy->soft_expiry_ms, 14 * DAY_MS);
	assert_int_equal(policy->soft_expiry_max_ms, 180 * DAY_MS);
	assert_int_equal(policy->bounce_expiry_ms, 0);
	assert_int_equal(policy->complaint_expiry_ms, 0);
	assert_int_equal(policy->quarantine_expiry_ms, 7 * DAY_MS);
	assert_int_equal(policy->bounce_scope, SES_SCOPE_ALL);
	assert_int_equal(policy->complaint_scope, SES_SCOPE_ALL);
	assert_int_equal(policy->uncertain, SES_UNCERTAIN_STREAM);
	config_release(config);
}

static void the_defaults_of_the_policy_are_those_of_the_pure_half(void **state)
{
	const struct ses_suppression_policy *standard = &ses_suppression_standard;
	struct config *config = parsed("");
	const struct ses_suppression_policy *policy = &config->rules.suppression;

	(void) state;
	assert_int_equal(policy->soft_days, standard->soft_days);
	assert_int_equal(policy->soft_window_ms, standard->soft_window_ms);
	assert_int_equal(policy->soft_expiry_ms, standard->soft_expiry_ms);
	assert_int_equal(policy->soft_expiry_max_ms, standard->soft_expiry_max_ms);
	assert_int_equal(policy->bounce_expiry_ms, standard->bounce_expiry_ms);
	assert_int_equal(policy->complaint_expiry_ms, standard->complaint_expiry_ms);
	assert_int_equal(policy->quarantine_expiry_ms, standard->quarantine_expiry_ms);
	assert_int_equal(policy->bounce_scope, standard->bounce_scope);
	assert_int_equal(policy->complaint_scope, standard->complaint_scope);
	assert_int_equal(policy->uncertain, standard->uncertain);
	config_release(config);
}

static void what_is_watched_for_by_default_is_what_the_pure_half_says(void **state)
{
	struct config *config = parsed("");
	const struct ses_watch_settings *watch = &config->rules.watch;
	struct ses_watch_settings standard;
	struct ses_reputation_settings reputation;

	(void) state;
	ses_watch_defaults(&standard);
	assert_int_equal(watch->renotify_ms, standard.renotify_ms);
	assert_int_equal(watch->forecast_ms, standard.forecast_ms);
	assert_int_equal(watch->stream_minimum, standard.stream_minimum);
	assert_int_equal(watch->no_events_ms, standard.no_events_ms);
	assert_int_equal(watch->pending_ms, standard.pending_ms);
	assert_int_equal(watch->tls_expiry_ms, standard.tls_expiry_ms);
	assert_int_equal(watch->disk_free, standard.disk_free);
	assert_int_equal(watch->log_bytes, standard.log_bytes);
	assert_int_equal(watch->quota_at, standard.quota_at);
	assert_int_equal(watch->blocked_minimum, standard.blocked_minimum);
	assert_int_equal(watch->blocked_rate, standard.blocked_rate);
	assert_int_equal(watch->senders, standard.senders);
	assert_int_equal(watch->learning_ms, standard.learning_ms);
	assert_int_equal(watch->volume_factor, standard.volume_factor);
	assert_int_equal(watch->volume_minimum, standard.volume_minimum);
	ses_reputation_defaults(&reputation);
	assert_int_equal(config->rules.reputation.excludes, reputation.excludes);
	assert_int_equal(config->rules.reputation.hysteresis, reputation.hysteresis);
	config_release(config);
}

static void every_key_is_read(void **state)
{
	static const char text[] = "[feedback]\n"
				   "listen = 127.0.0.1:1 [::1]:2\n"
				   "listen = unix:/run/sns.sock\n"
				   "certificate = /c\n"
				   "private_key = /k\n"
				   "credentials_file = /f\n"
				   "path = /hook\n"
				   "[admin]\n"
				   "socket = /run/a.sock\n"
				   "listen = 127.0.0.1:3\n"
				   "tokens_file = /t\n"
				   "[sns]\n"
				   "topic = " TOPIC "\n"
				   "topic = " OTHER_TOPIC "\n"
				   "confirm = manual\n"
				   "certificates = /certificates\n"
				   "ca_file = /ca\n"
				   "connect_to = host.example:443\n"
				   "max_age = 36h\n"
				   "development = yes\n"
				   "[store]\n"
				   "path = /db\n"
				   "keep_events = 90d\n"
				   "[reputation]\n"
				   "verified_domains = Example.com example.org\n"
				   "verified_addresses = Me@Example.net\n"
				   "representative_sends = 1\n"
				   "representative_days = 2\n"
				   "minimum_sends = 3\n"
				   "minimum_complaints = 4\n"
				   "warning_at = 50%\n"
				   "bounce_review = 1%\n"
				   "bounce_pause = 2%\n"
				   "complaint_review = 0.01%\n"
				   "complaint_pause = 0.02%\n"
				   "reporting_domains = mail.example\n"
				   "excludes = listed refused\n"
				   "hysteresis = 0%\n"
				   "quota = 200/1 111122223333/us-east-1:50000/14\n"
				   "[watch]\n"
				   "renotify = never\n"
				   "forecast = 2d\n"
				   "stream_minimum = 3\n"
				   "no_events = 6h\n"
				   "pending = 4m\n"
				   "tls_expiry = 5d\n"
				   "disk_free = never\n"
				   "log = 7G\n"
				   "quota_at = 8%\n"
				   "blocked_minimum = 9\n"
				   "blocked_rate = 10%\n"
				   "senders = from-domain\n"
				   "learning = 11d\n"
				   "volume_factor = never\n"
				   "volume_minimum = 12\n"
				   "[alert \"ops\"]\n"
				   "type = email\n"
				   "url = smtp://mail.example:587\n"
				   "secret_file = /s\n"
				   "levels = recovered warning\n"
				   "kinds = brake quota\n"
				   "from = Me@Example.com\n"
				   "to = a@example.com b@example.com\n"
				   "user = me\n"
				   "password_file = /p\n"
				   "starttls = no\n"
				   "ca_file = /ca\n"
				   "command = /bin/true --a  b\n"
				   "timeout = 13s\n"
				   "[brake]\n"
				   "at = over-review-limit\n"
				   "streams = no\n"
				   "call_ses = yes\n"
				   "dry_run = no\n"
				   "[aws]\n"
				   "credentials_file = /a\n"
				   "profile = mail\n"
				   "endpoint = http://127.0.0.1:1\n"
				   "ca_file = /b\n"
				   "[suppression]\n"
				   "soft_bounces = 2 in 10d\n"
				   "soft_expiry = 3d\n"
				   "soft_expiry_max = 30d\n"
				   "bounce_expiry = 365d\n"
				   "complaint_expiry = never\n"
				   "quarantine_expiry = 36h\n"
				   "bounce_scope = account\n"
				   "complaint_scope = configuration-set\n"
				   "uncertain_complaints = hold\n";
	struct config *config = parsed(text);
	const struct ses_reputation_settings *reputation = &config->rules.reputation;
	const struct ses_suppression_policy *policy = &config->rules.suppression;
	const struct ses_watch_settings *watch = &config->rules.watch;

	(void) state;
	for (size_t i = 0; i < config_key_count(); i++) {
		if (config->lines[i] == 0)
			fail_msg("%s is not in this test", config_key_at(i)->name);
	}
	assert_int_equal(config->feedback.listen.count, 3);
	assert_string_equal(config->feedback.listen.items[1], "[::1]:2");
	assert_int_equal(config->feedback.listen.lines[1], 2);
	assert_int_equal(config->feedback.listen.lines[2], 3);
	assert_string_equal(config->feedback.certificate, "/c");
	assert_string_equal(config->feedback.private_key, "/k");
	assert_string_equal(config->feedback.credentials_file, "/f");
	assert_string_equal(config->feedback.path, "/hook");
	assert_string_equal(config->admin.socket, "/run/a.sock");
	assert_string_equal(config->admin.listen, "127.0.0.1:3");
	assert_string_equal(config->admin.tokens_file, "/t");
	assert_int_equal(config->sns.topic.count, 2);
	assert_string_equal(config->sns.topic.items[1], OTHER_TOPIC);
	assert_false(config->rules.confirm_automatically);
	assert_string_equal(config->sns.certificates, "/certificates");
	assert_string_equal(config->sns.ca_file, "/ca");
	assert_string_equal(config->sns.connect_to, "host.example:443");
	assert_int_equal(config->sns.max_age_ms, 36 * HOUR_MS);
	assert_true(config->rules.development);
	assert_string_equal(config->store.path, "/db");
	assert_int_equal(config->store.keep_events_ms, 90 * DAY_MS);
	assert_int_equal(config->reputation.verified_domains.count, 2);
	assert_string_equal(config->reputation.verified_domains.items[0], "example.com");
	assert_string_equal(
		config->reputation.verified_addresses.items[0], "me@example.net");
	assert_string_equal(
		config->reputation.reporting_domains.items[0], "mail.example");
	assert_int_equal(reputation->representative_sends, 1);
	assert_int_equal(reputation->representative_days, 2);
	assert_int_equal(reputation->minimum_sends, 3);
	assert_int_equal(reputation->minimum_complaints, 4);
	assert_int_equal(reputation->warning_at, 500000);
	assert_int_equal(reputation->bounce_review, 10000);
	assert_int_equal(reputation->bounce_pause, 20000);
	assert_int_equal(reputation->complaint_review, 100);
	assert_int_equal(reputation->complaint_pause, 200);
	assert_int_equal(reputation->excludes, SES_EXCLUDE_LISTED | SES_EXCLUDE_REFUSED);
	assert_int_equal(reputation->hysteresis, 0);
	assert_int_equal(config->reputation.quotas.count, 2);
	assert_int_equal(watch->renotify_ms, 0);
	assert_int_equal(watch->forecast_ms, 2 * DAY_MS);
	assert_int_equal(watch->stream_minimum, 3);
	assert_int_equal(watch->no_events_ms, 6 * HOUR_MS);
	assert_int_equal(watch->pending_ms, 4 * MINUTE_MS);
	assert_int_equal(watch->tls_expiry_ms, 5 * DAY_MS);
	assert_int_equal(watch->disk_free, 0);
	assert_int_equal(watch->log_bytes, (int64_t) 7 << 30);
	assert_int_equal(watch->quota_at, 80000);
	assert_int_equal(watch->blocked_minimum, 9);
	assert_int_equal(watch->blocked_rate, 100000);
	assert_int_equal(watch->senders, SES_SENDER_FROM_DOMAIN);
	assert_int_equal(watch->learning_ms, 11 * DAY_MS);
	assert_int_equal(watch->volume_factor, 0);
	assert_int_equal(watch->volume_minimum, 12);
	assert_int_equal(config->alert_count, 1);
	assert_string_equal(config->alerts[0].name, "ops");
	assert_int_equal(config->alerts[0].type, WEB_CHANNEL_EMAIL);
	assert_string_equal(config->alerts[0].from, "Me@Example.com");
	assert_int_equal(config->alerts[0].to.count, 2);
	assert_int_equal(config->alerts[0].timeout_ms, 13 * SECOND_MS);
	assert_false(config->alerts[0].starttls);
	assert_int_equal(config->brake_at, 2);
	assert_false(config->rules.brake.streams);
	assert_true(config->rules.brake.calls_ses);
	assert_false(config->rules.brake.dry_run);
	assert_string_equal(config->aws.credentials_file, "/a");
	assert_string_equal(config->aws.profile, "mail");
	assert_string_equal(config->aws.endpoint, "http://127.0.0.1:1");
	assert_string_equal(config->aws.ca_file, "/b");
	assert_int_equal(policy->soft_days, 2);
	assert_int_equal(policy->soft_window_ms, 10 * DAY_MS);
	assert_int_equal(policy->soft_expiry_ms, 3 * DAY_MS);
	assert_int_equal(policy->soft_expiry_max_ms, 30 * DAY_MS);
	assert_int_equal(policy->bounce_expiry_ms, 365 * DAY_MS);
	assert_int_equal(policy->complaint_expiry_ms, 0);
	assert_int_equal(policy->quarantine_expiry_ms, 36 * HOUR_MS);
	assert_int_equal(policy->bounce_scope, SES_SCOPE_ACCOUNT);
	assert_int_equal(policy->complaint_scope, SES_SCOPE_CONFIGURATION_SET);
	assert_int_equal(policy->uncertain, SES_UNCERTAIN_HOLD);
	config_release(config);
}

static void each_word_of_the_policy_has_its_meaning(void **state)
{
	static const struct {
		const char *text;
		enum ses_scope_choice bounce, complaint;
		enum ses_uncertain uncertain;
		int64_t days;
	} table[] = {
		{"soft_bounces = never\nbounce_scope = all\ncomplaint_scope = account\n"
		 "uncertain_complaints = all\n",
			SES_SCOPE_ALL, SES_SCOPE_ACCOUNT, SES_UNCERTAIN_ALL, 0},
		{"soft_bounces = 1  in  1d\nbounce_scope = tenant\ncomplaint_scope = "
		 "tenant\n"
		 "uncertain_complaints = stream\n",
			SES_SCOPE_TENANT, SES_SCOPE_TENANT, SES_UNCERTAIN_STREAM, 1},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char text[300];
		struct config *config;
		const struct ses_suppression_policy *policy;

		snprintf(text, sizeof(text), "[suppression]\n%s", table[i].text);
		config = parsed(text);
		policy = &config->rules.suppression;
		assert_int_equal(policy->soft_days, table[i].days);
		assert_int_equal(policy->soft_window_ms, table[i].days * DAY_MS);
		assert_int_equal(policy->bounce_scope, table[i].bounce);
		assert_int_equal(policy->complaint_scope, table[i].complaint);
		assert_int_equal(policy->uncertain, table[i].uncertain);
		config_release(config);
	}
}

static void a_policy_is_read_out_of_a_configuration(void **state)
{
	static const char fine[] = "[suppression]\nsoft_bounces = 5 in 20d\n";
	static const char other[] = "[feedback]\nlisten = 0.0.0.0:8443\n";
	static const char wrong[] = "[suppression]\nsoft_expiry = x\n[sns]\nbad = 1\n";
	static const char odd[] = "[suppression]\nsoft_bounces = 5 in 4d\n";
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct error error;

	(void) state;
	assert_true(config_read_policy(fine, strlen(fine), &policy, &error));
	assert_int_equal(policy.soft_days, 5);
	assert_int_equal(policy.bounce_expiry_ms, 0);
	/* What would be no good to start with is no matter here. */
	assert_true(config_read_policy(other, strlen(other), &policy, &error));
	assert_int_equal(policy.soft_days, 3);
	policy.soft_days = 77;
	assert_false(config_read_policy(wrong, strlen(wrong), &policy, &error));
	assert_non_null(strstr(error.text, "configuration:2: [suppression] soft_expiry"));
	assert_non_null(strstr(error.text, "configuration:4: unknown key 'bad'"));
	assert_false(config_read_policy(odd, strlen(odd), &policy, &error));
	assert_non_null(strstr(error.text, "configuration:2: [suppression]"));
	assert_int_equal(policy.soft_days, 77);
}

static void the_keys_of_later_versions_are_not_in_the_table(void **state)
{
	(void) state;
	assert_null(config_key_find("admin", "ses_keys_file"));
	assert_false(config_section_is("postfix", strlen("postfix")));
}

static void every_key_has_all_that_the_manual_needs(void **state)
{
	(void) state;
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);

		assert_true(config_section_is(key->section, strlen(key->section)));
		assert_ptr_equal(config_key_find(key->section, key->name), key);
		assert_true(strlen(key->sentence) > 10);
		assert_int_equal(key->sentence[strlen(key->sentence) - 1], '.');
		/* What has no default must show what a value looks like. */
		assert_true(key->standard[0] != '\0' || key->example);
		assert_true(key->standard[0] != '\0' || key->can_be_empty);
		assert_non_null(config_kind_words(key->kind));
	}
}

static void an_empty_value_means_none(void **state)
{
	struct config *config = parsed("[admin]\nsocket =\nlisten = ; not over TCP\n"
				       "tokens_file =\n[sns]\ntopic =\nca_file =\n");

	(void) state;
	assert_null(config->admin.socket);
	assert_null(config->admin.listen);
	assert_null(config->admin.tokens_file);
	assert_int_equal(config->sns.topic.count, 0);
	config_release(config);
}

static void a_line_of_thousands_of_bytes_is_one_line(void **state)
{
	struct config *config;
	struct buffer text;

	(void) state;
	buffer_init(&text, 1 << 20);
	buffer_append_text(&text, "[sns]\n; ");
	for (int i = 0; i < 5000; i++)
		buffer_append_text(&text, "x");
	buffer_append_text(&text, "\n[reputation]\nverified_domains =");
	for (int i = 0; i < 3000; i++)
		buffer_format(&text, " d%d.example", i);
	buffer_append_text(&text, "\nminimum_sends = 7\n");
	config = parsed_of_length(text.bytes, text.length);
	assert_int_equal(config->reputation.verified_domains.count, 3000);
	assert_string_equal(
		config->reputation.verified_domains.items[2999], "d2999.example");
	assert_int_equal(config_line(config, "reputation", "verified_domains"), 4);
	assert_int_equal(config_line(config, "reputation", "minimum_sends"), 5);
	assert_int_equal(config->rules.reputation.minimum_sends, 7);
	config_release(config);
	buffer_finish(&text);
}

static void a_line_past_the_limit_is_a_mistake_and_not_cut(void **state)
{
	struct report report = {0};
	struct buffer text;

	(void) state;
	buffer_init(&text, 1 << 20);
	buffer_append_text(&text, "[reputation]\nverified_domains =");
	while (text.length < 70000)
		buffer_append_text(&text, " example.com");
	buffer_append_text(&text, "\nminimum_sends = x\n");
	assert_null(config_parse("x.conf", text.bytes, text.length, &report));
	assert_int_equal(report.mistakes, 2);
	assert_true(report_has(&report, true, "x.conf:2:", "longer than 65533 bytes"));
	assert_true(report_has(&report, true, "x.conf:3:", "minimum_sends"));
	report_finish(&report);
	buffer_finish(&text);
}

static void an_indented_key_is_a_key_of_its_own(void **state)
{
	struct config *config = parsed("[sns]\n\ttopic = " TOPIC "\n"
				       "    max_age = 1d\n\tconfirm = manual\n");

	(void) state;
	assert_int_equal(config->sns.topic.count, 1);
	assert_int_equal(config->sns.max_age_ms, DAY_MS);
	assert_false(config->rules.confirm_automatically);
	config_release(config);
}

static void comments_behind_values_begin_with_blank_and_semicolon(void **state)
{
	struct config *config = parsed("# one\n; two\n  ; three\n[store] ; four\n"
				       "path = /a;b ; five\nkeep_events = 1d\t; six\n");

	(void) state;
	assert_string_equal(config->store.path, "/a;b");
	assert_int_equal(config->store.keep_events_ms, DAY_MS);
	config_release(config);
}

static void a_byte_order_mark_and_crlf_change_nothing(void **state)
{
	struct config *config = parsed("\xef\xbb\xbf[store]\r\npath = /db\r\n\r\n"
				       "[sns]\r\nmax_age = 1h\r\n");

	(void) state;
	assert_string_equal(config->store.path, "/db");
	assert_int_equal(config_line(config, "store", "path"), 2);
	assert_int_equal(config->sns.max_age_ms, HOUR_MS);
	assert_int_equal(config_line(config, "sns", "max_age"), 5);
	config_release(config);
}

static void a_last_line_without_its_end_is_read(void **state)
{
	struct config *config = parsed("[store]\npath = /db");

	(void) state;
	assert_string_equal(config->store.path, "/db");
	config_release(config);
}

static void a_section_may_come_twice_and_a_key_is_still_told_twice(void **state)
{
	static const char text[] =
		"[sns]\nmax_age = 1d\n[store]\n[sns]\nconfirm = auto\nmax_age = 2d\n";
	struct config *config = parsed("[sns]\ntopic = " TOPIC "\n[store]\n[sns]\n"
				       "topic = " OTHER_TOPIC "\n");
	struct report report = {0};

	(void) state;
	assert_int_equal(config->sns.topic.count, 2);
	config_release(config);
	assert_null(config_parse("x.conf", text, strlen(text), &report));
	assert_true(report_has(&report, true, "x.conf:6:", "on line 2 and here"));
	report_finish(&report);
}

static void values_of_a_repeated_key_add_up_and_repeated_values_do_not(void **state)
{
	static const char text[] =
		"[reputation]\nverified_domains = a.example b.example\n"
		"verified_domains = A.example c.example\n";
	struct report report = {0};
	struct config *config = config_parse("x.conf", text, strlen(text), &report);

	(void) state;
	assert_non_null(config);
	assert_int_equal(config->reputation.verified_domains.count, 3);
	assert_true(
		report_has(&report, false, "x.conf:3:", "'A.example' is listed twice"));
	report_finish(&report);
	config_release(config);
}

static void the_last_owner_frees_on_release(void **state)
{
	struct config *config = parsed("");

	(void) state;
	assert_ptr_equal(config_hold(config), config);
	config_release(config);
	assert_string_equal(config->file, "x.conf");
	web_rules_release(&config->rules); /* the sanitizer sees whether all is gone */
	config_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_those_that_are_promised),
		cmocka_unit_test(the_defaults_of_the_policy_are_those_of_the_pure_half),
		cmocka_unit_test(
			what_is_watched_for_by_default_is_what_the_pure_half_says),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(each_word_of_the_policy_has_its_meaning),
		cmocka_unit_test(a_policy_is_read_out_of_a_configuration),
		cmocka_unit_test(the_keys_of_later_versions_are_not_in_the_table),
		cmocka_unit_test(every_key_has_all_that_the_manual_needs),
		cmocka_unit_test(an_empty_value_means_none),
		cmocka_unit_test(a_line_of_thousands_of_bytes_is_one_line),
		cmocka_unit_test(a_line_past_the_limit_is_a_mistake_and_not_cut),
		cmocka_unit_test(an_indented_key_is_a_key_of_its_own),
		cmocka_unit_test(comments_behind_values_begin_with_blank_and_semicolon),
		cmocka_unit_test(a_byte_order_mark_and_crlf_change_nothing),
		cmocka_unit_test(a_last_line_without_its_end_is_read),
		cmocka_unit_test(a_section_may_come_twice_and_a_key_is_still_told_twice),
		cmocka_unit_test(
			values_of_a_repeated_key_add_up_and_repeated_values_do_not),
		cmocka_unit_test(the_last_owner_frees_on_release),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
