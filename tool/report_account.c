/* report_account.c - an account's level, its rates, and what is left before each limit.
 */
#include "base/text.h"
#include "tool/report.h"
#include "tool/screen.h"
#include "tool/words.h"

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

static const char *why_no_rate(const struct json *rate)
{
	bool is_incomplete;

	if (json_boolean(rate, "incomplete", &is_incomplete) && is_incomplete)
		return "more feedback than mail is known: Send or Delivery events are "
		       "missing";
	return "nothing says how much was sent: have SES publish Send events too";
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
		screen_print(tool, SCREEN_DIM, "–  %s %s; %s",
			words_member_count(rate, "numerator", numerator),
			words_member_integer(rate, "numerator") == 1 ? metric->one
								     : metric->many,
			why_no_rate(rate));
		fputc('\n', tool->out);
		return;
	}
	screen_print(tool, style, "%s", words_member_rate(rate, "rate", percent));
	screen_print(tool, SCREEN_PLAIN, "  %s of %s %s",
		words_member_count(rate, "numerator", numerator),
		words_member_count(rate, "denominator", denominator), metric->among);
	if (json_as_number(json_member(rate, "days"), &value) && value >= 0.1)
		screen_print(tool, SCREEN_PLAIN, ", spanning %.1f days", value);
	if (text_equal(json_text(rate, "level"), "too-few"))
		screen_print(tool, SCREEN_DIM, "  (too few to judge)");
	fputs("\n             ", tool->out);
	print_remaining(tool, metric, rate, "review");
	fputs("; ", tool->out);
	print_remaining(tool, metric, rate, "pause");
	fputc('\n', tool->out);
	print_remedy(tool, rate);
	if (json_as_number(json_member(rate, "forecast"), &value) &&
		!text_equal(json_text(rate, "level"), "ok")) {
		screen_print(tool, SCREEN_PLAIN,
			"             another day like the last makes it %s",
			words_member_rate(rate, "forecast", percent));
		fputc('\n', tool->out);
	}
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
	print_metric(tool, account, &bounce);
	print_metric(tool, account, by_reporting ? &complaint_reporting : &complaint);
	if (words_level_rank(json_text(account, "level")) > words_level_rank("ok"))
		fputs("  -> because of whom: ses-feedback rates --window representative "
		      "--by configuration-set\n",
			tool->out);
}
