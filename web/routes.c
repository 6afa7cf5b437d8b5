/* routes.c - looks up which handler a path and method lead to. */
#include "web/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum match { MATCH_NONE, MATCH_EXACT, MATCH_SEGMENT };

/* segment and its length are what the pattern's * stood for. */
static enum match match_path(
	const char *pattern, const char *path, const char **segment, size_t *length)
{
	const char *star = strchr(pattern, '*');
	size_t before;

	if (star == NULL)
		return strcmp(pattern, path) == 0 ? MATCH_EXACT : MATCH_NONE;
	before = (size_t) (star - pattern);
	if (strncmp(pattern, path, before) != 0)
		return MATCH_NONE;
	*segment = path + before;
	*length = strcspn(*segment, "/");
	if (*length == 0 || strcmp(star + 1, *segment + *length) != 0)
		return MATCH_NONE;
	return MATCH_SEGMENT;
}

static void allow_method(char allow[ROUTE_ALLOW_SIZE], const char *method)
{
	size_t used = strlen(allow);
	const char *name = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;

	if (strstr(allow, name) == NULL)
		snprintf(allow + used, ROUTE_ALLOW_SIZE - used, "%s%s",
			used > 0 ? ", " : "", name);
}

static enum route_search decode_segment(
	const char *segment, size_t length, char **argument)
{
	char *decoded = text_copy(segment, length);
	size_t decoded_length;

	if (decoded == NULL)
		return ROUTE_NO_MEMORY;
	if (!percent_decode(segment, length, decoded, &decoded_length) ||
		!utf8_is_valid(decoded, decoded_length)) {
		free(decoded);
		return ROUTE_BAD_PATH;
	}
	*argument = decoded;
	return ROUTE_FOUND;
}

/* What the path takes, for whoever used another method. */
static enum route_search list_methods(
	const struct route *table, const char *path, char allow[ROUTE_ALLOW_SIZE])
{
	bool path_is_known = false;
	const char *segment;
	size_t length;

	for (const struct route *route = table; route->method != NULL; route++) {
		if (match_path(route->path, path, &segment, &length) == MATCH_NONE)
			continue;
		path_is_known = true;
		allow_method(allow, route->method);
	}
	return path_is_known ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}

enum route_search route_find(const struct route *table, const char *method,
	const char *path, const struct route **found, char **argument,
	char allow[ROUTE_ALLOW_SIZE])
{
	const struct route *best = NULL;
	const char *segment = NULL, *best_segment = NULL;
	size_t length = 0, best_length = 0;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	*argument = NULL;
	allow[0] = '\0';
	for (const struct route *route = table; route->method != NULL; route++) {
		enum match match;

		if (strcmp(route->method, method) != 0)
			continue;
		match = match_path(route->path, path, &segment, &length);
		if (match == MATCH_NONE || (best != NULL && match != MATCH_EXACT))
			continue;
		best = route;
		best_segment = match == MATCH_SEGMENT ? segment : NULL;
		best_length = length;
		if (match == MATCH_EXACT)
			break;
	}
	if (best == NULL)
		return list_methods(table, path, allow);
	*found = best;
	if (best_segment == NULL)
		return ROUTE_FOUND;
	return decode_segment(best_segment, best_length, argument);
}
