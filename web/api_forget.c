/* api_forget.c - takes an address out of everything that is kept. */
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_reply.h"
#include "web/inside.h"

/* Both members, and no others. */
static bool read_body(struct request *request, const struct json *body,
	char normal[SES_ADDRESS_MAX], bool *keeps_block)
{
	const char *address = json_text(body, "address");

	for (const struct json *member = json_first(body); member != NULL;
		member = json_next(member)) {
		if (text_equal(json_name(member), "address") ||
			text_equal(json_name(member), "keep_block"))
			continue;
		reply_problem(request, 400, "body",
			"there is no member \"%.100s\"; it takes address and keep_block",
			json_name(member));
		return false;
	}
	if (address == NULL) {
		reply_problem(request, 400, "body", "\"address\" takes an address");
		return false;
	}
	if (!ses_address_normalise(address, strlen(address), normal)) {
		reply_problem(request, 400, "not-an-address",
			"\"%.100s\" is not an address", address);
		return false;
	}
	if (json_boolean(body, "keep_block", keeps_block))
		return true;
	reply_problem(request, 400, "body",
		"\"keep_block\" takes true (what suppresses the address goes on, under a "
		"digest) or false (it may be mailed again)");
	return false;
}

static void forget(struct request *request, const char *address, bool keeps_block)
{
	struct store_job job = {.kind = STORE_FORGET,
		.actor = request->actor,
		.cause = "",
		.policy = &request->rules->suppression,
		.addresses = &address,
		.address_count = 1,
		.keeps_block = keeps_block,
		.now = clock_now()};
	struct json *answer;

	if (store_submit_and_wait(request->store, &job) == STORE_FAILED) {
		api_reply_not_stored(request);
		return;
	}
	answer = json_object();
	json_put_boolean(answer, "found", job.changed);
	json_put_integer(answer, "events", (int64_t) job.recorded);
	json_put_boolean(answer, "keep_block", keeps_block);
	reply_json(request, 200, answer);
}

void api_forget(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	char normal[SES_ADDRESS_MAX];
	struct json *body;
	bool keeps_block;

	if (!request_query_is_known(request, no_parameters))
		return;
	body = request_json(request);
	if (body == NULL)
		return;
	if (read_body(request, body, normal, &keeps_block))
		forget(request, normal, keeps_block);
	json_free(body);
}
