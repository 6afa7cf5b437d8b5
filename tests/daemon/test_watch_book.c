/* test_watch_book.c - what a look makes of the alerts that are remembered, and what is
 * told of it to whom. */
#include "daemon/watch_causes.h"
#include "daemon/watch_messages.h"
#include "store/outbox.h"
#include "watching.h"

#define RENOTIFY (24 * HOUR_MS)

static struct watch_news *news;
static size_t count;

static void see(struct watching *watching, const char *object, enum ses_level level)
{
	struct watch_sight *sight = watch_sight_add(
		&watching->sights, "stream-level", level, account, region);

	assert_true(watch_sight_object(sight, "%s", object));
}

static void step(struct watching *watching, utc_ms now)
{
	free(news);
	assert_true(watch_book_step(
		&watching->book, &watching->sights, now, RENOTIFY, &news, &count));
}

static void alerts_fire_rise_and_resolve(void **state)
{
	struct watching *watching = *state;

	see(watching, "a", SES_LEVEL_OK);
	step(watching, NOW);
	assert_int_equal(count, 0);
	assert_null(watch_book_find(&watching->book, "stream-level", "a"));

	look_again(watching);
	see(watching, "b", SES_LEVEL_WARNING);
	see(watching, "a", SES_LEVEL_WARNING);
	step(watching, NOW + 1);
	assert_int_equal(count, 2);
	assert_string_equal(news[0].entry->object, "a");
	assert_int_equal(news[0].step, SES_ALERT_FIRED);
	assert_int_equal(news[0].entry->fired, 1);

	step(watching, NOW + 2);
	assert_int_equal(count, 0);

	look_again(watching);
	see(watching, "a", SES_LEVEL_OVER_PAUSE_LIMIT);
	watch_examined(&watching->sights, "stream-level");
	step(watching, NOW + 3);
	assert_int_equal(count, 2);
	assert_int_equal(news[0].step, SES_ALERT_RISEN);
	assert_int_equal(news[1].step, SES_ALERT_RESOLVED);
	assert_null(news[1].entry->sight);
}

static void what_was_not_looked_at_is_not_over(void **state)
{
	struct watching *watching = *state;

	is_on(watching, "stream-level", "a");
	watch_examined(&watching->sights, "forecast");
	step(watching, NOW);
	assert_int_equal(count, 0);
	assert_true(watch_book_is_on(&watching->book, "stream-level", "a"));
}

static void what_could_not_be_written_is_news_again(void **state)
{
	struct watching *watching = *state;

	see(watching, "a", SES_LEVEL_WARNING);
	step(watching, NOW);
	assert_int_equal(count, 1);
	watch_book_undo(&news[0]);
	step(watching, NOW + 1);
	assert_int_equal(count, 1);
	assert_int_equal(news[0].step, SES_ALERT_FIRED);
	assert_int_equal(news[0].entry->fired, 1);
}

static void what_is_owed_is_told(void **state)
{
	struct watching *watching = *state;

	is_on(watching, "stream-level", "a");
	watch_book_find(&watching->book, "stream-level", "a")->state.told = UTC_NONE;
	see(watching, "a", SES_LEVEL_WARNING);
	step(watching, NOW);
	assert_int_equal(count, 1);
	assert_int_equal(news[0].step, SES_ALERT_FIRED);
	assert_int_equal(news[0].entry->fired, 1);
	step(watching, NOW + 1);
	assert_int_equal(count, 0);
}

static void alerts_are_told_again_after_the_interval(void **state)
{
	struct watching *watching = *state;

	is_on_since(watching, "stream-level", "a", SES_LEVEL_WARNING, NOW);
	see(watching, "a", SES_LEVEL_WARNING);
	step(watching, NOW + RENOTIFY - 1);
	assert_int_equal(count, 0);
	step(watching, NOW + RENOTIFY);
	assert_int_equal(count, 1);
	assert_int_equal(news[0].step, SES_ALERT_AGAIN);
}

static void nothing_is_made_of_a_look_that_lacked_memory(void **state)
{
	struct watching *watching = *state;

	is_on(watching, "stream-level", "a");
	watch_examined(&watching->sights, "stream-level");
	watching->sights.lacks_memory = true;
	assert_false(watch_book_step(
		&watching->book, &watching->sights, NOW, RENOTIFY, &news, &count));
	assert_true(watch_book_is_on(&watching->book, "stream-level", "a"));
}

