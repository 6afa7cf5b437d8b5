/* aws_keys.h - the keys of AWS, as the AWS CLI keeps them. */
#ifndef DAEMON_AWS_KEYS_H
#define DAEMON_AWS_KEYS_H

#include <stdbool.h>

#include "daemon/report.h"

/* All NULL: there are none. */
struct aws_keys {
	char *access_key, *secret_key, *session_token;
};

/*
 * Reads [PROFILE] of a file as
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html describes
 * it; other profiles and other keys are no matter. Every mistake goes to the report as
 * FILE:LINE and repeats nothing of a secret; false if there was one, and keys are
 * untouched. A file that everybody may read is a warning.
 */
bool aws_keys_read(const char *file, const char *profile, struct aws_keys *keys,
	struct report *report) __attribute__((warn_unused_result));

/* The same out of the environment, where nothing is set without a mistake. */
bool aws_keys_from_environment(struct aws_keys *keys, struct report *report)
	__attribute__((warn_unused_result));

/* Overwrites and frees. */
void aws_keys_finish(struct aws_keys *keys);

#endif
