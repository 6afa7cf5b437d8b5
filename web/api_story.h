/* api_story.h - what happened to an address, in order. Private to web/. */
#ifndef WEB_API_STORY_H
#define WEB_API_STORY_H

#include <stdbool.h>

#include "store/store.h"
#include "web/api_list.h"

/* The newest events, and changes of the list, that a story holds. */
#define API_STORY_MAX 500

/*
 * Adds what happened to the list, oldest first: {"at","kind":"event"|"change",…}, an
 * event at the time of its publication. domain: whose changes belong to it too,
 * "@example.com"; NULL none. *is_whole: nothing older was left out. False if the store
 * can't be read; without memory the list is failed.
 */
bool api_story_tell(struct store *store, const char *address, const char *domain,
	struct api_list *list, bool *is_whole, struct error *error);

#endif
