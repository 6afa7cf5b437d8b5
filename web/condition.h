/* condition.h - If-Match and If-None-Match of a change (RFC 9110, 13.1). Private to web/.
 */
#ifndef WEB_CONDITION_H
#define WEB_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tags that If-Match may list. */
#define CONDITION_TAGS_MAX 16

enum condition_kind {
	CONDITION_NONE,	     /* any state will do */
	CONDITION_ABSENT,    /* If-None-Match: *: there must be no entry */
	CONDITION_PRESENT,   /* If-Match: *: there must be one */
	CONDITION_VERSIONS,  /* If-Match: "7", "9": of one of these versions */
	CONDITION_MALFORMED, /* neither, or both headers at once */
};

struct condition {
	enum condition_kind kind;
	int64_t versions[CONDITION_TAGS_MAX];
	size_t count;
};

/* The headers' values, NULL for none. Weak tags, and tags that we never gave, match
 * nothing. */
void condition_read(
	const char *if_match, const char *if_none_match, struct condition *condition);

/* Whether an entry of that version meets it; 0: there is no entry. */
bool condition_holds(const struct condition *condition, int64_t version);

#endif
