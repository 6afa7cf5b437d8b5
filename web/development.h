/* development.h - the key that `ses-feedback simulate` signs with. Private to web/. */
#ifndef WEB_DEVELOPMENT_H
#define WEB_DEVELOPMENT_H

#include <stdbool.h>

#include "base/error.h"
#include "web/inside.h"

/* NULL without memory. */
struct development *development_new(void);
/* Takes NULL. */
void development_free(struct development *development);

/*
 * Where the rules say development: makes the key, the first time, and for each common
 * name that the topics' regions want a certificate, which the keyring then knows under a
 * made-up name. The key lives in memory only. Called before the rules are seen by
 * anybody.
 */
bool development_prepare(struct web *web, const struct web_rules *rules,
	struct error *error) __attribute__((warn_unused_result));

#endif
