/* test_histories.c - random histories: no order matters, and a naive reading agrees. */
#include "tests/ses/learning.h"

#define HISTORIES 20000
#define ORDERS 6
#define MOST 40
#define MOST_RULES 4

struct history {
	struct ses_suppression_policy policy;
	struct ses_evidence evidence[MOST];
	size_t count;
	struct ses_entry rules[MOST_RULES];
	size_t rule_count;
};

static const char *const accounts[] = {ONE_ACCOUNT, OTHER_ACCOUNT, ""};
static const char *const sets[] = {"", "news", "invoices"};
static const char *const tenants[] = {"", "a", "b"};
static const char *const scopes[] = {"", "news", "invoices", "tenant:a", "tenant:b",
	"account:" ONE_ACCOUNT, "account:" OTHER_ACCOUNT};

static size_t below(uint64_t *state, size_t limit)
{
	return learning_random(state) % limit;
}

static struct ses_suppression_policy some_policy(uint64_t *state)
{
	static const int64_t expiries[] = {0, DAY_MS, 5 * DAY_MS, 14 * DAY_MS};

	return (struct ses_suppression_policy){
		.soft_days = (int64_t) below(state, 5),
		.soft_window_ms = (int64_t) below(state, 20) * DAY_MS,
		.soft_expiry_ms = expiries[below(state, COUNT(expiries))],
		.soft_expiry_max_ms = (int64_t) below(state, 4) * 10 * DAY_MS,
		.bounce_expiry_ms = expiries[below(state, COUNT(expiries))],
		.complaint_expiry_ms = expiries[below(state, COUNT(expiries))],
		.quarantine_expiry_ms = expiries[below(state, COUNT(expiries))],
		.bounce_scope = (enum ses_scope_choice) below(state, 3),
		.complaint_scope = (enum ses_scope_choice) below(state, 4),
		.uncertain = (enum ses_uncertain) below(state, 3),
	};
}

/* Few hours of few days, so that pieces meet. */
static utc_ms some_time(uint64_t *state)
{
	static const utc_ms edges[] = {0, 1, HOUR_MS, 23 * HOUR_MS, DAY_MS - 1};

	return AT((int64_t) below(state, 60), 0) + edges[below(state, COUNT(edges))];
}

static struct ses_evidence some_piece(uint64_t *state, size_t place)
{
	static const enum ses_class often[] = {SES_CLASS_SOFT, SES_CLASS_SOFT,
		SES_CLASS_EXPIRED, SES_CLASS_HARD, SES_CLASS_COMPLAINT,
		SES_CLASS_COMPLAINT, SES_CLASS_NOT_SPAM, SES_CLASS_QUARANTINE,
		SES_CLASS_SES_LIST, SES_CLASS_NO_SUCH_DOMAIN};
	struct ses_evidence piece = {
		.class = below(state, 8) > 0
				 ? often[below(state, COUNT(often))]
				 : (enum ses_class) below(state, SES_CLASS_DELIVERED),
		.is_certain = below(state, 2) == 0,
		.event = (int64_t) place + 1,
		.sent = some_time(state),
		.mail = (int64_t) below(state, 6),
		.account = accounts[below(state, COUNT(accounts))],
		.configuration_set = sets[below(state, COUNT(sets))],
		.tenant = tenants[below(state, COUNT(tenants))],
	};

	piece.published = piece.sent + (int64_t) below(state, 4) * 20 * HOUR_MS;
	return piece;
}

static void some_history(uint64_t *state, struct history *history)
{
	static const enum ses_hand hands[] = {
		SES_HAND_SUPPRESS, SES_HAND_REMOVED, SES_HAND_NEVER, SES_HAND_IMPORT};
	bool is_soft = below(state, 3) == 0;

	history->policy = some_policy(state);
	history->count = below(state, below(state, 2) == 0 ? 8 : MOST);
	for (size_t i = 0; i < history->count; i++) {
		history->evidence[i] = some_piece(state, i);
		if (is_soft)
			history->evidence[i].class = SES_CLASS_SOFT;
	}
	if (history->count > 0 && below(state, 3) == 0)
		history->evidence[0] = (struct ses_evidence){
			SES_CLASS_DELIVERED, true, 0, some_time(state), 0, 0, "", "", ""};
	history->rule_count = below(state, MOST_RULES + 1);
	for (size_t i = 0; i < history->rule_count; i++) {
		history->rules[i] = (struct ses_entry){
			.scope = scopes[(below(state, 2) + 2 * i) % COUNT(scopes)],
			.hand = hands[below(state, COUNT(hands))],
			.since = some_time(state),
			.expires = UTC_NONE,
		};
	}
}

