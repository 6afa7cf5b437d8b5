/* background.h - long work for one request, while its door goes on. Private to web/. */
#ifndef WEB_BACKGROUND_H
#define WEB_BACKGROUND_H

#include <stdbool.h>

#include "web/request.h"

/*
 * Parks the request and calls work on a thread of its own; work sets the answer and frees
 * closure, and then the request goes back to its door. False: a problem is set, work is
 * not called, and closure is still the caller's. From the door's thread.
 */
bool background_begin(struct request *request, const char *name,
	void (*work)(struct request *request, void *closure), void *closure);

#endif
