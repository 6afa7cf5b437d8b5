/* report.c - the screen that status prints: danger first. */
#include "tool/report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "tool/screen.h"
#include "tool/topics.h"
#include "tool/when.h"
#include "tool/words.h"

#define REFUSALS_SHOWN 3
#define ACCOUNTS_MAX 1000

static void end_line(struct tool *tool)
{
	fputc('\n', tool->out);
}

static void print_heading(struct tool *tool, const char *heading)
{
	fputc('\n', tool->out);
	screen_print(tool, SCREEN_BOLD, "%s", heading);
	end_line(tool);
}

static bool is_development(const struct json *status)
{
	bool development;

	return json_boolean(status, "development", &development) && development;
}

static void print_loud(
	struct tool *tool, const struct json *status, const struct json *store)
{
	bool is_failing;

	if (is_development(status)) {
		screen_print(tool, SCREEN_ALARM,
			" DEVELOPMENT MODE: made-up messages signed by \"ses-feedback "
			"simulate\" are believed ");
		end_line(tool);
		fputs("  -> in production set [sns] development = no and reload\n",
			tool->out);
	}
	if (json_boolean(store, "failing", &is_failing) && is_failing) {
		screen_print(tool, SCREEN_ALARM, " THE STORE FAILS: %s ",
			words_member_text(store, "failure", "unknown why"));
		end_line(tool);
		fputs("  -> nothing can be recorded; SNS is asked to try again, for "
		      "about "
		      "a minute\n",
			tool->out);
	}
}

static void print_alarms(struct tool *tool, const struct json *status, utc_ms now)
{
	const struct json *alarms = json_member(status, "alarms");
	char ago[WHEN_SIZE], times[WORDS_SIZE];

	for (const struct json *alarm = json_first(alarms); alarm != NULL;
		alarm = json_next(alarm)) {
		const char *advice = json_text(alarm, "advice");

		/* Said already, and louder. */
		if (is_development(status) &&
			text_equal(json_text(alarm, "name"), "development"))
			continue;
		screen_print(tool, SCREEN_DANGER, "ALARM %s",
			words_member_text(alarm, "text", "?"));
		screen_print(tool, SCREEN_DIM, "  (%s%s%s, since %s, %s time%s)",
			words_member_text(alarm, "name", "?"),
			text_is_empty(json_text(alarm, "object")) ? "" : " ",
			words_member_text(alarm, "object", ""),
			when_ago(json_text(alarm, "since"), now, ago),
			words_member_count(alarm, "count", times),
			words_member_integer(alarm, "count") == 1 ? "" : "s");
		end_line(tool);
		if (!text_is_empty(advice)) {
			screen_print(tool, SCREEN_PLAIN, "  -> %s", advice);
			end_line(tool);
		}
	}
}

static int compare_accounts(const void *one, const void *other)
{
	const struct json *const *a = one, *const *b = other;

	return words_level_rank(json_text(*b, "level")) -
	       words_level_rank(json_text(*a, "level"));
}

/* The worst first. */
static void print_accounts(struct tool *tool, const struct json *accounts)
{
	const struct json *sorted[ACCOUNTS_MAX];
	size_t count = 0;

	for (const struct json *account = json_first(accounts);
		account != NULL && count < ACCOUNTS_MAX; account = json_next(account))
		sorted[count++] = account;
	if (count == 0)
		return;
	qsort(sorted, count, sizeof(sorted[0]), compare_accounts);
	print_heading(tool, "Accounts");
	for (size_t i = 0; i < count; i++)
		report_account(tool, sorted[i]);
}

static bool is_refusal(const struct json *answer)
{
	return words_member_integer(answer, "status") >= 400;
}

/* "12 signature-wrong (403), …" */
static void print_answer_sums(struct tool *tool, const struct json *status)
{
	const struct json *answers = json_member(status, "answers");
	char words[WORDS_SIZE];
	bool is_first = true;

	for (const struct json *answer = json_first(answers); answer != NULL;
		answer = json_next(answer)) {
		screen_print(tool, is_refusal(answer) ? SCREEN_WARNING : SCREEN_PLAIN,
			"%s%s %s", is_first ? "  " : ", ",
			words_member_count(answer, "count", words),
			words_member_text(answer, "reason", "?"));
		is_first = false;
	}
	if (is_first)
		fputs("  nothing came yet", tool->out);
	end_line(tool);
}

static void print_refusals(struct tool *tool, const struct json *status, utc_ms now)
{
	const struct json *refused = json_member(status, "refused");
	const struct json *refusal = json_first(refused);
	char ago[WHEN_SIZE];

	for (int i = 0; refusal != NULL && i < REFUSALS_SHOWN; i++) {
		screen_print(tool, SCREEN_PLAIN, "  refused %s: %s",
			when_ago(json_text(refusal, "when"), now, ago),
			words_member_text(refusal, "detail",
				words_member_text(refusal, "reason", "?")));
		if (!text_is_empty(json_text(refusal, "topic")))
			screen_print(
				tool, SCREEN_DIM, "  (%s)", json_text(refusal, "topic"));
		end_line(tool);
		refusal = json_next(refusal);
	}
}

