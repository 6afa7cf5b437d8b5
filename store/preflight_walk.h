/* preflight_walk.h - the trails of many addresses, followed at once. Private to store/.
 */
#ifndef STORE_PREFLIGHT_WALK_H
#define STORE_PREFLIGHT_WALK_H

#include "store/inside.h"
#include "store/preflight.h"

/* A read transaction is given back after so long. */
#define PREFLIGHT_TURN_MS 50

/* Feedback about a mail is in after so long: a Send without any then counts as delivered.
 */
#define PREFLIGHT_FEEDBACK_MS (72 * HOUR_MS)

/* Who is looked for; an address may be there more than once, with several before. */
struct walk_person {
	int64_t hash; /* trail_hash */
	struct store_recipient *recipient;
};

/* Fills delivered, bounced and softened of all whose is_done is false. Sorts people. */
bool preflight_walk(struct store *store, struct walk_person *people, size_t count,
	bool (*goes_on)(void *closure), void *closure, struct error *error);

/* A sampled mail and what became of it. */
struct preflight_trial {
	struct store_recipient who; /* before: when the mail was sent */
	char *address;
	enum ses_outcome outcome;
};
struct preflight_sample {
	struct preflight_trial *trials;
	size_t count, capacity;
	utc_ms kept_since; /* the first event of all was published then */
};

/* Reads the sample, and fills what experience says of it. */
bool preflight_sample(struct store *store, utc_ms now, struct preflight_sample *sample,
	struct store_experience *experience, struct error *error);
void preflight_sample_finish(struct preflight_sample *sample);

/* Once the walk has filled the recipients: counts the trials by class. */
void preflight_sample_count(
	const struct preflight_sample *sample, struct store_experience *experience);

/* The class by the times of a recipient. */
enum ses_history preflight_class(const struct store_recipient *recipient);

#endif
