/* test_recount.c - windows, rates, series and reputations against a count by brute force
 * of every event of random histories. RECOUNT_SEED=N takes another history. */
#include "tests/store/recount.h"

#include "store/marks.h"
#include "store/reputation.h"

static struct recount *model;

/* How many answers were compared, so that the test can tell that it did something. */
static struct {
	size_t rows, reputations, steps, incomplete, other_accounts, fresh, by_reporting,
		all, cut;
	bool windows[5], dimensions[STORE_DIMENSIONS];
	bool sources[SES_SOURCE_REPORTED + 1];
} seen;

/* ---- marks of the accounts, added one after another ---- */

#define MARKS_MAX 8
static struct {
	unsigned account;
	utc_ms at;
} marks[MARKS_MAX];
static size_t mark_count;

static utc_ms newest_mark(unsigned account, utc_ms to)
{
	utc_ms newest = UTC_NONE;

	for (size_t i = 0; i < mark_count; i++)
		if (marks[i].account == account && marks[i].at < to &&
			marks[i].at > newest)
			newest = marks[i].at;
	return newest;
}

static void add_mark(struct scene *scene, unsigned account, utc_ms at)
{
	struct store_mark mark = {
		.account = recount_accounts[account].account,
		.region = recount_accounts[account].region,
		.at = at,
		.actor = "ops",
		.note = "",
	};
	struct store_mark_change change = {.add = &mark};
	struct store_job job = {.kind = STORE_MARK, .mark = &change, .now = at};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	marks[mark_count].account = account;
	marks[mark_count++].at = at;
}

/* ---- the definitions, said a second time ---- */

static struct ses_reputation_settings settings_for(uint64_t *seed)
{
	static const char *const configured[] = {"configured.example"};
	static const int64_t sends[] = {0, 1, 20, 100, 250, 600, 100000};
	static const int64_t days[] = {1, 3, 7, 20};
	struct ses_reputation_settings settings;

	ses_reputation_defaults(&settings);
	settings.representative_sends = sends[dice(seed, 7)];
	settings.representative_days = days[dice(seed, 4)];
	settings.minimum_sends = 60;
	settings.reporting_domains = configured;
	settings.reporting_domain_count = 1;
	if (dice(seed, 2) == 0)
		settings.excludes = dice(seed, SES_EXCLUDE_ALL + 1);
	return settings;
}

static struct ses_counts judged(
	const struct ses_reputation_settings *settings, const struct ses_counts *counts)
{
	struct ses_counts result = *counts;
	unsigned in = ~settings->excludes;

	if (in & SES_EXCLUDE_REFUSED) {
		result.hard_bounces = counts->hard_bounces + counts->refused;
		result.attempts = counts->attempts + counts->refused;
		result.refused = 0;
	}
	if (in & SES_EXCLUDE_AUTOMATIC) {
		result.soft_bounces = counts->soft_bounces + counts->automatic;
		result.automatic = 0;
	}
	if (in & SES_EXCLUDE_NOT_SPAM) {
		result.complaints += counts->not_spam;
		result.not_spam = 0;
	}
	if (in & SES_EXCLUDE_LISTED) {
		result.complaints += counts->listed;
		result.listed = 0;
	}
	return result;
}

/* What lines add up to: each counts by the source of its day. */
struct eligible {
	struct ses_counts counts;
	int64_t sends, attempts; /* of the days that go by them; less what was refused */
	bool has_send, has_attempts, has_reported;
};

static void add_line(struct eligible *sum, const struct ses_reputation_settings *settings,
	const struct recount_line *line, enum store_basis basis)
{
	struct ses_counts counts = judged(settings, &line->counts);

	ses_counts_add(&sum->counts, &counts);
	switch (line->sources[basis]) {
	case SES_SOURCE_SEND:
		sum->has_send = true;
		sum->sends += counts.sends - counts.refused;
		break;
	case SES_SOURCE_REPORTED:
		sum->has_reported = true;
		sum->sends += counts.reported - counts.refused;
		break;
	case SES_SOURCE_ATTEMPTS:
		sum->has_attempts = true;
		sum->attempts += counts.attempts;
		break;
	case SES_SOURCE_NONE:
	case SES_SOURCE_MIXED:
		break;
	}
}

