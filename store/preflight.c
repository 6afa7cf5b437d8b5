/* preflight.c - what is known of the addresses of a list before it is mailed. */
#include "store/preflight.h"

#include <stdlib.h>

#include "store/lookup.h"
#include "store/preflight_walk.h"

static const char PROVIDER[] = "SELECT provider FROM hosted WHERE domain = ?1";
static const char REMEMBERED[] = "SELECT class, sent FROM evidence WHERE address = ?1";

/* ---- the list and the evidence ---- */

static void raise(utc_ms *time, utc_ms to)
{
	if (to > *time)
		*time = to;
}

static void take_piece(struct store_recipient *who, enum ses_class class, utc_ms sent)
{
	switch (class) {
	case SES_CLASS_HARD:
		raise(&who->bounced, sent);
		if (who->bounces < UINT8_MAX)
			who->bounces++;
		break;
	case SES_CLASS_SOFT:
	case SES_CLASS_EXPIRED:
	case SES_CLASS_QUARANTINE:
		raise(&who->softened, sent);
		break;
	case SES_CLASS_DELIVERED:
		raise(&who->delivered, sent);
		break;
	case SES_CLASS_NONE:
	case SES_CLASS_MESSAGE:
	case SES_CLASS_AUTOMATIC:
	case SES_CLASS_NO_SUCH_DOMAIN:
	case SES_CLASS_REPUTATION:
	case SES_CLASS_SES_LIST:
	case SES_CLASS_COMPLAINT:
	case SES_CLASS_NOT_SPAM:
	case SES_CLASS_UNCLEAR:
		break;
	}
}

static bool remember(struct db *db, struct store_recipient *who)
{
	struct query query;

	query_start(&query, db, REMEMBERED);
	query_give_text(&query, who->address);
	while (query_row(&query))
		if (query_integer(&query, 1) < who->before)
			take_piece(who, (enum ses_class) query_integer(&query, 0),
				query_integer(&query, 1));
	return query_end(&query);
}

/* An entry about the domain that has expired says more than one about the mailbox. */
static void take_probation(
	struct store_recipient *who, const struct store_suppression *told)
{
	if (told->reason == SES_REASON_NO_SUCH_DOMAIN)
		raise(&who->bounced, told->since);
	else
		who->on_probation = true;
}

static bool look_up(struct lookup *lookup, const struct ses_scopes *scopes,
	struct store_recipient *who)
{
	const struct store_suppression *told;

	if (!lookup_address(lookup, who->address, scopes))
		return false;
	switch (lookup_verdict(lookup, scopes, &told)) {
	case SES_VERDICT_SUPPRESSED:
		who->history = SES_HISTORY_SUPPRESSED;
		who->reason = (uint8_t) told->reason;
		who->is_done = true;
		return true;
	case SES_VERDICT_PROBATION:
		take_probation(who, told);
		break;
	case SES_VERDICT_CLEAR:
	case SES_VERDICT_NEVER:
		break;
	}
	return remember(lookup->db, who);
}

/* From *next on, as many as go in one turn. */
static bool look_up_turn(struct store *store, struct store_recipient *recipients,
	size_t count, const struct ses_scopes *scopes, utc_ms now, size_t *next,
	struct error *error)
{
	int64_t end = clock_monotonic_ms() + PREFLIGHT_TURN_MS;
	struct db *db = readers_borrow(store->readers, error);
	struct lookup lookup;
	bool went_well;

	if (db == NULL)
		return false;
	went_well = lookup_begin(&lookup, db, &store->tombstones, now, count - *next);
	while (went_well && *next < count) {
		went_well = look_up(&lookup, scopes, &recipients[(*next)++]);
		if (*next % 64 == 0 && clock_monotonic_ms() >= end)
			break;
	}
	went_well = went_well || db_explain(db, error);
	lookup_finish(&lookup);
	readers_return(store->readers, db);
	return went_well;
}

