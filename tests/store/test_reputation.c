/* test_reputation.c - windows, sources and rates against a walk minute by minute. */
#include "tests/store/history.h"

#include "store/reputation.h"

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

static bool is_reporting(const char *domain)
{
	if (strcmp(domain, "configured.example") == 0 ||
		ses_domain_reports_complaints(domain))
		return true;
	for (size_t i = 0; i < model->count; i++)
		if (model->increments[i].domain >= 0 &&
			model->increments[i].counts.complaints > 0 &&
			strcmp(model_domains[model->increments[i].domain], domain) == 0)
			return true;
	return false;
}

/* Minute by minute, as the definition says. */
struct naive {
	struct ses_counts minutes[46 * 1440];
	enum ses_source sources[46];
	utc_ms earliest;
};

static struct naive *naive_of(enum store_basis basis, const char *account)
{
	struct naive *naive = calloc(1, sizeof(*naive));

	assert_non_null(naive);
	naive->earliest = INT64_MAX;
	for (size_t i = 0; i < model->count; i++) {
		const struct increment *increment = &model->increments[i];
		static const struct ses_counts zero;
		utc_ms minute = utc_floor(increment->times[basis], MINUTE_MS);

		if (increment->domain >= 0 ||
			strcmp(account, model_accounts[increment->account]) != 0 ||
			memcmp(&increment->counts, &zero, sizeof(zero)) == 0)
			continue;
		ses_counts_add(&naive->minutes[(minute - HISTORY_BEGIN) / MINUTE_MS],
			&increment->counts);
		if (minute < naive->earliest)
			naive->earliest = minute;
	}
	for (size_t day = 0; day < 46; day++) {
		struct ses_counts sum = {0};

		for (size_t i = 0; i < 1440; i++)
			ses_counts_add(&sum, &naive->minutes[day * 1440 + i]);
		naive->sources[day] = ses_day_source(&sum);
	}
	return naive;
}

static struct ses_total naive_total(const struct naive *naive, utc_ms from, utc_ms to)
{
	struct ses_total total = {0};

	for (utc_ms at = from < HISTORY_BEGIN ? HISTORY_BEGIN : from; at < to;
		at += MINUTE_MS) {
		size_t i = (size_t) ((at - HISTORY_BEGIN) / MINUTE_MS);

		ses_total_add(&total, &naive->minutes[i], naive->sources[i / 1440]);
	}
	return total;
}

static utc_ms naive_window(const struct naive *naive,
	const struct ses_reputation_settings *settings, utc_ms to, bool *is_all)
{
	utc_ms covered = to - settings->representative_days * DAY_MS, from = to;
	struct ses_total total = {0};

	*is_all = false;
	while (from > naive->earliest) {
		size_t i = (size_t) ((from -= MINUTE_MS) - HISTORY_BEGIN) / MINUTE_MS;

		ses_total_add(&total, &naive->minutes[i], naive->sources[i / 1440]);
		if (from <= covered &&
			ses_total_denominator(&total) >= settings->representative_sends)
			return from;
	}
	*is_all = true;
	return naive->earliest < to ? naive->earliest : covered;
}

struct judged {
	const struct ses_reputation_settings *settings;
	utc_ms to;
	size_t count;
	size_t all, by_reporting;
};

