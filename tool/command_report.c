/* command_report.c - the answer that SES's review asks for, drafted from what is
 * recorded.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/incident.h"
#include "tool/path.h"
#include "tool/review.h"

/* One call after another for the same account; the first that fails ends it. */
struct asking {
	struct tool *tool;
	struct client *client;
	const char *account, *region; /* of the incident */
	enum tool_status status;
};

/* of_account: the call takes account and region. since: NULL, or from when on. */
static void ask(struct asking *asking, const char *call, bool of_account,
	const char *since, struct answer *answer)
{
	struct buffer path;

	if (asking->status != TOOL_DONE)
		return;
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, call);
	path_query(&path, "account", of_account ? asking->account : NULL);
	path_query(&path, "region", of_account ? asking->region : NULL);
	path_query(&path, "since", since);
	if (path.failed)
		asking->status =
			tool_fail(asking->tool, TOOL_USAGE, "the question is too long");
	else
		asking->status = client_get(asking->client, path.bytes, answer);
	buffer_finish(&path);
}

static const struct json *account_of(
	const struct json *reputation, const char *account, const char *region)
{
	for (const struct json *each = json_first(json_member(reputation, "accounts"));
		each != NULL; each = json_next(each))
		if (text_equal(json_text(each, "account"), account) &&
			text_equal(json_text(each, "region"), region))
			return each;
	return NULL;
}

static enum tool_status write_report(struct tool *tool, struct client *client,
	const struct options *options, const struct json *incident)
{
	struct asking asking = {
		.tool = tool,
		.client = client,
		.account = json_text(incident, "account"),
		.region = json_text(incident, "region"),
		.status = TOOL_DONE,
	};
	const struct json *stretch = json_member(incident, "stretch");
	const char *since = json_text(stretch, "from");
	struct answer reputation = {0}, series = {0}, brakes = {0}, starts = {0},
		      changes = {0}, status = {0}, other = {0};
	bool is_bounce = text_equal(json_text(incident, "metric"), "bounce");

	if (since == NULL)
		since = json_text(incident, "from");
	ask(&asking, "/v1/reputation", false, NULL, &reputation);
	ask(&asking, "/v1/series?window=30d&step=1d&basis=sent", true, NULL, &series);
	ask(&asking,
		is_bounce ? "/v1/incident?metric=complaint"
			  : "/v1/incident?metric=bounce",
		true, NULL, &other);
	ask(&asking, "/v1/alerts?name=brake&limit=1000", false, NULL, &brakes);
	ask(&asking, "/v1/fresh-starts", false, NULL, &starts);
	ask(&asking, "/v1/changes?limit=1000", false, since, &changes);
	ask(&asking, "/v1/status", false, NULL, &status);
	if (asking.status == TOOL_DONE) {
		const struct review review = {
			.incident = incident,
			.other = other.json,
			.account = account_of(
				reputation.json, asking.account, asking.region),
			.series = series.json,
			.brakes = brakes.json,
			.fresh_starts = starts.json,
			.changes = changes.json,
			.status = status.json,
		};

		if (tool->is_json)
			review_print_json(tool, &review);
		else
			review_print(tool, &review, options_flag(options, "html"));
	}
	answer_finish(&other);
	answer_finish(&reputation);
	answer_finish(&series);
	answer_finish(&brakes);
	answer_finish(&starts);
	answer_finish(&changes);
	answer_finish(&status);
	return asking.status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client;
	struct answer answer = {0};
	enum tool_status status;

	if (tool->is_json && options_flag(options, "html"))
		return tool_fail(
			tool, TOOL_USAGE, "--json and --html exclude each other");
	status = client_open(tool, &client);
	if (status != TOOL_DONE)
		return status;
	status = incident_ask(tool, client, options, &answer);
	if (status == TOOL_DONE)
		status = write_report(tool, client, options, answer.json);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"html", OPTION_FLAG, NULL, "one HTML page, to print or to attach"},
	{"metric", OPTION_VALUE, "M", "bounce or complaint; else the one that is worse"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_report = {
	.name = "report",
	.arguments = "[ACCOUNT/REGION]",
	.summary = "drafts the answer to SES's review: rates, causes, actions",
	.description =
		"SES's review asks what went wrong, what was changed, and how bounces "
		"and\ncomplaints are handled from now on. The report answers with what "
		"is recorded:\nthe rates before and after, day by day; the hours, "
		"streams and domains that\ncaused it; what was stopped, removed and "
		"marked; how every notification is\nprocessed. What only you can say "
		"is left open and marked [ ].\n",
	.examples = "  ses-feedback report\n"
		    "  ses-feedback report --html 111122223333/us-east-1 > report.html\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 1,
	.run = run,
};
