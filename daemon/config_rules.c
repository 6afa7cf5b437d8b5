/* config_rules.c - what the doors get of a configuration. */
#include "daemon/config_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/lines.h"
#include "daemon/secrets.h"

/* Whether a file that a key names can be read; the mistake names the key's line. */
static bool file_is_readable(const struct config *config, const char *section,
	const char *name, const char *file, const char *mark, struct report *report)
{
	struct error error;
	struct lines lines;
	bool is_marked;

	if (!lines_open(&lines, file, &error)) {
		report_mistake(report, config->file, config_line(config, section, name),
			"[%s] %s: %s", section, name, error.text);
		return false;
	}
	is_marked = !mark || (lines.bytes.bytes && strstr(lines.bytes.bytes, mark));
	lines_close(&lines);
	if (!is_marked)
		report_mistake(report, config->file, config_line(config, section, name),
			"[%s] %s: %s holds no %s; it is to be a PEM file", section, name,
			file, mark);
	return is_marked;
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

void config_read_files(struct config *config, struct report *report)
{
	const char *certificate = config->feedback.certificate;
	const char *private_key = config->feedback.private_key;
	const char *credentials = config->feedback.credentials_file;

	if (certificate)
		file_is_readable(config, "feedback", "certificate", certificate,
			"-----BEGIN CERTIFICATE-----", report);
	if (private_key)
		file_is_readable(config, "feedback", "private_key", private_key,
			"PRIVATE KEY-----", report);
	if (config->sns.ca_file)
		file_is_readable(config, "sns", "ca_file", config->sns.ca_file,
			"-----BEGIN CERTIFICATE-----", report);
	if (credentials && file_is_readable(config, "feedback", "credentials_file",
				   credentials, NULL, report))
		secrets_read_credentials(credentials, &config->credentials,
			&config->rules.credential_count, report);
	if (tokens_are_expected(config, report))
		secrets_read_tokens(config->admin.tokens_file, &config->tokens,
			&config->rules.token_count, report);
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

static const char *const *items_of(const struct config_texts *texts)
{
	return (const char *const *) texts->items;
}

bool config_fill_rules(struct config *config)
{
	struct web_rules *rules = &config->rules;

	if (!fill_topics(config))
		return false;
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
	return true;
}

void config_rules_finish(struct config *config)
{
	secrets_free_tokens(config->tokens, config->rules.token_count);
	secrets_free_credentials(config->credentials, config->rules.credential_count);
	free(config->topics);
}
