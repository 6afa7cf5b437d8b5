/* parsing.h - bodies parsed, with what must hold for each of them. */
#ifndef TESTS_SNS_PARSING_H
#define TESTS_SNS_PARSING_H

#include "tests/sns/sample.h"

static inline void assert_zeroed(const struct sns_message *message)
{
	static const struct sns_message nothing;

	assert_memory_equal(message, &nothing, sizeof(nothing));
}

static inline enum sns_shape parse_bytes(
	const char *body, size_t length, struct error *error)
{
	/* A copy without a NUL behind it, so that a sanitizer sees reading too far. */
	char *bytes = malloc(length ? length : 1);
	struct sns_message message;
	enum sns_shape shape;

	assert_non_null(bytes);
	memcpy(bytes, body, length);
	error->text[0] = '\0';
	shape = sns_message_parse(bytes, length, &message, error);
	if (shape != SNS_WELL_FORMED) {
		assert_zeroed(&message);
		assert_string_not_equal(error->text, "");
	}
	sns_message_finish(&message);
	assert_zeroed(&message);
	free(bytes);
	return shape;
}

static inline enum sns_shape parse(const char *body, struct error *error)
{
	return parse_bytes(body, strlen(body), error);
}

#endif
