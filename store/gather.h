/* gather.h - writes to SQLite's log, many in one system call. Private to store/. */
#ifndef STORE_GATHER_H
#define STORE_GATHER_H

/*
 * The name of a VFS, for sqlite3_open_v2. SQLite writes each page of its log with two
 * calls, the page's header and the page; what is written one after another is kept here
 * and written at once: before the log is synced, read, measured or cut. Other connections
 * read what the log holds only after it was synced (synchronous = FULL), so that nobody
 * misses anything. Every other file is the default VFS's alone. NULL: could not be
 * registered, which is the default.
 */
const char *gather_vfs(void);

#endif
