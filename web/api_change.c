/* api_change.c - a change by hand of one address. */
#include "web/api_change.h"

#include <string.h>

#include "base/text.h"
#include "web/api_entry.h"
#include "web/api_reply.h"
#include "web/condition.h"

bool api_change_submit(struct request *request, struct store_change *change)
{
	struct store_job job = {.kind = STORE_CHANGE_LIST,
		.changes = change,
		.change_count = 1,
		.policy = &request->rules->suppression,
		.actor = request->actor,
		.cause = "",
		.now = clock_now()};

	if (store_submit_and_wait(request->store, &job) != STORE_FAILED)
		return true;
	api_reply_not_stored(request);
	return false;
}

void api_change_conflict(struct request *request, const struct store_change *change)
{
	reply_problem(request, 412, "conflict",
		"the entry of %s is not what If-Match or If-None-Match expects: somebody "
		"changed it, or it is not there; read it again",
		change->entry.address);
}

bool api_change_condition(struct request *request, struct store_change *change)
{
	struct condition condition;
	struct json *entry = NULL;
	struct error error;
	int64_t version = 0;

	condition_read(request_header(request, "If-Match"),
		request_header(request, "If-None-Match"), &condition);
	change->expected_version = -1;
	if (condition.kind == CONDITION_NONE)
		return true;
	if (condition.kind == CONDITION_MALFORMED) {
		reply_problem(request, 400, "header",
			"If-Match takes * or ETags as this API gives them (\"7\"), "
			"If-None-Match takes *, and only one of them can be there");
		return false;
	}
	if (!api_entry_find(request->store, change->entry.address, change->entry.scope,
		    clock_now(), &entry, &version, &error)) {
		reply_store_failed(request, &error);
		return false;
	}
	json_free(entry);
	if (!condition_holds(&condition, entry == NULL ? 0 : version)) {
		api_change_conflict(request, change);
		return false;
	}
	change->expected_version = entry == NULL ? 0 : version;
	return true;
}

char *api_change_original(struct request *request)
{
	size_t length = strlen(request->argument);
	const char *trimmed = text_trim(request->argument, &length);
	char *original = text_copy(trimmed, length);

	if (original == NULL)
		api_reply_no_memory(request);
	return original;
}

bool api_change_body(struct request *request, struct json **body)
{
	/* Every member has a default: no body at all is an empty object. */
	*body = request->body.length > 0 ? request_json(request) : NULL;
	return *body != NULL || request->body.length == 0;
}
