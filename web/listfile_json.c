/* listfile_json.c - entries out of JSON: of lines, and of one long document. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "web/listfile_inside.h"

#define MEMBERS_MAX 64

/* ---- one object ---- */

/* The text of a value that is one, a number or a switch; NULL: none. */
static const char *value_text(
	const struct json *object, const struct json *member, char number[32])
{
	double value;
	bool flag;

	if (json_is_text(member))
		return json_as_text(member);
	if (json_as_number(member, &value) && value >= 0 && value < 1e15) {
		int64_t whole = (int64_t) value;

		if (value == (double) whole)
			snprintf(number, 32, "%lld", (long long) whole);
		else
			snprintf(number, 32, "%.3f", value);
		return number;
	}
	if (json_boolean(object, json_name(member), &flag))
		return flag ? "true" : "false";
	return NULL;
}

static enum listfile_field field_of_member(
	const struct listfile *file, const char *name, const char *folded)
{
	if (!file->has_columns)
		return listfile_field_of(folded);
	for (int field = 0; field < FIELDS_NAMEABLE; field++) {
		if (text_equal(file->columns[field], name))
			return (enum listfile_field) field;
	}
	return FIELD_NONE;
}

/* What the first object is like says what the file is. */
static void recognise(struct listfile *file, const struct json *object,
	const struct listfile_dialect *dialect)
{
	if (file->format != NULL)
		return;
	if (file->mode == MODE_JSON_DOCUMENT)
		file->format = "json";
	else if (json_member(object, "emailAddress") != NULL)
		file->format = "ses-import";
	else
		file->format = "ndjson";
	if (dialect->format != NULL && !text_equal(dialect->format, "ses-csv"))
		file->format = dialect->format;
}

bool listfile_give_object(
	struct listfile *file, uint64_t number, const char *text, size_t length)
{
	char names[MEMBERS_MAX][LISTFILE_NAME_SIZE], numbers[FIELD_COUNT][32];
	struct listfile_line line = {.number = number, .at_ses = -1};
	struct error error = {""};
	struct json *object = json_parse(text, length, JSON_STRICT, &error);
	size_t count = 0;

	if (!json_is_object(object)) {
		listfile_give_flaw(file, number, "%s%s",
			object == NULL ? "not JSON: " : "not a JSON object", error.text);
		json_free(object);
		return file->state == LISTFILE_GOES_ON;
	}
	for (const struct json *member = json_first(object);
		member != NULL && count < MEMBERS_MAX; member = json_next(member)) {
		enum listfile_field field;

		listfile_fold(json_name(member), names[count]);
		field = field_of_member(file, json_name(member), names[count]);
		count++;
		if (field != FIELD_NONE && line.fields[field] == NULL)
			line.fields[field] = value_text(object, member, numbers[field]);
	}
	line.dialect = listfile_dialect_of(names, count);
	recognise(file, object, &line.dialect);
	if (text_equal(file->walk_format, "ses-list"))
		line.at_ses = 1;
	listfile_give(file, &line);
	json_free(object);
	return file->state == LISTFILE_GOES_ON;
}

/* ---- one document ---- */

const char *json_walk_list_format(const char *key)
{
	static const struct {
		const char *key, *format;
	} lists[] = {
		{"SuppressedDestinationSummaries", "ses-list"},
		{"suppressions", "json"},
		{"Suppressions", "postmark"},
		{"Bounces", "postmark"},
		{"items", "mailgun"},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (text_equal(lists[i].key, key))
			return lists[i].format;
	}
	return NULL;
}

static void collect(struct listfile *file, char byte)
{
	struct json_walk *walk = &file->walk;

	if (!walk->is_collecting)
		return;
	/* Bytes are read further on than they are collected: they may share a place. */
	if (file->collected < LISTFILE_LINE_MAX)
		file->bytes[file->collected++] = byte;
	else
		walk->is_too_long = true;
}

static bool is_in_list(const struct json_walk *walk)
{
	return walk->is_array && walk->depth == walk->list_depth;
}

static void note_junk(struct listfile *file)
{
	struct json_walk *walk = &file->walk;

	if (is_in_list(walk) && !walk->is_collecting && !walk->is_junk) {
		walk->is_junk = true;
		walk->junk_line = file->number;
	}
}

static void end_junk(struct listfile *file)
{
	if (file->walk.is_junk)
		listfile_give_flaw(file, file->walk.junk_line, "not a JSON object");
	file->walk.is_junk = false;
}

