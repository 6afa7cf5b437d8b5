/* telling.h - messages as the watcher writes them, and orders to deliver them. */
#ifndef TESTS_WEB_TELLING_H
#define TESTS_WEB_TELLING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "web/deliver.h"

#define UNUSED __attribute__((unused))

/* 2026-11-24T12:00:00Z, as date(1) gives it. */
#define NOW (1795521600 * SECOND_MS)

#define FIRED                                                                            \
	"{\"type\":\"alert.fired\",\"timestamp\":\"2026-11-24T11:59:58.000Z\",\"data\":" \
	"{\"alert\":\"reputation-level\",\"object\":\"111122223333/eu-west-1 bounce\","  \
	"\"id\":7,\"level\":\"over-review-limit\",\"previous\":\"warning\","             \
	"\"passed\":[\"over-review-limit\"],\"since\":\"2026-11-24T10:00:00.000Z\","     \
	"\"text\":\"612 of 10,476 eligible emails bounced\","                            \
	"\"advice\":\"stop the campaign & clean its list\","                             \
	"\"causes\":[{\"by\":\"recipient-domain\",\"key\":\"old.example\","              \
	"\"hard_bounces\":400,\"complaints\":0,\"denominator\":900,\"share\":0.65}],"    \
	"\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"metric\":\"bounce\","   \
	"\"rate\":0.0584,\"numerator\":612,\"denominator\":10476}}"

#define RESOLVED                                                                         \
	"{\"type\":\"alert.resolved\",\"timestamp\":\"2026-11-24T11:59:58.000Z\","       \
	"\"data\":{\"alert\":\"reputation-level\","                                      \
	"\"object\":\"111122223333/eu-west-1 bounce\",\"id\":7,\"level\":\"ok\","        \
	"\"previous\":\"warning\",\"passed\":[],"                                        \
	"\"since\":\"2026-11-24T10:00:00.000Z\",\"text\":\"it is fine\","                \
	"\"advice\":\"\",\"causes\":[],\"account\":\"111122223333\","                    \
	"\"region\":\"eu-west-1\",\"metric\":\"bounce\"}}"

/* What strangers can bring about: a configuration set, a domain, a display name. */
#define HOSTILE                                                                          \
	"{\"type\":\"alert.fired\",\"timestamp\":\"2026-11-24T11:59:58.000Z\",\"data\":" \
	"{\"alert\":\"new-sender\","                                                     \
	"\"object\":\"x\\r\\nBcc: victim@example.net\\r\\n\\r\\n<!channel> \\u00fc\","   \
	"\"level\":\"warning\",\"previous\":\"ok\",\"text\":\"a\\r\\n.\\r\\nQUIT <b>\"," \
	"\"advice\":\"\",\"causes\":[{\"by\":\"diagnostic\","                            \
	"\"key\":\"<@U1>\\nLevel: ok\",\"hard_bounces\":1}]}}"

static const atomic_bool never_cancelled;

UNUSED static struct deliver_order order_of(
	const struct web_channel *channel, const char *payload)
{
	return (struct deliver_order){
		.channel = channel,
		.message = "msg_2abcdefghijklmnopqrstuvwxy",
		.payload = payload,
		.now = NOW,
		.renotify_ms = DAY_MS,
		.version = "1.2.3-test",
		.is_cancelled = &never_cancelled,
	};
}

UNUSED static struct json *parse(const char *text)
{
	struct json *json = json_parse(text, strlen(text), JSON_STRICT, NULL);

	assert_non_null(json);
	return json;
}

UNUSED static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

UNUSED static void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" is in:\n%s", part, text);
}

#endif
