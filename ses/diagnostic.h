/* diagnostic.h - what an SMTP server's reply says, as far as programs can tell. */
#ifndef SES_DIAGNOSTIC_H
#define SES_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>

#define SES_STATUS_SIZE 16 /* "5.7.133" and a NUL; the digits RFC 3463 allows */

/*
 * The enhanced status code (RFC 3463) that decides: the text's own where it has one that
 * says more than the given status (status may be NULL, or as vague as 5.0.0, 4.0.0), else
 * the given one. "" if there is none.
 */
void ses_diagnostic_status(
	const char *status, const char *diagnostic, char found[SES_STATUS_SIZE]);

/* Whether word stands in diagnostic, outside of the mail addresses it repeats: an address
 * says nothing, whatever its owner called himself. ASCII case does not matter. */
bool ses_diagnostic_has(const char *diagnostic, const char *word);

/* The reply inside SES's own expiry text ("554 4.4.7 Message expired: unable to deliver
 * in 840 minutes.<421 4.7.0 …>"): points into diagnostic, *length its bytes; NULL if
 * there is none. */
const char *ses_diagnostic_inner(const char *diagnostic, size_t *length);

/*
 * What two replies that mean the same have in common: status and words, in lower case,
 * without addresses, numbers, identifiers, URLs and what follows the first 96 bytes. Two
 * users who do not exist at one provider have one signature. "" for a NULL diagnostic.
 */
#define SES_SIGNATURE_SIZE 112
void ses_diagnostic_signature(
	const char *status, const char *diagnostic, char signature[SES_SIGNATURE_SIZE]);

#endif
