/* times.h - clocks in nanoseconds, and what many durations look like. Private to
 * tests/bench/. */
#ifndef BENCH_TIMES_H
#define BENCH_TIMES_H

#include <stddef.h>
#include <stdint.h>

/* Never steps; its zero means nothing. */
int64_t clock_ns(void);

/* Processor time of the calling thread, and of the process. */
int64_t thread_cpu_ns(void);
int64_t process_cpu_ns(void);

/* In rising order, as times_at wants them. */
void times_sort(int64_t *times, size_t count);

/* The duration that so many percent do not exceed; 0 if there are none. */
int64_t times_at(const int64_t *sorted, size_t count, unsigned percent);

#endif
