/* api_delivery.h - one message of the outbox in an answer. Private to web/. */
#ifndef WEB_API_DELIVERY_H
#define WEB_API_DELIVERY_H

#include "base/json.h"
#include "store/outbox.h"

/* {"channel","message","state":"waiting|delivered|given-up","attempts","answer","at",
 * "due","finished"}; due is null where no attempt follows. */
struct json *api_delivery_json(const struct store_delivery *delivery);

/* A store_each_delivery: appends it to the array that closure is. */
bool api_delivery_append(void *closure, const struct store_delivery *delivery);

#endif
