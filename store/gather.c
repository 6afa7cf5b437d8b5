/* gather.c - writes to SQLite's log, many in one system call. */
#include "store/gather.h"

#include <pthread.h>
#include <string.h>

#include <sqlite3.h>

/* SQLite's Unix VFS writes less than 128 KiB at once, and nothing of more. */
#define BYTES_MAX ((size_t) 120 << 10)

struct gather_file {
	sqlite3_file base;
	sqlite3_file *real; /* of the default VFS; owned */
	char *bytes;	    /* what is not written yet; owned */
	size_t length;
	sqlite3_int64 offset; /* where they belong */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct gather_file *) file)->real;
}

/* What can't be written is gone, as it would be if it had been written at once. */
static int write_out(sqlite3_file *file)
{
	struct gather_file *gather = (struct gather_file *) file;
	size_t length = gather->length;

	gather->length = 0;
	if (length == 0)
		return SQLITE_OK;
	return gather->real->pMethods->xWrite(
		gather->real, gather->bytes, (int) length, gather->offset);
}

static int gather_write(
	sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
	struct gather_file *gather = (struct gather_file *) file;
	sqlite3_int64 end = gather->offset + (sqlite3_int64) gather->length;
	int code = SQLITE_OK;

	if (offset != end || gather->length + (size_t) count > BYTES_MAX)
		code = write_out(file);
	if (code != SQLITE_OK)
		return code;
	if ((size_t) count > BYTES_MAX)
		return gather->real->pMethods->xWrite(gather->real, bytes, count, offset);
	if (gather->length == 0)
		gather->offset = offset;
	memcpy(gather->bytes + gather->length, bytes, (size_t) count);
	gather->length += (size_t) count;
	return SQLITE_OK;
}

static void forget(struct gather_file *gather)
{
	sqlite3_free(gather->bytes);
	sqlite3_free(gather->real);
	gather->bytes = NULL;
	gather->real = NULL;
}

static int gather_close(sqlite3_file *file)
{
	struct gather_file *gather = (struct gather_file *) file;
	int code = write_out(file);
	int closed = gather->real->pMethods->xClose(gather->real);

	forget(gather);
	return code != SQLITE_OK ? code : closed;
}

/* Whatever looks at the file sees all that was written. */
#define AFTER_WRITING(name, parameters, arguments)                                       \
	static int gather_##name parameters                                              \
	{                                                                                \
		sqlite3_file *real = real_of(file);                                      \
		int code = write_out(file);                                              \
                                                                                         \
		return code != SQLITE_OK ? code : real->pMethods->name arguments;        \
	}
#define AS_IT_IS(name, parameters, arguments)                                            \
	static int gather_##name parameters                                              \
	{                                                                                \
		sqlite3_file *real = real_of(file);                                      \
                                                                                         \
		return real->pMethods->name arguments;                                   \
	}

AFTER_WRITING(xRead, (sqlite3_file * file, void *bytes, int count, sqlite3_int64 offset),
	(real, bytes, count, offset))
AFTER_WRITING(xTruncate, (sqlite3_file * file, sqlite3_int64 size), (real, size))
AFTER_WRITING(xSync, (sqlite3_file * file, int flags), (real, flags))
AFTER_WRITING(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (real, size))
AFTER_WRITING(xFileControl, (sqlite3_file * file, int operation, void *argument),
	(real, operation, argument))
AS_IT_IS(xLock, (sqlite3_file * file, int level), (real, level))
AS_IT_IS(xUnlock, (sqlite3_file * file, int level), (real, level))
AS_IT_IS(xCheckReservedLock, (sqlite3_file * file, int *answer), (real, answer))
AS_IT_IS(xSectorSize, (sqlite3_file * file), (real))
AS_IT_IS(xDeviceCharacteristics, (sqlite3_file * file), (real))

/* Version 1: a log is neither shared memory nor mapped. */
static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = gather_close,
	.xRead = gather_xRead,
	.xWrite = gather_write,
	.xTruncate = gather_xTruncate,
	.xSync = gather_xSync,
	.xFileSize = gather_xFileSize,
	.xLock = gather_xLock,
	.xUnlock = gather_xUnlock,
	.xCheckReservedLock = gather_xCheckReservedLock,
	.xFileControl = gather_xFileControl,
	.xSectorSize = gather_xSectorSize,
	.xDeviceCharacteristics = gather_xDeviceCharacteristics,
};

/* ---- the VFS ---- */

static int open_log(
	sqlite3_vfs *under, const char *name, sqlite3_file *file, int flags, int *given)
{
	struct gather_file *gather = (struct gather_file *) file;
	int code;

	memset(gather, 0, sizeof(*gather));
	gather->real = sqlite3_malloc64((sqlite3_uint64) under->szOsFile);
	gather->bytes = sqlite3_malloc64(BYTES_MAX);
	if (gather->real == NULL || gather->bytes == NULL) {
		forget(gather);
		return SQLITE_NOMEM;
	}
	memset(gather->real, 0, (size_t) under->szOsFile);
	code = under->xOpen(under, name, gather->real, flags, given);
	/* With methods it is closed, even if opening failed. */
	if (gather->real->pMethods != NULL) {
		gather->base.pMethods = &log_methods;
	} else {
		forget(gather);
	}
	return code;
}

/* The default VFS of the moment: tests bring their own. */
static int gather_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
	sqlite3_vfs *under = sqlite3_vfs_find(NULL);

	(void) vfs;
	if ((flags & SQLITE_OPEN_WAL) != 0)
		return open_log(under, name, file, flags, given);
	return under->xOpen(under, name, file, flags, given);
}

/* Files that are not ours are the default VFS's own, in the memory SQLite gives us. */
#define FILE_BYTES 1024

static sqlite3_vfs gather;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void register_once(void)
{
	const sqlite3_vfs *under = sqlite3_vfs_find(NULL);

	if (under == NULL)
		return;
	gather = *under;
	gather.zName = "ses-gather";
	gather.pNext = NULL;
	gather.szOsFile = FILE_BYTES;
	gather.xOpen = gather_open;
	sqlite3_vfs_register(&gather, 0);
}

const char *gather_vfs(void)
{
	const sqlite3_vfs *under = sqlite3_vfs_find(NULL);

	pthread_once(&once, register_once);
	if (under == NULL || under->szOsFile > FILE_BYTES)
		return NULL;
	return sqlite3_vfs_find("ses-gather") != NULL ? "ses-gather" : NULL;
}