static int64_t denominator_of(const struct eligible *sum)
{
	return (sum->sends > 0 ? sum->sends : 0) + sum->attempts;
}

static enum ses_source source_of(const struct eligible *sum)
{
	int count = sum->has_send + sum->has_attempts + sum->has_reported;

	if (count != 1)
		return count == 0 ? SES_SOURCE_NONE : SES_SOURCE_MIXED;
	return sum->has_send	   ? SES_SOURCE_SEND
	       : sum->has_attempts ? SES_SOURCE_ATTEMPTS
				   : SES_SOURCE_REPORTED;
}

static bool is_reporting(const char *domain)
{
	if (strcmp(domain, "configured.example") == 0 ||
		ses_domain_reports_complaints(domain))
		return true;
	for (unsigned i = 0; i < RECOUNT_DOMAINS; i++)
		if (model->complained[i] && strcmp(recount_domains[i], domain) == 0)
			return true;
	return false;
}

/* The lines of a dimension. */
#define EACH_LINE(line, dimension)                                                       \
	(const struct recount_line *line = &model->lines[model->first[dimension]];       \
		line < &model->lines[model->first[(dimension) + 1]]; line++)

static bool is_in(const struct recount_line *line, unsigned account,
	enum store_basis basis, utc_ms from, utc_ms to)
{
	return line->account == account && line->times[basis] >= from &&
	       line->times[basis] < to;
}

static struct eligible sum_of(const struct ses_reputation_settings *settings,
	unsigned account, enum store_dimension dimension, enum store_basis basis,
	utc_ms from, utc_ms to, bool only_reporting)
{
	struct eligible sum = {0};

	for
		EACH_LINE(line, dimension)
	if (is_in(line, account, basis, from, to) &&
		(!only_reporting || is_reporting(line->key)))
		add_line(&sum, settings, line, basis);
	return sum;
}

static int newest_first(const void *one, const void *other)
{
	const struct recount_line *const *a = one, *const *b = other;

	if ((*a)->times[1] == (*b)->times[1])
		return 0;
	return (*a)->times[1] > (*b)->times[1] ? -1 : 1;
}

struct begin {
	utc_ms from;
	bool is_all;
};

/* Minute by minute back, until both are covered: the words of the definition. */
static struct begin walk_back(const struct ses_reputation_settings *settings,
	unsigned account, utc_ms floor, utc_ms to)
{
	static const struct recount_line *lines[RECOUNT_LINES_MAX];
	utc_ms covered = to - settings->representative_days * DAY_MS;
	utc_ms earliest = to, from = to;
	struct eligible sum = {0};
	size_t count = 0;
	bool is_cut;

	for
		EACH_LINE(line, STORE_BY_ACCOUNT)
	if (is_in(line, account, STORE_BASIS_PUBLISHED, INT64_MIN, to))
		lines[count++] = line;
	qsort(lines, count, sizeof(lines[0]), newest_first);
	if (count > 0)
		earliest = utc_floor(lines[count - 1]->times[1], MINUTE_MS);
	is_cut = earliest < floor;
	if (is_cut)
		earliest = floor;
	for (size_t i = 0; from > earliest;) {
		/* Where nothing was counted nothing changes, but at covered. */
		utc_ms next =
			i < count ? utc_floor(lines[i]->times[1], MINUTE_MS) : earliest;

		if (from > covered && next < covered)
			next = covered;
		from = next > earliest ? next : earliest;
		for (; i < count && lines[i]->times[1] >= from; i++)
			add_line(&sum, settings, lines[i], STORE_BASIS_PUBLISHED);
		if (from <= covered &&
			denominator_of(&sum) >= settings->representative_sends)
			return (struct begin){from, false};
	}
	if (earliest < to)
		return (struct begin){earliest, !is_cut};
	return (struct begin){covered > floor ? covered : floor, !is_cut};
}

/* The whole minute from which on all lies after a time. */
static utc_ms floor_at(utc_ms time, utc_ms to)
{
	if (time == UTC_NONE)
		return INT64_MIN;
	if (time >= to)
		return to;
	return utc_floor(time + MINUTE_MS - 1, MINUTE_MS);
}

static utc_ms later(utc_ms one, utc_ms other)
{
	return one > other ? one : other;
}

