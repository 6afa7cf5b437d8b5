/* api_status.c - how the daemon is: the store, what it was told, what it refused. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "web/api.h"
#include "web/inside.h"
#include "web/server.h"

#define LATEST_UNRECOGNISED 5

static struct json *store_json(const struct store_health *health)
{
	struct json *json = json_object();

	json_put_boolean(json, "failing", health->is_failing);
	json_put_text(json, "failure", health->is_failing ? health->failure : NULL);
	json_put_integer(json, "events", (int64_t) health->events);
	json_put_integer(json, "suppressions", (int64_t) health->suppressions);
	json_put_integer(json, "unrecognised", (int64_t) health->unrecognised);
	json_put_integer(json, "aside", (int64_t) health->aside);
	json_put_integer(json, "queued", (int64_t) health->queued);
	json_put_integer(json, "commits", (int64_t) health->commits);
	json_put_integer(json, "jobs", (int64_t) health->jobs);
	json_put_integer(json, "failures", (int64_t) health->failures);
	json_put_integer(json, "database_bytes", (int64_t) health->database_bytes);
	json_put_integer(json, "log_bytes", (int64_t) health->log_bytes);
	json_put_integer(json, "slowest_commit_ms", health->slowest_commit_ms);
	return json;
}

static void add_answer(void *closure, const struct diary_answer_count *answer)
{
	struct json *json = json_object();

	json_put_text(json, "reason", answer->reason);
	json_put_integer(json, "status", answer->status);
	json_put_integer(json, "count", (int64_t) answer->count);
	json_put_time(json, "last", answer->last);
	json_append(closure, json);
}

static void add_refusal(void *closure, const struct diary_refusal *refusal)
{
	struct json *json = json_object();

	json_put_time(json, "when", refusal->when);
	json_put_text(json, "reason", refusal->reason);
	json_put_integer(json, "status", refusal->status);
	json_put_text(
		json, "topic", text_is_empty(refusal->topic) ? NULL : refusal->topic);
	json_put_text(json, "detail", refusal->detail);
	json_append(closure, json);
}

static void add_alarm(void *closure, const struct diary_alarm *alarm)
{
	struct json *json = json_object();

	json_put_text(json, "name", alarm->name);
	json_put_text(json, "object", alarm->object);
	json_put_text(json, "text", alarm->text);
	json_put_text(json, "advice", alarm->advice);
	json_put_time(json, "since", alarm->since);
	json_put_integer(json, "count", (int64_t) alarm->count);
	json_append(closure, json);
}

static bool add_unrecognised(void *closure, const struct store_unrecognised *kept)
{
	struct json *json = json_object();

	json_put_time(json, "when", kept->recorded);
	json_put_text(json, "topic", kept->topic_arn);
	json_put_text(json, "why", kept->why);
	json_append(closure, json);
	return true;
}

struct topics {
	struct json *aside;
	utc_ms last_received; /* over all topics */
};

static bool add_topic(void *closure, const struct store_topic *topic)
{
	struct topics *topics = closure;
	struct json *json;

	if (topic->last_received > topics->last_received)
		topics->last_received = topic->last_received;
	if (topic->aside == 0)
		return true;
	json = json_object();
	json_put_text(json, "topic", topic->arn);
	json_put_integer(json, "count", topic->aside);
	json_append(topics->aside, json);
	return true;
}

/* {"count":…,"NAME":list} */
static struct json *counted(uint64_t count, const char *name, struct json *list)
{
	struct json *json = json_object();

	json_put_integer(json, "count", (int64_t) count);
	json_put(json, name, list);
	return json;
}

static struct json *answers_json(struct diary *diary)
{
	struct json *list = json_array();

	diary_each_answer(diary, add_answer, list);
	return list;
}

static struct json *refused_json(struct diary *diary)
{
	struct json *list = json_array();

	diary_each_refusal(diary, add_refusal, list);
	return list;
}

static struct json *alarms_json(struct diary *diary)
{
	struct json *list = json_array();

	diary_each_alarm(diary, add_alarm, list);
	return list;
}

/* The diary knows since the start only; the store remembers longer. */
static utc_ms last_stored(struct diary *diary, utc_ms last_received)
{
	utc_ms stored = diary_last_stored(diary);

	/* UTC_NONE is less than any time. */
	return stored > last_received ? stored : last_received;
}

/* What the store says; all NULL and failing where it can't be read. */
struct store_part {
	struct store_health health;
	struct json *unrecognised; /* {"count","latest"} */
	struct json *aside;	   /* {"count","topics"} */
	utc_ms last_received;
};

static bool read_store(struct store *store, struct store_part *part, struct error *error)
{
	struct topics topics = {.last_received = UTC_NONE};
	struct json *latest = json_array();

	topics.aside = json_array();
	if (!store_health(store, &part->health, error) ||
		!store_unrecognised_list(
			store, 0, LATEST_UNRECOGNISED, add_unrecognised, latest, error) ||
		!store_topic_list(store, add_topic, &topics, error)) {
		json_free(latest);
		json_free(topics.aside);
		return false;
	}
	part->unrecognised = counted(part->health.unrecognised, "latest", latest);
	part->aside = counted(part->health.aside, "topics", topics.aside);
	part->last_received = topics.last_received;
	return true;
}

/* Whoever asks how we are is told even when the answer is "the store can't be read". */
static void read_store_or_say_why(struct request *request, struct store_part *part)
{
	struct error error;

	*part = (struct store_part){.last_received = UTC_NONE};
	if (read_store(request->store, part, &error))
		return;
	log_error("GET /v1/status: the store could not be read: %s", error.text);
	part->health = (struct store_health){.is_failing = true};
	snprintf(
		part->health.failure, sizeof(part->health.failure), "%.255s", error.text);
}

/* -1 where it has none: a Unix socket. */
static int64_t port_of(const char *address)
{
	const char *colon = address == NULL ? NULL : strrchr(address, ':');
	int64_t port;

	return colon != NULL && text_to_integer(colon + 1, &port) ? port : -1;
}

/* What SNS is to subscribe, as far as we know: of the first feedback door. */
static struct json *feedback_json(const struct web *web, const struct web_rules *rules)
{
	struct json *json = json_object();
	int64_t port = -1;

	for (size_t i = 0; i < web->server_count && port < 0; i++)
		if (server_door(web->servers[i]) == WEB_DOOR_FEEDBACK)
			port = port_of(server_address(web->servers[i]));
	if (port < 0)
		json_put_null(json, "port");
	else
		json_put_integer(json, "port", port);
	json_put_text(json, "path", rules->feedback_path);
	json_put_boolean(json, "tls", web->feedback_is_tls);
	return json;
}

void api_status(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct web *web = request->web;
	struct store_part part;
	struct json *json;

	if (!request_query_is_known(request, no_parameters))
		return;
	read_store_or_say_why(request, &part);
	json = json_object();
	json_put_text(json, "version", web->version);
	json_put_time(json, "started", web->started);
	json_put_time(json, "now", clock_now());
	json_put_boolean(json, "development", request->rules->development);
	json_put(json, "feedback", feedback_json(web, request->rules));
	json_put(json, "store", store_json(&part.health));
	json_put(json, "unrecognised", part.unrecognised);
	json_put(json, "aside", part.aside);
	json_put(json, "answers", answers_json(web->diary));
	json_put(json, "refused", refused_json(web->diary));
	json_put(json, "alarms", alarms_json(web->diary));
	json_put_time(json, "last_stored", last_stored(web->diary, part.last_received));
	reply_json(request, 200, json);
}
