/* watching.c - what the watcher asks of the doors. */
#include "web/web.h"

#include "web/inside.h"
#include "web/tls.h"

struct web_rules *web_rules_of(struct web *web)
{
	return web_rules_now(web);
}

struct hand_over {
	web_each_alarm_function *each;
	void *closure;
};

static void hand_alarm_over(void *closure, const struct diary_alarm *alarm)
{
	const struct hand_over *to = closure;
	const struct web_alarm told = {
		.name = alarm->name,
		.object = alarm->object,
		.text = alarm->text,
		.advice = alarm->advice,
		.since = alarm->since,
		.count = alarm->count,
	};

	to->each(to->closure, &told);
}

void web_each_alarm(struct web *web, web_each_alarm_function *each, void *closure)
{
	struct hand_over to = {each, closure};

	diary_each_alarm(web->diary, hand_alarm_over, &to);
}

void web_restore_alarm(struct web *web, const char *name, const char *object,
	const char *text, const char *advice)
{
	diary_alarm_stands(web->diary, name, object, text, advice);
}

utc_ms web_certificate_ends(struct web *web)
{
	return web->feedback_is_tls ? tls_ends() : UTC_NONE;
}

/* The ended ones first: what ends between the two reads has begun, too. */
void web_replays(struct web *web, uint64_t *begun, uint64_t *ended)
{
	*ended = atomic_load(&web->replays_ended);
	*begun = atomic_load(&web->replays_begun);
}
