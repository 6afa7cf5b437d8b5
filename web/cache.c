/* cache.c - signing certificates in a folder. */
#include "web/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define FILE_MAX 65536

void cache_prepare(const char *folder)
{
	struct stat status;

	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		log_warning("certificates %s: %s, fetched certificates are not kept",
			folder, strerror(errno));
	else if (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode))
		log_warning("certificates %s: is no folder, fetched certificates are not "
			    "kept",
			folder);
}

static bool make_path(char path[PATH_MAX], const char *folder, const char *before,
	const char *name, const char *after)
{
	int length = snprintf(path, PATH_MAX, "%s/%s%s%s", folder, before, name, after);

	return length > 0 && length < PATH_MAX;
}

static bool read_all(int fd, struct buffer *bytes)
{
	char part[4096];
	ssize_t length;

	do {
		length = read(fd, part, sizeof(part));
		if (length > 0 && !buffer_append(bytes, part, (size_t) length)) {
			errno = EFBIG;
			return false;
		}
	} while (length > 0 || (length < 0 && errno == EINTR));
	return length == 0;
}

bool cache_read(const char *folder, const char *name, struct buffer *pem)
{
	char path[PATH_MAX];
	struct buffer bytes;
	int fd;

	if (!make_path(path, folder, "", name, ""))
		return false;
	/* Not to hang where somebody put a FIFO. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		if (errno != ENOENT)
			log_warning("certificate %s: %s", path, strerror(errno));
		return false;
	}
	buffer_init(&bytes, FILE_MAX);
	if (!read_all(fd, &bytes)) {
		log_warning("certificate %s: %s", path, strerror(errno));
		buffer_finish(&bytes);
		close(fd);
		return false;
	}
	close(fd);
	/* An empty file is a file, too: the keyring says what is wrong with it. */
	if (bytes.bytes == NULL)
		buffer_append(&bytes, "", 0);
	*pem = bytes;
	return true;
}

static bool write_all(int fd, const struct buffer *bytes)
{
	size_t written = 0;

	while (written < bytes->length) {
		ssize_t count =
			write(fd, bytes->bytes + written, bytes->length - written);

		if (count < 0 && errno != EINTR)
			return false;
		if (count > 0)
			written += (size_t) count;
	}
	return fchmod(fd, 0644) == 0 && fsync(fd) == 0;
}

void cache_write(const char *folder, const char *name, const struct buffer *pem)
{
	char path[PATH_MAX], part[PATH_MAX];
	bool is_written;
	int fd;

	if (!make_path(path, folder, "", name, "") ||
		!make_path(part, folder, ".", name, ".XXXXXX"))
		return;
	fd = mkostemp(part, O_CLOEXEC);
	if (fd < 0) {
		log_warning("certificate %s: can't be kept: %s", path, strerror(errno));
		return;
	}
	is_written = write_all(fd, pem) && rename(part, path) == 0;
	if (!is_written) {
		log_warning("certificate %s: can't be kept: %s", path, strerror(errno));
		unlink(part);
	}
	close(fd);
}
