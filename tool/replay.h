/* replay.h - SNS messages sent to the daemon in batches, and what came of each. */
#ifndef TOOL_REPLAY_H
#define TOOL_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tool/client.h"
#include "tool/stream.h"

#define REPLAY_LINES 100		/* of a batch */
#define REPLAY_BYTES ((size_t) 7 << 20) /* of a batch; the daemon takes 8 MiB */
#define REPLAY_REASONS 32

struct replay_place {
	const char *file; /* borrowed from the command line */
	size_t line;
};

struct replay_sum {
	char reason[48];
	int64_t count;
};

struct replay {
	struct tool *tool;
	struct client *client;
	struct stream stream; /* for JSON */
	struct buffer batch;
	size_t count; /* of the batch */
	struct replay_place places[REPLAY_LINES];
	enum tool_status worst;

	int64_t messages, stored, known, aside, unrecognised, other, refused, postponed;
	struct replay_sum sums[REPLAY_REASONS]; /* refusals, by reason */
	size_t sum_count;
};

/* Starts with everything at zero. */
void replay_init(struct replay *replay, struct tool *tool, struct client *client);
void replay_finish(struct replay *replay);

/* Adds a message, one line of JSON; sends the batch when it is full. False when the
 * daemon could not be asked: it was said, and nothing more should be added. */
bool replay_add(struct replay *replay, const char *text, size_t length,
	const struct replay_place *place);

/* Sends what waits. */
bool replay_send(struct replay *replay);

/* Something that holds no SNS message: counted as refused, and said. False as
 * of replay_add. */
bool replay_refuse(
	struct replay *replay, const struct replay_place *place, const char *why);

/* One line, or the end of the JSON document; the exit status. */
enum tool_status replay_say_sum(struct replay *replay);

#endif
