/* answers.c - what the daemon prints instead of running. */
#include "daemon/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "daemon/config.h"
#include "daemon/describe.h"

#define DOCUMENT_MAX ((size_t) 1 << 20)

static int print_text(const char *text)
{
	if (fputs(text, stdout) < 0 || fflush(stdout) != 0) {
		perror("ses-feedbackd: standard output");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

static int print_document(bool (*describe)(struct buffer *text))
{
	struct buffer text;
	int status = EXIT_FAILURE;

	buffer_init(&text, DOCUMENT_MAX);
	if (describe(&text))
		status = print_text(text.bytes);
	else
		fputs("ses-feedbackd: out of memory\n", stderr);
	buffer_finish(&text);
	return status;
}

static void print_list(const char *what, const struct config_texts *texts)
{
	printf("  %s:", what);
	for (size_t i = 0; i < texts->count; i++)
		printf(" %s", texts->items[i]);
	printf("%s\n", texts->count > 0 ? "" : " none");
}

static const char *or_none(const char *text)
{
	return text ? text : "none";
}

static void print_summary(const struct config *config)
{
	printf("%s: fine\n", config->file);
	print_list("feedback door", &config->feedback.listen);
	printf("  certificate: %s\n", or_none(config->feedback.certificate));
	printf("  admin door: %s %s\n", or_none(config->admin.socket),
		or_none(config->admin.listen));
	printf("  tokens: %zu\n", config->rules.token_count);
	print_list("topics", &config->sns.topic);
	printf("  store: %s\n", config->store.path);
}

/* The same judgement that a start makes, but for what only opening a door can show. */
static int check_config(const char *file)
{
	struct report report = {0};
	struct config *config = config_load(file, &report);
	bool is_fine = config && config_check_folders(config, &report);

	report_print(&report);
	report_finish(&report);
	if (is_fine)
		print_summary(config);
	config_release(config);
	if (fflush(stdout) != 0)
		return EXIT_FAILURE;
	return is_fine ? EXIT_SUCCESS : EX_CONFIG;
}

int answers_print(const struct options *options)
{
	switch (options->task) {
	case OPTIONS_CHECK_CONFIG:
		return check_config(options->file);
	case OPTIONS_PRINT_EXAMPLE:
		return print_document(describe_example);
	case OPTIONS_PRINT_ALERTS:
		return print_document(describe_alerts);
	case OPTIONS_PRINT_MANUAL:
		return print_document(describe_manual);
	case OPTIONS_VERSION:
		return print_text("ses-feedbackd " VERSION "\n");
	case OPTIONS_HELP:
		return print_text(options_help());
	case OPTIONS_RUN:
		break;
	}
	return EXIT_FAILURE;
}
