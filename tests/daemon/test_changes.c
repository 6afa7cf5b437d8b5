/* test_changes.c - what a reload can't change is found, and nothing else. */
#include "daemon/changes.h"

#include "base/buffer.h"
#include "tests/daemon/scratch.h"

static void collect(void *closure, const char *key, const char *running, const char *read)
{
	buffer_format(closure, "%s: %s -> %s\n", key, running, read);
}

static void assert_changes(const char *running, const char *read, const char *expected)
{
	struct config *one = parsed(running), *other = parsed(read);
	struct buffer found;
	size_t lines = 0;

	buffer_init(&found, 4096);
	buffer_append_text(&found, "");
	for (const char *byte = expected; *byte != '\0'; byte++)
		lines += *byte == '\n';
	assert_int_equal(changes_find(one, other, collect, &found), lines);
	assert_string_equal(found.bytes ? found.bytes : "", expected);
	buffer_finish(&found);
	config_release(one);
	config_release(other);
}

static void what_needs_a_restart_is_told_with_both_values(void **state)
{
	(void) state;
	assert_changes("", "[feedback]\nlisten = 127.0.0.1:1 127.0.0.1:2\n",
		"[feedback] listen: 0.0.0.0:8443 -> 127.0.0.1:1 127.0.0.1:2\n");
	assert_changes("[admin]\nsocket = /a\n", "[admin]\nsocket =\nlisten = [::1]:1\n",
		"[admin] socket: /a -> nothing\n"
		"[admin] listen: 127.0.0.1:8480 -> [::1]:1\n");
	assert_changes("[store]\npath = /a\nkeep_events = 24h\n",
		"[store]\npath = /b\nkeep_events = 2d\n[sns]\ncertificates = /c\n",
		"[sns] certificates: /var/lib/ses-feedbackd/certificates -> /c\n"
		"[store] path: /a -> /b\n[store] keep_events: 1d -> 2d\n");
}

static void what_a_reload_takes_up_is_not_told(void **state)
{
	(void) state;
	assert_changes("", "", "");
	assert_changes("[store]\nkeep_events = 24h\n", "[store]\nkeep_events = 1d\n", "");
	assert_changes("",
		"[sns]\ntopic = arn:aws:sns:us-east-1:111122223333:x\nconfirm = manual\n"
		"max_age = 1d\n[reputation]\nminimum_sends = 1\n[feedback]\npath = /x\n",
		"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_needs_a_restart_is_told_with_both_values),
		cmocka_unit_test(what_a_reload_takes_up_is_not_told),
	};

	return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
