/* test_api_development.c - the development key signs what replay then takes. */
#include "base/publickey.h"
#include "sns/canonical.h"
#include "tests/web/api_scene.h"

/* The scene, and a whole web of one feedback door beside it. */
struct stage {
	struct scene *scene;
	struct web *web;
	struct web_rules rules;
	char certificate[96], key[96];
};

static void forget_rules(struct web_rules *rules)
{
	(void) rules; /* they lie in the stage */
}

static void write_text(const char *path, const char *text, const char *more)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0 && fputs(more, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* A certificate for the door, in one file with its key, as some people keep them. */
static bool write_identity(struct stage *stage)
{
	struct private_key *key = private_key_generate(2048, NULL);
	char *pem = private_key_print(key);
	char *certificate = private_key_certify(
		key, "localhost", clock_now() - DAY_MS, clock_now() + DAY_MS, NULL);
	bool is_made = pem != NULL && certificate != NULL;

	snprintf(stage->certificate, sizeof(stage->certificate), "%s/door.pem",
		stage->scene->folder);
	snprintf(stage->key, sizeof(stage->key), "%s/door.key", stage->scene->folder);
	if (is_made) {
		write_text(stage->certificate, certificate, pem);
		write_text(stage->key, pem, "");
	}
	free(pem);
	free(certificate);
	private_key_free(key);
	return is_made;
}

static int stage_set_up(void **state)
{
	static const struct web_listener listener = {
		.door = WEB_DOOR_FEEDBACK, .address = "127.0.0.1:0", .fd = -1};
	struct stage *stage = calloc(1, sizeof(*stage));
	struct web_settings settings = {.listeners = &listener,
		.listener_count = 1,
		.rules = &stage->rules,
		.version = "1.2.3-test",
		.feedback_threads = 1};
	struct error error = {""};

	if (stage == NULL || scene_set_up((void **) &stage->scene) != 0)
		return -1;
	*state = stage;
	if (!write_identity(stage))
		return -1;
	settings.certificate_folder = stage->scene->folder;
	stage->rules.policy = stage->scene->rules.policy;
	stage->rules.feedback_path = "/sns";
	stage->rules.reputation = stage->scene->rules.reputation;
	stage->rules.certificate = stage->certificate;
	stage->rules.private_key = stage->key;
	stage->rules.development = true;
	stage->rules.release = forget_rules;
	atomic_init(&stage->rules.owners, 1);
	stage->web = web_start(&settings, stage->scene->store, &error);
	if (stage->web == NULL)
		print_error("web_start: %s\n", error.text);
	return stage->web == NULL ? -1 : 0;
}

static int stage_tear_down(void **state)
{
	struct stage *stage = *state;

	web_stop(stage->web);
	unlink(stage->certificate);
	unlink(stage->key);
	scene_tear_down((void **) &stage->scene);
	free(stage);
	return 0;
}

static unsigned ask(
	struct stage *stage, const char *method, const char *target, const char *body)
{
	return call_web(stage->scene, stage->web, &stage->rules, method, target, body);
}

static void the_development_call_gives_what_simulate_needs(void **state)
{
	struct stage *stage = *state;
	const struct json *json, *certificate;
	const char *chain;
	struct certificate read = {0};

	assert_int_equal(ask(stage, "GET", "/v1/development", NULL), 200);
	json = stage->scene->json;
	assert_non_null(strstr(json_text(json, "private_key"), "PRIVATE KEY"));
	certificate = json_first(json_member(json, "certificates"));
	assert_member(certificate, "topic", TOPIC);
	assert_int_equal(strncmp(json_text(certificate, "signing_cert_url"),
				 "https://sns.eu-west-1.amazonaws.com/"
				 "SimpleNotificationService-",
				 62),
		0);
	assert_int_equal(
		strncmp(json_text(json, "feedback"), "https://127.0.0.1:", 18), 0);
	assert_non_null(strstr(json_text(json, "feedback"), "/sns"));
	chain = json_text(json, "certificate");
	assert_non_null(chain);
	assert_null(strstr(chain, "PRIVATE KEY"));
	assert_true(certificate_read(chain, strlen(chain), &read, NULL));
	assert_string_equal(read.subject, "localhost");
	certificate_finish(&read);
}

/* ---- replay ---- */

/* Everything simulate does: one line with a signed notification. */
static void sign_line(struct stage *stage, const char *sns_id, const char *inner,
	utc_ms when, struct buffer *line)
{
	const struct json *json = stage->scene->json;
	const char *pem = json_text(json, "private_key");
	struct private_key *key = private_key_read(pem, strlen(pem), NULL);
	char time[UTC_TEXT_SIZE], base64[1024];
	uint8_t signature[512];
	size_t length;
	struct sns_message message = {.type = SNS_NOTIFICATION,
		.message_id = sns_id,
		.topic_arn = TOPIC,
		.message = inner,
		.timestamp_text = utc_format(when, time),
		.signature_version = "2"};
	struct buffer bytes;

	buffer_init(&bytes, 65536);
	assert_true(sns_canonical(&message, &bytes));
	assert_true(private_key_sign(key, DIGEST_SHA256, bytes.bytes, bytes.length,
		signature, sizeof(signature), &length));
	base64_encode(signature, length, base64);
	buffer_format(line,
		"{\"Type\":\"Notification\",\"MessageId\":\"%s\",\"TopicArn\":\"" TOPIC
		"\",\"Timestamp\":\"%s\",\"SignatureVersion\":\"2\",\"Signature\":\"%s\","
		"\"SigningCertURL\":\"%s\",\"Message\":",
		sns_id, time, base64,
		json_text(json_first(json_member(json, "certificates")),
			"signing_cert_url"));
	json_print_text(line, inner);
	buffer_append_text(line, "}\n");
	buffer_finish(&bytes);
	private_key_free(key);
}

static void assert_result(const struct json *result, int64_t line, int64_t status,
	const char *reason, const char *message_id, int64_t recorded)
{
	assert_int_equal(integer(result, "line"), line);
	assert_member(result, "reason", reason);
	assert_int_equal(integer(result, "status"), status);
	assert_member(result, "message_id", message_id);
	assert_int_equal(integer(result, "recorded"), recorded);
}

static void replay_verifies_stores_and_counts_once(void **state)
{
	struct stage *stage = *state;
	struct scene *scene = stage->scene;
	char inner[2048];
	const struct json *result;
	struct buffer body;
	/* Older than the age limit: replay has none. */
	utc_ms when = clock_now() - 10 * MINUTE_MS;

	stage->rules.policy.max_age_ms = MINUTE_MS;
	write_event(
		inner, sizeof(inner), "Send", 1, when, "anna@example.com", "\"send\":{}");
	assert_int_equal(ask(stage, "GET", "/v1/development", NULL), 200);
	buffer_init(&body, 65536);
	buffer_append_text(&body, "\n");
	sign_line(stage, "replay-1", inner, when, &body);
	sign_line(stage, "replay-1", inner, when, &body);
	buffer_append_text(&body, "   \r\n{\"Type\":\"Notification\"}\r\nno JSON");
	assert_int_equal(ask(stage, "POST", "/v1/replay", body.bytes), 200);
	assert_int_equal(json_count(json_member(scene->json, "results")), 4);
	result = json_first(json_member(scene->json, "results"));
	assert_result(result, 2, 200, "stored", "replay-1", 1);
	assert_member(result, "detail", NULL);
	result = json_next(result);
	assert_result(result, 3, 200, "duplicate", "replay-1", 0);
	result = json_next(result);
	assert_result(result, 5, 400, "malformed", NULL, 0);
	assert_non_null(json_text(result, "detail"));
	result = json_next(result);
	assert_result(result, 6, 400, "malformed", NULL, 0);
	buffer_finish(&body);

	assert_int_equal(ask(stage, "GET", "/v1/events", NULL), 200);
	result = json_first(json_member(scene->json, "events"));
	assert_int_equal(json_count(json_member(scene->json, "events")), 1);
	assert_true(truth(result, "development"));
	assert_int_equal(ask(stage, "GET", "/v1/status", NULL), 200);
	assert_true(truth(scene->json, "development"));
	assert_non_null(json_text(scene->json, "last_stored"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_development_call_gives_what_simulate_needs, stage_set_up,
			stage_tear_down),
		cmocka_unit_test_setup_teardown(replay_verifies_stores_and_counts_once,
			stage_set_up, stage_tear_down),
	};

	return cmocka_run_group_tests_name("api_development", tests, NULL, NULL);
}