/* ---- who is told what ---- */

#define BIT(level) (1u << (level))
#define WARNING BIT(SES_LEVEL_WARNING)
#define REVIEW BIT(SES_LEVEL_OVER_REVIEW_LIMIT)
#define PAUSE BIT(SES_LEVEL_OVER_PAUSE_LIMIT)

static void every_level_passed_is_named(void **state)
{
	const struct ses_alert_kind *rate = ses_alert_kind("reputation-level");
	const struct ses_alert_kind *plain = ses_alert_kind("disk-filling");

	(void) state;
	assert_int_equal(watch_passed(rate, SES_LEVEL_OK, SES_LEVEL_OVER_PAUSE_LIMIT),
		WARNING | REVIEW | PAUSE);
	assert_int_equal(
		watch_passed(rate, SES_LEVEL_NO_DENOMINATOR, SES_LEVEL_WARNING), WARNING);
	assert_int_equal(
		watch_passed(rate, SES_LEVEL_WARNING, SES_LEVEL_OVER_REVIEW_LIMIT),
		REVIEW);
	assert_int_equal(
		watch_passed(rate, SES_LEVEL_OVER_PAUSE_LIMIT, SES_LEVEL_WARNING),
		WARNING | REVIEW);
	assert_int_equal(
		watch_passed(rate, SES_LEVEL_WARNING, SES_LEVEL_WARNING), WARNING);
	assert_int_equal(watch_passed(rate, SES_LEVEL_WARNING, SES_LEVEL_OK), 0);
	assert_int_equal(watch_passed(plain, SES_LEVEL_OK, SES_LEVEL_OVER_PAUSE_LIMIT),
		WARNING | PAUSE);
}

static void channels_get_their_levels_and_kinds(void **state)
{
	static const char *const kinds[] = {"quota", NULL};
	const struct ses_alert_kind *rate = ses_alert_kind("reputation-level");
	const struct ses_alert_kind *quota = ses_alert_kind("quota");
	struct web_channel pager = {.levels = PAUSE};
	struct web_channel mail = {
		.levels = WARNING | WEB_LEVEL_RECOVERED, .kinds = kinds};

	(void) state;
	assert_true(watch_channel_wants(&pager, rate, SES_ALERT_FIRED, WARNING | PAUSE));
	assert_false(watch_channel_wants(&pager, rate, SES_ALERT_FIRED, WARNING));
	assert_false(watch_channel_wants(&pager, rate, SES_ALERT_RESOLVED, 0));
	assert_false(watch_channel_wants(&mail, rate, SES_ALERT_FIRED, WARNING));
	assert_true(watch_channel_wants(&mail, quota, SES_ALERT_AGAIN, WARNING));
	assert_true(watch_channel_wants(&mail, quota, SES_ALERT_RESOLVED, 0));
	assert_false(watch_channel_wants(&mail, quota, SES_ALERT_NOTHING, WARNING));
}

static void a_message_has_what_is_promised(void **state)
{
	struct watching *watching = *state;
	struct json *own = json_object(), *json;
	const struct json *data;
	struct watch_words words = {"text", "advice", json_array()};
	char *payload;

	see(watching, "a", SES_LEVEL_OVER_PAUSE_LIMIT);
	step(watching, NOW);
	news[0].entry->id = 7;
	json_put_integer(own, "numerator", 531);
	payload = watch_payload("alert.fired", NOW,
		watch_data(&news[0], WARNING | REVIEW | PAUSE, &words, own));
	json_free(own);
	assert_non_null(payload);
	json = json_parse(payload, strlen(payload), JSON_STRICT, NULL);
	assert_string_equal(json_text(json, "type"), "alert.fired");
	assert_non_null(json_text(json, "timestamp"));
	data = json_member(json, "data");
	assert_string_equal(json_text(data, "alert"), "stream-level");
	assert_string_equal(json_text(data, "object"), "a");
	assert_string_equal(json_text(data, "level"), "over-pause-limit");
	assert_string_equal(json_text(data, "previous"), "ok");
	assert_int_equal(json_count(json_member(data, "passed")), 3);
	assert_string_equal(
		json_as_text(json_first(json_member(data, "passed"))), "warning");
	assert_true(json_is_array(json_member(data, "causes")));
	assert_true(json_has_once(data, "numerator"));
	json_free(json);
	free(payload);
}

