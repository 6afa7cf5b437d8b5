/* account.c - which account and region a command is about. */
#include "tool/account.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tool/words.h"

#define NAMES_MAX ((size_t) 4096)

#define DIGITS "0123456789"
#define ACCOUNT_LENGTH ((size_t) 12)

bool account_is_number(const char *word)
{
	return strlen(word) == ACCOUNT_LENGTH && text_is_made_of(word, DIGITS);
}

/* "ACCOUNT/REGION" as it stands there; false if it is something else. */
static bool split(const char *word, struct account *account)
{
	const char *slash = strchr(word, '/');

	if (slash == NULL || (size_t) (slash - word) != ACCOUNT_LENGTH ||
		strlen(slash + 1) >= ACCOUNT_TEXT_SIZE || slash[1] == '\0' ||
		!text_is_made_of(slash + 1, "abcdefghijklmnopqrstuvwxyz" DIGITS "-"))
		return false;
	snprintf(account->account, sizeof(account->account), "%.*s", (int) (slash - word),
		word);
	if (!account_is_number(account->account))
		return false;
	snprintf(account->region, sizeof(account->region), "%s", slash + 1);
	return true;
}

/* How many of the list fit; the last of them is taken, and all are named in names. */
static size_t match(const struct json *list, const char *word, struct account *account,
	struct buffer *names)
{
	size_t found = 0;

	for (const struct json *one = json_first(list); one != NULL;
		one = json_next(one)) {
		const char *id = words_member_text(one, "account", "?");
		const char *region = words_member_text(one, "region", "?");

		buffer_format(
			names, "%s%s/%s", names->length > 0 ? ", " : "", id, region);
		if (word != NULL && !text_equal(word, id))
			continue;
		snprintf(account->account, sizeof(account->account), "%s", id);
		snprintf(account->region, sizeof(account->region), "%s", region);
		found++;
	}
	return found;
}

static enum tool_status choose_from(struct tool *tool, const struct json *list,
	const char *word, struct account *account)
{
	enum tool_status status = TOOL_DONE;
	struct buffer names;
	size_t found;

	buffer_init(&names, NAMES_MAX);
	found = match(list, word, account, &names);
	if (json_first(list) == NULL)
		status = tool_fail(tool, TOOL_USAGE,
			"the daemon has heard of no account yet; name one: "
			"ACCOUNT/REGION");
	else if (found == 0)
		status = tool_fail(tool, TOOL_USAGE, "%s: unknown; the daemon knows %s",
			word, names.failed ? "others" : names.bytes);
	else if (found > 1)
		status = tool_fail(tool, TOOL_USAGE, "which account? name one of %s",
			names.failed ? "those in \"ses-feedback status\"" : names.bytes);
	buffer_finish(&names);
	return status;
}

enum tool_status account_choose(struct tool *tool, struct client *client,
	const struct options *options, struct account *account)
{
	const char *word = options->word_count > 0 ? options->words[0] : NULL;
	struct answer answer = {0};
	enum tool_status status;

	if (word != NULL && split(word, account))
		return TOOL_DONE;
	status = client_get(client, "/v1/reputation", &answer);
	if (status == TOOL_DONE)
		status = choose_from(
			tool, json_member(answer.json, "accounts"), word, account);
	answer_finish(&answer);
	return status;
}
