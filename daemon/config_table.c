/* config_table.c - every key of the configuration: the one place that knows them. */
#include "daemon/config_table.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "daemon/config_keys.h"

static const struct {
	const char *name, *sentence;
} sections[] = {
	{"feedback", "The feedback door: where SNS posts to. It is the only public one."},
	{"admin", "The admin door: the JSON API, the metrics and what ses-feedback talks "
		  "to. "
		  "Whoever may connect to the Unix socket may do everything; over TCP a "
		  "token "
		  "decides."},
	{"sns", "Which SNS messages are ours, and how they are verified."},
	{"store", "What is remembered, and for how long."},
	{"reputation", "How the rates and levels of an account are worked out."},
	{"suppression",
		"What feedback makes of an address. A changed policy decides an address "
		"when the next feedback about it comes; "
		"ses-feedback policy diff shows what it would make of all that is "
		"recorded, policy apply does it. "
		"The section THE SUPPRESSION LIST of ses-feedbackd(8) has the whole "
		"policy."},
	{"watch", "What is watched for, and how closely. Each alert says what happened, "
		  "with the numbers, its causes, and what to do next."},
	{"alert",
		"Where alerts are told. There may be any number of these sections, each "
		"with a name of its own, of letters, digits and - _ . in quotes. "
		"Without one, alerts are only in ses-feedback alerts and GET /v1/alerts. "
		"ses-feedback alerts test NAME tries one out."},
	{"brake", "When to stop sending. The application asks GET /v1/may-send before it "
		  "sends; SES itself can be told to stop as well."},
	{"aws", "How SES is called. Nothing else is ever asked of AWS with these keys."},
};

#define SECTION_COUNT (sizeof(sections) / sizeof(sections[0]))

size_t config_key_count(void)
{
	size_t first, second;

	config_keys(&first);
	config_keys_of_watching(&second);
	assert(first + second <= CONFIG_KEY_MAX);
	return first + second;
}

const struct config_key *config_key_at(size_t index)
{
	size_t first, second;
	const struct config_key *keys = config_keys(&first);
	const struct config_key *keys_of_watching = config_keys_of_watching(&second);

	assert(index < first + second);
	return index < first ? &keys[index] : &keys_of_watching[index - first];
}

size_t config_key_index(const struct config_key *key)
{
	size_t index = 0;

	while (config_key_at(index) != key)
		index++;
	return index;
}

const struct config_key *config_key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);

		if (text_equal(key->section, section) && text_equal(key->name, name))
			return key;
	}
	return NULL;
}

const char *config_section_sentence(const char *section)
{
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		if (text_equal(sections[i].name, section))
			return sections[i].sentence;
	}
	return NULL;
}

const char *config_section_at(size_t index)
{
	return index < SECTION_COUNT ? sections[index].name : NULL;
}

bool config_section_is(const char *name, size_t length)
{
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		if (strlen(sections[i].name) == length &&
			memcmp(sections[i].name, name, length) == 0)
			return true;
	}
	return false;
}

bool config_section_is_named(const char *section)
{
	return text_equal(section, "alert");
}

const char *config_kind_words(enum config_kind kind)
{
	switch (kind) {
	case CONFIG_ADDRESS:
		return "IP:PORT, [IPV6]:PORT or unix:PATH";
	case CONFIG_TCP_ADDRESS:
		return "IP:PORT or [IPV6]:PORT";
	case CONFIG_SOCKET:
	case CONFIG_PATH:
		return "a path from / on";
	case CONFIG_FILE:
		return "a path from / on, or credentials:NAME";
	case CONFIG_URL_PATH:
		return "a path of a URL, from / on";
	case CONFIG_TOPIC:
		return "an ARN of SNS";
	case CONFIG_ENDPOINT:
		return "HOST:PORT";
	case CONFIG_DOMAIN:
		return "a domain";
	case CONFIG_MAILBOX:
	case CONFIG_ADDRESSEE:
		return "an address";
	case CONFIG_URL:
		return "a URL";
	case CONFIG_QUOTA:
		return "DAILY/RATE or ACCOUNT/REGION:DAILY/RATE";
	case CONFIG_KIND_OF_ALERT:
		return "the name of an alert";
	case CONFIG_COMMAND:
		return "a program from / on and its arguments";
	case CONFIG_WORD:
		return "a text";
	case CONFIG_EITHER:
		return "one of two words";
	case CONFIG_CHOICE:
	case CONFIG_FLAGS:
		return "one of several words";
	case CONFIG_TIME:
		return "a time such as 30s, 5m, 24h or 7d";
	case CONFIG_COUNT:
		return "a whole number";
	case CONFIG_RATE:
		return "a rate such as 5% or 0.1%";
	case CONFIG_SIZE:
		return "a size such as 64M or 1G";
	case CONFIG_THRESHOLD:
		return "so many days in a time, such as 3 in 14d, or never";
	}
	return NULL;
}