static void print_kept(struct tool *tool, const struct json *status, utc_ms now)
{
	const struct json *unrecognised = json_member(status, "unrecognised");
	const struct json *aside = json_member(status, "aside");
	const struct json *latest = json_first(json_member(unrecognised, "latest"));
	char words[WORDS_SIZE], ago[WHEN_SIZE];

	if (words_member_integer(unrecognised, "count") > 0) {
		screen_print(tool, SCREEN_WARNING,
			"  %s genuine messages were not understood and are kept",
			words_member_count(unrecognised, "count", words));
		if (latest != NULL)
			screen_print(tool, SCREEN_PLAIN, "; the last %s: %s",
				when_ago(json_text(latest, "when"), now, ago),
				words_member_text(latest, "why", "?"));
		fputs("\n  -> ses-feedback events --unrecognised\n", tool->out);
	}
	if (words_member_integer(aside, "count") > 0) {
		screen_print(tool, SCREEN_WARNING,
			"  %s messages are kept aside: their topics are not configured",
			words_member_count(aside, "count", words));
		fputs("\n  -> name the topic in [sns] topic, and reload\n", tool->out);
	}
}

/* Behind a proxy only its own port is known to the world. */
static void print_subscription(struct tool *tool, const struct json *status)
{
	const struct json *feedback = json_member(status, "feedback");
	const char *path = words_member_text(feedback, "path", "/sns");
	bool is_tls = false;
	int64_t port;

	json_boolean(feedback, "tls", &is_tls);
	fputs("  3. subscribe https://YOUR-HOST", tool->out);
	if (is_tls && json_integer(feedback, "port", &port) && port != 443)
		fprintf(tool->out, ":%" PRId64, port);
	screen_print(tool, SCREEN_PLAIN, "%s to the topic (protocol HTTPS, raw", path);
	fputs("\n     delivery off); it confirms itself, and then shows as confirmed "
	      "here\n",
		tool->out);
	if (feedback != NULL && !is_tls)
		fputs("     (the daemon has no certificate: by the proxy in front of "
		      "it)\n",
			tool->out);
}

/* A fresh installation: nothing was ever recorded. */
static void print_first_steps(
	struct tool *tool, const struct json *status, const struct json *topics)
{
	print_heading(tool, "Nothing was recorded yet. What to do next:");
	if (json_count(topics) == 0)
		fputs("  1. name your SNS topic in [sns] topic of "
		      "/etc/ses-feedbackd/ses-feedbackd.conf,\n     and reload: "
		      "systemctl "
		      "reload ses-feedbackd\n",
			tool->out);
	else
		fputs("  1. your topic is configured (below)\n", tool->out);
	fputs("  2. have SES publish its events to that topic: a configuration set's "
	      "event\n"
	      "     destination with Send, Delivery, Bounce, Complaint and Reject\n",
		tool->out);
	print_subscription(tool, status);
	fputs("  4. send a mail to bounce@simulator.amazonses.com through SES and see it "
	      "in\n"
	      "     \"ses-feedback events\"\n",
		tool->out);
	if (is_development(status))
		fputs("  Or try it without AWS: ses-feedback simulate bounce --to "
		      "anna@example.com\n",
			tool->out);
}

void report_print(struct tool *tool, const struct report *report, utc_ms now)
{
	const struct json *status = report->status, *accounts = report->accounts;
	const struct json *store = json_member(status, "store");
	const char *started = json_text(status, "started");
	const char *last = json_text(status, "last_stored");
	char ago[WHEN_SIZE], words[WORDS_SIZE];

	print_loud(tool, status, store);
	print_alarms(tool, status, now);
	report_alerts(tool, report->alerts, json_member(status, "alarms"), now);
	screen_print(tool, SCREEN_PLAIN, "ses-feedbackd %s, started %s; ",
		words_member_text(status, "version", "?"), when_ago(started, now, ago));
	screen_print(tool, last == NULL ? SCREEN_WARNING : SCREEN_PLAIN, "last event %s",
		when_ago(last, now, ago));
	screen_print(tool, SCREEN_PLAIN, "; %s events",
		words_member_count(store, "events", words));
	screen_print(tool, SCREEN_PLAIN, ", %s suppressed",
		words_member_count(store, "suppressions", words));
	end_line(tool);
	print_accounts(tool, accounts);
	if (last == NULL && json_count(accounts) == 0)
		print_first_steps(tool, status, report->topics);
	print_heading(tool, "Topics");
	topics_print(tool, report->topics, now, 2);
	print_heading(tool, "At the feedback door since the start");
	print_answer_sums(tool, status);
	print_refusals(tool, status, now);
	print_kept(tool, status, now);
}
