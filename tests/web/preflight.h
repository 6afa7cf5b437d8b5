/* preflight.h - a list posted as a door would, and a past to judge it by. */
#ifndef TESTS_WEB_PREFLIGHT_H
#define TESTS_WEB_PREFLIGHT_H

#include "tests/web/api_scene.h"
#include "web/api_preflight.h"
#include "web/stream.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PIECE 1000 /* bytes of a body that come at once */

/* ---- the call, as exchange.c makes it, but without a thread ---- */

UNUSED static void begin(struct scene *scene, struct request *request, char *target)
{
	char allow[ROUTE_ALLOW_SIZE], *mark = strchr(target, '?');

	scene_forget_answer(scene);
	*request = (struct request){.web = &scene->web,
		.store = scene->store,
		.rules = &scene->rules,
		.actor = "tester",
		.method = "POST",
		.path = target};
	if (mark != NULL)
		*mark = '\0';
	request->query = mark == NULL ? target + strlen(target) : mark + 1;
	assert_int_equal(route_find(admin_routes, "POST", target, &request->route,
				 &request->argument, allow),
		ROUTE_FOUND);
	buffer_init(&request->answer, 4 << 20);
	request->route->handler(request);
}

/* All that a source makes, as one text. */
UNUSED static char *drain(struct request *request)
{
	struct buffer whole, piece;
	bool is_end = false;
	size_t length;

	buffer_init(&whole, 64 << 20);
	buffer_init(&piece, 16 << 20);
	while (!is_end) {
		piece.length = 0;
		assert_true(
			request->source->give(request->source_closure, &piece, &is_end));
		if (piece.length > 0)
			buffer_append(&whole, piece.bytes, piece.length);
	}
	buffer_finish(&piece);
	return buffer_take(&whole, &length);
}

UNUSED static void finish(struct scene *scene, struct request *request)
{
	size_t length;

	scene->status = request->status;
	scene->content_type = request->content_type;
	scene->body = request->source != NULL ? drain(request)
					      : buffer_take(&request->answer, &length);
	assert_non_null(scene->body);
	scene->json = json_parse(scene->body, strlen(scene->body), JSON_STRICT, NULL);
	stream_finish(request);
	buffer_finish(&request->answer);
}

UNUSED static unsigned ask_bytes(
	struct scene *scene, const char *query, const char *bytes, size_t length)
{
	struct request request;
	char *target = NULL;

	assert_true(asprintf(&target, "/v1/preflight%s", query) > 0);
	begin(scene, &request, target);
	for (size_t i = 0; request.status == 0 && i < length; i += PIECE)
		stream_take_piece(
			&request, bytes + i, length - i < PIECE ? length - i : PIECE);
	if (request.status == 0) {
		struct preflight *preflight = request.sink_closure;

		if (listfile_end(preflight->file) != LISTFILE_GOES_ON)
			request.sink->end(&request, preflight);
		else
			preflight_answer(&request, preflight);
	}
	finish(scene, &request);
	free(target);
	assert_false(atomic_load(&scene->web.is_preflighting));
	return scene->status;
}

UNUSED static const struct json *ask(
	struct scene *scene, const char *query, const char *list)
{
	if (ask_bytes(scene, query, list, strlen(list)) != 200)
		fail_msg("%s", scene->body);
	return scene->json;
}

/* ---- a past ---- */

UNUSED static void deliver(
	struct scene *scene, unsigned serial, int64_t days_ago, const char *address)
{
	utc_ms when = clock_now() - days_ago * DAY_MS;
	char message[2048], object[256], time[UTC_TEXT_SIZE], sns_id[40];

	utc_format(when, time);
	snprintf(object, sizeof(object),
		"\"delivery\":{\"timestamp\":\"%s\",\"recipients\":[\"%s\"]}", time,
		address);
	write_event(message, sizeof(message), "Delivery", serial, when, address, object);
	snprintf(sns_id, sizeof(sns_id), "delivery-%u", serial);
	record(scene, message, when, sns_id, 1);
}

UNUSED static const struct json *class_of(const struct json *answer, const char *history)
{
	const struct json *class = json_first(json_member(answer, "history"));

	while (class != NULL && strcmp(json_text(class, "history"), history) != 0)
		class = json_next(class);
	assert_non_null(class);
	return class;
}

UNUSED static void assert_class(
	const struct json *answer, const char *history, int64_t addresses)
{
	assert_int_equal(integer(class_of(answer, history), "addresses"), addresses);
}

UNUSED static bool has_advice(const struct json *answer, const char *words)
{
	for (const struct json *row = json_first(json_member(answer, "advice"));
		row != NULL; row = json_next(row))
		if (strstr(json_as_text(row), words) != NULL)
			return true;
	return false;
}

#endif
