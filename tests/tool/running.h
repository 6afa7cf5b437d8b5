/* running.h - runs the tool inside a test and keeps what it printed. */
#ifndef TESTS_TOOL_RUNNING_H
#define TESTS_TOOL_RUNNING_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tool/command.h"

#define RUN_ARGUMENTS_MAX 24

struct run {
	enum tool_status status;
	char *out, *err; /* freed by run_finish */
	size_t out_length, err_length;
};

/* A tool that prints into memory; closed by run_close. run must stay where it is. */
static inline void run_open(struct tool *tool, struct run *run)
{
	memset(tool, 0, sizeof(*tool));
	memset(run, 0, sizeof(*run));
	tool->out = open_memstream(&run->out, &run->out_length);
	tool->err = open_memstream(&run->err, &run->err_length);
}

static inline void run_close(struct tool *tool)
{
	fclose(tool->out);
	fclose(tool->err);
}

static inline void run_finish(struct run *run)
{
	free(run->out);
	free(run->err);
}

/* The arguments end with NULL. */
static inline void run_tool(struct run *run, const char *first, ...)
{
	char *arguments[RUN_ARGUMENTS_MAX];
	struct tool tool;
	va_list list;
	size_t count = 0;

	va_start(list, first);
	for (const char *text = first; text != NULL && count < RUN_ARGUMENTS_MAX;
		text = va_arg(list, const char *))
		arguments[count++] = strdup(text);
	va_end(list);
	run_open(&tool, run);
	run->status = command_run(&tool, arguments, count);
	run_close(&tool);
	for (size_t i = 0; i < count; i++)
		free(arguments[i]);
}

#endif
