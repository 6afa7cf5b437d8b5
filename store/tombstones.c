/* tombstones.c - forgotten addresses that stay suppressed. */
#include "store/tombstones.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ses/suppression.h"

#define HEX_SIZE SHA256_HEX_SIZE

static const char FIND_ONE[] = "SELECT reason, since, expires FROM tombstones"
			       " WHERE digest = ?1 AND scope = ?2";
static const char PUT[] =
	"INSERT INTO tombstones (digest, scope, reason, since, expires)"
	" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET reason = excluded.reason,"
	" since = excluded.since, expires = excluded.expires";
static const char REMOVE_ONE[] =
	"DELETE FROM tombstones WHERE digest = ?1 AND scope = ?2";
static const char REMOVE_ALL[] = "DELETE FROM tombstones WHERE digest = ?1";
/* At most one row has no reason: two are looked at. */
static const char EXIST[] = "SELECT EXISTS (SELECT 1 FROM tombstones WHERE reason != 0)";
static const char HAS_DIGEST[] =
	"SELECT EXISTS (SELECT 1 FROM tombstones WHERE digest = ?1)";
static const char READ[] = "SELECT scope, reason, since, expires FROM tombstones"
			   " WHERE digest = ?1 AND (expires IS NULL OR expires > ?2)"
			   " ORDER BY scope";

static bool has_key(const struct tombstones *tombstones)
{
	return atomic_load_explicit(&tombstones->has_key, memory_order_acquire);
}

static void digest_of(const struct tombstones *tombstones, const char *address,
	uint8_t digest[SHA256_SIZE])
{
	crypto_hmac_sha256(tombstones->key, sizeof(tombstones->key), address,
		strlen(address), digest);
}

/* ---- the key ---- */

/* The name of a file beside the database; freed by the caller, NULL without memory. */
static char *beside(const char *path, const char *suffix)
{
	char *name = malloc(strlen(path) + strlen(suffix) + 1);

	if (name != NULL) {
		memcpy(name, path, strlen(path));
		memcpy(name + strlen(path), suffix, strlen(suffix) + 1);
	}
	return name;
}

/* *is_there false: no such file. */
static bool read_key(struct tombstones *tombstones, const char *name, bool *is_there,
	struct error *error)
{
	char text[HEX_SIZE + 1] = "";
	int file = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	*is_there = file >= 0;
	if (file < 0)
		return errno == ENOENT ||
		       error_set(error, "%s: %s", name, strerror(errno));
	length = read(file, text, HEX_SIZE);
	if (length < 0) {
		error_set(error, "%s: %s", name, strerror(errno));
		close(file);
		return false;
	}
	close(file);
	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	if (!hex_decode(text, tombstones->key, sizeof(tombstones->key)))
		return error_set(error, "%s: holds no key (64 hex digits)", name);
	atomic_store_explicit(&tombstones->has_key, true, memory_order_release);
	return true;
}

static bool sync_folder_of(const char *name)
{
	const char *end = strrchr(name, '/');
	char *folder = end == NULL ? text_copy(".", 1)
				   : text_copy(name, (size_t) (end - name) + 1);
	int file = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool went_well = file >= 0 && fsync(file) == 0;

	if (file >= 0)
		close(file);
	free(folder);
	return went_well;
}

static bool write_key(const char *name)
{
	uint8_t key[SHA256_SIZE];
	char text[HEX_SIZE + 1];
	bool went_well;
	int file;

	if (!crypto_random(key, sizeof(key)))
		return false;
	hex_encode(key, sizeof(key), text);
	text[HEX_SIZE - 1] = '\n';
	file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0)
		return false;
	went_well = write(file, text, HEX_SIZE) == HEX_SIZE && fsync(file) == 0;
	return close(file) == 0 && went_well;
}

/* It comes to its name when it is whole; one that somebody has put there meanwhile is
 * left. */
