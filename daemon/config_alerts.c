/* config_alerts.c - the sections [alert "NAME"]: checked as a whole, made into channels.
 */
#include "daemon/config_alerts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/config_rules.h"
#include "daemon/secrets.h"
#include "daemon/values.h"

#define BLANKS " \t"
#define PLACE_SIZE 160
#define SECTION "alert"

#define BIT(type) (1u << WEB_CHANNEL_##type)
#define OVER_HTTP (BIT(WEBHOOK) | BIT(SLACK) | BIT(ALERTMANAGER))

static const char *const type_names[] = {
	"a webhook", "slack", "an email", "an alertmanager", "a command"};

/* Which types can have a key. What is not here all of them can. */
static const struct {
	const char *key;
	unsigned types;
} uses[] = {
	{"url", OVER_HTTP | BIT(EMAIL)},
	{"secret_file", BIT(WEBHOOK)},
	{"from", BIT(EMAIL)},
	{"to", BIT(EMAIL)},
	{"user", OVER_HTTP | BIT(EMAIL)},
	{"password_file", OVER_HTTP | BIT(EMAIL)},
	{"starttls", BIT(EMAIL)},
	{"ca_file", OVER_HTTP | BIT(EMAIL)},
	{"command", BIT(COMMAND)},
};

static unsigned line_of(const struct config_alert *alert, const char *name)
{
	const struct config_key *key = config_key_find(SECTION, name);

	return key ? alert->lines[config_key_index(key)] : 0;
}

static const char *place_of(
	const struct config_alert *alert, const char *name, char place[PLACE_SIZE])
{
	snprintf(place, PLACE_SIZE, "[" SECTION " \"%s\"] %s", alert->name, name);
	return place;
}

/* The line of the key, or of the section where the key isn't given. */
static void mistake(const struct config *config, struct report *report,
	const struct config_alert *alert, const char *name, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void mistake(const struct config *config, struct report *report,
	const struct config_alert *alert, const char *name, const char *format, ...)
{
	unsigned line = line_of(alert, name);
	char place[PLACE_SIZE];
	struct error error;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error.text, sizeof(error.text), format, arguments);
	va_end(arguments);
	report_mistake(report, config->file, line > 0 ? line : alert->line, "%s: %s",
		place_of(alert, name, place), error.text);
}

/* A page that cannot go out is no reason to miss what comes in: a warning. */
static void check_program(const struct config *config, const struct config_alert *alert,
	struct report *report)
{
	char place[PLACE_SIZE];
	char *program = text_copy(alert->command, strcspn(alert->command, BLANKS));

	if (program && access(program, X_OK) != 0)
		report_warning(report, config->file, line_of(alert, "command"),
			"%s: %s: %s; put an executable program there",
			place_of(alert, "command", place), program, strerror(errno));
	free(program);
}

static void read_files(
	struct config *config, struct config_alert *alert, struct report *report)
{
	char place[PLACE_SIZE];

	if (alert->command)
		check_program(config, alert, report);
	if (alert->ca_file)
		config_file_is_readable(config, place_of(alert, "ca_file", place),
			line_of(alert, "ca_file"), alert->ca_file,
			CONFIG_CERTIFICATE_MARK, report);
	if (alert->secret_file &&
		config_file_is_readable(config, place_of(alert, "secret_file", place),
			line_of(alert, "secret_file"), alert->secret_file, NULL, report))
		alert->secrets = secrets_read_webhook(alert->secret_file, place, report);
	if (alert->password_file &&
		config_file_is_readable(config, place_of(alert, "password_file", place),
			line_of(alert, "password_file"), alert->password_file, NULL,
			report))
		alert->password =
			secrets_read_password(alert->password_file, place, report);
}

void config_alerts_read_files(struct config *config, struct report *report)
{
	for (size_t i = 0; i < config->alert_count; i++)
		read_files(config, &config->alerts[i], report);
}

static void check_uses(const struct config *config, const struct config_alert *alert,
	struct report *report)
{
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		if (!(uses[i].types & 1u << alert->type) &&
			line_of(alert, uses[i].key) > 0)
			mistake(config, report, alert, uses[i].key,
				"%s has none; remove the line, or set another type",
				type_names[alert->type]);
	}
}

static void check_user(const struct config *config, const struct config_alert *alert,
	struct report *report)
{
	if (alert->user && !alert->password_file)
		mistake(config, report, alert, "user",
			"there is no password_file beside it; give both or neither");
	if (alert->password_file && !alert->user)
		mistake(config, report, alert, "password_file",
			"there is no user beside it; give both or neither");
}

static void check_http(const struct config *config, const struct config_alert *alert,
	const struct value_url *url, struct report *report)
{
	if (!text_begins(url->scheme, "http")) {
		mistake(config, report, alert, "url",
			"%s:// is for email; write https://HOST/PATH, or set type = "
			"email",
			url->scheme);
		return;
	}
	if (alert->user && text_equal(url->scheme, "http") && !url->is_loopback)
		report_warning(report, config->file, line_of(alert, "user"),
			"[" SECTION " \"%s\"] user: its password would cross the network "
			"unencrypted; better use https://",
			alert->name);
}