static void end_element(struct listfile *file)
{
	struct json_walk *walk = &file->walk;

	walk->is_collecting = false;
	if (walk->is_too_long)
		listfile_give_flaw(file, walk->element_line, "longer than %zu KiB",
			LISTFILE_LINE_MAX >> 10);
	else
		listfile_give_object(
			file, walk->element_line, file->bytes, file->collected);
}

static void open_object(struct listfile *file)
{
	struct json_walk *walk = &file->walk;

	if (!walk->is_collecting && (walk->depth == 0 || is_in_list(walk))) {
		walk->is_collecting = true;
		walk->is_container = false;
		walk->is_too_long = false;
		walk->element_depth = walk->depth;
		walk->element_line = file->number;
		file->collected = 0;
		walk->key_length = 0;
	}
	walk->depth++;
	collect(file, '{');
}

static void open_array(struct listfile *file)
{
	struct json_walk *walk = &file->walk;
	const char *format = NULL;

	walk->key[walk->key_length] = '\0';
	if (walk->depth == 1 && !walk->is_array && walk->is_colon)
		format = json_walk_list_format(walk->key);
	if (format != NULL) {
		walk->is_collecting = false;
		walk->is_container = true;
		file->walk_format = format;
		file->format = format;
	}
	note_junk(file);
	walk->depth++;
	if (format != NULL || (walk->depth == 1 && !walk->is_array)) {
		walk->is_array = true;
		walk->list_depth = walk->depth;
	}
	collect(file, '[');
}

static void damage(struct listfile *file)
{
	file->walk.is_damaged = true;
	listfile_give_flaw(file, file->number,
		"the JSON document is damaged from here on; nothing after it was read");
}

static void close_one(struct listfile *file, char byte)
{
	struct json_walk *walk = &file->walk;

	collect(file, byte);
	if (walk->depth == 0) {
		damage(file);
		return;
	}
	if (is_in_list(walk) && !walk->is_collecting) {
		if (byte == '}')
			return; /* left over of an element that was given up */
		end_junk(file);
		walk->is_array = false;
	}
	walk->depth--;
	if (walk->is_collecting && walk->depth == walk->element_depth)
		end_element(file);
}

/* A text of JSON has no line end in it: where it has, its end is missing. */
static void give_up_text(struct listfile *file)
{
	struct json_walk *walk = &file->walk;

	walk->in_text = false;
	walk->is_junk = false;
	if (!walk->is_collecting && !walk->is_array) {
		damage(file);
		return;
	}
	listfile_give_flaw(file, walk->is_collecting ? walk->element_line : file->number,
		"not JSON: a text has no end");
	walk->is_collecting = false;
	walk->depth = walk->is_array ? walk->list_depth : 0;
}

static void step_in_text(struct listfile *file, char byte)
{
	struct json_walk *walk = &file->walk;

	collect(file, byte);
	if (walk->is_escaped)
		walk->is_escaped = false;
	else if (byte == '\\')
		walk->is_escaped = true;
	else if (byte == '"')
		walk->in_text = false;
	else if (byte == '\n')
		give_up_text(file);
	if (walk->in_text && walk->depth == 1 && walk->key_length + 1 < sizeof(walk->key))
		walk->key[walk->key_length++] = byte;
}

static void step(struct listfile *file, char byte)
{
	struct json_walk *walk = &file->walk;

	if (walk->in_text) {
		step_in_text(file, byte);
		return;
	}
	switch (byte) {
	case '"':
		if (walk->depth == 0) {
			damage(file);
			return;
		}
		note_junk(file);
		walk->in_text = true;
		walk->is_colon = false;
		walk->key_length = 0;
		collect(file, byte);
		break;
	case '{':
		open_object(file);
		break;
	case '[':
		open_array(file);
		break;
	case '}':
	case ']':
		close_one(file, byte);
		break;
	case ',':
		if (is_in_list(walk) && !walk->is_collecting)
			end_junk(file);
		collect(file, byte);
		break;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		collect(file, byte);
		return;
	default:
		note_junk(file);
		collect(file, byte);
		if (walk->depth == 0)
			damage(file);
	}
	walk->is_colon = byte == ':';
}

void json_walk_take(struct listfile *file, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length && file->state == LISTFILE_GOES_ON; i++) {
		char byte = bytes[i];

		if (file->walk.is_damaged)
			return;
		step(file, byte);
		file->number += byte == '\n';
	}
}

void json_walk_end(struct listfile *file)
{
	const struct json_walk *walk = &file->walk;

	if (!walk->is_damaged && (walk->depth > 0 || walk->in_text))
		listfile_give_flaw(file, file->number,
			"the file ends in the middle of a JSON document");
	if (file->format == NULL)
		file->format = "json";
}
