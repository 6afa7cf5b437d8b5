/* test_api_transfer.c - the list as a file, in and out; forgetting; policies. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "ses/suppression.h"
#include "tests/web/api_scene.h"
#include "web/api_policy.h"
#include "web/stream.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PIECE 1000 /* bytes of a body that come at once */

/* ---- streamed calls, as exchange.c makes them ---- */

static void keep_answer(struct scene *scene, struct request *request)
{
	size_t length;

	scene->status = request->status;
	scene->content_type = request->content_type;
	scene->body = buffer_take(&request->answer, &length);
	assert_non_null(scene->body);
	scene->json = json_parse(scene->body, length, JSON_STRICT, NULL);
}

static void begin(
	struct scene *scene, struct request *request, const char *method, char *target)
{
	char allow[ROUTE_ALLOW_SIZE];
	char *mark = strchr(target, '?');

	scene_forget_answer(scene);
	*request = (struct request){.web = &scene->web,
		.store = scene->store,
		.rules = &scene->rules,
		.actor = "tester",
		.path = target};
	if (mark != NULL)
		*mark = '\0';
	request->query = mark == NULL ? target + strlen(target) : mark + 1;
	snprintf(request->method, sizeof(request->method), "%s", method);
	assert_int_equal(route_find(admin_routes, method, target, &request->route,
				 &request->argument, allow),
		ROUTE_FOUND);
	buffer_init(&request->answer, 4 << 20);
	request->route->handler(request);
}

static void finish(struct scene *scene, struct request *request, char *target)
{
	keep_answer(scene, request);
	stream_finish(request);
	buffer_finish(&request->answer);
	free(target);
}

static unsigned import_bytes(
	struct scene *scene, const char *query, const char *bytes, size_t length)
{
	struct request request;
	char *target = NULL;

	assert_true(asprintf(&target, "/v1/suppressions/import%s", query) > 0);
	begin(scene, &request, "POST", target);
	assert_int_equal(request.route->body_limit, ROUTE_STREAMS);
	assert_true(request.status != 0 || request.sink != NULL);
	for (size_t i = 0; request.sink != NULL && i < length; i += PIECE)
		stream_take_piece(
			&request, bytes + i, length - i < PIECE ? length - i : PIECE);
	if (request.status == 0)
		request.sink->end(&request, request.sink_closure);
	finish(scene, &request, target);
	return scene->status;
}

static unsigned import_text(struct scene *scene, const char *query, const char *text)
{
	return import_bytes(scene, query, text, strlen(text));
}

/* The whole file; freed by the caller. NULL: it was no stream, see the scene. */
static char *export_file(struct scene *scene, const char *query)
{
	struct request request;
	struct buffer file, piece;
	char *target = NULL;
	size_t length;
	bool is_end = false;

	assert_true(asprintf(&target, "/v1/suppressions/export%s", query) > 0);
	begin(scene, &request, "GET", target);
	buffer_init(&file, 16 << 20);
	buffer_init(&piece, 16 << 20);
	while (request.source != NULL && !is_end) {
		piece.length = 0;
		assert_true(
			request.source->give(request.source_closure, &piece, &is_end));
		if (piece.length > 0)
			buffer_append(&file, piece.bytes, piece.length);
	}
	buffer_finish(&piece);
	if (request.source == NULL) {
		finish(scene, &request, target);
		buffer_finish(&file);
		return NULL;
	}
	finish(scene, &request, target);
	return buffer_take(&file, &length);
}

static void assert_counts(const struct scene *scene, int64_t lines, int64_t added,
	int64_t unchanged, int64_t invalid)
{
	if (scene->status != 200)
		fail_msg("%s", scene->body);
	assert_int_equal(integer(scene->json, "lines"), lines);
	assert_int_equal(integer(scene->json, "added"), added);
	assert_int_equal(integer(scene->json, "unchanged"), unchanged);
	assert_int_equal(integer(scene->json, "invalid"), invalid);
	assert_int_equal(json_count(json_member(scene->json, "errors")), invalid);
}

/* ---- import ---- */

