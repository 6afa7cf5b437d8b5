/* options.h - what load is told to do. Private to tests/bench/. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PIDS_MAX 64

struct options {
	bool is_tls;
	char host[256], port[8];
	const char *path;    /* begins with a slash */
	const char *ca_file; /* NULL: the system's */
	const char *key_file, *certificate_url, *topic;
	pid_t pids[PIDS_MAX];
	size_t pid_count;
	size_t messages, connections;
	bool is_new_connections, is_repeat;
	uint32_t domains;
	uint64_t seed; /* of kinds and recipients; 0: others in each run */
};

/* Dies (with 2, and how it is used, on a wrong word). Texts are the arguments'. */
void options_read(struct options *options, int count, char **words);

#endif
