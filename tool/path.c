/* path.c - the path and query of a call, percent-encoded. */
#include "tool/path.h"

#include <string.h>

void path_encode(struct buffer *path, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL)
			buffer_append(path, text, 1);
		else
			buffer_format(path, "%%%02X", (unsigned char) *text);
	}
}

void path_query(struct buffer *path, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buffer_append_text(path,
		path->bytes != NULL && strchr(path->bytes, '?') != NULL ? "&" : "?");
	buffer_append_text(path, name);
	buffer_append_text(path, "=");
	path_encode(path, value);
}