static bool check_reputation(void *closure, const struct store_reputation *reputation)
{
	struct judged *judged = closure;
	struct naive *naive;
	struct ses_total total;
	int64_t reporting = 0;
	bool is_all;

	assert_string_equal(reputation->account, model_accounts[judged->count++]);
	naive = naive_of(STORE_BASIS_PUBLISHED, reputation->account);
	assert_int_equal(reputation->to, judged->to);
	assert_int_equal(reputation->from,
		naive_window(naive, judged->settings, judged->to, &is_all));
	assert_int_equal(reputation->is_all, is_all);
	judged->all += is_all;
	total = naive_total(naive, reputation->from, reputation->to);
	assert_memory_equal(&reputation->counts, &total.counts, sizeof(total.counts));
	assert_int_equal(reputation->source, ses_total_source(&total));
	assert_int_equal(reputation->bounce.numerator, total.counts.hard_bounces);
	assert_int_equal(reputation->bounce.denominator, ses_total_denominator(&total));
	assert_int_equal(
		reputation->complaint_reporting.numerator, total.counts.complaints);

	memset(&total, 0, sizeof(total));
	for (size_t i = 0; i < model->count; i++) {
		const struct increment *increment = &model->increments[i];
		utc_ms time = increment->times[STORE_BASIS_PUBLISHED];

		if (increment->domain >= 0 && time >= reputation->from &&
			time < reputation->to &&
			is_reporting(model_domains[increment->domain]) &&
			strcmp(model_accounts[increment->account], reputation->account) ==
				0)
			ses_total_add(&total, &increment->counts,
				naive->sources[(time - HISTORY_BEGIN) / DAY_MS]);
	}
	reporting = ses_total_denominator(&total);
	assert_int_equal(reputation->complaint_reporting.denominator, reporting);
	assert_int_equal(reputation->complaint_by_reporting,
		reporting > 0 && reporting >= judged->settings->minimum_sends);
	judged->by_reporting += reputation->complaint_by_reporting;
	free(naive);
	return true;
}

static struct ses_reputation_settings settings_for(int64_t sends, int64_t days)
{
	static const char *const configured[] = {"configured.example"};
	struct ses_reputation_settings settings;

	ses_reputation_defaults(&settings);
	settings.representative_sends = sends;
	settings.representative_days = days;
	settings.minimum_sends = 100;
	settings.reporting_domains = configured;
	settings.reporting_domain_count = 1;
	return settings;
}

static void the_representative_window_equals_a_walk_minute_by_minute(void **state)
{
	static const int64_t sends[] = {0, 1, 5, 17, 60, 200, 333, 500, 1000, 100000};
	struct scene *scene = *state;
	struct judged judged = {0};
	uint64_t seed = 3;
	size_t all = 0, by_reporting = 0;

	for (unsigned i = 0; i < 60; i++) {
		struct ses_reputation_settings settings = settings_for(
			sends[i % 10], (const int64_t[]){1, 3, 7, 30}[i / 10 % 4]);
		utc_ms now = HISTORY_BEGIN + 2 * DAY_MS +
			     (utc_ms) dice(&seed, 43 * 1440) * MINUTE_MS + 12345;

		judged = (struct judged){
			.settings = &settings,
			.to = utc_floor(now, MINUTE_MS) + MINUTE_MS,
		};
		assert_true(store_reputation(scene->store, &settings, now,
			check_reputation, &judged, &scene->error));
		assert_int_equal(judged.count, ACCOUNTS);
		all += judged.all;
		by_reporting += judged.by_reporting;
	}
	/* Both sides of each question came up. */
	assert_in_range(all, 1, 119);
	assert_in_range(by_reporting, 1, 119);
}

struct rated {
	const struct store_rates_query *query;
	const struct ses_reputation_settings *settings;
	utc_ms from, to;
	int64_t last_bad, last_denominator;
	size_t rows;
	struct ses_counts sum;
};

static bool sum_rates(void *closure, const struct store_rates_row *row)
{
	struct rated *rated = closure;
	const struct store_rates_query *query = rated->query;
	int64_t bad = row->counts.hard_bounces + row->counts.complaints;
	struct ses_total total = {0};
	struct naive *naive = naive_of(query->basis, row->account);
	char key[64];

	if (rated->rows++ > 0)
		assert_true(bad < rated->last_bad ||
			    (bad == rated->last_bad &&
				    row->denominator <= rated->last_denominator));
	rated->last_bad = bad;
	rated->last_denominator = row->denominator;
	ses_counts_add(&rated->sum, &row->counts);
	for (size_t i = 0; i < model->count; i++) {
		const struct increment *increment = &model->increments[i];
		utc_ms time = increment->times[query->basis];

		snprintf(key, sizeof(key), "%s/eu-west-1", row->account);
		if ((increment->domain >= 0) !=
				(query->dimension == STORE_BY_RECIPIENT_DOMAIN) ||
			time < rated->from || time >= rated->to ||
			strcmp(model_accounts[increment->account], row->account) != 0)
			continue;
		if (query->dimension != STORE_BY_ACCOUNT)
			snprintf(key, sizeof(key), "%s",
				model_key(increment, query->dimension));
		if (strcmp(key, row->key) == 0)
			ses_total_add(&total, &increment->counts,
				naive->sources[(time - HISTORY_BEGIN) / DAY_MS]);
	}
	free(naive);
	assert_memory_equal(&row->counts, &total.counts, sizeof(total.counts));
	assert_int_equal(row->denominator, ses_total_denominator(&total));
	assert_int_equal(row->is_immature,
		query->basis == STORE_BASIS_SENT && query->window <= STORE_WINDOW_24H);
	if (query->dimension == STORE_BY_RECIPIENT_DOMAIN)
		assert_int_equal(row->complaint_reporting.denominator,
			is_reporting(row->key) ? row->denominator : 0);
	if (query->dimension == STORE_BY_IDENTITY)
		assert_false(row->complaint_reporting.has_rate);
	return true;
}