/* Where the window of an account begins, as far as a query asks for it. */
static utc_ms window_begin(const struct ses_reputation_settings *settings,
	unsigned account, const struct store_rates_query *query, utc_ms end, utc_ms to)
{
	static const utc_ms lengths[] = {HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS};
	utc_ms from;

	if (query->window != STORE_WINDOW_REPRESENTATIVE)
		from = end - lengths[query->window];
	else
		from = walk_back(
			settings, account, floor_at(newest_mark(account, end), end), end)
			       .from;
	if (query->since > 0)
		from = later(from, floor_at(query->since, end));
	return from < to ? from : to;
}

/* The end of what a query asks for. */
static utc_ms window_end(const struct store_rates_query *query, utc_ms end)
{
	return query->until > 0 && query->until < end ? utc_floor(query->until, MINUTE_MS)
						      : end;
}

/* ---- the rates of one answer ---- */

static void check_rate(
	const struct ses_rate *rate, int64_t numerator, int64_t denominator)
{
	bool has_rate = denominator > 0 && numerator <= denominator;

	EXPECT(model, rate->numerator == numerator && numerator >= 0);
	EXPECT(model, rate->denominator == denominator && denominator >= 0);
	EXPECT(model, rate->has_rate == has_rate);
	EXPECT(model, rate->is_incomplete == (denominator > 0 && !has_rate));
	EXPECT(model, !has_rate || (rate->rate >= 0 && rate->rate <= 1));
	EXPECT(model, has_rate || rate->level == SES_LEVEL_NO_DENOMINATOR);
	seen.incomplete += rate->is_incomplete;
}

/* ---- break-downs ---- */

/* One line that is expected, or found. */
struct expected {
	unsigned account;
	char key[SES_SIGNATURE_SIZE];
	struct eligible sum, reporting;
	bool is_found;
};

struct comparing {
	const struct store_rates_query *query;
	const struct ses_reputation_settings *settings;
	struct expected expected[256];
	size_t count, found;
	utc_ms from, to, end;
	int64_t last_bad, last_denominator;
};

static bool account_is_asked(const struct store_rates_query *query, unsigned account)
{
	char key[64];

	if (query->account != NULL &&
		strcmp(query->account, recount_accounts[account].account) != 0)
		return false;
	if (query->region != NULL &&
		strcmp(query->region, recount_accounts[account].region) != 0)
		return false;
	snprintf(key, sizeof(key), "%s/%s", recount_accounts[account].account,
		recount_accounts[account].region);
	return query->dimension != STORE_BY_ACCOUNT || query->key == NULL ||
	       strcmp(query->key, key) == 0;
}

/* The key as the answer shows it; NULL: it is not asked for. */
static const char *key_shown(
	const struct store_rates_query *query, const struct recount_line *line)
{
	static char key[SES_SIGNATURE_SIZE];
	size_t length = query->tag != NULL ? strlen(query->tag) : 0;

	snprintf(key, sizeof(key), "%s", line->key);
	if (query->dimension == STORE_BY_ACCOUNT) {
		snprintf(key, sizeof(key), "%s/%s",
			recount_accounts[line->account].account,
			recount_accounts[line->account].region);
		return key;
	}
	if (query->dimension == STORE_BY_TAG && query->tag != NULL) {
		if (strncmp(line->key, query->tag, length) != 0 ||
			line->key[length] != '=')
			return NULL;
		snprintf(key, sizeof(key), "%s", line->key + length + 1);
	}
	return query->key == NULL || strcmp(query->key, key) == 0 ? key : NULL;
}

static struct expected *expected_of(
	struct comparing *comparing, unsigned account, const char *key)
{
	struct expected *expected;

	for (size_t i = 0; i < comparing->count; i++) {
		expected = &comparing->expected[i];
		if (expected->account == account && strcmp(expected->key, key) == 0)
			return expected;
	}
	return NULL;
}

