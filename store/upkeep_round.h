/* upkeep_round.h - where the round through the list stands. Private to store/. */
#ifndef STORE_UPKEEP_ROUND_H
#define STORE_UPKEEP_ROUND_H

#include <stdint.h>

#include "base/clock.h"
#include "ses/address.h"
#include "ses/scope.h"
#include "store/senders.h"

/* The tables of the list lie by address, not by time, and so do hosted domains and
 * senders by name: what is old in them is found by going through all of it, a slice at a
 * time, once a day. */
enum upkeep_stage {
	UPKEEP_REST,
	UPKEEP_EVIDENCE,
	UPKEEP_ENTRIES,
	UPKEEP_GUARD,
	UPKEEP_HOSTED,
	UPKEEP_SENDERS,
};

struct upkeep_round {
	enum upkeep_stage stage;
	utc_ms next;			   /* when a round is due; 0: now */
	char address[SES_ADDRESS_MAX + 1]; /* HOSTED: the domain */
	char scope[SES_SCOPE_MAX + 1];	   /* ENTRIES: the last row looked at */
	int64_t number;			   /* its source; EVIDENCE: its event */
	struct senders_place sender;	   /* SENDERS */
};

#endif
