/* names.c - long names become small numbers: accounts, origins, topics. */
#include "store/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char FIND_ACCOUNT[] =
	"SELECT id FROM accounts WHERE account = ?1 AND region = ?2";
static const char ADD_ACCOUNT[] =
	"INSERT INTO accounts (account, region) VALUES (?1, ?2)";
static const char FIND_ORIGIN[] =
	"SELECT id FROM origins"
	" WHERE account = ?1 AND identity = ?2 AND configuration_set = ?3";
static const char ADD_ORIGIN[] =
	"INSERT INTO origins (account, identity, configuration_set) VALUES (?1, ?2, ?3)";
static const char FIND_TOPIC[] = "SELECT id FROM topics WHERE arn = ?1";
static const char ADD_TOPIC[] =
	"INSERT INTO topics (arn, state, notifications) VALUES (?1, 0, 0)";

/* Beyond so many the memory begins anew; senders with more identities than that pay one
 * look-up an event. */
#define NAMES_MAX (NAMES_SLOTS * 3 / 4)
#define NAME_BYTES_MAX (1024 * 1024)

uint64_t names_hash(const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
	return hash;
}

void names_init(struct names *names)
{
	memset(names, 0, sizeof(*names));
	buffer_init(&names->wanted, NAME_BYTES_MAX);
}

void names_forget(struct names *names)
{
	if (names->count == 0)
		return;
	for (size_t i = 0; i < NAMES_SLOTS; i++) {
		free(names->slots[i].text);
		names->slots[i].text = NULL;
	}
	names->count = 0;
}

void names_finish(struct names *names)
{
	names_forget(names);
	buffer_finish(&names->wanted);
}

/* The name looked for is the kind and the texts, each with its NUL. */
static bool want(struct names *names, char kind, const char *const *texts, size_t count)
{
	names->wanted.length = 0;
	names->wanted.failed = false;
	buffer_append(&names->wanted, &kind, 1);
	for (size_t i = 0; i < count; i++)
		buffer_append(&names->wanted, texts[i], strlen(texts[i]) + 1);
	return !names->wanted.failed;
}

/* The slot that holds the wanted name, or the free one where it belongs. */
static struct name *find(struct names *names, uint64_t hash)
{
	size_t at = hash % NAMES_SLOTS;

	while (names->slots[at].text != NULL) {
		struct name *name = &names->slots[at];

		if (name->hash == hash && name->length == names->wanted.length &&
			memcmp(name->text, names->wanted.bytes, name->length) == 0)
			return name;
		at = (at + 1) % NAMES_SLOTS;
	}
	return &names->slots[at];
}

/* Without memory the name is simply not remembered. */
static void remember(struct names *names, uint64_t hash, int64_t id, int64_t account)
{
	struct name *name;

	if (names->count >= NAMES_MAX)
		names_forget(names);
	name = find(names, hash);
	name->text = text_copy(names->wanted.bytes, names->wanted.length);
	if (name->text == NULL)
		return;
	name->hash = hash;
	name->length = names->wanted.length;
	name->id = id;
	name->account = account;
	names->count++;
}

/* Finds the row of up to three columns, the first of which may be a number. */
static bool find_or_add(struct db *db, const char *find_sql, const char *add_sql,
	const int64_t *number, const char *const *texts, size_t count, int64_t *id)
{
	struct query query;
	bool found;

	query_start(&query, db, find_sql);
	if (number != NULL)
		query_give_integer(&query, *number);
	for (size_t i = 0; i < count; i++)
		query_give_text(&query, texts[i]);
	found = query_row(&query);
	if (found)
		*id = query_integer(&query, 0);
	if (!query_end(&query))
		return false;
	if (found)
		return true;
	query_start(&query, db, add_sql);
	if (number != NULL)
		query_give_integer(&query, *number);
	for (size_t i = 0; i < count; i++)
		query_give_text(&query, texts[i]);
	if (!query_run(&query))
		return false;
	*id = sqlite3_last_insert_rowid(db->handle);
	return true;
}

bool names_origin(struct names *names, struct db *db, const struct ses_event *event,
	int64_t *origin, int64_t *account)
{
	const char *texts[] = {
		event->account,
		event->region,
		event->identity != NULL ? event->identity : "",
		event->configuration_set != NULL ? event->configuration_set : "",
	};
	const struct name *name;
	uint64_t hash;

	if (!want(names, 'o', texts, 4))
		return db_lacks_memory(db);
	hash = names_hash(names->wanted.bytes, names->wanted.length);
	name = find(names, hash);
	if (name->text != NULL) {
		*origin = name->id;
		*account = name->account;
		return true;
	}
	if (!find_or_add(db, FIND_ACCOUNT, ADD_ACCOUNT, NULL, texts, 2, account) ||
		!find_or_add(db, FIND_ORIGIN, ADD_ORIGIN, account, texts + 2, 2, origin))
		return false;
	remember(names, hash, *origin, *account);
	return true;
}

bool names_account(struct names *names, struct db *db, const char *account,
	const char *region, int64_t *id)
{
	const char *texts[] = {account, region};
	const struct name *name;
	uint64_t hash;

	if (!want(names, 'a', texts, 2))
		return db_lacks_memory(db);
	hash = names_hash(names->wanted.bytes, names->wanted.length);
	name = find(names, hash);
	if (name->text != NULL) {
		*id = name->id;
		return true;
	}
	if (!find_or_add(db, FIND_ACCOUNT, ADD_ACCOUNT, NULL, texts, 2, id))
		return false;
	remember(names, hash, *id, *id);
	return true;
}

bool names_topic(struct names *names, struct db *db, const char *arn, int64_t *topic)
{
	const struct name *name;
	uint64_t hash;

	if (!want(names, 't', &arn, 1))
		return db_lacks_memory(db);
	hash = names_hash(names->wanted.bytes, names->wanted.length);
	name = find(names, hash);
	if (name->text != NULL) {
		*topic = name->id;
		return true;
	}
	if (!find_or_add(db, FIND_TOPIC, ADD_TOPIC, NULL, &arn, 1, topic))
		return false;
	remember(names, hash, *topic, 0);
	return true;
}
