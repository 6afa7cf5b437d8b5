/* config_keys_watching.c - the keys of what is watched for, who is told, the brake, AWS.
 */
#include <assert.h>

#include "base/clock.h"
#include "daemon/config.h"
#include "daemon/config_keys.h"

#define AT(field) .offset = offsetof(struct config, field)
#define IN_ALERT(field) .offset = offsetof(struct config_alert, field)
#define YEAR_MS (365 * DAY_MS)
#define COUNT_MOST 1000000000
#define MEBIBYTE ((int64_t) 1 << 20)

static const struct config_key keys[] = {
	{"watch", "renotify", CONFIG_TIME, AT(rules.watch.renotify_ms),
		.can_be_never = true, .standard = "24h", .least = MINUTE_MS,
		.most = YEAR_MS,
		.sentence = "An alert that is still on is told again after so long."},
	{"watch", "forecast", CONFIG_TIME, AT(rules.watch.forecast_ms),
		.can_be_never = true, .standard = "3d", .least = DAY_MS, .most = YEAR_MS,
		.sentence =
			"Alert (forecast) when days like the last one with sends would "
			"bring an account to its review limit within so long."},
	{"watch", "stream_minimum", CONFIG_COUNT, AT(rules.watch.stream_minimum),
		.standard = "200", .least = 1, .most = COUNT_MOST,
		.sentence =
			"A stream (a configuration set, an identity, a tag, a tenant) is "
			"judged by itself once so many eligible recipients were sent to "
			"in 24 hours."},
	{"watch", "no_events", CONFIG_TIME, AT(rules.watch.no_events_ms),
		.can_be_never = true, .standard = "never", .least = MINUTE_MS,
		.most = YEAR_MS, .example = "6h",
		.sentence = "Alert (no-events) when nothing at all was heard for so "
			    "long. Set it to more than the longest pause between two "
			    "sends."},
	{"watch", "pending", CONFIG_TIME, AT(rules.watch.pending_ms), .standard = "1h",
		.least = MINUTE_MS, .most = YEAR_MS,
		.sentence = "Alert (subscription-pending) when a subscription waits for "
			    "so long to be confirmed."},
	{"watch", "tls_expiry", CONFIG_TIME, AT(rules.watch.tls_expiry_ms),
		.standard = "14d", .least = HOUR_MS, .most = YEAR_MS,
		.sentence = "Alert (tls-certificate-expiring) when the feedback door's "
			    "certificate ends within so long."},
	{"watch", "disk_free", CONFIG_RATE, AT(rules.watch.disk_free),
		.can_be_never = true, .standard = "10%", .least = 1, .most = PPM_ONE,
		.sentence = "Alert (disk-filling) when less of the store's file system "
			    "is free."},
	{"watch", "log", CONFIG_SIZE, AT(rules.watch.log_bytes), .can_be_never = true,
		.standard = "256M", .least = MEBIBYTE, .most = MEBIBYTE << 20,
		.sentence = "Alert (log-filling) when SQLite's write-ahead log is "
			    "longer: something keeps it from being taken in."},
	{"watch", "quota_at", CONFIG_RATE, AT(rules.watch.quota_at), .can_be_never = true,
		.standard = "80%", .least = 1, .most = PPM_ONE,
		.sentence = "Alert (quota) when so much of the quota of 24 hours is "
			    "used; the quota is what [reputation] quota says."},
	{"watch", "blocked_minimum", CONFIG_COUNT, AT(rules.watch.blocked_minimum),
		.standard = "20", .least = 1, .most = COUNT_MOST,
		.sentence = "Alert (provider-blocking) when a provider refused or held "
			    "back mail for our reputation so often within an hour, and "
			    "that is "
			    "blocked_rate of what was sent to it."},
	{"watch", "blocked_rate", CONFIG_RATE, AT(rules.watch.blocked_rate),
		.standard = "5%", .least = 1, .most = PPM_ONE,
		.sentence = "See blocked_minimum."},
	{"watch", "senders", CONFIG_FLAGS, AT(rules.watch.senders), .is_many = true,
		.can_be_empty = true, .standard = "caller source-ip from-domain",
		.words = {"caller", "source-ip", "from-domain"},
		.sentence = "What is watched for new senders and unusual volumes, the "
			    "traces of a stolen key: the identities that call SES, the "
			    "addresses they call from, the domains they send as."},
	{"watch", "learning", CONFIG_TIME, AT(rules.watch.learning_ms), .standard = "7d",
		.least = HOUR_MS, .most = YEAR_MS,
		.sentence = "An account known for less than that has no usual senders "
			    "yet, and nothing there is new."},
	{"watch", "volume_factor", CONFIG_COUNT, AT(rules.watch.volume_factor),
		.can_be_never = true, .standard = "10", .least = 2, .most = COUNT_MOST,
		.sentence =
			"Alert (unusual-volume) when a sender sends so many times "
			"what is usual for it, and to at least volume_minimum recipients "
			"within an hour."},
	{"watch", "volume_minimum", CONFIG_COUNT, AT(rules.watch.volume_minimum),
		.standard = "500", .least = 1, .most = COUNT_MOST,
		.sentence = "See volume_factor."},

	{"alert", "type", CONFIG_CHOICE, IN_ALERT(type), .standard = "webhook",
		.words = {"webhook", "slack", "email", "alertmanager", "command"},
		.sentence =
			"How it is told: webhook (JSON, signed as Standard Webhooks "
			"say), slack (JSON as Slack's incoming webhooks and what "
			"imitates them take it), email (SMTP), alertmanager (Prometheus' "
			"Alertmanager, API v2), command (a program)."},
	{"alert", "url", CONFIG_URL, IN_ALERT(url), .can_be_empty = true, .standard = "",
		.example = "https://hooks.example.com/ses",
		.sentence =
			"Where to: http:// or https://, of an email smtp:// or smtps:// "
			"(smtp://mail.example.com:587). Of an alertmanager the server "
			"alone, such as http://127.0.0.1:9093. A command has none."},
	{"alert", "secret_file", CONFIG_FILE, IN_ALERT(secret_file), .can_be_empty = true,
		.standard = "", .example = "/etc/ses-feedbackd/alert-ops.secret",
		.sentence =
			"Of a webhook: a file whose first line is the secret that signs, "
			"whsec_ and base64. Further lines are old secrets, which sign as "
			"well until they are taken away. Without the file nothing is "
			"signed."},
	{"alert", "levels", CONFIG_FLAGS, IN_ALERT(levels), .is_many = true,
		.standard = "warning over-review-limit over-pause-limit recovered",
		.words = {"warning", "over-review-limit", "over-pause-limit",
			"recovered"},
		.sentence = "What is told: alerts at one of these levels (critical ones "
			    "as over-pause-limit), and what is well again (recovered). A "
			    "step over a level tells that level too."},
	{"alert", "kinds", CONFIG_KIND_OF_ALERT, IN_ALERT(kinds), .is_many = true,
		.can_be_empty = true, .standard = "",
		.example = "reputation-level stream-level forecast brake",
		.sentence = "The names of the alerts that are told here; empty means "
			    "all. The section ALERTS of ses-feedbackd(8) lists them."},
	{"alert", "from", CONFIG_ADDRESSEE, IN_ALERT(from), .can_be_empty = true,
		.standard = "", .example = "ses-feedbackd@example.com",
		.sentence = "Of an email: its sender."},
	{"alert", "to", CONFIG_ADDRESSEE, IN_ALERT(to), .is_many = true,
		.can_be_empty = true, .standard = "", .example = "ops@example.com",
		.sentence = "Of an email: its recipients."},
	{"alert", "user", CONFIG_WORD, IN_ALERT(user), .can_be_empty = true,
		.standard = "", .example = "ses-feedbackd",
		.sentence = "The user of SMTP AUTH or of HTTP Basic authentication, with "
			    "a password_file beside it."},
	{"alert", "password_file", CONFIG_FILE, IN_ALERT(password_file),
		.can_be_empty = true, .standard = "",
		.example = "/etc/ses-feedbackd/alert-ops.password",
		.sentence = "A file whose first line is that user's password."},
	{"alert", "starttls", CONFIG_EITHER, IN_ALERT(starttls), .standard = "yes",
		.words = {"yes", "no"},
		.sentence = "Of an email over smtp://: whether the server must offer "
			    "STARTTLS with a certificate that is valid for its name. "
			    "smtps:// is encrypted from its first byte."},
	{"alert", "ca_file", CONFIG_FILE, IN_ALERT(ca_file), .can_be_empty = true,
		.standard = "", .example = "/etc/ssl/certs/ca-certificates.crt",
		.sentence = "Trust anchors for the server's certificate, PEM; empty "
			    "means the system's."},
	{"alert", "command", CONFIG_COMMAND, IN_ALERT(command), .can_be_empty = true,
		.standard = "", .example = "/usr/local/bin/page-somebody --severity high",
		.sentence = "Of a command: the program, a path from / on, and its "
			    "arguments between blanks. No shell reads them. What a "
			    "webhook would get comes on its standard input; it has done "
			    "its work when it ends with 0."},
	{"alert", "timeout", CONFIG_TIME, IN_ALERT(timeout_ms), .standard = "10s",
		.least = SECOND_MS, .most = 5 * MINUTE_MS,
		.sentence = "How long one attempt may take. What fails is tried again, "
			    "ever more seldom, for three days."},

	{"brake", "at", CONFIG_CHOICE, AT(brake_at), .standard = "off",
		.words = {"off", "warning", "over-review-limit", "over-pause-limit"},
		.sentence =
			"The level of an account's rates from which GET /v1/may-send "
			"answers pause, until ses-feedback resume is said. off: it never "
			"does."},
	{"brake", "streams", CONFIG_EITHER, AT(rules.brake.streams), .standard = "yes",
		.words = {"yes", "no"},
		.sentence = "Whether a configuration set whose own rates reach that "
			    "level is stopped alone, while the rest goes on."},
	{"brake", "call_ses", CONFIG_EITHER, AT(rules.brake.calls_ses), .standard = "no",
		.words = {"yes", "no"},
		.sentence =
			"Whether sending is switched off at SES as well: of the "
			"configuration set (PutConfigurationSetSendingOptions), or of "
			"the account in that region (PutAccountSendingAttributes). It "
			"needs the keys of [aws]; resume switches it on again."},
	{"brake", "dry_run", CONFIG_EITHER, AT(rules.brake.dry_run), .standard = "yes",
		.words = {"yes", "no"},
		.sentence = "Whether only an alert says what would have been done: the "
			    "answer stays yes and SES is not called."},

	{"aws", "credentials_file", CONFIG_FILE, AT(aws.credentials_file),
		.can_be_empty = true, .standard = "",
		.example = "/etc/ses-feedbackd/aws-credentials",
		.sentence =
			"The keys that calls to SES are signed with, in the format of "
			"the AWS CLI: aws_access_key_id, aws_secret_access_key and, for "
			"what is temporary, aws_session_token. Without the file the "
			"environment is asked: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
			"AWS_SESSION_TOKEN. A user of its own that may do nothing but "
			"ses:PutConfigurationSetSendingOptions and "
			"ses:PutAccountSendingAttributes is enough."},
	{"aws", "profile", CONFIG_WORD, AT(aws.profile), .standard = "default",
		.sentence = "The section of that file."},
	{"aws", "endpoint", CONFIG_URL, AT(aws.endpoint), .can_be_empty = true,
		.standard = "",
		.example = "https://vpce-1.email.us-east-1.vpce.amazonaws.com",
		.sentence = "What stands in for https://email.REGION.amazonaws.com: a "
			    "VPC endpoint, an emulator, a test."},
	{"aws", "ca_file", CONFIG_FILE, AT(aws.ca_file), .can_be_empty = true,
		.standard = "", .example = "/etc/ssl/certs/ca-certificates.crt",
		.sentence = "Trust anchors for it, PEM; empty means the system's."},
};

/* A word's place among the words is what its enum says. */
static_assert(SES_SENDER_CALLER == 1 << 0 && SES_SENDER_SOURCE_IP == 1 << 1 &&
		      SES_SENDER_FROM_DOMAIN == 1 << 2,
	"the words of senders");
static_assert(WEB_CHANNEL_WEBHOOK == 0 && WEB_CHANNEL_SLACK == 1 &&
		      WEB_CHANNEL_EMAIL == 2 && WEB_CHANNEL_ALERTMANAGER == 3 &&
		      WEB_CHANNEL_COMMAND == 4,
	"the words of type");

const struct config_key *config_keys_of_watching(size_t *count)
{
	*count = sizeof(keys) / sizeof(keys[0]);
	return keys;
}
