/* options.c - what load is told to do. */
#include "tests/bench/parts/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/parts/die.h"

#define CONNECTIONS_MAX 4096

static const char usage[] =
	"usage: load --url URL [--ca FILE] --key FILE --certificate-url URL --topic ARN\n"
	"            --pid PID[,PID...] --messages N [--connections 64]\n"
	"            [--new-connections] [--repeat] [--domains 5000] [--seed N]\n"
	"Posts N signed notifications, each once, and prints one line of JSON.\n";

enum letter {
	URL = 'u',
	CA = 'a',
	KEY = 'k',
	CERTIFICATE_URL = 'e',
	TOPIC = 't',
	PID = 'p',
	MESSAGES = 'm',
	CONNECTIONS = 'c',
	NEW_CONNECTIONS = 'n',
	REPEAT = 'r',
	DOMAINS = 'd',
	SEED = 's',
};

static const struct option known[] = {
	{"url", required_argument, NULL, URL},
	{"ca", required_argument, NULL, CA},
	{"key", required_argument, NULL, KEY},
	{"certificate-url", required_argument, NULL, CERTIFICATE_URL},
	{"topic", required_argument, NULL, TOPIC},
	{"pid", required_argument, NULL, PID},
	{"messages", required_argument, NULL, MESSAGES},
	{"connections", required_argument, NULL, CONNECTIONS},
	{"new-connections", no_argument, NULL, NEW_CONNECTIONS},
	{"repeat", no_argument, NULL, REPEAT},
	{"domains", required_argument, NULL, DOMAINS},
	{"seed", required_argument, NULL, SEED},
	{NULL, 0, NULL, 0},
};

static void explain_and_end(void)
{
	fputs(usage, stderr);
	exit(2);
}

/* http://host:port/path or https://… */
static void read_url(struct options *options, const char *url)
{
	size_t scheme = strcspn(url, ":"), host, authority;

	options->is_tls = scheme == 5 && strncmp(url, "https", 5) == 0;
	if ((!options->is_tls && (scheme != 4 || strncmp(url, "http", 4) != 0)) ||
		strncmp(url + scheme, "://", 3) != 0)
		die("--url: \"%s\" begins neither with http:// nor with https://", url);
	url += scheme + 3;
	authority = strcspn(url, "/");
	host = strcspn(url, ":/");
	options->path = url[authority] == '/' ? url + authority : "/";
	if (host == 0 || host >= sizeof(options->host))
		die("--url: it names no host");
	snprintf(options->host, sizeof(options->host), "%.*s", (int) host, url);
	if (host == authority)
		snprintf(options->port, sizeof(options->port), "%s",
			options->is_tls ? "443" : "80");
	else
		snprintf(options->port, sizeof(options->port), "%.*s",
			(int) (authority - host - 1), url + host + 1);
}

static void read_pids(struct options *options, char *text)
{
	while (text != NULL) {
		char *comma = strchr(text, ',');

		if (comma != NULL)
			*comma = '\0';
		if (options->pid_count == PIDS_MAX)
			die("--pid: at most %d", PIDS_MAX);
		options->pids[options->pid_count++] = (pid_t) count_or_die(text, "--pid");
		text = comma == NULL ? NULL : comma + 1;
	}
}

static void take(struct options *options, int letter)
{
	switch (letter) {
	case URL:
		read_url(options, optarg);
		break;
	case CA:
		options->ca_file = optarg;
		break;
	case KEY:
		options->key_file = optarg;
		break;
	case CERTIFICATE_URL:
		options->certificate_url = optarg;
		break;
	case TOPIC:
		options->topic = optarg;
		break;
	case PID:
		read_pids(options, optarg);
		break;
	case MESSAGES:
		options->messages = (size_t) count_or_die(optarg, "--messages");
		break;
	case CONNECTIONS:
		options->connections = (size_t) count_or_die(optarg, "--connections");
		break;
	case NEW_CONNECTIONS:
		options->is_new_connections = true;
		break;
	case REPEAT:
		options->is_repeat = true;
		break;
	case DOMAINS:
		options->domains = (uint32_t) count_or_die(optarg, "--domains");
		break;
	case SEED:
		options->seed = strtoull(optarg, NULL, 10);
		break;
	default:
		explain_and_end();
	}
}

void options_read(struct options *options, int count, char **words)
{
	int letter;

	*options = (struct options){.connections = 64, .domains = 5000};
	while ((letter = getopt_long(count, words, "", known, NULL)) != -1)
		take(options, letter);
	if (optind != count || options->path == NULL || options->key_file == NULL ||
		options->certificate_url == NULL || options->topic == NULL ||
		options->pid_count == 0 || options->messages == 0)
		explain_and_end();
	if (options->connections > CONNECTIONS_MAX)
		die("--connections: at most %d", CONNECTIONS_MAX);
}
