/* api_members.h - the members that bodies of several calls have in common. Private to
 * web/.
 */
#ifndef WEB_API_MEMBERS_H
#define WEB_API_MEMBERS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/json.h"
#include "store/store.h"

#define API_NOTE_MAX 1000 /* bytes */

/*
 * Each reads a member of an object, which may be NULL (no body), and leaves its output
 * alone where the member is absent or null. Texts are borrowed from the object. False
 * with words in error, which name the member and what would be right.
 */

/* Whether there is no member but those of names (NULL-terminated), each once. what: for
 * the message: "an entry". */
bool api_members_are_known(const struct json *object, const char *const *names,
	const char *what, struct error *error);

bool api_member_text(const struct json *object, const char *name, const char *expected,
	const char **text, struct error *error);
/* The scope of an entry. */
bool api_member_scope(const struct json *object, const char **scope, struct error *error);
/* At most API_NOTE_MAX bytes. */
bool api_member_note(const struct json *object, const char **note, struct error *error);
bool api_member_time(const struct json *object, const char *name, const char *expected,
	utc_ms *time, struct error *error);

/* reason, scope, expires and note of an entry put by hand: reasons that only feedback can
 * give are refused. */
bool api_member_entry(const struct json *object, utc_ms now,
	struct store_suppression *entry, struct error *error);

#endif