static void ids_are_unlike(void **state)
{
	char one[STORE_MESSAGE_ID_SIZE], other[STORE_MESSAGE_ID_SIZE];

	(void) state;
	assert_true(store_message_id(one));
	assert_true(store_message_id(other));
	assert_int_equal(strlen(one), 30);
	assert_int_equal(strncmp(one, "msg_", 4), 0);
	assert_true(text_is_made_of(one + 4, "0123456789abcdefghijklmnopqrstuvwxyz"));
	assert_string_not_equal(one, other);
}

/* ---- causes ---- */

static void add(struct watch_leaders *leaders, const char *key, int64_t bounces)
{
	const struct store_rates_row row = {.key = key,
		.denominator = 10 * bounces,
		.counts = {.hard_bounces = bounces},
		.is_other = text_equal(key, STORE_KEY_OTHER)};

	watch_leaders_add(leaders, &row);
}

static void the_greatest_of_each_kind_are_the_causes(void **state)
{
	const struct watch_question question = {
		.measure = WATCH_HARD_BOUNCES, .of = "Most of its"};
	struct watch_leaders leaders[] = {
		{.by = STORE_BY_RECIPIENT_DOMAIN},
		{.by = STORE_BY_CONFIGURATION_SET},
		{.by = STORE_BY_DIAGNOSTIC},
	};
	struct watch_causes causes;
	char *sentence;

	(void) state;
	add(&leaders[0], "example.org", 20);
	add(&leaders[0], "example.net", 62);
	add(&leaders[0], "", 10);
	add(&leaders[0], STORE_KEY_OTHER, 8);
	add(&leaders[1], "newsletter", 90);
	add(&leaders[1], "", 10);
	add(&leaders[2], "550 5.1.1 user unknown", 71);
	add(&leaders[2], "550 5.2.1", 29);
	watch_causes_choose(&causes, leaders, COUNT(leaders));
	assert_int_equal(causes.count, 3);
	sentence = watch_causes_sentence(&causes, &question);
	assert_string_equal(sentence,
		"Most of its hard bounces come from the configuration set newsletter (90 "
		"%), replies like \"550 5.1.1 user unknown\" (71 %) and example.net (62 "
		"%).");
	free(sentence);
}

static void second_ones_stand_in_for_what_is_missing(void **state)
{
	struct watch_leaders leaders[] = {
		{.by = STORE_BY_RECIPIENT_DOMAIN},
		{.by = STORE_BY_CONFIGURATION_SET},
		{.by = STORE_BY_DIAGNOSTIC},
	};
	struct watch_causes causes;

	(void) state;
	watch_causes_choose(&causes, leaders, COUNT(leaders));
	assert_int_equal(causes.count, 0);
	add(&leaders[0], "a.example", 10);
	add(&leaders[0], "b.example", 30);
	add(&leaders[1], "", 40);
	watch_causes_choose(&causes, leaders, COUNT(leaders));
	assert_int_equal(causes.count, 3);
	assert_string_equal(causes.causes[2].key, "a.example");
}

static int tear_down(void **state)
{
	free(news);
	news = NULL;
	return watching_tear_down(state);
}

#define TEST(function)                                                                   \
	cmocka_unit_test_setup_teardown(function, watching_set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(alerts_fire_rise_and_resolve),
		TEST(what_was_not_looked_at_is_not_over),
		TEST(what_could_not_be_written_is_news_again),
		TEST(what_is_owed_is_told),
		TEST(alerts_are_told_again_after_the_interval),
		TEST(nothing_is_made_of_a_look_that_lacked_memory),
		TEST(every_level_passed_is_named),
		TEST(channels_get_their_levels_and_kinds),
		TEST(a_message_has_what_is_promised),
		TEST(ids_are_unlike),
		TEST(the_greatest_of_each_kind_are_the_causes),
		TEST(second_ones_stand_in_for_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
