/* api_scene.h - a store in a folder of its own, the web's parts without a door, and
 * calls of the API made as a door makes them. */
#ifndef TESTS_WEB_API_SCENE_H
#define TESTS_WEB_API_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/log.h"
#include "store/store.h"
#include "web/diary.h"
#include "web/inside.h"
#include "web/routes.h"

#define UNUSED __attribute__((unused))

#define TOPIC "arn:aws:sns:eu-west-1:111122223333:ses-feedback"

struct scene {
	char folder[64], path[96];
	struct store *store;
	struct web web;
	struct web_rules rules;
	struct sns_topic topic;

	/* who makes the calls */
	enum web_role role;
	const char *actor; /* NULL: "tester" */

	/* the answer to the last call */
	unsigned status;
	char etag[64]; /* "" none */
	char *body;
	struct json *json; /* NULL where the body is no JSON */
	const char *content_type;
};

UNUSED static bool scene_open_store(struct scene *scene)
{
	struct store_settings settings = {
		.path = scene->path, .keep_events_ms = 400 * DAY_MS};
	struct error error;

	scene->store = store_open(&settings, &error);
	scene->web.store = scene->store;
	return scene->store != NULL;
}

UNUSED static int scene_set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	if (scene == NULL || !crypto_start())
		return -1;
	*state = scene;
	log_open(LOG_LEVEL_ERROR, false);
	snprintf(scene->folder, sizeof(scene->folder), "/tmp/ses-api-XXXXXX");
	if (mkdtemp(scene->folder) == NULL ||
		!sns_topic_parse(TOPIC, &scene->topic, NULL))
		return -1;
	snprintf(scene->path, sizeof(scene->path), "%s/feedback.db", scene->folder);
	scene->rules.policy.topics = &scene->topic;
	scene->rules.policy.topic_count = 1;
	scene->rules.feedback_path = "/sns";
	ses_reputation_defaults(&scene->rules.reputation);
	scene->rules.suppression = ses_suppression_standard;
	scene->role = WEB_ROLE_WRITE;
	scene->web.diary = diary_new();
	scene->web.version = "1.2.3-test";
	scene->web.started = clock_now();
	return scene->web.diary != NULL && scene_open_store(scene) ? 0 : -1;
}

UNUSED static void scene_forget_answer(struct scene *scene)
{
	json_free(scene->json);
	free(scene->body);
	scene->json = NULL;
	scene->body = NULL;
	scene->status = 0;
}

UNUSED static int scene_tear_down(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	struct scene *scene = *state;
	char name[128];

	scene_forget_answer(scene);
	store_close(scene->store);
	diary_free(scene->web.diary);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", scene->path, suffixes[i]);
		unlink(name);
	}
	rmdir(scene->folder);
	free(scene);
	return 0;
}

UNUSED static void keep_etag(struct scene *scene, const struct request *request)
{
	scene->etag[0] = '\0';
	for (size_t i = 0; i < 2; i++)
		if (strcmp(request->extra_name[i], "ETag") == 0)
			snprintf(scene->etag, sizeof(scene->etag), "%s",
				request->extra_value[i]);
}

/* Makes a call of the table as a door does; target has the query behind a "?". The answer
 * lies in the scene until the next call. Returns its status. */
UNUSED static unsigned call_web(struct scene *scene, struct web *web,
	struct web_rules *rules, const char *method, const char *target, const char *body)
{
	char *path = strdup(target), *mark = strchr(path, '?');
	char allow[ROUTE_ALLOW_SIZE];
	struct request request = {.web = web,
		.store = scene->store,
		.rules = rules,
		.path = path,
		.role = scene->role,
		.actor = scene->actor == NULL ? "tester" : scene->actor};
	size_t length;

