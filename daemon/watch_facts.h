/* watch_facts.h - what the store says, copied for the deciders. Private to daemon/. */
#ifndef DAEMON_WATCH_FACTS_H
#define DAEMON_WATCH_FACTS_H

#include "daemon/watch_deciders.h"

/* Lists that own their texts. */
struct watch_facts {
	struct watch_account *accounts;
	size_t account_count;
	struct watch_stream *streams;
	size_t stream_count;
	struct watch_topic *topics;
	size_t topic_count;
	struct watch_provider *providers;
	size_t provider_count;
	struct watch_sender *senders;
	size_t sender_count;
	struct watch_volume *volumes;
	size_t volume_count;
	bool lacks_memory;
};

void watch_facts_finish(struct watch_facts *facts);

/* Each reads one part; false with error where the store can't be read. */
bool watch_read_topics(
	struct store *store, struct watch_facts *facts, struct error *error);
bool watch_read_streams(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error);
bool watch_read_providers(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error);
bool watch_read_senders(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error);
/* After the senders. */
bool watch_read_volumes(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error);

/* An account with its levels by the representative window; for store_reputation's each.
 */
void watch_note_account(struct watch_facts *facts,
	const struct store_reputation *reputation, const enum ses_level levels[2]);

#endif
