/* api_sends.c - POST /v1/sends: a denominator by the application's word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_account.h"
#include "web/api_members.h"
#include "web/api_reply.h"

#define ITEMS_MAX 1000
/* Seven values in each, the object itself, and what stands around them. */
#define VALUES_MAX (9 * ITEMS_MAX)
#define COUNT_MAX 10000000
#define AHEAD_MS (5 * MINUTE_MS)
#define BACK_MS (60 * DAY_MS)
#define TEXT_MAX 320 /* an address; more than any identity or id has */

struct sends {
	struct store_report *reports;
	char **domains; /* normal forms, of the reports */
	size_t count;
};

static bool sends_init(struct sends *sends, size_t count)
{
	/* calloc(0) may be NULL: an empty list is fine. */
	size_t room = count == 0 ? 1 : count;

	*sends = (struct sends){.count = count};
	sends->reports = calloc(room, sizeof(*sends->reports));
	sends->domains = calloc(room, sizeof(*sends->domains));
	return sends->reports != NULL && sends->domains != NULL;
}

static void sends_finish(struct sends *sends)
{
	for (size_t i = 0; sends->domains != NULL && i < sends->count; i++)
		free(sends->domains[i]);
	free(sends->domains);
	free(sends->reports);
}

/* ---- one item ---- */

/* A member that has to be there; least: how many bytes it has at least. */
static bool read_text(const struct json *item, const char *name, const char *expected,
	size_t least, const char **text, struct error *error)
{
	*text = NULL;
	if (!api_member_text(item, name, expected, text, error))
		return false;
	if (*text != NULL && strlen(*text) >= least && strlen(*text) <= TEXT_MAX &&
		!api_has_control(*text))
		return true;
	return error_set(error, "\"%s\" takes %s", name, expected);
}

static bool read_count(
	const struct json *item, struct store_report *report, struct error *error)
{
	if (json_integer(item, "count", &report->count) && report->count >= 1 &&
		report->count <= COUNT_MAX)
		return true;
	return error_set(error,
		"\"count\" takes how many recipients it went to: a whole number from 1 "
		"to 10,000,000");
}

static bool read_at(const struct json *item, utc_ms now, struct store_report *report,
	struct error *error)
{
	static const char expected[] =
		"when it was sent: a time such as 2026-01-31T12:00:00Z";
	char clock[UTC_TEXT_SIZE];

	report->at = UTC_NONE;
	if (!api_member_time(item, "at", expected, &report->at, error))
		return false;
	if (report->at == UTC_NONE)
		return error_set(error, "\"at\" takes %s", expected);
	utc_format(now, clock);
	if (report->at > now + AHEAD_MS)
		return error_set(error,
			"\"at\" is in the future: our clock says %s, and takes what is "
			"at most 5 minutes ahead",
			clock);
	if (report->at < now - BACK_MS)
		return error_set(error,
			"\"at\" is more than 60 days ago: our clock says %s", clock);
	return true;
}

static bool read_domain(const struct json *item, struct store_report *report,
	char **domain, struct error *error)
{
	static const char expected[] = "the recipients' domain, such as \"example.com\"";
	char mailbox[TEXT_MAX + 3], normal[SES_ADDRESS_MAX];
	const char *text = NULL;

	report->recipient_domain = "";
	if (!api_member_text(item, "recipient_domain", expected, &text, error))
		return false;
	if (text == NULL)
		return true;
	if (strlen(text) > TEXT_MAX || strchr(text, '@') != NULL)
		return error_set(error, "\"recipient_domain\" takes %s", expected);
	snprintf(mailbox, sizeof(mailbox), "x@%s", text);
	if (!ses_address_normalise(mailbox, strlen(mailbox), normal))
		return error_set(error, "\"recipient_domain\" takes %s", expected);
	text = ses_address_domain(normal);
	*domain = text_copy(text, strlen(text));
	report->recipient_domain = *domain;
	return *domain != NULL || error_set(error, "out of memory");
}

