/* config_value.c - puts the text of a value into its field, as the key's kind asks. */
#include "daemon/config_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "daemon/values.h"
#include "sns/topic.h"

static void *field_of(struct config *config, const struct config_key *key)
{
	return (char *) config + key->offset;
}

static bool texts_append(struct config_texts *texts, char *text, unsigned line)
{
	char **items = realloc(texts->items, (texts->count + 1) * sizeof(*items));
	unsigned *lines;

	if (!items)
		return false;
	texts->items = items;
	lines = realloc(texts->lines, (texts->count + 1) * sizeof(*lines));
	if (!lines)
		return false;
	texts->lines = lines;
	items[texts->count] = text;
	lines[texts->count++] = line;
	return true;
}

static bool texts_contain(const struct config_texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (text_equal(texts->items[i], text))
			return true;
	}
	return false;
}

/* Takes text over, which may be NULL for want of memory. */
static bool put_text(struct config *config, const struct config_key *key, char *text,
	unsigned line, bool *is_repeated, struct error *error)
{
	if (!text)
		return error_set(error, "out of memory");
	if (!key->is_many) {
		*(char **) field_of(config, key) = text;
		return true;
	}
	if (texts_contain(field_of(config, key), text)) {
		*is_repeated = true;
		free(text);
		return true;
	}
	if (!texts_append(field_of(config, key), text, line)) {
		free(text);
		return error_set(error, "out of memory");
	}
	return true;
}

/* Checks a value that is a text and gives it the spelling it is kept in; allocated. */
static bool read_text(
	const struct config_key *key, const char *text, char **kept, struct error *error)
{
	struct value_address address;
	char normal[SES_ADDRESS_MAX];
	struct sns_topic topic;
	bool is_fine = true;

	switch (key->kind) {
	case CONFIG_FILE:
		return value_file(text, getenv("CREDENTIALS_DIRECTORY"), kept, error);
	case CONFIG_DOMAIN:
		is_fine = value_domain(text, normal, error);
		text = normal;
		break;
	case CONFIG_MAILBOX:
		is_fine = value_mailbox(text, normal, error);
		text = normal;
		break;
	case CONFIG_ADDRESS:
		is_fine = value_address(text, &address, error);
		break;
	case CONFIG_TCP_ADDRESS:
		is_fine = value_tcp_address(text, error);
		break;
	case CONFIG_SOCKET:
		is_fine = value_socket_path(text, error);
		break;
	case CONFIG_PATH:
		is_fine = value_path(text, error);
		break;
	case CONFIG_URL_PATH:
		is_fine = value_url_path(text, error);
		break;
	case CONFIG_TOPIC:
		is_fine = sns_topic_parse(text, &topic, error);
		break;
	case CONFIG_ENDPOINT:
		is_fine = value_endpoint(text, error);
		break;
	case CONFIG_EITHER:
	case CONFIG_CHOICE:
	case CONFIG_TIME:
	case CONFIG_COUNT:
	case CONFIG_RATE:
	case CONFIG_THRESHOLD:
		abort(); /* no texts: config_value_put keeps them away */
	}
	if (is_fine)
		*kept = text_copy(text, strlen(text));
	return is_fine;
}

static bool read_either(
	const struct config_key *key, const char *text, bool *value, struct error *error)
{
	for (int i = 0; i < 2; i++) {
		if (text_equal(text, key->words[i])) {
			*value = i == 0;
			return true;
		}
	}
	return error_set(error, "'%s' is neither %s nor %s; write one of the two", text,
		key->words[0], key->words[1]);
}

/* field is an enum, whose values are the places of its words. */
static bool read_choice(
	const struct config_key *key, const char *text, void *field, struct error *error)
{
	struct buffer words;

	for (unsigned i = 0; key->words[i]; i++) {
		if (text_equal(text, key->words[i])) {
			memcpy(field, &i, sizeof(i));
			return true;
		}
	}
	buffer_init(&words, 200);
	for (int i = 0; key->words[i]; i++)
		buffer_format(&words, "%s%s",
			i == 0 ? "" : (key->words[i + 1] ? ", " : " or "), key->words[i]);
	error_set(error, "'%s' is not known; write %s", text,
		words.bytes ? words.bytes : "another word");
	buffer_finish(&words);
	return false;
}

