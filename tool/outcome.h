/* outcome.h - what came of simulated mails: the answers, the events, the entry. */
#ifndef TOOL_OUTCOME_H
#define TOOL_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "tool/client.h"
#include "tool/compose.h"
#include "tool/simulation.h"

struct outcome_post {
	char ses_id[COMPOSE_MESSAGE_ID_SIZE];
	char sns_id[COMPOSE_UUID_SIZE];
	long status;
};

struct outcome {
	struct outcome_post *posts;
	size_t count, capacity;
};

void outcome_init(struct outcome *outcome);
void outcome_finish(struct outcome *outcome);

/* False without memory. */
bool outcome_add(
	struct outcome *outcome, const char *sns_id, const char *ses_id, long status);

/* Asks the daemon what it made of them, and shows it. Sorts the posts. */
enum tool_status outcome_show(struct tool *tool, struct client *client,
	const struct simulation *simulation, struct outcome *outcome);

#endif
