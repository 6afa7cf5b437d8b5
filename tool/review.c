/* review.c - what a review of an account asks for, as one document. */
#include "tool/review.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tool/document.h"
#include "tool/when.h"
#include "tool/words.h"

#define SENTENCE_SIZE 512

static const struct column day_columns[] = {{"DAY (UTC)", false}, {"ELIGIBLE", true},
	{"HARD BOUNCES", true}, {"RATE", true}, {"COMPLAINTS", true}, {"RATE", true},
	{NULL, false}};
static const struct column cause_columns[] = {{"BY", false}, {"KEY", false},
	{"BAD", true}, {"OF ALL BAD", true}, {"OF ALL MAIL", true}, {NULL, false}};

/* ---- the rates ---- */

static void write_rate(
	struct document *document, const struct json *account, const char *metric)
{
	const char *sentence = json_text(json_member(account, metric), "sentence");
	char text[SENTENCE_SIZE];

	if (sentence == NULL)
		return;
	snprintf(text, sizeof(text), "%s rate: %s",
		text_equal(metric, "bounce") ? "Bounce" : "Complaint", sentence);
	document_item(document, text);
}

static void write_now(struct document *document, const struct json *account)
{
	bool is_by_reporting = false;

	document_heading(document, "Where the account stands");
	write_rate(document, account, "bounce");
	json_boolean(account, "complaint_by_reporting", &is_by_reporting);
	write_rate(
		document, account, is_by_reporting ? "complaint_reporting" : "complaint");
}

static void write_day(struct document *document, const struct json *row)
{
	char day[WHEN_SIZE], words[WORDS_SIZE];

	when_show(json_text(row, "at"), day);
	if (strlen(day) > 10)
		day[10] = '\0';
	document_cell(document, day);
	document_cell(document, words_member_count(row, "denominator", words));
	document_cell(document, words_member_count(row, "hard_bounces", words));
	document_cell(document, words_member_rate(row, "bounce_rate", words));
	document_cell(document, words_member_count(row, "complaints", words));
	document_cell(document, words_member_rate(row, "complaint_rate", words));
}

static bool has_mail(const struct json *row)
{
	return words_member_integer(row, "denominator") > 0 ||
	       words_member_integer(row, "hard_bounces") > 0 ||
	       words_member_integer(row, "complaints") > 0;
}

static void write_days(struct document *document, const struct json *series)
{
	document_heading(document, "Before and after, day by day");
	document_paragraph(document,
		"By the day a mail was sent; feedback about the last days may still "
		"come. Days without mail are left out.");
	document_table_begin(document, day_columns);
	for (const struct json *row = json_first(json_member(series, "rows"));
		row != NULL; row = json_next(row))
		if (has_mail(row))
			write_day(document, row);
	document_table_end(document);
}

/* ---- causes ---- */

static void write_causes(struct document *document, const struct json *incident)
{
	const struct json *suspects =
		json_member(json_member(incident, "stretch"), "suspects");
	char words[WORDS_SIZE];

	document_heading(document, text_equal(json_text(incident, "metric"), "complaint")
					   ? "What happened: complaints"
					   : "What happened: bounces");
	for (const struct json *item = json_first(json_member(incident, "story"));
		item != NULL; item = json_next(item))
		document_item(document, json_as_text(item));
	document_blank(document,
		"In your own words: which list or process sent this mail, where its "
		"addresses came from, and what went wrong with it.");
	if (json_first(suspects) == NULL)
		return;
	document_table_begin(document, cause_columns);
	for (const struct json *each = json_first(suspects); each != NULL;
		each = json_next(each)) {
		document_cell(document, words_member_text(each, "by", "?"));
		document_cell(document, words_member_text(each, "key", "(none)"));
		document_cell(document, words_member_count(each, "numerator", words));
		document_cell(document, words_member_rate(each, "share", words));
		document_cell(document, words_member_rate(each, "share_of_mail", words));
	}
	document_table_end(document);
}