static void expect_line(struct comparing *comparing, const struct recount_line *line)
{
	const struct store_rates_query *query = comparing->query;
	const char *key = key_shown(query, line);
	struct expected *expected;

	if (key == NULL)
		return;
	expected = expected_of(comparing, line->account, key);
	if (expected == NULL) {
		EXPECT(model, comparing->count < 256);
		expected = &comparing->expected[comparing->count++];
		*expected = (struct expected){.account = line->account};
		snprintf(expected->key, sizeof(expected->key), "%s", key);
	}
	add_line(&expected->sum, comparing->settings, line, query->basis);
	if (query->dimension == STORE_BY_RECIPIENT_DOMAIN && is_reporting(line->key))
		add_line(&expected->reporting, comparing->settings, line, query->basis);
}

static void expect_account(struct comparing *comparing, unsigned account, utc_ms from)
{
	const struct store_rates_query *query = comparing->query;
	size_t first = comparing->count;

	for
		EACH_LINE(line, query->dimension)
	if (is_in(line, account, query->basis, from, comparing->to))
		expect_line(comparing, line);
	if (query->dimension == STORE_BY_ACCOUNT && comparing->count > first)
		comparing->expected[first].reporting =
			sum_of(comparing->settings, account, STORE_BY_RECIPIENT_DOMAIN,
				query->basis, from, comparing->to, true);
}

/* Fills what is expected, and where the earliest window begins. */
static void expect_all(struct comparing *comparing)
{
	const struct store_rates_query *query = comparing->query;
	bool is_first = true;

	for (unsigned account = 0; account < RECOUNT_ACCOUNTS; account++) {
		utc_ms from;

		if (!account_is_asked(query, account))
			continue;
		from = window_begin(comparing->settings, account, query, comparing->end,
			comparing->to);
		if (is_first || from < comparing->from)
			comparing->from = from;
		is_first = false;
		expect_account(comparing, account, from);
	}
	assert_false(is_first);
}

static unsigned number_of(const char *account, const char *region)
{
	for (unsigned i = 0; i < RECOUNT_ACCOUNTS; i++)
		if (strcmp(account, recount_accounts[i].account) == 0 &&
			strcmp(region, recount_accounts[i].region) == 0)
			return i;
	fail_msg("there is no %s/%s", account, region);
	return 0;
}

static bool compare_row(void *closure, const struct store_rates_row *row)
{
	struct comparing *comparing = closure;
	unsigned account = number_of(row->account, row->region);
	struct expected *expected = expected_of(comparing, account, row->key);
	int64_t bad = row->counts.hard_bounces + row->counts.complaints, denominator;

	EXPECT(model, expected != NULL && !expected->is_found);
	expected->is_found = true;
	denominator = denominator_of(&expected->sum);
	EXPECT(model,
		memcmp(&row->counts, &expected->sum.counts, sizeof(row->counts)) == 0);
	EXPECT(model, row->source == source_of(&expected->sum));
	EXPECT(model, row->denominator == denominator);
	check_rate(&row->bounce, row->counts.hard_bounces, denominator);
	check_rate(&row->complaint, row->counts.complaints, denominator);
	check_rate(&row->complaint_reporting, row->counts.complaints,
		denominator_of(&expected->reporting));
	EXPECT(model, !row->is_other);
	EXPECT(model, comparing->found == 0 || bad < comparing->last_bad ||
			      (bad == comparing->last_bad &&
				      row->denominator <= comparing->last_denominator));
	comparing->last_bad = bad;
	comparing->last_denominator = row->denominator;
	comparing->found++;
	seen.rows++;
	seen.sources[row->source] = true;
	return true;
}

static void compare_rates(struct scene *scene,
	const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, utc_ms now)
{
	static struct comparing comparing;
	utc_ms from, to;

	comparing.query = query;
	comparing.settings = settings;
	comparing.count = comparing.found = 0;
	comparing.end = utc_floor(now, MINUTE_MS) + MINUTE_MS;
	comparing.to = window_end(query, comparing.end);
	expect_all(&comparing);
	assert_true(store_rates(scene->store, settings, query, now, &from, &to,
		compare_row, &comparing, &scene->error));
	EXPECT(model, to == comparing.to);
	EXPECT(model, from == comparing.from);
	EXPECT(model, comparing.found == comparing.count);
	seen.windows[query->window] = true;
	seen.dimensions[query->dimension] = true;
}

/* ---- series ---- */

struct stepping {
	struct comparing base; /* its query, settings, from, to */
	int64_t step_ms;
	utc_ms first;
	struct eligible steps[STORE_SERIES_MAX];
	size_t count;
};

