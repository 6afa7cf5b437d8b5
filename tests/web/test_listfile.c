/* test_listfile.c - files of addresses to suppress, in the formats people have. */
#include "web/listfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW "2026-03-01T00:00:00.000Z"

/* What was read, a line each: "2 ann@example.com bounce". */
struct reading {
	struct buffer story;
	struct listfile_settings settings;
	enum listfile_state state;
	char format[32], refusal[600];
	size_t entries, flaws;
	size_t stop_after; /* entries; 0: never */
};

static utc_ms at(const char *text)
{
	utc_ms time = UTC_NONE;

	assert_true(utc_parse(text, &time));
	return time;
}

static void tell(struct reading *reading, const char *name, const char *value)
{
	if (*value != '\0')
		buffer_format(&reading->story, " %s%s", name, value);
}

static bool take_entry(
	void *closure, uint64_t number, const struct store_suppression *entry)
{
	struct reading *reading = closure;
	char time[UTC_TEXT_SIZE];

	buffer_format(
		&reading->story, "%llu %s", (unsigned long long) number, entry->address);
	if (!text_equal(entry->address, entry->original))
		tell(reading, "was ", entry->original);
	tell(reading, "", ses_reason_name(entry->reason));
	tell(reading, "scope=", entry->scope);
	if (entry->since != reading->settings.now)
		tell(reading, "since=", utc_format(entry->since, time));
	tell(reading, "expires=", utc_format(entry->expires, time));
	tell(reading, "note=", entry->note);
	tell(reading, "", entry->is_certain ? "" : "uncertain");
	tell(reading, "at-ses=", entry->at_ses < 0 ? "" : entry->at_ses ? "1" : "0");
	buffer_append_text(&reading->story, "\n");
	return ++reading->entries != reading->stop_after;
}

static bool take_flaw(void *closure, uint64_t number, const char *detail)
{
	struct reading *reading = closure;

	reading->flaws++;
	return buffer_format(
		&reading->story, "%llu! %s\n", (unsigned long long) number, detail);
}

static void reading_init(struct reading *reading)
{
	memset(reading, 0, sizeof(*reading));
	buffer_init(&reading->story, 8 << 20);
	reading->settings = (struct listfile_settings){.scope = "",
		.note = "",
		.policy = &ses_suppression_standard,
		.now = at(NOW)};
}

static void read_pieces(
	struct reading *reading, const char *bytes, size_t length, size_t piece)
{
	struct listfile_taker taker = {take_entry, take_flaw, reading};
	struct listfile *file = listfile_new(&reading->settings, &taker);

	assert_non_null(file);
	for (size_t i = 0; i < length; i += piece)
		listfile_take(file, bytes + i, length - i < piece ? length - i : piece);
	reading->state = listfile_end(file);
	snprintf(reading->format, sizeof(reading->format), "%s", listfile_format(file));
	snprintf(
		reading->refusal, sizeof(reading->refusal), "%s", listfile_refusal(file));
	listfile_free(file);
	if (reading->story.bytes == NULL) /* "", not nothing */
		buffer_append(&reading->story, "\0", 1);
}

/* ---- a corpus ---- */

struct sample {
	const char *name, *text, *format, *story;
	const char *columns;
};

