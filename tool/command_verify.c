/* command_verify.c - without daemon or network: is each SNS message genuine, and if not,
 * exactly why. */
#include <stdlib.h>

#include "base/text.h"
#include "tool/command.h"
#include "tool/input.h"
#include "tool/screen.h"
#include "tool/stream.h"
#include "tool/verdict.h"

/* What the feedback door takes, twice: a file may be indented. */
#define FILE_LIMIT ((size_t) 4 * 1024 * 1024)

struct verification {
	struct tool *tool;
	struct verdict_rules rules;
	struct sns_topic *topics;
	struct stream stream;
};

static void stream_verdict(struct verification *verification, const char *path,
	const struct verdict *verdict)
{
	struct json *json = json_object();

	json_put_text(json, "file", path);
	json_put_boolean(json, "genuine", verdict->is_genuine);
	json_put_text(json, "reason", verdict->word);
	json_put_text(json, "detail", verdict->is_genuine ? NULL : verdict->why.text);
	json_put_text(json, "type", verdict->type[0] ? verdict->type : NULL);
	json_put_text(json, "topic", verdict->topic[0] ? verdict->topic : NULL);
	json_put_text(
		json, "timestamp", verdict->timestamp[0] ? verdict->timestamp : NULL);
	stream_element(&verification->stream, json);
	json_free(json);
}

static void print_verdict(
	struct tool *tool, const char *path, const struct verdict *verdict)
{
	screen_print(tool, SCREEN_PLAIN, "%s: ", input_name(path));
	if (verdict->is_genuine) {
		screen_print(tool, SCREEN_GOOD, "genuine");
		screen_print(tool, SCREEN_PLAIN, " (%s, %s, %s)", verdict->type,
			verdict->topic, verdict->timestamp);
	} else if (verdict->is_unreadable) {
		screen_print(tool, SCREEN_WARNING, "cannot be judged");
		screen_print(tool, SCREEN_PLAIN, ": %s", verdict->why.text);
	} else {
		screen_print(tool, SCREEN_DANGER, "not genuine");
		screen_print(tool, SCREEN_PLAIN, ": %s", verdict->why.text);
	}
	fputc('\n', tool->out);
}

static enum tool_status verify_file(struct verification *verification, const char *path)
{
	struct tool *tool = verification->tool;
	enum tool_status status = TOOL_USAGE;
	struct verdict verdict;
	struct buffer bytes;
	struct error error;

	buffer_init(&bytes, FILE_LIMIT);
	if (!input_read_file(path, &bytes, &error)) {
		tool_fail(tool, TOOL_USAGE, "%s: cannot be read: %s", input_name(path),
			error.text);
		goto out;
	}
	verdict_judge(&verification->rules, bytes.bytes == NULL ? "" : bytes.bytes,
		bytes.length, clock_now(), &verdict);
	if (tool->is_json)
		stream_verdict(verification, path, &verdict);
	else
		print_verdict(tool, path, &verdict);
	status = verdict.is_genuine	 ? TOOL_DONE
		 : verdict.is_unreadable ? TOOL_USAGE
					 : TOOL_NO;
out:
	buffer_finish(&bytes);
	return status;
}

static bool read_topics(struct verification *verification, const struct options *options,
	struct error *error)
{
	struct sns_policy *policy = &verification->rules.policy;
	size_t count = 0;

	while (options_nth(options, "topic", count) != NULL)
		count++;
	policy->any_topic = count == 0;
	verification->topics = calloc(count + 1, sizeof(*verification->topics));
	if (verification->topics == NULL)
		return error_set(error, "out of memory");
	policy->topics = verification->topics;
	for (size_t i = 0; i < count; i++) {
		if (!sns_topic_parse(options_nth(options, "topic", i),
			    &verification->topics[i], error))
			return error_prefix(error, "--topic");
		policy->topic_count++;
	}
	return true;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct verification verification = {.tool = tool};
	const char *folder = options_value(options, "certificates");
	enum tool_status worst = TOOL_DONE;
	struct error error;

	verification.rules.certificate_folder =
		folder == NULL ? TOOL_CERTIFICATES : folder;
	verification.rules.keyring = sns_keyring_new();
	if (verification.rules.keyring == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	if (!read_topics(&verification, options, &error)) {
		worst = tool_fail(tool, TOOL_USAGE, "%s", error.text);
		goto out;
	}
	if (tool->is_json)
		stream_begin(&verification.stream, tool, "results");
	for (size_t i = 0; i < options->word_count; i++)
		worst = tool_worse(worst, verify_file(&verification, options->words[i]));
	if (tool->is_json)
		stream_end(&verification.stream, NULL);
out:
	free(verification.topics);
	sns_keyring_free(verification.rules.keyring);
	return worst;
}

static const struct option options_known[] = {
	{"certificates", OPTION_VALUE, "DIR",
		"signing certificates (" TOOL_CERTIFICATES ")"},
	{"topic", OPTION_MANY, "ARN", "only this topic will do; may be repeated"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_verify = {
	.name = "verify",
	.arguments = "FILE... | -",
	.summary = "offline: is an SNS message genuine, and if not, why",
	.description = "Judges SNS messages, one a FILE, by the daemon's own rules: "
		       "topic, address "
		       "and name\nof the certificate, its validity and key, the "
		       "signature. Neither "
		       "daemon nor\nnetwork is asked: a certificate must lie in DIR "
		       "under the name "
		       "that\nSigningCertURL gives it. Any topic will do unless --topic "
		       "names some; "
		       "there is no\nage limit. Exit status 1 if any is not genuine, 2 "
		       "if a file "
		       "cannot be read.\n",
	.examples = "  ses-feedback verify message.json\n"
		    "  ses-feedback verify --certificates ./certificates *.json\n"
		    "  ses-feedback verify --topic "
		    "arn:aws:sns:us-east-1:111122223333:ses-feedback -\n",
	.options = options_known,
	.words_least = 1,
	.words_most = COMMAND_WORDS_ANY,
	.run = run,
};
