/* listfile_csv.c - CSV (RFC 4180, and what programs make of it): records and headers. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/listfile_inside.h"

enum csv_place csv_step(enum csv_place place, char byte, char separator)
{
	if (byte == separator && place != CSV_QUOTED)
		return place == CSV_BROKEN ? CSV_BROKEN : CSV_CELL_BEGINS;
	switch (place) {
	case CSV_CELL_BEGINS:
		return byte == '"' ? CSV_QUOTED : CSV_PLAIN;
	case CSV_PLAIN:
		return CSV_PLAIN;
	case CSV_QUOTED:
		return byte == '"' ? CSV_QUOTE : CSV_QUOTED;
	case CSV_QUOTE:
		/* Doubled, or the end; blanks and a CR may stand behind that. */
		if (byte == '"')
			return CSV_QUOTED;
		return byte == ' ' || byte == '\r' ? CSV_QUOTE : CSV_BROKEN;
	case CSV_BROKEN:
		return CSV_BROKEN;
	}
	return CSV_BROKEN;
}

/* A cell without its quotes, or without the blanks around it; followed by a NUL. */
static char *unquote(char *cell, char *end)
{
	char *from = cell + 1, *to = cell;
	size_t length = (size_t) (end - cell);

	if (cell == end || *cell != '"') {
		cell = (char *) (uintptr_t) text_trim(cell, &length);
		cell[length] = '\0';
		return cell;
	}
	while (from < end) {
		if (*from == '"' && (++from == end || *from != '"'))
			break;
		*to++ = *from++;
	}
	*to = '\0';
	return cell;
}

size_t csv_split(
	char *record, size_t length, char separator, char *cells[LISTFILE_COLUMNS_MAX])
{
	enum csv_place place = CSV_CELL_BEGINS;
	char *cell = record, *end = record + length;
	size_t count = 0;

	for (char *at = record; at <= end; at++) {
		if (at < end) {
			place = csv_step(place, *at, separator);
			if (place != CSV_CELL_BEGINS)
				continue;
		}
		if (count < LISTFILE_COLUMNS_MAX)
			cells[count] = unquote(cell, at);
		count++;
		cell = at + 1;
	}
	return count;
}

char csv_separator(const char *line, size_t length)
{
	static const char separators[] = ",;\t";
	char best = ',';
	size_t most = 0;

	for (const char *separator = separators; *separator != '\0'; separator++) {
		enum csv_place place = CSV_CELL_BEGINS;
		size_t count = 0;

		for (size_t i = 0; i < length; i++) {
			place = csv_step(place, line[i], *separator);
			count += place == CSV_CELL_BEGINS;
		}
		if (count > most) {
			most = count;
			best = *separator;
		}
	}
	return best;
}

/* ---- which column holds what, as the caller says ---- */

static const char *const field_names[FIELDS_NAMEABLE] = {
	"address", "reason", "scope", "since", "expires", "note"};

/* One FIELD=COLUMN. */
static bool read_column(const char *text, size_t length,
	char columns[FIELDS_NAMEABLE][LISTFILE_NAME_SIZE * 4], struct error *error)
{
	const char *equals = memchr(text, '=', length);
	size_t name_length = equals == NULL ? length : (size_t) (equals - text);
	size_t rest = equals == NULL ? 0 : length - name_length - 1;
	int field = 0;

	while (field < FIELDS_NAMEABLE &&
		(strlen(field_names[field]) != name_length ||
			memcmp(field_names[field], text, name_length) != 0))
		field++;
	if (field == FIELDS_NAMEABLE || rest == 0)
		return error_set(error,
			"'%.*s' is not FIELD=COLUMN; the fields are address, reason, "
			"scope, since, expires and note",
			length > 60 ? 60 : (int) length, text);
	if (columns[field][0] != '\0')
		return error_set(error, "%s is given twice", field_names[field]);
	if (rest >= sizeof(columns[field]))
		return error_set(error, "the column of %s has too long a name",
			field_names[field]);
	memcpy(columns[field], equals + 1, rest);
	columns[field][rest] = '\0';
	return true;
}

bool listfile_read_columns(const char *text,
	char columns[FIELDS_NAMEABLE][LISTFILE_NAME_SIZE * 4], struct error *error)
{
	for (int i = 0; i < FIELDS_NAMEABLE; i++)
		columns[i][0] = '\0';
	while (*text != '\0') {
		size_t length = strcspn(text, ",");

		if (!read_column(text, length, columns, error))
			return false;
		text += length;
		text += *text == ',';
	}
	return columns[FIELD_ADDRESS][0] != '\0' ||
	       error_set(error, "it does not say which column is the address; write "
				"address=COLUMN");
}

bool listfile_columns_are_right(const char *columns, struct error *error)
{
	char read[FIELDS_NAMEABLE][LISTFILE_NAME_SIZE * 4];

	return listfile_read_columns(columns, read, error);
}

