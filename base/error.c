/* error.c - what went wrong, in words a person can act on. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

bool error_set(struct error *error, const char *format, ...)
{
	/* Apart from error, so that error->text may be one of the arguments. */
	char text[sizeof(error->text)];
	va_list arguments;
	int length;

	if (!error)
		return false;
	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (length < 0)
		text[0] = '\0';
	else if ((size_t) length >= sizeof(text))
		text[utf8_without_half(text, sizeof(text) - 1)] = '\0';
	memcpy(error->text, text, sizeof(error->text));
	return false;
}

bool error_prefix(struct error *error, const char *format, ...)
{
	char prefix[sizeof(error->text)];
	va_list arguments;
	int length;

	if (!error)
		return false;
	va_start(arguments, format);
	length = vsnprintf(prefix, sizeof(prefix), format, arguments);
	va_end(arguments);
	if (length < 0)
		return false;
	return error_set(error, "%s: %s", prefix, error->text);
}
