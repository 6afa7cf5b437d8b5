/* command_simulate.c - what SES would cause, without AWS: composed, signed, posted. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/outcome.h"
#include "tool/simulation.h"
#include "tool/when.h"
#include "tool/words.h"

#define COUNT_MAX 100000

/* Which certificate belongs to the topic that is wanted; NULL: the first. */
static bool choose_topic(const struct json *development, const char *wanted,
	struct simulation *simulation, struct error *error)
{
	const struct json *one = json_first(json_member(development, "certificates"));

	if (one == NULL)
		return error_set(
			error, "the daemon has no topic: name one in [sns] topic");
	while (one != NULL && wanted != NULL &&
		!text_equal(json_text(one, "topic"), wanted))
		one = json_next(one);
	if (one == NULL)
		return error_set(error,
			"--topic %.300s: none of the daemon's; \"ses-feedback topics\" "
			"lists "
			"them",
			wanted);
	simulation->certificate_url = json_text(one, "signing_cert_url");
	if (simulation->certificate_url == NULL)
		return error_set(error, "the daemon gave no certificate for the topic");
	return sns_topic_parse(
		words_member_text(one, "topic", ""), &simulation->topic, error);
}

static enum tool_status run_with_key(struct tool *tool, struct client *client,
	struct simulation *simulation, const struct json *development,
	const struct options *options)
{
	const char *key = json_text(development, "private_key");
	struct outcome outcome;
	enum tool_status status;
	struct error error;

	simulation->feedback_url = json_text(development, "feedback");
	simulation->feedback_certificate = json_text(development, "certificate");
	if (key == NULL || simulation->feedback_url == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE,
			"the daemon named no key, or no feedback door that can be "
			"reached "
			"over TCP");
	if (!choose_topic(
		    development, options_value(options, "topic"), simulation, &error))
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	simulation->key = private_key_read(key, strlen(key), &error);
	if (simulation->key == NULL)
		return tool_fail(
			tool, TOOL_UNREACHABLE, "the development key: %s", error.text);
	outcome_init(&outcome);
	status = simulation_run(tool, simulation, &outcome);
	status = tool_worse(status, outcome_show(tool, client, simulation, &outcome));
	outcome_finish(&outcome);
	private_key_free(simulation->key);
	return status;
}

static bool read_options(const struct options *options, struct simulation *simulation,
	char simulator[SES_ADDRESS_MAX], struct error *error)
{
	const char *to = options_value(options, "to");
	const char *count = options_value(options, "count");
	const char *version = options_value(options, "signature-version");
	char normal[SES_ADDRESS_MAX];

	if (!compose_kind_from_name(options->words[0], &simulation->kind))
		return error_set(error,
			"simulate %.60s: one of success, bounce, complaint, ooto, "
			"suppressionlist",
			options->words[0]);
	if (to != NULL && (!utf8_is_valid(to, strlen(to)) ||
				  !ses_address_normalise(to, strlen(to), normal)))
		return error_set(error, "--to %.200s: no mail address", to);
	snprintf(simulator, SES_ADDRESS_MAX, "%s@simulator.amazonses.com",
		compose_kind_name(simulation->kind));
	simulation->recipient = to == NULL ? simulator : to;
	simulation->count = 1;
	if (count != NULL && !when_parse_number("count", count, 1, COUNT_MAX,
				     &simulation->count, error))
		return false;
	if (version != NULL && !text_equal(version, "1") && !text_equal(version, "2"))
		return error_set(error, "--signature-version %.60s: 1 or 2", version);
	simulation->is_version_1 = text_equal(version, "1");
	simulation->is_identity_feedback = options_flag(options, "identity");
	return true;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct simulation simulation = {0};
	char simulator[SES_ADDRESS_MAX];
	struct answer answer = {0};
	struct client *client;
	enum tool_status status;
	struct error error;

	if (!read_options(options, &simulation, simulator, &error))
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = client_get(client, "/v1/development", &answer);
	if (status == TOOL_DONE)
		status = run_with_key(tool, client, &simulation, answer.json, options);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"to", OPTION_VALUE, "ADDRESS",
		"an address of your own, which then counts; not the simulator's"},
	{"count", OPTION_VALUE, "N", "so many mails (default: 1)"},
	{"identity", OPTION_FLAG, NULL,
		"as an identity's feedback (notificationType), not event publishing"},
	{"topic", OPTION_VALUE, "ARN", "through this topic (default: the first)"},
	{"signature-version", OPTION_VALUE, "V", "1 (SHA-1) or 2 (SHA-256, default)"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_simulate = {
	.name = "simulate",
	.arguments = "success|bounce|complaint|ooto|suppressionlist",
	.summary = "the SES mailbox simulator, without AWS",
	.description = "Makes the SNS message that a mail to SES's mailbox simulator "
		       "causes, signs it "
		       "with\nthe development key, posts it to the feedback door and "
		       "shows what came "
		       "of it. The\ndaemon must run on this host with development = yes "
		       "in [sns]; "
		       "never in production.\nFeedback about the simulator's addresses "
		       "is recorded "
		       "and counts nowhere; with --to\nit counts, and suppresses.\n"
		       "\n"
		       "  success          a delivery\n"
		       "  bounce           a hard bounce: user unknown\n"
		       "  complaint        somebody pressed \"this is spam\"\n"
		       "  ooto             an out-of-office answer: a transient bounce\n"
		       "  suppressionlist  a hard bounce: on SES's global list\n",
	.examples = "  ses-feedback simulate bounce\n"
		    "  ses-feedback simulate success --to anna@example.com --count 1000\n"
		    "  ses-feedback simulate complaint --to anna@example.com\n"
		    "  ses-feedback simulate bounce --identity --signature-version 1\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
