/* times.c - clocks in nanoseconds, and what many durations look like. */
#include "tests/bench/parts/times.h"

#include <stdlib.h>
#include <time.h>

static int64_t read_clock(clockid_t which)
{
	struct timespec time;

	clock_gettime(which, &time);
	return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t clock_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t thread_cpu_ns(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t process_cpu_ns(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static int compare_times(const void *one, const void *other)
{
	const int64_t *a = one, *b = other;

	return *a < *b ? -1 : *a > *b;
}

void times_sort(int64_t *times, size_t count)
{
	qsort(times, count, sizeof(*times), compare_times);
}

int64_t times_at(const int64_t *sorted, size_t count, unsigned percent)
{
	size_t place = count * percent / 100;

	if (count == 0)
		return 0;
	return sorted[place < count ? place : count - 1];
}
