/* report_account.c - an account's level, its rates, and what is left before each limit.
 */
#include <string.h>

#include "base/text.h"
#include "tool/paragraph.h"
#include "tool/report.h"
#include "tool/screen.h"
#include "tool/when.h"
#include "tool/words.h"

/* A limit that is so far off is none that anybody plans for. */
#define DAYS_SHOWN 365

struct metric {
	const char *member; /* of the account */
	const char *name;
	const char *one, *many; /* what is counted */
	const char *among;	/* what it is counted among */
};

static const struct metric bounce = {
	"bounce", "bounces", "hard bounce", "hard bounces", "eligible emails"};
static const struct metric complaint = {
	"complaint", "complaints", "complaint", "complaints", "eligible emails"};
static const struct metric complaint_reporting = {"complaint_reporting", "complaints",
	"complaint", "complaints", "emails to domains that report complaints"};

static void print_remaining(struct tool *tool, const struct metric *metric,
	const struct json *rate, const char *limit)
{
	const struct json *remaining = json_member(rate, "remaining");
	char words[WORDS_SIZE], percent[WORDS_SIZE];
	double now = 0, at = 0;
	int64_t left;

	screen_print(tool, SCREEN_PLAIN, "%s at %s: ", limit,
		words_member_limit(rate, limit, percent));
	if (!json_integer(remaining, limit, &left))
		screen_print(tool, SCREEN_DIM, "–");
	else if (left > 0)
		screen_print(tool, SCREEN_PLAIN, "%s more %s stay%s below",
			words_count(left, words), left == 1 ? metric->one : metric->many,
			left == 1 ? "s" : "");
	else if (json_as_number(json_member(rate, "rate"), &now) &&
		 json_as_number(json_member(rate, limit), &at) && now < at)
		screen_print(tool, SCREEN_WARNING, "the next %s reaches it", metric->one);
	else
		screen_print(tool, SCREEN_DANGER, "reached");
}

static void print_remedy(struct tool *tool, const struct json *rate)
{
	char words[WORDS_SIZE];
	int64_t recover;

	if (json_integer(rate, "recover", &recover) && recover > 0) {
		screen_print(tool, SCREEN_WARNING,
			"             %s clean sends bring it below the review limit",
			words_count(recover, words));
		fputc('\n', tool->out);
	}
}

/* What comes, if days go on like the last one with sends. */
static void print_prospect(struct tool *tool, const struct json *rate)
{
	bool is_ok = text_equal(json_text(rate, "level"), "ok");
	char percent[WORDS_SIZE], words[WORDS_SIZE];
	int64_t days;
	double value;

	if (json_as_number(json_member(rate, "forecast"), &value) && !is_ok) {
		screen_print(tool, SCREEN_PLAIN,
			"             another day like the last makes it %s",
			words_member_rate(rate, "forecast", percent));
		fputc('\n', tool->out);
	}
	if (json_integer(rate, "days_to_review", &days) && days > 0 &&
		days <= DAYS_SHOWN) {
		screen_print(tool, SCREEN_WARNING,
			"             after %s day%s like the last it reaches the review "
			"limit",
			words_count(days, words), days == 1 ? "" : "s");
		fputc('\n', tool->out);
	}
}

/* "  (95 %: 3.91–6.62 %)" */
static void print_interval(struct tool *tool, const struct json *rate)
{
	char low[WORDS_SIZE], high[WORDS_SIZE], *percent;
	double value;

	if (!json_as_number(json_member(rate, "low"), &value) ||
		!json_as_number(json_member(rate, "high"), &value))
		return;
	words_member_rate(rate, "low", low);
	percent = strstr(low, " %");
	if (percent != NULL)
		*percent = '\0';
	screen_print(tool, SCREEN_DIM, "  (95 %%: %s–%s)", low,
		words_member_rate(rate, "high", high));
}

static bool is_empty(const struct json *rate)
{
	return words_member_integer(rate, "denominator") == 0 &&
	       words_member_integer(rate, "numerator") == 0;
}

static void print_why_no_rate(
	struct tool *tool, const struct json *account, const struct json *rate)
{
	const char *fresh_start = json_text(account, "fresh_start");
	char shown[WHEN_SIZE];
	bool is_incomplete;

	if (json_boolean(rate, "incomplete", &is_incomplete) && is_incomplete)
		screen_print(tool, SCREEN_DIM,
			"more feedback than mail is known: Send or Delivery events are "
			"missing");
	else if (fresh_start != NULL && is_empty(rate))
		screen_print(tool, SCREEN_DIM,
			"no rate yet: nothing was sent since the fresh start of %s",
			when_show(fresh_start, shown));
	else
		screen_print(tool, SCREEN_DIM,
			"nothing says how much was sent: have SES publish Send events "
			"too");
	fputc('\n', tool->out);
}

static void print_metric(
	struct tool *tool, const struct json *account, const struct metric *metric)
{
	const struct json *rate = json_member(account, metric->member);
	char percent[WORDS_SIZE], numerator[WORDS_SIZE], denominator[WORDS_SIZE];
	enum screen_style style;
	double value;

