/* topic.h - the ARN of a topic, taken apart. */
#ifndef SNS_TOPIC_H
#define SNS_TOPIC_H

#include <stdbool.h>

#include "base/error.h"

#define SNS_ARN_SIZE 512

struct sns_topic {
	char arn[SNS_ARN_SIZE];
	char partition[24];
	char region[40];
	char account[13];
	char name[257];
};

/*
 * arn:PARTITION:sns:REGION:ACCOUNT:NAME with twelve digits of account, a name of 1 to 256
 * of A-Z a-z 0-9 _ - (and .fifo), and a region that belongs to the partition (region.h).
 * On failure *topic is untouched.
 */
bool sns_topic_parse(const char *arn, struct sns_topic *topic, struct error *error)
	__attribute__((warn_unused_result));

#endif