static void assert_same(size_t number, const struct ses_learnt *one,
	const struct ses_learnt *other, const char *what)
{
	char *expected = learning_text(one), *found = learning_text(other);

	if (strcmp(expected, found) != 0)
		fail_msg("history %zu, %s: \"%s\", then \"%s\"", number, what, expected,
			found);
	free(expected);
	free(found);
	/* The text rounds to hours. */
	assert_int_equal(one->count, other->count);
	for (size_t i = 0; i < one->count; i++) {
		assert_int_equal(one->entries[i].since, other->entries[i].since);
		assert_int_equal(one->entries[i].expires, other->entries[i].expires);
	}
	assert_int_equal(one->at_ses, other->at_ses);
}

static void learn(const struct history *history, struct ses_learnt *learnt)
{
	assert_true(ses_suppression_learn(&history->policy, history->evidence,
		history->count, history->rules, history->rule_count, learnt));
}

static void no_order_matters(void **unused)
{
	uint64_t state = 2463534242u;
	struct ses_learnt first, again;
	struct history history;

	(void) unused;
	for (size_t i = 0; i < HISTORIES; i++) {
		some_history(&state, &history);
		learn(&history, &first);
		for (int order = 0; order < ORDERS; order++) {
			learning_shuffle(history.evidence, history.count, &state);
			for (size_t j = history.rule_count; j > 1; j--) {
				size_t k = below(&state, j);
				struct ses_entry rule = history.rules[k];

				history.rules[k] = history.rules[j - 1];
				history.rules[j - 1] = rule;
			}
			learn(&history, &again);
			assert_same(i, &first, &again, "another order");
		}
	}
}

static void entries_come_in_order_and_one_a_reason(void **unused)
{
	uint64_t state = 362436069u;
	struct ses_learnt learnt;
	struct history history;

	(void) unused;
	for (size_t i = 0; i < HISTORIES; i++) {
		some_history(&state, &history);
		learn(&history, &learnt);
		for (size_t j = 1; j < learnt.count; j++) {
			const struct ses_entry *before = &learnt.entries[j - 1];
			const struct ses_entry *after = &learnt.entries[j];
			int order = strcmp(before->scope, after->scope);

			assert_true(order < 0 ||
				    (order == 0 && before->reason < after->reason));
		}
	}
}

/* ---- the policy read naively: every question asked anew of all the evidence ---- */

static const char *naive_scope(enum ses_scope_choice choice,
	const struct ses_evidence *piece, char text[SES_SCOPE_MAX + 1])
{
	const char *kind = choice == SES_SCOPE_ACCOUNT ? "account:" : "tenant:";
	const char *name = choice == SES_SCOPE_ACCOUNT ? piece->account : piece->tenant;

	if (choice == SES_SCOPE_ALL || name[0] == '\0')
		return "";
	snprintf(text, SES_SCOPE_MAX + 1, "%s%s", kind, name);
	return text;
}

static int64_t day_of(utc_ms time)
{
	return time / DAY_MS;
}

static bool naive_void(const struct history *history, const struct ses_evidence *piece,
	const char *scope)
{
	for (size_t i = 0; i < history->rule_count; i++) {
		const struct ses_entry *rule = &history->rules[i];

		if ((rule->hand == SES_HAND_SUPPRESS || rule->hand == SES_HAND_REMOVED) &&
			strcmp(rule->scope, scope) == 0 &&
			rule->since >= piece->published)
			return true;
	}
	for (size_t i = 0; i < history->count; i++) {
		const struct ses_evidence *other = &history->evidence[i];

		if (other->class != SES_CLASS_DELIVERED || piece->class == SES_CLASS_HARD)
			continue;
		if (piece->class == SES_CLASS_NO_SUCH_DOMAIN
				? day_of(piece->sent) - day_of(other->sent) <= 30
				: other->sent > piece->sent)
			return true;
	}
	return false;
}

