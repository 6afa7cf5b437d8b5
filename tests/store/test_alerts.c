/* test_alerts.c - alerts that are on or were, and the messages written with them. */
#include "tests/store/fault_scene.h"
#include "tests/store/telling.h"
#include "tests/store/upkeep.h"

static bool list_alert(void *closure, const struct store_alert *alert)
{
	struct listing *listing = closure;
	size_t length = strlen(listing->text);

	snprintf(listing->text + length, sizeof(listing->text) - length,
		"%d %s/%s l%d v%d %d,%d,%d,%d x%d %s|%s|%s;", (int) alert->id,
		alert->name, alert->object, (int) alert->state.level,
		(int) alert->state.version, from_noon(alert->state.since),
		from_noon(alert->state.told), from_noon(alert->state.resolved),
		from_noon(alert->state.seen), (int) alert->fired, alert->text,
		alert->advice, alert->data == NULL ? "-" : alert->data);
	return ++listing->count != listing->stop_at;
}

static bool list_name(void *closure, const struct store_alert *alert)
{
	struct listing *listing = closure;
	size_t length = strlen(listing->text);

	snprintf(listing->text + length, sizeof(listing->text) - length, "%s ",
		alert->object);
	return ++listing->count != listing->stop_at;
}

static int64_t assert_alerts(struct scene *scene, struct store_alert_filter filter,
	store_each_alert *each, size_t stop_at, const char *expected)
{
	struct listing listing = {.stop_at = stop_at};
	int64_t next = -1;

	assert_true(store_alert_list(
		scene->store, &filter, NOON, each, &listing, &next, &scene->error));
	assert_string_equal(listing.text, expected);
	return next;
}

static struct store_alert_filter everything(void)
{
	return (struct store_alert_filter){.limit = 0};
}

static void an_alert_is_written_and_keeps_its_id(void **state)
{
	struct scene *scene = *state;
	struct store_alert alert = alert_of("quota", "111122223333/us-east-1");
	int64_t id = apply_alert(scene, alert, NULL, 0);

	assert_alerts(scene, everything(), list_alert, 0,
		"1 quota/111122223333/us-east-1 l3 v1 0,0,-1,0 x1 it is at 80 %|send "
		"less|-;");
	alert.state.level = SES_LEVEL_OK;
	alert.state.resolved = NOON + 5000;
	alert.state.version = 9;
	alert.state.told = UTC_NONE;
	alert.state.seen = NOON + 4000;
	alert.fired = 2;
	alert.text = "it is below";
	alert.data = "{\"daily\":200}";
	assert_int_equal(apply_alert(scene, alert, NULL, 0), id);
	assert_alerts(scene, everything(), list_alert, 0,
		"1 quota/111122223333/us-east-1 l2 v9 0,-1,5,4 x2 it is below|send "
		"less|{\"daily\":200};");
}

static void a_new_alert_takes_the_id_it_is_given(void **state)
{
	struct scene *scene = *state;
	struct store_alert alert = alert_of("brake", "a");
	struct store_alert_write write;
	int64_t other;

	alert.id = 17;
	assert_int_equal(apply_alert(scene, alert, NULL, 0), 17);
	/* By name and object, whatever the id. */
	alert.id = 0;
	assert_int_equal(apply_alert(scene, alert, NULL, 0), 17);
	alert.id = 18;
	assert_int_equal(apply_alert(scene, alert, NULL, 0), 17);
	other = apply_alert(scene, alert_of("brake", "b"), NULL, 0);
	assert_true(other > 17);
	/* That of another one: refused, and nothing else is. */
	alert = alert_of("brake", "c");
	alert.id = other;
	write = (struct store_alert_write){alert, NULL, 0};
	assert_int_equal(apply_alerts(scene, &write, 1, NOON), STORE_FAILED);
	assert_alerts(scene, everything(), list_name, 0, "b a ");
}

static void versions_of_all_bits_come_back(void **state)
{
	struct scene *scene = *state;
	struct store_alert alert = alert_of("new-sender", "a");

	alert.state.version = UINT64_MAX;
	apply_alert(scene, alert, NULL, 0);
	assert_alerts(scene, everything(), list_alert, 0,
		"1 new-sender/a l3 v-1 0,0,-1,0 x1 it is at 80 %|send less|-;");
}

static void messages_come_with_the_alert_or_not_at_all(void **state)
{
	struct scene *scene = *state;
	struct store_outbox_filter filter = {.state = -1, .limit = 10};
	char *payload = malloc(STORE_PAYLOAD_MAX + 2);
	struct store_message messages[] = {
		{"ops", "msg_1", "{}"}, {"pager", "msg_2", payload}};
	struct store_alert_write write = {alert_of("quota", "a"), messages, 2};
	struct listing listing = {0};
	int64_t next;

	assert_non_null(payload);
	memset(payload, ' ', STORE_PAYLOAD_MAX + 1);
	payload[STORE_PAYLOAD_MAX + 1] = '\0';
	assert_int_equal(apply_alerts(scene, &write, 1, NOON), STORE_FAILED);
	assert_alerts(scene, everything(), list_name, 0, "");
	payload[STORE_PAYLOAD_MAX] = '\0';
	assert_int_equal(apply_alerts(scene, &write, 1, NOON), STORE_DONE);
	assert_true(store_outbox_list(
		scene->store, &filter, list_delivery, &listing, &next, &scene->error));
	assert_string_equal(listing.text,
		"pager/msg_2 a1 s0 due0 n0 - f-1;ops/msg_1 a1 s0 due0 n0 - f-1;");
	free(payload);
}

