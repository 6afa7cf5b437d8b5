/* policy.h - what can be refused before a key is needed: topic, age, URL shapes. */
#ifndef SNS_POLICY_H
#define SNS_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "sns/message.h"
#include "sns/region.h"
#include "sns/topic.h"

/* What came of judging a message. Switched without default. */
enum sns_verdict {
	SNS_GENUINE,
	SNS_KEY_UNKNOWN,     /* judged fine so far; the certificate must be fetched */
	SNS_VERSION_UNKNOWN, /* SignatureVersion neither 1 nor 2 */
	SNS_TOPIC_FOREIGN,   /* of an account that no configured topic belongs to */
	SNS_TOO_OLD,	     /* signed Timestamp older than max_age */
	SNS_CERTIFICATE_URL_WRONG, /* not SNS's for the topic's region */
	SNS_SIGNATURE_WRONG,
	SNS_CERTIFICATE_UNEXPECTED, /* from the right host, but its name, validity or key
				       is not what we expect */
};

/* A short stable word for each: "genuine", "signature-wrong", … as metrics, problem types
 * and the status show it. */
const char *sns_verdict_name(enum sns_verdict verdict);

struct sns_policy {
	const struct sns_topic *topics;
	size_t topic_count;
	bool any_topic;	    /* any topic will do: for the offline verify command only */
	int64_t max_age_ms; /* 0: no limit */
};

/* Whether that very topic is one of the policy's. */
bool sns_policy_has_topic(const struct sns_policy *policy, const char *arn);

#define SNS_CERTIFICATE_NAME_SIZE 128

/* Whether a name is "SimpleNotificationService-", 1 to 64 ASCII letters and digits, and
 * ".pem": what SNS calls its certificates, and safe as a file's name. */
bool sns_certificate_name_is_valid(const char *name);

/* Where the message belongs; sns_policy_judge fills it as far as it came, the rest is
 * zeroed. */
struct sns_route {
	struct sns_topic topic;
	bool topic_is_configured; /* exactly one of the policy's topics; else of an
				     account of theirs */
	char host[SNS_HOST_SIZE]; /* SNS's endpoint for the topic's region */
	char certificate_name
		[SNS_CERTIFICATE_NAME_SIZE];	 /* SimpleNotificationService-….pem:
						    safe as a file's name */
	char certificate_subject[SNS_HOST_SIZE]; /* the common name it must have */
};

/*
 * All that needs no key, cheapest first: SignatureVersion, topic and account, age (judged
 * by the Timestamp that is signed; a Timestamp ahead of now is accepted), SigningCertURL:
 * exactly "https://" host "/SimpleNotificationService-" 1 to 64 letters and digits ".pem"
 * with the host built from the topic's region: no port, no userinfo, no query, no other
 * case. SNS_KEY_UNKNOWN means: go on with sns_keyring_verify. Otherwise error says what
 * is wrong.
 */
enum sns_verdict sns_policy_judge(const struct sns_policy *policy,
	const struct sns_message *message, utc_ms now, struct sns_route *route,
	struct error *error) __attribute__((warn_unused_result));

/* Adds "https://HOST/?Action=ConfirmSubscription&TopicArn=…&Token=…", rebuilt and
 * percent-encoded: the message's own SubscribeURL is never followed. False if the topic's
 * region has no host or the buffer failed. */
bool sns_confirmation_url(const struct sns_topic *topic, const char *token,
	struct buffer *url) __attribute__((warn_unused_result));

#endif
