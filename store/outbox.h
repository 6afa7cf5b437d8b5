/* outbox.h - messages that wait to be delivered, and those that were. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"
#include "store/store.h"

/* A longer payload is refused with what it was written with. */
#define STORE_PAYLOAD_MAX ((size_t) 64 * 1024)

/* The numbers are stored. */
enum store_delivery_state {
	STORE_DELIVERY_WAITING = 0,
	STORE_DELIVERY_DONE = 1,
	STORE_DELIVERY_GIVEN_UP = 2,
};

struct store_delivery {
	int64_t id; /* grows */
	const char *channel, *message;
	int64_t alert; /* 0 none */
	utc_ms at;     /* when it was put there */
	const char *payload;
	enum store_delivery_state state;
	utc_ms due; /* of the next attempt */
	int64_t attempts;
	const char *answer; /* of the last attempt, in words; NULL none yet */
	utc_ms finished;    /* UTC_NONE */
};
typedef bool store_each_delivery(void *closure, const struct store_delivery *delivery);

/* A new id for a message: "msg_" and 26 random letters and digits, without those that are
 * taken for one another. False: the system gives none. Any thread. */
#define STORE_MESSAGE_ID_SIZE 31
bool store_message_id(char id[STORE_MESSAGE_ID_SIZE]) __attribute__((warn_unused_result));

/* What waits for a channel and is due, oldest first; *next_due: when more is due,
 * UTC_NONE never. Cost: what is handed out. */
bool store_outbox_due(struct store *store, const char *channel, utc_ms now, size_t limit,
	store_each_delivery *each, void *closure, utc_ms *next_due, struct error *error);

struct store_outbox_filter {
	int64_t alert;	     /* 0 any */
	const char *channel; /* NULL any */
	int state;	     /* -1 any */
	int64_t before;	     /* cursor by id; 0 */
	size_t limit;
};

/* Newest first. Looks at a bounded number of rows; *next is the id to go on before, 0 at
 * the end: a page can be short, or empty, and still have a next. Of one alert, of one
 * channel, or of what waits for one, the cost is what is handed out. */
bool store_outbox_list(struct store *store, const struct store_outbox_filter *filter,
	store_each_delivery *each, void *closure, int64_t *next, struct error *error);

/* The newest of a channel in a state: the one that was finished last; of those that wait,
 * the one that was tried last. each is called at most once. */
bool store_outbox_last(struct store *store, const char *channel,
	enum store_delivery_state state, store_each_delivery *each, void *closure,
	struct error *error);

/* For metrics and the status: of each channel how many wait, and since when; a channel of
 * which none waits and none was given up has no row. */
struct store_outbox_depth {
	const char *channel;
	int64_t waiting, given_up;
	utc_ms oldest; /* UTC_NONE */
};
typedef bool store_each_outbox_depth(
	void *closure, const struct store_outbox_depth *depth);
bool store_outbox_depths(struct store *store, store_each_outbox_depth *each,
	void *closure, struct error *error);

/* A job STORE_OUTBOX: what became of one attempt, or (id 0) a message of its own, such as
 * a test of a channel. The result of one that is finished or gone changes nothing
 * (STORE_DUPLICATE). Finished ones are pruned after 30 days. Borrowed until done. */
struct store_message;
struct store_delivery_result {
	int64_t id; /* for done: of the message that was put there */
	enum store_delivery_state state;
	utc_ms due;
	int64_t attempts;
	const char *answer;
	const struct store_message *message; /* id 0: what to put there (alerts.h) */
};

#endif