static bool copy_rates(void *closure, const struct store_rates_row *row)
{
	(void) closure;
	(void) row;
	return true;
}

static void rates_equal_a_recount_by_each_dimension(void **state)
{
	struct ses_reputation_settings settings = settings_for(100, 7);
	struct scene *scene = *state;

	for (unsigned i = 0; i < 4 * 4 * 2; i++) {
		struct store_rates_query query = {
			.window = (enum store_window)(i % 4),
			.dimension = (enum store_dimension)(i / 4 % 4),
			.basis = (enum store_basis)(i / 16),
		};
		struct rated rated = {.query = &query, .settings = &settings};
		utc_ms now = HISTORY_BEGIN + 35 * DAY_MS + 17 * MINUTE_MS + 4;
		struct ses_counts expected;

		/* Once for the window, once for the rows, which are checked with it. */
		assert_true(store_rates(scene->store, &settings, &query, now, &rated.from,
			&rated.to, copy_rates, NULL, &scene->error));
		assert_int_equal(rated.to, now - 4 + MINUTE_MS);
		assert_int_equal(
			rated.to - rated.from, ((const utc_ms[]){HOUR_MS, DAY_MS,
						       7 * DAY_MS, 30 * DAY_MS})[i % 4]);
		assert_true(store_rates(scene->store, &settings, &query, now, &rated.from,
			&rated.to, sum_rates, &rated, &scene->error));
		expected = model_sum(model, query.basis, query.dimension, NULL, NULL,
			rated.from, rated.to);
		assert_memory_equal(&rated.sum, &expected, sizeof(expected));
	}
}

static void rates_of_one_account_take_its_own_representative_window(void **state)
{
	struct ses_reputation_settings settings = settings_for(200, 3);
	struct store_rates_query query = {
		.window = STORE_WINDOW_REPRESENTATIVE,
		.basis = STORE_BASIS_PUBLISHED,
		.account = model_accounts[1],
	};
	struct scene *scene = *state;
	struct rated rated = {.query = &query, .settings = &settings};
	utc_ms now = HISTORY_BEGIN + 35 * DAY_MS;
	struct naive *naive = naive_of(STORE_BASIS_PUBLISHED, model_accounts[1]);
	bool is_all;

	assert_true(store_rates(scene->store, &settings, &query, now, &rated.from,
		&rated.to, copy_rates, NULL, &scene->error));
	assert_int_equal(
		rated.from, naive_window(naive, &settings, now + MINUTE_MS, &is_all));
	free(naive);
}

static bool take(void *closure, const struct store_reputation *reputation)
{
	struct store_reputation *taken = closure;

	*taken = *reputation;
	return true;
}

/* A thousand reported recipients a day for a week, and bounces on the last one. */
static struct store_reputation after_a_week(struct scene *scene, unsigned bounces)
{
	struct ses_reputation_settings settings = settings_for(7000, 7);
	struct store_reputation reputation = {.to = UTC_NONE};
	struct store_report reports[7];
	struct store_job job = {
		.kind = STORE_REPORT_SENDS,
		.reports = reports,
		.report_count = 7,
		.now = NOON,
	};
	struct letter letter;

