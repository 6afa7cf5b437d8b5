/* api_policy.h - the recorded feedback, decided anew by a policy. Private to web/. */
#ifndef WEB_API_POLICY_H
#define WEB_API_POLICY_H

#include "web/request.h"

/* Compares the list with what the policy makes of the feedback, applies it if asked to,
 * and sets the answer. Can take minutes; any thread. */
void api_policy_run(struct request *request, const struct ses_suppression_policy *policy,
	bool is_to_apply);

/* Why a policy makes another entry of the same feedback: one sentence. */
#define API_POLICY_WHY_SIZE 200
void api_policy_why(
	const struct store_difference *difference, char why[API_POLICY_WHY_SIZE]);

#endif
