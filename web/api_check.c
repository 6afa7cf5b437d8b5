/* api_check.c - who of up to 10,000 may be mailed. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_entry.h"
#include "web/api_list.h"
#include "web/api_members.h"
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
	char **entries; /* JSON of the entry that suppresses mailboxes[i], owned */
	enum ses_verdict *verdicts; /* of mailboxes[i] */
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
	check->verdicts = calloc(room, sizeof(*check->verdicts));
	return check->asked != NULL && check->normals != NULL &&
	       check->mailboxes != NULL && check->entries != NULL &&
	       check->verdicts != NULL;
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
	free(check->verdicts);
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

/* Every one that is asked for is among the mailboxes. */
static size_t mailbox_index(const struct check *check, const char *normal)
{
	const char **place = bsearch(&normal, check->mailboxes, check->mailbox_count,
		sizeof(*check->mailboxes), compare_texts);

	return (size_t) (place - check->mailboxes);
}

static bool read_address(struct request *request, struct check *check, size_t i,
	const struct json *element)
{
	const char *text = json_as_text(element);
	char normal[SES_ADDRESS_MAX];

	if (text == NULL || !api_address_read(text, normal)) {
		reply_problem(request, 400, "not-an-address",
			"addresses[%zu] is %s%.100s%s: one looks like local-part@domain",
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
	return true;
}

static bool read_scope(
	struct request *request, const struct json *body, struct ses_scopes *scopes)
{
	struct error error;
	const char *text = "";

	if (api_member_text(body, "scope", api_scopes_expected, &text, &error) &&
		ses_scopes_parse(text, scopes))
		return true;
	reply_problem(request, 400, "body", "\"scope\" takes %s", api_scopes_expected);
	return false;
}

static bool read_body(struct request *request, const struct json *body,
	const struct json **addresses, struct ses_scopes *scopes)
{
	static const char *const known[] = {"addresses", "scope", NULL};
	struct error error;

	if (!api_members_are_known(body, known, "a check", &error)) {
		reply_problem(request, 400, "body", "%s", error.text);
		return false;
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
	return read_scope(request, body, scopes);
}

static bool keep_verdict(void *closure, size_t index, enum ses_verdict verdict,
	const struct store_suppression *entry)
{
	struct check *check = closure;
	struct json *json;

	check->verdicts[index] = verdict;
	if (verdict != SES_VERDICT_SUPPRESSED)
		return true;
	json = api_entry_json(entry);
	check->entries[index] = json_print(json);
	json_free(json);
	check->is_short_of_memory = check->entries[index] == NULL;
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
	struct json *rest = json_object(), *probation = json_array();
	struct json *exempt = json_array();
	struct api_list list;

	api_list_init(&list);
	for (size_t i = 0; i < check->count; i++) {
		size_t place = mailbox_index(check, check->normals[i]);

		switch (check->verdicts[place]) {
		case SES_VERDICT_CLEAR:
			break;
		case SES_VERDICT_PROBATION:
			json_append_text(probation, check->asked[i]);
			break;
		case SES_VERDICT_NEVER:
			json_append_text(exempt, check->asked[i]);
			break;
		case SES_VERDICT_SUPPRESSED:
			append_entry(&list, check->asked[i], check->entries[place]);
			break;
		}
	}
	json_put_integer(rest, "clear", (int64_t) (check->count - list.count));
	json_put(rest, "probation", probation);
	json_put(rest, "exempt", exempt);
	api_list_reply(request, &list, NULL, "suppressed", rest);
}

static void answer(
	struct request *request, struct check *check, const struct ses_scopes *scopes)
{
	struct error error;

	sort_mailboxes(check);
	if (check->mailbox_count > 0 &&
		!store_suppression_check(request->store, check->mailboxes,
			check->mailbox_count, scopes, clock_now(), keep_verdict, check,
			&error))
		reply_store_failed(request, &error);
	else if (check->is_short_of_memory)
		api_reply_no_memory(request);
	else
		reply_check(request, check);
}

void api_suppressions_check(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	const struct json *addresses;
	struct ses_scopes scopes;
	struct check check;
	struct json *body;

	if (!request_query_is_known(request, no_parameters))
		return;
	body = request_json(request);
	if (body == NULL)
		return;
	if (read_body(request, body, &addresses, &scopes)) {
		if (!check_init(&check, json_count(addresses)))
			api_reply_no_memory(request);
		else if (read_addresses(request, &check, addresses))
			answer(request, &check, &scopes);
		check_finish(&check);
	}
	json_free(body);
}

void api_suppressions_check_one(struct request *request)
{
	static const char *const known[] = {"address", "scope", NULL};
	char normal[SES_ADDRESS_MAX];
	struct ses_scopes scopes;
	struct check check;
	char *asked = NULL;

	if (!request_query_is_known(request, known) ||
		!api_query_scopes(request, &scopes) ||
		!api_query_address(request, normal, &asked))
		return;
	if (asked == NULL) {
		reply_problem(request, 400, "query", "address=ADDRESS is needed");
		return;
	}
	if (!check_init(&check, 1) ||
		(check.normals[0] = text_copy(normal, strlen(normal))) == NULL) {
		api_reply_no_memory(request);
	} else {
		check.asked[0] = asked;
		answer(request, &check, &scopes);
	}
	check_finish(&check);
	free(asked);
}
