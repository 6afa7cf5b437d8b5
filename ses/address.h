/* address.h - one mailbox, one spelling. The only home of libidn2. */
#ifndef SES_ADDRESS_H
#define SES_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#define SES_ADDRESS_MAX                                                                  \
	512 /* bytes of a normal form; RFC 5321 allows 64 + 1 + 255 octets, UTF-8 wants  \
	       room */

/*
 * Writes the normal form of a mailbox: display name, angle brackets, comments at either
 * end and surrounding white space removed; local part and domain in lower case (letters
 * beyond ASCII one for one, without a locale); a non-ASCII domain as its A-label, or in
 * lower case where libidn2 refuses it; a pure ASCII domain only lower-cased; +label kept;
 * dots at the end of the domain removed. A quoted local part keeps its quotes. Of several
 * @ the last one counts. The normal form of a normal form is itself. Returns false if the
 * text is no address (no @, an empty side, a control character or NUL, U+FFFD, not UTF-8,
 * a blank or one of "<>(),; in a part without quotes, too long): then normal is empty.
 */
bool ses_address_normalise(const char *text, size_t length, char normal[SES_ADDRESS_MAX])
	__attribute__((warn_unused_result));

/* What follows the last @ of a normal form; "" if there is none. Points into normal. */
const char *ses_address_domain(const char *normal);

/* At simulator.amazonses.com: the mailbox simulator, with or without +label. */
bool ses_address_is_simulator(const char *normal);

/* Whether domain is one of the domains, or a sub-domain of one. Both in normal form. */
bool ses_domain_is_within(const char *domain, const char *const *domains, size_t count);

#endif
