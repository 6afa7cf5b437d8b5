/* config_check.c - what one key of the configuration alone can't say. */
#include "daemon/config_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/config_alerts.h"
#include "daemon/values.h"
#include "web/web.h"

#define UNIX_PREFIX "unix:"

static struct value_address address_of(const char *text)
{
	struct value_address address = {0};

	/* It was read when its line was; a failure leaves what is most careful. */
	if (!value_address(text, &address, NULL))
		return (struct value_address){0};
	return address;
}

static void check_tls(const struct config *config, struct report *report)
{
	const char *certificate = config->feedback.certificate;
	const char *private_key = config->feedback.private_key;
	const struct config_texts *listen = &config->feedback.listen;
	struct error error;

	if (certificate && !private_key)
		report_mistake(report, config->file,
			config_line(config, "feedback", "certificate"),
			"[feedback] certificate has no private_key beside it; give both "
			"or "
			"neither");
	if (private_key && !certificate)
		report_mistake(report, config->file,
			config_line(config, "feedback", "private_key"),
			"[feedback] private_key has no certificate beside it; give both "
			"or "
			"neither");
	/* Only what can be read can fail to fit; the rest was told by its own line. */
	if (certificate && private_key && report->mistakes == 0 &&
		!web_check_certificate(certificate, private_key, &error))
		report_mistake(report, config->file,
			config_line(config, "feedback", "certificate"),
			"[feedback] certificate: %s", error.text);
	if (certificate || private_key)
		return;
	for (size_t i = 0; i < listen->count; i++) {
		if (!address_of(listen->items[i]).is_loopback)
			report_mistake(report, config->file, listen->lines[i],
				"[feedback] listen: %s%s can be reached from other "
				"hosts, but "
				"there is no certificate; set certificate and "
				"private_key, or "
				"listen on 127.0.0.1:PORT or unix:PATH behind a TLS "
				"proxy",
				listen->lines[i] > 0 ? "" : "the default ",
				listen->items[i]);
	}
}

static void check_admin(const struct config *config, struct report *report)
{
	unsigned line = config_line(config, "admin", "listen");
	struct value_address address;

	if (!config->admin.socket && !config->admin.listen)
		report_warning(report, config->file,
			config_line(config, "admin", "socket"),
			"[admin] has neither socket nor listen, so nobody can ask the "
			"daemon "
			"anything");
	if (!config->admin.listen)
		return;
	address = address_of(config->admin.listen);
	if (!address.is_loopback)
		report_warning(report, config->file, line,
			"[admin] listen: %s can be reached from other hosts, and tokens "
			"would "
			"cross the network unencrypted; better listen on 127.0.0.1 "
			"behind a "
			"TLS proxy",
			config->admin.listen);
}

static bool socket_is_the_same(const char *socket, const char *address)
{
	return socket && text_begins(address, UNIX_PREFIX) &&
	       text_equal(socket, address + strlen(UNIX_PREFIX));
}

/* Two doors at one address; port 0 is another one each time. */
static void check_collisions(const struct config *config, struct report *report)
{
	const struct config_texts *listen = &config->feedback.listen;

	for (size_t i = 0; i < listen->count; i++) {
		const char *address = listen->items[i];
		const char *other = NULL;

		if (socket_is_the_same(config->admin.socket, address))
			other = "socket";
		else if (text_equal(config->admin.listen, address) &&
			 !text_ends(address, ":0"))
			other = "listen";
		if (other)
			report_mistake(report, config->file, listen->lines[i],
				"[feedback] listen: %s is the address of [admin] %s too; "
				"the "
				"doors need one each",
				address, other);
	}
}

static void check_limits(const struct config *config, struct report *report)
{
	const struct ses_reputation_settings *reputation = &config->rules.reputation;
	const struct {
		const char *review_name, *pause_name;
		ppm review, pause;
	} pairs[] = {
		{"bounce_review", "bounce_pause", reputation->bounce_review,
			reputation->bounce_pause},
		{"complaint_review", "complaint_pause", reputation->complaint_review,
			reputation->complaint_pause},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char review[VALUE_RATE_SIZE], pause[VALUE_RATE_SIZE];
		unsigned review_line =
			config_line(config, "reputation", pairs[i].review_name);
		unsigned pause_line =
			config_line(config, "reputation", pairs[i].pause_name);

		if (pairs[i].review < pairs[i].pause)
			continue;
		value_rate_print(pairs[i].review, review);
		value_rate_print(pairs[i].pause, pause);
		report_mistake(report, config->file,
			review_line > pause_line ? review_line : pause_line,
			"[reputation] %s (%s) is to be below %s (%s); SES reviews an "
			"account "
			"before it pauses it",
			pairs[i].review_name, review, pairs[i].pause_name, pause);
	}
}