static void a_failed_job_leaves_those_beside_it(void **state)
{
	struct scene *scene = *state;
	struct store_alert bad = alert_of("quota", "bad");
	struct store_alert_write writes[] = {
		{alert_of("quota", "first"), NULL, 0}, {bad, NULL, 0}};

	apply_alert(scene, alert_of("quota", "before"), NULL, 0);
	writes[1].alert.name = NULL;
	assert_int_equal(apply_alerts(scene, writes, 2, NOON), STORE_FAILED);
	apply_alert(scene, alert_of("quota", "after"), NULL, 0);
	assert_alerts(scene, everything(), list_name, 0, "after before ");
}

static void a_batch_that_is_rolled_back_leaves_nothing(void **state)
{
	struct scene *scene = *state;
	struct store_message message = {"ops", "msg_1", "{}"};
	struct store_alert_write write = {alert_of("quota", "a"), &message, 1};

	int failures = 0;

	apply_alert(scene, alert_of("quota", "before"), NULL, 0);
	for (int after = 0; after < 3; after++) {
		fault_set(FAULT_FULL, after, 1);
		if (apply_alerts(scene, &write, 1, NOON) == STORE_DONE)
			break;
		fault_set(FAULT_NONE, 0, 0);
		failures++;
		assert_alerts(scene, everything(), list_name, 0, "before ");
		assert_int_equal(rows(scene, "SELECT count(*) FROM outbox"), 0);
	}
	fault_set(FAULT_NONE, 0, 0);
	assert_true(failures > 0);
	write.alert.id = 0;
	assert_int_equal(apply_alerts(scene, &write, 1, NOON), STORE_DONE);
	assert_alerts(scene, everything(), list_name, 0, "a before ");
}

static void a_reopened_store_has_them_all(void **state)
{
	struct scene *scene = *state;
	struct store_message message = {"ops", "msg_1", "{}"};
	struct store_silence_change silence = {
		.silence = {.name = "*", .object = "", .until = NOON + HOUR_MS}};
	struct store_job job = {.kind = STORE_SILENCE, .silence = &silence, .now = NOON};
	struct listing listing = {0};
	utc_ms due;

	apply_alert(scene, alert_of("quota", "a"), &message, 1);
	apply_alert(scene, alert_of("brake", "b"), NULL, 0);
	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_alerts(scene, everything(), list_name, 0, "b a ");
	assert_true(store_outbox_due(scene->store, "ops", NOON, 5, list_delivery,
		&listing, &due, &scene->error));
	assert_string_equal(listing.text, "ops/msg_1 a1 s0 due0 n0 - f-1;");
	assert_int_equal(rows(scene, "SELECT count(*) FROM silences"), 1);
}

static void the_list_is_asked_for_by_name_by_what_is_on_and_in_pages(void **state)
{
	struct scene *scene = *state;
	struct store_alert over = alert_of("quota", "over");
	int64_t next;

	over.state.level = SES_LEVEL_OK;
	over.state.resolved = NOON;
	apply_alert(scene, alert_of("brake", "a"), NULL, 0);
	apply_alert(scene, over, NULL, 0);
	apply_alert(scene, alert_of("quota", "b"), NULL, 0);
	apply_alert(scene, alert_of("quota", "c"), NULL, 0);
	assert_int_equal(
		assert_alerts(scene, everything(), list_name, 0, "c b over a "), 0);
	assert_alerts(scene, (struct store_alert_filter){.only_on = true}, list_name, 0,
		"c b a ");
	assert_alerts(scene, (struct store_alert_filter){.name = "quota"}, list_name, 0,
		"c b over ");
	assert_alerts(
		scene, (struct store_alert_filter){.name = "quot"}, list_name, 0, "");
	next = assert_alerts(
		scene, (struct store_alert_filter){.limit = 2}, list_name, 0, "c b ");
	assert_int_equal(next, 3);
	next = assert_alerts(scene,
		(struct store_alert_filter){.limit = 2, .before = next}, list_name, 0,
		"over a ");
	assert_int_equal(next, 0);
	/* Who stops goes on after what it took. */
	next = assert_alerts(scene, everything(), list_name, 3, "c b over ");
	assert_int_equal(next, 2);
}

static void what_was_resolved_long_ago_goes(void **state)
{
	struct scene *scene = *state;
	struct store_alert alert = alert_of("quota", "on");

	apply_alert(scene, alert, NULL, 0);
	alert.state.level = SES_LEVEL_OK;
	alert.object = "old";
	alert.state.resolved = NOON;
	apply_alert(scene, alert, NULL, 0);
	alert.object = "young";
	alert.state.resolved = NOON + 1;
	apply_alert(scene, alert, NULL, 0);
	upkeep(scene, NOON + 400 * DAY_MS);
	assert_alerts(scene, everything(), list_name, 0, "young old on ");
	upkeep(scene, NOON + 400 * DAY_MS + 1);
	assert_alerts(scene, everything(), list_name, 0, "young on ");
	upkeep(scene, NOON + 4000 * DAY_MS);
	assert_alerts(scene, everything(), list_name, 0, "on ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_set_up, fault_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_alert_is_written_and_keeps_its_id),
		TEST(a_new_alert_takes_the_id_it_is_given),
		TEST(versions_of_all_bits_come_back),
		TEST(messages_come_with_the_alert_or_not_at_all),
		TEST(a_failed_job_leaves_those_beside_it),
		TEST(a_batch_that_is_rolled_back_leaves_nothing),
		TEST(a_reopened_store_has_them_all),
		TEST(the_list_is_asked_for_by_name_by_what_is_on_and_in_pages),
		TEST(what_was_resolved_long_ago_goes),
	};

	return cmocka_run_group_tests_name("alerts", tests, NULL, NULL);
}
