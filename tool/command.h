/* command.h - the commands: what each is called, takes, explains and does. */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include <stddef.h>

#include "tool/options.h"
#include "tool/tool.h"

struct command {
	const char *name;	 /* one word or two */
	const char *arguments;	 /* for the help: "ADDRESS..."; "" none */
	const char *summary;	 /* one line of the overview */
	const char *description; /* of the command's own help; ends with a newline */
	const char *examples;	 /* lines of commands with a word on each */
	const struct option *options;
	size_t words_least, words_most; /* how many arguments it takes */
	enum tool_status (*run)(struct tool *tool, const struct options *options);
};

#define COMMAND_WORDS_ANY ((size_t) -1)

extern const struct command command_preflight, command_brake, command_resume,
	command_why_rate, command_fresh_start;
extern const struct command command_status, command_rates, command_suppression_check,
	command_suppression_list, command_suppression_show, command_suppression_add,
	command_suppression_remove, command_suppression_never, command_suppression_import,
	command_suppression_export, command_why, command_incident, command_report,
	command_events, command_policy_diff, command_policy_apply, command_forget,
	command_alerts, command_alerts_show, command_alerts_silence, command_alerts_test,
	command_topics, command_topics_confirm, command_verify, command_replay,
	command_simulate;

/* All of them in the order of the help; ends with NULL. */
extern const struct command *const commands[];

/* Options that every command takes. */
extern const struct option command_global_options[];

/* Runs the command that the arguments (without the program's name) name. */
enum tool_status command_run(struct tool *tool, char *const *arguments, size_t count);

#endif
