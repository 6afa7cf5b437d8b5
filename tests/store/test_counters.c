/* test_counters.c - the roll-ups against a second count by hand. */
#include "tests/store/history.h"

static struct history_model *model;

static int set_up(void **state)
{
	if (scene_set_up(state) != 0)
		return -1;
	model = history_record(*state, 42);
	return 0;
}

static int tear_down(void **state)
{
	free(model);
	return scene_tear_down(state);
}

struct checking {
	const struct store_counts_query *query;
	struct ses_counts sum;
	utc_ms last;
	size_t rows;
};

static int64_t step_ms(enum store_step step)
{
	return step == STORE_STEP_DAY	 ? DAY_MS
	       : step == STORE_STEP_HOUR ? HOUR_MS
					 : MINUTE_MS;
}

static bool check_row(void *closure, const struct store_counts_row *row)
{
	struct checking *checking = closure;
	const struct store_counts_query *query = checking->query;
	utc_ms end = row->start + step_ms(query->step), from = row->start;
	struct ses_counts expected;

	if (checking->rows++ > 0)
		assert_true(query->newest_first ? row->start <= checking->last
						: row->start >= checking->last);
	checking->last = row->start;
	assert_int_equal(row->start % step_ms(query->step), 0);
	assert_true(row->start < query->to && end > query->from);
	ses_counts_add(&checking->sum, &row->counts);
	if (from < query->from)
		from = query->from;
	if (end > query->to)
		end = query->to;
	/* Many rows: a sample is counted by hand, all are in the sum. */
	if (checking->rows % 13 != 1)
		return true;
	expected = model_sum(
		model, query->basis, query->dimension, row->account, row->key, from, end);
	assert_memory_equal(&row->counts, &expected, sizeof(expected));
	return true;
}

static void counters_equal_a_recount_in_any_window(void **state)
{
	static const char *const no_keys[] = {""};
	static const char *const diagnostics[] = {
		"complaint abuse", "", "5.1.1 smtp no such user"};
	static const struct {
		const char *const *keys;
		unsigned count;
	} known[STORE_DIMENSIONS] = {
		[STORE_BY_ACCOUNT] = {no_keys, 1},
		[STORE_BY_IDENTITY] = {model_identities, IDENTITIES},
		[STORE_BY_CONFIGURATION_SET] = {model_sets, SETS},
		[STORE_BY_RECIPIENT_DOMAIN] = {model_domains, DOMAINS},
		[STORE_BY_PROVIDER] = {model_providers, PROVIDERS},
		[STORE_BY_TAG] = {model_tag_keys, TAG_KEYS},
		[STORE_BY_TENANT] = {model_tenants, TENANTS},
		[STORE_BY_SOURCE_IP] = {model_ips, IPS},
		[STORE_BY_CALLER] = {model_callers, CALLERS},
		[STORE_BY_FROM_DOMAIN] = {model_from_domains, FROM_DOMAINS},
		[STORE_BY_DIAGNOSTIC] = {diagnostics, 3},
	};
	struct scene *scene = *state;
	uint64_t seed = 7;

	for (unsigned i = 0; i < 800; i++) {
		struct store_counts_query query = {
			.basis = (enum store_basis) dice(&seed, 2),
			.dimension = (enum store_dimension) dice(&seed, STORE_DIMENSIONS),
			.step = (enum store_step) dice(&seed, 3),
			.newest_first = dice(&seed, 2) != 0,
		};
		struct checking checking = {.query = &query};
		struct ses_counts expected;
		/* Windows of minutes, hours, weeks, with odd edges and round ones. */
		utc_ms grain =
			(const utc_ms[]){MINUTE_MS, HOUR_MS, DAY_MS}[dice(&seed, 3)];

		query.from =
			HISTORY_BEGIN +
			utc_floor((utc_ms) dice(&seed, 46 * 1440) * MINUTE_MS, grain);
		query.to =
			query.from +
			utc_floor((utc_ms) dice(&seed, 1U << dice(&seed, 16)) * MINUTE_MS,
				grain);
		if (dice(&seed, 2) == 0)
			query.account = model_accounts[dice(&seed, ACCOUNTS)];
		if (dice(&seed, 2) == 0)
			query.key =
				known[query.dimension]
					.keys[dice(&seed, known[query.dimension].count)];
		assert_true(store_counts(
			scene->store, &query, check_row, &checking, &scene->error));
		expected = model_sum(model, query.basis, query.dimension, query.account,
			query.key, query.from, query.to);
		assert_memory_equal(&checking.sum, &expected, sizeof(expected));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_equal_a_recount_in_any_window),
	};

	return cmocka_run_group_tests_name("counters", tests, set_up, tear_down);
}
