/* simulation.c - made-up mails, one after another: composed, signed, posted. */
#include "tool/simulation.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "tool/envelope.h"
#include "tool/outcome.h"
#include "tool/post.h"

#define BODY_LIMIT ((size_t) 1024 * 1024)

bool simulation_make(const struct simulation *simulation, utc_ms now, struct buffer *body,
	char sns_id[COMPOSE_UUID_SIZE], char ses_id[COMPOSE_MESSAGE_ID_SIZE],
	struct error *error)
{
	char feedback_id[COMPOSE_MESSAGE_ID_SIZE];
	struct compose compose = {
		.kind = simulation->kind,
		.recipient = simulation->recipient,
		.topic = &simulation->topic,
		.is_identity_feedback = simulation->is_identity_feedback,
		.message_id = ses_id,
		.feedback_id = feedback_id,
		.now = now,
	};
	struct envelope envelope = {
		.message_id = sns_id,
		.topic_arn = simulation->topic.arn,
		.subject = compose_subject(&compose),
		.timestamp = now,
		.certificate_url = simulation->certificate_url,
		.is_version_1 = simulation->is_version_1,
	};
	char *message;
	bool is_made;

	buffer_init(body, BODY_LIMIT);
	if (!compose_uuid(sns_id) ||
		!compose_message_id(simulation->topic.region, now, ses_id) ||
		!compose_message_id(simulation->topic.region, now, feedback_id))
		return error_set(error, "the system gives no random bytes");
	message = compose_event(&compose);
	if (message == NULL)
		return error_set(error, "out of memory");
	envelope.message = message;
	is_made = envelope_sign(&envelope, simulation->key, body, error);
	free(message);
	return is_made;
}

static enum tool_status say_refused(
	struct tool *tool, long status, const struct buffer *answer)
{
	struct json *problem = json_parse(answer->bytes == NULL ? "" : answer->bytes,
		answer->length, JSON_REPAIR, NULL);
	const char *detail = json_text(problem, "detail");

	if (detail == NULL)
		detail = json_text(problem, "title");
	if (status == 401)
		tool_fail(tool, TOOL_UNREACHABLE,
			"the feedback door asks for credentials (credentials_file): "
			"simulate "
			"has none");
	else
		tool_fail(tool, TOOL_UNREACHABLE, "the feedback door answered %ld: %s",
			status, detail == NULL ? "no reason given" : detail);
	json_free(problem);
	return TOOL_UNREACHABLE;
}

static enum tool_status post_one(struct tool *tool, const struct simulation *simulation,
	struct post *post, struct outcome *outcome)
{
	char sns_id[COMPOSE_UUID_SIZE], ses_id[COMPOSE_MESSAGE_ID_SIZE];
	struct buffer body, answer;
	enum tool_status result = TOOL_DONE;
	struct error error;
	long status;

	buffer_init(&answer, 0);
	if (!simulation_make(simulation, clock_now(), &body, sns_id, ses_id, &error) ||
		!post_send(post, body.bytes, body.length, simulation->topic.arn, sns_id,
			&status, &answer, &error)) {
		result = tool_fail(tool, TOOL_UNREACHABLE, "%s", error.text);
		goto out;
	}
	if (!outcome_add(outcome, sns_id, ses_id, status))
		result = tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	else if (status < 200 || status > 299)
		result = say_refused(tool, status, &answer);
out:
	buffer_finish(&body);
	buffer_finish(&answer);
	return result;
}

enum tool_status simulation_run(
	struct tool *tool, const struct simulation *simulation, struct outcome *outcome)
{
	struct post *post =
		post_open(simulation->feedback_url, simulation->feedback_certificate);
	enum tool_status status = TOOL_DONE;

	if (post == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	for (int64_t i = 0; status == TOOL_DONE && i < simulation->count; i++)
		status = post_one(tool, simulation, post, outcome);
	post_close(post);
	return status;
}
