/* config.c - the configuration file, read by the table of keys. The only home of libinih.
 */
#include "daemon/config.h"

#include <errno.h>
#include <ini.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/config_check.h"
#include "daemon/config_guess.h"
#include "daemon/config_rules.h"
#include "daemon/config_value.h"
#include "daemon/lines.h"

#define LINE_MAX_BYTES 65536
#define BLANKS " \t"
#define COMMENT_MARKS ";#"

static pthread_once_t libinih_is_set_up = PTHREAD_ONCE_INIT;

/* A file on its way through libinih. */
struct reading {
	struct config *config;
	struct report *report;
	struct lines lines;
	bool is_skipping; /* keys of a section that was reported already */
	bool has_section;
	bool awaits_key; /* libinih was given a line that should hold a key */
};

static void reading_mistake(struct reading *reading, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void reading_mistake(struct reading *reading, const char *format, ...)
{
	struct error error;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error.text, sizeof(error.text), format, arguments);
	va_end(arguments);
	report_mistake(reading->report, reading->config->file, reading->lines.number,
		"%s", error.text);
}

/* Judges the line "[NAME]", which libinih would take in silence: unknown and empty
 * sections, names it would cut at 49 bytes, a missing bracket. */
static bool section_is_fine(struct reading *reading, const char *line)
{
	const char *name = line + 1;
	const char *end = strchr(name, ']');
	struct error error;
	const char *rest;

	if (!end) {
		reading_mistake(
			reading, "a section lacks its closing bracket; write [NAME]");
		return false;
	}
	rest = end + 1 + strspn(end + 1, BLANKS);
	if (*rest != '\0' && !strchr(COMMENT_MARKS, *rest)) {
		reading_mistake(reading, "there is text behind the section's bracket; a "
					 "key stands on a line of "
					 "its own");
		return false;
	}
	if (config_section_is(name, (size_t) (end - name)))
		return true;
	config_guess_section(name, (size_t) (end - name), &error);
	reading_mistake(reading, "%s", error.text);
	return false;
}

/* The line that libinih was given last should have reached take_key. */
static void expect_key(struct reading *reading)
{
	if (reading->awaits_key && !reading->is_skipping)
		reading_mistake(reading,
			"neither [SECTION] nor KEY = VALUE; a comment begins with ;");
	reading->awaits_key = false;
}

/* Whether libinih is to see the line. */
static bool line_is_worth_reading(
	struct reading *reading, const char *line, size_t length)
{
	const char *flaw = lines_flaw(line, length);
	const char *start = line + strspn(line, BLANKS);

	if (flaw) {
		reading_mistake(reading, "the line %s; write plain UTF-8 text", flaw);
		return false;
	}
	if (length > LINE_MAX_BYTES - 3) { /* CR, LF and NUL, as ini.h says */
		reading_mistake(reading,
			"the line is longer than %d bytes; repeat the key on several "
			"lines",
			LINE_MAX_BYTES - 3);
		return false;
	}
	if (*start == '\0' || strchr(COMMENT_MARKS, *start))
		return false;
	if (*start == '[') {
		reading->has_section = true;
		reading->is_skipping = !section_is_fine(reading, start);
		return !reading->is_skipping;
	}
	reading->awaits_key = true;
	return true;
}

/* libinih's fgets: one line a call, so that we know which line a key stands on (libinih
 * 55 doesn't tell); what is not worth reading becomes an empty line. */
static char *give_line(char *text, int size, void *closure)
{
	struct reading *reading = closure;
	size_t length;
	const char *line;

	expect_key(reading);
	line = lines_next(&reading->lines, &length);
	if (!line)
		return NULL;
	if (!line_is_worth_reading(reading, line, length) || length + 2 > (size_t) size)
		length = 0;
	memcpy(text, line, length);
	memcpy(text + length, "\n", 2);
	return text;
}

static void put_value(
	struct reading *reading, const struct config_key *key, const char *text)
{
	struct error error;
	bool is_repeated;

