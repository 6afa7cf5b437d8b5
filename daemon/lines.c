/* lines.c - small text files, a line at a time, with the line's number. */
#include "daemon/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool explain_open(const char *file, int reason, struct error *error)
{
	const struct passwd *user;

	if (reason != EACCES)
		return error_set(error, "%s: %s", file, strerror(reason));
	user = getpwuid(geteuid());
	return error_set(error, "%s: %s, reading as user %s (uid %u)", file,
		strerror(reason), user ? user->pw_name : "without a name",
		(unsigned) geteuid());
}

static bool read_whole(int fd, struct buffer *bytes)
{
	char block[16384];
	ssize_t length;

	for (;;) {
		length = read(fd, block, sizeof(block));
		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return false;
		if (length == 0)
			break;
		if (!buffer_append(bytes, block, (size_t) length)) {
			errno = EFBIG;
			return false;
		}
	}
	explicit_bzero(block, sizeof(block));
	return true;
}

bool lines_open(struct lines *lines, const char *file, struct error *error)
{
	struct stat status;
	bool is_read = false;
	/* Not blocking: a FIFO in the place of a file must not hold us up. */
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*lines = (struct lines){0};
	buffer_init(&lines->bytes, LINES_FILE_MAX);
	if (fd < 0)
		return explain_open(file, errno, error);
	if (fstat(fd, &status) != 0)
		error_set(error, "%s: %s", file, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		error_set(error, "%s: not a regular file", file);
	else if (!read_whole(fd, &lines->bytes))
		error_set(error, "%s: %s", file, strerror(errno));
	else
		is_read = true;
	close(fd);
	if (!is_read) {
		lines_close(lines);
		return false;
	}
	lines->is_world_readable = (status.st_mode & S_IROTH) != 0;
	return true;
}

bool lines_take(struct lines *lines, const char *bytes, size_t length)
{
	*lines = (struct lines){0};
	buffer_init(&lines->bytes, LINES_FILE_MAX);
	return buffer_append(&lines->bytes, bytes, length);
}

void lines_close(struct lines *lines)
{
	if (lines->bytes.bytes)
		explicit_bzero(lines->bytes.bytes, lines->bytes.length);
	buffer_finish(&lines->bytes);
}

char *lines_next(struct lines *lines, size_t *length)
{
	char *line, *end;
	size_t rest;

	if (lines->offset == 0 && text_begins(lines->bytes.bytes, BYTE_ORDER_MARK))
		lines->offset = strlen(BYTE_ORDER_MARK);
	if (lines->offset >= lines->bytes.length)
		return NULL;
	line = lines->bytes.bytes + lines->offset;
	rest = lines->bytes.length - lines->offset;
	end = memchr(line, '\n', rest);
	*length = end ? (size_t) (end - line) : rest;
	lines->offset += *length + (end ? 1 : 0);
	lines->number++;
	if (*length > 0 && line[*length - 1] == '\r')
		--*length;
	line[*length] = '\0'; /* there is the LF, the CR, or the buffer's own NUL */
	return line;
}

const char *lines_flaw(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char) line[i];

		if (byte == '\0')
			return "holds a NUL byte";
		if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
			return "holds a control character";
	}
	return utf8_is_valid(line, length) ? NULL : "is not UTF-8";
}
