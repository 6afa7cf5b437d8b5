/* lookup.c - all that a question about one address is decided by. */
#include "store/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/names.h"

/* Most mail of a day goes to fewer domains; a list of customers has more, but those come
 * once each. */
#define DOMAIN_SLOTS 512
/* What a look-up that stays may hold of rows and texts while nobody asks. */
#define REST_BYTES_MAX ((size_t) 256 * 1024)

struct lookup_domain {
	char *name; /* "@domain"; NULL: free slot */
	uint64_t snapshot;
	struct dossier dossier; /* without memory if there are no rows: most have none */
};

static const struct dossier nothing;

static bool has_tombstones(struct lookup *lookup)
{
	if (!lookup->knows_tombstones)
		lookup->knows_tombstones =
			tombstones_exist(lookup->db, &lookup->has_tombstones);
	return lookup->knows_tombstones;
}

/* slots: of a look-up that has none yet. */
static bool begin(struct lookup *lookup, struct db *db,
	const struct tombstones *tombstones, utc_ms now, size_t slots)
{
	lookup->db = db;
	lookup->now = now;
	lookup->domain = &nothing;
	lookup->stone_count = 0;
	if (!has_tombstones(lookup))
		return false;
	lookup->tombstones = lookup->has_tombstones ? tombstones : NULL;
	if (lookup->domains != NULL)
		return true;
	lookup->domain_slots = slots;
	lookup->domains = calloc(slots, sizeof(*lookup->domains));
	return lookup->domains != NULL || db_lacks_memory(db);
}

bool lookup_begin(struct lookup *lookup, struct db *db,
	const struct tombstones *tombstones, utc_ms now, size_t expected)
{
	memset(lookup, 0, sizeof(*lookup));
	return begin(lookup, db, tombstones, now,
		expected < DOMAIN_SLOTS ? expected + 1 : DOMAIN_SLOTS);
}

bool lookup_resume(struct lookup *lookup, struct db *db,
	const struct tombstones *tombstones, utc_ms now)
{
	return begin(lookup, db, tombstones, now, DOMAIN_SLOTS);
}

static size_t bytes_of(const struct dossier *dossier)
{
	return dossier->texts.capacity +
	       dossier->capacity * (sizeof(*dossier->rows) + sizeof(*dossier->entries));
}

void lookup_rest(struct lookup *lookup)
{
	size_t held = lookup->domain_bytes + bytes_of(&lookup->own) +
		      lookup->entry_capacity * sizeof(*lookup->entries);

	if (held > REST_BYTES_MAX)
		lookup_finish(lookup);
}

void lookup_forget(struct lookup *lookup)
{
	lookup->snapshot++;
	lookup->knows_tombstones = false;
}

void lookup_finish(struct lookup *lookup)
{
	dossier_finish(&lookup->own);
	for (size_t i = 0; lookup->domains != NULL && i < lookup->domain_slots; i++) {
		dossier_finish(&lookup->domains[i].dossier);
		free(lookup->domains[i].name);
	}
	free(lookup->domains);
	free(lookup->entries);
	memset(lookup, 0, sizeof(*lookup));
}

/* Puts what there is of a domain into its slot, which holds another, or an old one. */
static bool fill_slot(struct lookup *lookup, struct lookup_domain *slot, const char *name,
	size_t length)
{
	size_t before = bytes_of(&slot->dossier);
	bool went_well;

	free(slot->name);
	slot->name = NULL;
	went_well = dossier_read(lookup->db, name, &slot->dossier);
	if (!went_well || slot->dossier.count == 0)
		dossier_finish(&slot->dossier);
	lookup->domain_bytes += bytes_of(&slot->dossier) - before;
	if (!went_well)
		return false;
	slot->snapshot = lookup->snapshot;
	slot->name = text_copy(name, length);
	return slot->name != NULL || db_lacks_memory(lookup->db);
}

static bool read_domain(struct lookup *lookup, const char *address)
{
	const char *name = strrchr(address, '@');
	struct lookup_domain *slot;
	size_t length;

	lookup->domain = &nothing;
	if (name == NULL || name == address)
		return true;
	length = strlen(name);
	slot = &lookup->domains[names_hash(name, length) % lookup->domain_slots];
	if ((slot->name == NULL || slot->snapshot != lookup->snapshot ||
		    !text_equal(slot->name, name)) &&
		!fill_slot(lookup, slot, name, length))
		return false;
	lookup->domain = &slot->dossier;
	return true;
}

/* A rule by hand for the scope has taken the tombstone's place. */
static bool has_rule(const struct dossier *dossier, const char *scope)
{
	for (size_t i = 0; i < dossier->count; i++)
		if (dossier->rows[i].hand == SES_HAND_NEVER &&
			text_equal(dossier->rows[i].scope, scope))
			return true;
	return false;
}

