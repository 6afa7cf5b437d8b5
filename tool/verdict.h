/* verdict.h - is an SNS message genuine, judged without daemon or network. */
#ifndef TOOL_VERDICT_H
#define TOOL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"
#include "sns/keyring.h"
#include "sns/policy.h"

/* What verify judges by. */
struct verdict_rules {
	struct sns_policy policy;
	const char *certificate_folder;
	struct sns_keyring *keyring; /* filled from the folder as needed */
};

struct verdict {
	bool is_genuine;
	bool is_unreadable; /* not judged: the certificate can't be read from here */
	const char *word;   /* "genuine", "malformed", "signature-wrong", …; static */
	struct error why;   /* in words, unless genuine */
	char type[32];	    /* these three: "" where the envelope can't be read */
	char topic[SNS_ARN_SIZE];
	char timestamp[UTC_TEXT_SIZE];
};

/* Judges one envelope. */
void verdict_judge(const struct verdict_rules *rules, const char *bytes, size_t length,
	utc_ms now, struct verdict *verdict);

#endif
