/* account.h - which account and region a command is about. */
#ifndef TOOL_ACCOUNT_H
#define TOOL_ACCOUNT_H

#include <stdbool.h>

#include "tool/client.h"
#include "tool/options.h"
#include "tool/tool.h"

#define ACCOUNT_TEXT_SIZE 64

struct account {
	char account[ACCOUNT_TEXT_SIZE], region[ACCOUNT_TEXT_SIZE];
};

/*
 * The first word, ACCOUNT/REGION or ACCOUNT alone where that has one region only; without
 * a word the only account that the daemon knows. Else TOOL_USAGE, and it was said which
 * there are.
 */
enum tool_status account_choose(struct tool *tool, struct client *client,
	const struct options *options, struct account *account);

/* Whether it is the twelve digits of an account. */
bool account_is_number(const char *word);

#endif
