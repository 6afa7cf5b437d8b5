/* api_story.c - what happened to an address, in order. */
#include "web/api_story.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api_changes.h"
#include "web/api_event.h"

/* Events, changes of the address, changes of its domain. */
#define ITEMS_MAX (3 * API_STORY_MAX)
/* The store looks through a bounded part of the events at a time. */
#define CALLS_MAX 200

/* Among those of one moment an event comes before the change that it caused. */
struct item {
	utc_ms at;
	int kind;
	int64_t id;
	struct json *json;
};

enum { KIND_EVENT, KIND_CHANGE };

struct story {
	struct item *items;
	size_t count;
	size_t room; /* for the list that is read now */
	bool has_memory;
};

static bool add(struct story *story, struct item item)
{
	story->has_memory = story->has_memory && item.json != NULL;
	if (!story->has_memory || story->room == 0) {
		json_free(item.json);
		return false;
	}
	story->items[story->count++] = item;
	story->room--;
	return true;
}

static struct json *begin_item(const char *kind, utc_ms at, int64_t id)
{
	struct json *json = json_object();

	json_put_time(json, "at", at);
	json_put_text(json, "kind", kind);
	json_put_integer(json, "id", id);
	return json;
}

static void put_known(struct json *json, const char *name, const char *text)
{
	json_put_text(json, name, text_is_empty(text) ? NULL : text);
}

/* What SES calls the kind of a bounce or complaint. */
static const char *subtype_of(const struct json *facts)
{
	static const char *const names[] = {
		"bounceSubType", "complaintSubType", "complaintFeedbackType"};
	const char *subtype = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && subtype == NULL; i++)
		subtype = json_text(facts, names[i]);
	return subtype;
}

static bool take_event(void *closure, const struct store_event *event)
{
	struct json *json = begin_item("event", event->published, event->id);
	struct json *facts = NULL;

	if (event->facts != NULL)
		facts = json_parse(event->facts, strlen(event->facts), JSON_REPAIR, NULL);
	json_put_text(json, "type", ses_type_name(event->type));
	json_put_text(json, "outcome", api_outcome_name(event->outcome));
	json_put_text(json, "class", ses_class_name(event->class));
	json_put_text(json, "meaning",
		event->class == SES_CLASS_NONE ? NULL : ses_class_meaning(event->class));
	json_put_text(json, "subtype", subtype_of(facts));
	json_put_text(json, "status", json_text(facts, "status"));
	json_put_text(json, "diagnostic", json_text(facts, "diagnosticCode"));
	put_known(json, "configuration_set", event->configuration_set);
	put_known(json, "account", event->account);
	put_known(json, "region", event->region);
	json_put_text(json, "message_id", event->message_id);
	put_known(json, "original", event->original);
	json_put_time(json, "published", event->published);
	json_put_time(json, "sent", event->sent);
	json_free(facts);
	return add(closure, (struct item){event->published, KIND_EVENT, event->id, json});
}

static bool take_change(void *closure, const struct store_list_change *change)
{
	struct json *json = begin_item("change", change->at, change->id);

	api_change_put(json, change);
	return add(closure, (struct item){change->at, KIND_CHANGE, change->id, json});
}

static bool read_events(struct store *store, const char *address, struct story *story,
	bool *is_whole, struct error *error)
{
	struct store_event_filter filter = {
		.address = address, .since = UTC_NONE, .until = UTC_NONE};

	story->room = API_STORY_MAX;
	for (int calls = 0; calls < CALLS_MAX && story->room > 0; calls++) {
		filter.limit = story->room;
		if (!store_event_list(
			    store, &filter, take_event, story, &filter.before, error))
			return false;
		if (filter.before == 0 || !story->has_memory)
			break;
	}
	*is_whole = *is_whole && filter.before == 0;
	return true;
}

static bool read_changes(struct store *store, const char *address, struct story *story,
	bool *is_whole, struct error *error)
{
	struct store_list_change_filter filter = {
		.address = address, .since = UTC_NONE, .until = UTC_NONE};

	story->room = API_STORY_MAX;
	for (int calls = 0; calls < CALLS_MAX && story->room > 0; calls++) {
		filter.limit = story->room;
		if (!store_list_change_list(
			    store, &filter, take_change, story, &filter.before, error))
			return false;
		if (filter.before == 0 || !story->has_memory)
			break;
	}
	*is_whole = *is_whole && filter.before == 0;
	return true;
}

static int compare(const void *one, const void *other)
{
	const struct item *a = one, *b = other;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Hands the items over to the list. */
static void move_items(struct story *story, struct api_list *list)
{
	qsort(story->items, story->count, sizeof(*story->items), compare);
	for (size_t i = 0; i < story->count; i++)
		api_list_add(list, story->items[i].json);
	story->count = 0;
}

bool api_story_tell(struct store *store, const char *address, const char *domain,
	struct api_list *list, bool *is_whole, struct error *error)
{
	struct story story = {
		.items = calloc(ITEMS_MAX, sizeof(*story.items)), .has_memory = true};
	bool went_well;

	*is_whole = true;
	if (story.items == NULL) {
		list->rows.failed = true;
		return true;
	}
	went_well =
		read_events(store, address, &story, is_whole, error) &&
		read_changes(store, address, &story, is_whole, error) &&
		(domain == NULL || read_changes(store, domain, &story, is_whole, error));
	if (went_well && story.has_memory)
		move_items(&story, list);
	if (!story.has_memory)
		list->rows.failed = true;
	for (size_t i = 0; i < story.count; i++)
		json_free(story.items[i].json);
	free(story.items);
	return went_well;
}