	for (unsigned i = 0; i < 7; i++)
		reports[i] = (struct store_report){
			.account = "111122223333",
			.region = "eu-west-1",
			.identity = "",
			.recipient_domain = i == 0 ? "gmx.de" : "plain.example",
			.at = HISTORY_BEGIN - i * DAY_MS + HOUR_MS,
			.count = 1000,
		};
	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	for (unsigned i = 0; i < bounces; i++) {
		letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE,
			HISTORY_BEGIN + HOUR_MS, i + 1, "a@plain.example");
		record(scene, &letter);
	}
	letter_simple(&letter, SES_COMPLAINT, SES_OUTCOME_COMPLAINT,
		HISTORY_BEGIN + HOUR_MS, 1, "a@gmx.de");
	record(scene, &letter);
	assert_true(store_reputation(
		scene->store, &settings, NOON, take, &reputation, &scene->error));
	assert_int_equal(reputation.bounce.denominator, 7000);
	return reputation;
}

static void the_forecast_goes_by_the_last_day_with_sends(void **state)
{
	struct store_reputation reputation = after_a_week(*state, 60);

	assert_true(reputation.has_forecast);
	assert_true(reputation.bounce_forecast == 120.0 / 8000);
	/* (60 + 29 * 60) / (7000 + 29 * 1000) is 5 %, and a day less is less. */
	assert_int_equal(reputation.bounce_days, 29);
	/* Complaints go by the domain that reports: 1 of 1000 is its limit already. */
	assert_true(reputation.complaint_by_reporting);
	assert_int_equal(reputation.complaint_reporting.denominator, 1000);
	assert_true(reputation.complaint_forecast == 2.0 / 2000);
	assert_int_equal(reputation.complaint_days, 0);
	assert_int_equal(reputation.sent_24h, 1000);
}

static void days_that_stay_below_never_reach_the_limit(void **state)
{
	struct store_reputation reputation = after_a_week(*state, 50);

	assert_true(reputation.has_forecast);
	assert_int_equal(reputation.bounce_days, -1);
}

/* What was refused takes away from what was sent, and it can be older (another mail's):
 * the ten sends of the day reach what is wanted before the refusals are looked at. */
static void a_window_can_begin_between_sends_and_refusals_of_one_day(void **state)
{
	struct ses_reputation_settings settings = settings_for(10, 1);
	struct store_reputation reputation = {.to = UTC_NONE};
	utc_ms day = HISTORY_BEGIN - 9 * DAY_MS;
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, day - DAY_MS, 99,
		"a@plain.example");
	record(scene, &letter);
	for (unsigned i = 0; i < 15; i++) {
		bool is_send = i < 10;

		letter_simple(&letter, is_send ? SES_SEND : SES_BOUNCE,
			is_send ? SES_OUTCOME_SEND : SES_OUTCOME_REFUSED,
			day + (is_send ? 10 : 9) * HOUR_MS, i + 1, "a@plain.example");
		letter.job.notification.published = letter.event.sent;
		record(scene, &letter);
	}
	assert_true(store_reputation(
		scene->store, &settings, NOON, take, &reputation, &scene->error));
	assert_int_equal(reputation.from, day + 10 * HOUR_MS);
	assert_false(reputation.is_all);
	assert_int_equal(reputation.bounce.denominator, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_representative_window_equals_a_walk_minute_by_minute),
		cmocka_unit_test(rates_equal_a_recount_by_each_dimension),
		cmocka_unit_test(rates_of_one_account_take_its_own_representative_window),
		cmocka_unit_test_setup_teardown(
			the_forecast_goes_by_the_last_day_with_sends, scene_set_up,
			scene_tear_down),
		cmocka_unit_test_setup_teardown(
			a_window_can_begin_between_sends_and_refusals_of_one_day,
			scene_set_up, scene_tear_down),
		cmocka_unit_test_setup_teardown(
			days_that_stay_below_never_reach_the_limit, scene_set_up,
			scene_tear_down),
	};

	return cmocka_run_group_tests_name("reputation", tests, set_up, tear_down);
}
