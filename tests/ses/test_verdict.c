/* test_verdict.c - who may be mailed: the order in which rules and entries decide. */
#include "tests/ses/sample.h"

#include "ses/suppression.h"

#define NOW ((utc_ms) 1000000)

#define ENTRY(kind, of, name, ...)                                                       \
	{                                                                                \
		.scope = (name), .hand = SES_HAND_##kind, .reason = SES_REASON_##of,     \
		__VA_ARGS__                                                              \
	}
#define LEARNT(of, name, ...) ENTRY(NONE, of, name, .is_certain = true, __VA_ARGS__)
#define DOUBTED(of, name, ...) ENTRY(NONE, of, name, __VA_ARGS__)
#define PUT(name, ...) ENTRY(SUPPRESS, MANUAL, name, .is_certain = true, __VA_ARGS__)
#define IMPORTED(name, ...) ENTRY(IMPORT, IMPORT, name, .is_certain = true, __VA_ARGS__)
#define NEVER(name, ...) ENTRY(NEVER, NONE, name, .is_certain = true, __VA_ARGS__)
#define REMOVED(name) ENTRY(REMOVED, NONE, name, .is_certain = true)
#define GONE .expires = NOW
#define GOING .expires = NOW + 1
#define LATER .expires = NOW + 2

#define CLEAR SES_VERDICT_CLEAR
#define PROBATION SES_VERDICT_PROBATION
#define NEVER_BY_RULE SES_VERDICT_NEVER
#define SUPPRESSED SES_VERDICT_SUPPRESSED

#define ENTRIES 4

/* The first entry without a scope ends a list; expires 0 stands for never. told: "own 0",
 * "domain 1", NULL nothing. */
struct verdict_case {
	struct ses_entry own[ENTRIES], domain[ENTRIES];
	const char *question;
	enum ses_verdict verdict;
	const char *told;
};

static size_t prepare(const struct ses_entry *entries, int turn, struct ses_entry *out)
{
	size_t count = 0;

	while (count < ENTRIES && entries[count].scope != NULL)
		count++;
	for (size_t i = 0; i < count; i++) {
		struct ses_entry *entry = &out[(i + (size_t) turn) % count];

		*entry = entries[i];
		entry->event = (int64_t) i;
		if (entry->expires == 0)
			entry->expires = UTC_NONE;
	}
	return count;
}

/* Each case with its entries in every rotation. */
static void check(const struct verdict_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ses_scopes scopes;

		assert_true(ses_scopes_parse(
			cases[i].question == NULL ? "" : cases[i].question, &scopes));
		for (int turn = 0; turn < ENTRIES * ENTRIES; turn++) {
			struct ses_entry own[ENTRIES], domain[ENTRIES];
			size_t owns = prepare(cases[i].own, turn % ENTRIES, own);
			size_t domains = prepare(cases[i].domain, turn / ENTRIES, domain);
			const struct ses_entry *told = own;
			char text[16] = "nothing";
			enum ses_verdict verdict = ses_suppression_verdict(
				own, owns, domain, domains, &scopes, NOW, &told);

			if (told != NULL) {
				bool is_own = told >= own && told < own + owns;

				snprintf(text, sizeof(text), "%s %d",
					is_own ? "own" : "domain", (int) told->event);
			}
			if (verdict != cases[i].verdict ||
				strcmp(text, cases[i].told == NULL ? "nothing"
								   : cases[i].told) != 0)
				fail_msg("case %zu, turn %d: %d told %s", i, turn,
					verdict, text);
		}
	}
}

#define CHECK(cases) check((cases), COUNT(cases))

static void what_was_learnt_suppresses_where_it_applies_and_stands(void **state)
{
	static const struct verdict_case cases[] = {
		{.verdict = CLEAR},
		{.own = {LEARNT(BOUNCE, "")}, .verdict = SUPPRESSED, .told = "own 0"},
		{.own = {LEARNT(BOUNCE, "", GOING)},
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {LEARNT(BOUNCE, "", GONE)}, .verdict = CLEAR},
		{.own = {LEARNT(COMPLAINT, "news")}, .verdict = CLEAR},
		{.own = {LEARNT(COMPLAINT, "news")},
			.question = "news",
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {LEARNT(COMPLAINT, "news")},
			.question = "invoices,tenant:a,news",
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {LEARNT(COMPLAINT, "")},
			.question = "news",
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {LEARNT(SES_LIST, "account:111122223333")},
			.question = "account:444455556666",
			.verdict = CLEAR},
		{.domain = {LEARNT(NO_SUCH_DOMAIN, "")},
			.verdict = SUPPRESSED,
			.told = "domain 0"},
		{.domain = {LEARNT(NO_SUCH_DOMAIN, "tenant:a")}, .verdict = CLEAR},
		{.own = {REMOVED("")}, .verdict = CLEAR},
		{.own = {REMOVED("news"), LEARNT(BOUNCE, "")},
			.question = "news",
			.verdict = SUPPRESSED,
			.told = "own 1"},
		{.own = {REMOVED("")},
			.domain = {PUT("")},
			.verdict = SUPPRESSED,
			.told = "domain 0"},
	};

	(void) state;
	CHECK(cases);
}

