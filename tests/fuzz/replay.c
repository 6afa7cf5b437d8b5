/* replay.c - without libFuzzer: runs every file of the folders given through a fuzz
 * target, so that what a fuzzer once found stays a test. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"

#define PATH_SIZE 4096
#define FILE_SIZE_MAX ((size_t) 8 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static bool complain(const char *path)
{
	fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	return false;
}

static bool file_read(const char *path, struct buffer *bytes)
{
	char part[16384];
	size_t length;
	bool is_read;
	FILE *file = fopen(path, "rb");

	if (!file)
		return complain(path);
	while ((length = fread(part, 1, sizeof(part), file)) > 0)
		buffer_append(bytes, part, length);
	is_read = !ferror(file) && !bytes->failed;
	fclose(file);
	return is_read || complain(path);
}

static bool file_replay(const char *path)
{
	struct buffer bytes;
	bool is_read;
	uint8_t *exact;

	buffer_init(&bytes, FILE_SIZE_MAX);
	is_read = file_read(path, &bytes);
	if (is_read) {
		/* No NUL behind it: a sanitizer then sees a target that reads too far. */
		exact = malloc(bytes.length ? bytes.length : 1);
		if (!exact)
			abort();
		if (bytes.length)
			memcpy(exact, bytes.bytes, bytes.length);
		LLVMFuzzerTestOneInput(exact, bytes.length);
		free(exact);
	}
	buffer_finish(&bytes);
	return is_read;
}

static bool folder_replay(const char *folder, size_t *count)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	bool all_read = true;

	if (!directory)
		return complain(folder);
	while ((entry = readdir(directory))) {
		char path[PATH_SIZE];
		struct stat status;

		if (snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >=
			(int) sizeof(path)) {
			errno = ENAMETOOLONG;
			all_read = complain(folder);
			continue;
		}
		if (stat(path, &status) != 0) {
			all_read = complain(path);
			continue;
		}
		if (!S_ISREG(status.st_mode))
			continue;
		if (file_replay(path))
			++*count;
		else
			all_read = false;
	}
	closedir(directory);
	return all_read;
}

int main(int argc, char **argv)
{
	bool all_read = true;
	size_t count = 0;

	for (int i = 1; i < argc; i++) {
		if (!folder_replay(argv[i], &count))
			all_read = false;
	}
	printf("replay: %zu files\n", count);
	return all_read && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
