/* describe.c - the tables of keys and of alerts as the example and the manuals show them.
 */
#include "daemon/describe.h"

#include <string.h>

#include "base/text.h"
#include "daemon/config_table.h"
#include "ses/alert.h"

#define EXAMPLE_COLUMNS 78

/* Adds words to comment lines, broken between words. */
static void put_comment(struct buffer *text, const char *words)
{
	size_t column = 0;

	while (*words != '\0') {
		size_t length = strcspn(words, " ");

		if (column > 0 && column + 1 + length > EXAMPLE_COLUMNS) {
			buffer_append_text(text, "\n");
			column = 0;
		}
		buffer_append_text(text, column == 0 ? "; " : " ");
		buffer_append(text, words, length);
		column += length + (column == 0 ? 2 : 1);
		words += length;
		words += strspn(words, " ");
	}
	buffer_append_text(text, "\n");
}

static void put_choice(struct buffer *text, const struct config_key *key)
{
	for (int i = 0; key->words[i]; i++)
		buffer_format(text, "%s%s",
			i == 0 ? "" : (key->words[i + 1] ? ", " : " or "), key->words[i]);
}

/* "a rate such as 5% or 0.1%", "a whole number, at least 1". */
static void put_kind(struct buffer *text, const struct config_key *key)
{
	if (key->kind == CONFIG_EITHER)
		buffer_format(text, "%s or %s", key->words[0], key->words[1]);
	else if (key->kind == CONFIG_CHOICE || key->kind == CONFIG_FLAGS)
		put_choice(text, key);
	else
		buffer_append_text(text, config_kind_words(key->kind));
	if (key->kind == CONFIG_COUNT)
		buffer_format(text, ", at least %lld", (long long) key->least);
	if (key->can_be_never)
		buffer_append_text(text, ", or never");
}

static void put_example_key(struct buffer *text, const struct config_key *key)
{
	put_comment(text, key->sentence);
	buffer_append_text(text, "; Value: ");
	put_kind(text, key);
	buffer_format(text, "%s\n", key->is_many ? " (many)" : "");
	if (key->example)
		buffer_format(text, "; For example: %s = %s\n", key->name, key->example);
	buffer_format(text, ";%s =%s%s\n", key->name, key->standard[0] == '\0' ? "" : " ",
		key->standard);
}

static bool section_begins(size_t index)
{
	return index == 0 || !text_equal(config_key_at(index)->section,
				     config_key_at(index - 1)->section);
}

/* There is no section with a name unless somebody makes one. */
static void put_example_section(struct buffer *text, const char *section)
{
	if (config_section_is_named(section))
		buffer_format(text, ";[%s \"ops\"]\n", section);
	else
		buffer_format(text, "[%s]\n", section);
}

bool describe_example(struct buffer *text)
{
	put_comment(text, "ses-feedbackd.conf: every key with its default. Remove the "
			  "semicolon before a key and change it; what stays a comment "
			  "keeps its default.");
	put_comment(text,
		"Times are 30s 5m 24h 7d, sizes 64M, rates 5%. A key marked (many) may "
		"be "
		"repeated and may hold several values separated by blanks. A "
		"comment begins with a semicolon, behind a value with a blank and "
		"a semicolon.");
	put_comment(text, "Check with ses-feedbackd --check-config; "
			  "ses-feedbackd.conf(5) says more.");
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);

		buffer_append_text(text, "\n");
		if (section_begins(i)) {
			put_example_section(text, key->section);
			put_comment(text, config_section_sentence(key->section));
			buffer_append_text(text, "\n");
		}
		put_example_key(text, key);
	}
	return !text->failed;
}

/* A word as mdoc's text and arguments want it: no escape, macro or delimiter in it. */
static void put_escaped(struct buffer *text, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '\\')
			buffer_append_text(text, "\\e");
		else if (word[i] == '-')
			buffer_append_text(text, "\\-");
		else if (word[i] == '"')
			buffer_append_text(text, "\\(dq");
		else
			buffer_append(text, word + i, 1);
	}
}

/* Each sentence on a line of its own, as mdoc wants it. */
static void put_sentences(struct buffer *text, const char *sentences)
{
	const char *end;

	while ((end = strstr(sentences, ". "))) {
		put_escaped(text, sentences, (size_t) (end - sentences) + 1);
		buffer_append_text(text, "\n");
		sentences = end + 2;
	}
	put_escaped(text, sentences, strlen(sentences));
	buffer_append_text(text, "\n");
}

static void put_literal(struct buffer *text, const char *value)
{
	buffer_append_text(text, ".Dl ");
	put_escaped(text, value, strlen(value));
	buffer_append_text(text, "\n");
}

static void put_manual_key(struct buffer *text, const struct config_key *key)
{
	struct buffer kind;

	buffer_init(&kind, text->limit);
	put_kind(&kind, key);
	buffer_append_text(&kind, key->is_many ? "; many." : ".");
	buffer_format(text, ".It Ic %s No = Ar value\n", key->name);
	put_sentences(text, key->sentence);
	buffer_append_text(text, "The value is ");
	if (kind.failed)
		text->failed = true;
	else
		put_sentences(text, kind.bytes);
	buffer_finish(&kind);
	if (key->standard[0] == '\0') {
		buffer_append_text(text, "There is no default.\n");
	} else {
		buffer_append_text(text, "The default is\n.Ql ");
		put_escaped(text, key->standard, strlen(key->standard));
		buffer_append_text(text, " .\n");
	}
	if (key->example) {
		buffer_append_text(text, "For example:\n");
		put_literal(text, key->example);
	}
}

bool describe_manual(struct buffer *text)
{
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);

		if (section_begins(i)) {
			if (i > 0)
				buffer_append_text(text, ".El\n");
			buffer_format(text,
				config_section_is_named(key->section)
					? ".Ss [%s \\(dqNAME\\(dq]\n"
					: ".Ss [%s]\n",
				key->section);
			put_sentences(text, config_section_sentence(key->section));
			buffer_append_text(text, ".Bl -tag -width Ds\n");
		}
		put_manual_key(text, key);
	}
	buffer_append_text(text, ".El\n");
	return !text->failed;
}

bool describe_alerts(struct buffer *text)
{
	size_t count;
	const struct ses_alert_kind *kinds = ses_alert_kinds(&count);

	for (size_t i = 0; i < count; i++) {
		buffer_format(text, ".It Cm %s\n", kinds[i].name);
		put_sentences(text, kinds[i].meaning);
	}
	return !text->failed;
}