static void the_strongest_entry_is_told(void **state)
{
	static const struct verdict_case cases[] = {
		{.own = {LEARNT(SES_LIST, ""), LEARNT(SOFT_BOUNCE, ""),
			 LEARNT(COMPLAINT, ""), LEARNT(BOUNCE, "")},
			.verdict = SUPPRESSED,
			.told = "own 2"},
		{.own = {LEARNT(QUARANTINE, ""), LEARNT(NO_SUCH_DOMAIN, ""), IMPORTED(""),
			 LEARNT(SOFT_BOUNCE, "")},
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {LEARNT(COMPLAINT, ""), PUT("")},
			.verdict = SUPPRESSED,
			.told = "own 1"},
		/* A stronger one that does not stand or apply is not. */
		{.own = {LEARNT(COMPLAINT, "", GONE), LEARNT(BOUNCE, "news"),
			 LEARNT(SOFT_BOUNCE, "", GOING)},
			.verdict = SUPPRESSED,
			.told = "own 2"},
		/* The address before the domain. */
		{.own = {LEARNT(SES_LIST, "")},
			.domain = {PUT("")},
			.verdict = SUPPRESSED,
			.told = "own 0"},
		/* Of one reason: certain, then the last to end, then the widest. */
		{.own = {DOUBTED(COMPLAINT, ""), LEARNT(COMPLAINT, "news", GOING)},
			.question = "news",
			.verdict = SUPPRESSED,
			.told = "own 1"},
		{.own = {LEARNT(BOUNCE, "", GOING), LEARNT(BOUNCE, "a", LATER)},
			.question = "a",
			.verdict = SUPPRESSED,
			.told = "own 1"},
		{.own = {LEARNT(BOUNCE, "", GOING), LEARNT(BOUNCE, "a", LATER),
			 LEARNT(BOUNCE, "b")},
			.question = "a,b",
			.verdict = SUPPRESSED,
			.told = "own 2"},
		{.own = {LEARNT(BOUNCE, "b"), LEARNT(BOUNCE, "a"), LEARNT(BOUNCE, "")},
			.question = "a,b",
			.verdict = SUPPRESSED,
			.told = "own 2"},
		{.own = {LEARNT(BOUNCE, "b", GOING), LEARNT(BOUNCE, "a", GOING)},
			.question = "a,b",
			.verdict = SUPPRESSED,
			.told = "own 1"},
		{.own = {LEARNT(BOUNCE, ""),
			 ENTRY(SUPPRESS, BOUNCE, "", .is_certain = true)},
			.verdict = SUPPRESSED,
			.told = "own 1"},
	};

	(void) state;
	CHECK(cases);
}

