/* rejudge.c - what another policy makes of the evidence: compared, and applied. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/dossier.h"
#include "store/inside.h"

/* Between two pages the log can be emptied, and others get the reader. */
#define PAGE 2000
#define PAGE_BYTES_MAX ((size_t) 8 << 20)

static const char ADDRESSES[] = "SELECT DISTINCT address FROM evidence WHERE address > ?1"
				" ORDER BY address LIMIT ?2";
static const char ORIGINAL[] =
	"SELECT coalesce(e.original, e.address) FROM evidence v"
	" CROSS JOIN events e ON e.id = v.event"
	" WHERE v.address = ?1 AND e.address = ?1 ORDER BY v.event DESC LIMIT 1";

/* ---- comparing ---- */

struct comparison {
	const struct ses_suppression_policy *policy;
	utc_ms now;
	store_each_difference *each;
	void *closure;
	int64_t compared;
	bool (*may_go_on)(void *closure); /* NULL: always */
	bool goes_on;			  /* each did not say stop */

	struct db *db;
	struct dossier before; /* of the address at hand, as are the next */
	struct evidence evidence;
	struct ses_learnt learnt;
	struct store_suppression *after; /* rules, then what is learnt */
	size_t after_count, after_capacity;
};

static struct store_suppression row_of(const char *address, const struct ses_entry *entry)
{
	return (struct store_suppression){
		.address = address,
		.scope = entry->scope,
		.hand = entry->hand,
		.reason = entry->reason,
		.is_certain = entry->is_certain,
		.since = entry->since,
		.expires = entry->expires,
		.event = entry->event,
	};
}

static int compare_rows(const void *one, const void *other)
{
	const struct store_suppression *a = one, *b = other;
	int order = strcmp(a->scope, b->scope);

	if (order != 0)
		return order;
	if ((a->hand != SES_HAND_NONE) != (b->hand != SES_HAND_NONE))
		return a->hand != SES_HAND_NONE ? -1 : 1;
	return a->reason < b->reason ? -1 : a->reason > b->reason;
}

static bool make_room(struct comparison *comparison)
{
	size_t wanted = comparison->before.count + SES_LEARNT_MAX;
	struct store_suppression *more;

	if (wanted <= comparison->after_capacity)
		return true;
	more = realloc(comparison->after, wanted * sizeof(*more));
	if (more == NULL)
		return db_lacks_memory(comparison->db);
	comparison->after = more;
	comparison->after_capacity = wanted;
	return true;
}

/* What dossier_settle would write, in the order of the table. */
static bool decide(struct comparison *comparison, const char *address)
{
	const struct dossier *before = &comparison->before;
	struct ses_entry *rules = calloc(before->count + 1, sizeof(*rules));
	struct ses_learnt *learnt = &comparison->learnt;
	size_t count = 0;
	bool went_well;

	if (rules == NULL || !make_room(comparison)) {
		free(rules);
		return db_lacks_memory(comparison->db);
	}
	for (size_t i = 0; i < before->count; i++)
		if (before->rows[i].hand != SES_HAND_NONE) {
			rules[count] = before->entries[i];
			comparison->after[count++] = before->rows[i];
		}
	went_well = ses_suppression_learn(comparison->policy, comparison->evidence.pieces,
		comparison->evidence.count, rules, count, learnt);
	free(rules);
	if (!went_well)
		return db_lacks_memory(comparison->db);
	for (size_t i = 0; i < learnt->count; i++)
		comparison->after[count++] = row_of(address, &learnt->entries[i]);
	comparison->after_count = count;
	qsort(comparison->after, count, sizeof(*comparison->after), compare_rows);
	return true;
}

static bool is_same(
	const struct store_suppression *one, const struct store_suppression *other)
{
	if (one == NULL || other == NULL)
		return one == other;
	return one->reason == other->reason && one->hand == other->hand &&
	       one->is_certain == other->is_certain && one->since == other->since &&
	       one->expires == other->expires && one->event == other->event;
}

/* Where nothing stands on either side the expired entries are told. */
static void tell(struct comparison *comparison, const char *address, const char *scope,
	const struct store_suppression *before, const struct store_suppression *after)
{
	bool is_before = before != NULL && dossier_stands(before, comparison->now);
	bool is_after = after != NULL && dossier_stands(after, comparison->now);
	bool tells_expired = !is_before && !is_after;
	struct ses_entry was, is;
	struct store_difference difference = {.address = address, .scope = scope};

	if (is_before || (before != NULL && tells_expired)) {
		was = dossier_entry(before);
		difference.before = &was;
	}
	if (is_after || (after != NULL && tells_expired)) {
		is = dossier_entry(after);
		difference.after = &is;
	}
	comparison->goes_on = comparison->each(comparison->closure, &difference);
}

