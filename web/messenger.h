/* messenger.h - works the outbox off: one thread a channel. Private to web/. */
#ifndef WEB_MESSENGER_H
#define WEB_MESSENGER_H

#include <stdbool.h>

#include "base/error.h"
#include "web/web.h"

struct messenger;

/*
 * Starts a thread for each channel of web's rules. A thread takes what is due for its
 * channel out of the store's outbox, oldest first, delivers one message at a time
 * (web/deliver.h), and has the store write down what came of it before it goes on: so a
 * message is delivered at least once, under the same id, whenever the process dies. What
 * a channel does not take is tried again (web/backoff.h); meanwhile the other channels,
 * and the doors, go on. A channel that fails raises the alarm channel-failing. web's
 * store, diary and rules must be there until messenger_stop. NULL with error.
 */
struct messenger *messenger_start(struct web *web, struct error *error);

/* The rules have changed: channels that are new get a thread, those that are no more lose
 * it, and what waits is tried again at once, by the new rules. What lies in the outbox
 * for a channel that is no more stays there. From the thread of web_reload. */
void messenger_follow(struct messenger *messenger, const struct web_rules *rules);

/* There is something new in the outbox. Any thread; takes NULL. */
void messenger_wake(struct messenger *messenger);

/* From now on nothing more is delivered, and what is under way gives up; its message
 * stays in the outbox. Any thread, does not wait; takes NULL. */
void messenger_cancel(struct messenger *messenger);

/* Cancels, waits for the threads, frees. Nobody calls messenger_wake any more. Takes
 * NULL.
 */
void messenger_stop(struct messenger *messenger);

/* Whether no thread is stuck in a delivery for longer than its time limit explains. Takes
 * NULL. */
bool messenger_is_alive(struct messenger *messenger);

#endif
