/* wrapping.h - SNS messages taken out of what SQS and Lambda put around them. */
#ifndef TOOL_WRAPPING_H
#define TOOL_WRAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

enum wrapping {
	WRAPPING_NONE,	 /* an SNS message as it is, or nothing we know */
	WRAPPING_SQS,	 /* what receive-message prints, or one message of it */
	WRAPPING_LAMBDA, /* an event, or one record of it */
	WRAPPING_LIST,	 /* a JSON array of documents */
};

enum wrapping wrapping_recognise(const struct json *document);

/* "an SQS message", "a Lambda event", …; NULL for NONE. */
const char *wrapping_words(enum wrapping wrapping);

struct wrapping_reader {
	/* One SNS message, as one line of JSON. */
	bool (*message)(void *closure, const char *text, size_t length);
	/* Something that holds none: why. */
	bool (*refused)(void *closure, const char *why);
	void *closure;
};

/*
 * Hands over every SNS message of a document. Lambda's spelling (SigningCertUrl,
 * UnsubscribeUrl, a Subject that is null) is put back to SNS's; an SQS body that is no
 * JSON is refused. A reader's function returns false to stop; then this does too.
 */
bool wrapping_open(const struct json *document, const struct wrapping_reader *reader);

#endif
