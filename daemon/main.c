/* main.c - the life of the daemon: start in order, wait for signals, stop in reverse. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "daemon/answers.h"
#include "daemon/changes.h"
#include "daemon/config.h"
#include "daemon/doors.h"
#include "daemon/options.h"
#include "daemon/supervisor.h"
#include "daemon/upkeep.h"
#include "daemon/watch.h"
#include "store/store.h"
#include "web/web.h"

#define EXIT_USAGE 2
#define OPEN_FILES_MAX 65536

/* In the order in which it comes to life. */
struct daemon {
	const char *file;
	int signals; /* a signalfd; -1 */
	struct supervisor_socket *sockets;
	size_t socket_count;
	struct config *config; /* the one we started with; ours until the end, for what a
				  SIGHUP can't change */
	struct doors doors;
	struct store *store;
	struct upkeep *upkeep;
	struct web *web;
	struct watch *watch;
	size_t topic_count;  /* of the configuration in use */
	int64_t watchdog_ms; /* how often it wants to hear from us; 0: never */
};

/* Before any thread starts, so that signals reach the signalfd only. */
static bool take_signals(struct daemon *daemon, struct error *error)
{
	sigset_t all, ours;

	sigfillset(&all);
	/* What a fault in our own code raises must not be held back. */
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	sigdelset(&all, SIGSYS);
	sigdelset(&all, SIGTRAP);
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	if (pthread_sigmask(SIG_SETMASK, &all, NULL) == 0)
		daemon->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	return daemon->signals >= 0 || error_set(error, "signals: %s", strerror(errno));
}

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	if (limit.rlim_cur >= OPEN_FILES_MAX)
		return;
	limit.rlim_cur =
		limit.rlim_max < OPEN_FILES_MAX ? limit.rlim_max : OPEN_FILES_MAX;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_warning(
			"limit of open files: %s, keeping the old one", strerror(errno));
}

/* Reads the configuration and logs what is to be said of it. NULL: it is bad. */
static struct config *load_config(const char *file)
{
	struct report report = {0};
	struct config *config = config_load(file, &report);

	if (config && !config_check_folders(config, &report)) {
		config_release(config);
		config = NULL;
	}
	report_log(&report);
	report_finish(&report);
	return config;
}

static bool make_certificate_folder(const char *folder, struct error *error)
{
	if (mkdir(folder, 0755) == 0) {
		/* Past our umask: the certificates are public, and ses-feedback verify
		 * may want to read them. */
		if (chmod(folder, 0755) != 0)
			return error_set(error, "%s: %s", folder, strerror(errno));
		log_info("made the folder %s for signing certificates", folder);
		return true;
	}
	if (errno == EEXIST)
		return true;
	return error_set(error, "folder of certificates %s: %s", folder, strerror(errno));
}

static bool open_store(struct daemon *daemon, struct error *error)
{
	const struct store_settings settings = {
		.path = daemon->config->store.path,
		.keep_events_ms = daemon->config->store.keep_events_ms,
	};

	daemon->store = store_open(&settings, error);
	if (!daemon->store)
		return false;
	daemon->upkeep = upkeep_new(daemon->store, error);
	return daemon->upkeep != NULL;
}

static bool start_web(struct daemon *daemon, struct error *error)
{
	const struct web_settings settings = {
		.listeners = daemon->doors.listeners,
		.listener_count = daemon->doors.count,
		.certificate_folder = daemon->config->sns.certificates,
		.rules = &config_hold(daemon->config)->rules,
		.version = VERSION,
		.still_well = supervisor_tell_well,
		.read_policy = config_read_policy,
	};

	daemon->web = web_start(&settings, daemon->store, error);
	return daemon->web != NULL;
}

static bool start_watch(struct daemon *daemon, struct error *error)
{
	const struct watch_settings settings = {.store_path = daemon->config->store.path};

	daemon->watch = watch_start(&settings, daemon->web, daemon->store, error);
	return daemon->watch != NULL;
}

static void tell_ready(const struct daemon *daemon)
{
	supervisor_tell_ready("Listening on %s%s; %zu %s configured",
		web_listener_address(daemon->web, 0),
		daemon->doors.count > 1 ? " and more" : "", daemon->topic_count,
		daemon->topic_count == 1 ? "topic" : "topics");
}

/* Everything of which a configuration is the cause ends with EX_CONFIG. */
static int start(struct daemon *daemon, struct error *error)
{
	log_info("ses-feedbackd %s begins with %s", VERSION, daemon->file);
	if (!crypto_start()) {
		error_set(error, "OpenSSL gives no SHA-256");
		return EXIT_FAILURE;
	}
	if (!take_signals(daemon, error) ||
		!supervisor_take_sockets(&daemon->sockets, &daemon->socket_count, error))
		return EXIT_FAILURE;
	daemon->config = load_config(daemon->file);
	if (!daemon->config) {
		error_set(error, "the configuration is not fit to start with");
		return EX_CONFIG;
	}
	if (!doors_choose(&daemon->doors, daemon->config, daemon->sockets,
		    daemon->socket_count, error))
		return EX_CONFIG;
	raise_file_limit();
	if (!make_certificate_folder(daemon->config->sns.certificates, error) ||
		!open_store(daemon, error) || !start_web(daemon, error) ||
		!start_watch(daemon, error))
		return EXIT_FAILURE;
	daemon->topic_count = daemon->config->sns.topic.count;
	daemon->watchdog_ms = supervisor_watchdog_ms();
	return EXIT_SUCCESS;
}

