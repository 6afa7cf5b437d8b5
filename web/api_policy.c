/* api_policy.c - the calls that decide the recorded feedback anew, beside the doors. */
#include "web/api_policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_reply.h"
#include "web/background.h"
#include "web/inside.h"

struct run {
	struct ses_suppression_policy policy;
	bool is_to_apply;
};

static void run_policy(struct request *request, void *closure)
{
	struct run *run = closure;

	api_policy_run(request, &run->policy, run->is_to_apply);
	free(run);
	atomic_store(&request->web->is_comparing, false);
}

static void begin(struct request *request, const struct ses_suppression_policy *policy,
	bool is_to_apply)
{
	struct web *web = request->web;
	struct run *run;

	/* One at a time: each reads all feedback. */
	if (atomic_exchange(&web->is_comparing, true)) {
		reply_problem(request, 503, "busy",
			"another call compares a policy just now; try again");
		return;
	}
	run = malloc(sizeof(*run));
	if (run == NULL) {
		api_reply_no_memory(request);
	} else {
		*run = (struct run){*policy, is_to_apply};
		if (background_begin(request, "policy", run_policy, run))
			return;
	}
	atomic_store(&web->is_comparing, false);
	free(run);
}

/* "configuration", if it is given, is the text of a configuration file. */
static bool read_policy(struct request *request, const struct json *body,
	struct ses_suppression_policy *policy)
{
	const char *text = json_text(body, "configuration");
	struct error error = {""};

	for (const struct json *member = json_first(body); member != NULL;
		member = json_next(member)) {
		if (text_equal(json_name(member), "configuration") && text != NULL)
			continue;
		reply_problem(request, 400, "body",
			"\"%.100s\" is not taken; \"configuration\" takes the text of a "
			"configuration file, and nothing else",
			json_name(member));
		return false;
	}
	*policy = request->rules->suppression;
	if (text == NULL)
		return true;
	if (request->web->read_policy == NULL) {
		reply_problem(request, 400, "body", "\"configuration\" is not taken");
		return false;
	}
	if (request->web->read_policy(text, strlen(text), policy, &error))
		return true;
	reply_problem(request, 400, "configuration", "%s", error.text);
	return false;
}

void api_policy_diff(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct ses_suppression_policy policy;
	struct json *body = NULL;

	if (!request_query_is_known(request, no_parameters))
		return;
	if (request->body.length > 0 && (body = request_json(request)) == NULL)
		return;
	if (read_policy(request, body, &policy))
		begin(request, &policy, false);
	json_free(body);
}

void api_policy_apply(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct json *body = NULL;

	if (!request_query_is_known(request, no_parameters))
		return;
	if (request->body.length > 0 && (body = request_json(request)) == NULL)
		return;
	if (json_count(body) > 0)
		reply_problem(request, 400, "body",
			"it takes no members: the policy that is in force is applied; "
			"reload the configuration first");
	else
		begin(request, &request->rules->suppression, true);
	json_free(body);
}