/* ---- what the columns are ---- */

static void clear_layout(struct listfile *file, size_t count)
{
	file->column_count = count;
	for (size_t i = 0; i < LISTFILE_COLUMNS_MAX; i++)
		file->layout[i] = FIELD_NONE;
}

static void refuse_header(
	struct listfile *file, const char *name, char **cells, size_t count)
{
	struct buffer known;

	buffer_init(&known, 300);
	for (size_t i = 0; i < count; i++) {
		if (!buffer_format(&known, "%s%.40s", i == 0 ? "" : ", ", cells[i]))
			break;
	}
	listfile_refuse(file,
		"there is no column \"%.60s\"; the first line has the columns %s", name,
		known.bytes == NULL ? "" : known.bytes);
	buffer_finish(&known);
}

/* The columns that were named, and no others. */
static bool lay_out_named(struct listfile *file, char **cells, size_t count)
{
	char folded[LISTFILE_NAME_SIZE], wanted[LISTFILE_NAME_SIZE];

	for (int field = 0; field < FIELDS_NAMEABLE; field++) {
		const char *name = file->columns[field];
		size_t column = 0;

		if (name[0] == '\0')
			continue;
		listfile_fold(name, wanted);
		while (column < count && !text_equal(cells[column], name))
			column++;
		for (size_t i = 0; column == count && i < count; i++) {
			listfile_fold(cells[i], folded);
			if (text_equal(folded, wanted))
				column = i;
			if (column < count)
				break;
		}
		if (column == count) {
			refuse_header(file, name, cells, count);
			return false;
		}
		file->layout[column] = (enum listfile_field) field;
	}
	return true;
}

static bool lay_out_known(struct listfile *file, char **cells, size_t count)
{
	char names[LISTFILE_COLUMNS_MAX][LISTFILE_NAME_SIZE];
	bool is_there[FIELD_COUNT + 1] = {false};

	for (size_t i = 0; i < count; i++) {
		enum listfile_field field;

		listfile_fold(cells[i], names[i]);
		field = listfile_field_of(names[i]);
		if (is_there[field])
			continue; /* the first of a kind counts */
		is_there[field] = field != FIELD_NONE;
		file->layout[i] = field;
	}
	file->dialect = listfile_dialect_of(names, count);
	if (file->dialect.format != NULL)
		file->format = file->dialect.format;
	return is_there[FIELD_ADDRESS];
}

static bool is_address(const char *cell)
{
	char normal[SES_ADDRESS_MAX];

	return listfile_address(cell, strlen(cell), normal);
}

/* "a@example.com,BOUNCE": an import job's. */
static bool is_ses_import(char **cells, size_t count)
{
	enum ses_reason reason;

	return count == 2 && is_address(cells[0]) && listfile_reason(cells[1], &reason);
}

bool listfile_lay_out_numbers(struct listfile *file)
{
	clear_layout(file, 0);
	for (int field = 0; field < FIELDS_NAMEABLE; field++) {
		int64_t column;

		if (file->columns[field][0] == '\0')
			continue;
		if (!text_to_integer(file->columns[field], &column) || column < 1 ||
			column > LISTFILE_COLUMNS_MAX)
			return false;
		file->layout[column - 1] = (enum listfile_field) field;
	}
	return true;
}

bool listfile_read_header(struct listfile *file, char **cells, size_t count)
{
	file->has_header = true;
	file->dialect = (struct listfile_dialect){NULL, SES_REASON_IMPORT, false};
	file->format = "csv";
	if (file->has_columns && listfile_lay_out_numbers(file)) {
		size_t column = 0;

		file->column_count = count;
		while (column < count && file->layout[column] != FIELD_ADDRESS)
			column++;
		/* A header may stand above numbered columns all the same. */
		return column < count && !is_address(cells[column]);
	}
	clear_layout(file, count);
	if (file->has_columns)
		return lay_out_named(file, cells, count);
	if (lay_out_known(file, cells, count))
		return true;
	file->format = "ses-import";
	if (is_ses_import(cells, count)) {
		file->layout[0] = FIELD_ADDRESS;
		file->layout[1] = FIELD_REASON;
		return false;
	}
	if (count == 1 && is_address(cells[0])) {
		file->layout[0] = FIELD_ADDRESS;
		file->mode = MODE_ADDRESSES;
		file->format = "addresses";
		return false;
	}
	if (count > 0 && is_address(cells[0]))
		listfile_refuse(file,
			"the first line is no header that names the columns: say which "
			"holds what, with columns=address=1,reason=2");
	else
		listfile_refuse(file,
			"it is not recognised: the first line is neither a header with a "
			"column for the address (address, email, recipient …; or name "
			"it with columns=address=NAME), nor an address, nor JSON");
	return false;
}