static const struct sample samples[] = {
	{"our own",
		"address,reason,scope,since,expires,note\r\n"
		"Ann@Example.com,bounce,,2026-01-02T03:04:05.678Z,,\r\n"
		"bob@example.com,soft-bounce,news,2026-02-20T00:00:00.000Z,"
		"2026-03-06T00:00:00.000Z,\"a, \"\"b\"\"\r\nc\"\r\n"
		"@Example.org,manual,tenant:x,,,\r\n",
		"csv",
		"2 ann@example.com was Ann@Example.com bounce "
		"since=2026-01-02T03:04:05.678Z\n"
		"3 bob@example.com soft-bounce scope=news since=2026-02-20T00:00:00.000Z "
		"expires=2026-03-06T00:00:00.000Z note=a, \"b\"\r\nc\n"
		"5 @example.org was @Example.org manual scope=tenant:x\n",
		NULL},
	{"addresses", "ann@example.com\n\n  Bob <bob@example.com>\r\n@example.org\n",
		"addresses",
		"1 ann@example.com import\n"
		"3 bob@example.com was Bob <bob@example.com> import\n"
		"4 @example.org import\n",
		NULL},
	{"quoted addresses",
		"\"ann@example.com\"\n\"Doe, Jane\" <jane@example.com>\n"
		"\"j d\"@example.com\n",
		"addresses",
		"1 ann@example.com import\n"
		"2 jane@example.com was \"Doe, Jane\" <jane@example.com> import\n"
		"3 \"j d\"@example.com import\n",
		NULL},
	{"no line end at the end", "ann@example.com", "addresses",
		"1 ann@example.com import\n", NULL},
	{"a mark, and blank lines before", "\xef\xbb\xbf\r\n\r\nemail\r\na@b.example\r\n",
		"csv", "4 a@b.example import\n", NULL},
	{"SendGrid's bounces",
		"status,reason,email,created\n"
		"5.1.1,\"550 5.1.1 no, such user\",a@b.example,1767312000\n"
		"4.2.2,mailbox full,c@d.example,1771977600\n",
		"sendgrid",
		"2 a@b.example bounce since=2026-01-02T00:00:00.000Z "
		"note=550 5.1.1 no, such user\n"
		"3 c@d.example soft-bounce since=2026-02-25T00:00:00.000Z "
		"expires=2026-03-11T00:00:00.000Z note=mailbox full\n",
		NULL},
	{"SendGrid's spam reports",
		"email,ip,created\na@b.example,192.0.2.1,1767312000\n", "sendgrid",
		"2 a@b.example complaint since=2026-01-02T00:00:00.000Z\n", NULL},
	{"SendGrid's unsubscribes", "email,created\na@b.example,1767312000\n", "sendgrid",
		"2 a@b.example import since=2026-01-02T00:00:00.000Z\n", NULL},
	{"SendGrid's API",
		"[{\"created\":1767312000,\"email\":\"a@b.example\",\"reason\":\"550 x\","
		"\"status\":\"5.0.0\"},\n"
		"{\"created\":1767312001,\"email\":\"c@d.example\",\"reason\":\"y\","
		"\"status\":\"\"}]\n",
		"sendgrid",
		"1 a@b.example bounce since=2026-01-02T00:00:00.000Z note=550 x\n"
		"2 c@d.example bounce since=2026-01-02T00:00:01.000Z note=y\n",
		NULL},
	{"Postmark's suppressions",
		"EmailAddress,SuppressionReason,Origin,CreatedAt\n"
		"a@b.example,HardBounce,Recipient,2026-01-02T03:04:05-05:00\n"
		"c@d.example,SpamComplaint,Recipient,2026-01-02\n"
		"e@f.example,ManualSuppression,Customer,\n",
		"postmark",
		"2 a@b.example bounce since=2026-01-02T08:04:05.000Z\n"
		"3 c@d.example complaint since=2026-01-02T00:00:00.000Z\n"
		"4 e@f.example manual\n",
		NULL},
	{"Postmark's bounces",
		"Recipient;Type;Bounced At\n"
		"a@b.example;HardBounce;2026-01-02 03:04:05\n",
		"postmark", "2 a@b.example bounce since=2026-01-02T03:04:05.000Z\n",
		NULL},
	{"Mailgun's bounces",
		"address,code,error,created_at\n"
		"a@b.example,550,\"no, such\",\"Fri, 02 Jan 2026 03:04:05 UTC\"\n",
		"mailgun",
		"2 a@b.example bounce since=2026-01-02T03:04:05.000Z note=no, such\n",
		NULL},
	{"Mailgun's API",
		"{\"items\":[{\"address\":\"a@b.example\",\"code\":\"605\","
		"\"error\":\"\",\"created_at\":"
		"\"Fri, 2 Jan 2026 03:04:05 GMT\"}],\n\"paging\":{\"next\":\"x\"}}",
		"mailgun", "1 a@b.example bounce since=2026-01-02T03:04:05.000Z\n", NULL},
	{"Mailchimp, cleaned",
		"\"Email Address\",\"First Name\",\"CLEAN_TIME\",\"LEID\"\n"
		"\"a@b.example\",\"Ann, B\",\"2026-01-02 03:04:05\",\"7\"\n",
		"mailchimp", "2 a@b.example bounce since=2026-01-02T03:04:05.000Z\n",
		NULL},
	{"the console of SES",
		"Email address,Suppression reason,Last update time\n"
		"a@b.example,Bounce,2026-01-02T03:04:05Z\n",
		"ses-csv", "2 a@b.example bounce since=2026-01-02T03:04:05.000Z\n", NULL},
	{"an import job, CSV", "a@b.example,BOUNCE\nc@d.example,COMPLAINT\n",
		"ses-import", "1 a@b.example bounce\n2 c@d.example complaint\n", NULL},
	{"an import job, JSON lines",
		"{\"emailAddress\":\"a@b.example\",\"reason\":\"BOUNCE\"}\n"
		"{\"emailAddress\":\"c@d.example\",\"reason\":\"COMPLAINT\"}\n",
		"ses-import", "1 a@b.example bounce\n2 c@d.example complaint\n", NULL},
	{"SES's list, printed for people",
		"{\n    \"SuppressedDestinationSummaries\": [\n        {\n"
		"            \"EmailAddress\": \"A@b.example\",\n"
		"            \"Reason\": \"BOUNCE\",\n"
		"            \"LastUpdateTime\": \"2026-01-02T03:04:05.678000+00:00\"\n"
		"        },\n        {\n            \"EmailAddress\": \"c@d.example\",\n"
		"            \"Reason\": \"COMPLAINT\",\n"
		"            \"LastUpdateTime\": 1767312000.5\n        }\n    ],\n"
		"    \"NextToken\": \"x]}\"\n}\n",
		"ses-list",
		"3 a@b.example was A@b.example bounce since=2026-01-02T03:04:05.678Z "
		"at-ses=1\n"
		"8 c@d.example complaint since=2026-01-02T00:00:00.500Z at-ses=1\n",
		NULL},
	{"SES's list in one line, two pages of it",
		"{\"NextToken\":\"t\",\"SuppressedDestinationSummaries\":[{"
		"\"EmailAddress\":"
		"\"a@b.example\",\"Reason\":\"BOUNCE\"}]}\n"
		"{\"SuppressedDestinationSummaries\":[{\"EmailAddress\":\"c@d.example\","
		"\"Reason\":\"BOUNCE\"}]}",
		"ses-list",
		"1 a@b.example bounce at-ses=1\n2 c@d.example bounce at-ses=1\n", NULL},
	{"our own JSON lines",
		"{\"address\":\"a@b.example\",\"original\":\"A@b.example\",\"reason\":"
		"\"complaint\",\"scope\":\"news\",\"certain\":false,\"since\":"
		"\"2026-01-02T00:00:00.000Z\",\"expires\":null,\"at_ses\":\"blocked\","
		"\"event\":7,\"note\":null}\n",
		"ndjson",
		"1 a@b.example was A@b.example complaint scope=news "
		"since=2026-01-02T00:00:00.000Z uncertain\n",
		NULL},
	{"our own page",
		"{\"suppressions\":[{\"address\":\"a@b.example\",\"reason\":"
		"\"bounce\",\"scope\":\"\"}],\"next\":null}",
		"json", "1 a@b.example bounce\n", NULL},
	{"columns by name", "Why,Who,When\nunsubscribed,a@b.example,nonsense\n", "csv",
		"2 a@b.example import\n", "address=who,reason=Why"},
	{"columns by number", "x\ta@b.example\tHardBounce\ny\tc@d.example\tspam\n", "csv",
		"1 a@b.example bounce\n2 c@d.example complaint\n", "address=2,reason=3"},
	{"columns by number, below a header", "a,b\nx,c@d.example\n", "csv",
		"2 c@d.example import\n", "address=2"},
	{"members by name", "{\"who\":\"a@b.example\",\"reason\":\"no word\"}\n",
		"ndjson", "1 a@b.example import\n", "address=who"},
	{"nothing", "", "empty", "", NULL},
	{"only a header", "address,reason\n", "csv", "", NULL},
	{"only blanks", " \r\n\r\n\t", "empty", "", NULL},
};

