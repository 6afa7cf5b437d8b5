/* watch_streams.c - streams inside an account that are bad by themselves. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "daemon/watch_deciders.h"
#include "daemon/watch_words.h"

const enum store_dimension watch_stream_dimensions[] = {
	STORE_BY_CONFIGURATION_SET,
	STORE_BY_TAG,
	STORE_BY_TENANT,
	STORE_BY_IDENTITY,
	STORE_BY_FROM_DOMAIN,
};
_Static_assert(sizeof(watch_stream_dimensions) / sizeof(watch_stream_dimensions[0]) ==
		       WATCH_STREAM_DIMENSIONS,
	"the number of dimensions");

/* A stream that has a level. */
struct candidate {
	const struct watch_stream *stream;
	enum ses_metric metric;
	enum ses_level level;
	bool was_on;
	double excess; /* times the review limit */
};

struct candidates {
	struct candidate *list;
	size_t count;
};

static const char *key_words(const struct watch_stream *stream)
{
	return text_is_empty(stream->key) ? "(none)" : stream->key;
}

static char *object_of(const struct watch_stream *stream, enum ses_metric metric)
{
	char *object;

	if (asprintf(&object, "%s/%s %s %s %s", stream->account, stream->region,
		    watch_dimension(stream->dimension), key_words(stream),
		    watch_metric(metric)) < 0)
		return NULL;
	return object;
}

static bool is_of_account(
	const struct watch_stream *stream, const char *account, const char *region)
{
	return text_equal(stream->account, account) && text_equal(stream->region, region);
}

/* It carries all of the account, whose own alert says the same or worse. */
static bool account_says_it(const struct candidate *candidate,
	const struct watch_account *accounts, size_t count)
{
	const struct watch_stream *stream = candidate->stream;

	for (size_t i = 0; i < count; i++)
		if (is_of_account(stream, accounts[i].account, accounts[i].region))
			return stream->denominator == accounts[i].denominator &&
			       accounts[i].levels[candidate->metric] >= candidate->level;
	return false;
}

/* Another that was taken before has the very same mail: the one configuration set of an
 * identity, say. */
static bool is_told_already(
	const struct candidates *candidates, const struct candidate *candidate)
{
	const struct ses_rate *rate = &candidate->stream->rates[candidate->metric];

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *other = &candidates->list[i];
		const struct ses_rate *told = &other->stream->rates[other->metric];

		if (other->metric == candidate->metric &&
			other->stream->dimension != candidate->stream->dimension &&
			is_of_account(other->stream, candidate->stream->account,
				candidate->stream->region) &&
			told->numerator == rate->numerator &&
			told->denominator == rate->denominator)
			return true;
	}
	return false;
}

/* Mail without a configuration set is a stream of its own; mail without a tenant or a tag
 * is only what has none. */
static bool is_stream(const struct watch_stream *stream)
{
	return !text_is_empty(stream->key) ||
	       stream->dimension == STORE_BY_CONFIGURATION_SET;
}

/* False without memory. */
static bool consider(const struct watch_scene *scene, const struct watch_stream *stream,
	enum ses_metric metric, const struct watch_account *accounts,
	size_t account_count, struct candidates *candidates)
{
	const struct ses_rate *rate = &stream->rates[metric];
	struct candidate candidate = {.stream = stream, .metric = metric};
	char *object;

	if (!is_stream(stream))
		return true;
	object = object_of(stream, metric);
	if (object == NULL)
		return false;
	candidate.was_on = watch_book_is_on(scene->book, "stream-level", object);
	candidate.level = watch_held(scene, "stream-level", object, metric, rate);
	free(object);
	if (candidate.level <= SES_LEVEL_OK && !candidate.was_on)
		return true;
	if (rate->review > 0)
		candidate.excess = rate->rate * (double) PPM_ONE / (double) rate->review;
	if (!candidate.was_on && (account_says_it(&candidate, accounts, account_count) ||
					 is_told_already(candidates, &candidate)))
		return true;
	candidates->list[candidates->count++] = candidate;
	return true;
}

/* Those that are on stay; then the worst. */
static int compare(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;

	if (a->was_on != b->was_on)
		return a->was_on ? -1 : 1;
	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	if (a->excess != b->excess)
		return a->excess > b->excess ? -1 : 1;
	return 0;
}

static void tell(const struct watch_scene *scene, const struct candidate *candidate)
{
	const struct watch_stream *stream = candidate->stream;
	struct watch_sight *sight = watch_sight_add(scene->sights, "stream-level",
		candidate->level, stream->account, stream->region);

	if (!watch_sight_object(sight, "%s/%s %s %s %s", stream->account, stream->region,
		    watch_dimension(stream->dimension), key_words(stream),
		    watch_metric(candidate->metric)))
		return;
	json_put_text(sight->data, "account", stream->account);
	json_put_text(sight->data, "region", stream->region);
	json_put_text(sight->data, "by", watch_dimension(stream->dimension));
	json_put_text(sight->data, "key", stream->key);
	watch_sight_text(sight, "%s/%s, %s %s:", stream->account, stream->region,
		watch_dimension(stream->dimension), key_words(stream));
	watch_put_rate(
		sight, candidate->metric, &stream->rates[candidate->metric], DAY_MS);
	if (candidate->level <= SES_LEVEL_OK)
		return;
	sight->question = (struct watch_question){
		.is_asked = true,
		.window = STORE_WINDOW_24H,
		.measure = candidate->metric == SES_METRIC_BOUNCE ? WATCH_HARD_BOUNCES
								  : WATCH_COMPLAINTS,
		.of = "In these hours most of the account's",
	};
}

void watch_streams(const struct watch_scene *scene, const struct watch_stream *streams,
	size_t count, const struct watch_account *accounts, size_t account_count)
{
	struct candidates candidates = {
		.list = calloc(2 * count + 1, sizeof(*candidates.list))};
	bool went_well = candidates.list != NULL;
	size_t on = 0;

	for (size_t i = 0; went_well && i < count; i++)
		went_well = consider(scene, &streams[i], SES_METRIC_BOUNCE, accounts,
				    account_count, &candidates) &&
			    consider(scene, &streams[i], SES_METRIC_COMPLAINT, accounts,
				    account_count, &candidates);
	if (!went_well) {
		scene->sights->lacks_memory = true;
		free(candidates.list);
		return;
	}
	qsort(candidates.list, candidates.count, sizeof(candidates.list[0]), compare);
	for (size_t i = 0; i < candidates.count; i++) {
		bool is_on = candidates.list[i].level > SES_LEVEL_OK;

		if (is_on && on == WATCH_MANY_MAX)
			continue;
		on += is_on;
		tell(scene, &candidates.list[i]);
	}
	free(candidates.list);
	watch_examined(scene->sights, "stream-level");
}
