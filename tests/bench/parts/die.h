/* die.h - how a program of the bench ends when it can't go on. Private to tests/bench/.
 */
#ifndef BENCH_DIE_H
#define BENCH_DIE_H

/* Says why on standard error, after the program's name, and ends it with 1. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A whole number of at least 1, or the end. what: how the user calls it. */
long count_or_die(const char *text, const char *what);

#endif
