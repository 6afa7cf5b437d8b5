/* asked.c - which accounts and keys a question about rates is about. */
#include "store/asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/catch_up.h"

/* name, between and rest, one after another; freed by the caller. */
static char *join(const char *name, char between, const char *rest)
{
	size_t length = strlen(name), size = length + strlen(rest) + 2;
	char *joined = malloc(size);

	if (joined != NULL)
		snprintf(joined, size, "%s%c%s", name, between, rest);
	return joined;
}

static bool make_keys(struct asked *asked)
{
	const struct store_rates_query *query = asked->query;
	const char *tag = query->dimension == STORE_BY_TAG ? query->tag : NULL;

	if (query->dimension == STORE_BY_ACCOUNT || (tag == NULL && query->key == NULL))
		return true;
	if (tag == NULL) {
		asked->first = text_copy(query->key, strlen(query->key));
		asked->last = text_copy(query->key, strlen(query->key));
	} else if (query->key != NULL) {
		asked->first = join(tag, '=', query->key);
		asked->last = join(tag, '=', query->key);
	} else {
		/* All that begin with "NAME=": what follows "=" in ASCII ends them, and
		 * no key of a tag is without "=". */
		asked->first = join(tag, '=', "");
		asked->last = join(tag, '=' + 1, "");
	}
	asked->prefix = tag != NULL ? strlen(tag) + 1 : 0;
	return asked->first != NULL && asked->last != NULL;
}

/* since and until, whole minutes that lie in them. */
static utc_ms clip(const struct asked *asked, utc_ms from)
{
	utc_ms since = asked->query->since;

	if (since > 0 && since >= asked->to)
		return asked->to;
	if (since > 0 && from < since)
		from = utc_floor(since + MINUTE_MS - 1, MINUTE_MS);
	return from < asked->to ? from : asked->to;
}

static utc_ms end_of(const struct store_rates_query *query, utc_ms end)
{
	return query->until > 0 && query->until < end ? utc_floor(query->until, MINUTE_MS)
						      : end;
}

bool asked_read(struct asked *asked, struct db *db,
	const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, utc_ms now)
{
	bool is_representative = query->window == STORE_WINDOW_REPRESENTATIVE;
	utc_ms end = utc_floor(now, MINUTE_MS) + MINUTE_MS; /* with the minute that runs
							     */
	utc_ms from = window_default(settings, query->window, end);

	*asked = (struct asked){
		.query = query,
		.end = end,
		.to = end_of(query, end),
	};
	asked->from = clip(asked, from);
	if (!make_keys(asked))
		return db_lacks_memory(db);
	asked->windows = &asked->history;
	if (is_representative)
		from = HISTORY_BEGIN;
	if (!history_read(db, settings, query->basis, query->account, query->region, from,
		    end, &asked->history))
		return false;
	if (!is_representative || query->basis == STORE_BASIS_PUBLISHED)
		return true;
	asked->windows = &asked->published;
	return history_read(db, settings, STORE_BASIS_PUBLISHED, query->account,
		query->region, from, end, &asked->published);
}

void asked_finish(struct asked *asked)
{
	history_finish(&asked->history);
	history_finish(&asked->published);
	free(asked->first);
	free(asked->last);
	memset(asked, 0, sizeof(*asked));
}

bool asked_window(struct asked *asked, struct db *db, size_t place, utc_ms *from)
{
	struct window window;

	if (!window_find(db, asked->windows, &asked->windows->accounts[place],
		    asked->query->window, asked->end, &window))
		return false;
	*from = clip(asked, window.from);
	if (!asked->has_window || *from < asked->from)
		asked->from = *from;
	asked->has_window = true;
	return true;
}

void asked_account_key(const struct account_days *account, char key[ASKED_ACCOUNT_SIZE])
{
	snprintf(key, ASKED_ACCOUNT_SIZE, "%s/%s", account->account, account->region);
}

bool asked_has_account(const struct asked *asked, const struct account_days *account)
{
	char key[ASKED_ACCOUNT_SIZE];

	if (asked->query->dimension != STORE_BY_ACCOUNT || asked->query->key == NULL)
		return true;
	asked_account_key(account, key);
	return text_equal(key, asked->query->key);
}

struct slices_query asked_slices(const struct asked *asked, utc_ms from)
{
	return (struct slices_query){
		.dimension = asked->query->dimension,
		.first = asked->first,
		.last = asked->last,
		.from = from,
		.to = asked->to,
	};
}

const char *asked_key(const struct asked *asked, const char *key)
{
	return key + asked->prefix;
}

bool asked_is_other(const struct asked *asked, const char *key)
{
	const char *value = NULL;

	if (asked->query->dimension == STORE_BY_TAG && asked->prefix == 0)
		value = strchr(key, '=');
	return text_equal(key, STORE_KEY_OTHER) ||
	       (value != NULL && text_equal(value + 1, STORE_KEY_OTHER));
}

enum counting asked_counting(const struct store_rates_query *query)
{
	if (query->as_counted)
		return COUNT_NOTHING;
	/* With an account goes what its domains that report denominate. */
	return query->dimension == STORE_BY_ACCOUNT ? COUNT_ALL
						    : catch_up_for(query->dimension);
}
