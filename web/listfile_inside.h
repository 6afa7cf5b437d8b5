/* listfile_inside.h - what the readers of the list's formats share. Private to web/. */
#ifndef WEB_LISTFILE_INSIDE_H
#define WEB_LISTFILE_INSIDE_H

#include "base/json.h"
#include "ses/address.h"
#include "web/listfile.h"

enum listfile_field {
	FIELD_ADDRESS,
	FIELD_REASON,
	FIELD_SCOPE,
	FIELD_SINCE,
	FIELD_EXPIRES,
	FIELD_NOTE,
	/* Below: not to be named in columns. */
	FIELD_ORIGINAL,
	FIELD_CERTAIN,
	FIELD_STATUS, /* 5.1.1, 550, or a word */
	FIELD_TEXT,   /* what a server said */
	FIELD_COUNT,
	FIELD_NONE = FIELD_COUNT,
};
#define FIELDS_NAMEABLE FIELD_ORIGINAL

#define LISTFILE_COLUMNS_MAX 256
#define LISTFILE_NAME_SIZE 48

/* A name without blanks, hyphens, underscores, dots and case; cut. */
void listfile_fold(const char *name, char folded[LISTFILE_NAME_SIZE]);

/* What a column or member of that folded name holds. */
enum listfile_field listfile_field_of(const char *folded);

/* Whose file has these names. */
struct listfile_dialect {
	const char *format;
	enum ses_reason reason; /* of lines that say none */
	bool reason_is_text;	/* an unknown reason is what a server said */
};
struct listfile_dialect listfile_dialect_of(
	char names[][LISTFILE_NAME_SIZE], size_t count);

/* One line, its fields as texts; NULL where it has none. */
struct listfile_line {
	uint64_t number;
	const char *fields[FIELD_COUNT];
	struct listfile_dialect dialect;
	int at_ses;
};

/* Gives the taker the entry, or the flaw. */
bool listfile_give(struct listfile *file, const struct listfile_line *line);
bool listfile_give_flaw(struct listfile *file, uint64_t number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* An address or "@domain" in its normal form. */
bool listfile_address(const char *text, size_t length, char normal[SES_ADDRESS_MAX]);

/* A JSON object of that many bytes, which the taker gets as entry or flaw. */
bool listfile_give_object(
	struct listfile *file, uint64_t number, const char *text, size_t length);

/* ---- CSV ---- */

enum csv_place { CSV_CELL_BEGINS, CSV_PLAIN, CSV_QUOTED, CSV_QUOTE, CSV_BROKEN };

/* Where the next byte leads to. A line end in CSV_QUOTED goes on with the record. */
enum csv_place csv_step(enum csv_place place, char byte, char separator);

/* Takes a record apart in place; it is followed by a byte that may be overwritten.
 * Returns how many cells there are, also past LISTFILE_COLUMNS_MAX. */
size_t csv_split(
	char *record, size_t length, char separator, char *cells[LISTFILE_COLUMNS_MAX]);

/* The separator of the most columns in a line: comma, semicolon or tab. */
char csv_separator(const char *line, size_t length);

/* ---- one JSON document ---- */

struct json_walk {
	size_t depth;
	bool in_text, is_escaped;
	bool is_array;	   /* inside the list: its elements are the entries */
	size_t list_depth; /* of these elements */
	bool is_container; /* the object around the list: no entry itself */
	bool is_colon;	   /* what came last, blanks apart */
	char key[40];	   /* the last text of the outermost object */
	size_t key_length;
	bool is_collecting, is_too_long;
	size_t element_depth;
	uint64_t element_line;
	bool is_junk; /* something in the list that is no object */
	uint64_t junk_line;
	bool is_damaged;
};

/* The list in a document of that key: what it makes of the format. NULL: none. */
const char *json_walk_list_format(const char *key);

enum listfile_mode {
	MODE_DETECT,
	MODE_ADDRESSES,
	MODE_CSV,
	MODE_JSON_LINES,
	MODE_JSON_DOCUMENT,
};

/* Bytes are taken in slices of this size at most. */
#define LISTFILE_SLICE ((size_t) 16 << 10)

struct listfile {
	struct listfile_settings settings;
	struct listfile_taker taker;
	char columns[FIELDS_NAMEABLE][LISTFILE_NAME_SIZE * 4]; /* "": not named */
	bool has_columns;

	enum listfile_mode mode;
	enum listfile_state state;
	const char *format; /* NULL: not known yet */
	struct error refusal;
	uint64_t number; /* of the line at bytes + begin */

	/* What waits for its line's end. */
	char bytes[LISTFILE_LINE_MAX + LISTFILE_SLICE + 1];
	size_t begin, end;
	size_t looked; /* so many bytes from begin on hold no end */
	enum csv_place place;
	bool is_skipping; /* the rest of a line that is too long */

	/* CSV */
	char separator;
	bool has_header; /* it was read, or there is none */
	enum listfile_field layout[LISTFILE_COLUMNS_MAX];
	size_t column_count;
	struct listfile_dialect dialect;

	struct json_walk walk;	 /* JSON document */
	size_t collected;	 /* bytes of its element, kept in bytes */
	const char *walk_format; /* of the list found in it */
};

/* Takes bytes of a document; its end. */
void json_walk_take(struct listfile *file, const char *bytes, size_t length);
void json_walk_end(struct listfile *file);

/* The first record of CSV: says what the columns are. False: it is no header; refused. */
bool listfile_read_header(struct listfile *file, char **cells, size_t count);

/* What listfile_settings says of the columns; "" where it says nothing. */
bool listfile_read_columns(const char *text,
	char columns[FIELDS_NAMEABLE][LISTFILE_NAME_SIZE * 4], struct error *error)
	__attribute__((warn_unused_result));

/* Without a header: the columns by number, or address,reason; whether so. */
bool listfile_lay_out_numbers(struct listfile *file);

/* The whole file is refused. */
void listfile_refuse(struct listfile *file, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
