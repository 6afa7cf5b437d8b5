/* client_inside.h - what a client is made of. Private to tool/: client.c and
 * client_stream.c. */
#ifndef TOOL_CLIENT_INSIDE_H
#define TOOL_CLIENT_INSIDE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "tool/client.h"

struct client {
	struct tool *tool;
	CURL *curl;
	struct curl_slist *headers;
	char *base; /* "http://localhost" over a socket */
	char curl_error[CURL_ERROR_SIZE];
	long timeout_seconds;
};

/* All that is the same for every call; the answer's body goes to answer. */
void client_set_call(struct client *client, const char *method, const char *url,
	struct answer *answer);

/* Fills status and json once the call is over. */
void client_take_answer(struct client *client, struct answer *answer);

/* Says why no answer came. */
enum tool_status client_say_failed(
	struct client *client, CURLcode code, bool is_too_large, const char *path);

#endif
