/* scope.h - which mail an entry of the suppression list is about. */
#ifndef SES_SCOPE_H
#define SES_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A scope is "" (everything), NAME (a configuration set), "tenant:NAME" or "account:ID"
 * (an AWS account, all its regions).
 */
#define SES_SCOPE_MAX 256 /* bytes, without the NUL */

/* One scope as an entry has it: none of the words "everything", "all" and "*", which mean
 * ""; "", or UTF-8 of at most SES_SCOPE_MAX bytes without
 * commas, control characters (below U+0020, U+007F) or a blank at either end; "tenant:"
 * with something after it, "account:" with 12 digits and nothing else. */
bool ses_scope_is_valid(const char *scope);

/*
 * A question names the stream a mail belongs to: up to SES_SCOPES_MAX scopes, separated
 * by commas ("newsletter,account:111122223333"); "" names none. Entries for any of them,
 * and those for everything, apply to it. Blanks around a name are no part of it.
 */
#define SES_SCOPES_MAX 8
struct ses_scopes {
	const char *names[SES_SCOPES_MAX]; /* point into text */
	size_t count;
	char text[SES_SCOPES_MAX * (SES_SCOPE_MAX + 1)];
};

/* False: a name is empty or not valid, or there are too many; scopes is then not to be
 * used. A copy of the struct points into the original. */
bool ses_scopes_parse(const char *question, struct ses_scopes *scopes)
	__attribute__((warn_unused_result));

/* Whether an entry of that scope applies to the question: everything, or one of them. */
bool ses_scopes_include(const struct ses_scopes *scopes, const char *scope);

#endif
