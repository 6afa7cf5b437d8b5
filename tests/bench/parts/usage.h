/* usage.h - what processes have used so far, as /proc tells it. Private to tests/bench/.
 */
#ifndef BENCH_USAGE_H
#define BENCH_USAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct usage {
	int64_t cpu_us;	       /* user and system, to 10 ms */
	int64_t written_bytes; /* handed to the disk */
	int64_t resident_kib;
};

/* All of them added up. Dies if one is gone or can't be looked at. */
struct usage usage_of(const pid_t *pids, size_t count);

/* written_bytes of one process. */
int64_t usage_written(pid_t pid);

/* Waits until they have next to nothing to do, at most a few seconds: what one run has
 * left to do would be counted as the next one's. */
void usage_settle(const pid_t *pids, size_t count);

#endif
