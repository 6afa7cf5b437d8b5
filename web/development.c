/* development.c - the key that `ses-feedback simulate` signs with. */
#include "web/development.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/log.h"
#include "base/publickey.h"
#include "base/text.h"
#include "sns/region.h"
#include "sns/topic.h"

#define KEY_BITS 2048
#define SUBJECTS_MAX 32
/* Simulated events may lie in the past, as far as any max_age allows. */
#define BACK_MS (10 * 365 * DAY_MS)
#define AHEAD_MS (10 * 365 * DAY_MS)

struct subject {
	char common_name[SNS_HOST_SIZE];
	char name[SNS_CERTIFICATE_NAME_SIZE];
};

struct development {
	pthread_mutex_t lock;
	struct private_key *key;
	struct subject subjects[SUBJECTS_MAX];
	size_t count;
};

struct development *development_new(void)
{
	struct development *development = calloc(1, sizeof(*development));

	if (development != NULL)
		pthread_mutex_init(&development->lock, NULL);
	return development;
}

void development_free(struct development *development)
{
	if (development == NULL)
		return;
	private_key_free(development->key);
	pthread_mutex_destroy(&development->lock);
	free(development);
}

/* The common name and host of a topic's region. */
static bool look_up(const struct sns_topic *topic, char host[SNS_HOST_SIZE],
	char common_name[SNS_HOST_SIZE])
{
	char room[SNS_HOST_SIZE];

	if (!sns_region_host(topic->partition, topic->region, host))
		return false;
	snprintf(common_name, SNS_HOST_SIZE, "%s",
		sns_region_certificate_name(topic->region, host, room));
	return true;
}

static struct subject *find_subject(
	struct development *development, const char *common_name)
{
	for (size_t i = 0; i < development->count; i++) {
		if (text_equal(development->subjects[i].common_name, common_name))
			return &development->subjects[i];
	}
	return NULL;
}

static bool make_name(char name[SNS_CERTIFICATE_NAME_SIZE], struct error *error)
{
	uint8_t bytes[16];
	char hex[2 * sizeof(bytes) + 1];

	if (!crypto_random(bytes, sizeof(bytes)))
		return error_set(error, "development key: no random bytes");
	hex_encode(bytes, sizeof(bytes), hex);
	snprintf(
		name, SNS_CERTIFICATE_NAME_SIZE, "SimpleNotificationService-%s.pem", hex);
	return true;
}

static bool add_subject(
	struct web *web, const char *common_name, utc_ms now, struct error *error)
{
	struct development *development = web->development;
	struct subject *subject = &development->subjects[development->count];
	utc_ms begins = now > BACK_MS ? now - BACK_MS : 0;
	char *pem;
	bool is_added;

	if (development->count == SUBJECTS_MAX)
		return error_set(error, "development key: more than %d different regions",
			SUBJECTS_MAX);
	if (!make_name(subject->name, error))
		return false;
	pem = private_key_certify(
		development->key, common_name, begins, now + AHEAD_MS, error);
	is_added = pem != NULL && sns_keyring_add_development(web->keyring, subject->name,
					  pem, strlen(pem), error);
	free(pem);
	if (!is_added)
		return error_prefix(error, "development key");
	snprintf(subject->common_name, sizeof(subject->common_name), "%s", common_name);
	development->count++;
	return true;
}

static bool make_key(struct web *web, struct error *error)
{
	struct development *development = web->development;

	if (development->key == NULL)
		development->key = private_key_generate(KEY_BITS, error);
	if (development->key != NULL && web->development_key == NULL)
		web->development_key = private_key_print(development->key);
	if (web->development_key == NULL)
		return error_prefix(error, "development key");
	return true;
}

/* With the lock held. */
static bool prepare(struct web *web, const struct sns_policy *policy, struct error *error)
{
	char host[SNS_HOST_SIZE], common_name[SNS_HOST_SIZE];
	struct development *development = web->development;

	if (!make_key(web, error))
		return false;
	for (size_t i = 0; i < policy->topic_count; i++) {
		if (!look_up(&policy->topics[i], host, common_name) ||
			find_subject(development, common_name) != NULL)
			continue;
		if (!add_subject(web, common_name, clock_now(), error))
			return false;
	}
	if (web->development_certificate == NULL && development->count > 0)
		web->development_certificate = strdup(development->subjects[0].name);
	return true;
}

bool development_prepare(
	struct web *web, const struct web_rules *rules, struct error *error)
{
	bool is_ready;

	if (!rules->development) {
		diary_alarm_clear(web->diary, "development", "");
		return true;
	}
	pthread_mutex_lock(&web->development->lock);
	is_ready = prepare(web, &rules->policy, error);
	pthread_mutex_unlock(&web->development->lock);
	if (is_ready)
		diary_alarm(web->diary, "development", "",
			"THE DEVELOPMENT KEY IS TRUSTED: whoever may ask the admin door "
			"for "
			"it can make up events",
			"set development = no in section [sns] unless this is a trial");
	return is_ready;
}

char *web_development_url(struct web *web, const char *topic_arn)
{
	char host[SNS_HOST_SIZE], common_name[SNS_HOST_SIZE];
	char url[SNS_HOST_SIZE + SNS_CERTIFICATE_NAME_SIZE + 16];
	const struct subject *subject;
	struct sns_topic topic;

	if (!sns_topic_parse(topic_arn, &topic, NULL) ||
		!look_up(&topic, host, common_name))
		return NULL;
	pthread_mutex_lock(&web->development->lock);
	subject = find_subject(web->development, common_name);
	if (subject != NULL)
		snprintf(url, sizeof(url), "https://%s/%s", host, subject->name);
	pthread_mutex_unlock(&web->development->lock);
	return subject == NULL ? NULL : strdup(url);
}
