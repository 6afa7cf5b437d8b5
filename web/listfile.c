/* listfile.c - a file of the suppression list, piece by piece: its kind, its lines. */
#include "web/listfile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/listfile_inside.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* ---- life ---- */

struct listfile *listfile_new(
	const struct listfile_settings *settings, const struct listfile_taker *taker)
{
	struct listfile *file = calloc(1, sizeof(*file));

	if (file == NULL)
		return NULL;
	file->settings = *settings;
	file->taker = *taker;
	file->number = 1;
	file->has_columns = settings->columns != NULL &&
			    listfile_read_columns(settings->columns, file->columns, NULL);
	return file;
}

void listfile_free(struct listfile *file)
{
	free(file);
}

const char *listfile_format(const struct listfile *file)
{
	return file->format == NULL ? "empty" : file->format;
}

const char *listfile_refusal(const struct listfile *file)
{
	return file->refusal.text;
}

void listfile_refuse(struct listfile *file, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(file->refusal.text, sizeof(file->refusal.text), format, arguments);
	va_end(arguments);
	file->state = LISTFILE_UNREADABLE;
}

/* ---- what it is ---- */

static const char *refusal_of_bytes(const char *bytes, size_t length)
{
	static const struct {
		const char *mark;
		size_t length;
		const char *why;
	} marks[] = {
		{"\x1f\x8b", 2, "it is compressed by gzip; unpack it first"},
		{"PK\x03\x04", 4, "it is a spreadsheet or a zip file; save it as CSV"},
		{"\xff\xfe", 2, "it is UTF-16; save it as CSV in UTF-8"},
		{"\xfe\xff", 2, "it is UTF-16; save it as CSV in UTF-8"},
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (length >= marks[i].length &&
			memcmp(bytes, marks[i].mark, marks[i].length) == 0)
			return marks[i].why;
	}
	if (memchr(bytes, '\0', length) != NULL)
		return "it is not a text: there is a NUL byte in its first line";
	if (!utf8_is_valid(bytes, length))
		return "it is not UTF-8; save it as CSV in UTF-8";
	return NULL;
}

/* Of a line that begins with a brace: whether an entry is all of it. What is printed for
 * people has its braces on lines of their own; a document names its list. */
static bool is_json_line(const char *line, size_t length)
{
	static const char mark[] = "\"SuppressedDestinationSummaries\"";
	const char *key = line + 1, *end;
	char name[40];

	if (line[length - 1] != '}' || memmem(line, length, mark, strlen(mark)) != NULL)
		return false;
	key += strspn(key, " \t");
	end = *key == '"' ? strchr(key + 1, '"') : NULL;
	if (end == NULL || (size_t) (end - key) > sizeof(name))
		return true;
	snprintf(name, sizeof(name), "%.*s", (int) (end - key - 1), key + 1);
	end += 1 + strspn(end + 1, " \t");
	return *end != ':' || end[1 + strspn(end + 1, " \t")] != '[' ||
	       json_walk_list_format(name) == NULL;
}

/* line is trimmed, not empty, and followed by a NUL. */
static void detect(struct listfile *file, const char *line, size_t length)
{
	const char *why = refusal_of_bytes(line, length);
	char normal[SES_ADDRESS_MAX];

	if (why != NULL) {
		listfile_refuse(file, "%s", why);
	} else if (line[0] == '[') {
		file->mode = MODE_JSON_DOCUMENT;
	} else if (line[0] == '{') {
		file->mode =
			is_json_line(line, length) ? MODE_JSON_LINES : MODE_JSON_DOCUMENT;
	} else if (!file->has_columns && listfile_address(line, length, normal)) {
		file->mode = MODE_ADDRESSES;
		file->format = "addresses";
	} else {
		file->mode = MODE_CSV;
		file->separator = csv_separator(line, length);
	}
}

/* ---- lines ---- */

static void consume(struct listfile *file, size_t length)
{
	const char *at = file->bytes + file->begin, *end = at + length;

	while ((at = memchr(at, '\n', (size_t) (end - at))) != NULL) {
		file->number++;
		at++;
	}
	file->begin += length;
	file->looked = 0;
	file->place = CSV_CELL_BEGINS;
}

/* Looks for the end of the line, of CSV of the record, that begins at begin; false: it is
 * not here. *length is without the line end. */
