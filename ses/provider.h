/* provider.h - who runs the mailboxes of a domain. */
#ifndef SES_PROVIDER_H
#define SES_PROVIDER_H

/*
 * "google", "microsoft", "yahoo", "apple", … for their consumer domains, and for a hosted
 * domain where the reply (NULL: none) shows who answered ("gsmtp",
 * "protection.outlook.com"); else the domain itself. Never NULL; borrowed from the table
 * or from domain, which is in normal form.
 */
const char *ses_provider_of(const char *domain, const char *reply);

/* By the reply alone; NULL if it does not show it. Borrowed from the table. */
const char *ses_provider_of_reply(const char *reply);

#endif
