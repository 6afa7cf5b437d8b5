/* die.c - how a program of the bench ends when it can't go on. */
#include "tests/bench/parts/die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void die(const char *format, ...)
{
	va_list values;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fputc('\n', stderr);
	exit(1);
}

long count_or_die(const char *text, const char *what)
{
	char *end;
	long count;

	errno = 0;
	count = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || count < 1)
		die("%s: \"%s\" is no whole number above 0", what, text);
	return count;
}
