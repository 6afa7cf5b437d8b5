/* deliver.c - one attempt to deliver one message over one channel. */
#include "web/deliver.h"

#include <string.h>

/* What ending a command that does not want to end takes. */
#define ENDING_MS (5 * SECOND_MS)

int64_t deliver_longest_ms(const struct web_channel *channel)
{
	return (channel->timeout_ms > 0 ? channel->timeout_ms : DELIVER_TIMEOUT_MS) +
	       ENDING_MS;
}

void deliver_refuse(struct deliver_outcome *outcome)
{
	outcome->verdict = DELIVER_LATER;
	outcome->is_refused = true;
}

void deliver(const struct deliver_order *order, struct deliver_outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	outcome->verdict = DELIVER_LATER;
	switch (order->channel->type) {
	case WEB_CHANNEL_WEBHOOK:
		deliver_webhook(order, outcome);
		break;
	case WEB_CHANNEL_SLACK:
		deliver_slack(order, outcome);
		break;
	case WEB_CHANNEL_EMAIL:
		deliver_email(order, outcome);
		break;
	case WEB_CHANNEL_ALERTMANAGER:
		deliver_alertmanager(order, outcome);
		break;
	case WEB_CHANNEL_COMMAND:
		deliver_command(order, outcome);
		break;
	}
}
