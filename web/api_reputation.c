/* api_reputation.c - the reputation of each account. */
#include "store/reputation.h"
#include "web/api.h"
#include "web/api_list.h"
#include "web/api_reputation_json.h"

struct accounts {
	struct api_list list;
	const struct ses_reputation_settings *settings;
};

static bool add_account(void *closure, const struct store_reputation *reputation)
{
	struct accounts *accounts = closure;

	return api_list_add(
		&accounts->list, api_reputation_json(accounts->settings, reputation));
}

void api_reputation(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct accounts accounts = {.settings = &request->rules->reputation};
	struct error error;

	if (!request_query_is_known(request, no_parameters))
		return;
	api_list_init(&accounts.list);
	if (store_reputation(request->store, accounts.settings, clock_now(), add_account,
		    &accounts, &error))
		api_list_reply(request, &accounts.list, NULL, "accounts", NULL);
	else
		reply_store_failed(request, &error);
	api_list_finish(&accounts.list);
}