static void each_format_is_recognised_and_read(void **state)
{
	/* Cut everywhere, the story is the same. */
	static const size_t pieces[] = {1 << 20, 1, 2, 3, 7, 64};

	(void) state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		for (size_t j = 0; j < COUNT(pieces); j++) {
			const struct sample *sample = &samples[i];
			struct reading reading;

			reading_init(&reading);
			reading.settings.columns = sample->columns;
			read_pieces(
				&reading, sample->text, strlen(sample->text), pieces[j]);
			if (reading.state != LISTFILE_GOES_ON ||
				strcmp(reading.format, sample->format) != 0 ||
				strcmp(reading.story.bytes, sample->story) != 0)
				fail_msg("%s, in pieces of %zu: %s: %s%s", sample->name,
					pieces[j], reading.format, reading.refusal,
					reading.story.bytes);
			buffer_finish(&reading.story);
		}
	}
}

/* ---- bad lines ---- */

static const struct sample flawed[] = {
	{"the rest goes in",
		"address,reason,since,scope\nnot an address,bounce,,\n"
		"a@b.example,because,,\nc@d.example,bounce,yesterday,\n"
		"e@f.example,bounce,,x,y\ng@h.example,bounce,,\"a,b\"\n,bounce,,\n"
		"ok@b.example,bounce,,\n",
		"csv",
		"2! \"not an address\" is not an address\n"
		"3! \"because\" is no reason; known are bounce, complaint, soft-bounce, "
		"manual, import, quarantine, no-such-domain, ses-list\n"
		"4! \"yesterday\" is no time; write it like 2026-01-31T12:00:00Z\n"
		"5! 5 columns where the first line has 4\n"
		"6! \"a,b\" is no scope; write the name of a configuration set, "
		"tenant:NAME, account:ID, or nothing for everything\n"
		"7! there is no address\n"
		"8 ok@b.example bounce\n",
		NULL},
	{"addresses", "a@b.example\nb.example\n\xff@b.example\nc@d.example\n",
		"addresses",
		"1 a@b.example import\n2! \"b.example\" is not an address\n"
		"3! not UTF-8\n4 c@d.example import\n",
		NULL},
	{"JSON lines",
		"{\"address\":\"a@b.example\"}\n{\"address\":\"c@d\n[]\n"
		"{\"address\":7}\n{}\n{\"address\":\"e@f.example\"}\n",
		"ndjson", "1 a@b.example import\n2! not JSON: ", NULL},
	{"a quote that is never closed spoils its line alone",
		"address,note\na@b.example,\"open\nc@d.example,\ne@f.example,x\n", "csv",
		"2! a quote is opened and never closed\n3 c@d.example import\n"
		"4 e@f.example import note=x\n",
		NULL},
	{"text behind a closing quote",
		"address,note\na@b.example,\"x\"y\nc@d.example,\n", "csv",
		"2! text stands behind a closing quote; a quote inside a cell is "
		"doubled\n3 c@d.example import\n",
		NULL},
	{"a document that ends early",
		"{\"SuppressedDestinationSummaries\":[{\"EmailAddress\":\"a@b.example\","
		"\"Reason\":\"BOUNCE\"},\n{\"EmailAddress\":\"c@d.ex",
		"ses-list",
		"1 a@b.example bounce at-ses=1\n"
		"2! the file ends in the middle of a JSON document\n",
		NULL},
	{"what is no object in a list",
		"[\"a@b.example\",\n7, {\"address\":\"c@d.example\"},\nnull]", "json",
		"1! not a JSON object\n2! not a JSON object\n2 c@d.example import\n"
		"3! not a JSON object\n",
		NULL},
	{"a text without an end in a list",
		"[\n{\"address\":\"a@b.example},\n{\"address\":\"c@d.example\"}\n]",
		"json", "2! not JSON: a text has no end\n3 c@d.example import\n", NULL},
	{"text behind a document", "[{\"address\":\"a@b.example\"}]\nx\ny\n", "json",
		"1 a@b.example import\n2! the JSON document is damaged from here on; "
		"nothing after it was read\n",
		NULL},
};

