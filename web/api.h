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
void api_incident(struct request *request);    /* GET /v1/incident */
void api_series(struct request *request);      /* GET /v1/series */
void api_sends(struct request *request);       /* POST /v1/sends */
void api_why_rate(struct request *request);    /* GET /v1/why-rate */
void api_development(struct request *request); /* GET /v1/development */

void api_preflight(struct request *request); /* POST /v1/preflight */

void api_may_send(struct request *request);    /* GET /v1/may-send */
void api_brakes_list(struct request *request); /* GET /v1/brakes */
void api_resume(struct request *request);      /* POST /v1/resume */

void api_fresh_starts_list(struct request *request);  /* GET /v1/fresh-starts */
void api_fresh_start_add(struct request *request);    /* POST /v1/fresh-starts */
void api_fresh_start_delete(struct request *request); /* DELETE …/fresh-starts/ID */

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

void api_alerts_list(struct request *request);	 /* GET /v1/alerts */
void api_alert_get(struct request *request);	 /* GET /v1/alerts/ID */
void api_silences_list(struct request *request); /* GET /v1/silences */
void api_silence_put(struct request *request);	 /* PUT /v1/silences/NAME */
void api_silence_delete(struct request *request);
void api_channels_list(struct request *request); /* GET /v1/channels */
void api_channel_test(struct request *request);	 /* POST /v1/channels/NAME/test */

void api_topics_list(struct request *request);	 /* GET /v1/topics */
void api_topic_confirm(struct request *request); /* POST /v1/topics/ARN/confirm */

void api_unrecognised_list(struct request *request); /* GET /v1/unrecognised */
void api_replay(struct request *request);	     /* POST /v1/replay */

#endif
