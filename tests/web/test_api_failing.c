/* test_api_failing.c - a store that can't be read is said, never taken for "nothing". */
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/web/api_scene.h"

/* Overwrites the database behind its back, all but the page that its schema begins on. */
static void damage(struct scene *scene)
{
	static const char junk[4096] = "this is no database page";
	int fd = open(scene->path, O_WRONLY | O_CLOEXEC);
	struct stat status;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	for (off_t at = sizeof(junk); at < status.st_size; at += (off_t) sizeof(junk))
		assert_int_equal(pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
	close(fd);
}

static int set_up_damaged(void **state)
{
	struct scene *scene;

	if (scene_set_up(state) != 0)
		return -1;
	scene = *state;
	call(scene, "PUT", "/v1/suppressions/anna@example.com", NULL);
	record_send(scene, 1, clock_now() - HOUR_MS, "anna@example.com");
	/* Closing moves everything from the write-ahead log into the file. */
	store_close(scene->store);
	if (!scene_open_store(scene))
		return -1;
	damage(scene);
	log_open(LOG_LEVEL_ERROR, false);
	return 0;
}

static void reading_answers_503_and_never_not_suppressed(void **state)
{
	static const char *const targets[] = {"/v1/suppressions",
		"/v1/suppressions/anna@example.com", "/v1/events", "/v1/reputation",
		"/v1/rates"};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		get(scene, targets[i]);
		assert_problem(scene, 503, "store-failed", "store");
	}
	call(scene, "POST", "/v1/suppressions/check",
		"{\"addresses\":[\"anna@example.com\"]}");
	assert_problem(scene, 503, "store-failed", "store");
}

static void writing_answers_503_and_then_nobody_is_ready(void **state)
{
	struct scene *scene = *state;

	call(scene, "PUT", "/v1/suppressions/berta@example.com", NULL);
	assert_problem(scene, 503, "store-failed", "store");
	call(scene, "DELETE", "/v1/suppressions/anna@example.com", NULL);
	assert_problem(scene, 503, "store-failed", "store");
	get(scene, "/readyz");
	assert_problem(scene, 503, "not-ready", "ses-feedback status");
}

static void status_and_metrics_are_answered_all_the_same(void **state)
{
	struct scene *scene = *state;
	const struct json *store;

	call(scene, "PUT", "/v1/suppressions/berta@example.com", NULL);
	assert_int_equal(get(scene, "/v1/status"), 200);
	store = json_member(scene->json, "store");
	assert_true(truth(store, "failing"));
	assert_non_null(json_text(store, "failure"));
	assert_member(scene->json, "version", "1.2.3-test");
	assert_int_equal(get(scene, "/metrics"), 200);
	assert_non_null(strstr(scene->body, "\nses_feedback_store_readable 0\n"));
	assert_non_null(strstr(scene->body, "\nses_feedback_build_info{"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			reading_answers_503_and_never_not_suppressed, set_up_damaged,
			scene_tear_down),
		cmocka_unit_test_setup_teardown(
			writing_answers_503_and_then_nobody_is_ready, set_up_damaged,
			scene_tear_down),
		cmocka_unit_test_setup_teardown(
			status_and_metrics_are_answered_all_the_same, set_up_damaged,
			scene_tear_down),
	};

	return cmocka_run_group_tests_name("api_failing", tests, NULL, NULL);
}
