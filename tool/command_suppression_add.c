/* command_suppression_add.c - puts an address on the suppression list. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/event.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/path.h"
#include "tool/screen.h"

static bool read_reason(
	const struct options *options, const char **reason, struct error *error)
{
	const char *given = options_value(options, "reason");
	enum ses_reason known;

	*reason = given == NULL ? "manual" : given;
	if (ses_reason_from_name(*reason, &known))
		return true;
	return error_set(error,
		"--reason %.60s: one of bounce, complaint, soft-bounce, manual, import, "
		"ses-list",
		*reason);
}

/* The body of the call, freed by the caller; NULL with error. */
static char *write_body(const struct options *options, struct error *error)
{
	const char *expires = options_value(options, "expires"), *reason;
	utc_ms now = clock_now(), time = UTC_NONE;
	struct json *json;
	char *body;

	if (!read_reason(options, &reason, error))
		return NULL;
	if (expires != NULL && !text_equal(expires, "never")) {
		if (!when_parse("expires", expires, now, WHEN_FUTURE, &time, error))
			return NULL;
		if (time <= now) {
			error_set(error, "--expires %.60s: that is in the past", expires);
			return NULL;
		}
	}
	json = json_object();
	json_put_text(json, "reason", reason);
	if (options_value(options, "scope") != NULL)
		json_put_text(json, "scope", options_value(options, "scope"));
	if (time != UTC_NONE)
		json_put_time(json, "expires", time);
	if (options_value(options, "note") != NULL)
		json_put_text(json, "note", options_value(options, "note"));
	body = json_print(json);
	json_free(json);
	if (body == NULL)
		error_set(error, "out of memory");
	return body;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;
	struct error error;
	char *body = write_body(options, &error);

	if (body == NULL)
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/suppressions/");
	path_encode(&path, options->words[0]);
	if (path.failed) {
		status = tool_fail(tool, TOOL_USAGE, "the address is too long");
		goto out;
	}
	status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = client_call(
			client, "PUT", path.bytes, body, strlen(body), &answer);
	if (status != TOOL_DONE)
		goto out;
	if (tool->is_json) {
		screen_print_json(tool, answer.json);
	} else {
		fputs(answer.status == 201 ? "Added.\n"
					   : "It was listed before; this holds now.\n",
			tool->out);
		entry_print(tool, answer.json);
	}
out:
	answer_finish(&answer);
	client_close(client);
	buffer_finish(&path);
	free(body);
	return status;
}

static const struct option options_known[] = {
	{"reason", OPTION_VALUE, "REASON",
		"manual (default), bounce, complaint, soft-bounce, import, ses-list"},
	{"scope", OPTION_VALUE, "SCOPE",
		"only for a configuration set, tenant:NAME or account:ID"},
	{"expires", OPTION_VALUE, "WHEN", "30d, 2027-01-31 or a time (default: never)"},
	{"note", OPTION_VALUE, "TEXT", "why, for whoever asks later"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_add = {
	.name = "suppression add",
	.arguments = "ADDRESS | @DOMAIN",
	.summary = "puts an address, or all of a domain, on the list by hand",
	.description =
		"From the moment this returns, ADDRESS is suppressed, or every address "
		"of @DOMAIN.\nWhat is said by hand goes before all feedback until then. "
		"What is listed already\ngets the new reason, note and end.\n",
	.examples = "  ses-feedback suppression add anna@example.com --note \"asked by "
		    "phone\"\n"
		    "  ses-feedback suppression add anna@example.com --expires 30d\n"
		    "  ses-feedback suppression add anna@example.com --scope newsletter\n"
		    "  ses-feedback suppression add @example.net --note \"left us\"\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