/* What counts for a reason in a scope. */
static bool naive_counts(const struct history *history, const struct ses_evidence *piece,
	enum ses_reason reason, const char *scope)
{
	char text[SES_SCOPE_MAX + 1];
	bool fits = reason == SES_REASON_BOUNCE ? piece->class == SES_CLASS_HARD
		    : reason == SES_REASON_NO_SUCH_DOMAIN
			    ? piece->class == SES_CLASS_NO_SUCH_DOMAIN
			    : piece->class == SES_CLASS_SOFT ||
				      piece->class == SES_CLASS_EXPIRED;

	return fits &&
	       strcmp(naive_scope(history->policy.bounce_scope, piece, text), scope) ==
		       0 &&
	       !naive_void(history, piece, scope);
}

/* The piece that stands for a day; NULL there is none. */
static const struct ses_evidence *naive_day(const struct history *history,
	enum ses_reason reason, const char *scope, int64_t day)
{
	const struct ses_evidence *found = NULL;

	for (size_t i = 0; i < history->count; i++) {
		const struct ses_evidence *piece = &history->evidence[i];

		if (day_of(piece->sent) != day ||
			!naive_counts(history, piece, reason, scope))
			continue;
		if (found == NULL || piece->sent > found->sent ||
			(piece->sent == found->sent &&
				(piece->published > found->published ||
					(piece->published == found->published &&
						piece->event > found->event))))
			found = piece;
	}
	return found;
}

static int64_t naive_days_in_window(const struct history *history, enum ses_reason reason,
	const char *scope, const struct ses_evidence *last)
{
	int64_t days = 1;

	for (int64_t day = FIRST_DAY; day < day_of(last->sent); day++) {
		const struct ses_evidence *piece = naive_day(history, reason, scope, day);

		if (piece != NULL &&
			piece->sent > last->sent - history->policy.soft_window_ms)
			days++;
	}
	return days;
}

/* The length of the entry that is completed after so many others. */
static int64_t naive_expiry(const struct ses_suppression_policy *policy, int completed)
{
	int64_t expiry = policy->soft_expiry_ms;

	while (completed-- > 0) {
		int64_t next = 2 * expiry;

		if (policy->soft_expiry_max_ms != 0 && next > policy->soft_expiry_max_ms)
			next = policy->soft_expiry_max_ms;
		expiry = next > expiry ? next : expiry;
	}
	return expiry;
}

static bool naive_soft(const struct history *history, enum ses_reason reason,
	const char *scope, struct ses_entry *entry)
{
	int64_t needed = reason == SES_REASON_SOFT_BOUNCE ? history->policy.soft_days : 1;
	int completed = 0;

	for (int64_t day = FIRST_DAY; needed > 0 && day <= FIRST_DAY + 60; day++) {
		const struct ses_evidence *piece = naive_day(history, reason, scope, day);
		int64_t expiry = naive_expiry(&history->policy, completed);

		if (piece == NULL)
			continue;
		if (completed == 0 &&
			naive_days_in_window(history, reason, scope, piece) < needed)
			continue;
		if (completed > 0 &&
			(entry->expires == UTC_NONE || piece->published < entry->expires))
			continue;
		entry->since = piece->published;
		entry->event = piece->event;
		entry->expires = expiry == 0 ? UTC_NONE : piece->published + expiry;
		completed++;
	}
	return completed > 0;
}

/* Whether a bounce begins a run: no other was there shortly before it. */
static bool naive_begins(const struct history *history, const char *scope,
	const struct ses_evidence *piece)
{
	int64_t expiry = history->policy.bounce_expiry_ms;

	for (size_t i = 0; i < history->count; i++) {
		const struct ses_evidence *other = &history->evidence[i];
		bool is_before = other->published < piece->published ||
				 (other->published == piece->published &&
					 other->event < piece->event);

		if (is_before && naive_counts(history, other, SES_REASON_BOUNCE, scope) &&
			(expiry == 0 || piece->published < other->published + expiry))
			return false;
	}
	return true;
}