static bool compare_step(void *closure, const struct store_series_row *row)
{
	struct stepping *stepping = closure;
	const struct eligible *sum = &stepping->steps[stepping->count];

	EXPECT(model, row->start == stepping->first +
					    (utc_ms) stepping->count * stepping->step_ms);
	EXPECT(model, memcmp(&row->counts, &sum->counts, sizeof(row->counts)) == 0);
	EXPECT(model, row->source == source_of(sum));
	EXPECT(model, row->denominator == denominator_of(sum));
	check_rate(&row->bounce, row->counts.hard_bounces, row->denominator);
	check_rate(&row->complaint, row->counts.complaints, row->denominator);
	stepping->count++;
	seen.steps++;
	return true;
}

static void expect_steps(struct stepping *stepping, unsigned account)
{
	const struct store_rates_query *query = stepping->base.query;
	utc_ms from = window_begin(stepping->base.settings, account, query,
		stepping->base.end, stepping->base.to);

	for
		EACH_LINE(line, query->dimension)
		{
			utc_ms time = line->times[query->basis];

			if (is_in(line, account, query->basis, from, stepping->base.to) &&
				key_shown(query, line) != NULL)
				add_line(&stepping->steps[(time - stepping->first) /
							  stepping->step_ms],
					stepping->base.settings, line, query->basis);
		}
}

static void compare_series(struct scene *scene,
	const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, int64_t step_ms, utc_ms now)
{
	static struct stepping stepping;
	utc_ms from, to, length;

	memset(&stepping, 0, sizeof(stepping));
	stepping.base.query = query;
	stepping.base.settings = settings;
	stepping.base.end = utc_floor(now, MINUTE_MS) + MINUTE_MS;
	stepping.base.to = window_end(query, stepping.base.end);
	stepping.step_ms = step_ms;
	expect_all(&stepping.base);
	stepping.first = utc_floor(stepping.base.from, step_ms);
	length = stepping.base.to - stepping.first;
	if (length > STORE_SERIES_MAX * step_ms) {
		EXPECT(model,
			!store_series(scene->store, settings, query, step_ms, now, &from,
				&to, compare_step, &stepping, &scene->error));
		return;
	}
	for (unsigned account = 0; account < RECOUNT_ACCOUNTS; account++)
		if (account_is_asked(query, account))
			expect_steps(&stepping, account);
	assert_true(store_series(scene->store, settings, query, step_ms, now, &from, &to,
		compare_step, &stepping, &scene->error));
	EXPECT(model, from == stepping.base.from && to == stepping.base.to);
	EXPECT(model, (int64_t) stepping.count == (length + step_ms - 1) / step_ms);
}

/* ---- reputations ---- */

struct judging {
	const struct ses_reputation_settings *settings;
	utc_ms to;
	size_t count;
};

static int64_t sent_in_a_day(unsigned account, utc_ms to)
{
	int64_t sent = 0;

	for
		EACH_LINE(line, STORE_BY_ACCOUNT)
		{
			const struct ses_counts *counts = &line->counts;

			if (!is_in(line, account, STORE_BASIS_PUBLISHED, to - DAY_MS, to))
				continue;
			sent += counts->verified_sends;
			if (line->sources[STORE_BASIS_PUBLISHED] == SES_SOURCE_SEND)
				sent += counts->sends;
			else if (line->sources[STORE_BASIS_PUBLISHED] ==
				 SES_SOURCE_REPORTED)
				sent += counts->reported;
			else
				sent += counts->attempts + counts->refused;
		}
	return sent;
}

