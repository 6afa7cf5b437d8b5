/* upkeep_list.h - takes old things out of the list and its evidence. Private to store/.
 */
#ifndef STORE_UPKEEP_LIST_H
#define STORE_UPKEEP_LIST_H

#include "store/writer.h"

/*
 * One slice of the round: rules by hand and entries for soft bounces, quarantine and
 * missing domains that expired before cutoff; evidence of these kinds that was sent
 * before it and that no entry is made of; deliveries that have nothing left to make void;
 * hours of the guard; hosted domains and senders. Hard bounces, complaints and what SES
 * lists stay, and so do the entries made of them: what is decided anew must come to what
 * is listed. *has_more: the round is not over.
 */
bool upkeep_list(struct writer *writer, utc_ms now, utc_ms cutoff, bool *has_more);

#endif
