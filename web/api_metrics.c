/* api_metrics.c - GET /metrics: the store, the topics, the feedback door's diary. */
#include "web/api_metrics.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "web/api.h"
#include "web/api_reply.h"
#include "web/api_topic.h"
#include "web/inside.h"
#include "web/metrics.h"

#define PAGE_MAX ((size_t) 16 * 1024 * 1024)

static double seconds(int64_t ms)
{
	return (double) ms / (double) SECOND_MS;
}

/* ---- the store ---- */

bool metrics_of_store(struct buffer *page, struct store *store, struct error *error)
{
	struct store_health health;

	if (!store_health(store, &health, error))
		return false;

	const struct {
		const char *name, *type, *help;
		double value;
	} families[] = {
		{"ses_feedback_store_failing", "gauge",
			"1 if the last transaction of the store failed.",
			health.is_failing ? 1 : 0},
		{"ses_feedback_events", "gauge", "Events that are kept.",
			(double) health.events},
		{"ses_feedback_suppressions", "gauge", "Entries of the suppression list.",
			(double) health.suppressions},
		{"ses_feedback_unrecognised", "gauge",
			"Genuine messages kept that were not understood.",
			(double) health.unrecognised},
		{"ses_feedback_aside", "gauge",
			"Genuine messages of topics not configured, set aside.",
			(double) health.aside},
		{"ses_feedback_store_commits_total", "counter",
			"Transactions committed since the start.",
			(double) health.commits},
		{"ses_feedback_store_jobs_total", "counter",
			"Pieces of work done since the start.", (double) health.jobs},
		{"ses_feedback_store_failures_total", "counter",
			"Pieces of work that failed since the start.",
			(double) health.failures},
		{"ses_feedback_store_queue", "gauge",
			"Pieces of work that wait for the store.",
			(double) health.queued},
		{"ses_feedback_store_database_bytes", "gauge",
			"Size of the database file.", (double) health.database_bytes},
		{"ses_feedback_store_wal_bytes", "gauge",
			"Size of the database's write-ahead log.",
			(double) health.log_bytes},
		{"ses_feedback_store_slowest_commit_seconds", "gauge",
			"The slowest commit since the start.",
			seconds(health.slowest_commit_ms)},
	};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		metrics_single(page, families[i].name, families[i].type, families[i].help,
			families[i].value);
	return true;
}

/* ---- the topics ---- */

/* The families are interleaved topic by topic in what is read, so each gets a buffer. */
struct topic_families {
	struct buffer state, age, notifications, aside;
	utc_ms now;
};

static void add_state(
	struct topic_families *families, const char *arn, enum store_topic_state state)
{
	for (int i = 0; i < API_TOPIC_STATES; i++) {
		const struct metrics_label labels[] = {
			{"topic", arn},
			{"state", api_topic_state_name((enum store_topic_state) i)},
			{NULL, NULL},
		};

		metrics_sample_count(&families->state, "ses_feedback_topic_state", labels,
			i == (int) state ? 1 : 0);
	}
}

static bool add_topic(void *closure, const struct store_topic *topic)
{
	struct topic_families *families = closure;
	const struct metrics_label labels[] = {{"topic", topic->arn}, {NULL, NULL}};

	add_state(families, topic->arn, topic->state);
	if (topic->last_received != UTC_NONE)
		metrics_sample(&families->age,
			"ses_feedback_topic_last_message_age_seconds", labels,
			seconds(families->now - topic->last_received));
	metrics_sample_count(&families->notifications, "ses_feedback_topic_notifications",
		labels, topic->notifications);
	metrics_sample_count(
		&families->aside, "ses_feedback_topic_aside", labels, topic->aside);
	return true;
}

static void append_topics(struct buffer *page, const struct topic_families *families)
{
	metrics_append_family(page, "ses_feedback_topic_state", "gauge",
		"1 for the state that the topic's subscription is in.", &families->state);
	metrics_append_family(page, "ses_feedback_topic_last_message_age_seconds",
		"gauge",
		"Since the last notification of the topic came; absent if none did.",
		&families->age);
	metrics_append_family(page, "ses_feedback_topic_notifications", "gauge",
		"Notifications of the topic that were recorded.",
		&families->notifications);
	metrics_append_family(page, "ses_feedback_topic_aside", "gauge",
		"Notifications of the topic that wait for it to be configured.",
		&families->aside);
}

bool metrics_of_topics(struct buffer *page, struct store *store,
	const struct web_rules *rules, utc_ms now, struct error *error)
{
	struct topic_families families = {.now = now};
	struct buffer *buffers[] = {
		&families.state, &families.age, &families.notifications, &families.aside};
	bool is_read;

	for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
		buffer_init(buffers[i], PAGE_MAX);
	is_read = api_topic_each(store, rules, add_topic, &families, error);
	if (is_read)
		append_topics(page, &families);
	for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
		buffer_finish(buffers[i]);
	return is_read;
}

