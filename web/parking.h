/* parking.h - the gate for requests that wait for another thread. Private to web/. */
#ifndef WEB_PARKING_H
#define WEB_PARKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request;
struct parking;

/* NULL without memory. */
struct parking *parking_new(void);
/* Takes NULL. Nobody may be inside. */
void parking_free(struct parking *parking);

/*
 * Counts one more that is inside, unless the gate is closed. For requests through
 * parking_park; also for work in the background that uses what web_stop frees. Any
 * thread.
 */
bool parking_enter(struct parking *parking) __attribute__((warn_unused_result));
void parking_leave(struct parking *parking);

/*
 * Suspends the request, on its door's own thread and before it is handed over: a resume
 * that came first would be undefined. False once the gate is closed: the request still
 * belongs to the caller.
 */
bool parking_park(struct parking *parking, struct request *request)
	__attribute__((warn_unused_result));

/* Gives a parked request, whose answer is set, back to its door. Any thread; the caller
 * must not touch the request any more. */
void parking_resume(struct parking *parking, struct request *request);

/* From now on nobody gets in. */
void parking_close(struct parking *parking);

/* Whether nobody is inside; waits for that for at most timeout_ms. */
bool parking_wait_empty(struct parking *parking, int64_t timeout_ms);

size_t parking_count(struct parking *parking);

#endif
