/* config_keys.c - the keys of the doors, the store, the reputation and the list. */
#include "daemon/config_keys.h"

#include <assert.h>

#include "base/clock.h"
#include "daemon/config.h"

#define AT(field) .offset = offsetof(struct config, field)
#define YEARS_100 (36525 * DAY_MS)

static const struct config_key keys[] = {
	{"feedback", "listen", CONFIG_ADDRESS, AT(feedback.listen), .is_many = true,
		.standard = "0.0.0.0:8443", .example = "unix:/run/ses-feedbackd/sns.sock",
		.sentence =
			"Where the door listens; each address has a listener of its own. "
			"Without a certificate only a loopback or unix: address is "
			"accepted, for a TLS proxy to stand in front."},
	{"feedback", "certificate", CONFIG_FILE, AT(feedback.certificate),
		.can_be_empty = true, .standard = "",
		.example = "/etc/ses-feedbackd/tls/fullchain.pem",
		.sentence = "The certificate of the door with its chain, PEM, RSA or "
			    "ECDSA."},
	{"feedback", "private_key", CONFIG_FILE, AT(feedback.private_key),
		.can_be_empty = true, .standard = "",
		.example = "/etc/ses-feedbackd/tls/privkey.pem",
		.sentence =
			"The private key that belongs to the certificate, PEM, without "
			"a passphrase."},
	{"feedback", "credentials_file", CONFIG_FILE, AT(feedback.credentials_file),
		.can_be_empty = true, .standard = "",
		.example = "/etc/ses-feedbackd/credentials",
		.sentence =
			"A file with NAME:PASSWORD a line: SNS is then also asked for "
			"one of "
			"them as HTTP Basic credentials. Its subscription names them: "
			"https://NAME:PASSWORD@HOST/sns."},
	{"feedback", "path", CONFIG_URL_PATH, AT(feedback.path), .standard = "/sns",
		.sentence = "The path of the URL that SNS posts to."},

	{"admin", "socket", CONFIG_SOCKET, AT(admin.socket), .can_be_empty = true,
		.standard = "/run/ses-feedbackd/admin.sock",
		.sentence = "The Unix socket, mode 0660: its owner and its group may do "
			    "everything."},
	{"admin", "listen", CONFIG_TCP_ADDRESS, AT(admin.listen), .can_be_empty = true,
		.standard = "127.0.0.1:8480",
		.sentence = "The TCP address, for scrapers and other programs. It speaks "
			    "plain HTTP: tokens cross the network readable unless the "
			    "address is a loopback one."},
	{"admin", "tokens_file", CONFIG_FILE, AT(admin.tokens_file), .can_be_empty = true,
		.standard = "/etc/ses-feedbackd/tokens",
		.sentence =
			"A file with NAME ROLE SHA256-OF-TOKEN (hex) a line; the role is "
			"read, support (read, and lift soft entries with a note) or "
			"write. "
			"Without the file nobody has a token."},

	{"sns", "topic", CONFIG_TOPIC, AT(sns.topic), .is_many = true,
		.can_be_empty = true, .standard = "",
		.example = "arn:aws:sns:us-east-1:111122223333:ses-feedback",
		.sentence = "The ARN of a topic whose messages are accepted. What other "
			    "topics of the same accounts send is kept aside until they "
			    "are configured; everything else is refused."},
	{"sns", "confirm", CONFIG_EITHER, AT(rules.confirm_automatically),
		.standard = "auto", .words = {"auto", "manual"},
		.sentence =
			"Whether the subscription of a topic listed here is confirmed by "
			"itself or waits for ses-feedback topics confirm."},
	{"sns", "certificates", CONFIG_PATH, AT(sns.certificates),
		.standard = "/var/lib/ses-feedbackd/certificates",
		.sentence =
			"The folder of SNS's signing certificates, each under its name "
			"in SigningCertURL. They are fetched when needed; fill it by "
			"hand on a host without outgoing connections. Trust rests on "
			"the TLS fetch, or on whoever fills this folder."},
	{"sns", "ca_file", CONFIG_FILE, AT(sns.ca_file), .can_be_empty = true,
		.standard = "", .example = "/etc/ssl/certs/ca-certificates.crt",
		.sentence = "Trust anchors for fetching them, PEM; empty means the "
			    "system's."},
	{"sns", "connect_to", CONFIG_ENDPOINT, AT(sns.connect_to), .can_be_empty = true,
		.standard = "", .example = "vpce-1.sns.us-east-1.vpce.amazonaws.com:443",
		.sentence = "A server that stands in for sns.REGION.amazonaws.com: a VPC "
			    "endpoint, an emulator, a test."},
	{"sns", "max_age", CONFIG_TIME, AT(sns.max_age_ms), .standard = "30d",
		.least = SECOND_MS, .most = YEARS_100,
		.sentence = "A message whose signed Timestamp is older is refused."},
	{"sns", "development", CONFIG_EITHER, AT(rules.development), .standard = "no",
		.words = {"yes", "no"},
		.sentence =
			"Whether to trust the key that ses-feedback simulate signs with "
			"as well. Never in production."},

	{"store", "path", CONFIG_PATH, AT(store.path),
		.standard = "/var/lib/ses-feedbackd/feedback.db",
		.sentence =
			"The database. Its folder must exist and be on a local disk."},
	{"store", "keep_events", CONFIG_TIME, AT(store.keep_events_ms),
		.standard = "400d", .least = SECOND_MS, .most = YEARS_100,
		.sentence =
			"Events older than this are removed, and what was not understood "
			"or "
			"waits for its topic. The suppression list stays, the counters "
			"for 400 days at least."},

	{"reputation", "verified_domains", CONFIG_DOMAIN, AT(reputation.verified_domains),
		.is_many = true, .can_be_empty = true, .standard = "",
		.example = "example.com example.org",
		.sentence = "Domains verified at SES: bounces there do not count. "
			    "Sub-domains of them are verified too."},
	{"reputation", "verified_addresses", CONFIG_MAILBOX,
		AT(reputation.verified_addresses), .is_many = true, .can_be_empty = true,
		.standard = "", .example = "postmaster@example.net",
		.sentence =
			"Single addresses verified at SES: bounces there do not count."},
	{"reputation", "representative_sends", CONFIG_COUNT,
		AT(rules.reputation.representative_sends), .standard = "10000",
		.least = 1, .most = 1000000000,
		.sentence = "The window of the levels covers at least so many eligible "
			    "recipients."},
	{"reputation", "representative_days", CONFIG_COUNT,
		AT(rules.reputation.representative_days), .standard = "7", .least = 1,
		.most = 3650,
		.sentence = "The window of the levels covers at least so many days."},
	{"reputation", "minimum_sends", CONFIG_COUNT, AT(rules.reputation.minimum_sends),
		.standard = "500", .least = 0, .most = 1000000000,
		.sentence = "With fewer eligible recipients a level above ok needs "
			    "statistical certainty."},
	{"reputation", "minimum_complaints", CONFIG_COUNT,
		AT(rules.reputation.minimum_complaints), .standard = "3", .least = 0,
		.most = 1000000000,
		.sentence = "With fewer complaints a complaint level above ok needs "
			    "statistical certainty."},
	{"reputation", "warning_at", CONFIG_RATE, AT(rules.reputation.warning_at),
		.standard = "80%", .least = 1, .most = PPM_ONE,
		.sentence =
			"The level is warning from this part of the review limit on."},
	{"reputation", "bounce_review", CONFIG_RATE, AT(rules.reputation.bounce_review),
		.standard = "5%", .least = 1, .most = PPM_ONE,
		.sentence =
			"The bounce rate from which SES puts an account under review."},
	{"reputation", "bounce_pause", CONFIG_RATE, AT(rules.reputation.bounce_pause),
		.standard = "10%", .least = 1, .most = PPM_ONE,
		.sentence =
			"The bounce rate from which SES may pause an account's sending."},
	{"reputation", "complaint_review", CONFIG_RATE,
		AT(rules.reputation.complaint_review), .standard = "0.1%", .least = 1,
		.most = PPM_ONE,
		.sentence = "The complaint rate from which SES puts an account under "
			    "review."},
	{"reputation", "complaint_pause", CONFIG_RATE,
		AT(rules.reputation.complaint_pause), .standard = "0.5%", .least = 1,
		.most = PPM_ONE,
		.sentence = "The complaint rate from which SES may pause an account's "
			    "sending."},
	{"reputation", "reporting_domains", CONFIG_DOMAIN,
		AT(reputation.reporting_domains), .is_many = true, .can_be_empty = true,
		.standard = "", .example = "mail.example",
		.sentence =
			"Mailbox providers known to send complaint feedback, besides "
			"the list that is built in and those learnt from complaints."},
	{"reputation", "excludes", CONFIG_FLAGS, AT(rules.reputation.excludes),
		.is_many = true, .can_be_empty = true,
		.standard = "refused automatic not-spam listed",
		.words = {"refused", "automatic", "not-spam", "listed"},
		.sentence =
			"What is left out of the rates: what SES itself refused, "
			"automatic replies, complaints taken back as not-spam, and "
			"complaints about addresses that SES's own list held. SES "
			"leaves out all four; take one away to see what it would make "
			"of the rates. The answers list what was left out."},
	{"reputation", "hysteresis", CONFIG_RATE, AT(rules.reputation.hysteresis),
		.standard = "10%", .least = 0, .most = PPM_ONE / 2,
		.sentence = "A level above ok is left only once the rate is this part of "
			    "its limit below it: a review limit of 5% at 4.5%."},
	{"reputation", "quota", CONFIG_QUOTA, AT(reputation.quotas), .is_many = true,
		.can_be_empty = true, .standard = "",
		.example = "200/1 111122223333/us-east-1:50000/14",
		.sentence = "What SES allows: recipients in 24 hours, and recipients a "
			    "second. Without an account it is for every account that has "
			    "none of its own. The sandbox allows 200/1."},

	{"suppression", "soft_bounces", CONFIG_THRESHOLD, AT(rules.suppression),
		.standard = "3 in 14d", .least = 1, .most = 100,
		.sentence =
			"An address is suppressed once it had soft bounces that count on "
			"so many different days (UTC) within so long a time, and no "
			"delivery after them."},
	{"suppression", "soft_expiry", CONFIG_TIME, AT(rules.suppression.soft_expiry_ms),
		.standard = "14d", .least = HOUR_MS, .most = YEARS_100,
		.sentence = "How long that lasts the first time. Then the address is on "
			    "probation: its next soft bounce suppresses it at once, for "
			    "twice as long as before. An entry for a domain that does "
			    "not exist lasts as long."},
	{"suppression", "soft_expiry_max", CONFIG_TIME,
		AT(rules.suppression.soft_expiry_max_ms), .standard = "180d",
		.least = HOUR_MS, .most = YEARS_100,
		.sentence = "The longest that it becomes by doubling."},
	{"suppression", "bounce_expiry", CONFIG_TIME,
		AT(rules.suppression.bounce_expiry_ms), .can_be_never = true,
		.standard = "never", .least = HOUR_MS, .most = YEARS_100,
		.sentence = "How long a hard bounce suppresses."},
	{"suppression", "complaint_expiry", CONFIG_TIME,
		AT(rules.suppression.complaint_expiry_ms), .can_be_never = true,
		.standard = "never", .least = HOUR_MS, .most = YEARS_100,
		.sentence = "How long a complaint suppresses."},
	{"suppression", "quarantine_expiry", CONFIG_TIME,
		AT(rules.suppression.quarantine_expiry_ms), .standard = "7d",
		.least = HOUR_MS, .most = YEARS_100,
		.sentence = "How long a hard bounce suppresses that is one of many a "
			    "provider suddenly gives for addresses it took mail for."},
	{"suppression", "bounce_scope", CONFIG_CHOICE, AT(rules.suppression.bounce_scope),
		.standard = "all", .words = {"all", "account", "tenant"},
		.sentence = "Which mail a bounce suppresses: all, or what the same AWS "
			    "account or the same tenant sends."},
	{"suppression", "complaint_scope", CONFIG_CHOICE,
		AT(rules.suppression.complaint_scope), .standard = "all",
		.words = {"all", "account", "tenant", "configuration-set"},
		.sentence = "Which mail a complaint suppresses: all, or what the same "
			    "AWS account, the same tenant or the same configuration set "
			    "sends. SES puts the address on the list of its own account "
			    "all the same."},
	{"suppression", "uncertain_complaints", CONFIG_CHOICE,
		AT(rules.suppression.uncertain), .standard = "stream",
		.words = {"stream", "hold", "all"},
		.sentence =
			"What a complaint does that names several suspects: suppress the "
			"configuration set of that mail only (held where it has none), "
			"wait for a second report, or suppress like a complaint that is "
			"certain."},
};

/* A word's place among the words is what its enum says. */
static_assert(SES_SCOPE_ALL == 0 && SES_SCOPE_ACCOUNT == 1 && SES_SCOPE_TENANT == 2 &&
		      SES_SCOPE_CONFIGURATION_SET == 3,
	"the words of the scopes");
static_assert(
	SES_UNCERTAIN_STREAM == 0 && SES_UNCERTAIN_HOLD == 1 && SES_UNCERTAIN_ALL == 2,
	"the words of uncertain_complaints");
static_assert(sizeof(enum ses_scope_choice) == sizeof(unsigned) &&
		      sizeof(enum ses_uncertain) == sizeof(unsigned),
	"the fields of CONFIG_CHOICE");
static_assert(SES_EXCLUDE_REFUSED == 1 << 0 && SES_EXCLUDE_AUTOMATIC == 1 << 1 &&
		      SES_EXCLUDE_NOT_SPAM == 1 << 2 && SES_EXCLUDE_LISTED == 1 << 3,
	"the words of excludes");

const struct config_key *config_keys(size_t *count)
{
	*count = sizeof(keys) / sizeof(keys[0]);
	return keys;
}