	scene_forget_answer(scene);
	if (mark != NULL)
		*mark = '\0';
	request.query = mark == NULL ? path + strlen(path) : mark + 1;
	snprintf(request.method, sizeof(request.method), "%s", method);
	assert_int_equal(route_find(admin_routes, method, path, &request.route,
				 &request.argument, allow),
		ROUTE_FOUND);
	buffer_init(&request.body, request.route->body_limit);
	buffer_init(&request.answer, 1024 * 1024);
	if (body != NULL)
		assert_true(buffer_append_text(&request.body, body));
	request.route->handler(&request);
	scene->status = request.status;
	keep_etag(scene, &request);
	scene->content_type = request.content_type;
	scene->body = buffer_take(&request.answer, &length);
	assert_non_null(scene->body);
	scene->json = json_parse(scene->body, length, JSON_STRICT, NULL);
	buffer_finish(&request.body);
	buffer_finish(&request.answer);
	free(request.argument);
	free(path);
	return scene->status;
}

UNUSED static unsigned call(
	struct scene *scene, const char *method, const char *target, const char *body)
{
	return call_web(scene, &scene->web, &scene->rules, method, target, body);
}

UNUSED static unsigned get(struct scene *scene, const char *target)
{
	return call(scene, "GET", target, NULL);
}