static bool find_end(struct listfile *file, size_t *length)
{
	for (size_t i = file->looked; file->begin + i < file->end; i++) {
		char byte = file->bytes[file->begin + i];

		if (byte == '\n' &&
			(file->mode != MODE_CSV || file->place != CSV_QUOTED)) {
			*length = i;
			return true;
		}
		if (file->mode == MODE_CSV)
			file->place = csv_step(file->place, byte, file->separator);
	}
	file->looked = file->end - file->begin;
	return false;
}

/* A line that can't be taken apart. Where the first of CSV can't, nobody knows what the
 * columns are. */
static bool give_up(struct listfile *file, const char *why)
{
	if (file->mode != MODE_CSV || file->has_header)
		return listfile_give_flaw(file, file->number, "%s", why);
	listfile_refuse(file, "its first line is no header: %s", why);
	return false;
}

/* A quote that is never closed spoils its own line, not those behind it. */
static bool drop_line(struct listfile *file, size_t length, const char *why)
{
	const char *line = file->bytes + file->begin;
	const char *end = memchr(line, '\n', length);

	if (!give_up(file, why))
		return false;
	consume(file, end == NULL ? length : (size_t) (end - line) + 1);
	return true;
}

static bool take_cells(struct listfile *file, char *record, size_t length)
{
	struct listfile_line line = {
		.number = file->number, .dialect = file->dialect, .at_ses = -1};
	char *cells[LISTFILE_COLUMNS_MAX];
	size_t count = csv_split(record, length, file->separator, cells);

	if (count > LISTFILE_COLUMNS_MAX)
		return give_up(file, "more than 256 columns");
	if (!file->has_header) {
		if (listfile_read_header(file, cells, count) ||
			file->state != LISTFILE_GOES_ON)
			return file->state == LISTFILE_GOES_ON;
		line.dialect = file->dialect;
	}
	if (count > file->column_count)
		return listfile_give_flaw(file, file->number,
			"%zu columns where the first line has %zu", count,
			file->column_count);
	for (size_t i = 0; i < count; i++) {
		if (file->layout[i] != FIELD_NONE)
			line.fields[file->layout[i]] = cells[i];
	}
	return listfile_give(file, &line);
}

static bool take_address(struct listfile *file, char *record, size_t length)
{
	struct listfile_line line = {.number = file->number,
		.dialect = {.reason = SES_REASON_IMPORT},
		.at_ses = -1};
	char normal[SES_ADDRESS_MAX];
	char *cells[LISTFILE_COLUMNS_MAX];

	/* A cell in quotes, unless the quotes are the mailbox's own. */
	if (record[0] == '"' && !listfile_address(record, length, normal) &&
		csv_split(record, length, ',', cells) == 1)
		record = cells[0];
	line.fields[FIELD_ADDRESS] = record;
	return listfile_give(file, &line);
}

/* One line without its end, followed by a byte that may be overwritten. */
static bool take_line(struct listfile *file, char *record, size_t length)
{
	while (length > 0 && record[length - 1] == '\r')
		length--;
	if (strspn(record, " \t\r\n") >= length)
		return true;
	record[length] = '\0';
	if (memchr(record, '\0', length) != NULL)
		return give_up(file, "there is a NUL byte");
	if (!utf8_is_valid(record, length))
		return give_up(file, "not UTF-8");
	if (file->mode == MODE_ADDRESSES)
		return take_address(file, record, length);
	if (file->mode == MODE_JSON_LINES)
		return listfile_give_object(file, file->number, record, length);
	return take_cells(file, record, length);
}

static bool take_record(struct listfile *file, size_t length)
{
	char *record = file->bytes + file->begin;
	uint64_t first, last;

	if (file->mode == MODE_CSV && file->place == CSV_BROKEN)
		return drop_line(file, length,
			"text stands behind a closing quote; a quote inside a cell is "
			"doubled");
	if (length > LISTFILE_LINE_MAX)
		return drop_line(file, length, "longer than 64 KiB");
	/* Its lines are counted before a byte of them is overwritten. */
	first = file->number;
	consume(file, length);
	last = file->number;
	file->number = first;
	if (!take_line(file, record, length))
		return false;
	file->number = last;
	if (file->begin < file->end) { /* its line end */
		file->begin++;
		file->number++;
	}
	return true;
}

