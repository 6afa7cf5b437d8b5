/* config_value.c - puts the text of a value into its field, as the key's kind asks. */
#include "daemon/config_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "daemon/values.h"
#include "ses/alert.h"
#include "sns/topic.h"

/* owner: of the section, a struct config or a struct config_alert. */
static void *field_of(void *owner, const struct config_key *key)
{
	return (char *) owner + key->offset;
}

/* A NULL stays behind the last. */
static bool texts_append(struct config_texts *texts, char *text, unsigned line)
{
	char **items = realloc(texts->items, (texts->count + 2) * sizeof(*items));
	unsigned *lines;

	if (!items)
		return false;
	texts->items = items;
	items[texts->count] = NULL;
	lines = realloc(texts->lines, (texts->count + 1) * sizeof(*lines));
	if (!lines)
		return false;
	texts->lines = lines;
	items[texts->count] = text;
	items[texts->count + 1] = NULL;
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
static bool put_text(void *owner, const struct config_key *key, char *text, unsigned line,
	bool *is_repeated, struct error *error)
{
	if (!text)
		return error_set(error, "out of memory");
	if (!key->is_many) {
		*(char **) field_of(owner, key) = text;
		return true;
	}
	if (texts_contain(field_of(owner, key), text)) {
		*is_repeated = true;
		free(text);
		return true;
	}
	if (!texts_append(field_of(owner, key), text, line)) {
		free(text);
		return error_set(error, "out of memory");
	}
	return true;
}

static bool alert_is_known(const char *name, struct error *error)
{
	const struct ses_alert_kind *kinds;
	struct buffer words;
	size_t count;

	if (ses_alert_kind(name))
		return true;
	kinds = ses_alert_kinds(&count);
	buffer_init(&words, 1000);
	for (size_t i = 0; i < count; i++)
		buffer_format(&words, " %s", kinds[i].name);
	error_set(error, "'%s' is not the name of an alert; known are%s", name,
		words.bytes ? words.bytes : " others");
	buffer_finish(&words);
	return false;
}

/* Checks a value that is a text and gives it the spelling it is kept in; allocated. */
static bool read_text(
	const struct config_key *key, const char *text, char **kept, struct error *error)
{
	struct value_address address;
	char normal[SES_ADDRESS_MAX];
	struct value_quota quota;
	struct sns_topic topic;
	struct value_url url;
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
	case CONFIG_ADDRESSEE:
		is_fine = value_addressee(text, error);
		break;
	case CONFIG_URL:
		is_fine = value_url(text, &url, error);
		break;
	case CONFIG_QUOTA:
		is_fine = value_quota(text, &quota, error);
		break;
	case CONFIG_KIND_OF_ALERT:
		is_fine = alert_is_known(text, error);
		break;
	case CONFIG_COMMAND:
		is_fine = value_command(text, error);
		break;
	case CONFIG_WORD:
		break;
	case CONFIG_EITHER:
	case CONFIG_CHOICE:
	case CONFIG_FLAGS:
	case CONFIG_TIME:
	case CONFIG_COUNT:
	case CONFIG_RATE:
	case CONFIG_SIZE:
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

/* The place of a word among the key's words. */
static bool find_word(const struct config_key *key, const char *text, unsigned *place,
	struct error *error)
{
	struct buffer words;

	for (unsigned i = 0; key->words[i]; i++) {
		if (text_equal(text, key->words[i])) {
			*place = i;
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

/* field is an enum, whose values are the places of its words. */
static bool read_choice(
	const struct config_key *key, const char *text, void *field, struct error *error)
{
	unsigned place = 0;

	if (!find_word(key, text, &place, error))
		return false;
	memcpy(field, &place, sizeof(place));
	return true;
}

static bool read_flag(const struct config_key *key, const char *text, unsigned *flags,
	bool *is_repeated, struct error *error)
{
	unsigned place = 0;

	if (!find_word(key, text, &place, error))
		return false;
	*is_repeated = *flags & 1u << place;
	*flags |= 1u << place;
	return true;
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
	else if (key->kind == CONFIG_SIZE)
		value_size_print(number, text);
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

/* What is kept as a number. */
static bool read_number(const struct config_key *key, const char *text, int64_t *number,
	struct error *error)
{
	bool is_read;

	if (key->can_be_never && text_equal(text, "never")) {
		*number = 0;
		return true;
	}
	if (key->kind == CONFIG_TIME)
		is_read = value_time(text, number, error);
	else if (key->kind == CONFIG_RATE)
		is_read = value_rate(text, number, error);
	else if (key->kind == CONFIG_SIZE)
		is_read = value_size(text, number, error);
	else
		is_read = read_count(text, number, error);
	return is_read && check_bounds(key, text, *number, error);
}

bool config_value_put(void *owner, const struct config_key *key, const char *text,
	unsigned line, bool *is_repeated, struct error *error)
{
	void *field = field_of(owner, key);
	int64_t number;
	char *kept;

	*is_repeated = false;
	switch (key->kind) {
	case CONFIG_EITHER:
		return read_either(key, text, field, error);
	case CONFIG_CHOICE:
		return read_choice(key, text, field, error);
	case CONFIG_FLAGS:
		return read_flag(key, text, field, is_repeated, error);
	case CONFIG_THRESHOLD:
		return read_threshold(key, text, field, error);
	case CONFIG_TIME:
	case CONFIG_COUNT:
	case CONFIG_RATE:
	case CONFIG_SIZE:
		if (!read_number(key, text, &number, error))
			return false;
		*(int64_t *) field = number;
		return true;
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
	case CONFIG_ADDRESSEE:
	case CONFIG_URL:
	case CONFIG_QUOTA:
	case CONFIG_KIND_OF_ALERT:
	case CONFIG_COMMAND:
	case CONFIG_WORD:
		break;
	}
	return read_text(key, text, &kept, error) &&
	       put_text(owner, key, kept, line, is_repeated, error);
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
	return kind != CONFIG_EITHER && kind != CONFIG_CHOICE && kind != CONFIG_FLAGS &&
	       kind != CONFIG_TIME && kind != CONFIG_COUNT && kind != CONFIG_RATE &&
	       kind != CONFIG_SIZE && kind != CONFIG_THRESHOLD;
}

static void finish_field(void *owner, const struct config_key *key)
{
	void *field = field_of(owner, key);

	if (!kind_is_text(key->kind))
		return;
	if (key->is_many) {
		texts_finish(field);
	} else {
		free(*(char **) field);
		*(char **) field = NULL;
	}
}

void config_values_finish(struct config *config)
{
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);

		if (!config_section_is_named(key->section)) {
			finish_field(config, key);
			continue;
		}
		for (size_t j = 0; j < config->alert_count; j++)
			finish_field(&config->alerts[j], key);
	}
}