/* The last answer is that problem, and its detail has the words. */
UNUSED static void assert_problem(
	const struct scene *scene, unsigned status, const char *type, const char *words)
{
	const char *urn = json_text(scene->json, "type");
	const char *detail = json_text(scene->json, "detail");
	static const char start[] = "urn:ses-feedbackd:problem:";

	assert_int_equal(scene->status, status);
	assert_string_equal(scene->content_type, "application/problem+json");
	assert_non_null(urn);
	assert_int_equal(strncmp(urn, start, strlen(start)), 0);
	assert_string_equal(urn + strlen(start), type);
	if (detail == NULL || strstr(detail, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", detail, words);
}

UNUSED static void assert_member(
	const struct json *object, const char *name, const char *text)
{
	const char *value = json_text(object, name);

	if (text == NULL) {
		assert_true(json_is_null(json_member(object, name)));
		return;
	}
	if (value == NULL)
		fail_msg("there is no text \"%s\"", name);
	assert_string_equal(value, text);
}

UNUSED static int64_t integer(const struct json *object, const char *name)
{
	int64_t number = INT64_MIN;

	if (!json_integer(object, name, &number))
		fail_msg("there is no integer \"%s\"", name);
	return number;
}

UNUSED static double number(const struct json *object, const char *name)
{
	double value = -1;

	if (!json_as_number(json_member(object, name), &value))
		fail_msg("there is no number \"%s\"", name);
	return value;
}

UNUSED static bool truth(const struct json *object, const char *name)
{
	bool value = false;

	if (!json_boolean(object, name, &value))
		fail_msg("there is no boolean \"%s\"", name);
	return value;
}

/* ---- events ---- */

/* Records one SES event as the feedback door would; when is all of its times. */
UNUSED static void record(struct scene *scene, const char *message, utc_ms when,
	const char *sns_id, size_t expected)
{
	struct ses_event event;
	struct error error;
	struct store_job job = {
		.kind = STORE_RECORD,
		.event = &event,
		.policy = &scene->rules.suppression,
		.notification = {.message_id = sns_id,
			.topic_arn = TOPIC,
			.published = when,
			.message = message,
			.message_length = strlen(message)},
		.now = when,
	};

	assert_int_equal(ses_event_parse(message, strlen(message), scene->topic.account,
				 scene->topic.region, &event, &error),
		SES_UNDERSTOOD);
	ses_event_judge(&event, &scene->rules.judgement);
	assert_int_not_equal(store_submit_and_wait(scene->store, &job), STORE_FAILED);
	assert_int_equal(job.recorded, expected);
	ses_event_finish(&event);
}

/* An SES message id of the usual shape, that names when it was sent. */
UNUSED static void write_message_id(char id[80], utc_ms sent, unsigned serial)
{
	snprintf(id, 80, "0102%012llx-%08x-1111-4222-8333-%012x-000000",
		(unsigned long long) sent, serial, serial);
}

/* Writes the message of an event of one recipient; object is what stands beside mail. */
UNUSED static void write_event(char *message, size_t size, const char *type,
	unsigned serial, utc_ms when, const char *address, const char *object)
{
	char id[80], time[UTC_TEXT_SIZE];

	write_message_id(id, when, serial);
	utc_format(when, time);
	snprintf(message, size,
		"{\"eventType\":\"%s\",\"mail\":{\"timestamp\":\"%s\",\"messageId\":"
		"\"%s\",\"source\":\"news@shop.example\",\"sendingAccountId\":"
		"\"111122223333\",\"sourceArn\":\"arn:aws:ses:eu-west-1:111122223333:"
		"identity/shop.example\",\"destination\":[\"%s\"],\"tags\":{"
		"\"ses:configuration-set\":[\"newsletter\"],\"campaign\":[\"spring\"]}},"
		"%s}",
		type, time, id, address, object);
}

UNUSED static void record_send(
	struct scene *scene, unsigned serial, utc_ms when, const char *address)
{
	char message[2048], sns_id[40];

	write_event(
		message, sizeof(message), "Send", serial, when, address, "\"send\":{}");
	snprintf(sns_id, sizeof(sns_id), "send-%u", serial);
	record(scene, message, when, sns_id, 1);
}

/* A bounce of one recipient, sent and published at that time. */
UNUSED static void record_bounce_of(struct scene *scene, unsigned serial, utc_ms when,
	const char *address, const char *kind, const char *subtype, const char *status,
	const char *diagnostic)
{
	char message[2048], object[1024], time[UTC_TEXT_SIZE], sns_id[40];

	utc_format(when, time);
	snprintf(object, sizeof(object),
		"\"bounce\":{\"bounceType\":\"%s\",\"bounceSubType\":\"%s\","
		"\"timestamp\":\"%s\",\"feedbackId\":\"feedback-%u\","
		"\"bouncedRecipients\":[{\"emailAddress\":\"%s\",\"action\":\"failed\","
		"\"status\":\"%s\",\"diagnosticCode\":\"%s\"}]}",
		kind, subtype, time, serial, address, status, diagnostic);
	write_event(message, sizeof(message), "Bounce", serial, when, address, object);
	snprintf(sns_id, sizeof(sns_id), "bounce-%u", serial);
	record(scene, message, when, sns_id, 1);
}

UNUSED static void record_bounce(
	struct scene *scene, unsigned serial, utc_ms when, const char *address)
{
	record_bounce_of(scene, serial, when, address, "Permanent", "General", "5.1.1",
		"smtp; 550 5.1.1 unknown");
}

UNUSED static void record_soft(
	struct scene *scene, unsigned serial, utc_ms when, const char *address)
{
	record_bounce_of(scene, serial, when, address, "Transient", "MailboxFull",
		"4.2.2", "smtp; 452 4.2.2 mailbox full");
}

/* SES did not try, for the address is on the account's own list. */
UNUSED static void record_listed(
	struct scene *scene, unsigned serial, utc_ms when, const char *address)
{
	record_bounce_of(scene, serial, when, address, "Permanent",
		"OnAccountSuppressionList", "5.1.1", "Amazon SES did not send");
}

UNUSED static void record_complaint(
	struct scene *scene, unsigned serial, utc_ms when, const char *address)
{
	char message[2048], object[512], time[UTC_TEXT_SIZE], sns_id[40];

	utc_format(when, time);
	snprintf(object, sizeof(object),
		"\"complaint\":{\"timestamp\":\"%s\",\"feedbackId\":\"feedback-%u\","
		"\"complaintFeedbackType\":\"abuse\",\"complainedRecipients\":["
		"{\"emailAddress\":\"%s\"}]}",
		time, serial, address);
	write_event(message, sizeof(message), "Complaint", serial, when, address, object);
	snprintf(sns_id, sizeof(sns_id), "complaint-%u", serial);
	record(scene, message, when, sns_id, 1);
}

#endif