/* Both lists of rows are in order of scope: side by side, one scope after another. */
static void tell_scopes(struct comparison *comparison, const char *address)
{
	const struct store_suppression *before = comparison->before.rows;
	const struct store_suppression *after = comparison->after;
	size_t before_left = comparison->before.count;
	size_t after_left = comparison->after_count;

	while (comparison->goes_on && (before_left > 0 || after_left > 0)) {
		bool is_gone =
			after_left == 0 ||
			(before_left > 0 && strcmp(before->scope, after->scope) < 0);
		const char *scope = is_gone ? before->scope : after->scope;
		size_t before_count = dossier_count_scope(before, before_left, scope);
		size_t after_count = dossier_count_scope(after, after_left, scope);
		const struct store_suppression *was =
			dossier_strongest(before, before_count, comparison->now);
		const struct store_suppression *is =
			dossier_strongest(after, after_count, comparison->now);

		if (!is_same(was, is))
			tell(comparison, address, scope, was, is);
		before += before_count;
		before_left -= before_count;
		after += after_count;
		after_left -= after_count;
	}
}

static bool compare_address(struct comparison *comparison, const char *address)
{
	struct db *db = comparison->db;

	if (!dossier_read(db, address, &comparison->before) ||
		!evidence_read(db, address, &comparison->evidence) ||
		!decide(comparison, address))
		return false;
	comparison->compared++;
	tell_scopes(comparison, address);
	return true;
}

/* The addresses of the next page, each with its NUL. */
static bool read_page(struct db *db, const char *after, struct buffer *page)
{
	struct query query;

	page->length = 0;
	query_start(&query, db, ADDRESSES);
	query_give_text(&query, after);
	query_give_integer(&query, PAGE);
	while (!page->failed && query_row(&query)) {
		const char *address = query_text_or_empty(&query, 0);

		buffer_append(page, address, strlen(address) + 1);
	}
	return query_end(&query) && (!page->failed || db_lacks_memory(db));
}

/* *last, freed by the caller, is the address to go on after; "" at the end. */
static bool compare_page(struct comparison *comparison, struct buffer *page, char **last)
{
	const char *address = "", *next;
	char *copy;

	if (!read_page(comparison->db, *last, page))
		return false;
	for (next = page->bytes; comparison->goes_on && page->length > 0 &&
				 next < page->bytes + page->length;
		next += strlen(next) + 1) {
		address = next;
		if (!compare_address(comparison, address))
			return false;
	}
	copy = text_copy(address, strlen(address));
	if (copy == NULL)
		return db_lacks_memory(comparison->db);
	free(*last);
	*last = copy;
	return true;
}

static bool compare_all(
	struct store *store, struct comparison *comparison, struct error *error)
{
	char *last = text_copy("", 0);
	struct buffer page;
	bool went_well = last != NULL || error_set(error, "out of memory");

	buffer_init(&page, PAGE_BYTES_MAX);
	while (went_well && comparison->goes_on) {
		if (comparison->may_go_on != NULL &&
			!comparison->may_go_on(comparison->closure))
			break;
		comparison->db = readers_borrow(store->readers, error);
		went_well = comparison->db != NULL;
		if (!went_well)
			break;
		went_well = compare_page(comparison, &page, &last) ||
			    db_explain(comparison->db, error);
		readers_return(store->readers, comparison->db);
		if (went_well && last[0] == '\0')
			break;
	}
	buffer_finish(&page);
	free(last);
	return went_well;
}

bool store_policy_compare(struct store *store,
	const struct ses_suppression_policy *policy, utc_ms now,
	store_each_difference *each, bool (*goes_on)(void *closure), void *closure,
	int64_t *compared, struct error *error)
{
	struct comparison *comparison = calloc(1, sizeof(*comparison));
	bool went_well;

	*compared = 0;
	if (comparison == NULL)
		return error_set(error, "out of memory");
	comparison->policy = policy;
	comparison->now = now;
	comparison->each = each;
	comparison->closure = closure;
	comparison->goes_on = true;
	comparison->may_go_on = goes_on;
	went_well = compare_all(store, comparison, error);
	*compared = comparison->compared;
	dossier_finish(&comparison->before);
	evidence_finish(&comparison->evidence);
	free(comparison->after);
	free(comparison);
	return went_well;
}

/* ---- applying ---- */

/* How SES spells the address, for rows that are new; freed by the caller, NULL without
 * memory. */
static bool find_original(struct db *db, const char *address, char **original)
{
	struct query query;
	const char *text;

	query_start(&query, db, ORIGINAL);
	query_give_text(&query, address);
	text = query_row(&query) ? query_text(&query, 0) : NULL;
	text = text != NULL ? text : address;
	*original = text_copy(text, strlen(text));
	return query_end(&query) && (*original != NULL || db_lacks_memory(db));
}

enum store_outcome rejudge_apply(struct writer *writer, struct store_job *job)
{
	struct change_cause cause = {
		.at = job->now,
		.actor = job->actor,
		.cause = job->cause,
	};

	for (size_t i = 0; i < job->address_count; i++) {
		char *original = NULL;
		bool changed, went_well;

		went_well = find_original(&writer->db, job->addresses[i], &original) &&
			    dossier_settle(writer, job->addresses[i], original,
				    job->policy, &cause, &changed);
		free(original);
		if (!went_well)
			return STORE_FAILED;
		job->recorded += changed;
	}
	return STORE_DONE;
}