/* ---- actions ---- */

static bool is_of_account(const struct review *review, const struct json *item)
{
	return text_equal(json_text(item, "account"),
		       json_text(review->incident, "account")) &&
	       text_equal(
		       json_text(item, "region"), json_text(review->incident, "region"));
}

/* The brake's alerts keep what its state forgets: that something was stopped. */
static bool is_brake_of(const struct review *review, const struct json *alert)
{
	const char *object = json_text(alert, "object");
	char account[128];
	int length = snprintf(account, sizeof(account), "%s/%s",
		words_member_text(review->incident, "account", ""),
		words_member_text(review->incident, "region", ""));

	return object != NULL && strncmp(object, account, (size_t) length) == 0 &&
	       (object[length] == '\0' || object[length] == ' ');
}

static void write_brakes(struct document *document, const struct review *review)
{
	char text[SENTENCE_SIZE], at[WHEN_SIZE];

	for (const struct json *alert = json_first(json_member(review->brakes, "alerts"));
		alert != NULL; alert = json_next(alert)) {
		const char *resolved = json_text(alert, "resolved");

		if (!is_brake_of(review, alert))
			continue;
		snprintf(text, sizeof(text), "%s: the brake: %s",
			when_show(json_text(alert, "since"), at),
			words_member_text(alert, "text", ""));
		document_item(document, text);
		if (resolved == NULL)
			continue;
		snprintf(text, sizeof(text), "%s: the brake of %s was released.",
			when_show(resolved, at), words_member_text(alert, "object", ""));
		document_item(document, text);
	}
}

static void write_starts(struct document *document, const struct review *review)
{
	char text[SENTENCE_SIZE], at[WHEN_SIZE];

	for (const struct json *start =
			json_first(json_member(review->fresh_starts, "fresh_starts"));
		start != NULL; start = json_next(start)) {
		const char *note = json_text(start, "note");

		if (!is_of_account(review, start))
			continue;
		snprintf(text, sizeof(text), "%s: counting was started afresh%s%s.",
			when_show(json_text(start, "at"), at),
			text_is_empty(note) ? "" : ": ", text_is_empty(note) ? "" : note);
		document_item(document, text);
	}
}

static int64_t count_changes(const struct json *changes, const char *what)
{
	int64_t count = 0;

	for (const struct json *each = json_first(json_member(changes, "changes"));
		each != NULL; each = json_next(each))
		count += text_equal(json_text(each, "what"), what);
	return count;
}

static void write_changes(struct document *document, const struct json *changes)
{
	bool is_cut = json_text(changes, "next") != NULL;
	int64_t added = count_changes(changes, "added");
	int64_t removed = count_changes(changes, "removed");
	char one[WORDS_SIZE], other[WORDS_SIZE], text[SENTENCE_SIZE];

	snprintf(text, sizeof(text),
		"Since the beginning of the above %s%s addresses were put on the "
		"suppression list, and %s taken off it; those on it are not mailed.",
		is_cut ? "more than " : "", words_count(added, one),
		words_count(removed, other));
	document_item(document, text);
}

static void write_actions(struct document *document, const struct review *review)
{
	document_heading(document, "What was done");
	write_brakes(document, review);
	write_starts(document, review);
	write_changes(document, review->changes);
	document_blank(document,
		"In your own words: what you stopped, removed or changed (the source of "
		"addresses, confirmation, validation, the sending of old lists), when, "
		"and why it cannot happen again.");
}

/* ---- how feedback is processed ---- */

