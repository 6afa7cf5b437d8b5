/* api_channels.c - where alerts are told, how that goes, and a message to try it. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "store/alerts.h"
#include "store/outbox.h"
#include "web/api.h"
#include "web/api_delivery.h"
#include "web/api_list.h"
#include "web/api_reply.h"

#define RECENT 10
#define URL_MAX 4096

static const char *type_name(enum web_channel_type type)
{
	switch (type) {
	case WEB_CHANNEL_WEBHOOK:
		return "webhook";
	case WEB_CHANNEL_SLACK:
		return "slack";
	case WEB_CHANNEL_EMAIL:
		return "email";
	case WEB_CHANNEL_ALERTMANAGER:
		return "alertmanager";
	case WEB_CHANNEL_COMMAND:
		return "command";
	}
	return "";
}

/* ---- what is configured, without its secrets ---- */

/* Scheme, host and port: a path or a query can be the secret (Slack's is), and so can
 * what stands before the @. */
static void put_url(struct json *json, const char *url)
{
	const char *host = url == NULL ? NULL : strstr(url, "://");
	struct buffer shown;
	size_t length;

	if (host == NULL) {
		json_put_null(json, "url");
		return;
	}
	host += 3;
	length = strcspn(host, "/?#");
	for (const char *at; (at = memchr(host, '@', length)) != NULL;) {
		length -= (size_t) (at + 1 - host);
		host = at + 1;
	}
	buffer_init(&shown, URL_MAX);
	buffer_format(&shown, "%.*s://%.*s", (int) (strstr(url, "://") - url), url,
		(int) length, host);
	json_put_text(json, "url", shown.failed ? NULL : shown.bytes);
	buffer_finish(&shown);
}

/* NULL is null: any. */
static void put_names(struct json *json, const char *name, const char *const *names)
{
	struct json *array = names == NULL ? NULL : json_array();

	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		json_append_text(array, names[i]);
	json_put(json, name, array);
}

static void put_levels(struct json *json, unsigned levels)
{
	struct json *array = json_array();

	for (int level = SES_LEVEL_WARNING; level <= SES_LEVEL_OVER_PAUSE_LIMIT; level++)
		if ((levels & 1u << level) != 0)
			json_append_text(array, ses_level_name((enum ses_level) level));
	if ((levels & WEB_LEVEL_RECOVERED) != 0)
		json_append_text(array, "recovered");
	json_put(json, "levels", array);
}

static struct json *channel_json(const struct web_channel *channel)
{
	struct json *json = json_object();

	json_put_text(json, "name", channel->name);
	json_put_text(json, "type", type_name(channel->type));
	put_url(json, channel->url);
	put_names(json, "to", channel->to);
	json_put_text(
		json, "command", channel->command == NULL ? NULL : channel->command[0]);
	put_levels(json, channel->levels);
	put_names(json, "kinds", channel->kinds);
	return json;
}

/* ---- how it goes ---- */

struct depth {
	const char *channel;
	int64_t waiting, given_up;
	utc_ms oldest;
};

static bool find_depth(void *closure, const struct store_outbox_depth *found)
{
	struct depth *depth = closure;

	if (!text_equal(found->channel, depth->channel))
		return true;
	depth->waiting = found->waiting;
	depth->given_up = found->given_up;
	depth->oldest = found->oldest;
	return false;
}

struct last {
	struct json *answer; /* of the last attempt, as far as is known */
	utc_ms finished;
};

static bool take_last(void *closure, const struct store_delivery *delivery)
{
	struct last *last = closure;

	if (last->answer != NULL && delivery->finished <= last->finished)
		return true;
	json_free(last->answer);
	last->answer = api_delivery_json(delivery);
	last->finished = delivery->finished;
	return true;
}

/* What waits and was tried says more than what is over: it is so now. */
static bool put_last(
	struct request *request, struct json *json, const char *name, struct error *error)
{
	struct last done = {NULL, UTC_NONE}, latest = {NULL, UTC_NONE};
	bool is_read = store_outbox_last(request->store, name, STORE_DELIVERY_DONE,
			       take_last, &done, error) &&
		       store_outbox_last(request->store, name, STORE_DELIVERY_WAITING,
			       take_last, &latest, error);