static bool read_count(const char *text, int64_t *count, struct error *error)
{
	if (text_to_integer(text, count))
		return true;
	return error_set(error,
		"'%s' is not a whole number; write digits only, such as 500", text);
}

/* How a bound of the key is spelled in its own unit. */
static void spell_number(const struct config_key *key, int64_t number, char text[32])
{
	if (key->kind == CONFIG_RATE)
		value_rate_print(number, text);
	else if (key->kind == CONFIG_TIME)
		value_time_print(number, text);
	else
		snprintf(text, 32, "%lld", (long long) number);
}

static bool check_bounds(const struct config_key *key, const char *text, int64_t number,
	struct error *error)
{
	char least[32], most[32];

	if (number >= key->least && number <= key->most)
		return true;
	spell_number(key, key->least, least);
	spell_number(key, key->most, most);
	return error_set(error, "'%s' is out of bounds; write a value from %s to %s",
		text, least, most);
}

static bool read_threshold(const struct config_key *key, const char *text,
	struct ses_suppression_policy *policy, struct error *error)
{
	int64_t days = 0, window_ms = 0;

	if (!text_equal(text, "never")) {
		if (!value_threshold(text, &days, &window_ms, error))
			return false;
		if (days < key->least || days > key->most)
			return error_set(error,
				"'%s' is out of bounds; write from %lld to %lld days, or "
				"never",
				text, (long long) key->least, (long long) key->most);
	}
	policy->soft_days = days;
	policy->soft_window_ms = window_ms;
	return true;
}

bool config_value_put(struct config *config, const struct config_key *key,
	const char *text, unsigned line, bool *is_repeated, struct error *error)
{
	int64_t number;
	char *kept;
	bool is_read = false;

	*is_repeated = false;
	switch (key->kind) {
	case CONFIG_EITHER:
		return read_either(key, text, field_of(config, key), error);
	case CONFIG_CHOICE:
		return read_choice(key, text, field_of(config, key), error);
	case CONFIG_THRESHOLD:
		return read_threshold(key, text, field_of(config, key), error);
	case CONFIG_TIME:
		if (key->can_be_never && text_equal(text, "never")) {
			*(int64_t *) field_of(config, key) = 0;
			return true;
		}
		is_read = value_time(text, &number, error);
		break;
	case CONFIG_COUNT:
		is_read = read_count(text, &number, error);
		break;
	case CONFIG_RATE:
		is_read = value_rate(text, &number, error);
		break;
	case CONFIG_ADDRESS:
	case CONFIG_TCP_ADDRESS:
	case CONFIG_SOCKET:
	case CONFIG_PATH:
	case CONFIG_FILE:
	case CONFIG_URL_PATH:
	case CONFIG_TOPIC:
	case CONFIG_ENDPOINT:
	case CONFIG_DOMAIN:
	case CONFIG_MAILBOX:
		return read_text(key, text, &kept, error) &&
		       put_text(config, key, kept, line, is_repeated, error);
	}
	if (!is_read || !check_bounds(key, text, number, error))
		return false;
	*(int64_t *) field_of(config, key) = number;
	return true;
}

static void texts_finish(struct config_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
	free(texts->lines);
	*texts = (struct config_texts){0};
}

static bool kind_is_text(enum config_kind kind)
{
	return kind != CONFIG_EITHER && kind != CONFIG_CHOICE && kind != CONFIG_TIME &&
	       kind != CONFIG_COUNT && kind != CONFIG_RATE && kind != CONFIG_THRESHOLD;
}

void config_values_finish(struct config *config)
{
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);
		void *field = field_of(config, key);

		if (key->is_many) {
			texts_finish(field);
		} else if (kind_is_text(key->kind)) {
			free(*(char **) field);
			*(char **) field = NULL;
		}
	}
}