static void never_overrules_what_was_learnt(void **state)
{
	static const struct verdict_case cases[] = {
		{.own = {NEVER("")}, .verdict = NEVER_BY_RULE, .told = "own 0"},
		{.own = {LEARNT(COMPLAINT, ""), NEVER("")},
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		{.own = {LEARNT(COMPLAINT, "news"), NEVER("")},
			.question = "news",
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		{.own = {LEARNT(COMPLAINT, "")},
			.domain = {NEVER("")},
			.verdict = NEVER_BY_RULE,
			.told = "domain 0"},
		/* It must apply, and stand. */
		{.own = {LEARNT(BOUNCE, ""), NEVER("news")},
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {LEARNT(BOUNCE, ""), NEVER("news")},
			.question = "news",
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		{.own = {LEARNT(BOUNCE, ""), NEVER("", GONE)},
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {LEARNT(BOUNCE, ""), NEVER("", GOING)},
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		/* Probation does not matter then. */
		{.own = {LEARNT(SOFT_BOUNCE, "", GONE), NEVER("")},
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		/* Of two the one that ends last. */
		{.own = {NEVER("a", GOING), NEVER("b")},
			.question = "a,b",
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
	};

	(void) state;
	CHECK(cases);
}

static void the_nearer_rule_by_hand_decides(void **state)
{
	static const struct verdict_case cases[] = {
		/* A named scope before everything, both ways. */
		{.own = {NEVER("news"), PUT("")},
			.question = "news",
			.verdict = NEVER_BY_RULE,
			.told = "own 0"},
		{.own = {NEVER("news"), PUT("")}, .verdict = SUPPRESSED, .told = "own 1"},
		{.own = {PUT("news"), NEVER("")},
			.question = "news",
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.own = {PUT("news"), NEVER("")},
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		/* Of one rank SUPPRESS wins. */
		{.own = {NEVER("a"), PUT("b", GOING)},
			.question = "a,b",
			.verdict = SUPPRESSED,
			.told = "own 1"},
		/* The address, even for everything, before the domain, even named. */
		{.own = {NEVER("")},
			.domain = {PUT("news")},
			.question = "news",
			.verdict = NEVER_BY_RULE,
			.told = "own 0"},
		{.own = {PUT("")},
			.domain = {NEVER("news")},
			.question = "news",
			.verdict = SUPPRESSED,
			.told = "own 0"},
		{.domain = {NEVER("news"), PUT("")},
			.question = "news",
			.verdict = NEVER_BY_RULE,
			.told = "domain 0"},
		{.domain = {NEVER(""), PUT("news")},
			.question = "news",
			.verdict = SUPPRESSED,
			.told = "domain 1"},
		/* An import is no rule: a list from elsewhere suppresses nobody who is
		 * exempt. */
		{.own = {IMPORTED("")},
			.domain = {NEVER("")},
			.verdict = NEVER_BY_RULE,
			.told = "domain 0"},
		{.own = {IMPORTED("a"), NEVER("b")},
			.question = "a,b",
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		/* REMOVED is none: it shields neither from the rest nor from the domain.
		 */
		{.own = {REMOVED("news"), NEVER("")},
			.question = "news",
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
		/* A domain's rule decides, the address has something to tell. */
		{.own = {LEARNT(BOUNCE, "")},
			.domain = {PUT("")},
			.verdict = SUPPRESSED,
			.told = "own 0"},
		/* A rule that has expired decides nothing. */
		{.own = {PUT("", GONE)}, .verdict = CLEAR},
		{.own = {PUT("news", GONE), NEVER("")},
			.question = "news",
			.verdict = NEVER_BY_RULE,
			.told = "own 1"},
	};

	(void) state;
	CHECK(cases);
}

static void a_soft_entry_that_expired_is_on_probation(void **state)
{
	static const struct verdict_case cases[] = {
		{.own = {LEARNT(SOFT_BOUNCE, "", GONE)},
			.verdict = PROBATION,
			.told = "own 0"},
		{.domain = {LEARNT(NO_SUCH_DOMAIN, "", GONE)},
			.verdict = PROBATION,
			.told = "domain 0"},
		{.own = {LEARNT(SOFT_BOUNCE, "", GONE)},
			.domain = {LEARNT(NO_SUCH_DOMAIN, "", GONE)},
			.verdict = PROBATION,
			.told = "own 0"},
		{.own = {LEARNT(SOFT_BOUNCE, "", GONE)},
			.domain = {LEARNT(NO_SUCH_DOMAIN, "", GOING)},
			.verdict = SUPPRESSED,
			.told = "domain 0"},
		{.own = {LEARNT(SOFT_BOUNCE, "", GONE), LEARNT(BOUNCE, "")},
			.verdict = SUPPRESSED,
			.told = "own 1"},
		{.own = {LEARNT(SOFT_BOUNCE, "tenant:a", GONE)}, .verdict = CLEAR},
		{.own = {LEARNT(SOFT_BOUNCE, "tenant:a", GONE)},
			.question = "tenant:a",
			.verdict = PROBATION,
			.told = "own 0"},
		/* Others that expired are not, nor one put by hand. */
		{.own = {LEARNT(BOUNCE, "", GONE), LEARNT(COMPLAINT, "", GONE),
			 LEARNT(QUARANTINE, "", GONE)},
			.verdict = CLEAR},
		{.own = {ENTRY(SUPPRESS, SOFT_BOUNCE, "", GONE)}, .verdict = CLEAR},
	};

	(void) state;
	CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_learnt_suppresses_where_it_applies_and_stands),
		cmocka_unit_test(the_strongest_entry_is_told),
		cmocka_unit_test(never_overrules_what_was_learnt),
		cmocka_unit_test(the_nearer_rule_by_hand_decides),
		cmocka_unit_test(a_soft_entry_that_expired_is_on_probation),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
