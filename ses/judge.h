/* judge.h - how one recipient of a Permanent bounce fared. Private to ses/. */
#ifndef SES_JUDGE_H
#define SES_JUDGE_H

#include <stdbool.h>

#include "ses/event.h"

/*
 * In one Permanent bounce the recipients can fare differently: an own action (RFC 3464,
 * 2.3.3; a comment may follow the word) decides, else an own status, else the type of the
 * whole.
 */
bool ses_recipient_has_failed(const struct ses_recipient *recipient);

#endif
