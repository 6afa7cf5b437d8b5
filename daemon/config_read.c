/* config_read.c - lines become values, by the table of keys. The only home of libinih. */
#include "daemon/config_read.h"

#include <ini.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/config_guess.h"
#include "daemon/config_value.h"

#define LINE_MAX_BYTES 65536
#define BLANKS " \t"
#define COMMENT_MARKS ";#"

static pthread_once_t libinih_is_set_up = PTHREAD_ONCE_INIT;

/* A file on its way through libinih. */
struct reading {
	struct config *config;
	struct report *report;
	struct lines *lines;
	struct config_alert *alert; /* whose section we are in; NULL: of no name */
	bool is_skipping;	    /* keys of a section that was reported already */
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
	report_mistake(reading->report, reading->config->file, reading->lines->number,
		"%s", error.text);
}

/* One section [alert "NAME"] more, which is the one we are in. */
static bool begin_alert(struct reading *reading, const char *name, size_t length)
{
	struct config *config = reading->config;
	struct config_alert *grown;
	char *copy;

	for (size_t i = 0; i < config->alert_count; i++) {
		const struct config_alert *other = &config->alerts[i];

		if (strlen(other->name) != length ||
			memcmp(other->name, name, length) != 0)
			continue;
		reading_mistake(reading,
			"[alert \"%s\"] stands twice, on line %u and here; give one of "
			"them another name",
			other->name, other->line);
		return false;
	}
	copy = text_copy(name, length);
	grown = copy ? realloc(config->alerts, (config->alert_count + 1) * sizeof(*grown))
		     : NULL;
	if (!grown) {
		free(copy);
		reading_mistake(reading, "out of memory");
		return false;
	}
	config->alerts = grown;
	reading->alert = &grown[config->alert_count++];
	*reading->alert =
		(struct config_alert){.name = copy, .line = reading->lines->number};
	return true;
}

/* name is what stands between the brackets. */
static bool enter_section(struct reading *reading, const char *name, size_t length)
{
	struct config_section section;
	struct error error;

	reading->alert = NULL;
	if (!config_section_read(name, length, &section, &error)) {
		reading_mistake(reading, "%s", error.text);
		return false;
	}
	return !section.name || begin_alert(reading, section.name, section.name_length);
}

/* Judges the line "[NAME]", which libinih would take in silence: unknown and empty
 * sections, names it would cut at 49 bytes, a missing bracket. */
static bool section_is_fine(struct reading *reading, const char *line)
{
	const char *name = line + 1;
	const char *end = strchr(name, ']');
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
	return enter_section(reading, name, (size_t) (end - name));
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
	line = lines_next(reading->lines, &length);
	if (!line)
		return NULL;
	if (!line_is_worth_reading(reading, line, length) || length + 2 > (size_t) size)
		length = 0;
	else if (reading->alert && !reading->awaits_key) {
		/* libinih would cut what is longer than 49 bytes, in silence. */
		line = "[alert]";
		length = strlen(line);
	}
	memcpy(text, line, length);
	memcpy(text + length, "\n", 2);
	return text;
}

/* Where the fields of a key are, and the lines on which they stand. */
static void *owner_of(struct reading *reading, const struct config_key *key)
{
	return config_section_is_named(key->section) ? (void *) reading->alert
						     : (void *) reading->config;
}

static unsigned *line_of(struct reading *reading, const struct config_key *key)
{
	unsigned *lines = config_section_is_named(key->section) ? reading->alert->lines
								: reading->config->lines;

	return &lines[config_key_index(key)];
}

/* "[store] path", "[alert "ops"] url". */
#define PLACE_SIZE 160
static const char *place_of(const struct reading *reading, const struct config_key *key,
	char place[PLACE_SIZE])
{
	if (config_section_is_named(key->section))
		snprintf(place, PLACE_SIZE, "[%s \"%s\"] %s", key->section,
			reading->alert->name, key->name);
	else
		snprintf(place, PLACE_SIZE, "[%s] %s", key->section, key->name);
	return place;
}

static void put_value(
	struct reading *reading, const struct config_key *key, const char *text)
{
	char place[PLACE_SIZE];
	struct error error;
	bool is_repeated;

	if (!config_value_put(owner_of(reading, key), key, text, reading->lines->number,
		    &is_repeated, &error))
		reading_mistake(
			reading, "%s: %s", place_of(reading, key, place), error.text);
	else if (is_repeated)
		report_warning(reading->report, reading->config->file,
			reading->lines->number, "%s: '%s' is listed twice",
			place_of(reading, key, place), text);
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
	unsigned *first = &reading->config->lines[config_key_index(key)];
	unsigned *line = line_of(reading, key);
	char place[PLACE_SIZE];

	place_of(reading, key, place);
	if (*line > 0 && !key->is_many) {
		reading_mistake(reading,
			"%s is given twice, on line %u and here; keep one of them", place,
			*line);
		return;
	}
	if (*line == 0)
		*line = reading->lines->number;
	if (*first == 0)
		*first = reading->lines->number;
	if (*value == '\0' && !key->can_be_empty)
		reading_mistake(reading, "%s lacks its value; write %s", place,
			config_kind_words(key->kind));
	else if (strstr(value, " #") || strstr(value, "\t#"))
		reading_mistake(reading,
			"%s: ' #' stands inside the value; a comment behind a value "
			"begins with ' ;'",
			place);
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

static void put_default(struct reading *reading, const struct config_key *key)
{
	if (*line_of(reading, key) > 0 || key->standard[0] == '\0')
		return;
	if (key->is_many)
		put_values(reading, key, key->standard);
	else
		put_value(reading, key, key->standard);
}

static void put_defaults(struct reading *reading)
{
	struct config *config = reading->config;

	reading->lines->number = 0;
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);

		if (!config_section_is_named(key->section)) {
			put_default(reading, key);
			continue;
		}
		for (size_t j = 0; j < config->alert_count; j++) {
			reading->alert = &config->alerts[j];
			put_default(reading, key);
		}
	}
}

void config_read_lines(struct config *config, struct lines *lines, struct report *report)
{
	struct reading reading = {.config = config, .report = report, .lines = lines};

	pthread_once(&libinih_is_set_up, set_up_libinih);
	if (ini_parse_stream(give_line, &reading, take_key, &reading) == -2)
		report_mistake(report, config->file, 0, "out of memory");
	put_defaults(&reading);
}