static void a_bad_line_is_told_by_its_number_and_the_rest_is_read(void **state)
{
	(void) state;
	for (size_t i = 0; i < COUNT(flawed); i++) {
		struct reading reading;

		reading_init(&reading);
		read_pieces(&reading, flawed[i].text, strlen(flawed[i].text), 5);
		if (strcmp(reading.format, flawed[i].format) != 0 ||
			strncmp(reading.story.bytes, flawed[i].story,
				strlen(flawed[i].story)) != 0)
			fail_msg("%s: %s: %s%s", flawed[i].name, reading.format,
				reading.refusal, reading.story.bytes);
		buffer_finish(&reading.story);
	}
}

static void json_lines_go_on_after_each_bad_one(void **state)
{
	struct reading reading;

	(void) state;
	reading_init(&reading);
	read_pieces(&reading, flawed[2].text, strlen(flawed[2].text), 1000);
	assert_int_equal(reading.entries, 2);
	assert_int_equal(reading.flaws, 4);
	assert_non_null(strstr(reading.story.bytes, "\n3! not a JSON object\n"));
	assert_non_null(strstr(reading.story.bytes, "\n5! there is no address\n"));
	assert_non_null(strstr(reading.story.bytes, "\n6 e@f.example import\n"));
	buffer_finish(&reading.story);
}

