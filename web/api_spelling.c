/* api_spelling.c - how SES's own list spells an address, and where. */
#include "web/api_spelling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct search {
	struct api_spelling *spelling;
	bool is_at_ses; /* of the row that the spelling is of */
	int64_t event;
	utc_ms published;
	bool has_memory;
};

static void keep_original(struct search *search, const char *original)
{
	free(search->spelling->original);
	search->spelling->original = text_copy(original, strlen(original));
	search->has_memory = search->spelling->original != NULL;
}

static bool take_row(void *closure, const struct store_suppression *row)
{
	struct search *search = closure;
	bool is_at_ses = row->at_ses > 0;

	if (search->spelling->original == NULL || (is_at_ses && !search->is_at_ses)) {
		keep_original(search, row->original);
		search->is_at_ses = is_at_ses;
	}
	return search->has_memory;
}

static bool take_evidence(void *closure, const struct ses_evidence *evidence)
{
	struct search *search = closure;

	if (evidence->class == SES_CLASS_SES_LIST &&
		(search->event == 0 || evidence->published >= search->published)) {
		search->event = evidence->event;
		search->published = evidence->published;
	}
	return true;
}

static bool take_event(void *closure, const struct store_event *event)
{
	struct search *search = closure;
	struct api_spelling *spelling = search->spelling;

	if (event->id != search->event)
		return true;
	if (!text_is_empty(event->original))
		keep_original(search, event->original);
	snprintf(spelling->account, sizeof(spelling->account), "%s", event->account);
	snprintf(spelling->region, sizeof(spelling->region), "%s", event->region);
	return false;
}

bool api_spelling_find(struct store *store, const char *address,
	struct api_spelling *spelling, struct error *error)
{
	struct search search = {.spelling = spelling, .has_memory = true};
	int64_t next;

	*spelling = (struct api_spelling){.original = NULL};
	if (!store_dossier(store, address, take_row, take_evidence, &search, error))
		return false;
	if (search.has_memory && search.event > 0) {
		struct store_event_filter filter = {.since = UTC_NONE,
			.until = UTC_NONE,
			.before = search.event + 1,
			.after = search.event - 1,
			.limit = 1};

		if (!store_event_list(store, &filter, take_event, &search, &next, error))
			return false;
	}
	return search.has_memory || error_set(error, "out of memory");
}

void api_spelling_finish(struct api_spelling *spelling)
{
	free(spelling->original);
	spelling->original = NULL;
}

void api_spelling_write_command(
	struct buffer *buffer, const struct api_spelling *spelling)
{
	buffer_append_text(buffer, "aws sesv2 delete-suppressed-destination ");
	if (spelling->region[0] != '\0')
		buffer_format(buffer, "--region %s ", spelling->region);
	buffer_append_text(buffer, "--email-address ");
	buffer_append_quoted(buffer, spelling->original);
}