static bool make_key_file(const char *name, struct error *error)
{
	char *fresh = beside(name, ".new");
	bool went_well;

	if (fresh == NULL)
		return error_set(error, "out of memory");
	unlink(fresh);
	errno = EIO;
	went_well = write_key(fresh) && (link(fresh, name) == 0 || errno == EEXIST) &&
		    sync_folder_of(name);
	if (!went_well)
		error_set(error, "%s: can't be made: %s", name, strerror(errno));
	unlink(fresh);
	free(fresh);
	return went_well;
}

bool tombstones_make_key(
	struct tombstones *tombstones, const char *path, struct error *error)
{
	bool is_there, went_well;
	char *name;

	if (has_key(tombstones))
		return true;
	name = beside(path, ".key");
	if (name == NULL)
		return error_set(error, "out of memory");
	went_well = make_key_file(name, error) &&
		    read_key(tombstones, name, &is_there, error) &&
		    (is_there || error_set(error, "%s: is gone again", name));
	free(name);
	return went_well;
}

static bool ask_for_digest(
	struct db *db, const char *sql, const uint8_t *digest, bool *answer)
{
	struct query query;

	query_start(&query, db, sql);
	if (digest != NULL)
		query_give_bytes(&query, digest, SHA256_SIZE);
	*answer = query_row(&query) && query_integer(&query, 0) != 0;
	return query_end(&query);
}

bool tombstones_exist(struct db *db, bool *exist)
{
	return ask_for_digest(db, EXIST, NULL, exist);
}

static bool check_key(struct tombstones *tombstones, struct db *db, const char *name,
	bool is_there, struct error *error)
{
	uint8_t digest[SHA256_SIZE];
	bool is_right;

	if (!is_there)
		return error_set(error, "%s: is missing", name);
	digest_of(tombstones, "", digest);
	if (!ask_for_digest(db, HAS_DIGEST, digest, &is_right))
		return db_explain(db, error);
	return is_right || error_set(error, "%s: is another key", name);
}

bool tombstones_open(struct tombstones *tombstones, struct db *db, const char *path,
	struct error *error)
{
	char *name = beside(path, ".key");
	bool exist, is_there, went_well;

	if (name == NULL)
		return error_set(error, "out of memory");
	if (!tombstones_exist(db, &exist)) {
		db_explain(db, error);
		free(name);
		return error_prefix(error, "store %s", path);
	}
	went_well = read_key(tombstones, name, &is_there, error) &&
		    (!exist || check_key(tombstones, db, name, is_there, error));
	if (!went_well && exist)
		error_prefix(error,
			"store %s: some forgotten addresses are still suppressed, and "
			"can't be told without their key; restore %s from a backup, or "
			"give up these blocks (sqlite3 %s 'DELETE FROM tombstones')",
			path, name, path);
	else if (!went_well)
		error_prefix(error,
			"store %s: the key of forgotten addresses; no address needs it "
			"yet, so that the file can be removed",
			path);
	free(name);
	return went_well;
}

/* ---- the stones ---- */

static bool find_one(struct db *db, const uint8_t *digest,
	struct store_suppression *entry, bool *found)
{
	struct query query;

	query_start(&query, db, FIND_ONE);
	query_give_bytes(&query, digest, SHA256_SIZE);
	query_give_text(&query, entry->scope);
	*found = query_row(&query);
	if (*found) {
		entry->reason = (enum ses_reason) query_integer(&query, 0);
		entry->since = query_time(&query, 1);
		entry->expires = query_time(&query, 2);
	}
	return query_end(&query);
}

static bool put(
	struct db *db, const uint8_t *digest, const struct store_suppression *entry)
{
	struct query query;

	query_start(&query, db, PUT);
	query_give_bytes(&query, digest, SHA256_SIZE);
	query_give_text(&query, entry->scope);
	query_give_integer(&query, (int64_t) entry->reason);
	query_give_integer(&query, entry->since);
	query_give_time(&query, entry->expires);
	return query_run(&query);
}

static utc_ms later_end(utc_ms one, utc_ms other)
{
	if (one == UTC_NONE || other == UTC_NONE)
		return UTC_NONE;
	return one > other ? one : other;
}

