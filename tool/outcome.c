/* outcome.c - what came of simulated mails: the answers, the events, the entry. */
#include "tool/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "tool/entry.h"
#include "tool/event.h"
#include "tool/pages.h"
#include "tool/path.h"
#include "tool/words.h"

#define EVENTS_SHOWN 10
#define EVENTS_ASKED 1000

void outcome_init(struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
}

void outcome_finish(struct outcome *outcome)
{
	free(outcome->posts);
	outcome_init(outcome);
}

bool outcome_add(
	struct outcome *outcome, const char *sns_id, const char *ses_id, long status)
{
	size_t capacity = outcome->capacity == 0 ? 16 : outcome->capacity * 2;
	struct outcome_post *posts;

	if (outcome->count == outcome->capacity) {
		posts = realloc(outcome->posts, capacity * sizeof(*posts));
		if (posts == NULL)
			return false;
		outcome->posts = posts;
		outcome->capacity = capacity;
	}
	posts = &outcome->posts[outcome->count++];
	snprintf(posts->ses_id, sizeof(posts->ses_id), "%s", ses_id);
	snprintf(posts->sns_id, sizeof(posts->sns_id), "%s", sns_id);
	posts->status = status;
	return true;
}

static int compare_posts(const void *one, const void *other)
{
	const struct outcome_post *a = one, *b = other;

	return strcmp(a->ses_id, b->ses_id);
}

static int compare_id(const void *key, const void *element)
{
	const struct outcome_post *post = element;

	return strcmp(key, post->ses_id);
}

/* Of all events of the address those that are ours. */
struct search {
	const struct outcome *outcome;
	struct table *table;
	struct json *events;
	size_t found;
};

static void look_at(void *closure, const struct json *event)
{
	struct search *search = closure;
	const char *id = json_text(event, "message_id");
	char *text;

	if (id == NULL || search->outcome->count == 0 ||
		bsearch(id, search->outcome->posts, search->outcome->count,
			sizeof(*search->outcome->posts), compare_id) == NULL)
		return;
	if (search->found++ < EVENTS_SHOWN)
		event_add(search->table, event);
	text = json_print(event);
	if (text != NULL)
		json_append(search->events,
			json_parse(text, strlen(text), JSON_REPAIR, NULL));
	free(text);
}

static enum tool_status find_events(
	struct client *client, const struct simulation *simulation, struct search *search)
{
	struct pages pages = {.name = "events", .each = look_at, .closure = search};
	enum tool_status status;
	struct buffer path;

	pages.limit = simulation->count < EVENTS_ASKED ? simulation->count : EVENTS_ASKED;
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/events");
	path_query(&path, "address", simulation->recipient);
	status = pages_get(client, path.failed ? "/v1/events" : path.bytes, &pages);
	buffer_finish(&path);
	return status;
}

/* TOOL_NO if there is none. */
static enum tool_status find_entry(
	struct client *client, const struct simulation *simulation, struct answer *answer)
{
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/suppressions/");
	path_encode(&path, simulation->recipient);
	status =
		client_ask(client, "GET", path.failed ? "" : path.bytes, NULL, 0, answer);
	buffer_finish(&path);
	if (status != TOOL_DONE)
		return status;
	if (answer->status == 404)
		return TOOL_NO;
	return answer->status >= 400 ? client_refused(client, answer) : TOOL_DONE;
}

static struct json *posts_json(const struct outcome *outcome)
{
	struct json *posts = json_array();

	for (size_t i = 0; i < outcome->count; i++) {
		struct json *post = json_object();

		json_put_text(post, "sns_message_id", outcome->posts[i].sns_id);
		json_put_text(post, "ses_message_id", outcome->posts[i].ses_id);
		json_put_integer(post, "status", outcome->posts[i].status);
		json_append(posts, post);
	}
	return posts;
}

static void print_json(struct tool *tool, const struct outcome *outcome,
	const struct search *search, const struct json *entry)
{
	struct json *all = json_object();

	json_put(all, "posted", posts_json(outcome));
	json_put_copy(all, "events", search->events);
	json_put_copy(all, "suppression", entry);
	screen_print_json(tool, all);
	json_free(all);
}

static bool is_of_simulator(const struct simulation *simulation)
{
	char normal[SES_ADDRESS_MAX];

	return ses_address_normalise(
		       simulation->recipient, strlen(simulation->recipient), normal) &&
	       ses_address_is_simulator(normal);
}

static void print_words(struct tool *tool, const struct simulation *simulation,
	const struct outcome *outcome, const struct search *search,
	const struct json *entry)
{
	char words[WORDS_SIZE], answered[WORDS_SIZE];
	size_t accepted = 0;

	for (size_t i = 0; i < outcome->count; i++)
		accepted += outcome->posts[i].status >= 200 &&
			    outcome->posts[i].status <= 299;
	screen_print(tool, SCREEN_PLAIN, "Posted %s %s of %s to %s: %s answered 200",
		words_count((int64_t) outcome->count, words),
		compose_kind_name(simulation->kind), simulation->recipient,
		simulation->feedback_url, words_count((int64_t) accepted, answered));
	fputs("\n\n", tool->out);
	if (search->found == 0)
		screen_print(tool, SCREEN_WARNING, "No event of it is recorded.");
	table_flush(search->table, tool, 0);
	if (search->found > EVENTS_SHOWN)
		fprintf(tool->out, "... %zu more", search->found - EVENTS_SHOWN);
	fputs("\n", tool->out);
	if (entry != NULL)
		entry_print(tool, entry);
	else if (is_of_simulator(simulation))
		fputs("A simulator address: it counts in no rate, is on no list.\n",
			tool->out);
	else
		screen_print(tool, SCREEN_PLAIN, "%s is not suppressed.",
			simulation->recipient);
	if (entry == NULL && !is_of_simulator(simulation))
		fputc('\n', tool->out);
}

enum tool_status outcome_show(struct tool *tool, struct client *client,
	const struct simulation *simulation, struct outcome *outcome)
{
	struct search search = {.outcome = outcome};
	struct answer answer = {0};
	enum tool_status status;
	const struct json *entry;

	if (outcome->count == 0)
		return TOOL_DONE;
	search.table = event_table();
	search.events = json_array();
	qsort(outcome->posts, outcome->count, sizeof(*outcome->posts), compare_posts);
	status = find_events(client, simulation, &search);
	if (status == TOOL_DONE) {
		status = find_entry(client, simulation, &answer);
		entry = status == TOOL_DONE ? answer.json : NULL;
		if (status == TOOL_NO)
			status = TOOL_DONE;
		if (status == TOOL_DONE && tool->is_json)
			print_json(tool, outcome, &search, entry);
		else if (status == TOOL_DONE)
			print_words(tool, simulation, outcome, &search, entry);
	}
	answer_finish(&answer);
	json_free(search.events);
	table_free(search.table);
	return status;
}
