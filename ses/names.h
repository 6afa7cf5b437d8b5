/* names.h - what SES calls its types. Private to ses/. */
#ifndef SES_NAMES_H
#define SES_NAMES_H

#include <stdbool.h>

#include "ses/event.h"

/* eventType and notificationType: "Rendering Failure" has a space. */
bool ses_type_from_event(const char *name, enum ses_type *type);

/* The object that says more: "failure" for a Rendering Failure. */
const char *ses_type_object(enum ses_type type);

#endif
