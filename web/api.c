/* api.c - the table of calls at the admin doors, and the pages that describe it. */
#include "web/api.h"

#include "web/api_reply.h"
#include "web/inside.h"
#include "web/openapi.h"
#include "web/routes.h"

#define KIB ((size_t) 1024)
#define MIB (KIB * 1024)

/* 10,000 addresses of the length that RFC 5321 allows, quoted, are 2.6 MB. */
#define CHECK_BODY (3 * MIB)
/* 10,000 entries with a note of some hundred bytes each. */
#define BULK_BODY (12 * MIB)
#define REPLAY_BODY (8 * MIB)
/* 1,000 reports with every text as long as it may be. */
#define SENDS_BODY (2 * MIB)
/* A configuration of the length that the daemon reads, as a JSON text. */
#define POLICY_BODY (3 * MIB)

const struct route admin_routes[] = {
	{"GET", "/", ROUTE_OPEN, api_index, 0},
	{"GET", "/readyz", ROUTE_OPEN, api_ready, 0},
	{"GET", "/metrics", ROUTE_READ, metrics_get, 0},
	{"GET", "/v1/openapi.json", ROUTE_READ, api_openapi, 0},
	{"GET", "/v1/status", ROUTE_READ, api_status, 0},
	{"GET", "/v1/reputation", ROUTE_READ, api_reputation, 0},
	{"GET", "/v1/rates", ROUTE_READ, api_rates, 0},
	{"GET", "/v1/series", ROUTE_READ, api_series, 0},
	{"POST", "/v1/sends", ROUTE_WRITE, api_sends, SENDS_BODY},
	{"GET", "/v1/why-rate", ROUTE_READ, api_why_rate, 0},
	{"GET", "/v1/may-send", ROUTE_READ, api_may_send, 0},
	{"GET", "/v1/brakes", ROUTE_READ, api_brakes_list, 0},
	{"POST", "/v1/resume", ROUTE_WRITE, api_resume, 16 * KIB},
	{"GET", "/v1/fresh-starts", ROUTE_READ, api_fresh_starts_list, 0},
	{"POST", "/v1/fresh-starts", ROUTE_WRITE, api_fresh_start_add, 16 * KIB},
	{"DELETE", "/v1/fresh-starts/*", ROUTE_WRITE, api_fresh_start_delete, 0},
	{"GET", "/v1/incident", ROUTE_READ, api_incident, 0},
	{"POST", "/v1/preflight", ROUTE_READ, api_preflight, ROUTE_STREAMS},
	{"GET", "/v1/suppressions", ROUTE_READ, api_suppressions_list, 0},
	{"POST", "/v1/suppressions/check", ROUTE_READ, api_suppressions_check,
		CHECK_BODY},
	{"GET", "/v1/suppressions/check", ROUTE_READ, api_suppressions_check_one, 0},
	{"POST", "/v1/suppressions/add", ROUTE_WRITE, api_suppressions_add, BULK_BODY},
	{"POST", "/v1/suppressions/remove", ROUTE_SUPPORT, api_suppressions_remove,
		CHECK_BODY},
	{"GET", "/v1/suppressions/*", ROUTE_READ, api_suppression_get, 0},
	{"GET", "/v1/suppressions/*/why", ROUTE_READ, api_suppression_why, 0},
	{"PUT", "/v1/suppressions/*", ROUTE_WRITE, api_suppression_put, 16 * KIB},
	{"DELETE", "/v1/suppressions/*", ROUTE_SUPPORT, api_suppression_delete, 0},
	{"GET", "/v1/exceptions", ROUTE_READ, api_exceptions_list, 0},
	{"PUT", "/v1/exceptions/*", ROUTE_WRITE, api_exception_put, 16 * KIB},
	{"DELETE", "/v1/exceptions/*", ROUTE_WRITE, api_exception_delete, 0},
	{"GET", "/v1/changes", ROUTE_READ, api_changes_list, 0},
	{"GET", "/v1/events", ROUTE_READ, api_events_list, 0},
	{"GET", "/v1/events/*/raw", ROUTE_READ, api_event_raw, 0},
	{"GET", "/v1/alerts", ROUTE_READ, api_alerts_list, 0},
	{"GET", "/v1/alerts/*", ROUTE_READ, api_alert_get, 0},
	{"GET", "/v1/silences", ROUTE_READ, api_silences_list, 0},
	{"PUT", "/v1/silences/*", ROUTE_WRITE, api_silence_put, 16 * KIB},
	{"DELETE", "/v1/silences/*", ROUTE_WRITE, api_silence_delete, 0},
	{"GET", "/v1/channels", ROUTE_READ, api_channels_list, 0},
	{"POST", "/v1/channels/*/test", ROUTE_WRITE, api_channel_test, 0},
	{"GET", "/v1/topics", ROUTE_READ, api_topics_list, 0},
	{"POST", "/v1/topics/*/confirm", ROUTE_WRITE, api_topic_confirm, 0},
	{"GET", "/v1/unrecognised", ROUTE_READ, api_unrecognised_list, 0},
	{"POST", "/v1/replay", ROUTE_WRITE, api_replay, REPLAY_BODY},
	{"GET", "/v1/suppressions/export", ROUTE_READ, api_suppressions_export, 0},
	{"POST", "/v1/suppressions/import", ROUTE_WRITE, api_suppressions_import,
		ROUTE_STREAMS},
	{"POST", "/v1/policy/diff", ROUTE_READ, api_policy_diff, POLICY_BODY},
	{"POST", "/v1/policy/apply", ROUTE_WRITE, api_policy_apply, 16 * KIB},
	{"POST", "/v1/forget", ROUTE_WRITE, api_forget, 16 * KIB},
	{"GET", "/v1/development", ROUTE_WRITE, api_development, 0},
	{NULL, NULL, ROUTE_OPEN, NULL, 0},
};

static const char *access_name(enum route_access access)
{
	switch (access) {
	case ROUTE_OPEN:
		return "open";
	case ROUTE_READ:
		return "read";
	case ROUTE_SUPPORT:
		return "support";
	case ROUTE_WRITE:
		return "write";
	}
	return "";
}

void api_index(struct request *request)
{
	struct buffer page;

	buffer_init(&page, 64 * KIB);
	buffer_format(&page,
		"ses-feedbackd %s: the admin door.\n\n"
		"For people: run \"ses-feedback status\" on this host.\n"
		"For programs: the calls below; /v1/openapi.json describes them. Over "
		"TCP "
		"they take\n\"Authorization: Bearer TOKEN\", but for those marked "
		"open.\n\n",
		request->web->version);
	for (const struct route *route = admin_routes; route->method != NULL; route++)
		buffer_format(&page, "%-6s  %-24s  %s\n", route->method, route->path,
			access_name(route->access));
	api_reply_buffer(request, 200, "text/plain; charset=utf-8", &page);
}

void api_openapi(struct request *request)
{
	static const char *const no_parameters[] = {NULL};

	if (request_query_is_known(request, no_parameters))
		reply_text(request, 200, "application/json", openapi_text());
}

void api_ready(struct request *request)
{
	struct store_health health;
	struct error error;
	struct json *json;

	/* Nobody has to say who they are here: the reason is for status and the log. */
	if (!store_health(request->store, &health, &error) || health.is_failing) {
		reply_problem(request, 503, "not-ready",
			"the store can't be read or written now; \"ses-feedback status\" "
			"and the log say why");
		return;
	}
	json = json_object();
	json_put_boolean(json, "ready", true);
	reply_json(request, 200, json);
}
