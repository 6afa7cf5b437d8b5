/* rules.c - the rules of the moment: counted snapshots, swapped by a reload. */
#include "web/web.h"

#include <assert.h>

#include "web/inside.h"

struct web_rules *web_rules_hold(struct web_rules *rules)
{
	unsigned owners = atomic_fetch_add(&rules->owners, 1);

	assert(owners > 0);
	(void) owners;
	return rules;
}

void web_rules_release(struct web_rules *rules)
{
	if (rules != NULL && atomic_fetch_sub(&rules->owners, 1) == 1)
		rules->release(rules);
}

struct web_rules *web_rules_now(struct web *web)
{
	struct web_rules *rules;

	pthread_mutex_lock(&web->rules_lock);
	rules = web_rules_hold(web->rules);
	pthread_mutex_unlock(&web->rules_lock);
	return rules;
}

struct web_rules *web_rules_replace(struct web *web, struct web_rules *rules)
{
	struct web_rules *old;

	pthread_mutex_lock(&web->rules_lock);
	old = web->rules;
	web->rules = rules;
	pthread_mutex_unlock(&web->rules_lock);
	return old;
}
