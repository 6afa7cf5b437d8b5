/* evidence.c - what is remembered of an address to decide by. */
#include "store/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Names come from messages, which are bounded; so are the pieces. */
#define TEXTS_MAX ((size_t) 256 << 20)
#define PIECES_FIRST 8

/* In the order of struct ses_evidence. */
static const char READ[] =
	"SELECT e.class, e.certain, e.event, e.sent, e.published, e.mail,"
	" a.account, o.configuration_set, e.tenant FROM evidence e"
	" LEFT JOIN origins o ON o.id = e.origin LEFT JOIN accounts a ON a.id = o.account"
	" WHERE e.address = ?1 ORDER BY e.event";
static const char ADD[] =
	"INSERT INTO evidence (address, event, class, certain, sent, published, mail,"
	" origin, tenant) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
	" ON CONFLICT (address, event) DO NOTHING";
static const char COUNT[] = "SELECT count(*) FROM evidence WHERE address = ?1";
/* Those of one kind and, at first, of one UTC day: more of them decide nothing. */
#define KIND "class, certain, ifnull(origin, 0), ifnull(tenant, '')"
#define DROP_OF(group)                                                                   \
	"DELETE FROM evidence WHERE address = ?1 AND event = (SELECT event FROM "        \
	"evidence"                                                                       \
	" WHERE address = ?1 AND (" group ") = (SELECT " group " FROM evidence"          \
	" WHERE address = ?1 GROUP BY " group " ORDER BY count(*) DESC, " group          \
	" LIMIT 1) ORDER BY sent, event LIMIT 1 OFFSET 1)"
static const char DROP_OF_DAY[] = DROP_OF(KIND ", sent / 86400000");
static const char DROP_OF_KIND[] = DROP_OF(KIND);
static const char DROP[] =
	"DELETE FROM evidence WHERE address = ?1 AND event = (SELECT event FROM evidence"
	" WHERE address = ?1 AND class = (SELECT class FROM evidence WHERE address = ?1"
	" GROUP BY class ORDER BY count(*) DESC, class LIMIT 1)"
	" ORDER BY sent, event LIMIT 1 OFFSET 1)";
static const char DELIVER[] =
	"INSERT INTO evidence (address, event, class, certain, sent, published, mail)"
	" VALUES (?1, 0, ?2, 1, ?3, ?3, 0) ON CONFLICT (address, event) DO UPDATE"
	" SET sent = excluded.sent, published = excluded.published"
	" WHERE excluded.sent > sent";

/* Room for one more piece; NULL without memory. */
static struct ses_evidence *next_piece(struct evidence *evidence)
{
	size_t capacity = evidence->capacity;
	struct ses_evidence *pieces;

	if (evidence->count == capacity) {
		capacity = capacity == 0 ? PIECES_FIRST : capacity * 2;
		pieces = realloc(evidence->pieces, capacity * sizeof(*pieces));
		if (pieces == NULL)
			return NULL;
		evidence->pieces = pieces;
		evidence->capacity = capacity;
	}
	return &evidence->pieces[evidence->count++];
}

static bool keep_text(struct evidence *evidence, const char *text)
{
	return buffer_append(&evidence->texts, text, strlen(text) + 1);
}

static bool keep_piece(struct evidence *evidence, const struct query *query)
{
	struct ses_evidence *piece = next_piece(evidence);

	if (piece == NULL)
		return false;
	*piece = (struct ses_evidence){
		.class = (enum ses_class) query_integer(query, 0),
		.is_certain = query_integer(query, 1) != 0,
		.event = query_integer(query, 2),
		.sent = query_integer(query, 3),
		.published = query_integer(query, 4),
		.mail = query_integer(query, 5),
	};
	return keep_text(evidence, query_text_or_empty(query, 6)) &&
	       keep_text(evidence, query_text_or_empty(query, 7)) &&
	       keep_text(evidence, query_text_or_empty(query, 8));
}

