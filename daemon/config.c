/* config.c - the configuration file, from its text to what the daemon goes by. */
#include "daemon/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/config_check.h"
#include "daemon/config_read.h"
#include "daemon/config_rules.h"
#include "daemon/config_value.h"
#include "daemon/lines.h"

static void free_with_rules(struct web_rules *rules)
{
	/* rules is the first member of its configuration. */
	struct config *config = (struct config *) rules;

	config_values_finish(config);
	config_rules_finish(config);
	free(config->file);
	free(config);
}

static struct config *config_new(const char *file)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->rules.release = free_with_rules;
	atomic_init(&config->rules.owners, 1);
	config->file = text_copy(file, strlen(file));
	if (!config->file) {
		free(config);
		return NULL;
	}
	return config;
}

/* Takes the lines over. What could be read is in the result, whatever the report says;
 * NULL only without memory. */
static struct config *parse_lines(
	const char *file, struct lines lines, struct report *report)
{
	struct config *config = config_new(file);

	if (config)
		config_read_lines(config, &lines, report);
	else
		report_mistake(report, file, 0, "out of memory");
	lines_close(&lines);
	return config;
}

struct config *config_parse(
	const char *file, const char *text, size_t length, struct report *report)
{
	size_t mistakes_before = report->mistakes;
	struct config *config;
	struct lines lines;

	if (!lines_take(&lines, text, length)) {
		report_mistake(report, file, 0, "longer than %zu bytes, or out of memory",
			LINES_FILE_MAX);
		return NULL;
	}
	config = parse_lines(file, lines, report);
	if (report->mistakes == mistakes_before)
		return config;
	config_release(config);
	return NULL;
}

static void join_mistakes(const struct report *report, struct error *error)
{
	size_t used = 0;

	error_set(error, "it has mistakes");
	for (size_t i = 0; i < report->count && used < sizeof(error->text); i++) {
		if (report->lines[i].is_mistake)
			used += (size_t) snprintf(error->text + used,
				sizeof(error->text) - used, "%s%s", used > 0 ? "; " : "",
				report->lines[i].text);
	}
}

bool config_read_policy(const char *text, size_t length,
	struct ses_suppression_policy *policy, struct error *error)
{
	struct report report = {0};
	struct config *config = config_parse("configuration", text, length, &report);
	bool is_fine;

	if (config)
		config_check_suppression(config, &report);
	is_fine = config && report.mistakes == 0;
	if (is_fine)
		*policy = config->rules.suppression;
	else
		join_mistakes(&report, error);
	config_release(config);
	report_finish(&report);
	return is_fine;
}

static void report_missing_file(
	const char *file, const struct error *error, struct report *report)
{
	if (text_equal(file, CONFIG_FILE_STANDARD) && access(file, F_OK) != 0 &&
		errno == ENOENT)
		report_mistake(report, file, 0,
			"there is no configuration yet; begin with the example, which "
			"ses-feedbackd --print-example prints, or name another file with "
			"-c");
	else
		report_mistake(report, "configuration", 0, "%s", error->text);
}

struct config *config_load(const char *file, struct report *report)
{
	size_t mistakes_before = report->mistakes;
	struct config *config;
	struct error error;
	struct lines lines;

	if (!lines_open(&lines, file, &error)) {
		report_missing_file(file, &error, report);
		return NULL;
	}
	config = parse_lines(file, lines, report);
	if (config) {
		bool is_read = report->mistakes == mistakes_before;

		config_read_files(config, report);
		if (is_read)
			config_check(config, report);
		if (report->mistakes == mistakes_before && config_fill_rules(config))
			return config;
		if (report->mistakes == mistakes_before)
			report_mistake(report, file, 0, "out of memory");
	}
	config_release(config);
	return NULL;
}

struct config *config_hold(struct config *config)
{
	web_rules_hold(&config->rules);
	return config;
}

void config_release(struct config *config)
{
	if (config)
		web_rules_release(&config->rules);
}

unsigned config_line(const struct config *config, const char *section, const char *name)
{
	const struct config_key *key = config_key_find(section, name);

	return key ? config->lines[config_key_index(key)] : 0;
}
