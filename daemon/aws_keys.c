/* aws_keys.c - the keys of AWS, as the AWS CLI keeps them. */
#include "daemon/aws_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "daemon/lines.h"

#define COMMENT_MARKS ";#"
/* Letters and digits of an access key; what base64 and AWS's tokens are made of. */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define KEY_LETTERS LETTERS "0123456789_"
#define SECRET_LETTERS LETTERS "0123456789/+=._-"

struct aws_file {
	const char *file, *profile;
	struct report *report;
	bool is_in_profile, has_profile;
	struct aws_keys keys;
};

static void forget(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void aws_keys_finish(struct aws_keys *keys)
{
	forget(&keys->access_key);
	forget(&keys->secret_key);
	forget(&keys->session_token);
}

/* "[default]"; the CLI's other file says "[profile NAME]" of all but the default. */
static void enter_profile(struct aws_file *aws, const char *line)
{
	size_t length = strcspn(line + 1, "]");
	const char *name = text_trim(line + 1, &length);

	if (length > strlen("profile ") && text_begins(name, "profile ")) {
		name += strlen("profile ");
		length -= strlen("profile ");
		name = text_trim(name, &length);
	}
	aws->is_in_profile =
		strlen(aws->profile) == length && memcmp(aws->profile, name, length) == 0;
	aws->has_profile = aws->has_profile || aws->is_in_profile;
}

static const struct {
	const char *name, *variable, *letters, *shape;
} names[] = {
	{"aws_access_key_id", "AWS_ACCESS_KEY_ID", KEY_LETTERS, "letters and digits"},
	{"aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", SECRET_LETTERS,
		"letters, digits, / and +"},
	{"aws_session_token", "AWS_SESSION_TOKEN", SECRET_LETTERS,
		"letters, digits, / and +"},
};

static char **field_of(struct aws_keys *keys, size_t name)
{
	char **const fields[] = {
		&keys->access_key, &keys->secret_key, &keys->session_token};

	return fields[name];
}

/* The value goes into a header and into a signature; it is not repeated. */
static bool take(struct aws_keys *keys, size_t name, const char *value, size_t length,
	struct error *error)
{
	char **field = field_of(keys, name);

	forget(field);
	*field = text_copy(value, length);
	if (!*field)
		return error_set(error, "out of memory");
	return text_is_made_of(*field, names[name].letters) ||
	       error_set(error, "its value is made of %s alone; copy it again",
		       names[name].shape);
}

static void read_line(struct aws_file *aws, const char *line, unsigned number)
{
	size_t length = strcspn(line, "=");
	const char *equals = line + length;
	const char *key = text_trim(line, &length);

	for (size_t i = 0; *equals == '=' && i < sizeof(names) / sizeof(names[0]); i++) {
		size_t value_length = strlen(equals + 1);
		const char *value = text_trim(equals + 1, &value_length);
		struct error error;

		if (strlen(names[i].name) != length ||
			memcmp(names[i].name, key, length) != 0)
			continue;
		if (!take(&aws->keys, i, value, value_length, &error))
			report_mistake(aws->report, aws->file, number, "%s: %s",
				names[i].name, error.text);
	}
}

static void check_whole(struct aws_file *aws)
{
	if (!aws->has_profile)
		report_mistake(aws->report, aws->file, 0,
			"has no [%s]; write that section, or name another with [aws] "
			"profile",
			aws->profile);
	else if (!aws->keys.access_key || !aws->keys.secret_key)
		report_mistake(aws->report, aws->file, 0,
			"[%s] lacks %s; write it as aws configure does", aws->profile,
			aws->keys.access_key ? "aws_secret_access_key"
					     : "aws_access_key_id");
}

bool aws_keys_read(const char *file, const char *profile, struct aws_keys *keys,
	struct report *report)
{
	struct aws_file aws = {.file = file, .profile = profile, .report = report};
	size_t mistakes_before = report->mistakes;
	struct lines lines;
	struct error error;
	const char *line;
	size_t length;

	if (!lines_open(&lines, file, &error)) {
		report_mistake(report, "[aws] credentials_file", 0, "%s", error.text);
		return false;
	}
	if (lines.is_world_readable)
		report_warning(report, file, 0,
			"everybody may read it; say chmod o-rwx %s", file);
	while ((line = lines_next(&lines, &length))) {
		if (lines_flaw(line, length))
			report_mistake(report, file, lines.number,
				"the line %s; write plain text",
				lines_flaw(line, length));
		else if (line[0] == '[')
			enter_profile(&aws, line);
		else if (aws.is_in_profile && !strchr(COMMENT_MARKS, line[0]))
			read_line(&aws, line, lines.number);
	}
	lines_close(&lines);
	if (report->mistakes == mistakes_before)
		check_whole(&aws);
	if (report->mistakes != mistakes_before) {
		aws_keys_finish(&aws.keys);
		return false;
	}
	aws_keys_finish(keys);
	*keys = aws.keys;
	return true;
}

bool aws_keys_from_environment(struct aws_keys *keys, struct report *report)
{
	struct aws_keys found = {0};
	bool is_fine = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i].variable);
		struct error error;

		if (text_is_empty(value) || take(&found, i, value, strlen(value), &error))
			continue;
		report_mistake(report, names[i].variable, 0, "%s", error.text);
		is_fine = false;
	}
	if (is_fine && !found.access_key != !found.secret_key) {
		report_mistake(report, names[found.access_key ? 0 : 1].variable, 0,
			"%s is not set beside it; set both or neither",
			names[found.access_key ? 1 : 0].variable);
		is_fine = false;
	}
	if (!is_fine || !found.access_key) {
		aws_keys_finish(&found);
		return is_fine;
	}
	aws_keys_finish(keys);
	*keys = found;
	return true;
}