	if (is_read && latest.answer == NULL) {
		is_read = store_outbox_last(request->store, name, STORE_DELIVERY_GIVEN_UP,
				  take_last, &latest, error) &&
			  store_outbox_last(request->store, name, STORE_DELIVERY_DONE,
				  take_last, &latest, error);
	}
	json_put_text(json, "answer", json_text(latest.answer, "answer"));
	json_put_time(json, "delivered", done.finished);
	json_free(done.answer);
	json_free(latest.answer);
	return is_read;
}

static bool put_recent(
	struct request *request, struct json *json, const char *name, struct error *error)
{
	struct store_outbox_filter filter = {
		.channel = name, .state = -1, .limit = RECENT};
	struct json *recent = json_array();
	int64_t next;
	bool is_read = store_outbox_list(
		request->store, &filter, api_delivery_append, recent, &next, error);

	json_put(json, "recent", recent);
	return is_read;
}

static bool add_channel(struct request *request, struct api_list *list,
	const struct web_channel *channel, struct error *error)
{
	struct json *json = channel_json(channel);
	struct depth depth = {.channel = channel->name, .oldest = UTC_NONE};
	bool is_read = store_outbox_depths(request->store, find_depth, &depth, error) &&
		       put_last(request, json, channel->name, error) &&
		       put_recent(request, json, channel->name, error);

	json_put_integer(json, "waiting", depth.waiting);
	json_put_time(json, "oldest", depth.oldest);
	json_put_integer(json, "given_up", depth.given_up);
	api_list_add(list, json);
	return is_read;
}

void api_channels_list(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	const struct web_rules *rules = request->rules;
	bool is_read = true;
	struct api_list list;
	struct error error;

	if (!request_query_is_known(request, no_parameters))
		return;
	api_list_init(&list);
	for (size_t i = 0; i < rules->channel_count && is_read; i++)
		is_read = add_channel(request, &list, &rules->channels[i], &error);
	if (is_read)
		api_list_reply(request, &list, NULL, "channels", NULL);
	else
		reply_store_failed(request, &error);
	api_list_finish(&list);
}

/* ---- trying one ---- */

static bool has_channel(const struct web_rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->channel_count; i++)
		if (text_equal(rules->channels[i].name, name))
			return true;
	return false;
}

/* Freed by the caller; NULL without memory. */
static char *test_payload(const struct request *request, utc_ms now)
{
	struct json *json = json_object(), *data = json_object();
	char *printed;

	json_put_text(data, "object", request->argument);
	json_put_text(data, "text",
		"This is a test of this channel: nothing is wrong, and nothing needs to "
		"be done.");
	json_put_text(data, "actor", request->actor);
	json_put_text(json, "type", "test");
	json_put_time(json, "timestamp", now);
	json_put(json, "data", data);
	printed = json_print(json);
	json_free(json);
	return printed;
}

static void reply_queued(
	struct request *request, const struct store_message *message, utc_ms now)
{
	struct store_delivery delivery = {.channel = message->channel,
		.message = message->message,
		.state = STORE_DELIVERY_WAITING,
		.at = now,
		.due = now,
		.finished = UTC_NONE};

	reply_json(request, 202, api_delivery_json(&delivery));
}

void api_channel_test(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	char id[STORE_MESSAGE_ID_SIZE];
	struct store_message message = {.channel = request->argument, .message = id};
	struct store_delivery_result result = {.message = &message};
	struct store_job job = {.kind = STORE_OUTBOX, .delivery = &result};
	char *payload;

	if (!request_query_is_known(request, no_parameters))
		return;
	if (!has_channel(request->rules, request->argument)) {
		reply_problem(request, 404, "no-channel",
			"there is no section [alert \"%.100s\"] in the configuration; "
			"GET /v1/channels lists those there are",
			request->argument);
		return;
	}
	job.now = clock_now();
	payload = test_payload(request, job.now);
	message.payload = payload;
	if (payload == NULL || !store_message_id(id)) {
		api_reply_no_memory(request);
	} else if (store_submit_and_wait(request->store, &job) == STORE_FAILED) {
		api_reply_not_stored(request);
	} else {
		web_messenger_wake(request->web);
		reply_queued(request, &message, job.now);
	}
	free(payload);
}
