/* tool.h - what every command is given: how to reach the daemon and where to print. */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include <stdbool.h>
#include <stdio.h>

#define TOOL_SOCKET "/run/ses-feedbackd/admin.sock"
#define TOOL_CERTIFICATES "/var/lib/ses-feedbackd/certificates"

/* Exit statuses; where several apply the highest is right. */
enum tool_status {
	TOOL_DONE = 0,
	TOOL_NO = 1,	      /* the answer to what was asked is no */
	TOOL_USAGE = 2,	      /* used wrongly */
	TOOL_UNREACHABLE = 3, /* the daemon can't be reached, or refused */
};

struct tool {
	const char *socket_path; /* NULL: TOOL_SOCKET */
	const char *url;	 /* NULL: the socket */
	const char *token_file;	 /* NULL: no token */
	bool is_json;
	bool is_terminal; /* out is one */
	bool has_colour;
	bool is_cut; /* something was not printed for want of memory: never a success */
	FILE *out;
	FILE *err;
};

/* Says "ses-feedback: …" on err, with control characters escaped, and returns status. */
enum tool_status tool_fail(struct tool *tool, enum tool_status status, const char *format,
	...) __attribute__((format(printf, 3, 4)));

/* The higher of two. */
enum tool_status tool_worse(enum tool_status one, enum tool_status other);

#endif
