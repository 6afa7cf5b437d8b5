/* supervisor.h - what systemd is told and what it hands over. The only home of
 * libsystemd. Without systemd every function is harmless. */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Whether standard error goes to the journal (systemd.exec(5), $JOURNAL_STREAM). */
bool supervisor_keeps_journal(void);

void supervisor_tell_ready(const char *format, ...) __attribute__((format(printf, 1, 2)));
void supervisor_tell_reloading(void);
void supervisor_tell_stopping(void);

/* How often the watchdog wants to hear that we are well: half of WatchdogSec=, in
 * milliseconds. 0: it doesn't. */
int64_t supervisor_watchdog_ms(void);
void supervisor_tell_well(void);

/* A socket that systemd listens on for us. */
struct supervisor_socket {
	int fd;	    /* the caller's; close-on-exec */
	char *name; /* FileDescriptorName= */
};

/* All of them, once: a second call finds none. The array is freed with
 * supervisor_free_sockets, which closes nothing. False if they can't be taken. */
bool supervisor_take_sockets(
	struct supervisor_socket **sockets, size_t *count, struct error *error);
void supervisor_free_sockets(struct supervisor_socket *sockets, size_t count);

#endif