/* ---- whole files that are none ---- */

static void a_file_that_is_not_what_it_says_is_refused_as_a_whole(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *columns, *why;
	} table[] = {
		{"\x1f\x8b\x08 x\n", 6, NULL, "unpack it first"},
		{"PK\x03\x04 x\n", 7, NULL, "spreadsheet"},
		{"\xff\xfe"
		 "a\0\n\0",
			6, NULL, "UTF-16"},
		{"a\0b\n", 4, NULL, "NUL byte"},
		{"caf\xe9,x\n", 7, NULL, "not UTF-8"},
		{"<html>\n<body>\n", 14, NULL, "not recognised"},
		{"name,age\nx,7\n", 13, NULL, "columns=address=NAME"},
		{"a@b.example,x,y\n", 16, NULL, "columns=address=1,reason=2"},
		{"name,mail\nx,a@b.example\n", 24, "address=email",
			"no column \"email\"; the first line has the columns name, mail"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct reading reading;

		reading_init(&reading);
		reading.settings.columns = table[i].columns;
		read_pieces(&reading, table[i].bytes, table[i].length, 3);
		if (reading.state != LISTFILE_UNREADABLE ||
			strstr(reading.refusal, table[i].why) == NULL)
			fail_msg("%zu: %s", i, reading.refusal);
		assert_int_equal(reading.entries + reading.flaws, 0);
		buffer_finish(&reading.story);
	}
}

static void columns_that_are_none_are_told(void **state)
{
	static const char *const wrong[] = {"", "email", "reason=x",
		"address=", "address=a,address=b", "mail=x", "address=a,,", "=x"};
	struct error error;

	(void) state;
	assert_true(listfile_columns_are_right("address=email,reason=why,", &error));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		error.text[0] = '\0';
		assert_false(listfile_columns_are_right(wrong[i], &error));
		assert_true(strlen(error.text) > 10);
	}
}

/* ---- lengths ---- */

