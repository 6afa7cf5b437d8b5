/* counts.c - what is counted, for an account, an identity, a configuration set, a domain.
 */
#include "ses/counts.h"

void ses_counts_add(struct ses_counts *sum, const struct ses_counts *more)
{
	sum->sends += more->sends;
	sum->attempts += more->attempts;
	sum->deliveries += more->deliveries;
	sum->hard_bounces += more->hard_bounces;
	sum->soft_bounces += more->soft_bounces;
	sum->complaints += more->complaints;
	sum->rejects += more->rejects;
	sum->refused += more->refused;
	sum->verified += more->verified;
	sum->simulator += more->simulator;
	sum->not_spam += more->not_spam;
	sum->listed += more->listed;
	sum->automatic += more->automatic;
	sum->blocked += more->blocked;
	sum->verified_sends += more->verified_sends;
	sum->reported += more->reported;
}
