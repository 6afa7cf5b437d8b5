/* api_account.h - an account and its region, in the body of a call. Private to web/. */
#ifndef WEB_API_ACCOUNT_H
#define WEB_API_ACCOUNT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/json.h"

/* The members account and region, which have to be there; borrowed from the object.
 * False with words in error. */
bool api_member_account(const struct json *object, const char **account,
	const char **region, struct error *error);

/* Whether a text has a control character. */
bool api_has_control(const char *text);

#endif
