/* client.h - calls to the daemon's admin door, and their failures in words. */
#ifndef TOOL_CLIENT_H
#define TOOL_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/json.h"
#include "tool/tool.h"

#define CLIENT_ANSWER_LIMIT ((size_t) 64 * 1024 * 1024)
#define CLIENT_TIMEOUT_SECONDS 60L

struct client;

/* What came back; emptied by answer_finish, which takes a zeroed one too. */
struct answer {
	long status;	    /* 0: none came */
	struct buffer body; /* NUL behind it */
	struct json *json;  /* the body, where it says that it is JSON; else NULL */
};
void answer_finish(struct answer *answer);

/* By --socket, or --url and --token-file. TOOL_DONE, or what is wrong was said. The
 * client borrows tool. */
enum tool_status client_open(struct tool *tool, struct client **client);
void client_close(struct client *client); /* takes NULL */

/* For calls that may take long; CLIENT_TIMEOUT_SECONDS else. */
void client_set_timeout(struct client *client, long seconds);

/*
 * Makes one call; body NULL is none, else JSON (NDJSON for /v1/replay). TOOL_DONE if an
 * answer came, whatever its status; else TOOL_UNREACHABLE, and it was said what was tried
 * and what to look at.
 */
enum tool_status client_ask(struct client *client, const char *method, const char *path,
	const char *body, size_t length, struct answer *answer);

/* Says in words why an answer of 400 and above refuses, and gives the exit status: a
 * wrong argument is TOOL_USAGE, everything else TOOL_UNREACHABLE. */
enum tool_status client_refused(struct client *client, const struct answer *answer);

/* client_ask, and client_refused; TOOL_DONE only with a JSON document in answer, or
 * 204. */
enum tool_status client_call(struct client *client, const char *method, const char *path,
	const char *body, size_t length, struct answer *answer);

/* The same, for what may not be there: 404 is the answer no, for which unknown is said,
 * and TOOL_NO. */
enum tool_status client_find(struct client *client, const char *method, const char *path,
	const char *unknown, struct answer *answer);

/*
 * Streams, for lists of any length in constant memory. client_upload sends a file as the
 * body of a POST as it is read: length bytes, or to its end where length is -1.
 * client_download writes the answer to out as it comes; client_exchange does both. All
 * say what went wrong; TOOL_DONE as client_call gives it (what goes to out is no JSON
 * document).
 */
struct progress;
enum tool_status client_upload(struct client *client, const char *path, FILE *file,
	int64_t length, struct progress *progress, struct answer *answer);
enum tool_status client_exchange(struct client *client, const char *path, FILE *file,
	int64_t length, FILE *out, struct progress *progress);
enum tool_status client_download(
	struct client *client, const char *path, FILE *out, struct progress *progress);

/* client_call of GET. */
enum tool_status client_get(
	struct client *client, const char *path, struct answer *answer);

#endif
