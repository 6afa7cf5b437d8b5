/* api_check.c - who of up to 10,000 may be mailed. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_members.h"
#include "web/api_print.h"
#include "web/api_query.h"
#include "web/api_reply.h"

#define ADDRESSES_MAX 10000

/* Room for 10,000 entries. */
#define ANSWER_MAX ((size_t) 64 * 1024 * 1024)

/* One that is asked for. */
struct address {
	const char *asked; /* borrowed from the body */
	size_t normal;	   /* where its normal form begins */
	size_t mailbox;	   /* which one it is */
};

/* A normal form and the address it is of, to be sorted. */
struct form {
	const char *normal;
	size_t address;
};

struct answer {
	enum ses_verdict verdict;
	size_t begin, length; /* of its entry, if it is suppressed */
};

/*
 * The question, in two orders. Each mailbox is asked for once, in order of its normal
 * form, which is the order the store lies in; the answer follows the addresses asked.
 */
struct check {
	size_t count, mailbox_count;
	struct address *addresses;
	const char **mailboxes; /* normal forms, sorted, each once */
	struct answer *answers; /* of the mailboxes */
	struct buffer normals;	/* one behind the other, each with its NUL */
	struct buffer entries;	/* JSON of those that suppress */
};

static bool check_init(struct check *check, size_t count)
{
	/* calloc(0) may be NULL: an empty question is fine. */
	size_t room = count == 0 ? 1 : count;

	*check = (struct check){.count = count};
	buffer_init(&check->normals, room * SES_ADDRESS_MAX);
	buffer_init(&check->entries, ANSWER_MAX);
	check->addresses = calloc(room, sizeof(*check->addresses));
	check->mailboxes = calloc(room, sizeof(*check->mailboxes));
	check->answers = calloc(room, sizeof(*check->answers));
	return check->addresses != NULL && check->mailboxes != NULL &&
	       check->answers != NULL;
}

static void check_finish(struct check *check)
{
	free(check->addresses);
	free(check->mailboxes);
	free(check->answers);
	buffer_finish(&check->normals);
	buffer_finish(&check->entries);
}

static bool check_add(
	struct check *check, size_t i, const char *asked, const char *normal)
{
	check->addresses[i] =
		(struct address){.asked = asked, .normal = check->normals.length};
	return buffer_append(&check->normals, normal, strlen(normal) + 1);
}

static int compare_forms(const void *one, const void *other)
{
	const struct form *a = one, *b = other;

	return strcmp(a->normal, b->normal);
}

/* Once all are added. False without memory. */
static bool sort_mailboxes(struct check *check)
{
	struct form *forms = calloc(check->count + 1, sizeof(*forms));
	size_t kept = 0;

	if (forms == NULL)
		return false;
	for (size_t i = 0; i < check->count; i++)
		forms[i] = (struct form){
			check->normals.bytes + check->addresses[i].normal, i};
	if (check->count > 1)
		qsort(forms, check->count, sizeof(*forms), compare_forms);
	for (size_t i = 0; i < check->count; i++) {
		if (kept == 0 || !text_equal(check->mailboxes[kept - 1], forms[i].normal))
			check->mailboxes[kept++] = forms[i].normal;
		check->addresses[forms[i].address].mailbox = kept - 1;
	}
	check->mailbox_count = kept;
	free(forms);
	return true;
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
	if (check_add(check, i, text, normal))
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
	struct answer *answer = &check->answers[index];

	answer->verdict = verdict;
	if (verdict != SES_VERDICT_SUPPRESSED)
		return true;
	answer->begin = check->entries.length;
	print_entry(&check->entries, entry, NULL);
	answer->length = check->entries.length - answer->begin;
	return !check->entries.failed;
}

static const struct answer *answer_to(const struct check *check, size_t i)
{
	return &check->answers[check->addresses[i].mailbox];
}

/* The entries, each with what was asked before its own members. */
static size_t print_suppressed(struct buffer *body, const struct check *check)
{
	size_t count = 0;

	for (size_t i = 0; i < check->count; i++) {
		const struct answer *answer = answer_to(check, i);

		if (answer->verdict != SES_VERDICT_SUPPRESSED)
			continue;
		buffer_append_text(body, count++ > 0 ? ",{\"asked\":" : "{\"asked\":");
		print_text(body, check->addresses[i].asked);
		buffer_append_text(body, ",");
		buffer_append(body, check->entries.bytes + answer->begin + 1,
			answer->length - 1);
	}
	return count;
}

static void print_asked(
	struct buffer *body, const struct check *check, enum ses_verdict verdict)
{
	const char *lead = "";

	for (size_t i = 0; i < check->count; i++) {
		if (answer_to(check, i)->verdict != verdict)
			continue;
		buffer_append_text(body, lead);
		print_text(body, check->addresses[i].asked);
		lead = ",";
	}
}

static void reply_check(struct request *request, const struct check *check)
{
	struct buffer body;
	size_t suppressed;

	buffer_init(&body, ANSWER_MAX);
	buffer_append_text(&body, "{\"suppressed\":[");
	suppressed = print_suppressed(&body, check);
	buffer_append_text(&body, "],\"clear\":");
	print_integer(&body, (int64_t) (check->count - suppressed));
	buffer_append_text(&body, ",\"probation\":[");
	print_asked(&body, check, SES_VERDICT_PROBATION);
	buffer_append_text(&body, "],\"exempt\":[");
	print_asked(&body, check, SES_VERDICT_NEVER);
	buffer_append_text(&body, "]}\n");
	api_reply_buffer(request, 200, "application/json", &body);
}

static void answer(
	struct request *request, struct check *check, const struct ses_scopes *scopes)
{
	struct error error;

	if (!sort_mailboxes(check))
		api_reply_no_memory(request);
	else if (check->mailbox_count > 0 &&
		 !store_suppression_check(request->store, check->mailboxes,
			 check->mailbox_count, scopes, clock_now(), keep_verdict, check,
			 &error))
		reply_store_failed(request, &error);
	else if (check->entries.failed)
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
	if (!check_init(&check, 1) || !check_add(&check, 0, asked, normal))
		api_reply_no_memory(request);
	else
		answer(request, &check, &scopes);
	check_finish(&check);
	free(asked);
}