/* ---- the diary ---- */

struct answers {
	struct buffer *page;
	struct buffer rejects; /* samples */
	uint64_t refused;
};

static void add_answer(void *closure, const struct diary_answer_count *answer)
{
	struct answers *answers = closure;
	char status[12];
	const struct metrics_label labels[] = {
		{"reason", answer->reason},
		{"status", status},
		{NULL, NULL},
	};

	snprintf(status, sizeof(status), "%u", answer->status);
	metrics_sample_count(answers->page, "ses_feedback_answers_total", labels,
		(int64_t) answer->count);
	if (answer->status < 400)
		return;
	answers->refused += answer->count;
	metrics_sample_count(&answers->rejects, "ses_feedback_rejects_total", labels,
		(int64_t) answer->count);
}

static void add_alarm(void *closure, const struct diary_alarm *alarm)
{
	const struct metrics_label labels[] = {
		{"name", alarm->name},
		{"object", alarm->object == NULL ? "" : alarm->object},
		{NULL, NULL},
	};

	metrics_sample_count(closure, "ses_feedback_alarm", labels, 1);
}

void metrics_of_diary(struct buffer *page, struct diary *diary)
{
	struct answers answers = {.page = page};
	utc_ms stored = diary_last_stored(diary);

	buffer_init(&answers.rejects, PAGE_MAX);
	metrics_family(page, "ses_feedback_answers_total", "counter",
		"Answers of the feedback door since the start, by reason and status.");
	diary_each_answer(diary, add_answer, &answers);
	metrics_append_family(page, "ses_feedback_rejects_total", "counter",
		"Those of them with a status of 400 or more, by reason and status.",
		&answers.rejects);
	buffer_finish(&answers.rejects);
	metrics_single(page, "ses_feedback_refused_total", "counter",
		"Answers of the feedback door since the start with a status of 400 or "
		"more.",
		(double) answers.refused);
	metrics_family(page, "ses_feedback_alarm", "gauge",
		"1 for each alarm that is raised; status says what to do.");
	diary_each_alarm(diary, add_alarm, page);
	if (stored != UTC_NONE)
		metrics_single(page, "ses_feedback_last_stored_timestamp_seconds",
			"gauge", "When the last message was stored.", seconds(stored));
}

/* ---- the page ---- */

static void add_build(struct buffer *page, const struct web *web, bool is_development)
{
	const struct metrics_label labels[] = {{"version", web->version}, {NULL, NULL}};

	metrics_family(page, "ses_feedback_build_info", "gauge",
		"1, with the version of ses-feedbackd.");
	metrics_sample_count(page, "ses_feedback_build_info", labels, 1);
	metrics_single(page, "ses_feedback_start_timestamp_seconds", "gauge",
		"When ses-feedbackd was started.", seconds(web->started));
	metrics_single(page, "ses_feedback_development", "gauge",
		"1 if the development key of \"ses-feedback simulate\" is trusted.",
		is_development ? 1 : 0);
}

/* Of the feedback door; absent where it shows none. */
static void add_certificate(struct buffer *page, struct web *web, utc_ms now)
{
	utc_ms ends = web->feedback_is_tls ? web_certificate_ends(web) : UTC_NONE;

	if (ends == UTC_NONE)
		return;
	metrics_single(page, "ses_feedback_tls_certificate_end_timestamp_seconds",
		"gauge", "When the certificate of the feedback door ends.",
		seconds(ends));
	metrics_single(page, "ses_feedback_tls_certificate_left_seconds", "gauge",
		"Until the certificate of the feedback door ends; negative once it has.",
		seconds(ends - now));
}

void metrics_get(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	const struct web_rules *rules = request->rules;
	utc_ms now = clock_now();
	struct buffer page;
	struct error error;
	bool is_readable;

	if (!request_query_is_known(request, no_parameters))
		return;
	buffer_init(&page, PAGE_MAX);
	add_build(&page, request->web, rules->development);
	add_certificate(&page, request->web, now);
	metrics_of_diary(&page, request->web->diary);
	/* A store that can't be read is what somebody wants to see here, not a page that
	 * is missing. */
	is_readable = metrics_of_store(&page, request->store, &error) &&
		      metrics_of_accounts(
			      &page, request->store, &rules->reputation, now, &error) &&
		      metrics_of_topics(&page, request->store, rules, now, &error) &&
		      metrics_of_lag(&page, request->store, now, &error) &&
		      metrics_of_alerts(&page, request->store, now, &error) &&
		      metrics_of_outbox(&page, request->store, now, &error);
	if (!is_readable)
		log_error("GET /metrics: the store could not be read: %s", error.text);
	metrics_single(&page, "ses_feedback_store_readable", "gauge",
		"0 if the store could not be read for this page.", is_readable ? 1 : 0);
	api_reply_buffer(request, 200, METRICS_CONTENT_TYPE, &page);
}