static void write_process(struct document *document, const struct json *status)
{
	const struct json *store = json_member(status, "store");
	char text[SENTENCE_SIZE], events[WORDS_SIZE], suppressed[WORDS_SIZE];

	document_heading(document, "How bounces and complaints are processed");
	document_item(document,
		"Amazon SES publishes every bounce, complaint, delivery and send to "
		"Amazon SNS, which posts it to ses-feedbackd over HTTPS. The signature "
		"of every message is verified; nothing is acknowledged before it is "
		"stored durably.");
	document_item(document,
		"An address that bounces permanently, or whose owner complains, is put "
		"on the suppression list at once and is not mailed again. Repeated "
		"transient bounces suppress an address for a time.");
	document_item(document,
		"Bounce and complaint rates are computed continuously over the volume "
		"that SES uses, for the account and for every stream; people are "
		"alerted before a limit is reached.");
	snprintf(text, sizeof(text),
		"At this time %s events are recorded, and %s addresses are on the "
		"suppression list.",
		words_member_count(store, "events", events),
		words_member_count(store, "suppressions", suppressed));
	document_item(document, text);
	document_blank(document,
		"In your own words: where the suppression list is asked before mail is "
		"sent, and who is told when a rate rises.");
}

/* ---- what was counted ---- */

static void write_exclusion(struct document *document, const struct json *counts,
	const char *name, const char *meaning)
{
	char words[WORDS_SIZE], text[SENTENCE_SIZE];

	if (words_member_integer(counts, name) == 0)
		return;
	snprintf(text, sizeof(text), "%s %s", words_member_count(counts, name, words),
		meaning);
	document_item(document, text);
}

static bool has_exclusion(const struct json *bounce, const struct json *excluded)
{
	static const char *const names[] = {
		"verified", "simulator", "automatic", "not_spam", "listed"};
	bool has_one = words_member_integer(bounce, "refused") > 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		has_one = has_one || words_member_integer(excluded, names[i]) > 0;
	return has_one;
}

static void write_method(struct document *document, const struct json *account)
{
	const struct json *bounce = json_member(account, "bounce");
	const struct json *excluded = json_member(bounce, "excluded");

	document_heading(document, "What was counted");
	document_paragraph(document,
		"Hard bounces of recipients at domains that are not verified, among all "
		"such recipients that SES tried to send to; complaints among the same.");
	document_paragraph(
		document, has_exclusion(bounce, excluded)
				  ? "Left out, as SES does, is what this list names:"
				  : "Nothing was left out.");
	write_exclusion(document, bounce, "refused",
		"recipients that SES itself did not try (its suppression lists)");
	write_exclusion(document, excluded, "verified",
		"bounces at verified domains and addresses");
	write_exclusion(
		document, excluded, "simulator", "events of the mailbox simulator");
	write_exclusion(document, excluded, "automatic", "automatic replies");
	write_exclusion(
		document, excluded, "not_spam", "reports that a mail was not spam");
	write_exclusion(document, excluded, "listed",
		"complaints about addresses that SES's list held");
}

void review_print(struct tool *tool, const struct review *review, bool as_html)
{
	struct document document;
	char title[SENTENCE_SIZE];

	snprintf(title, sizeof(title),
		"Report on bounces and complaints: AWS account %s, %s",
		words_member_text(review->incident, "account", "?"),
		words_member_text(review->incident, "region", "?"));
	document_begin(&document, tool, as_html, title);
	write_now(&document, review->account);
	write_causes(&document, review->incident);
	if (json_is_object(json_member(review->other, "stretch")))
		write_causes(&document, review->other);
	write_actions(&document, review);
	write_days(&document, review->series);
	write_process(&document, review->status);
	write_method(&document, review->account);
	document_end(&document);
}

void review_print_json(struct tool *tool, const struct review *review)
{
	struct json *json = json_object();

	json_put_copy(json, "incident", review->incident);
	json_put_copy(json, "other_incident", review->other);
	json_put_copy(json, "account", review->account);
	json_put_copy(json, "series", review->series);
	json_put_copy(json, "brakes", review->brakes);
	json_put_copy(json, "fresh_starts", review->fresh_starts);
	json_put_copy(json, "changes", review->changes);
	screen_print_json(tool, json);
	json_free(json);
}