static void a_line_longer_than_64_kib_is_left_out(void **state)
{
	static const char *const heads[] = {"a@b.example\n", "address,note\n",
		"{\"address\":\"a@b.example\"}\n", "[{\"address\":\"a@b.example\"},\n"};
	static const char *const begins[] = {
		"", "x@b.example,", "{\"address\":\"", "{\"address\":\""};
	static const char *const ends[] = {"", "", "\"}", "\"},"};
	static const char *const lasts[] = {"c@d.example\n", "c@d.example,\n",
		"{\"address\":\"c@d.example\"}\n", "{\"address\":\"c@d.example\"}]\n"};

	(void) state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct reading reading;
		struct buffer text;

		buffer_init(&text, 1 << 20);
		buffer_append_text(&text, heads[i]);
		buffer_append_text(&text, begins[i]);
		for (size_t j = 0; j < 100000; j++)
			buffer_append(&text, "x", 1);
		buffer_append_text(&text, ends[i]);
		buffer_append_text(&text, "\n");
		buffer_append_text(&text, lasts[i]);
		reading_init(&reading);
		read_pieces(&reading, text.bytes, text.length, 10000);
		assert_non_null(strstr(reading.story.bytes, "2! longer than 64 KiB\n"));
		assert_non_null(strstr(reading.story.bytes, "3 c@d.example import\n"));
		assert_int_equal(reading.flaws, 1);
		buffer_finish(&text);
		buffer_finish(&reading.story);
	}
}

static void a_long_document_is_read_to_its_end(void **state)
{
	struct reading reading;
	struct buffer text;

	(void) state;
	buffer_init(&text, 64 << 20);
	buffer_append_text(&text, "{\"SuppressedDestinationSummaries\":[");
	for (int i = 0; i < 20000; i++)
		buffer_format(&text,
			"%s{\"EmailAddress\":\"u%d@b.example\",\"Reason\":"
			"\"BOUNCE\",\"LastUpdateTime\":1.7e9}",
			i == 0 ? "" : ",", i);
	buffer_append_text(&text, "]}");
	reading_init(&reading);
	read_pieces(&reading, text.bytes, text.length, 32768);
	assert_string_equal(reading.format, "ses-list");
	assert_int_equal(reading.entries, 20000);
	assert_int_equal(reading.flaws, 0);
	assert_non_null(strstr(reading.story.bytes, "1 u19999@b.example bounce"));
	buffer_finish(&text);
	buffer_finish(&reading.story);
}

static void the_taker_can_stop(void **state)
{
	struct reading reading;

	(void) state;
	reading_init(&reading);
	reading.stop_after = 2;
	read_pieces(&reading, "a@b.example\nc@d.example\ne@f.example\n", 36, 4);
	assert_int_equal(reading.state, LISTFILE_STOPPED);
	assert_int_equal(reading.entries, 2);
	buffer_finish(&reading.story);
}

/* ---- what a line does not say ---- */

static void what_a_line_does_not_say_the_call_says(void **state)
{
	struct reading reading;

	(void) state;
	reading_init(&reading);
	reading.settings.reason = SES_REASON_COMPLAINT;
	reading.settings.scope = "news";
	reading.settings.note = "from the old system";
	read_pieces(&reading,
		"address,reason,scope,note\na@b.example,,,\n"
		"c@d.example,bounce,other,mine\n",
		71, 100);
	assert_string_equal(reading.story.bytes,
		"2 a@b.example complaint scope=news note=from the old system\n"
		"3 c@d.example bounce scope=other note=mine\n");
	buffer_finish(&reading.story);
}

static void a_time_in_the_future_is_now(void **state)
{
	struct reading reading;

	(void) state;
	reading_init(&reading);
	read_pieces(
		&reading, "address,since\na@b.example,2030-01-01T00:00:00Z\n", 47, 100);
	assert_string_equal(reading.story.bytes, "2 a@b.example import\n");
	buffer_finish(&reading.story);
}

