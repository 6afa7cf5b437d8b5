/* test_api_openapi.c - what is served is described, and what is described is served. */
#include "tests/web/api_scene.h"
#include "web/openapi.h"

static struct json *read_document(void)
{
	struct error error = {""};
	struct json *document =
		json_parse(openapi_text(), strlen(openapi_text()), JSON_STRICT, &error);

	if (document == NULL)
		fail_msg("openapi.json: %s", error.text);
	return document;
}

/* "/v1/events/{id}/raw" as "/v1/events/STAR/raw". */
static void write_pattern(const char *path, char *pattern, size_t size)
{
	size_t length = 0;

	for (const char *c = path; *c != '\0'; c++) {
		assert_true(length + 1 < size);
		if (*c == '{') {
			pattern[length++] = '*';
			c = strchr(c, '}');
			assert_non_null(c);
		} else {
			pattern[length++] = *c;
		}
	}
	pattern[length] = '\0';
}

static const char *role_name(enum route_access access)
{
	return access == ROUTE_OPEN	 ? "open"
	       : access == ROUTE_READ	 ? "read"
	       : access == ROUTE_SUPPORT ? "support"
					 : "write";
}

static const struct json *find_operation(
	const struct json *document, const struct route *route)
{
	const struct json *path = json_first(json_member(document, "paths"));
	char pattern[128], method[16];

	snprintf(method, sizeof(method), "%s", route->method);
	for (char *c = method; *c != '\0'; c++)
		*c = (char) (*c | 0x20);
	for (; path != NULL; path = json_next(path)) {
		write_pattern(json_name(path), pattern, sizeof(pattern));
		if (strcmp(pattern, route->path) == 0)
			return json_member(path, method);
	}
	return NULL;
}

static void every_route_is_described(void **state)
{
	struct json *document = read_document();

	(void) state;
	for (const struct route *route = admin_routes; route->method != NULL; route++) {
		const struct json *operation = find_operation(document, route);

		if (operation == NULL)
			fail_msg("openapi.json has no %s %s", route->method, route->path);
		assert_member(operation, "x-role", role_name(route->access));
		assert_int_equal(json_member(operation, "requestBody") != NULL,
			route->body_limit > 0);
	}
	json_free(document);
}

static bool is_served(const char *method, const char *pattern)
{
	for (const struct route *route = admin_routes; route->method != NULL; route++)
		if (strcasecmp(route->method, method) == 0 &&
			strcmp(route->path, pattern) == 0)
			return true;
	return false;
}

static void everything_described_is_served(void **state)
{
	struct json *document = read_document();
	const struct json *path = json_first(json_member(document, "paths"));
	char pattern[128];

	(void) state;
	assert_non_null(path);
	for (; path != NULL; path = json_next(path)) {
		const struct json *operation = json_first(path);

		write_pattern(json_name(path), pattern, sizeof(pattern));
		for (; operation != NULL; operation = json_next(operation))
			if (!is_served(json_name(operation), pattern))
				fail_msg("nobody serves %s %s", json_name(operation),
					pattern);
	}
	json_free(document);
}

static const struct json *referred(const struct json *document, const char *reference)
{
	const struct json *place = document;
	char path[128], *rest = path, *segment;

	assert_int_equal(strncmp(reference, "#/", 2), 0);
	snprintf(path, sizeof(path), "%s", reference + 2);
	while (place != NULL && (segment = strsep(&rest, "/")) != NULL)
		place = json_member(place, segment);
	return place;
}

static void check_references(const struct json *document, const struct json *value)
{
	const char *reference = json_text(value, "$ref");

	if (reference != NULL && referred(document, reference) == NULL)
		fail_msg("%s leads nowhere", reference);
	for (const struct json *child = json_first(value); child != NULL;
		child = json_next(child))
		check_references(document, child);
}

static void every_reference_leads_somewhere(void **state)
{
	struct json *document = read_document();

	(void) state;
	check_references(document, document);
	json_free(document);
}

