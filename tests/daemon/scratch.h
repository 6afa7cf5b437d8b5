/* scratch.h - a temporary folder, and configurations read from text. For tests. */
#ifndef TESTS_DAEMON_SCRATCH_H
#define TESTS_DAEMON_SCRATCH_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "daemon/config.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SCRATCH_PATH_SIZE 512

static char scratch_folder[64];

static inline int scratch_make(void **state)
{
	(void) state;
	snprintf(scratch_folder, sizeof(scratch_folder), "/tmp/test-daemon-XXXXXX");
	return mkdtemp(scratch_folder) ? 0 : -1;
}

static inline int scratch_remove_one(
	const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void) status;
	(void) kind;
	(void) place;
	return remove(path);
}

static inline int scratch_remove(void **state)
{
	(void) state;
	return nftw(scratch_folder, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in the folder; one at a time. */
static inline const char *scratch_path(const char *name)
{
	static char path[SCRATCH_PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", scratch_folder, name);
	return path;
}

/* Writes a file with mode 0600. */
static inline void scratch_write(const char *name, const char *text)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

/* Whether a line of the report has both parts; prints the report if not. */
static inline bool report_has(
	const struct report *report, bool is_mistake, const char *one, const char *other)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct report_line *line = &report->lines[i];

		if (line->is_mistake == is_mistake && strstr(line->text, one) &&
			strstr(line->text, other))
			return true;
	}
	print_message("neither '%s' nor '%s' among:\n", one, other);
	for (size_t i = 0; i < report->count; i++)
		print_message("  %s\n", report->lines[i].text);
	return false;
}

/* Reads a configuration that must be fine. */
static inline struct config *parsed_of_length(const char *text, size_t length)
{
	struct report report = {0};
	struct config *config = config_parse("x.conf", text, length, &report);

	for (size_t i = 0; i < report.count; i++)
		print_message("  %s\n", report.lines[i].text);
	report_finish(&report);
	assert_non_null(config);
	return config;
}

static inline struct config *parsed(const char *text)
{
	return parsed_of_length(text, strlen(text));
}

/* Writes text with $ replaced by the folder, and loads it. */
static inline struct config *scratch_load(const char *text, struct report *report)
{
	char path[SCRATCH_PATH_SIZE];
	struct buffer whole;

	buffer_init(&whole, 1 << 16);
	for (; *text != '\0'; text++) {
		if (*text == '$')
			buffer_append_text(&whole, scratch_folder);
		else
			buffer_append(&whole, text, 1);
	}
	scratch_write("x.conf", whole.bytes ? whole.bytes : "");
	buffer_finish(&whole);
	snprintf(path, sizeof(path), "%s", scratch_path("x.conf"));
	return config_load(path, report);
}

#endif
