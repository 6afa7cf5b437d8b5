/* mail.h - which mail an event is about, and whose. Private to ses/. */
#ifndef SES_MAIL_H
#define SES_MAIL_H

#include "base/error.h"
#include "base/json.h"
#include "ses/event.h"

/* Fills message_id, sent, account, region, identity, configuration_set, tenant,
 * source_ip, caller, from_domain and tags of an event whose texts are set. mail may be
 * NULL. SES_UNDERSTOOD, SES_UNRECOGNISED with the reason, or SES_NO_MEMORY. */
enum ses_parse ses_mail_read(const struct json *mail, const char *topic_account,
	const char *topic_region, struct ses_event *event, struct error *error)
	__attribute__((warn_unused_result));

#endif