static void check_sns(const struct config *config, struct report *report)
{
	if (config->sns.topic.count == 0)
		report_warning(report, config->file, config_line(config, "sns", "topic"),
			"[sns] has no topic, so no message will be accepted; add topic = "
			"arn:aws:sns:REGION:ACCOUNT:NAME");
	if (config->sns.max_age_ms < 2 * HOUR_MS)
		report_warning(report, config->file,
			config_line(config, "sns", "max_age"),
			"[sns] max_age is below 2h: SNS repeats a message for up to an "
			"hour, and "
			"what is older than max_age is refused for good");
	if (config->sns.max_age_ms > config->store.keep_events_ms)
		report_warning(report, config->file,
			config_line(config, "sns", "max_age"),
			"[sns] max_age is longer than [store] keep_events: what is older "
			"than "
			"is kept could be counted twice");
	if (config->rules.development)
		report_warning(report, config->file,
			config_line(config, "sns", "development"),
			"[sns] development = yes: messages signed with the development "
			"key "
			"are trusted like Amazon's; never in production");
}

/* Sub-domains are verified too: of a top-level domain that is half the world. */
static void check_verified(const struct config *config, struct report *report)
{
	const struct config_texts *domains = &config->reputation.verified_domains;

	for (size_t i = 0; i < domains->count; i++) {
		if (!strchr(domains->items[i], '.'))
			report_warning(report, config->file, domains->lines[i],
				"[reputation] verified_domains: %s has no dot; every "
				"address below it leaves the rates",
				domains->items[i]);
	}
}

static void check_soft(const struct config *config, struct report *report)
{
	const struct ses_suppression_policy *policy = &config->rules.suppression;
	unsigned line = config_line(config, "suppression", "soft_expiry");
	unsigned max_line = config_line(config, "suppression", "soft_expiry_max");
	char expiry[VALUE_TIME_SIZE], most[VALUE_TIME_SIZE];

	if (policy->soft_window_ms < policy->soft_days * DAY_MS)
		report_mistake(report, config->file,
			config_line(config, "suppression", "soft_bounces"),
			"[suppression] soft_bounces: %lld different days do not fit in "
			"so short a time; write %lld in %lldd at least",
			(long long) policy->soft_days, (long long) policy->soft_days,
			(long long) policy->soft_days);
	if (policy->soft_expiry_max_ms >= policy->soft_expiry_ms)
		return;
	value_time_print(policy->soft_expiry_ms, expiry);
	value_time_print(policy->soft_expiry_max_ms, most);
	report_mistake(report, config->file, line > max_line ? line : max_line,
		"[suppression] soft_expiry_max (%s) is below soft_expiry (%s); write "
		"%s or more",
		most, expiry, expiry);
}

void config_check_suppression(const struct config *config, struct report *report)
{
	check_soft(config, report);
	if (config->rules.suppression.complaint_scope == SES_SCOPE_CONFIGURATION_SET)
		report_warning(report, config->file,
			config_line(config, "suppression", "complaint_scope"),
			"[suppression] complaint_scope = configuration-set: SES keeps a "
			"list of its own for the whole account, on by default, and may "
			"go on blocking the other configuration sets; give each of them "
			"its own suppression options at SES");
}

/* One account with two quotas, or two for all that have none. */
static void check_quotas(const struct config *config, struct report *report)
{
	const struct config_texts *quotas = &config->reputation.quotas;
	struct value_quota one, other;

	for (size_t i = 1; i < quotas->count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!value_quota(quotas->items[i], &one, NULL) ||
				!value_quota(quotas->items[j], &other, NULL) ||
				!text_equal(one.account, other.account) ||
				!text_equal(one.region, other.region))
				continue;
			report_mistake(report, config->file, quotas->lines[i],
				"[reputation] quota: %s and %s are for the same account; "
				"keep one of them",
				quotas->items[j], quotas->items[i]);
		}
	}
}

