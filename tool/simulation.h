/* simulation.h - made-up mails, one after another: composed, signed, posted. */
#ifndef TOOL_SIMULATION_H
#define TOOL_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/publickey.h"
#include "sns/topic.h"
#include "tool/compose.h"
#include "tool/tool.h"

struct outcome;

/* All texts are borrowed. */
struct simulation {
	enum compose_kind kind;
	const char *recipient;
	int64_t count;
	bool is_identity_feedback;
	bool is_version_1;
	struct sns_topic topic;
	const char *certificate_url;
	const char *feedback_url;
	const char *feedback_certificate; /* NULL: the system's trust */
	struct private_key *key;
};

/* One notification, as SNS would post it, in body, which is initialised here; the ids it
 * got. */
bool simulation_make(const struct simulation *simulation, utc_ms now, struct buffer *body,
	char sns_id[COMPOSE_UUID_SIZE], char ses_id[COMPOSE_MESSAGE_ID_SIZE],
	struct error *error);

/* Posts all of them, and stops at the first that is refused: that is said. What was
 * posted is in outcome. */
enum tool_status simulation_run(
	struct tool *tool, const struct simulation *simulation, struct outcome *outcome);

#endif
