/* log.h - one line a fact, on standard error. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/*
 * Sets what is written. With journal, each line begins with a priority such as "<4>", as
 * sd-daemon(3) describes, and carries no time of its own; else with an RFC 3339 time and
 * the level. Called once by main before any thread starts.
 */
void log_open(enum log_level most_verbose, bool journal);

/*
 * Write one line, with one write(2). Control characters, DEL and bytes that are not valid
 * UTF-8 are written as \xHH, so bytes from the wire can neither forge a line nor move a
 * cursor. errno is preserved. Safe from any thread.
 */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