/* Nothing that is in force is given up for what comes second. */
static struct store_suppression merge(
	const struct store_suppression *entry, const struct store_suppression *present)
{
	bool is_past = present->expires != UTC_NONE && present->expires <= entry->since;
	struct store_suppression merged = *entry;

	if (is_past)
		return merged;
	if (!ses_reason_outranks(entry->reason, present->reason)) {
		merged.reason = present->reason;
		merged.since = present->since;
	}
	merged.expires = later_end(entry->expires, present->expires);
	return merged;
}

bool tombstones_add(const struct tombstones *tombstones, struct db *db,
	const struct store_suppression *entry)
{
	struct store_suppression present = {.scope = entry->scope};
	struct store_suppression mark = {.scope = "", .expires = UTC_NONE};
	uint8_t digest[SHA256_SIZE];
	bool found;

	digest_of(tombstones, "", digest);
	if (!put(db, digest, &mark))
		return false;
	digest_of(tombstones, entry->address, digest);
	if (!find_one(db, digest, &present, &found))
		return false;
	present = found ? merge(entry, &present) : *entry;
	return put(db, digest, &present);
}

/* A digest without the key would be a wrong one. */
static bool lacks_key(const struct tombstones *tombstones, struct db *db)
{
	if (has_key(tombstones))
		return false;
	db->code = SQLITE_CONSTRAINT;
	snprintf(db->failure, sizeof(db->failure),
		"the key of forgotten addresses is missing");
	return true;
}

bool tombstones_remove(const struct tombstones *tombstones, struct db *db,
	const char *address, const char *scope, bool *was_there)
{
	uint8_t digest[SHA256_SIZE];
	struct query query;
	bool exist;

	*was_there = false;
	if (!tombstones_exist(db, &exist))
		return false;
	if (!exist)
		return true;
	if (lacks_key(tombstones, db))
		return false;
	digest_of(tombstones, address, digest);
	query_start(&query, db, scope != NULL ? REMOVE_ONE : REMOVE_ALL);
	query_give_bytes(&query, digest, sizeof(digest));
	if (scope != NULL)
		query_give_text(&query, scope);
	if (!query_run(&query))
		return false;
	*was_there = sqlite3_changes(db->handle) > 0;
	return true;
}

/* The same scope in memory that stays; NULL: it does not apply. */
static const char *place_scope(const struct ses_scopes *scopes, const char *scope)
{
	if (scope[0] == '\0')
		return "";
	for (size_t i = 0; i < scopes->count; i++)
		if (text_equal(scopes->names[i], scope))
			return scopes->names[i];
	return NULL;
}

bool tombstones_read(const struct tombstones *tombstones, struct db *db,
	const char *address, const struct ses_scopes *scopes, utc_ms now,
	struct store_suppression found[TOMBSTONES_MAX], size_t *count)
{
	uint8_t digest[SHA256_SIZE];
	struct query query;

	*count = 0;
	if (lacks_key(tombstones, db))
		return false;
	digest_of(tombstones, address, digest);
	query_start(&query, db, READ);
	query_give_bytes(&query, digest, sizeof(digest));
	query_give_integer(&query, now);
	while (query_row(&query)) {
		const char *scope = place_scope(scopes, query_text_or_empty(&query, 0));

		if (scope == NULL || *count == TOMBSTONES_MAX)
			continue;
		found[(*count)++] = (struct store_suppression){
			.address = address,
			.original = address,
			.scope = scope,
			.reason = (enum ses_reason) query_integer(&query, 1),
			.is_certain = true,
			.since = query_time(&query, 2),
			.expires = query_time(&query, 3),
			.at_ses = -1,
			.note = "forgotten on request",
			.actor = "",
		};
	}
	return query_end(&query);
}

bool tombstones_find(const struct tombstones *tombstones, struct db *db,
	const char *address, const struct ses_scopes *scopes, utc_ms now,
	struct store_suppression *entry, bool *found)
{
	struct store_suppression all[TOMBSTONES_MAX];
	size_t count;

	*found = false;
	if (!tombstones_read(tombstones, db, address, scopes, now, all, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (i == 0 || ses_reason_outranks(all[i].reason, entry->reason))
			*entry = all[i];
	*found = count > 0;
	return true;
}
