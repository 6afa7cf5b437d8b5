/* main.c - ses-feedback: the operator's tool. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/text.h"
#include "tool/command.h"
#include "tool/manual.h"

/* https://no-color.org: set to anything but nothing. */
static bool wants_colour(void)
{
	return text_is_empty(getenv("NO_COLOR")) && !text_equal(getenv("TERM"), "dumb");
}

/* What the build asks for, to make the documents. */
static bool prints_document(int count, char **words)
{
	if (count == 2 && text_equal(words[1], "--print-man-commands"))
		manual_print_commands(stdout);
	else if (count == 2 && text_equal(words[1], "--print-completion"))
		manual_print_completion(stdout);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct tool tool = {.out = stdout, .err = stderr};
	enum tool_status status;

	tool.is_terminal = isatty(STDOUT_FILENO) == 1;
	tool.has_colour = tool.is_terminal && wants_colour();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !crypto_start())
		return tool_fail(&tool, TOOL_UNREACHABLE,
			"libcurl or OpenSSL cannot start on this system");
	if (prints_document(argc, argv))
		status = TOOL_DONE;
	else
		status = command_run(&tool, argv + 1, argc < 1 ? 0 : (size_t) argc - 1);
	if (tool.is_cut)
		status = tool_fail(&tool, TOOL_UNREACHABLE,
			"out of memory: the output is not whole");
	/* A full disk behind the redirection is no success. */
	if (fflush(stdout) != 0 || ferror(stdout))
		status = tool_fail(&tool, TOOL_UNREACHABLE, "cannot write the output");
	curl_global_cleanup();
	return (int) status;
}
