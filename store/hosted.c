/* hosted.c - who runs the mailboxes of hosted domains, as replies showed it. */
#include "store/hosted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/provider.h"
#include "store/names.h"

static const char FIND[] = "SELECT provider, last FROM hosted WHERE domain = ?1";
static const char LEARN[] = "INSERT INTO hosted VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE"
			    " SET provider = excluded.provider, last = excluded.last";
static const char SLICE[] =
	"SELECT domain, last FROM hosted WHERE domain > ?1 ORDER BY domain LIMIT ?2";
static const char PRUNE[] = "DELETE FROM hosted WHERE domain = ?1";

/* Beyond so many the memory begins anew. */
#define DOMAINS_MAX ((size_t) HOSTED_SLOTS * 3 / 4)

void hosted_forget(struct hosted *hosted)
{
	if (hosted->count > 0)
		memset(hosted->slots, 0, sizeof(hosted->slots));
	hosted->count = 0;
}

void hosted_finish(struct hosted *hosted)
{
	for (size_t i = 0; i < hosted->provider_count; i++)
		free(hosted->providers[i]);
	memset(hosted, 0, sizeof(*hosted));
}

/* Lives on when the memory of domains begins anew: roll-ups borrow it. NULL without
 * memory. */
static const char *keep_name(struct hosted *hosted, const char *name)
{
	char *copy;

	for (size_t i = 0; i < hosted->provider_count; i++)
		if (text_equal(hosted->providers[i], name))
			return hosted->providers[i];
	if (hosted->provider_count == HOSTED_PROVIDERS_MAX)
		return "";
	copy = text_copy(name, strlen(name));
	if (copy != NULL)
		hosted->providers[hosted->provider_count++] = copy;
	return copy;
}

static struct hosted_domain *find(struct hosted *hosted, uint64_t hash)
{
	size_t at = (hash ^ hash >> 32) & (HOSTED_SLOTS - 1);

	while (hosted->slots[at].provider != NULL && hosted->slots[at].hash != hash)
		at = (at + 1) & (HOSTED_SLOTS - 1);
	return &hosted->slots[at];
}

static bool read_row(struct hosted *hosted, struct db *db, const char *domain,
	struct hosted_domain *found)
{
	bool has_memory = true;
	struct query query;

	query_start(&query, db, FIND);
	query_give_text(&query, domain);
	if (query_row(&query)) {
		found->provider = keep_name(hosted, query_text_or_empty(&query, 0));
		found->last = query_integer(&query, 1);
		has_memory = found->provider != NULL;
	}
	return query_end(&query) && (has_memory || db_lacks_memory(db));
}

static bool remember(struct hosted *hosted, struct db *db, const char *domain,
	uint64_t hash, struct hosted_domain **slot)
{
	const char *by_name = ses_provider_of(domain, NULL);
	struct hosted_domain found = {
		.hash = hash,
		.provider = by_name == domain ? "" : by_name,
		.last = UTC_NONE,
		.is_consumer = by_name != domain,
	};

	if (!found.is_consumer && !read_row(hosted, db, domain, &found))
		return false;
	if (hosted->count >= DOMAINS_MAX)
		hosted_forget(hosted);
	hosted->count++;
	*slot = find(hosted, hash);
	**slot = found;
	return true;
}

static bool learn(struct db *db, const char *domain, const char *provider, utc_ms now,
	struct hosted_domain *known)
{
	bool is_same = text_equal(known->provider, provider);
	struct query query;

	known->provider = provider;
	if (is_same && known->last != UTC_NONE && now < known->last + DAY_MS)
		return true;
	known->last = now;
	query_start(&query, db, LEARN);
	query_give_text(&query, domain);
	query_give_text(&query, provider);
	query_give_integer(&query, now);
	return query_run(&query);
}

bool hosted_provider(struct hosted *hosted, struct db *db, const char *domain,
	const char *const replies[2], utc_ms now, const char **provider)
{
	uint64_t hash = names_hash(domain, strlen(domain));
	struct hosted_domain *known;

	*provider = "";
	if (domain[0] == '\0')
		return true;
	known = find(hosted, hash);
	if (known->provider == NULL && !remember(hosted, db, domain, hash, &known))
		return false;
	for (size_t i = 0; i < 2 && !known->is_consumer; i++) {
		const char *shown =
			replies[i] == NULL ? NULL : ses_provider_of_reply(replies[i]);

		if (shown == NULL)
			continue;
		if (!learn(db, domain, shown, now, known))
			return false;
		break;
	}
	*provider = known->provider;
	return true;
}

/* Rows behind the cursor are deleted, so the query is not disturbed. */
bool hosted_prune(struct db *db, utc_ms now, int64_t limit, char *domain, size_t size,
	int64_t *seen)
{
	bool went_well = true;
	struct query query;

	*seen = 0;
	query_start(&query, db, SLICE);
	query_give_text(&query, domain);
	query_give_integer(&query, limit);
	while (went_well && query_row(&query)) {
		struct query prune;

		snprintf(domain, size, "%s", query_text_or_empty(&query, 0));
		++*seen;
		if (query_integer(&query, 1) >= now - HOSTED_KEPT_MS)
			continue;
		query_start(&prune, db, PRUNE);
		query_give_text(&prune, domain);
		went_well = query_run(&prune);
	}
	return query_end(&query) && went_well;
}
