/* supervisor.c - what systemd is told and what it hands over. */
#include "daemon/supervisor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/clock.h"

bool supervisor_keeps_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM"); /* "DEVICE:INODE", decimal */
	char ours[64];
	struct stat status;

	if (!stream || fstat(STDERR_FILENO, &status) != 0)
		return false;
	snprintf(ours, sizeof(ours), "%llu:%llu", (unsigned long long) status.st_dev,
		(unsigned long long) status.st_ino);
	return strcmp(stream, ours) == 0;
}

void supervisor_tell_ready(const char *format, ...)
{
	char status[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(status, sizeof(status), format, arguments);
	va_end(arguments);
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void supervisor_tell_reloading(void)
{
	/* MONOTONIC_USEC is for Type=notify-reload of systemd 253 and later. */
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=Reloading",
		(long long) clock_monotonic_ms() * 1000);
}

void supervisor_tell_stopping(void)
{
	/* The last sign of life too: draining may take longer than the watchdog waits. */
	sd_notify(0, "STOPPING=1\nWATCHDOG=1\nSTATUS=Draining");
}

int64_t supervisor_watchdog_ms(void)
{
	uint64_t watchdog_us;

	if (sd_watchdog_enabled(0, &watchdog_us) <= 0)
		return 0;
	return watchdog_us < 2000 ? 1 : (int64_t) (watchdog_us / 2000);
}

void supervisor_tell_well(void)
{
	sd_notify(0, "WATCHDOG=1");
}

bool supervisor_take_sockets(
	struct supervisor_socket **sockets, size_t *count, struct error *error)
{
	struct supervisor_socket *list;
	char **names = NULL;
	int found = sd_listen_fds_with_names(1, &names);

	if (found < 0)
		return error_set(error, "sockets from systemd: %s", strerror(-found));
	list = calloc((size_t) found + 1, sizeof(*list));
	for (int i = 0; i < found; i++) {
		if (list)
			list[i] = (struct supervisor_socket){
				.fd = SD_LISTEN_FDS_START + i, .name = names[i]};
		else
			free(names[i]);
	}
	free(names);
	if (!list)
		return error_set(error, "sockets from systemd: out of memory");
	*sockets = list;
	*count = (size_t) found;
	return true;
}

void supervisor_free_sockets(struct supervisor_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(sockets[i].name);
	free(sockets);
}