static bool look_up_all(struct store *store, struct store_recipient *recipients,
	size_t count, const struct ses_scopes *scopes, utc_ms now,
	bool (*goes_on)(void *closure), void *closure, struct error *error)
{
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		struct store_recipient *who = &recipients[i];

		who->delivered = who->bounced = who->softened = UTC_NONE;
		who->reason = SES_REASON_NONE;
		who->bounces = 0;
		who->is_done = who->on_probation = false;
	}
	while (next < count && goes_on(closure))
		if (!look_up_turn(store, recipients, count, scopes, now, &next, error))
			return false;
	return true;
}

/* ---- the classes ---- */

/* A bounce of a mail that was delivered first came later, and is what counts. */
enum ses_history preflight_class(const struct store_recipient *who)
{
	bool is_newest = who->bounced >= who->delivered && who->bounced >= who->softened;

	if (who->bounced != UTC_NONE && is_newest)
		return SES_HISTORY_BOUNCED;
	if (who->softened != UTC_NONE && who->softened >= who->delivered)
		return SES_HISTORY_SOFT;
	if (who->delivered != UTC_NONE)
		return ses_history_of_age(who->before - who->delivered);
	return SES_HISTORY_NEVER;
}

static void judge(struct store_recipient *who)
{
	enum ses_history history;

	/* Where mail was delivered to, there is somebody, whatever the name looks like.
	 */
	if ((who->history == SES_HISTORY_INVALID && who->delivered == UTC_NONE) ||
		(who->is_done && who->reason != SES_REASON_NONE))
		return;
	history = preflight_class(who);
	if (who->on_probation && history != SES_HISTORY_BOUNCED)
		history = SES_HISTORY_SOFT;
	who->history = (uint8_t) history;
}

static struct walk_person *gather(struct store_recipient *recipients, size_t count,
	const struct preflight_sample *sample, size_t *people_count)
{
	struct walk_person *people = calloc(count + sample->count + 1, sizeof(*people));
	size_t kept = 0;

	for (size_t i = 0; people != NULL && i < count; i++)
		if (!recipients[i].is_done)
			people[kept++].recipient = &recipients[i];
	for (size_t i = 0; people != NULL && i < sample->count; i++)
		people[kept++].recipient = &sample->trials[i].who;
	*people_count = kept;
	return people;
}

bool store_preflight(struct store *store, struct store_recipient *recipients,
	size_t count, const struct ses_scopes *scopes, utc_ms now,
	bool (*goes_on)(void *closure), void *closure,
	struct store_experience *experience, struct error *error)
{
	struct preflight_sample sample = {0};
	struct walk_person *people = NULL;
	size_t people_count;
	bool went_well;

	went_well = preflight_sample(store, now, &sample, experience, error) &&
		    look_up_all(store, recipients, count, scopes, now, goes_on, closure,
			    error);
	if (went_well) {
		people = gather(recipients, count, &sample, &people_count);
		went_well = people == NULL ? error_set(error, "out of memory")
					   : preflight_walk(store, people, people_count,
						     goes_on, closure, error);
	}
	if (went_well) {
		for (size_t i = 0; i < count; i++)
			judge(&recipients[i]);
		preflight_sample_count(&sample, experience);
	}
	free(people);
	preflight_sample_finish(&sample);
	return went_well;
}

/* ---- providers ---- */

bool store_providers(struct store *store, const char *const *domains, size_t count,
	store_each_provider *each, void *closure, struct error *error)
{
	struct db *db = NULL;
	bool went_well = true;
	int64_t end = 0;

	for (size_t i = 0; went_well && i < count; i++) {
		struct query query;

		if (db == NULL) {
			end = clock_monotonic_ms() + PREFLIGHT_TURN_MS;
			db = readers_borrow(store->readers, error);
			if (db == NULL)
				return false;
		}
		query_start(&query, db, PROVIDER);
		query_give_text(&query, domains[i]);
		if (query_row(&query))
			each(closure, i, query_text_or_empty(&query, 0));
		went_well = query_end(&query) || db_explain(db, error);
		if (i % 64 == 0 && clock_monotonic_ms() >= end) {
			readers_return(store->readers, db);
			db = NULL;
		}
	}
	if (db != NULL)
		readers_return(store->readers, db);
	return went_well;
}
