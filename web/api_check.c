/* api_check.c - who of up to 10,000 may be mailed. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_entry.h"
#include "web/api_list.h"
#include "web/api_query.h"
#include "web/api_reply.h"

#define ADDRESSES_MAX 10000

/*
 * The question, in several orders. Each mailbox is asked for once, in order of its normal
 * form, which is the order the store lies in; the answer follows the addresses asked.
 */
struct check {
	size_t count;
	const char **asked;	/* as asked; borrowed from the body */
	char **normals;		/* normals[i] belongs to asked[i]; owned */
	const char **mailboxes; /* the normals, sorted, each once */
	size_t mailbox_count;
	char **entries; /* JSON of the entry of mailboxes[i], owned; NULL: clear */
	bool is_short_of_memory;
};

static bool check_init(struct check *check, size_t count)
{
	/* calloc(0) may be NULL: an empty question is fine. */
	size_t room = count == 0 ? 1 : count;

	*check = (struct check){.count = count};
	check->asked = calloc(room, sizeof(*check->asked));
	check->normals = calloc(room, sizeof(*check->normals));
	check->mailboxes = calloc(room, sizeof(*check->mailboxes));
	check->entries = calloc(room, sizeof(*check->entries));
	return check->asked != NULL && check->normals != NULL &&
	       check->mailboxes != NULL && check->entries != NULL;
}

static void check_finish(struct check *check)
{
	for (size_t i = 0; check->normals != NULL && i < check->count; i++)
		free(check->normals[i]);
	for (size_t i = 0; check->entries != NULL && i < check->mailbox_count; i++)
		free(check->entries[i]);
	free(check->asked);
	free(check->normals);
	free(check->mailboxes);
	free(check->entries);
}

static int compare_texts(const void *one, const void *other)
{
	return strcmp(*(const char *const *) one, *(const char *const *) other);
}

static void sort_mailboxes(struct check *check)
{
	size_t kept = 0;

	for (size_t i = 0; i < check->count; i++)
		check->mailboxes[i] = check->normals[i];
	qsort(check->mailboxes, check->count, sizeof(*check->mailboxes), compare_texts);
	for (size_t i = 0; i < check->count; i++)
		if (kept == 0 ||
			!text_equal(check->mailboxes[kept - 1], check->mailboxes[i]))
			check->mailboxes[kept++] = check->mailboxes[i];
	check->mailbox_count = kept;
}

/* SIZE_MAX if it was not asked for. */
static size_t mailbox_index(const struct check *check, const char *normal)
{
	const char **place = bsearch(&normal, check->mailboxes, check->mailbox_count,
		sizeof(*check->mailboxes), compare_texts);

	return place == NULL ? SIZE_MAX : (size_t) (place - check->mailboxes);
}

static bool read_address(struct request *request, struct check *check, size_t i,
	const struct json *element)
{
	const char *text = json_as_text(element);
	char normal[SES_ADDRESS_MAX];

	if (text == NULL || !ses_address_normalise(text, strlen(text), normal)) {
		reply_problem(request, 400, "not-an-address",
			"addresses[%zu] is %s%.200s%s: one looks like local-part@domain",
			i, text == NULL ? "no text" : "no mail address: \"",
			text == NULL ? "" : text, text == NULL ? "" : "\"");
		return false;
	}
	check->asked[i] = text;
	check->normals[i] = text_copy(normal, strlen(normal));
	if (check->normals[i] != NULL)
		return true;
	api_reply_no_memory(request);
	return false;
}

static bool read_addresses(
	struct request *request, struct check *check, const struct json *addresses)
{
	size_t i = 0;

	for (const struct json *element = json_first(addresses); element != NULL;
		element = json_next(element), i++)
		if (!read_address(request, check, i, element))
			return false;
	sort_mailboxes(check);
	return true;
}

/* *scope is borrowed from body. */
static bool read_body(struct request *request, const struct json *body,
	const struct json **addresses, const char **scope)
{
	const struct json *member;

	for (member = json_first(body); member != NULL; member = json_next(member)) {
		const char *name = json_name(member);

		if ((!text_equal(name, "addresses") && !text_equal(name, "scope")) ||
			!json_has_once(body, name)) {
			reply_problem(request, 400, "body",
				"a check takes \"addresses\" and \"scope\", each once, "
				"not \"%.100s\"",
				name);
			return false;
		}
	}
	*addresses = json_member(body, "addresses");
	if (!json_is_array(*addresses) || json_count(*addresses) > ADDRESSES_MAX) {
		reply_problem(request, 400, "body",
			"\"addresses\" takes a list of at most %d addresses%s",
			ADDRESSES_MAX,
			json_is_array(*addresses) ? "; ask for more in several calls"
						  : "");
		return false;
	}
	member = json_member(body, "scope");
	*scope = member == NULL || json_is_null(member) ? "" : json_as_text(member);
	if (*scope == NULL || !api_scope_is_right(*scope)) {
		reply_problem(request, 400, "body",
			"\"scope\" takes the name of a configuration set, or "
			"tenant:NAME: "
			"at most %d bytes without control characters",
			API_SCOPE_MAX);
		return false;
	}
	return true;
}

static bool keep_entry(void *closure, const struct store_suppression *entry)
{
	struct check *check = closure;
	size_t i = mailbox_index(check, entry->address);
	struct json *json;

	if (i == SIZE_MAX || check->entries[i] != NULL)
		return true;
	json = api_entry_json(entry);
	check->entries[i] = json_print(json);
	json_free(json);
	check->is_short_of_memory = check->entries[i] == NULL;
	return !check->is_short_of_memory;
}

/* {"asked":…, and the members of the entry. */
static void append_entry(struct api_list *list, const char *asked, const char *entry)
{
	buffer_append_text(&list->rows, list->count > 0 ? ",{\"asked\":" : "{\"asked\":");
	json_print_text(&list->rows, asked);
	buffer_append_text(&list->rows, ",");
	buffer_append_text(&list->rows, entry + 1);
	list->count++;
}

static void reply_check(struct request *request, const struct check *check)
{
	struct api_list list;
	struct json *rest = json_object();

	api_list_init(&list);
	for (size_t i = 0; i < check->count; i++) {
		const char *entry =
			check->entries[mailbox_index(check, check->normals[i])];

		if (entry != NULL)
			append_entry(&list, check->asked[i], entry);
	}
	json_put_integer(rest, "clear", (int64_t) (check->count - list.count));
	api_list_reply(request, &list, NULL, "suppressed", rest);
}

static void answer_check(
	struct request *request, const struct json *addresses, const char *scope)
{
	struct check check;
	struct error error;

	if (!check_init(&check, json_count(addresses))) {
		api_reply_no_memory(request);
	} else if (read_addresses(request, &check, addresses)) {
		if (check.mailbox_count > 0 &&
			!store_suppression_check(request->store, check.mailboxes,
				check.mailbox_count, scope, clock_now(), keep_entry,
				&check, &error))
			reply_store_failed(request, &error);
		else if (check.is_short_of_memory)
			api_reply_no_memory(request);
		else
			reply_check(request, &check);
	}
	check_finish(&check);
}

void api_suppressions_check(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	const struct json *addresses;
	const char *scope;
	struct json *body;

	if (!request_query_is_known(request, no_parameters))
		return;
	body = request_json(request);
	if (body == NULL)
		return;
	if (read_body(request, body, &addresses, &scope))
		answer_check(request, addresses, scope);
	json_free(body);
}