/* The buffer may have moved while it grew: only now do the texts stay where they are. */
static void place_texts(struct evidence *evidence)
{
	const char *text = evidence->texts.bytes;

	for (size_t i = 0; i < evidence->count; i++) {
		struct ses_evidence *piece = &evidence->pieces[i];

		piece->account = text;
		piece->configuration_set = piece->account + strlen(piece->account) + 1;
		piece->tenant =
			piece->configuration_set + strlen(piece->configuration_set) + 1;
		text = piece->tenant + strlen(piece->tenant) + 1;
	}
}

bool evidence_read(struct db *db, const char *address, struct evidence *evidence)
{
	bool has_room = true;
	struct query query;

	evidence->count = 0;
	evidence->texts.length = 0;
	evidence->texts.failed = false;
	evidence->texts.limit = TEXTS_MAX;
	query_start(&query, db, READ);
	query_give_text(&query, address);
	while (has_room && query_row(&query))
		has_room = keep_piece(evidence, &query);
	if (!query_end(&query))
		return false;
	if (!has_room)
		return db_lacks_memory(db);
	place_texts(evidence);
	return true;
}

void evidence_finish(struct evidence *evidence)
{
	free(evidence->pieces);
	buffer_finish(&evidence->texts);
	memset(evidence, 0, sizeof(*evidence));
}

static bool add(struct db *db, const char *address, const struct ses_evidence *piece,
	int64_t origin)
{
	struct query query;

	query_start(&query, db, ADD);
	query_give_text(&query, address);
	query_give_integer(&query, piece->event);
	query_give_integer(&query, (int64_t) piece->class);
	query_give_integer(&query, piece->is_certain);
	query_give_integer(&query, piece->sent);
	query_give_integer(&query, piece->published);
	query_give_integer(&query, piece->mail);
	query_give_integer(&query, origin);
	query_give_text(&query, text_is_empty(piece->tenant) ? NULL : piece->tenant);
	return query_run(&query);
}

static bool count_pieces(struct db *db, const char *address, int64_t *count)
{
	struct query query;

	*count = 0;
	query_start(&query, db, COUNT);
	query_give_text(&query, address);
	if (query_row(&query))
		*count = query_integer(&query, 0);
	return query_end(&query);
}

bool evidence_add(struct db *db, const char *address, const struct ses_evidence *piece,
	int64_t origin)
{
	struct query query;
	static const char *const drops[] = {DROP_OF_DAY, DROP_OF_KIND, DROP};
	int64_t count;

	if (!add(db, address, piece, origin) || !count_pieces(db, address, &count))
		return false;
	if (count <= EVIDENCE_MAX)
		return true;
	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		query_start(&query, db, drops[i]);
		query_give_text(&query, address);
		if (!query_run(&query))
			return false;
		if (sqlite3_changes(db->handle) > 0)
			return true;
	}
	return true;
}

bool evidence_deliver(struct db *db, const char *address, utc_ms sent, bool *is_newer)
{
	struct query query;

	query_start(&query, db, DELIVER);
	query_give_text(&query, address);
	query_give_integer(&query, (int64_t) SES_CLASS_DELIVERED);
	query_give_integer(&query, sent);
	if (!query_run(&query))
		return false;
	*is_newer = sqlite3_changes(db->handle) > 0;
	return true;
}

bool evidence_is_watched(enum ses_class class)
{
	switch (class) {
	case SES_CLASS_SOFT:
	case SES_CLASS_EXPIRED:
	case SES_CLASS_NO_SUCH_DOMAIN:
	case SES_CLASS_SES_LIST:
	case SES_CLASS_QUARANTINE:
		return true;
	case SES_CLASS_NONE:
	case SES_CLASS_HARD:
	case SES_CLASS_MESSAGE:
	case SES_CLASS_AUTOMATIC:
	case SES_CLASS_REPUTATION:
	case SES_CLASS_COMPLAINT:
	case SES_CLASS_NOT_SPAM:
	case SES_CLASS_UNCLEAR:
	case SES_CLASS_DELIVERED:
		return false;
	}
	return false;
}