static void check_brake(const struct config *config, struct report *report)
{
	unsigned line = config_line(config, "brake", "call_ses");

	if (!config->rules.brake.calls_ses || config->aws_keys.access_key ||
		config->aws.credentials_file)
		return;
	if (config->brake_at > 0 && !config->rules.brake.dry_run)
		report_mistake(report, config->file, line,
			"[brake] call_ses: there are no keys to call SES with; set [aws] "
			"credentials_file, or AWS_ACCESS_KEY_ID and "
			"AWS_SECRET_ACCESS_KEY in the environment");
	else
		report_warning(report, config->file, line,
			"[brake] call_ses: there are no keys to call SES with yet; [aws] "
			"credentials_file names them");
}

static void check_aws(const struct config *config, struct report *report)
{
	struct value_url url;

	if (!config->aws.endpoint || !value_url(config->aws.endpoint, &url, NULL))
		return; /* its own line told so */
	if (text_equal(url.scheme, "http") && !url.is_loopback)
		report_warning(report, config->file,
			config_line(config, "aws", "endpoint"),
			"[aws] endpoint: signed calls and the session token would cross "
			"the network unencrypted; better write https://HOST");
	if (!text_begins(url.scheme, "http"))
		report_mistake(report, config->file,
			config_line(config, "aws", "endpoint"),
			"[aws] endpoint: AWS is not called over %s://; write "
			"https://HOST",
			url.scheme);
}

void config_check(const struct config *config, struct report *report)
{
	config_check_suppression(config, report);
	check_tls(config, report);
	check_admin(config, report);
	check_collisions(config, report);
	check_limits(config, report);
	check_sns(config, report);
	check_verified(config, report);
	check_quotas(config, report);
	check_brake(config, report);
	check_aws(config, report);
	config_alerts_check(config, report);
}

/* The folder above a path, which is absolute; allocated. */
static char *folder_above(const char *path)
{
	const char *slash = strrchr(path, '/');

	return text_copy(path, slash == path ? 1 : (size_t) (slash - path));
}

static void check_folder_above(const struct config *config, const char *section,
	const char *name, unsigned line, const char *path, struct report *report)
{
	char *folder = folder_above(path);
	struct stat status;

	if (!folder)
		report_mistake(report, config->file, line, "out of memory");
	else if (stat(folder, &status) != 0)
		report_mistake(report, config->file, line,
			"[%s] %s: the folder %s: %s; create it, owned by the user the "
			"daemon "
			"runs as (the service does, with StateDirectory= and "
			"RuntimeDirectory=)",
			section, name, folder, strerror(errno));
	else if (!S_ISDIR(status.st_mode))
		report_mistake(report, config->file, line,
			"[%s] %s: %s is no folder; name a file in a folder that exists",
			section, name, folder);
	else if (access(folder, W_OK | X_OK) != 0)
		report_mistake(report, config->file, line,
			"[%s] %s: user %u can't write in the folder %s; chown it to the "
			"user the daemon runs as",
			section, name, (unsigned) geteuid(), folder);
	free(folder);
}

bool config_check_folders(const struct config *config, struct report *report)
{
	const struct config_texts *listen = &config->feedback.listen;
	size_t mistakes_before = report->mistakes;

	check_folder_above(config, "store", "path", config_line(config, "store", "path"),
		config->store.path, report);
	check_folder_above(config, "sns", "certificates",
		config_line(config, "sns", "certificates"), config->sns.certificates,
		report);
	if (config->admin.socket)
		check_folder_above(config, "admin", "socket",
			config_line(config, "admin", "socket"), config->admin.socket,
			report);
	for (size_t i = 0; i < listen->count; i++) {
		if (text_begins(listen->items[i], UNIX_PREFIX))
			check_folder_above(config, "feedback", "listen", listen->lines[i],
				listen->items[i] + strlen(UNIX_PREFIX), report);
	}
	return report->mistakes == mistakes_before;
}