/* The new configuration in the place of the old one, or the old one as it was. */
static void reload(struct daemon *daemon)
{
	struct config *config;
	struct error error;

	log_info("SIGHUP: reading %s again", daemon->file);
	supervisor_tell_reloading();
	config = load_config(daemon->file);
	if (!config) {
		log_error("the configuration is not fit to be used, keeping the old one");
		web_note_reload(daemon->web,
			"the configuration has mistakes, which the log names");
	} else {
		/* web_reload takes one owner, we are the other for as long as it lasts.
		 */
		config_hold(config);
		if (web_reload(daemon->web, &config->rules, &error)) {
			changes_log(daemon->config, config);
			daemon->topic_count = config->sns.topic.count;
			web_note_reload(daemon->web, NULL);
			log_info("the new configuration is in use");
		} else {
			log_error("%s, keeping the old configuration", error.text);
			web_note_reload(daemon->web, error.text);
		}
		config_release(config);
	}
	tell_ready(daemon);
}

/* Takes all signals that wait; true once we are to stop. */
static bool obey_signals(struct daemon *daemon)
{
	struct signalfd_siginfo signal;
	bool is_to_reload = false;

	while (read(daemon->signals, &signal, sizeof(signal)) == sizeof(signal)) {
		if (signal.ssi_signo != SIGHUP) {
			log_info("%s: draining",
				signal.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
			return true;
		}
		is_to_reload = true;
	}
	if (is_to_reload)
		reload(daemon);
	return false;
}

/* Whether the watchdog may hear that we are well: every door is served, and the threads
 * of the store and the watcher get on. */
static bool is_well(const struct daemon *daemon, int64_t now_ms)
{
	if (!web_is_alive(daemon->web)) {
		log_error(
			"a door or a thread of it is dead, telling the watchdog nothing");
		return false;
	}
	if (upkeep_is_stuck(daemon->upkeep, now_ms)) {
		log_error("the store doesn't get on, telling the watchdog nothing");
		return false;
	}
	if (!watch_is_alive(daemon->watch, now_ms)) {
		log_error("the watcher doesn't get on, telling the watchdog nothing");
		return false;
	}
	return true;
}

/* From ready to the signal that ends it. */
static void serve(struct daemon *daemon)
{
	struct pollfd waits[] = {
		{.fd = daemon->signals, .events = POLLIN},
		{.fd = upkeep_fd(daemon->upkeep), .events = POLLIN},
	};
	int64_t watchdog_due = 0;

	do {
		int64_t now = clock_monotonic_ms();
		int64_t due = upkeep_tick(daemon->upkeep, now);

		if (daemon->watchdog_ms > 0) {
			if (now >= watchdog_due) {
				if (is_well(daemon, now))
					supervisor_tell_well();
				watchdog_due = now + daemon->watchdog_ms;
			}
			if (watchdog_due < due)
				due = watchdog_due;
		}
		if (poll(waits, 2, due > now ? (int) (due - now) : 0) < 0 &&
			errno != EINTR) {
			log_error("waiting for signals: %s", strerror(errno));
			return;
		}
	} while (!obey_signals(daemon));
}

/* In reverse: the doors drain while the store still writes. Signals that come meanwhile
 * stay blocked: draining is bounded, and nothing is gained by hurry. */
static void stop(struct daemon *daemon)
{
	/* The watcher waits for its call of SES. */
	web_announce_stop(daemon->web);
	/* What hangs may still use the store. What was committed is on the disk. */
	if (!watch_stop(daemon->watch) || !web_stop(daemon->web))
		_exit(EXIT_FAILURE);
	store_close(daemon->store);
	upkeep_free(daemon->upkeep);
	doors_finish(&daemon->doors);
	config_release(daemon->config);
	supervisor_free_sockets(daemon->sockets, daemon->socket_count);
	if (daemon->signals >= 0)
		close(daemon->signals);
}

static int run(const char *file)
{
	struct daemon daemon = {.file = file, .signals = -1};
	struct error error;
	int status;

	log_open(LOG_LEVEL_INFO, supervisor_keeps_journal());
	umask(0077); /* the store and its neighbours hold personal data */
	status = start(&daemon, &error);
	if (status != EXIT_SUCCESS) {
		log_error("%s", error.text);
	} else {
		log_info("ready");
		tell_ready(&daemon);
		serve(&daemon);
		supervisor_tell_stopping();
	}
	stop(&daemon);
	if (status == EXIT_SUCCESS)
		log_info("ended");
	return status;
}

int main(int count, char **words)
{
	struct options options;
	struct error error;

	if (!options_read(&options, count, words, &error)) {
		fprintf(stderr, "ses-feedbackd: %s; see ses-feedbackd --help\n",
			error.text);
		return EXIT_USAGE;
	}
	if (options.task != OPTIONS_RUN)
		return answers_print(&options);
	return run(options.file);
}
