/* suggest.h - the name that a mistyped one was meant to be. */
#ifndef TOOL_SUGGEST_H
#define TOOL_SUGGEST_H

#include <stddef.h>

/* How many letters must be added, left out, replaced or swapped with their neighbour to
 * make one of the other; at most SUGGEST_FAR is told. Case does not count. */
#define SUGGEST_FAR 100
size_t suggest_distance(const char *one, const char *other);

/* The largest distance at which a name is offered for what was typed. */
size_t suggest_limit(const char *typed);

#endif