static void check_email(const struct config *config, const struct config_alert *alert,
	const struct value_url *url, struct report *report)
{
	bool is_smtps = text_equal(url->scheme, "smtps");

	if (!text_begins(url->scheme, "smtp"))
		mistake(config, report, alert, "url",
			"an email is sent over smtp:// or smtps://; write for example "
			"smtp://mail.example.com:587");
	if (is_smtps && alert->starttls && line_of(alert, "starttls") > 0)
		mistake(config, report, alert, "starttls",
			"smtps:// is encrypted from its first byte; remove the line, or "
			"write smtp:// in url");
	if (alert->user && !is_smtps && !alert->starttls && !url->is_loopback)
		report_warning(report, config->file, line_of(alert, "user"),
			"[" SECTION " \"%s\"] user: its password would cross the network "
			"unencrypted; better leave starttls = yes",
			alert->name);
	if (!alert->from)
		mistake(config, report, alert, "from",
			"is missing; an email needs its sender: from = "
			"someone@example.com");
	if (alert->to.count == 0)
		mistake(config, report, alert, "to",
			"is missing; an email needs its recipients: to = "
			"someone@example.com");
}

static void check_needs(const struct config *config, const struct config_alert *alert,
	struct report *report)
{
	struct value_url url;

	if (alert->type == WEB_CHANNEL_COMMAND) {
		if (!alert->command)
			mistake(config, report, alert, "command",
				"is missing; write the program and its arguments: "
				"command = /usr/local/bin/page-somebody");
		return;
	}
	if (!alert->url) {
		mistake(config, report, alert, "url", "is missing; %s needs it: url = %s",
			type_names[alert->type],
			alert->type == WEB_CHANNEL_EMAIL ? "smtp://mail.example.com:587"
							 : "https://HOST/PATH");
		return;
	}
	if (!value_url(alert->url, &url, NULL))
		return; /* its own line told so */
	if (alert->type == WEB_CHANNEL_EMAIL)
		check_email(config, alert, &url, report);
	else
		check_http(config, alert, &url, report);
}

void config_alerts_check(const struct config *config, struct report *report)
{
	for (size_t i = 0; i < config->alert_count; i++) {
		check_uses(config, &config->alerts[i], report);
		check_user(config, &config->alerts[i], report);
		check_needs(config, &config->alerts[i], report);
	}
}

/* The words between blanks, in one block, behind which the text follows; ends with NULL.
 * NULL without memory. */
static char **split_words(const char *text)
{
	size_t length = strlen(text), most = length / 2 + 2, count = 0;
	char **words = calloc(1, most * sizeof(*words) + length + 1);
	char *rest, *word;

	if (!words)
		return NULL;
	rest = (char *) (words + most);
	memcpy(rest, text, length + 1);
	while ((word = strsep(&rest, BLANKS))) {
		if (*word != '\0')
			words[count++] = word;
	}
	return words;
}

/* In the order of the table's words. */
static unsigned levels_of(unsigned flags)
{
	static const unsigned levels[] = {1u << SES_LEVEL_WARNING,
		1u << SES_LEVEL_OVER_REVIEW_LIMIT, 1u << SES_LEVEL_OVER_PAUSE_LIMIT,
		WEB_LEVEL_RECOVERED};
	unsigned found = 0;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		found |= flags & 1u << i ? levels[i] : 0;
	return found;
}

static const char *const *list_of(char *const *items)
{
	return (const char *const *) items;
}

static void fill_channel(struct web_channel *channel, const struct config_alert *alert)
{
	*channel = (struct web_channel){
		.name = alert->name,
		.type = (enum web_channel_type) alert->type,
		.url = alert->url,
		.secret = alert->secrets ? alert->secrets[0] : NULL,
		.old_secrets = alert->secrets && alert->secrets[1]
				       ? list_of(alert->secrets + 1)
				       : NULL,
		.levels = levels_of(alert->levels),
		.kinds = list_of(alert->kinds.items),
		.from = alert->from,
		.to = list_of(alert->to.items),
		.user = alert->user,
		.password = alert->password,
		.starttls = alert->type == WEB_CHANNEL_EMAIL && alert->starttls &&
			    text_begins(alert->url, "smtp://"),
		.ca_file = alert->ca_file,
		.command = list_of(alert->words),
		.timeout_ms = alert->timeout_ms,
	};
}

bool config_alerts_fill(struct config *config)
{
	if (config->alert_count == 0)
		return true;
	config->channels = calloc(config->alert_count, sizeof(*config->channels));
	if (!config->channels)
		return false;
	for (size_t i = 0; i < config->alert_count; i++) {
		struct config_alert *alert = &config->alerts[i];

		if (alert->command && !(alert->words = split_words(alert->command)))
			return false;
		fill_channel(&config->channels[i], alert);
	}
	config->rules.channels = config->channels;
	config->rules.channel_count = config->alert_count;
	return true;
}

void config_alerts_finish(struct config *config)
{
	for (size_t i = 0; i < config->alert_count; i++) {
		struct config_alert *alert = &config->alerts[i];

		secrets_free_list(alert->secrets);
		secrets_free_password(alert->password);
		free(alert->words);
		free(alert->name);
	}
	free(config->channels);
	free(config->alerts);
	config->alerts = NULL;
	config->alert_count = 0;
}