	if (!config_value_put(reading->config, key, text, reading->lines.number,
		    &is_repeated, &error))
		reading_mistake(
			reading, "[%s] %s: %s", key->section, key->name, error.text);
	else if (is_repeated)
		report_warning(reading->report, reading->config->file,
			reading->lines.number, "[%s] %s: '%s' is listed twice",
			key->section, key->name, text);
}

/* Each of the values between blanks. */
static void put_values(
	struct reading *reading, const struct config_key *key, const char *text)
{
	char *copy = text_copy(text, strlen(text));
	char *rest = copy, *value;

	if (!copy) {
		reading_mistake(reading, "out of memory");
		return;
	}
	while ((value = strsep(&rest, BLANKS))) {
		if (*value != '\0')
			put_value(reading, key, value);
	}
	free(copy);
}

static void set_key(
	struct reading *reading, const struct config_key *key, const char *value)
{
	unsigned *line = &reading->config->lines[config_key_index(key)];

	if (*line > 0 && !key->is_many) {
		reading_mistake(reading,
			"[%s] %s is given twice, on line %u and here; keep one of them",
			key->section, key->name, *line);
		return;
	}
	if (*line == 0)
		*line = reading->lines.number;
	if (*value == '\0' && !key->can_be_empty)
		reading_mistake(reading, "[%s] %s lacks its value; write %s",
			key->section, key->name, config_kind_words(key->kind));
	else if (strstr(value, " #") || strstr(value, "\t#"))
		reading_mistake(reading,
			"[%s] %s: ' #' stands inside the value; a comment behind a value "
			"begins with ' ;'",
			key->section, key->name);
	else if (key->is_many)
		put_values(reading, key, value);
	else if (*value != '\0')
		put_value(reading, key, value);
}

/* libinih's handler. Always 1: what is wrong was reported by us. */
static int take_key(
	void *closure, const char *section, const char *name, const char *value)
{
	struct reading *reading = closure;
	const struct config_key *key;
	struct error error;

	reading->awaits_key = false;
	if (reading->is_skipping)
		return 1;
	if (!reading->has_section) {
		reading_mistake(reading,
			"'%.60s' stands before the first section; begin with one "
			"of " CONFIG_SECTIONS,
			name);
		return 1;
	}
	key = config_key_find(section, name);
	if (key) {
		set_key(reading, key, value);
	} else {
		config_guess_key(section, name, &error);
		reading_mistake(reading, "%s", error.text);
	}
	return 1;
}

/* Global to libinih: set once, so that several threads may read.
 * libinih 55 as Debian builds it: a line on the stack is cut at 200 bytes and goes on as
 * a new one; an indented line would continue the value before it. */
static void set_up_libinih(void)
{
	ini_use_stack = false;
	ini_allow_realloc = true;
	ini_initial_alloc = LINE_MAX_BYTES;
	ini_max_line = LINE_MAX_BYTES;
	ini_allow_multiline = false;
	ini_allow_inline_comments = true;
	ini_allow_no_value = false;
	ini_stop_on_first_error = false;
}

static void put_defaults(struct reading *reading)
{
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);

		if (reading->config->lines[i] > 0 || key->standard[0] == '\0')
			continue;
		reading->lines.number = 0;
		if (key->is_many)
			put_values(reading, key, key->standard);
		else
			put_value(reading, key, key->standard);
	}
}

static void free_with_rules(struct web_rules *rules)
{
	/* rules is the first member of its configuration. */
	struct config *config = (struct config *) rules;

	config_rules_finish(config);
	config_values_finish(config);
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
	struct reading reading = {
		.config = config_new(file), .report = report, .lines = lines};

	if (!reading.config) {
		report_mistake(report, file, 0, "out of memory");
	} else {
		pthread_once(&libinih_is_set_up, set_up_libinih);
		if (ini_parse_stream(give_line, &reading, take_key, &reading) == -2)
			report_mistake(report, file, 0, "out of memory");
		put_defaults(&reading);
	}
	lines_close(&reading.lines);
	return reading.config;
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
