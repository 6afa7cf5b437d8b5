/* watch_providers.c - mailbox providers that begin to refuse us. */
#include "base/text.h"
#include "daemon/watch_deciders.h"
#include "daemon/watch_words.h"

/* An alert that is on stays so down to half of each limit. Where nothing was sent within
 * the hour what was sent before is refused still: then the number alone decides. */
static bool is_blocking(const struct watch_scene *scene,
	const struct watch_provider *provider, bool was_on)
{
	int64_t blocked = provider->blocked * (was_on ? 2 : 1);

	return provider->blocked > 0 && blocked >= scene->watch->blocked_minimum &&
	       (__int128) blocked * PPM_ONE >=
		       (__int128) provider->denominator * scene->watch->blocked_rate;
}

static void watch_provider(
	const struct watch_scene *scene, const struct watch_provider *provider)
{
	struct watch_sight *sight = watch_sight_add(scene->sights, "provider-blocking",
		SES_LEVEL_OK, provider->account, provider->region);
	char blocked[WATCH_WORD_SIZE], sent[WATCH_WORD_SIZE];

	if (!watch_sight_object(sight, "%s/%s %s", provider->account, provider->region,
		    provider->key))
		return;
	if (is_blocking(scene, provider,
		    watch_book_is_on(scene->book, sight->name, sight->object)))
		sight->level = SES_LEVEL_WARNING;
	json_put_text(sight->data, "account", provider->account);
	json_put_text(sight->data, "region", provider->region);
	json_put_text(sight->data, "provider", provider->key);
	json_put_integer(sight->data, "blocked", provider->blocked);
	json_put_integer(sight->data, "denominator", provider->denominator);
	if (sight->level <= SES_LEVEL_OK) {
		watch_sight_text(sight, "%s/%s: %s takes our mail again.",
			provider->account, provider->region, provider->key);
		return;
	}
	watch_sight_text(sight,
		"%s/%s: %s refuses or holds back our mail for our reputation: %s in the "
		"last hour, in which %s were sent to there.",
		provider->account, provider->region, provider->key,
		watch_counted(provider->blocked, "time", blocked),
		watch_counted(provider->denominator, "recipient", sent));
	sight->question = (struct watch_question){
		.is_asked = true,
		.window = STORE_WINDOW_1H,
		.measure = WATCH_BLOCKED,
		.of = "In this hour most of the account's",
	};
}

void watch_providers(const struct watch_scene *scene,
	const struct watch_provider *providers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!text_is_empty(providers[i].key))
			watch_provider(scene, &providers[i]);
	watch_examined(scene->sights, "provider-blocking");
}