static bool naive_bounce(
	const struct history *history, const char *scope, struct ses_entry *entry)
{
	int64_t expiry = history->policy.bounce_expiry_ms;
	utc_ms last = UTC_NONE;

	entry->since = UTC_NONE;
	for (size_t i = 0; i < history->count; i++) {
		const struct ses_evidence *piece = &history->evidence[i];

		if (!naive_counts(history, piece, SES_REASON_BOUNCE, scope))
			continue;
		if (piece->published > last)
			last = piece->published;
		if (piece->published > entry->since &&
			naive_begins(history, scope, piece)) {
			entry->since = piece->published;
			entry->event = piece->event;
		}
	}
	entry->expires = expiry == 0 ? UTC_NONE : last + expiry;
	return last != UTC_NONE;
}

static const struct ses_entry *learnt_for(
	const struct ses_learnt *learnt, enum ses_reason reason, const char *scope)
{
	for (size_t i = 0; i < learnt->count; i++) {
		if (learnt->entries[i].reason == reason &&
			strcmp(learnt->entries[i].scope, scope) == 0)
			return &learnt->entries[i];
	}
	return NULL;
}

static void a_naive_reading_agrees_on_bounces(void **unused)
{
	static const enum ses_reason reasons[] = {
		SES_REASON_BOUNCE, SES_REASON_SOFT_BOUNCE, SES_REASON_NO_SUCH_DOMAIN};
	uint64_t state = 521288629u;
	struct history history;
	size_t seen = 0;

	(void) unused;
	for (size_t i = 0; i < HISTORIES / 4 * COUNT(scopes) * COUNT(reasons); i++) {
		const char *scope = scopes[i % COUNT(scopes)];
		enum ses_reason reason = reasons[i / COUNT(scopes) % COUNT(reasons)];
		const struct ses_entry *found;
		struct ses_entry expected = {.scope = scope};
		struct ses_learnt learnt;
		bool is_there;

		if (i % (COUNT(scopes) * COUNT(reasons)) == 0)
			some_history(&state, &history);
		learn(&history, &learnt);
		found = learnt_for(&learnt, reason, scope);
		is_there = reason == SES_REASON_BOUNCE
				   ? naive_bounce(&history, scope, &expected)
				   : naive_soft(&history, reason, scope, &expected);
		if (is_there != (found != NULL))
			fail_msg("step %zu: %s [%s] expected %d", i,
				ses_reason_name(reason), scope, is_there);
		if (found == NULL)
			continue;
		seen++;
		assert_int_equal(found->since, expected.since);
		assert_int_equal(found->expires, expected.expires);
		assert_int_equal(found->event, expected.event);
	}
	assert_true(seen > HISTORIES / 4);
}

static void a_delivery_after_all_leaves_only_what_a_person_or_a_mailbox_said(
	void **unused)
{
	uint64_t state = 88675123u;
	struct ses_learnt learnt;
	struct history history;

	(void) unused;
	for (size_t i = 0; i < HISTORIES; i++) {
		some_history(&state, &history);
		if (history.count == 0)
			continue;
		history.evidence[history.count - 1] = (struct ses_evidence){
			SES_CLASS_DELIVERED, true, 0, AT(99, 0), 0, 0, "", "", ""};
		learn(&history, &learnt);
		for (size_t j = 0; j < learnt.count; j++)
			assert_true(learnt.entries[j].reason == SES_REASON_BOUNCE ||
				    learnt.entries[j].reason == SES_REASON_COMPLAINT);
		assert_int_not_equal(learnt.at_ses, 1);
	}
}

