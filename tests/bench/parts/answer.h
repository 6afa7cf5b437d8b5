/* answer.h - an answer of HTTP/1.1, as far as it is there. Private to tests/bench/. */
#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

enum answer_state {
	ANSWER_PART,
	ANSWER_WHOLE,
	ANSWER_WRONG, /* no answer to a request, or its end can't be told */
};

struct answer {
	int status;
	bool ends_connection;
	size_t length; /* of the whole answer */
};

/* Looks at all that has come: text of so many bytes, and a NUL after them. Knows
 * Content-Length and chunks. Fills answer when it is whole. */
enum answer_state answer_read(const char *text, size_t length, struct answer *answer);

#endif
