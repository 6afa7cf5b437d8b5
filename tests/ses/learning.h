/* learning.h - evidence and what becomes of it, short enough for tables. */
#ifndef TESTS_SES_LEARNING_H
#define TESTS_SES_LEARNING_H

#include "tests/ses/sample.h"

#include "ses/suppression.h"

/* Times of the tests: an hour of a day, counted from some day. */
#define FIRST_DAY ((int64_t) 20000)
#define AT(day, hour) ((FIRST_DAY + (day)) * DAY_MS + (hour) *HOUR_MS)

#define ONE_ACCOUNT "111122223333"
#define OTHER_ACCOUNT "444455556666"

/* A piece of certain feedback about a mail sent then; more of it by name. */
#define PIECE(kind, day, hour, ...) PIECE_AT(kind, AT(day, hour), __VA_ARGS__)
#define PIECE_AT(kind, time, ...)                                                        \
	{                                                                                \
		.class = SES_CLASS_##kind, .is_certain = true, .sent = (time),           \
		__VA_ARGS__                                                              \
	}
#define DELIVERED(day, hour) PIECE(DELIVERED, day, hour)
/* A certain complaint or not-spam about a mail sent on day 0, published then. */
#define REPORT(kind, day, hour, number, ...)                                             \
	PIECE_AT(kind, AT(0, 0), .published = AT(day, hour), .mail = (number),           \
		__VA_ARGS__)
/* A complaint of which the address is one of several suspects. */
#define SUSPECT(day, hour, number, ...)                                                  \
	{                                                                                \
		.class = SES_CLASS_COMPLAINT, .sent = AT(0, 0),                          \
		.published = AT(day, hour), .mail = (number), __VA_ARGS__                \
	}
#define RULE(kind, name, day, hour)                                                      \
	{                                                                                \
		.scope = (name), .hand = SES_HAND_##kind, .is_certain = true,            \
		.since = AT(day, hour), .expires = UTC_NONE                              \
	}

#define PIECES 10
#define RULES 3

/* The first piece without a class ends the evidence, the first rule without a scope the
 * rules. What is not given: published is an hour after sent; event and mail are the place
 * in the table, from 1; account is ONE_ACCOUNT; set and tenant are "". */
struct learning_case {
	struct ses_evidence evidence[PIECES];
	struct ses_entry rules[RULES];
	const char *learnt; /* as learning_text writes it */
};

static inline void learning_time(FILE *out, utc_ms time)
{
	if (time == UTC_NONE)
		fputs("never", out);
	else
		fprintf(out, "%d.%02d", (int) (time / DAY_MS - FIRST_DAY),
			(int) (time % DAY_MS / HOUR_MS));
}

/* "REASON [SCOPE] SINCE-EXPIRES #EVENT" with "?" if it is not certain, one a comma; then
 * "held N" if any are; then "ses N" if it is known. Freed by the caller. */
static inline char *learning_text(const struct ses_learnt *learnt)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (size_t i = 0; i < learnt->count; i++) {
		const struct ses_entry *entry = &learnt->entries[i];

		assert_int_equal(entry->hand, SES_HAND_NONE);
		fprintf(out, "%s%s [%s] ", i > 0 ? ", " : "",
			ses_reason_name(entry->reason), entry->scope);
		learning_time(out, entry->since);
		fputc('-', out);
		learning_time(out, entry->expires);
		fprintf(out, " #%d%s", (int) entry->event, entry->is_certain ? "" : "?");
	}
	if (learnt->held > 0)
		fprintf(out, "%sheld %u", learnt->count > 0 ? ", " : "", learnt->held);
	if (learnt->at_ses >= 0)
		fprintf(out, "%sses %d",
			learnt->count > 0 || learnt->held > 0 ? ", " : "",
			learnt->at_ses);
	fclose(out);
	return text;
}

/* A generator of its own, so that a failure comes again. */
static inline uint64_t learning_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 2685821657736338717u >> 16;
}

static inline void learning_shuffle(
	struct ses_evidence *evidence, size_t count, uint64_t *state)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = learning_random(state) % i;
		struct ses_evidence other = evidence[i - 1];

		evidence[i - 1] = evidence[j];
		evidence[j] = other;
	}
}

static inline void learning_complete(struct ses_evidence *piece, size_t place)
{
	if (piece->published == 0)
		piece->published = piece->sent + HOUR_MS;
	if (piece->event == 0 && piece->class != SES_CLASS_DELIVERED)
		piece->event = (int64_t) place + 1;
	if (piece->mail == 0)
		piece->mail = (int64_t) place + 1;
	if (piece->account == NULL)
		piece->account = ONE_ACCOUNT;
	if (piece->configuration_set == NULL)
		piece->configuration_set = "";
	if (piece->tenant == NULL)
		piece->tenant = "";
}

/* Each case in many orders of its evidence, with its rules forwards and backwards. */
static inline void learning_check(const struct ses_suppression_policy *policy,
	const struct learning_case *cases, size_t count)
{
	uint64_t state = 88172645463325252u;
	struct ses_learnt learnt;

	for (size_t i = 0; i < count; i++) {
		struct ses_evidence evidence[PIECES];
		struct ses_entry rules[RULES];
		size_t pieces = 0, rule_count = 0;

		for (; pieces < PIECES; pieces++) {
			if (cases[i].evidence[pieces].class == SES_CLASS_NONE)
				break;
			evidence[pieces] = cases[i].evidence[pieces];
			learning_complete(&evidence[pieces], pieces);
		}
		while (rule_count < RULES && cases[i].rules[rule_count].scope != NULL)
			rule_count++;
		for (int order = 0; order < 50; order++) {
			char *text;

			for (size_t j = 0; j < rule_count; j++)
				rules[order % 2 == 0 ? j : rule_count - 1 - j] =
					cases[i].rules[j];
			assert_true(ses_suppression_learn(
				policy, evidence, pieces, rules, rule_count, &learnt));
			text = learning_text(&learnt);
			if (strcmp(text, cases[i].learnt) != 0)
				fail_msg("case %zu, order %d: \"%s\", not \"%s\"", i,
					order, text, cases[i].learnt);
			free(text);
			learning_shuffle(evidence, pieces, &state);
		}
	}
}

#define CHECK(policy, cases) learning_check((policy), (cases), COUNT(cases))

#endif
