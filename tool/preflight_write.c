/* preflight_write.c - the addresses of the slices, each slice in a file of its own. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tool/input.h"
#include "tool/preflight.h"
#include "tool/words.h"

#define LINE_MAX_BYTES ((size_t) 64 << 10)
#define PATH_SIZE 4096

struct writing {
	struct tool *tool;
	const char *folder;
	FILE *file;    /* of slice; NULL none yet */
	int64_t slice; /* the last one that was begun; 0 none */
	int64_t written;
	enum tool_status status; /* of what went wrong */
};

static bool name_file(const struct writing *writing, int64_t slice, char path[PATH_SIZE])
{
	int length = snprintf(
		path, PATH_SIZE, "%s/slice-%lld.txt", writing->folder, (long long) slice);

	return length > 0 && length < PATH_SIZE;
}

/* Addresses are personal data: for the owner's eyes. */
static bool open_slice(struct writing *writing, int64_t slice)
{
	char path[PATH_SIZE];
	int descriptor;

	if (!name_file(writing, slice, path)) {
		writing->status = tool_fail(
			writing->tool, TOOL_USAGE, "%s: too long", writing->folder);
		return false;
	}
	descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	writing->file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
	if (writing->file != NULL) {
		writing->slice = slice;
		return true;
	}
	writing->status = tool_fail(writing->tool, TOOL_USAGE, "%s: %s", path,
		errno == EEXIST ? "is there already, and is not written over"
				: strerror(errno));
	if (descriptor >= 0)
		close(descriptor);
	return false;
}

static bool close_slice(struct writing *writing)
{
	bool is_whole = writing->file == NULL || fflush(writing->file) == 0;

	if (writing->file != NULL && fclose(writing->file) != 0)
		is_whole = false;
	writing->file = NULL;
	if (!is_whole)
		writing->status = tool_fail(writing->tool, TOOL_UNREACHABLE,
			"%s/slice-%lld.txt: %s", writing->folder,
			(long long) writing->slice, strerror(errno));
	return is_whole;
}

/* Slices come one after another. */
static bool is_next(const struct writing *writing, int64_t slice)
{
	return slice == writing->slice + 1 || (slice == writing->slice && slice > 0);
}

static bool write_line(struct writing *writing, const struct json *row)
{
	const struct json *first = json_first(row);
	const char *address = json_as_text(json_next(first));
	double slice;

	if (address == NULL || !json_as_number(first, &slice) ||
		!is_next(writing, (int64_t) slice) || strpbrk(address, "\r\n") != NULL) {
		writing->status = tool_fail(writing->tool, TOOL_UNREACHABLE,
			"a line of the daemon's answer is not understood");
		return false;
	}
	if ((writing->file == NULL || (int64_t) slice != writing->slice) &&
		(!close_slice(writing) || !open_slice(writing, (int64_t) slice)))
		return false;
	writing->written++;
	if (fprintf(writing->file, "%s\n", address) > 0)
		return true;
	writing->status =
		tool_fail(writing->tool, TOOL_UNREACHABLE, "%s/slice-%lld.txt: %s",
			writing->folder, (long long) writing->slice, strerror(errno));
	return false;
}

static bool write_lines(struct writing *writing, FILE *file)
{
	bool goes_on = true;
	struct buffer line;

	buffer_init(&line, LINE_MAX_BYTES);
	while (goes_on && input_read_line(file, &line)) {
		struct json *row = line.failed ? NULL
					       : json_parse(line.bytes, line.length,
							 JSON_REPAIR, NULL);

		goes_on = write_line(writing, row);
		json_free(row);
	}
	buffer_finish(&line);
	return close_slice(writing) && goes_on;
}

static int64_t expected_lines(const struct json *answer)
{
	const struct json *slices = json_member(answer, "slices");
	int64_t sum = 0;

	for (const struct json *slice = json_first(slices); slice != NULL;
		slice = json_next(slice))
		sum += words_member_integer(slice, "addresses");
	return sum;
}

/* Those that this run has made: from the first on, for they come in order. */
static void remove_slices(const struct writing *writing)
{
	char path[PATH_SIZE];

	for (int64_t slice = 1; slice <= writing->slice; slice++)
		if (name_file(writing, slice, path))
			unlink(path);
}

enum tool_status preflight_write_slices(
	struct tool *tool, FILE *file, const struct json *answer, const char *folder)
{
	struct writing writing = {.tool = tool, .folder = folder};
	bool is_whole;

	is_whole = write_lines(&writing, file);
	if (is_whole && writing.written != expected_lines(answer)) {
		writing.status = tool_fail(tool, TOOL_UNREACHABLE,
			"the daemon's answer has not all addresses of the slices");
		is_whole = false;
	}
	if (is_whole)
		return TOOL_DONE;
	remove_slices(&writing);
	return writing.status;
}
