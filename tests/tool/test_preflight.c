/* test_preflight.c - what a preflight found, on a screen and in files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tool/preflight.h"

static const char ANSWER[] =
	"{\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"lines\":1205,"
	"\"invalid\":1,\"errors\":[{\"line\":7,\"detail\":\"\\\"x\\u001b\\\" is not an "
	"address\"}],\"errors_left_out\":0,\"duplicates\":4,\"other_spellings\":3,"
	"\"addresses\":1200,\"mailed\":1190,\"history\":[{\"history\":\"suppressed\","
	"\"addresses\":10,\"risk\":{\"expected\":0,\"low\":0,\"high\":0},\"is_guess\":"
	"false,\"trials\":0,\"expected_bounces\":0},{\"history\":\"never-mailed\","
	"\"addresses\":1190,\"risk\":{\"expected\":0.1,\"low\":0.013,\"high\":0.26},"
	"\"is_guess\":true,\"trials\":0,\"expected_bounces\":119}],\"providers\":[{"
	"\"provider\":\"google\",\"addresses\":1200,\"suppressed\":10,"
	"\"expected_bounces\":119}],\"bounces\":{\"expected\":119,\"low\":15.2,\"high\":"
	"310.4},\"limits\":{\"review\":0.05},\"now\":{\"level\":\"ok\",\"rate\":0.01,"
	"\"remaining\":{\"review\":1}},"
	"\"after\":{\"low\":{\"level\":\"ok\",\"rate\":0.012,\"remaining\":{\"review\":"
	"30}},\"expected\":{\"level\":\"warning\",\"rate\":0.045,\"remaining\":{"
	"\"review\":5}},\"high\":{\"level\":\"over-pause-limit\",\"rate\":0.12,"
	"\"remaining\":{\"review\":0}}},\"riskiest\":{\"first\":[{\"address\":"
	"\"Ann@shop.de\",\"line\":3,\"history\":\"never-mailed\",\"risk\":0.1}],"
	"\"sentence\":\"the riskiest 3 % of the list carry 61 % of the expected "
	"bounces\"},\"invalid_domains\":{\"domains\":1,\"addresses\":2,\"first\":[{"
	"\"domain\":\"a.con\",\"addresses\":2,\"why\":\"a slip\"}]},\"slices\":[{"
	"\"slice\":1,\"addresses\":2,\"bounces\":{\"expected\":1.5,\"low\":0,\"high\":4},"
	"\"expected\":{\"rate\":0.02},\"high\":{\"rate\":0.03},\"wait_hours\":72},{"
	"\"slice\":2,\"addresses\":1,\"bounces\":{\"expected\":1,\"low\":0,\"high\":1},"
	"\"expected\":{\"rate\":0.02},\"high\":{\"rate\":0.03},\"wait_hours\":0}],"
	"\"advice\":[\"have them validated\"]}";

struct scene {
	char folder[64], slices[80];
	char *out_text, *err_text;
	size_t out_size, err_size;
	struct tool tool;
	struct json *answer;
};

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	snprintf(scene->folder, sizeof(scene->folder), "/tmp/ses-preflight-XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->slices, sizeof(scene->slices), "%s/slices", scene->folder);
	assert_int_equal(mkdir(scene->slices, 0700), 0);
	scene->tool.out = open_memstream(&scene->out_text, &scene->out_size);
	scene->tool.err = open_memstream(&scene->err_text, &scene->err_size);
	scene->answer = json_parse(ANSWER, strlen(ANSWER), JSON_STRICT, NULL);
	assert_non_null(scene->answer);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	char name[128];

	for (int i = 1; i <= 3; i++) {
		snprintf(name, sizeof(name), "%s/slice-%d.txt", scene->slices, i);
		unlink(name);
	}
	rmdir(scene->slices);
	rmdir(scene->folder);
	fclose(scene->tool.out);
	fclose(scene->tool.err);
	free(scene->out_text);
	free(scene->err_text);
	json_free(scene->answer);
	free(scene);
	return 0;
}

static void assert_shows(const struct scene *scene, const char *words)
{
	fflush(scene->tool.out);
	if (strstr(scene->out_text, words) == NULL)
		fail_msg("no \"%s\" in\n%s", words, scene->out_text);
}

static void all_of_it_is_shown(void **state)
{
	struct scene *scene = *state;

	preflight_show(&scene->tool, scene->answer, "DIR");
	assert_shows(scene, "1,200 mailboxes in 1,205 lines, 1 of them bad, 4 for the "
			    "second time (3 in another spelling).\n");
	assert_shows(scene, "is not mailed");
	assert_shows(scene, "a guess");
	assert_shows(scene, "google");
	assert_shows(scene, "Predicted hard bounces: 119 (15.2 to 310) of 1,190");
	assert_shows(scene, "Bounce rate of 111122223333/eu-west-1:\n  now");
	assert_shows(scene, "OVER THE PAUSE LIMIT, beyond the review limit\n");
	assert_shows(scene, "ok, 1 more hard bounce until the review limit\n");
	assert_shows(scene, "WARNING, 5 more hard bounces until the review limit\n");
	assert_shows(scene, "The riskiest 3 % of the list carry 61 %");
	assert_shows(scene, "Ann@shop.de");
	assert_shows(scene, "  a.con (2): a slip\n");
	assert_shows(scene, "wait 72 h");
	assert_shows(scene, "in DIR/slice-1.txt and so on.\n");
	assert_shows(scene, "* have them validated\n");
	fflush(scene->tool.err);
	assert_non_null(strstr(scene->err_text, "line 7: \"x\\x1b\" is not an address"));
}

static void show(struct scene *scene, const char *answer)
{
	json_free(scene->answer);
	scene->answer = json_parse(answer, strlen(answer), JSON_STRICT, NULL);
	assert_non_null(scene->answer);
	preflight_show(&scene->tool, scene->answer, NULL);
}

static void one_is_not_many_and_nobody_is_the_riskiest(void **state)
{
	struct scene *scene = *state;

	show(scene, "{\"addresses\":1,\"lines\":1,\"mailed\":1,\"limits\":{\"review\":"
		    "0.05},\"now\":{\"level\":\"ok\",\"rate\":0.049,\"remaining\":{"
		    "\"review\":0}},\"riskiest\":{\"first\":[],\"sentence\":null}}");
	assert_shows(scene, "1 mailbox in 1 line.\n");
	assert_shows(scene, "ok, the next hard bounce reaches the review limit\n");
	assert_null(strstr(scene->out_text, "RISKIEST"));
}

static void why_no_slice_was_written_is_said(void **state)
{
	struct scene *scene = *state;

	show(scene, "{\"slices\":[],\"left_over\":0}");
	assert_false(preflight_has_slices(scene->answer));
	preflight_say_no_slice(scene->tool.out, scene->answer);
	assert_shows(scene, "no slice was written: every address is suppressed");
	show(scene, "{\"slices\":[],\"left_over\":7}");
	preflight_say_no_slice(scene->tool.out, scene->answer);
	assert_shows(scene, "no slice was written: not even a few of the 7 addresses");
}

static FILE *lines_of(const char *text)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	fputs(text, file);
	rewind(file);
	return file;
}

static enum tool_status write_slices(struct scene *scene, const char *text)
{
	FILE *file = lines_of(text);
	enum tool_status status =
		preflight_write_slices(&scene->tool, file, scene->answer, scene->slices);

	fclose(file);
	return status;
}

static void assert_file(const struct scene *scene, int slice, const char *text)
{
	char name[128], found[128];
	size_t length;
	FILE *file;

	snprintf(name, sizeof(name), "%s/slice-%d.txt", scene->slices, slice);
	file = fopen(name, "r");
	if (text == NULL) {
		assert_null(file);
		return;
	}
	assert_non_null(file);
	length = fread(found, 1, sizeof(found) - 1, file);
	found[length] = '\0';
	fclose(file);
	assert_string_equal(found, text);
}

static void each_slice_has_a_file(void **state)
{
	struct scene *scene = *state;
	struct stat about;
	char name[128];

	assert_int_equal(write_slices(scene, "[1,\"A@x.de\"]\n[1,\"b@x.de\"]\n"
					     "[2,\"\xc3\xa9@x.de\"]\n"),
		TOOL_DONE);
	assert_file(scene, 1, "A@x.de\nb@x.de\n");
	assert_file(scene, 2, "\xc3\xa9@x.de\n");
	snprintf(name, sizeof(name), "%s/slice-1.txt", scene->slices);
	assert_int_equal(stat(name, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
}

static void a_file_that_is_there_is_never_written_over(void **state)
{
	static const char text[] = "[1,\"a@x.de\"]\n[1,\"b@x.de\"]\n[2,\"c@x.de\"]\n";
	struct scene *scene = *state;
	char name[128];
	FILE *file;

	snprintf(name, sizeof(name), "%s/slice-2.txt", scene->slices);
	file = fopen(name, "w");
	assert_non_null(file);
	fputs("mine\n", file);
	fclose(file);
	assert_int_equal(write_slices(scene, text), TOOL_USAGE);
	assert_file(scene, 2, "mine\n");
	/* What was begun is no use without the rest. */
	assert_file(scene, 1, NULL);
	fflush(scene->tool.err);
	assert_non_null(strstr(scene->err_text, "is there already"));
}

static void what_is_not_the_whole_is_not_left_lying_about(void **state)
{
	static const char *const texts[] = {
		"[1,\"a@x.de\"]\n",
		"[1,\"a@x.de\"]\n[1,\"b@x.de\"]\n[3,\"c@x.de\"]\n",
		"[1,\"a@x.de\"]\n[1,\"b@x.de\"]\nnonsense\n",
		"[1,\"a@x.de\"]\n[1,\"b@x.de\"]\n[2,\"c\\n@x.de\"]\n",
		"[-1,\"a@x.de\"]\n",
		"",
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(write_slices(scene, texts[i]), TOOL_UNREACHABLE);
		assert_file(scene, 1, NULL);
		assert_file(scene, 2, NULL);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(all_of_it_is_shown),
		TEST(one_is_not_many_and_nobody_is_the_riskiest),
		TEST(why_no_slice_was_written_is_said),
		TEST(each_slice_has_a_file),
		TEST(a_file_that_is_there_is_never_written_over),
		TEST(what_is_not_the_whole_is_not_left_lying_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
