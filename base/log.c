/* log.c - one line a fact, on standard error. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

/* A write of at most PIPE_BUF bytes (4096 on Linux) is never mixed with another's. */
#define LINE_SIZE 4096
#define MESSAGE_SIZE 2048
#define CUT_MARK "\xe2\x80\xa6"

static enum log_level verbosity = LOG_LEVEL_INFO;
static bool for_journal;

/* A line under construction. room excludes the cut mark and the line feed. */
struct line {
	char bytes[LINE_SIZE];
	size_t length;
	bool is_cut;
};

#define LINE_ROOM (LINE_SIZE - (sizeof(CUT_MARK) - 1) - 1)

void log_open(enum log_level most_verbose, bool journal)
{
	verbosity = most_verbose;
	for_journal = journal;
}

static void line_add(struct line *line, const char *bytes, size_t length)
{
	if (line->is_cut || length > LINE_ROOM - line->length) {
		line->is_cut = true;
		return;
	}
	memcpy(line->bytes + line->length, bytes, length);
	line->length += length;
}

static void line_add_escaped(struct line *line, const char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char) bytes[i];
		const char escape[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

		line_add(line, escape, sizeof(escape));
	}
}

/* C0, DEL, C1, the line and paragraph separators, and what turns the direction of
 * writing: each can make a reader see another line than was written. */
static bool is_treacherous(const unsigned char *bytes, size_t length)
{
	if (length == 1)
		return bytes[0] < 0x20 || bytes[0] == 0x7f;
	if (length == 2)
		return bytes[0] == 0xc2 && bytes[1] < 0xa0;
	if (length == 3 && bytes[0] == 0xe2 && bytes[1] == 0x80)
		return bytes[2] >= 0xa8 && bytes[2] <= 0xae;
	if (length == 3 && bytes[0] == 0xe2 && bytes[1] == 0x81)
		return bytes[2] >= 0xa6 && bytes[2] <= 0xa9;
	return false;
}

static void line_add_message(struct line *line, const char *message, size_t length)
{
	while (length > 0) {
		size_t sequence = utf8_sequence(message, length);

		if (sequence == 0) {
			sequence = 1;
			line_add_escaped(line, message, 1);
		} else if (is_treacherous((const unsigned char *) message, sequence)) {
			line_add_escaped(line, message, sequence);
		} else {
			line_add(line, message, sequence);
		}
		message += sequence;
		length -= sequence;
	}
}

static void line_begin(struct line *line, enum log_level level)
{
	static const char *const priorities[] = {"<3>", "<4>", "<6>", "<7>"};
	static const char *const names[] = {
		" error: ", " warning: ", " info: ", " debug: "};
	char now[UTC_TEXT_SIZE];

	line->length = 0;
	line->is_cut = false;
	if (for_journal) {
		line_add(line, priorities[level], strlen(priorities[level]));
		return;
	}
	utc_format(clock_now(), now);
	line_add(line, now, strlen(now));
	line_add(line, names[level], strlen(names[level]));
}

static void line_write(struct line *line)
{
	ssize_t written;

	if (line->is_cut) {
		memcpy(line->bytes + line->length, CUT_MARK, sizeof(CUT_MARK) - 1);
		line->length += sizeof(CUT_MARK) - 1;
	}
	line->bytes[line->length++] = '\n';
	/* There is nobody to tell if standard error can't be written. */
	do
		written = write(STDERR_FILENO, line->bytes, line->length);
	while (written < 0 && errno == EINTR);
}

static void write_line(enum log_level level, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static void write_line(enum log_level level, const char *format, va_list arguments)
{
	int saved_errno = errno;
	char message[MESSAGE_SIZE];
	struct line line;
	int length;

	if (level > verbosity)
		return;
	line_begin(&line, level);
	errno = saved_errno; /* for %m */
	length = vsnprintf(message, sizeof(message), format, arguments);
	if (length < 0) {
		line_add_message(&line, format, strlen(format));
	} else if ((size_t) length >= sizeof(message)) {
		/* Half a character would be shown as \xHH. */
		line_add_message(
			&line, message, utf8_without_half(message, sizeof(message) - 1));
		line.is_cut = true;
	} else {
		line_add_message(&line, message, (size_t) length);
	}
	line_write(&line);
	errno = saved_errno;
}

#define DEFINE_LOG_FUNCTION(name, level)                                                 \
	void name(const char *format, ...)                                               \
	{                                                                                \
		va_list arguments;                                                       \
                                                                                         \
		va_start(arguments, format);                                             \
		write_line(level, format, arguments);                                    \
		va_end(arguments);                                                       \
	}

DEFINE_LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
DEFINE_LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
DEFINE_LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
DEFINE_LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