static bool compare_reputation(void *closure, const struct store_reputation *reputation)
{
	struct judging *judging = closure;
	unsigned account = (unsigned) judging->count++;
	utc_ms mark = newest_mark(account, judging->to);
	struct begin begin = walk_back(
		judging->settings, account, floor_at(mark, judging->to), judging->to);
	struct eligible sum, reporting;
	int64_t at_reporting;

	EXPECT(model, account == number_of(reputation->account, reputation->region));
	EXPECT(model, reputation->to == judging->to);
	EXPECT(model, reputation->from == begin.from);
	EXPECT(model, reputation->is_all == begin.is_all);
	EXPECT(model, reputation->fresh_start == mark);
	EXPECT(model, mark == UTC_NONE || reputation->from >= mark);
	sum = sum_of(judging->settings, account, STORE_BY_ACCOUNT, STORE_BASIS_PUBLISHED,
		begin.from, judging->to, false);
	reporting = sum_of(judging->settings, account, STORE_BY_RECIPIENT_DOMAIN,
		STORE_BASIS_PUBLISHED, begin.from, judging->to, true);
	at_reporting = denominator_of(&reporting);
	EXPECT(model, memcmp(&reputation->counts, &sum.counts, sizeof(sum.counts)) == 0);
	EXPECT(model, reputation->source == source_of(&sum));
	check_rate(&reputation->bounce, sum.counts.hard_bounces, denominator_of(&sum));
	check_rate(&reputation->complaint, sum.counts.complaints, denominator_of(&sum));
	check_rate(&reputation->complaint_reporting, sum.counts.complaints, at_reporting);
	EXPECT(model, reputation->complaint_by_reporting ==
			      (at_reporting > 0 &&
				      at_reporting >= judging->settings->minimum_sends));
	EXPECT(model, reputation->sent_24h == sent_in_a_day(account, judging->to));
	seen.reputations++;
	seen.all += begin.is_all;
	seen.fresh += mark != UTC_NONE;
	seen.cut += mark != UTC_NONE && reputation->from == floor_at(mark, judging->to);
	seen.by_reporting += reputation->complaint_by_reporting;
	return true;
}

static void compare_reputations(
	struct scene *scene, const struct ses_reputation_settings *settings, utc_ms now)
{
	struct judging judging = {
		.settings = settings,
		.to = utc_floor(now, MINUTE_MS) + MINUTE_MS,
	};

	assert_true(store_reputation(scene->store, settings, now, compare_reputation,
		&judging, &scene->error));
	EXPECT(model, judging.count == RECOUNT_ACCOUNTS);
}

/* ---- what is asked ---- */

static const char *key_for(enum store_dimension dimension, uint64_t *seed)
{
	switch (dimension) {
	case STORE_BY_ACCOUNT:
		return "111122223333/us-east-1";
	case STORE_BY_IDENTITY:
		return recount_identities[dice(seed, CHOICES)];
	case STORE_BY_CONFIGURATION_SET:
		return recount_sets[dice(seed, CHOICES)];
	case STORE_BY_RECIPIENT_DOMAIN:
		return recount_domains[dice(seed, RECOUNT_DOMAINS)];
	case STORE_BY_PROVIDER:
		return "google";
	case STORE_BY_TAG:
		return "stream=a";
	case STORE_BY_TENANT:
		return recount_tenants[dice(seed, CHOICES)];
	case STORE_BY_SOURCE_IP:
		return recount_ips[dice(seed, CHOICES)];
	case STORE_BY_CALLER:
		return recount_callers[dice(seed, CHOICES)];
	case STORE_BY_FROM_DOMAIN:
		return recount_from[dice(seed, CHOICES)];
	case STORE_BY_DIAGNOSTIC:
		return "complaint abuse";
	}
	return "";
}

/* Any moment of the history, an hour's and a day's edge more often than by chance, a
 * clock that is far behind, and one that is far ahead. */
static utc_ms draw_now(uint64_t *seed)
{
	static const utc_ms grains[] = {1, MINUTE_MS, HOUR_MS, DAY_MS};
	utc_ms now = RECOUNT_BEGIN + (utc_ms) dice(seed, 46 * 1440) * MINUTE_MS +
		     (utc_ms) dice(seed, 60000);

	switch (dice(seed, 20)) {
	case 0:
		return RECOUNT_BEGIN - (utc_ms) dice(seed, 100) * DAY_MS;
	case 1:
		return RECOUNT_BEGIN + (utc_ms) dice(seed, 500) * DAY_MS;
	default:
		return utc_floor(now, grains[dice(seed, 4)]);
	}
}

