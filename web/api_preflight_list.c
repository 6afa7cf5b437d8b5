/* api_preflight_list.c - the addresses of a list: taken in, each mailbox once. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api_preflight.h"

/* ---- taking in ---- */

static bool make_room(struct preflight *preflight)
{
	size_t capacity = preflight->capacity == 0 ? 1024 : 2 * preflight->capacity;
	struct preflight_line *lines;

	if (preflight->count < preflight->capacity)
		return true;
	if (preflight->count >= PREFLIGHT_ADDRESSES_MAX) {
		preflight->is_too_long = true;
		return false;
	}
	lines = reallocarray(preflight->lines, capacity, sizeof(*lines));
	if (lines == NULL) {
		preflight->lacks_memory = true;
		return false;
	}
	preflight->lines = lines;
	preflight->capacity = capacity;
	return true;
}

static uint32_t keep_text(struct preflight *preflight, const char *text)
{
	size_t place = preflight->texts.length;

	buffer_append(&preflight->texts, text, strlen(text) + 1);
	return (uint32_t) place;
}

bool preflight_take_entry(
	void *closure, uint64_t number, const struct store_suppression *entry)
{
	struct preflight *preflight = closure;
	struct preflight_line *line;

	if (entry->address[0] == '@')
		return preflight_take_flaw(
			closure, number, "a whole domain cannot be mailed");
	if (preflight->count == PREFLIGHT_ADDRESSES_MAX) {
		preflight->is_too_long = true;
		return false;
	}
	if (!make_room(preflight))
		return false;
	preflight->line_count++;
	line = &preflight->lines[preflight->count];
	line->number = number < UINT32_MAX ? (uint32_t) number : UINT32_MAX;
	line->normal = line->original = keep_text(preflight, entry->address);
	if (!text_equal(entry->original, entry->address))
		line->original = keep_text(preflight, entry->original);
	if (preflight->texts.failed) {
		preflight->is_too_long = preflight->texts.length + 2 * SES_ADDRESS_MAX >
					 preflight->texts.limit;
		preflight->lacks_memory = !preflight->is_too_long;
		return false;
	}
	preflight->count++;
	return true;
}

bool preflight_take_flaw(void *closure, uint64_t number, const char *detail)
{
	struct preflight *preflight = closure;
	struct json *row;

	preflight->line_count++;
	preflight->invalid++;
	if (preflight->errors.count == PREFLIGHT_ERRORS_MAX) {
		preflight->errors_left_out++;
		return true;
	}
	row = json_object();
	json_put_integer(row, "line", (int64_t) number);
	json_put_text(row, "detail", detail);
	preflight->lacks_memory = !api_list_add(&preflight->errors, row);
	return !preflight->lacks_memory;
}

/* ---- each mailbox once ---- */

static int compare_lines(const void *one, const void *other, void *closure)
{
	const struct preflight_line *a = one, *b = other;
	int order = strcmp(
		preflight_text(closure, a->normal), preflight_text(closure, b->normal));

	if (order != 0)
		return order;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* The first spelling stays. */
static void drop_duplicates(struct preflight *preflight)
{
	struct preflight_line *lines = preflight->lines;
	size_t kept = 0;

	for (size_t i = 0; i < preflight->count; i++) {
		const struct preflight_line *line = &lines[i];

		if (kept > 0 &&
			text_equal(preflight_text(preflight, line->normal),
				preflight_text(preflight, lines[kept - 1].normal))) {
			preflight->duplicates++;
			preflight->spellings += !text_equal(
				preflight_text(preflight, line->original),
				preflight_text(preflight, lines[kept - 1].original));
			continue;
		}
		lines[kept++] = *line;
	}
	preflight->count = kept;
}

/* ---- domains ---- */

const char *preflight_domain(const struct preflight *preflight, size_t place)
{
	const struct preflight_line *line =
		&preflight->lines[preflight->by_domain[place]];

	return ses_address_domain(preflight_text(preflight, line->normal));
}

static int compare_domains(const void *one, const void *other, void *closure)
{
	const struct preflight *preflight = closure;
	const uint32_t *a = one, *b = other;
	int order = strcmp(ses_address_domain(preflight_text(
				   preflight, preflight->lines[*a].normal)),
		ses_address_domain(
			preflight_text(preflight, preflight->lines[*b].normal)));

	if (order != 0)
		return order;
	return *a < *b ? -1 : *a > *b;
}

size_t preflight_domain_run(const struct preflight *preflight, size_t from)
{
	const char *domain = preflight_domain(preflight, from);
	size_t end = from + 1;

	while (end < preflight->count &&
		text_equal(preflight_domain(preflight, end), domain))
		end++;
	return end - from;
}

int64_t preflight_count_invalid(
	const struct preflight *preflight, size_t from, size_t run)
{
	int64_t count = 0;

	for (size_t i = from; i < from + run; i++)
		count += preflight->recipients[preflight->by_domain[i]].history ==
			 SES_HISTORY_INVALID;
	return count;
}

static void mark_invalid(struct preflight *preflight)
{
	size_t run;

	for (size_t i = 0; i < preflight->count; i += run) {
		run = preflight_domain_run(preflight, i);
		if (ses_domain_flaw(preflight_domain(preflight, i)) == NULL)
			continue;
		for (size_t j = i; j < i + run; j++)
			preflight->recipients[preflight->by_domain[j]].history =
				SES_HISTORY_INVALID;
	}
}

bool preflight_sort(struct preflight *preflight)
{
	size_t count;

	if (preflight->count > 1)
		qsort_r(preflight->lines, preflight->count, sizeof(*preflight->lines),
			compare_lines, preflight);
	drop_duplicates(preflight);
	count = preflight->count;
	preflight->recipients = calloc(count + 1, sizeof(*preflight->recipients));
	preflight->by_domain = calloc(count + 1, sizeof(*preflight->by_domain));
	if (preflight->recipients == NULL || preflight->by_domain == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		preflight->recipients[i].address =
			preflight_text(preflight, preflight->lines[i].normal);
		preflight->recipients[i].before = preflight->now;
		preflight->by_domain[i] = (uint32_t) i;
	}
	if (count > 1)
		qsort_r(preflight->by_domain, count, sizeof(*preflight->by_domain),
			compare_domains, preflight);
	mark_invalid(preflight);
	return true;
}