/* What it was put by is not kept, but the reason tells enough to rank it. */
static enum ses_hand hand_of(enum ses_reason reason)
{
	if (reason == SES_REASON_MANUAL)
		return SES_HAND_SUPPRESS;
	return reason == SES_REASON_IMPORT ? SES_HAND_IMPORT : SES_HAND_NONE;
}

static void keep_stones(struct lookup *lookup)
{
	size_t kept = 0;

	for (size_t i = 0; i < lookup->stone_count; i++) {
		struct store_suppression *stone = &lookup->stones[i];

		if (has_rule(&lookup->own, stone->scope))
			continue;
		stone->hand = hand_of(stone->reason);
		lookup->stones[kept++] = *stone;
	}
	lookup->stone_count = kept;
}

/* The policy wants the entries of the address side by side. */
static bool join_stones(struct lookup *lookup)
{
	size_t own = lookup->own.count, wanted = own + lookup->stone_count;
	struct ses_entry *entries = lookup->entries;

	if (wanted > lookup->entry_capacity) {
		entries = realloc(entries, wanted * sizeof(*entries));
		if (entries == NULL)
			return db_lacks_memory(lookup->db);
		lookup->entries = entries;
		lookup->entry_capacity = wanted;
	}
	for (size_t i = 0; i < own; i++)
		entries[i] = lookup->own.entries[i];
	for (size_t i = 0; i < lookup->stone_count; i++)
		entries[own + i] = dossier_entry(&lookup->stones[i]);
	return true;
}

bool lookup_address(
	struct lookup *lookup, const char *address, const struct ses_scopes *scopes)
{
	lookup->address = address;
	lookup->stone_count = 0;
	if (!dossier_read(lookup->db, address, &lookup->own) ||
		!read_domain(lookup, address))
		return false;
	if (lookup->tombstones == NULL)
		return true;
	if (!tombstones_read(lookup->tombstones, lookup->db, address, scopes, lookup->now,
		    lookup->stones, &lookup->stone_count))
		return false;
	keep_stones(lookup);
	return lookup->stone_count == 0 || join_stones(lookup);
}

static const struct ses_entry *own_entries(const struct lookup *lookup)
{
	return lookup->stone_count > 0 ? lookup->entries : lookup->own.entries;
}

/* The row an entry was made of. */
static const struct store_suppression *row_of(
	const struct lookup *lookup, const struct ses_entry *entry)
{
	const struct ses_entry *own = own_entries(lookup);

	for (size_t i = 0; i < lookup->own.count; i++)
		if (entry == &own[i])
			return &lookup->own.rows[i];
	for (size_t i = 0; i < lookup->stone_count; i++)
		if (entry == &own[lookup->own.count + i])
			return &lookup->stones[i];
	for (size_t i = 0; i < lookup->domain->count; i++)
		if (entry == &lookup->domain->entries[i])
			return &lookup->domain->rows[i];
	return NULL;
}

enum ses_verdict lookup_verdict(const struct lookup *lookup,
	const struct ses_scopes *scopes, const struct store_suppression **told)
{
	const struct ses_entry *entry = NULL;
	enum ses_verdict verdict;

	*told = NULL;
	if (lookup->own.count + lookup->stone_count + lookup->domain->count == 0)
		return SES_VERDICT_CLEAR;
	verdict = ses_suppression_verdict(own_entries(lookup),
		lookup->own.count + lookup->stone_count, lookup->domain->entries,
		lookup->domain->count, scopes, lookup->now, &entry);
	if (entry != NULL)
		*told = row_of(lookup, entry);
	return verdict;
}

static int64_t version_of(const struct store_suppression *rows, size_t count)
{
	int64_t version = 0;

	for (size_t i = 0; i < count; i++)
		if (rows[i].version > version)
			version = rows[i].version;
	return version;
}

bool lookup_entry(const struct lookup *lookup, const struct ses_scopes *scope,
	struct store_suppression *entry)
{
	const char *name = scope->count > 0 ? scope->names[0] : "";
	const struct store_suppression *strongest, *rows, *told;
	size_t count;

	rows = dossier_scope(&lookup->own, name, &count);
	strongest = dossier_strongest(rows, count, lookup->now);
	if (strongest != NULL && !dossier_stands(strongest, lookup->now))
		strongest = NULL;
	for (size_t i = 0; i < lookup->stone_count; i++)
		if (text_equal(lookup->stones[i].scope, name) &&
			(strongest == NULL ||
				ses_reason_outranks(
					lookup->stones[i].reason, strongest->reason)))
			strongest = &lookup->stones[i];
	if (strongest == NULL ||
		lookup_verdict(lookup, scope, &told) == SES_VERDICT_NEVER)
		return false;
	*entry = *strongest;
	entry->version = version_of(rows, count);
	return true;
}

void lookup_name_scope(const char *scope, struct ses_scopes *scopes)
{
	scopes->names[0] = scope;
	scopes->count = scope[0] != '\0';
}
