/* api_query.h - the parameters that calls of the API have in common. Private to web/. */
#ifndef WEB_API_QUERY_H
#define WEB_API_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/address.h"
#include "ses/scope.h"
#include "web/cursor.h"
#include "web/request.h"

#define API_LIMIT_DEFAULT 100
#define API_LIMIT_MAX 1000

/*
 * Each reads one parameter and leaves its output alone where the parameter is absent.
 * False: a problem is set that names the parameter, the value and what would be right.
 */

/* The decoded text, well-formed UTF-8, not empty; freed by the caller. */
bool api_query_text(struct request *request, const char *name, char **value);

/* 1 to API_LIMIT_MAX. */
bool api_query_limit(struct request *request, size_t *limit);

/* A whole number, 0 or more. */
bool api_query_id(struct request *request, const char *name, int64_t *id);

/* An RFC 3339 time, or a duration such as 24h: so long before now. */
bool api_query_time(struct request *request, const char *name, utc_ms now, utc_ms *time);

/* One of the names, which end with NULL; *index is its place. */
bool api_query_choice(struct request *request, const char *name,
	const char *const *choices, size_t *index);

/* "account": twelve digits. Freed by the caller. */
bool api_query_account(struct request *request, char **account);

/* "cursor", as a pair of texts, to be finished by the caller; as an id. */
bool api_query_cursor(
	struct request *request, enum cursor_kind kind, struct cursor *cursor);
bool api_query_cursor_id(struct request *request, enum cursor_kind kind, int64_t *id);

/* "scope": the one of an entry (ses_scope_is_valid); NULL: absent. Freed by the caller.
 */
bool api_query_scope(struct request *request, char **scope);

/* "scope": the stream of a question (ses_scopes_parse); no names if it is absent. */
bool api_query_scopes(struct request *request, struct ses_scopes *scopes);

/* "address": an address or "@domain", in its normal form and as it was asked: that is
 * freed by the caller, and NULL if the parameter is absent. */
bool api_query_address(
	struct request *request, char normal[SES_ADDRESS_MAX], char **asked);

/* "prefix", in lower case; "note", at most 1000 bytes. Freed by the caller. */
bool api_query_prefix(struct request *request, char **prefix);
bool api_query_note(struct request *request, char **note);

/* The normal form of an address or "@domain"; false if it is neither. */
bool api_address_read(const char *text, char normal[SES_ADDRESS_MAX]);

/* request->argument as an address or "@domain", in its normal form; else the problem
 * "not-an-address". */
bool api_argument_address(struct request *request, char normal[SES_ADDRESS_MAX]);

/* What a scope of an entry, and a question, look like; for refusals. */
extern const char api_scope_expected[], api_scopes_expected[];

/* The 400 problem "query": value is wrong for the parameter, which wants one of
 * what expected says. Returns false. */
bool api_refuse_parameter(struct request *request, const char *name, const char *value,
	const char *expected);

#endif