static struct store_rates_query draw_query(
	uint64_t *seed, enum store_dimension dimension, utc_ms now)
{
	struct store_rates_query query = {
		.window = (enum store_window) dice(seed, 5),
		.dimension = dimension,
		.basis = (enum store_basis) dice(seed, 2),
	};

	if (dice(seed, 4) == 0)
		query.account = recount_accounts[dice(seed, RECOUNT_ACCOUNTS)].account;
	if (dice(seed, 6) == 0)
		query.region = "eu-west-1";
	if (query.region != NULL && dice(seed, 3) == 0)
		query.account = "222233334444";
	if (dice(seed, 3) == 0 &&
		(dimension != STORE_BY_ACCOUNT ||
			(query.account == NULL && query.region == NULL)))
		query.key = key_for(dimension, seed);
	if (dimension == STORE_BY_TAG && dice(seed, 2) == 0) {
		query.tag = dice(seed, 2) == 0 ? "campaign" : "stream";
		query.key = query.key == NULL ? NULL : "a";
	}
	if (dice(seed, 4) == 0)
		query.since = now - (utc_ms) dice(seed, 20 * 86400) * 1000;
	if (dice(seed, 4) == 0)
		query.until = now - (utc_ms) dice(seed, 10 * 86400) * 1000;
	return query;
}

static uint64_t chosen_seed(uint64_t usual)
{
	const char *wanted = getenv("RECOUNT_SEED");

	return wanted != NULL ? strtoull(wanted, NULL, 10) : usual;
}

static void check_history(struct scene *scene, uint64_t usual)
{
	static const int64_t steps[] = {1, 7, 15, 60, 90, 360, 1440, 2160, 7 * 1440};
	uint64_t seed;

	mark_count = 0;
	model = recount_record(scene, chosen_seed(usual));
	seed = model->begun_with + 1;
	for (unsigned round = 0; round < 30; round++) {
		if (round % 10 == 9)
			add_mark(scene, dice(&seed, RECOUNT_ACCOUNTS),
				RECOUNT_BEGIN + (utc_ms) dice(&seed, 40 * 86400) * 1000);
		for (unsigned i = 0; i < STORE_DIMENSIONS; i++) {
			struct ses_reputation_settings settings = settings_for(&seed);
			utc_ms now = draw_now(&seed);
			struct store_rates_query query =
				draw_query(&seed, (enum store_dimension) i, now);

			compare_rates(scene, &settings, &query, now);
			if (i % 4 == round % 4)
				compare_series(scene, &settings, &query,
					steps[dice(&seed, 9)] * MINUTE_MS, now);
		}
		for (unsigned i = 0; i < 3; i++) {
			struct ses_reputation_settings settings = settings_for(&seed);

			compare_reputations(scene, &settings, draw_now(&seed));
		}
	}
	free(model);
}

static void every_answer_equals_a_recount_of_one_history(void **state)
{
	check_history(*state, 20261124);
}

static void every_answer_equals_a_recount_of_another_history(void **state)
{
	check_history(*state, 5);
}

/* Both sides of each question came up, in every window and dimension. */
static void the_histories_had_something_of_everything(void **state)
{
	(void) state;
	print_message("%zu rows, %zu steps, %zu reputations were compared\n", seen.rows,
		seen.steps, seen.reputations);
	if (getenv("RECOUNT_SEED") != NULL)
		skip();
	assert_true(seen.rows > 3000);
	assert_true(seen.reputations > 500);
	assert_true(seen.steps > 5000);
	assert_true(seen.incomplete > 0);
	assert_in_range(seen.all, 1, seen.reputations - 1);
	assert_in_range(seen.fresh, 1, seen.reputations - 1);
	assert_in_range(seen.cut, 1, seen.fresh - 1);
	assert_in_range(seen.by_reporting, 1, seen.reputations - 1);
	for (size_t i = 0; i < 5; i++)
		assert_true(seen.windows[i]);
	for (size_t i = 0; i < STORE_DIMENSIONS; i++)
		assert_true(seen.dimensions[i]);
	for (size_t i = 0; i <= SES_SOURCE_REPORTED; i++)
		assert_true(seen.sources[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_answer_equals_a_recount_of_one_history, scene_set_up,
			scene_tear_down),
		cmocka_unit_test_setup_teardown(
			every_answer_equals_a_recount_of_another_history, scene_set_up,
			scene_tear_down),
		cmocka_unit_test(the_histories_had_something_of_everything),
	};

	return cmocka_run_group_tests_name("recount", tests, NULL, NULL);
}
