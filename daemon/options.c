/* options.c - the command line of the daemon. */
#include "daemon/options.h"

#include <getopt.h>
#include <stddef.h>

#include "daemon/config.h"

const char *options_help(void)
{
	return "usage: ses-feedbackd [-c FILE] [--check-config]\n"
	       "\n"
	       "Receives Amazon SES feedback through SNS over HTTPS and keeps a "
	       "suppression\n"
	       "list and the reputation of each account. Runs in the foreground.\n"
	       "\n"
	       "  -c, --config FILE  the configuration; " CONFIG_FILE_STANDARD "\n"
	       "                     unless given\n"
	       "  --check-config     say what is wrong with the configuration, if "
	       "anything,\n"
	       "                     and end: with 0 if it is fine, with 78 if not\n"
	       "  --print-example    print a configuration with every key and its "
	       "default\n"
	       "  --version          print the version\n"
	       "  --help             print this\n"
	       "\n"
	       "SIGHUP reloads configuration and certificates, SIGTERM drains and ends.\n"
	       "See ses-feedbackd(8), ses-feedbackd.conf(5) and ses-feedback(1).\n";
}

enum { CHECK_CONFIG = 256, PRINT_EXAMPLE, PRINT_MANUAL, PRINT_ALERTS, SHOW_VERSION };

static const struct option known_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"check-config", no_argument, NULL, CHECK_CONFIG},
	{"print-example", no_argument, NULL, PRINT_EXAMPLE},
	{"print-man-keys", no_argument, NULL, PRINT_MANUAL},
	{"print-man-alerts", no_argument, NULL, PRINT_ALERTS},
	{"version", no_argument, NULL, SHOW_VERSION},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

bool options_read(struct options *options, int count, char **words, struct error *error)
{
	struct options read = {.task = OPTIONS_RUN, .file = CONFIG_FILE_STANDARD};
	int option;

	optind = 0; /* glibc: begin anew, so that tests can call this twice */
	opterr = 0;
	while ((option = getopt_long(count, words, ":c:h", known_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			read.file = optarg;
			break;
		case CHECK_CONFIG:
			read.task = OPTIONS_CHECK_CONFIG;
			break;
		case PRINT_EXAMPLE:
			read.task = OPTIONS_PRINT_EXAMPLE;
			break;
		case PRINT_MANUAL:
			read.task = OPTIONS_PRINT_MANUAL;
			break;
		case PRINT_ALERTS:
			read.task = OPTIONS_PRINT_ALERTS;
			break;
		case SHOW_VERSION:
			read.task = OPTIONS_VERSION;
			break;
		case 'h':
			read.task = OPTIONS_HELP;
			break;
		case ':':
			return error_set(
				error, "option %s wants a FILE", words[optind - 1]);
		default:
			return error_set(error, "unknown option %s", words[optind - 1]);
		}
	}
	if (optind < count)
		return error_set(error,
			"there is nothing to say after the options, but '%s' is there",
			words[optind]);
	if (read.file[0] == '\0')
		return error_set(error, "the name of the configuration file is empty");
	*options = read;
	return true;
}
