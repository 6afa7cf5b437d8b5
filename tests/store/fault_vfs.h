/* fault_vfs.h - a SQLite VFS that passes everything on, and fails writes and syncs when
 * told to. */
#ifndef TESTS_STORE_FAULT_VFS_H
#define TESTS_STORE_FAULT_VFS_H

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include <sqlite3.h>

enum fault { FAULT_NONE, FAULT_FULL, FAULT_WRITE, FAULT_SYNC };

/* Fails what the fault says after so many more successes, so many times. */
static _Atomic int fault_kind, fault_after, fault_times;
static _Atomic int fault_hits, fault_writes, fault_syncs;

static void fault_set(enum fault kind, int after, int times)
{
	fault_kind = FAULT_NONE;
	fault_after = after;
	fault_times = times;
	fault_hits = 0;
	fault_kind = (int) kind;
}

static int fault_strikes(void)
{
	if (fault_after > 0) {
		fault_after--;
		return 0;
	}
	if (fault_times == 0)
		return 0;
	fault_times--;
	fault_hits++;
	return 1;
}

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct, in the same allocation */
};

static sqlite3_file *fault_real(sqlite3_file *file)
{
	return ((struct fault_file *) file)->real;
}

#define PASS_ON(name, parameters, arguments)                                             \
	static int fault_##name parameters                                               \
	{                                                                                \
		sqlite3_file *real = fault_real(file);                                   \
                                                                                         \
		return real->pMethods->name arguments;                                   \
	}

PASS_ON(xClose, (sqlite3_file * file), (real))
PASS_ON(xRead, (sqlite3_file * file, void *bytes, int count, sqlite3_int64 offset),
	(real, bytes, count, offset))
PASS_ON(xTruncate, (sqlite3_file * file, sqlite3_int64 size), (real, size))
PASS_ON(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (real, size))
PASS_ON(xLock, (sqlite3_file * file, int level), (real, level))
PASS_ON(xUnlock, (sqlite3_file * file, int level), (real, level))
PASS_ON(xCheckReservedLock, (sqlite3_file * file, int *answer), (real, answer))
PASS_ON(xFileControl, (sqlite3_file * file, int op, void *argument), (real, op, argument))
PASS_ON(xSectorSize, (sqlite3_file * file), (real))
PASS_ON(xDeviceCharacteristics, (sqlite3_file * file), (real))
PASS_ON(xShmMap,
	(sqlite3_file * file, int page, int size, int extend, void volatile **memory),
	(real, page, size, extend, memory))
PASS_ON(xShmLock, (sqlite3_file * file, int offset, int count, int flags),
	(real, offset, count, flags))
PASS_ON(xShmUnmap, (sqlite3_file * file, int deletes), (real, deletes))
PASS_ON(xFetch, (sqlite3_file * file, sqlite3_int64 offset, int count, void **bytes),
	(real, offset, count, bytes))
PASS_ON(xUnfetch, (sqlite3_file * file, sqlite3_int64 offset, void *bytes),
	(real, offset, bytes))

static void fault_xShmBarrier(sqlite3_file *file)
{
	sqlite3_file *real = fault_real(file);

	real->pMethods->xShmBarrier(real);
}

static int fault_xWrite(
	sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
	sqlite3_file *real = fault_real(file);
	int kind = fault_kind;

	fault_writes++;
	if ((kind == FAULT_FULL || kind == FAULT_WRITE) && fault_strikes())
		return kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	return real->pMethods->xWrite(real, bytes, count, offset);
}

static int fault_xSync(sqlite3_file *file, int flags)
{
	sqlite3_file *real = fault_real(file);

	fault_syncs++;
	if (fault_kind == FAULT_SYNC && fault_strikes())
		return SQLITE_IOERR_FSYNC;
	return real->pMethods->xSync(real, flags);
}

static const sqlite3_io_methods fault_methods = {
	.iVersion = 3,
	.xClose = fault_xClose,
	.xRead = fault_xRead,
	.xWrite = fault_xWrite,
	.xTruncate = fault_xTruncate,
	.xSync = fault_xSync,
	.xFileSize = fault_xFileSize,
	.xLock = fault_xLock,
	.xUnlock = fault_xUnlock,
	.xCheckReservedLock = fault_xCheckReservedLock,
	.xFileControl = fault_xFileControl,
	.xSectorSize = fault_xSectorSize,
	.xDeviceCharacteristics = fault_xDeviceCharacteristics,
	.xShmMap = fault_xShmMap,
	.xShmLock = fault_xShmLock,
	.xShmBarrier = fault_xShmBarrier,
	.xShmUnmap = fault_xShmUnmap,
	.xFetch = fault_xFetch,
	.xUnfetch = fault_xUnfetch,
};

static sqlite3_vfs *fault_under;
static sqlite3_vfs fault_vfs;

static int fault_xOpen(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct fault_file *fault = (struct fault_file *) file;
	int code;

	(void) vfs;
	fault->real = (sqlite3_file *) (fault + 1);
	code = fault_under->xOpen(fault_under, name, fault->real, flags, out_flags);
	fault->base.pMethods = fault->real->pMethods != NULL ? &fault_methods : NULL;
	return code;
}

/* Puts the shim in front of the default; before any store is opened. */
static void fault_install(void)
{
	sqlite3_initialize();
	if (fault_under != NULL)
		return;
	fault_under = sqlite3_vfs_find(NULL);
	fault_vfs = *fault_under;
	fault_vfs.pNext = NULL;
	fault_vfs.zName = "fault";
	fault_vfs.szOsFile = (int) sizeof(struct fault_file) + fault_under->szOsFile;
	fault_vfs.xOpen = fault_xOpen;
	sqlite3_vfs_register(&fault_vfs, 1);
}

#endif