	words_level(json_text(rate, "level"), &style);
	screen_print(tool, SCREEN_PLAIN, "  %-11s", metric->name);
	if (!json_as_number(json_member(rate, "rate"), &value)) {
		screen_print(tool, SCREEN_DIM, "–  %s %s; ",
			words_member_count(rate, "numerator", numerator),
			words_member_integer(rate, "numerator") == 1 ? metric->one
								     : metric->many);
		print_why_no_rate(tool, account, rate);
		return;
	}
	screen_print(tool, style, "%s", words_member_rate(rate, "rate", percent));
	screen_print(tool, SCREEN_PLAIN, "  %s of %s %s",
		words_member_count(rate, "numerator", numerator),
		words_member_count(rate, "denominator", denominator), metric->among);
	if (json_as_number(json_member(rate, "days"), &value) && value >= 0.1)
		screen_print(tool, SCREEN_PLAIN, ", spanning %.1f days", value);
	print_interval(tool, rate);
	if (text_equal(json_text(rate, "level"), "too-few"))
		screen_print(tool, SCREEN_DIM, "  (too few to judge)");
	fputs("\n             ", tool->out);
	print_remaining(tool, metric, rate, "review");
	fputs("; ", tool->out);
	print_remaining(tool, metric, rate, "pause");
	fputc('\n', tool->out);
	print_remedy(tool, rate);
	print_prospect(tool, rate);
}

/* ---- the account ---- */

/* How much goes out, beside the quota where one is configured. */
static void print_quota(struct tool *tool, const struct json *account)
{
	const struct json *quota = json_member(account, "quota");
	char sent[WORDS_SIZE], daily[WORDS_SIZE], left[WORDS_SIZE], peak[WORDS_SIZE];
	bool has_peak = words_member_integer(quota, "peak_24h") > 0;
	int64_t allowed;

	if (words_member_integer(quota, "sent_24h") == 0)
		return;
	screen_print(tool, SCREEN_PLAIN, "  %-11s%s", "quota",
		words_member_count(quota, "sent_24h", sent));
	if (json_integer(quota, "daily", &allowed)) {
		bool is_used_up = words_member_integer(quota, "left") == 0;

		screen_print(tool, SCREEN_PLAIN, " of %s recipients in 24 hours, ",
			words_count(allowed, daily));
		screen_print(tool, is_used_up ? SCREEN_DANGER : SCREEN_PLAIN, "%s left",
			words_member_count(quota, "left", left));
	} else {
		screen_print(tool, SCREEN_PLAIN, " recipients in 24 hours");
	}
	if (has_peak)
		screen_print(tool, SCREEN_PLAIN, "; busiest second %s",
			words_member_count(quota, "peak_24h", peak));
	if (has_peak && json_integer(quota, "rate", &allowed))
		screen_print(tool, SCREEN_PLAIN, " of %s", words_count(allowed, daily));
	fputc('\n', tool->out);
}

/* What the numbers cannot be trusted for. */
static void print_notices(struct tool *tool, const struct json *account)
{
	const struct json *notices = json_member(account, "notices");
	const char *fresh_start = json_text(account, "fresh_start");
	char shown[WHEN_SIZE];

	if (fresh_start != NULL) {
		screen_print(tool, SCREEN_DIM, "  counted afresh since %s",
			when_show(fresh_start, shown));
		fputc('\n', tool->out);
	}
	for (const struct json *notice = json_first(notices); notice != NULL;
		notice = json_next(notice))
		paragraph_print(tool, SCREEN_WARNING, "  ! ", json_text(notice, "text"));
}

/* Nobody was mailed but verified recipients and the simulator: the rates would be of
 * nothing. */
static bool is_quiet_sandbox(const struct json *account)
{
	const struct json *notices = json_member(account, "notices");
	const struct json *rate = json_member(account, "bounce");

	if (!is_empty(rate))
		return false;
	for (const struct json *notice = json_first(notices); notice != NULL;
		notice = json_next(notice))
		if (text_equal(json_text(notice, "notice"), "sandbox"))
			return true;
	return false;
}

void report_account(struct tool *tool, const struct json *account)
{
	bool by_reporting = false;
	enum screen_style style;
	const char *words = words_level(json_text(account, "level"), &style);
	const char *aws = json_text(account, "aws_status");

	json_boolean(account, "complaint_by_reporting", &by_reporting);
	screen_print(tool, SCREEN_BOLD, "%s %s",
		words_member_text(account, "account", "?"),
		words_member_text(account, "region", "?"));
	fputs("  ", tool->out);
	screen_print(tool, style, "%s", words);
	if (aws != NULL)
		screen_print(tool, SCREEN_PLAIN, "  (AWS says %s)", aws);
	fputc('\n', tool->out);
	if (is_quiet_sandbox(account)) {
		print_notices(tool, account);
		print_quota(tool, account);
		return;
	}
	print_metric(tool, account, &bounce);
	print_metric(tool, account, by_reporting ? &complaint_reporting : &complaint);
	print_quota(tool, account);
	print_notices(tool, account);
	if (words_level_rank(json_text(account, "level")) <= words_level_rank("ok"))
		return;
	screen_print(tool, SCREEN_PLAIN,
		"  -> because of whom, and the way out: ses-feedback incident %s/%s",
		words_member_text(account, "account", "?"),
		words_member_text(account, "region", "?"));
	fputc('\n', tool->out);
}
