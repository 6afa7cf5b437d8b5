/* api_reputation.c - the reputation of each account. */
#include "store/reputation.h"
#include "web/api.h"
#include "web/api_list.h"
#include "web/api_reputation_json.h"

static bool add_account(void *closure, const struct store_reputation *reputation)
{
	return api_list_add(closure, api_reputation_json(reputation));
}

void api_reputation(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct api_list list;
	struct error error;

	if (!request_query_is_known(request, no_parameters))
		return;
	api_list_init(&list);
	if (store_reputation(request->store, &request->rules->reputation, clock_now(),
		    add_account, &list, &error))
		api_list_reply(request, &list, NULL, "accounts", NULL);
	else
		reply_store_failed(request, &error);
	api_list_finish(&list);
}