static void times_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text, *time;
	} table[] = {
		{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"},
		{"2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"},
		{"2026-01-02 03:04:05 UTC", "2026-01-02T03:04:05.000Z"},
		{"2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05.000Z"},
		{"2026-01-02", "2026-01-02T00:00:00.000Z"},
		{"1767312000", "2026-01-02T00:00:00.000Z"},
		{"1767312000.25", "2026-01-02T00:00:00.250Z"},
		{"1767312000123", "2026-01-02T00:00:00.123Z"},
		{"Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05.000Z"},
		{"Fri, 2 Jan 2026 03:04:05 +0100", "2026-01-02T02:04:05.000Z"},
	};
	static const char *const wrong[] = {"", "x", "2026-02-30", "01/02/2026", "17",
		"2026", "1767312000.", "Fri, 02 Foo 2026 03:04:05 GMT",
		"99999999999999999999", "Fri, 02 Jan 2026"};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		utc_ms time = 0;

		if (!listfile_time(table[i].text, &time) || time != at(table[i].time))
			fail_msg("%s", table[i].text);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		utc_ms time = 0;

		if (listfile_time(wrong[i], &time))
			fail_msg("%s is taken for a time", wrong[i]);
	}
}

/* ---- writing ---- */

static const struct store_suppression entries[] = {
	{.address = "ann@example.com",
		.original = "Ann@Example.com",
		.scope = "",
		.reason = SES_REASON_BOUNCE,
		.is_certain = true,
		.since = 1767312000000,
		.expires = UTC_NONE,
		.at_ses = 1,
		.note = ""},
	{.address = "\"j, d\"@example.com",
		.original = "\"J, D\"@example.com",
		.scope = "",
		.reason = SES_REASON_COMPLAINT,
		.is_certain = true,
		.since = 1767312000123,
		.expires = UTC_NONE,
		.at_ses = -1,
		.note = " =1+1, \"quoted\"\r\nand more; "},
	{.address = "bob@example.com",
		.original = "bob@example.com",
		.scope = "tenant:x",
		.reason = SES_REASON_SOFT_BOUNCE,
		.is_certain = true,
		.since = 1771977600000,
		.expires = 1773187200000,
		.at_ses = -1,
		.note = "ü"},
	{.address = "@example.org",
		.original = "@example.org",
		.scope = "",
		.reason = SES_REASON_MANUAL,
		.is_certain = true,
		.since = 1767312000000,
		.expires = UTC_NONE,
		.at_ses = -1,
		.note = "x\ty"},
	{.address = "carl@example.com",
		.original = "carl@example.com",
		.scope = "news",
		.reason = SES_REASON_QUARANTINE,
		.is_certain = true,
		.since = 1767312000000,
		.expires = 1999999999000,
		.at_ses = -1,
		.note = ""},
};

static void write_all(struct buffer *buffer, enum listfile_kind kind)
{
	buffer_init(buffer, 1 << 20);
	listfile_write_head(buffer, kind);
	for (size_t i = 0; i < COUNT(entries); i++)
		listfile_write(buffer, kind, &entries[i]);
	assert_false(buffer->failed);
}

struct again {
	size_t index;
};

static bool compare_entry(
	void *closure, uint64_t number, const struct store_suppression *entry)
{
	struct again *again = closure;
	const struct store_suppression *put = &entries[again->index++];

	(void) number;
	assert_string_equal(entry->address, put->address);
	assert_string_equal(entry->original, put->original);
	assert_string_equal(entry->scope, put->scope);
	assert_string_equal(entry->note, put->note);
	assert_int_equal(entry->reason, put->reason);
	assert_int_equal(entry->since, put->since);
	assert_int_equal(entry->expires, put->expires);
	assert_int_equal(entry->is_certain, put->is_certain);
	assert_int_equal(entry->at_ses, -1); /* what was so once is no knowledge */
	return true;
}

static bool no_flaw(void *closure, uint64_t number, const char *detail)
{
	(void) closure;
	fail_msg("%llu: %s", (unsigned long long) number, detail);
	return false;
}

