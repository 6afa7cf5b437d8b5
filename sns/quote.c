/* quote.c - a text from the wire, short and harmless enough for an error message. */
#include "sns/quote.h"

#include <stddef.h>
#include <string.h>

const char *sns_quote(const char *text, char quoted[SNS_QUOTE_SIZE])
{
	static const char more[] = "...";
	const size_t room = SNS_QUOTE_SIZE - sizeof(more);
	size_t i;

	for (i = 0; i < room && text[i] != '\0'; i++)
		quoted[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	if (text[i] == '\0')
		quoted[i] = '\0';
	else
		memcpy(quoted + i, more, sizeof(more));
	return quoted;
}
