/* config_rules.c - what the doors get of a configuration. */
#include "daemon/config_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/config_alerts.h"
#include "daemon/lines.h"
#include "daemon/secrets.h"
#include "daemon/values.h"

bool config_file_is_readable(const struct config *config, const char *place,
	unsigned line, const char *file, const char *mark, struct report *report)
{
	struct error error;
	struct lines lines;
	bool is_marked;

	if (!lines_open(&lines, file, &error)) {
		report_mistake(report, config->file, line, "%s: %s", place, error.text);
		return false;
	}
	is_marked = !mark || (lines.bytes.bytes && strstr(lines.bytes.bytes, mark));
	lines_close(&lines);
	if (!is_marked)
		report_mistake(report, config->file, line,
			"%s: %s holds no %s; it is to be a PEM file", place, file, mark);
	return is_marked;
}

/* Whether a file that a key names can be read; the mistake names the key's line. */
static bool file_is_readable(const struct config *config, const char *section,
	const char *name, const char *file, const char *mark, struct report *report)
{
	char place[100];

	snprintf(place, sizeof(place), "[%s] %s", section, name);
	return config_file_is_readable(
		config, place, config_line(config, section, name), file, mark, report);
}

/* The default file may be absent: then nobody has a token. */
static bool tokens_are_expected(const struct config *config, struct report *report)
{
	if (!config->admin.tokens_file)
		return false;
	if (config_line(config, "admin", "tokens_file") > 0 ||
		access(config->admin.tokens_file, F_OK) == 0 || errno != ENOENT)
		return file_is_readable(config, "admin", "tokens_file",
			config->admin.tokens_file, NULL, report);
	if (config->admin.listen)
		report_warning(report, config->file, 0,
			"[admin] tokens_file: there is no %s, so nobody can use the API "
			"over "
			"TCP",
			config->admin.tokens_file);
	return false;
}

/* Where the file is not named, the environment is asked, but only by who needs it. */
static void read_aws_keys(struct config *config, struct report *report)
{
	const char *credentials = config->aws.credentials_file;

	if (config->aws.ca_file)
		file_is_readable(config, "aws", "ca_file", config->aws.ca_file,
			CONFIG_CERTIFICATE_MARK, report);
	if (credentials && file_is_readable(config, "aws", "credentials_file",
				   credentials, NULL, report))
		/* What is wrong is in the report. */
		(void) !aws_keys_read(
			credentials, config->aws.profile, &config->aws_keys, report);
	else if (!credentials && config->rules.brake.calls_ses)
		(void) !aws_keys_from_environment(&config->aws_keys, report);
}

void config_read_files(struct config *config, struct report *report)
{
	const char *certificate = config->feedback.certificate;
	const char *private_key = config->feedback.private_key;
	const char *credentials = config->feedback.credentials_file;

	if (certificate)
		file_is_readable(config, "feedback", "certificate", certificate,
			CONFIG_CERTIFICATE_MARK, report);
	if (private_key)
		file_is_readable(config, "feedback", "private_key", private_key,
			"PRIVATE KEY-----", report);
	if (config->sns.ca_file)
		file_is_readable(config, "sns", "ca_file", config->sns.ca_file,
			CONFIG_CERTIFICATE_MARK, report);
	if (credentials && file_is_readable(config, "feedback", "credentials_file",
				   credentials, NULL, report))
		secrets_read_credentials(credentials, &config->credentials,
			&config->rules.credential_count, report);
	if (tokens_are_expected(config, report))
		secrets_read_tokens(config->admin.tokens_file, &config->tokens,
			&config->rules.token_count, report);
	config_alerts_read_files(config, report);
	read_aws_keys(config, report);
}

static bool fill_topics(struct config *config)
{
	size_t count = config->sns.topic.count;

	if (count == 0)
		return true;
	config->topics = calloc(count, sizeof(*config->topics));
	if (!config->topics)
		return false;
	for (size_t i = 0; i < count; i++) {
		/* It was parsed when its line was read. */
		if (!sns_topic_parse(
			    config->sns.topic.items[i], &config->topics[i], NULL))
			return false;
	}
	return true;
}

static bool fill_quotas(struct config *config)
{
	const struct config_texts *texts = &config->reputation.quotas;
	const size_t size = sizeof(((struct value_quota *) NULL)->account) +
			    sizeof(((struct value_quota *) NULL)->region);
	struct value_quota value;

	if (texts->count == 0)
		return true;
	config->quotas = calloc(texts->count, sizeof(*config->quotas));
	config->quota_words = calloc(texts->count, size);
	if (!config->quotas || !config->quota_words)
		return false;
	for (size_t i = 0; i < texts->count; i++) {
		char *words = config->quota_words + i * size;
		struct ses_quota *quota = &config->quotas[i];

		/* It was read when its line was. */
		if (!value_quota(texts->items[i], &value, NULL))
			return false;
		quota->daily = value.daily;
		quota->rate = value.rate;
		if (value.account[0] == '\0')
			continue;
		memcpy(words, value.account, sizeof(value.account));
		memcpy(words + sizeof(value.account), value.region, sizeof(value.region));
		quota->account = words;
		quota->region = words + sizeof(value.account);
	}
	return true;
}

static void fill_aws(struct config *config)
{
	config->rules.aws = (struct web_aws){
		.access_key = config->aws_keys.access_key,
		.secret_key = config->aws_keys.secret_key,
		.session_token = config->aws_keys.session_token,
		.endpoint = config->aws.endpoint,
		.ca_file = config->aws.ca_file,
	};
}

static const char *const *items_of(const struct config_texts *texts)
{
	return (const char *const *) texts->items;
}

bool config_fill_rules(struct config *config)
{
	struct web_rules *rules = &config->rules;

	if (!fill_topics(config) || !fill_quotas(config) || !config_alerts_fill(config))
		return false;
	fill_aws(config);
	rules->policy = (struct sns_policy){
		.topics = config->topics,
		.topic_count = config->sns.topic.count,
		.max_age_ms = config->sns.max_age_ms,
	};
	rules->feedback_path = config->feedback.path;
	rules->certificate = config->feedback.certificate;
	rules->private_key = config->feedback.private_key;
	rules->ca_file = config->sns.ca_file;
	rules->connect_to = config->sns.connect_to;
	rules->credentials = config->credentials;
	rules->tokens = config->tokens;
	rules->judgement = (struct ses_judgement_policy){
		.verified_domains = items_of(&config->reputation.verified_domains),
		.verified_domain_count = config->reputation.verified_domains.count,
		.verified_addresses = items_of(&config->reputation.verified_addresses),
		.verified_address_count = config->reputation.verified_addresses.count,
	};
	rules->reputation.reporting_domains =
		items_of(&config->reputation.reporting_domains);
	rules->reputation.reporting_domain_count =
		config->reputation.reporting_domains.count;
	rules->reputation.quotas = config->quotas;
	rules->reputation.quota_count = config->reputation.quotas.count;
	/* The words of the table begin with off, which is no level to stop at. */
	rules->brake.at = (enum ses_level)(SES_LEVEL_OK + config->brake_at);
	return true;
}

void config_rules_finish(struct config *config)
{
	secrets_free_tokens(config->tokens, config->rules.token_count);
	secrets_free_credentials(config->credentials, config->rules.credential_count);
	free(config->topics);
	free(config->quotas);
	free(config->quota_words);
	aws_keys_finish(&config->aws_keys);
	config_alerts_finish(config);
}
