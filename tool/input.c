/* input.c - files and standard input, read whole or line by line, within bounds. */
#include "tool/input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

FILE *input_open(const char *path, struct error *error)
{
	struct stat about;
	FILE *file;

	if (text_equal(path, "-"))
		return stdin;
	file = fopen(path, "re");
	if (file == NULL) {
		error_set(error, "%s", strerror(errno));
		return NULL;
	}
	/* fopen(3) opens a folder, and only reading it fails. */
	if (fstat(fileno(file), &about) == 0 && S_ISDIR(about.st_mode)) {
		error_set(error, "%s", strerror(EISDIR));
		fclose(file);
		return NULL;
	}
	return file;
}

void input_close(FILE *file)
{
	if (file != NULL && file != stdin)
		fclose(file);
}

const char *input_name(const char *path)
{
	return text_equal(path, "-") ? "standard input" : path;
}

bool input_read_file(const char *path, struct buffer *buffer, struct error *error)
{
	FILE *file = input_open(path, error);
	char bytes[16384];
	bool is_read = false;
	size_t count;

	if (file == NULL)
		return false;
	while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0)
		if (!buffer_append(buffer, bytes, count)) {
			error_set(error, "larger than %zu KiB", buffer->limit / 1024);
			goto out;
		}
	is_read = !ferror(file);
	if (!is_read)
		error_set(error, "%s", strerror(errno));
out:
	input_close(file);
	return is_read;
}

bool input_read_line(FILE *file, struct buffer *line)
{
	char bytes[512];
	size_t count = 0;
	bool has_byte = false;
	int byte;

	line->length = 0; /* its room is used again */
	line->failed = false;
	flockfile(file);
	while ((byte = getc_unlocked(file)) != EOF) {
		has_byte = true;
		if (byte == '\n')
			break;
		bytes[count++] = (char) byte;
		if (count == sizeof(bytes)) {
			buffer_append(line, bytes, count);
			count = 0;
		}
	}
	funlockfile(file);
	buffer_append(line, bytes, count);
	if (line->length > 0 && line->bytes[line->length - 1] == '\r')
		line->length--;
	if (line->bytes != NULL)
		line->bytes[line->length] = '\0';
	return has_byte;
}
