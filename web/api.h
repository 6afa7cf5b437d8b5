/* api.h - the calls of the admin doors; admin_routes in api.c leads to them. Private to
 * web/. */
#ifndef WEB_API_H
#define WEB_API_H

#include "web/request.h"

/* All of them: route_handler (routes.h). They answer before they return, on the door's
 * thread; where they write, after the store's commit. */

void api_index(struct request *request);       /* GET / */
void api_ready(struct request *request);       /* GET /readyz */
void api_openapi(struct request *request);     /* GET /v1/openapi.json */
void metrics_get(struct request *request);     /* GET /metrics */
void api_status(struct request *request);      /* GET /v1/status */
void api_reputation(struct request *request);  /* GET /v1/reputation */
void api_rates(struct request *request);       /* GET /v1/rates */
void api_development(struct request *request); /* GET /v1/development */

void api_suppressions_list(struct request *request);  /* GET /v1/suppressions */
void api_suppressions_check(struct request *request); /* POST /v1/suppressions/check */
void api_suppressions_check_one(struct request *request); /* GET, of one address */
void api_suppressions_add(struct request *request);	  /* POST /v1/suppressions/add */
void api_suppressions_remove(struct request *request); /* POST /v1/suppressions/remove */
void api_suppression_get(struct request *request);     /* GET /v1/suppressions/ADDRESS */
void api_suppression_put(struct request *request);
void api_suppression_delete(struct request *request);
void api_suppression_why(struct request *request); /* GET …/ADDRESS/why */

void api_exceptions_list(struct request *request); /* GET /v1/exceptions */
void api_exception_put(struct request *request);   /* PUT /v1/exceptions/ADDRESS */
void api_exception_delete(struct request *request);
void api_changes_list(struct request *request); /* GET /v1/changes */

void api_suppressions_export(struct request *request); /* GET …/suppressions/export */
void api_suppressions_import(struct request *request); /* POST …/suppressions/import */

void api_policy_diff(struct request *request);	/* POST /v1/policy/diff */
void api_policy_apply(struct request *request); /* POST /v1/policy/apply */
void api_forget(struct request *request);	/* POST /v1/forget */

void api_events_list(struct request *request); /* GET /v1/events */
void api_event_raw(struct request *request);   /* GET /v1/events/ID/raw */

void api_topics_list(struct request *request);	 /* GET /v1/topics */
void api_topic_confirm(struct request *request); /* POST /v1/topics/ARN/confirm */

void api_unrecognised_list(struct request *request); /* GET /v1/unrecognised */
void api_replay(struct request *request);	     /* POST /v1/replay */

#endif
