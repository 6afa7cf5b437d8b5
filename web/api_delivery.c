/* api_delivery.c - one message of the outbox in an answer. */
#include "web/api_delivery.h"

static const char *state_name(enum store_delivery_state state)
{
	switch (state) {
	case STORE_DELIVERY_WAITING:
		return "waiting";
	case STORE_DELIVERY_DONE:
		return "delivered";
	case STORE_DELIVERY_GIVEN_UP:
		return "given-up";
	}
	return "waiting";
}

struct json *api_delivery_json(const struct store_delivery *delivery)
{
	bool is_waiting = delivery->state == STORE_DELIVERY_WAITING;
	struct json *json = json_object();

	json_put_text(json, "channel", delivery->channel);
	json_put_text(json, "message", delivery->message);
	json_put_text(json, "state", state_name(delivery->state));
	json_put_integer(json, "attempts", delivery->attempts);
	json_put_text(json, "answer", delivery->answer);
	json_put_time(json, "at", delivery->at);
	json_put_time(json, "due", is_waiting ? delivery->due : UTC_NONE);
	json_put_time(json, "finished", delivery->finished);
	return json;
}

bool api_delivery_append(void *closure, const struct store_delivery *delivery)
{
	json_append(closure, api_delivery_json(delivery));
	return true;
}
