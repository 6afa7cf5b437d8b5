/* review.h - what a review of an account asks for, as one document. */
#ifndef TOOL_REVIEW_H
#define TOOL_REVIEW_H

#include <stdbool.h>

#include "base/json.h"
#include "tool/tool.h"

/* Answers of the API; all borrowed. */
struct review {
	const struct json *incident;
	const struct json *other;   /* the incident of the other metric */
	const struct json *account; /* of /v1/reputation; NULL: not there any more */
	const struct json *series;  /* by day */
	const struct json *brakes;  /* alerts of the brake, past ones too */
	const struct json *fresh_starts, *changes, *status;
};

void review_print(struct tool *tool, const struct review *review, bool as_html);

/* The same facts as one object. */
void review_print_json(struct tool *tool, const struct review *review);

#endif
