/* usage.c - what processes have used so far, as /proc tells it. */
#include "tests/bench/parts/usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/parts/die.h"

#define SETTLE_STEP_NS 200000000
#define SETTLE_STEPS 25
#define IDLE_US 10000 /* one tick in a step is nothing */

#define STAT_FIELDS_BEFORE_UTIME 12 /* after the name in brackets */

/* The name in brackets may hold anything. */
static int64_t cpu_us_of(pid_t pid)
{
	char path[64], text[1024] = "", *field;
	FILE *file;
	int64_t user, system;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long) pid);
	file = fopen(path, "r");
	if (file == NULL || fgets(text, sizeof(text), file) == NULL)
		die("process %ld is gone", (long) pid);
	fclose(file);
	field = strrchr(text, ')');
	for (int i = 0; field != NULL && i < STAT_FIELDS_BEFORE_UTIME; i++)
		field = strchr(field + 1, ' ');
	if (field == NULL)
		die("%s has another shape", path);
	user = strtoll(field, &field, 10);
	system = strtoll(field, NULL, 10);
	return (user + system) * 1000000 / sysconf(_SC_CLK_TCK);
}

/* The number after a name in a file of lines such as "VmRSS:  1234 kB". */
static int64_t number_of(pid_t pid, const char *leaf, const char *name)
{
	char path[64], line[256];
	int64_t number = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long) pid, leaf);
	file = fopen(path, "r");
	if (file == NULL)
		die("%s can't be read", path);
	while (number < 0 && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			number = strtoll(line + strlen(name), NULL, 10);
	fclose(file);
	if (number < 0)
		die("%s tells no %s", path, name);
	return number;
}

int64_t usage_written(pid_t pid)
{
	return number_of(pid, "io", "write_bytes:");
}

struct usage usage_of(const pid_t *pids, size_t count)
{
	struct usage usage = {0};

	for (size_t i = 0; i < count; i++) {
		usage.cpu_us += cpu_us_of(pids[i]);
		usage.written_bytes += usage_written(pids[i]);
		usage.resident_kib += number_of(pids[i], "status", "VmRSS:");
	}
	return usage;
}

void usage_settle(const pid_t *pids, size_t count)
{
	const struct timespec step = {.tv_nsec = SETTLE_STEP_NS};
	int64_t before = usage_of(pids, count).cpu_us;

	for (int i = 0; i < SETTLE_STEPS; i++) {
		int64_t now;

		nanosleep(&step, NULL);
		now = usage_of(pids, count).cpu_us;
		if (now - before <= IDLE_US)
			return;
		before = now;
	}
}
