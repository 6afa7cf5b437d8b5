/* incident.h - the answer of /v1/incident, asked for. */
#ifndef TOOL_INCIDENT_H
#define TOOL_INCIDENT_H

#include "tool/client.h"
#include "tool/options.h"
#include "tool/tool.h"

/* GET /v1/incident for the first word (ACCOUNT/REGION) and --metric, where given. */
enum tool_status incident_ask(struct tool *tool, struct client *client,
	const struct options *options, struct answer *answer);

#endif
