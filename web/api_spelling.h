/* api_spelling.h - how SES's own list spells an address, and where. Private to web/. */
#ifndef WEB_API_SPELLING_H
#define WEB_API_SPELLING_H

#include <stdbool.h>

#include "base/buffer.h"
#include "store/store.h"

/*
 * SES's list holds an address exactly as it was put there, in one account and region, and
 * its calls want just that spelling
 * (docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html).
 */
struct api_spelling {
	char *original; /* freed by api_spelling_finish; NULL: nothing is known */
	char account[13], region[40]; /* "" unknown */
};

/* By the newest event that told of SES's list, else by the rows of the list. False if the
 * store can't be read, or without memory. */
bool api_spelling_find(struct store *store, const char *address,
	struct api_spelling *spelling, struct error *error);
void api_spelling_finish(struct api_spelling *spelling);

/* The command that takes it off SES's list, quoted for a shell. */
void api_spelling_write_command(
	struct buffer *buffer, const struct api_spelling *spelling);

#endif
