/* api_preflight.h - a list on its way through POST /v1/preflight. Private to web/. */
#ifndef WEB_API_PREFLIGHT_H
#define WEB_API_PREFLIGHT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "ses/preflight.h"
#include "ses/scope.h"
#include "store/preflight.h"
#include "store/reputation.h"
#include "web/api_brake.h"
#include "web/api_list.h"
#include "web/listfile.h"
#include "web/request.h"

#define PREFLIGHT_ADDRESSES_MAX 1000000
/* Their normal forms, and their spellings where these differ. With the rest a list takes
 * some 150 bytes and its own length an address; one at a time. */
#define PREFLIGHT_TEXTS_MAX ((size_t) 128 << 20)
#define PREFLIGHT_TOP 20
/* A lower risk is not worth naming who has it. */
#define PREFLIGHT_RISK_SHOWN 0.01
#define PREFLIGHT_ERRORS_MAX 1000

/* An address as it was read: places in the texts, and where it stands in the file. */
struct preflight_line {
	uint32_t normal, original, number;
};

struct preflight_provider {
	char name[64];
	int64_t counts[SES_HISTORY_COUNT];
};
#define PREFLIGHT_PROVIDERS_MAX 64

/* The bounce rate of the account: now, and without what leaves the window once the list
 * was sent. */
struct preflight_account {
	char account[13], region[40];
	bool is_known;
	utc_ms from, to, fresh_start;
	struct ses_rate now;
	int64_t base_numerator, base_denominator;
};

/* What is made of the list; sinks and sources hold it, the last one frees it. */
struct preflight {
	atomic_uint owners;
	struct web *web;
	struct store *store;
	struct web_rules *rules; /* of the request, while it lasts */

	/* the question */
	char *account, *region, *columns;
	struct ses_scopes scopes;
	int64_t slices_wanted, slice; /* 0 none */
	bool wants_addresses;

	/* the list, as it comes */
	struct listfile *file;
	struct listfile_settings settings;
	struct buffer texts;
	struct preflight_line *lines; /* then: each mailbox once, by address */
	size_t count, capacity;
	int64_t line_count, invalid, errors_left_out, duplicates, spellings;
	struct api_list errors;
	bool is_too_long, lacks_memory;

	/* what is known of it */
	utc_ms now;
	struct store_recipient *recipients; /* recipients[i] is of lines[i] */
	uint32_t *by_domain;		    /* places in lines, in order of domain */
	struct store_experience experience;
	int64_t counts[SES_HISTORY_COUNT];
	int64_t reasons[SES_REASON_NO_SUCH_DOMAIN + 1];
	struct preflight_provider providers[PREFLIGHT_PROVIDERS_MAX];
	size_t provider_count;
	struct preflight_account reputation;
	struct api_brakes brakes; /* of the account, tripped or not */
	struct ses_prediction bounces;
	struct ses_slice slices[SES_SLICES_MAX];
	size_t slice_count;
	int64_t left_over;
};

void preflight_release(struct preflight *preflight); /* takes NULL */

static inline const char *preflight_text(
	const struct preflight *preflight, uint32_t place)
{
	return preflight->texts.bytes + place;
}

/* ---- api_preflight_list.c ---- */

/* For the listfile; closure is the preflight. False: it lacks memory or is too long. */
bool preflight_take_entry(
	void *closure, uint64_t number, const struct store_suppression *entry);
bool preflight_take_flaw(void *closure, uint64_t number, const char *detail);

/* Once all are there: each mailbox once, in order; what is at domains that cannot exist
 * is INVALID. False without memory. */
bool preflight_sort(struct preflight *preflight);

/* The addresses of one domain lie side by side in by_domain: how many from a place on. */
size_t preflight_domain_run(const struct preflight *preflight, size_t from);

/* How many of a run are INVALID: who was delivered to is not. */
int64_t preflight_count_invalid(
	const struct preflight *preflight, size_t from, size_t run);
const char *preflight_domain(const struct preflight *preflight, size_t place);

/* ---- api_preflight_run.c ---- */

/* Fills the rest. False: the request has its answer, a problem. Any thread that may wait
 * for the store. */
bool preflight_judge(struct request *request, struct preflight *preflight);

/* ---- api_preflight_json.c ---- */

/* The answer; freed by the caller. Takes the errors' rows with it where with_errors. */
struct json *preflight_json(struct preflight *preflight);

/* What to do, in sentences: into an array. */
struct json *preflight_advice(const struct preflight *preflight);

/* ---- api_preflight_riskiest.c ---- */

/* {"first","sentence",…}; freed by the caller. */
struct json *preflight_riskiest(const struct preflight *preflight);

/* ---- api_preflight_addresses.c ---- */

/* Answers in pieces: the whole answer in a line and then one [SLICE,"ADDRESS"] an address
 * of a slice; or as text the addresses of the one slice that was asked for. */
void preflight_stream(struct request *request, struct preflight *preflight);

/* Beside the door: judges the list and sets the answer. */
void preflight_answer(struct request *request, void *closure);

#endif