static void what_is_removed_in_every_scope_leaves_nothing(void **unused)
{
	struct ses_entry rules[COUNT(scopes)];
	uint64_t state = 123456789u;
	struct ses_learnt learnt;
	struct history history;

	(void) unused;
	for (size_t i = 0; i < COUNT(scopes); i++)
		rules[i] = (struct ses_entry){.scope = scopes[i],
			.hand = SES_HAND_REMOVED,
			.since = AT(99, 0),
			.expires = UTC_NONE};
	for (size_t i = 0; i < HISTORIES; i++) {
		some_history(&state, &history);
		assert_true(ses_suppression_learn(&history.policy, history.evidence,
			history.count, rules, COUNT(rules), &learnt));
		assert_int_equal(learnt.count, 0);
		assert_int_equal(learnt.held, 0);
	}
}

/* ---- sizes ---- */

static void more_streams_than_fit_are_left_out_from_the_end(void **unused)
{
	struct ses_suppression_policy policy = ses_suppression_standard;
	static struct ses_evidence evidence[500];
	static char names[500][8];
	struct ses_learnt learnt;

	(void) unused;
	policy.complaint_scope = SES_SCOPE_CONFIGURATION_SET;
	for (size_t i = 0; i < COUNT(evidence); i++) {
		size_t place = COUNT(evidence) - 1 - i;

		snprintf(names[i], sizeof(names[i]), "s%03zu", place);
		evidence[i] = (struct ses_evidence){.class = SES_CLASS_COMPLAINT,
			.is_certain = true,
			.event = (int64_t) i + 1,
			.sent = AT(0, 0),
			.published = AT(1, 0),
			.mail = (int64_t) i,
			.account = ONE_ACCOUNT,
			.configuration_set = place == 77 ? "" : names[i],
			.tenant = ""};
	}
	assert_true(ses_suppression_learn(
		&policy, evidence, COUNT(evidence), NULL, 0, &learnt));
	assert_int_equal(learnt.count, SES_LEARNT_MAX);
	assert_string_equal(learnt.entries[0].scope, "");
	assert_string_equal(learnt.entries[1].scope, "s000");
	assert_string_equal(learnt.entries[SES_LEARNT_MAX - 1].scope, "s062");
}

static void the_longest_names_fit_and_longer_ones_count_as_none(void **unused)
{
	struct ses_suppression_policy policy = ses_suppression_standard;
	char tenant[SES_SCOPE_MAX - 7 + 2];
	struct ses_learnt learnt;
	struct ses_evidence piece = PIECE(HARD, 0, 1, .tenant = tenant);

	(void) unused;
	policy.bounce_scope = SES_SCOPE_TENANT;
	learning_complete(&piece, 0);
	memset(tenant, 'x', sizeof(tenant));
	tenant[sizeof(tenant) - 2] = '\0';
	assert_true(ses_suppression_learn(&policy, &piece, 1, NULL, 0, &learnt));
	assert_int_equal(strlen(learnt.entries[0].scope), SES_SCOPE_MAX);
	tenant[sizeof(tenant) - 2] = 'x';
	tenant[sizeof(tenant) - 1] = '\0';
	assert_true(ses_suppression_learn(&policy, &piece, 1, NULL, 0, &learnt));
	assert_string_equal(learnt.entries[0].scope, "");
}

/* AddressSanitizer too shall answer as malloc does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void without_memory_nothing_is_said(void **unused)
{
	struct ses_evidence piece = PIECE(HARD, 0, 1);
	struct ses_learnt learnt;

	(void) unused;
	assert_false(ses_suppression_learn(
		&ses_suppression_standard, &piece, SIZE_MAX / 2, NULL, 0, &learnt));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_order_matters),
		cmocka_unit_test(entries_come_in_order_and_one_a_reason),
		cmocka_unit_test(a_naive_reading_agrees_on_bounces),
		cmocka_unit_test(
			a_delivery_after_all_leaves_only_what_a_person_or_a_mailbox_said),
		cmocka_unit_test(what_is_removed_in_every_scope_leaves_nothing),
		cmocka_unit_test(more_streams_than_fit_are_left_out_from_the_end),
		cmocka_unit_test(the_longest_names_fit_and_longer_ones_count_as_none),
		cmocka_unit_test(without_memory_nothing_is_said),
	};

	return cmocka_run_group_tests_name("histories", tests, NULL, NULL);
}
