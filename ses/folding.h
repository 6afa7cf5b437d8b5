/* folding.h - the small letter of a capital one. Private to ses/. */
#ifndef SES_FOLDING_H
#define SES_FOLDING_H

#include <stdint.h>

/* One letter for one, without a locale; what has no small letter comes back as it is. A
 * letter beyond ASCII never becomes an ASCII one. Folding twice changes nothing more. */
uint32_t ses_letter_to_lower(uint32_t letter);

#endif