/* A line of which the end is not in sight has no room. */
static bool give_up_long(struct listfile *file)
{
	size_t length = file->end - file->begin;
	const char *line = file->bytes + file->begin;

	if (file->mode == MODE_CSV && memchr(line, '\n', length) != NULL)
		return drop_line(file, length, "a quote is opened and never closed");
	if (!give_up(file, "longer than 64 KiB"))
		return false;
	file->is_skipping = true;
	return true;
}

static bool skip(struct listfile *file)
{
	const char *line = file->bytes + file->begin;
	const char *end = memchr(line, '\n', file->end - file->begin);

	consume(file, end == NULL ? file->end - file->begin : (size_t) (end - line) + 1);
	file->is_skipping = end == NULL;
	return end != NULL;
}

static void take_lines(struct listfile *file, bool is_end)
{
	size_t length;

	while (file->begin < file->end && file->state == LISTFILE_GOES_ON) {
		if (file->is_skipping) {
			if (!skip(file))
				return;
		} else if (find_end(file, &length)) {
			if (!take_record(file, length))
				return;
		} else if (file->end - file->begin > LISTFILE_LINE_MAX) {
			if (!give_up_long(file))
				return;
		} else if (!is_end) {
			return;
		} else if (file->mode == MODE_CSV && file->place == CSV_QUOTED) {
			if (!drop_line(file, file->end - file->begin,
				    "a quote is opened and never closed"))
				return;
		} else if (!take_record(file, file->end - file->begin)) {
			return;
		}
	}
}

/* ---- pieces ---- */

static void skip_blank_lines(struct listfile *file)
{
	const size_t mark = strlen(BYTE_ORDER_MARK);

	if (file->number == 1 && file->end - file->begin >= mark &&
		memcmp(file->bytes + file->begin, BYTE_ORDER_MARK, mark) == 0)
		file->begin += mark;
	while (file->begin < file->end &&
		strchr(" \t\r\n", file->bytes[file->begin]) != NULL &&
		file->bytes[file->begin] != '\0')
		consume(file, 1);
}

/* Once the first line is there, or so much of it that it must be a document. */
static void begin(struct listfile *file, bool is_end)
{
	size_t length, whole;
	char *line, after;

	skip_blank_lines(file);
	length = whole = file->end - file->begin;
	if (length == 0 ||
		(!find_end(file, &length) && !is_end && whole < LISTFILE_LINE_MAX))
		return;
	if (length == whole)
		length = utf8_without_half(file->bytes + file->begin, whole);
	line = file->bytes + file->begin;
	while (length > 1 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	after = line[length];
	line[length] = '\0';
	detect(file, line, length);
	line[length] = after;
	file->looked = 0;
	if (file->mode == MODE_JSON_DOCUMENT) {
		size_t first = file->begin;

		file->begin = file->end = 0;
		json_walk_take(file, file->bytes + first, whole);
	}
}

static void go_on(struct listfile *file, bool is_end)
{
	if (file->mode == MODE_DETECT)
		begin(file, is_end);
	if (file->mode != MODE_DETECT && file->mode != MODE_JSON_DOCUMENT)
		take_lines(file, is_end);
	memmove(file->bytes, file->bytes + file->begin, file->end - file->begin);
	file->end -= file->begin;
	file->begin = 0;
}

enum listfile_state listfile_take(struct listfile *file, const char *bytes, size_t length)
{
	while (length > 0 && file->state == LISTFILE_GOES_ON) {
		size_t slice = length < LISTFILE_SLICE ? length : LISTFILE_SLICE;

		if (file->mode == MODE_JSON_DOCUMENT) {
			json_walk_take(file, bytes, slice);
		} else {
			memcpy(file->bytes + file->end, bytes, slice);
			file->end += slice;
			go_on(file, false);
		}
		bytes += slice;
		length -= slice;
	}
	return file->state;
}

enum listfile_state listfile_end(struct listfile *file)
{
	if (file->state != LISTFILE_GOES_ON)
		return file->state;
	if (file->mode != MODE_JSON_DOCUMENT)
		go_on(file, true);
	if (file->mode == MODE_JSON_DOCUMENT && file->state == LISTFILE_GOES_ON)
		json_walk_end(file);
	return file->state;
}
