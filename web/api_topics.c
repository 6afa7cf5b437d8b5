/* api_topics.c - the topics: what is configured, what became of each subscription. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_list.h"
#include "web/api_topic.h"
#include "web/inside.h"

const char *api_topic_state_name(enum store_topic_state state)
{
	switch (state) {
	case STORE_TOPIC_UNKNOWN:
		return "unknown";
	case STORE_TOPIC_PENDING:
		return "pending";
	case STORE_TOPIC_CONFIRMED:
		return "confirmed";
	case STORE_TOPIC_CANCELLED:
		return "cancelled";
	}
	return "unknown";
}

/* ---- the list ---- */

struct walk {
	const struct web_rules *rules;
	bool *is_known; /* which of the rules' topics the store knows */
	store_each_topic *each;
	void *closure;
};

static bool walk_known(void *closure, const struct store_topic *topic)
{
	struct walk *walk = closure;
	const struct sns_policy *policy = &walk->rules->policy;

	for (size_t i = 0; i < policy->topic_count; i++)
		if (text_equal(policy->topics[i].arn, topic->arn))
			walk->is_known[i] = true;
	return walk->each(walk->closure, topic);
}

bool api_topic_each(struct store *store, const struct web_rules *rules,
	store_each_topic *each, void *closure, struct error *error)
{
	struct walk walk = {.rules = rules, .each = each, .closure = closure};
	struct store_topic silent = {.state = STORE_TOPIC_UNKNOWN,
		.changed = UTC_NONE,
		.last_published = UTC_NONE,
		.last_received = UTC_NONE};
	bool is_read;

	walk.is_known = calloc(rules->policy.topic_count + 1, sizeof(bool));
	if (walk.is_known == NULL)
		return error_set(error, "topics: out of memory");
	is_read = store_topic_list(store, walk_known, &walk, error);
	for (size_t i = 0; is_read && i < rules->policy.topic_count; i++) {
		silent.arn = rules->policy.topics[i].arn;
		if (!walk.is_known[i] && !each(closure, &silent))
			break;
	}
	free(walk.is_known);
	return is_read;
}

static struct json *topic_json(const struct store_topic *topic, bool is_configured)
{
	struct json *json = json_object();

	json_put_text(json, "arn", topic->arn);
	json_put_boolean(json, "configured", is_configured);
	json_put_text(json, "state", api_topic_state_name(topic->state));
	json_put_text(json, "subscription", topic->subscription_arn);
	json_put_time(json, "changed", topic->changed);
	json_put_time(json, "last_published", topic->last_published);
	json_put_time(json, "last_received", topic->last_received);
	json_put_integer(json, "notifications", topic->notifications);
	json_put_integer(json, "aside", topic->aside);
	return json;
}

struct listing {
	struct api_list list;
	const struct web_rules *rules;
};

static bool add_topic(void *closure, const struct store_topic *topic)
{
	struct listing *listing = closure;
	bool is_configured = sns_policy_has_topic(&listing->rules->policy, topic->arn);

	return api_list_add(&listing->list, topic_json(topic, is_configured));
}

void api_topics_list(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct listing listing = {.rules = request->rules};
	struct error error;

	if (!request_query_is_known(request, no_parameters))
		return;
	api_list_init(&listing.list);
	if (api_topic_each(request->store, request->rules, add_topic, &listing, &error))
		api_list_reply(request, &listing.list, NULL, "topics", NULL);
	else
		reply_store_failed(request, &error);
	api_list_finish(&listing.list);
}

/* ---- confirming by hand ---- */

struct search {
	const char *arn;
	bool is_found;
	enum store_topic_state state;
	char *token, *subscription; /* copies; NULL none */
};

static char *copy_or_null(const char *text)
{
	return text == NULL ? NULL : text_copy(text, strlen(text));
}

static bool search_topic(void *closure, const struct store_topic *topic)
{
	struct search *search = closure;

	if (!text_equal(topic->arn, search->arn))
		return true;
	search->is_found = true;
	search->state = topic->state;
	search->token = copy_or_null(topic->token);
	search->subscription = copy_or_null(topic->subscription_arn);
	return false;
}

static bool find_topic(struct request *request, struct search *search)
{
	struct error error;

	search->arn = request->argument;
	if (store_topic_list(request->store, search_topic, search, &error))
		return true;
	reply_store_failed(request, &error);
	return false;
}

static void search_finish(struct search *search)
{
	free(search->token);
	free(search->subscription);
}

/* After SNS said yes: the subscription as it named it. */
static void reply_confirmed(struct request *request)
{
	struct search search = {0};
	struct json *json;

	if (find_topic(request, &search)) {
		json = json_object();
		json_put_text(json, "arn", request->argument);
		json_put_text(json, "subscription", search.subscription);
		reply_json(request, 200, json);
	}
	search_finish(&search);
}

static void confirm_topic(struct request *request)
{
	struct search search = {0};
	struct error error;

	if (!find_topic(request, &search)) {
		search_finish(&search);
		return;
	}
	if (search.state != STORE_TOPIC_PENDING || text_is_empty(search.token))
		reply_problem(request, 409, "nothing-to-confirm",
			"%.300s: no confirmation waits (the state is \"%s\"); subscribe "
			"this address to the topic at SNS, or ask SNS to send it again",
			request->argument, api_topic_state_name(search.state));
	else if (web_confirm_topic(request->web, request->rules, request->argument,
			 search.token, &error))
		reply_confirmed(request);
	else
		reply_problem(request, 502, "not-confirmed", "%.300s: %s",
			request->argument, error.text);
	search_finish(&search);
}

void api_topic_confirm(struct request *request)
{
	static const char *const no_parameters[] = {NULL};

	if (!request_query_is_known(request, no_parameters))
		return;
	/* Only what the configuration names is ever subscribed to. */
	if (!sns_policy_has_topic(&request->rules->policy, request->argument))
		reply_problem(request, 404, "topic-not-configured",
			"\"%.300s\" is no topic of the configuration ([sns] topic)",
			request->argument);
	else
		confirm_topic(request);
}