static bool read_id(
	const struct json *item, struct store_report *report, struct error *error)
{
	static const char expected[] = "a text of 1 to 320 bytes by which a repeated "
				       "report is known";
	const struct json *id = json_member(item, "id");

	report->id = NULL;
	return id == NULL || json_is_null(id) ||
	       read_text(item, "id", expected, 1, &report->id, error);
}

static bool read_item(const struct json *item, utc_ms now, struct store_report *report,
	char **domain, struct error *error)
{
	static const char *const known[] = {"account", "region", "identity", "count",
		"at", "recipient_domain", "id", NULL};

	if (!json_is_object(item))
		return error_set(error, "it is no object");
	return api_members_are_known(item, known, "a report", error) &&
	       api_member_account(item, &report->account, &report->region, error) &&
	       read_text(item, "identity",
		       "the identity that sent, such as \"example.com\"; \"\" if unknown",
		       0, &report->identity, error) &&
	       read_count(item, report, error) && read_at(item, now, report, error) &&
	       read_domain(item, report, domain, error) && read_id(item, report, error);
}

/* ---- the call ---- */

static void submit(struct request *request, struct sends *sends, utc_ms now)
{
	struct store_job job = {.kind = STORE_REPORT_SENDS,
		.reports = sends->reports,
		.report_count = sends->count,
		.actor = request->actor,
		.cause = "",
		.now = now};
	int64_t duplicates = 0;
	struct json *json;

	if (sends->count > 0 &&
		store_submit_and_wait(request->store, &job) == STORE_FAILED) {
		api_reply_not_stored(request);
		return;
	}
	for (size_t i = 0; i < sends->count; i++)
		duplicates += sends->reports[i].is_duplicate;
	json = json_object();
	json_put_integer(json, "accepted", (int64_t) sends->count - duplicates);
	json_put_integer(json, "duplicates", duplicates);
	reply_json(request, 200, json);
}

static bool refuse(struct request *request, const char *text)
{
	reply_problem(request, 400, "body", "%s; nothing was counted", text);
	return false;
}

static bool read_list(
	struct request *request, const struct json *list, utc_ms now, struct sends *sends)
{
	size_t i = 0;

	for (const struct json *item = json_first(list); item != NULL;
		item = json_next(item), i++) {
		struct error flaw, error;

		if (read_item(item, now, &sends->reports[i], &sends->domains[i], &flaw))
			continue;
		error_set(&error, "sends[%zu]: %s", i, flaw.text);
		return refuse(request, error.text);
	}
	return true;
}

static bool read_one(
	struct request *request, const struct json *body, utc_ms now, struct sends *sends)
{
	struct error flaw;

	return read_item(body, now, sends->reports, sends->domains, &flaw) ||
	       refuse(request, flaw.text);
}

static void report(struct request *request, const struct json *body)
{
	static const char *const known[] = {"sends", NULL};
	const struct json *list = json_member(body, "sends");
	utc_ms now = clock_now();
	struct sends sends;
	struct error error;
	bool is_right;

	if (list != NULL && (!json_is_array(list) || json_count(list) > ITEMS_MAX)) {
		refuse(request, "\"sends\" takes a list of at most 1,000 reports");
		return;
	}
	if (list != NULL && !api_members_are_known(body, known, "the call", &error)) {
		refuse(request, error.text);
		return;
	}
	if (!sends_init(&sends, list == NULL ? 1 : json_count(list))) {
		api_reply_no_memory(request);
	} else {
		is_right = list == NULL ? read_one(request, body, now, &sends)
					: read_list(request, list, now, &sends);
		if (is_right)
			submit(request, &sends, now);
	}
	sends_finish(&sends);
}

void api_sends(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct json *body;

	if (!request_query_is_known(request, no_parameters))
		return;
	body = request_json_bounded(request, VALUES_MAX);
	if (body != NULL)
		report(request, body);
	json_free(body);
}