static void an_import_reads_an_export_as_the_same_entries(void **state)
{
	static const enum listfile_kind kinds[] = {LISTFILE_CSV, LISTFILE_NDJSON};

	(void) state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct again again = {0};
		struct listfile_taker taker = {compare_entry, no_flaw, &again};
		struct reading reading;
		struct listfile *file;
		struct buffer text;

		write_all(&text, kinds[i]);
		reading_init(&reading);
		file = listfile_new(&reading.settings, &taker);
		assert_int_equal(
			listfile_take(file, text.bytes, text.length), LISTFILE_GOES_ON);
		assert_int_equal(listfile_end(file), LISTFILE_GOES_ON);
		assert_string_equal(listfile_format(file), i == 0 ? "csv" : "ndjson");
		assert_int_equal(again.index, COUNT(entries));
		listfile_free(file);
		buffer_finish(&reading.story);
		buffer_finish(&text);
	}
}

static void csv_is_as_rfc_4180_has_it(void **state)
{
	struct buffer text;

	(void) state;
	write_all(&text, LISTFILE_CSV);
	assert_non_null(strstr(text.bytes,
		"address,reason,scope,since,expires,note\r\n"
		"Ann@Example.com,bounce,,2026-01-02T00:00:00.000Z,,\r\n"
		"\"\"\"J, D\"\"@example.com\",complaint,,2026-01-02T00:00:00.123Z,,"
		"\" =1+1, \"\"quoted\"\"\r\nand more; \"\r\n"));
	buffer_finish(&text);
}

static void ses_gets_only_what_its_list_has_a_word_for(void **state)
{
	struct buffer text;

	(void) state;
	write_all(&text, LISTFILE_SES);
	assert_string_equal(text.bytes,
		"{\"emailAddress\":\"Ann@Example.com\",\"reason\":\"BOUNCE\"}\n"
		"{\"emailAddress\":\"\\\"j, d\\\"@example.com\",\"reason\":"
		"\"COMPLAINT\"}\n");
	buffer_finish(&text);
	write_all(&text, LISTFILE_SES_DELETE);
	assert_string_equal(text.bytes, "Ann@Example.com\r\n"
					"\"\"\"j, d\"\"@example.com\"\r\n"
					"bob@example.com\r\ncarl@example.com\r\n");
	buffer_finish(&text);
}

static void uncertain_and_expiring_entries_never_go_to_ses(void **state)
{
	struct store_suppression entry = entries[0];
	struct buffer text;

	(void) state;
	buffer_init(&text, 1000);
	entry.is_certain = false;
	listfile_write(&text, LISTFILE_SES, &entry);
	entry.is_certain = true;
	entry.expires = 1999999999000;
	listfile_write(&text, LISTFILE_SES, &entry);
	assert_int_equal(text.length, 0);
	entry.expires = UTC_NONE;
	listfile_write(&text, LISTFILE_SES, &entry);
	assert_int_not_equal(text.length, 0);
	buffer_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_is_recognised_and_read),
		cmocka_unit_test(a_bad_line_is_told_by_its_number_and_the_rest_is_read),
		cmocka_unit_test(json_lines_go_on_after_each_bad_one),
		cmocka_unit_test(a_file_that_is_not_what_it_says_is_refused_as_a_whole),
		cmocka_unit_test(columns_that_are_none_are_told),
		cmocka_unit_test(a_line_longer_than_64_kib_is_left_out),
		cmocka_unit_test(a_long_document_is_read_to_its_end),
		cmocka_unit_test(the_taker_can_stop),
		cmocka_unit_test(what_a_line_does_not_say_the_call_says),
		cmocka_unit_test(a_time_in_the_future_is_now),
		cmocka_unit_test(times_are_read_as_people_write_them),
		cmocka_unit_test(an_import_reads_an_export_as_the_same_entries),
		cmocka_unit_test(csv_is_as_rfc_4180_has_it),
		cmocka_unit_test(ses_gets_only_what_its_list_has_a_word_for),
		cmocka_unit_test(uncertain_and_expiring_entries_never_go_to_ses),
	};

	return cmocka_run_group_tests_name("listfile", tests, NULL, NULL);
}