/* What a handler printed has the members of its schema, all of them and no others. */
static void assert_has_schema(
	const struct json *document, const char *schema, const struct json *value)
{
	char reference[64];
	const struct json *properties, *member;

	snprintf(reference, sizeof(reference), "#/components/schemas/%s", schema);
	properties = json_member(referred(document, reference), "properties");
	assert_non_null(properties);
	for (member = json_first(properties); member != NULL; member = json_next(member))
		if (json_member(value, json_name(member)) == NULL)
			fail_msg("%s: no \"%s\"", schema, json_name(member));
	for (member = json_first(value); member != NULL; member = json_next(member))
		if (json_member(properties, json_name(member)) == NULL)
			fail_msg(
				"%s: \"%s\" is not described", schema, json_name(member));
}

static void answers_have_the_members_that_are_described(void **state)
{
	struct scene *scene = *state;
	struct json *document = read_document();
	const struct json *account;
	utc_ms when = clock_now() - MINUTE_MS;

	record_send(scene, 1, when, "anna@example.com");
	record_bounce(scene, 1, when, "anna@example.com");
	assert_int_equal(get(scene, "/v1/events"), 200);
	assert_has_schema(
		document, "Event", json_first(json_member(scene->json, "events")));
	assert_int_equal(get(scene, "/v1/suppressions"), 200);
	assert_has_schema(
		document, "Entry", json_first(json_member(scene->json, "suppressions")));
	assert_int_equal(get(scene, "/v1/reputation"), 200);
	account = json_first(json_member(scene->json, "accounts"));
	assert_has_schema(document, "Reputation", account);
	assert_has_schema(document, "Rate", json_member(account, "bounce"));
	assert_has_schema(document, "Rate", json_member(account, "complaint"));
	assert_has_schema(document, "Rate", json_member(account, "complaint_reporting"));
	assert_int_equal(get(scene, "/v1/rates"), 200);
	assert_has_schema(
		document, "RatesRow", json_first(json_member(scene->json, "rows")));
	assert_int_equal(get(scene, "/v1/series?window=1h"), 200);
	assert_has_schema(
		document, "SeriesRow", json_first(json_member(scene->json, "rows")));
	assert_int_equal(get(scene, "/v1/topics"), 200);
	assert_has_schema(
		document, "Topic", json_first(json_member(scene->json, "topics")));
	assert_int_equal(get(scene, "/v1/status"), 200);
	assert_has_schema(document, "Status", scene->json);
	assert_int_equal(get(scene, "/v1/status?x=1"), 400);
	assert_has_schema(document, "Problem", scene->json);
	json_free(document);
}

static void the_document_is_served_as_it_is(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(get(scene, "/v1/openapi.json"), 200);
	assert_string_equal(scene->content_type, "application/json");
	assert_string_equal(scene->body, openapi_text());
	assert_member(scene->json, "openapi", "3.1.0");
}

static void the_first_page_names_every_call(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(get(scene, "/"), 200);
	assert_non_null(strstr(scene->body, "1.2.3-test"));
	assert_non_null(strstr(scene->body, "ses-feedback status"));
	for (const struct route *route = admin_routes; route->method != NULL; route++)
		assert_non_null(strstr(scene->body, route->path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_described),
		cmocka_unit_test(everything_described_is_served),
		cmocka_unit_test(every_reference_leads_somewhere),
		cmocka_unit_test_setup_teardown(
			answers_have_the_members_that_are_described, scene_set_up,
			scene_tear_down),
		cmocka_unit_test_setup_teardown(
			the_document_is_served_as_it_is, scene_set_up, scene_tear_down),
		cmocka_unit_test_setup_teardown(
			the_first_page_names_every_call, scene_set_up, scene_tear_down),
	};

	return cmocka_run_group_tests_name("api_openapi", tests, NULL, NULL);
}