static void a_file_goes_in_and_bad_lines_are_told(void **state)
{
	struct scene *scene = *state;

	import_text(scene, "",
		"address,reason,scope\nAnn@Example.com,bounce,\nnonsense,bounce,\n"
		"bob@example.com,complaint,news\nbob@example.com,because,\n");
	assert_counts(scene, 4, 2, 0, 2);
	assert_member(scene->json, "format", "csv");
	assert_false(truth(scene->json, "dry_run"));
	assert_int_equal(integer(scene->json, "errors_left_out"), 0);
	assert_int_equal(
		integer(json_first(json_member(scene->json, "errors")), "line"), 3);
	assert_int_equal(get(scene, "/v1/suppressions/ann%40example.com"), 200);
	assert_member(scene->json, "original", "Ann@Example.com");
	assert_member(scene->json, "reason", "bounce");
	assert_int_equal(
		get(scene, "/v1/suppressions/bob%40example.com?scope=news"), 200);
}

static void the_same_file_again_changes_nothing(void **state)
{
	static const char text[] = "a@b.example,BOUNCE\nc@d.example,COMPLAINT\n";
	struct scene *scene = *state;

	import_text(scene, "", text);
	assert_counts(scene, 2, 2, 0, 0);
	import_text(scene, "", text);
	assert_counts(scene, 2, 0, 2, 0);
	assert_member(scene->json, "format", "ses-import");
}

static void more_than_a_batch_goes_in(void **state)
{
	struct scene *scene = *state;
	struct buffer text;

	buffer_init(&text, 1 << 20);
	for (int i = 0; i < 4321; i++)
		buffer_format(&text, "u%d@example.com\n", i);
	import_bytes(scene, "?reason=manual&note=old%20system", text.bytes, text.length);
	assert_counts(scene, 4321, 4321, 0, 0);
	assert_member(scene->json, "format", "addresses");
	assert_int_equal(get(scene, "/v1/suppressions/u4320%40example.com"), 200);
	assert_member(scene->json, "reason", "manual");
	assert_member(scene->json, "note", "old system");
	buffer_finish(&text);
}

static void a_dry_run_changes_nothing(void **state)
{
	static const char *const queries[] = {"?dry_run=yes", "?dry_run=no"};
	struct scene *scene = *state;

	import_text(scene, "?reason=bounce", "old@b.example\nweak@b.example\n");
	import_text(scene, "?reason=import", "weak@b.example\nother@b.example\n");
	assert_int_equal(
		call(scene, "DELETE", "/v1/suppressions/old%40b.example", NULL), 204);
	/* What would come of it is what comes of it then. */
	for (size_t i = 0; i < COUNT(queries); i++) {
		import_text(scene, queries[i],
			"address,reason,since\nnew@b.example,bounce,\nno,bounce,\n"
			"other@b.example,complaint,\nweak@b.example,bounce,\n"
			"old@b.example,bounce,2020-01-01\n");
		assert_counts(scene, 5, 1, 1, 1);
		assert_int_equal(truth(scene->json, "dry_run"), i == 0);
		assert_int_equal(integer(scene->json, "changed"), 1);
		assert_int_equal(integer(scene->json, "outranked"), 1);
		assert_int_equal(get(scene, "/v1/suppressions/new%40b.example"),
			i == 0 ? 404 : 200);
	}
}

static void what_has_expired_is_left_out_and_counted(void **state)
{
	struct scene *scene = *state;

	import_text(scene, "",
		"address,expires\na@b.example,2020-01-01T00:00:00Z\nc@d.example,\n");
	assert_counts(scene, 2, 1, 0, 0);
	assert_int_equal(integer(scene->json, "expired"), 1);
	assert_int_equal(get(scene, "/v1/suppressions/a%40b.example"), 404);
}

static void at_most_a_thousand_bad_lines_are_listed(void **state)
{
	struct scene *scene = *state;
	struct buffer text;

	buffer_init(&text, 1 << 20);
	buffer_append_text(&text, "a@b.example\n");
	for (int i = 0; i < 1500; i++)
		buffer_append_text(&text, "x\n");
	assert_int_equal(import_bytes(scene, "", text.bytes, text.length), 200);
	assert_int_equal(integer(scene->json, "invalid"), 1500);
	assert_int_equal(json_count(json_member(scene->json, "errors")), 1000);
	assert_int_equal(integer(scene->json, "errors_left_out"), 500);
	buffer_finish(&text);
}

