/* api_account.c - an account and its region, in the body of a call. */
#include "web/api_account.h"

#include <string.h>

#include "base/text.h"
#include "web/api_members.h"

#define ACCOUNT_DIGITS 12
#define REGION_MAX 39

bool api_has_control(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char) *c < ' ' || *c == 0x7f)
			return true;
	return false;
}

bool api_member_account(const struct json *object, const char **account,
	const char **region, struct error *error)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	static const char wants_account[] = "the AWS account: twelve digits, as a text";
	static const char wants_region[] = "the name of a region, such as us-east-1";

	*account = *region = NULL;
	if (!api_member_text(object, "account", wants_account, account, error) ||
		!api_member_text(object, "region", wants_region, region, error))
		return false;
	if (*account == NULL || strlen(*account) != ACCOUNT_DIGITS ||
		!text_is_made_of(*account, "0123456789"))
		return error_set(error, "\"account\" takes %s", wants_account);
	if (*region == NULL || strlen(*region) > REGION_MAX ||
		!text_is_made_of(*region, letters))
		return error_set(error, "\"region\" takes %s", wants_region);
	return true;
}
