/* asked.h - which accounts and keys a question about rates is about. Private to store/.
 */
#ifndef STORE_ASKED_H
#define STORE_ASKED_H

#include <stdbool.h>

#include "store/reputation.h"
#include "store/uncounted.h"
#include "store/window.h"

/* A query with what it needs of the accounts, and the keys it asks for as a range. */
struct asked {
	const struct store_rates_query *query;
	struct history history;	       /* in the basis asked for */
	struct history published;      /* unless that is the same, or not needed */
	const struct history *windows; /* where the representative window is found */
	utc_ms end;		       /* where windows end */
	utc_ms from, to;    /* what is asked for of any: to is their end, or until */
	bool has_window;    /* from is that of an account */
	char *first, *last; /* keys; NULL: all */
	size_t prefix;	    /* bytes of a key that are the name of the tag asked for */
};

/* asked_finish in any case. */
bool asked_read(struct asked *asked, struct db *db,
	const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, utc_ms now);
void asked_finish(struct asked *asked);

/* Where the window of the account at that place of history begins, as far as it is asked
 * for; it ends at asked->to. asked->from becomes the earliest of them. */
bool asked_window(struct asked *asked, struct db *db, size_t place, utc_ms *from);

/* Whether an account is asked for: a break-down by account can be narrowed to one key. */
bool asked_has_account(const struct asked *asked, const struct account_days *account);

/* The rows from then on, to be completed with a step. */
struct slices_query asked_slices(const struct asked *asked, utc_ms from);

/* The key as the query's answer shows it; points into key. */
const char *asked_key(const struct asked *asked, const char *key);

/* Whether it stands for all that was not told apart. */
bool asked_is_other(const struct asked *asked, const char *key);

/* What is to be counted before it is answered: catch_up_borrow. */
enum counting asked_counting(const struct store_rates_query *query);

/* "ACCOUNT/REGION". */
#define ASKED_ACCOUNT_SIZE 64
void asked_account_key(const struct account_days *account, char key[ASKED_ACCOUNT_SIZE]);

#endif