static void a_file_that_is_not_recognised_is_refused_as_a_whole(void **state)
{
	struct scene *scene = *state;

	import_text(scene, "", "name,age\nx,7\n");
	assert_problem(scene, 400, "file", "nothing went in: it is not recognised");
	import_text(scene, "?columns=address=mail", "name,age\nx,7\n");
	assert_problem(scene, 400, "file", "there is no column \"mail\"");
}

static void a_wrong_question_is_refused_before_the_body(void **state)
{
	static const struct {
		const char *query, *words;
	} table[] = {
		{"?columns=x", "columns: 'x' is not FIELD=COLUMN"},
		{"?reason=because", "reason: \"because\" is not known"},
		{"?scope=account:7", "scope: \"account:7\" is none"},
		{"?dry_run=maybe", "neither yes nor no"},
		{"?format=csv", "format: no such parameter"},
		{"?note=a&note=b", "note is given twice"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(table); i++) {
		import_text(scene, table[i].query, "a@b.example\n");
		assert_problem(scene, 400, "query", table[i].words);
	}
	assert_int_equal(get(scene, "/v1/suppressions/a%40b.example"), 404);
}

static void a_client_that_goes_away_leaves_whole_batches(void **state)
{
	struct scene *scene = *state;
	struct request request;
	char *target = strdup("/v1/suppressions/import");
	char text[64];

	begin(scene, &request, "POST", target);
	for (int i = 0; i < 2500; i++) {
		snprintf(text, sizeof(text), "u%d@example.com\n", i);
		stream_take_piece(&request, text, strlen(text));
	}
	assert_int_equal(request.status, 0);
	stream_finish(&request);
	buffer_finish(&request.answer);
	free(target);
	assert_int_equal(get(scene, "/v1/suppressions/u1999%40example.com"), 200);
	assert_int_equal(get(scene, "/v1/suppressions/u2000%40example.com"), 404);
}

/* A disk that is full from some byte on, as far as this process goes. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_in_the_middle_says_how_far_it_came(void **state)
{
	struct scene *scene = *state;
	struct request request;
	char *target = strdup("/v1/suppressions/import"), wal[128], text[64];
	struct stat status;

	signal(SIGXFSZ, SIG_IGN);
	log_open(LOG_LEVEL_ERROR, false);
	begin(scene, &request, "POST", target);
	for (int i = 0; request.status == 0 && i < 6000; i++) {
		if (i == 2000) {
			snprintf(wal, sizeof(wal), "%s-wal", scene->path);
			assert_int_equal(stat(wal, &status), 0);
			limit_files((rlim_t) status.st_size);
		}
		snprintf(text, sizeof(text), "u%d@example.com\n", i);
		stream_take_piece(&request, text, strlen(text));
	}
	limit_files(RLIM_INFINITY);
	finish(scene, &request, target);
	assert_problem(scene, 503, "store-failed", "lines up to 2000 are in");
	assert_problem(scene, 503, "store-failed", "run the same import again");
	assert_int_equal(get(scene, "/v1/suppressions/u1999%40example.com"), 200);
	assert_int_equal(get(scene, "/v1/suppressions/u2000%40example.com"), 404);
}

static void what_list_suppressed_destinations_says_is_known_of_ses(void **state)
{
	struct scene *scene = *state;

	import_text(scene, "",
		"{\"SuppressedDestinationSummaries\":[{\"EmailAddress\":\"a@b.example\","
		"\"Reason\":\"BOUNCE\",\"LastUpdateTime\":1767312000}]}");
	assert_counts(scene, 1, 1, 0, 0);
	assert_int_equal(get(scene, "/v1/suppressions/a%40b.example"), 200);
	assert_member(scene->json, "at_ses", "blocked");
	assert_member(scene->json, "since", "2026-01-02T00:00:00.000Z");
}

/* ---- export ---- */

static void an_export_is_imported_as_the_same_list(void **state)
{
	static const char *const formats[] = {"?format=csv", "?format=ndjson"};
	struct scene *scene = *state;
	struct buffer text;

	buffer_init(&text, 1 << 20);
	buffer_append_text(&text, "address,reason,scope,since,expires,note\n");
	for (int i = 0; i < 1234; i++)
		buffer_format(&text, "U%d@example.com,%s,%s,2026-01-02,%s,\"n, %d\"\n", i,
			i % 2 == 0 ? "bounce" : "complaint", i % 3 == 0 ? "news" : "",
			i % 5 == 0 ? "2099-01-01" : "", i);
	import_bytes(scene, "", text.bytes, text.length);
	assert_counts(scene, 1234, 1234, 0, 0);
	for (size_t i = 0; i < COUNT(formats); i++) {
		char *file = export_file(scene, formats[i]);

		assert_non_null(file);
		import_text(scene, "", file);
		assert_counts(scene, 1234, 0, 1234, 0);
		assert_member(scene->json, "format", i == 0 ? "csv" : "ndjson");
		free(file);
	}
	buffer_finish(&text);
}

static void an_export_can_be_of_a_scope_or_a_reason(void **state)
{
	struct scene *scene = *state;
	char *file;

	import_text(scene, "",
		"address,reason,scope\na@b.example,bounce,\nc@d.example,bounce,news\n"
		"e@f.example,complaint,\n");
	file = export_file(scene, "?format=csv&scope=news");
	assert_non_null(strstr(file, "c@d.example"));
	assert_null(strstr(file, "a@b.example"));
	free(file);
	file = export_file(scene, "?reason=complaint&scope=");
	assert_string_equal(
		scene->content_type, "text/csv; charset=utf-8; header=present");
	assert_non_null(strstr(file, "e@f.example"));
	assert_null(strstr(file, "a@b.example"));
	assert_null(strstr(file, "c@d.example"));
	free(file);
	file = export_file(scene, "?format=ses");
	assert_string_equal(file, "{\"emailAddress\":\"a@b.example\",\"reason\":"
				  "\"BOUNCE\"}\n{\"emailAddress\":\"e@f.example\","
				  "\"reason\":\"COMPLAINT\"}\n");
	free(file);
	file = export_file(scene, "?format=ses&scope=news");
	assert_non_null(strstr(file, "c@d.example"));
	free(file);
	file = export_file(scene, "?format=ses-delete&reason=complaint");
	assert_string_equal(file, "e@f.example\r\n");
	free(file);
}

static void a_wrong_export_is_refused(void **state)
{
	struct scene *scene = *state;

	assert_null(export_file(scene, "?format=xls"));
	assert_problem(scene, 400, "query", "csv, ndjson, ses or ses-delete");
	assert_null(export_file(scene, "?reason=x"));
	assert_problem(scene, 400, "query", "reason: \"x\" is not known");
	assert_null(export_file(scene, "?scope=a,b"));
	assert_problem(scene, 400, "query", "scope: \"a,b\" is none");
}

/* ---- forget ---- */

static void forgetting_takes_the_address_out_and_can_keep_the_block(void **state)
{
	struct scene *scene = *state;
	char *file;

	import_text(scene, "", "a@b.example,BOUNCE\nc@d.example,BOUNCE\n");
	assert_int_equal(call(scene, "POST", "/v1/forget",
				 "{\"address\":\"A@b.example\",\"keep_block\":true}"),
		200);
	assert_true(truth(scene->json, "found"));
	assert_true(truth(scene->json, "keep_block"));
	assert_int_equal(call(scene, "POST", "/v1/forget",
				 "{\"address\":\"c@d.example\",\"keep_block\":false}"),
		200);
	assert_int_equal(get(scene, "/v1/suppressions/a%40b.example"), 200);
	assert_int_equal(get(scene, "/v1/suppressions/c%40d.example"), 404);
	file = export_file(scene, "?format=csv");
	assert_null(strstr(file, "b.example"));
	free(file);
	assert_int_equal(call(scene, "POST", "/v1/forget",
				 "{\"address\":\"x@y.example\",\"keep_block\":false}"),
		200);
	assert_false(truth(scene->json, "found"));
}

static void forgetting_asks_for_both_answers(void **state)
{
	static const struct {
		const char *body, *type, *words;
	} table[] = {
		{"{}", "body", "\"address\" takes"},
		{"{\"address\":\"a@b.example\"}", "body", "\"keep_block\" takes true"},
		{"{\"address\":\"a@b.example\",\"keep_block\":\"perhaps\"}", "body",
			"\"keep_block\" takes true"},
		{"{\"address\":\"nobody\",\"keep_block\":true}", "not-an-address",
			"\"nobody\" is not an address"},
		{"{\"address\":\"a@b.example\",\"keep_block\":true,\"x\":1}", "body",
			"there is no member \"x\""},
		{"[]", "body", "not a JSON object"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(table); i++) {
		call(scene, "POST", "/v1/forget", table[i].body);
		assert_problem(scene, 400, table[i].type, table[i].words);
	}
}

/* ---- policies ---- */

static void run(struct scene *scene, const struct ses_suppression_policy *policy,
	bool is_to_apply)
{
	struct request request = {.web = &scene->web,
		.store = scene->store,
		.rules = &scene->rules,
		.actor = "tester",
		.path = (char[]){"/v1/policy"}};

	scene_forget_answer(scene);
	buffer_init(&request.answer, 4 << 20);
	api_policy_run(&request, policy, is_to_apply);
	keep_answer(scene, &request);
	buffer_finish(&request.answer);
}

static void bounce(struct scene *scene, utc_ms when)
{
	char time[UTC_TEXT_SIZE], message[2000];

	utc_format(when, time);
	snprintf(message, sizeof(message),
		"{\"notificationType\":\"Bounce\",\"mail\":{\"timestamp\":\"%s\","
		"\"source\":\"me@example.com\",\"sourceArn\":\"arn:aws:ses:eu-west-1:"
		"111122223333:identity/example.com\",\"sendingAccountId\":"
		"\"111122223333\",\"messageId\":\"0102018f-1\",\"destination\":"
		"[\"a@b.example\"]},\"bounce\":{\"feedbackId\":\"f1\",\"bounceType\":"
		"\"Permanent\",\"bounceSubType\":\"General\",\"timestamp\":\"%s\","
		"\"reportingMTA\":\"dns; x\",\"bouncedRecipients\":[{\"emailAddress\":"
		"\"a@b.example\",\"action\":\"failed\",\"status\":\"5.1.1\","
		"\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]}}",
		time, time);
	record(scene, message, when, "sns-1", 1);
}

static void a_policy_is_compared_and_then_applied(void **state)
{
	struct ses_suppression_policy shorter = ses_suppression_standard;
	struct scene *scene = *state;
	const struct json *difference;

	bounce(scene, clock_now() - DAY_MS);
	shorter.bounce_expiry_ms = 30 * DAY_MS;
	run(scene, &ses_suppression_standard, false);
	assert_int_equal(scene->status, 200);
	assert_int_equal(integer(scene->json, "compared"), 1);
	assert_int_equal(json_count(json_member(scene->json, "differences")), 0);
	run(scene, &shorter, false);
	assert_int_equal(integer(scene->json, "changed"), 1);
	assert_int_equal(integer(scene->json, "left_out"), 0);
	assert_null(json_member(scene->json, "applied"));
	difference = json_first(json_member(scene->json, "differences"));
	assert_member(difference, "address", "a@b.example");
	assert_member(difference, "scope", "");
	assert_member(difference, "why", "expires, which it did not: bounce_expiry");
	assert_member(json_member(difference, "before"), "expires", NULL);
	/* Nothing was applied. */
	get(scene, "/v1/suppressions/a%40b.example");
	assert_member(scene->json, "expires", NULL);

	run(scene, &shorter, true);
	assert_int_equal(integer(scene->json, "applied"), 1);
	assert_int_equal(integer(scene->json, "changed"), 1);
	get(scene, "/v1/suppressions/a%40b.example");
	assert_non_null(json_text(scene->json, "expires"));
	run(scene, &shorter, true);
	assert_int_equal(integer(scene->json, "changed"), 0);
	assert_int_equal(integer(scene->json, "applied"), 0);
}

static bool no_policy(const char *text, size_t length,
	struct ses_suppression_policy *policy, struct error *error)
{
	(void) length;
	(void) policy;
	return error_set(error, "configuration:7: %s", text);
}

static void what_is_no_question_about_a_policy_is_refused(void **state)
{
	struct scene *scene = *state;

	call(scene, "POST", "/v1/policy/diff", "{\"configuration\":7}");
	assert_problem(scene, 400, "body", "takes the text of a configuration file");
	call(scene, "POST", "/v1/policy/diff", "{\"config\":\"x\"}");
	assert_problem(scene, 400, "body", "\"config\" is not taken");
	call(scene, "POST", "/v1/policy/diff", "{\"configuration\":\"x\"}");
	assert_problem(scene, 400, "body", "is not taken");
	scene->web.read_policy = no_policy;
	call(scene, "POST", "/v1/policy/diff", "{\"configuration\":\"is wrong\"}");
	assert_problem(scene, 400, "configuration", "configuration:7: is wrong");
	call(scene, "POST", "/v1/policy/apply", "{\"configuration\":\"x\"}");
	assert_problem(scene, 400, "body", "takes no members");
}

static void one_comparison_runs_at_a_time(void **state)
{
	struct scene *scene = *state;

	atomic_store(&scene->web.is_comparing, true);
	call(scene, "POST", "/v1/policy/diff", NULL);
	assert_problem(scene, 503, "busy", "try again");
	call(scene, "POST", "/v1/policy/apply", "{}");
	assert_problem(scene, 503, "busy", "try again");
}

static void why_says_what_differs_and_which_keys_decide(void **state)
{
	const struct ses_entry soft = {.scope = "",
		.reason = SES_REASON_SOFT_BOUNCE,
		.is_certain = true,
		.since = 1000,
		.expires = 20 * DAY_MS};
	struct ses_entry earlier = soft, unending = soft, hard = soft, suspect = soft,
			 later = soft, other = soft;
	const struct {
		const struct ses_entry *before, *after;
		const char *why;
	} table[] = {
		{NULL, &soft,
			"its feedback now makes a soft-bounce entry: soft_bounces, "
			"soft_expiry, soft_expiry_max, bounce_scope"},
		{&soft, NULL,
			"its feedback makes no soft-bounce entry any more: soft_bounces, "
			"soft_expiry, soft_expiry_max, bounce_scope"},
		{&soft, &earlier,
			"expires 14 days earlier: soft_expiry, soft_expiry_max"},
		{&earlier, &soft, "expires 14 days later: soft_expiry, soft_expiry_max"},
		{&soft, &later, "expires 90 minutes later: soft_expiry, soft_expiry_max"},
		{&soft, &unending,
			"does not expire any more: soft_expiry, soft_expiry_max"},
		{&soft, &hard,
			"bounce in place of soft-bounce: bounce_expiry, bounce_scope"},
		{&suspect, &soft, "the complaint is certain: uncertain_complaints"},
		{&soft, &other,
			"other feedback completes it: soft_bounces, soft_expiry, "
			"soft_expiry_max, bounce_scope"},
	};

	(void) state;
	earlier.expires = 6 * DAY_MS;
	later.expires += 90 * MINUTE_MS;
	unending.expires = UTC_NONE;
	hard.reason = SES_REASON_BOUNCE;
	suspect.is_certain = false;
	other.since = 2000;
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct store_difference difference = {
			"a@b.example", "", table[i].before, table[i].after};
		char why[API_POLICY_WHY_SIZE];

		api_policy_why(&difference, why);
		assert_string_equal(why, table[i].why);
	}
}

static int set_up(void **state)
{
	struct scene *scene;

	if (scene_set_up(state) != 0)
		return -1;
	scene = *state;
	scene->rules.suppression = ses_suppression_standard;
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_goes_in_and_bad_lines_are_told),
		TEST(the_same_file_again_changes_nothing),
		TEST(more_than_a_batch_goes_in),
		TEST(a_dry_run_changes_nothing),
		TEST(what_has_expired_is_left_out_and_counted),
		TEST(at_most_a_thousand_bad_lines_are_listed),
		TEST(a_file_that_is_not_recognised_is_refused_as_a_whole),
		TEST(a_wrong_question_is_refused_before_the_body),
		TEST(a_client_that_goes_away_leaves_whole_batches),
		TEST(a_full_disk_in_the_middle_says_how_far_it_came),
		TEST(what_list_suppressed_destinations_says_is_known_of_ses),
		TEST(an_export_is_imported_as_the_same_list),
		TEST(an_export_can_be_of_a_scope_or_a_reason),
		TEST(a_wrong_export_is_refused),
		TEST(forgetting_takes_the_address_out_and_can_keep_the_block),
		TEST(forgetting_asks_for_both_answers),
		TEST(a_policy_is_compared_and_then_applied),
		TEST(what_is_no_question_about_a_policy_is_refused),
		TEST(one_comparison_runs_at_a_time),
		TEST(why_says_what_differs_and_which_keys_decide),
	};

	return cmocka_run_group_tests_name("api_transfer", tests, NULL, NULL);
}
