/* bare.h - the tables without a store around them, inside one transaction. */
#ifndef TESTS_STORE_BARE_H
#define TESTS_STORE_BARE_H

#include <fcntl.h>

#include "store/schema.h"
#include "store/writer.h"
#include "tests/store/support.h"

struct bare {
	struct scene *scene;
	struct writer writer;
	struct tombstones tombstones;
};

UNUSED static int bare_set_up(void **state)
{
	struct bare *bare = calloc(1, sizeof(*bare));
	struct error error;
	void *scene;
	int from;

	if (bare == NULL || scene_prepare(&scene) != 0)
		return -1;
	bare->scene = scene;
	close(open(bare->scene->path, O_RDWR | O_CREAT, 0600));
	names_init(&bare->writer.names);
	bare->writer.tombstones = &bare->tombstones;
	*state = bare;
	return db_open(&bare->writer.db, bare->scene->path, true, &error) &&
			       schema_migrate(&bare->writer.db, bare->scene->path, &from,
				       &error) &&
			       db_execute(&bare->writer.db, "BEGIN")
		       ? 0
		       : -1;
}

UNUSED static int bare_tear_down(void **state)
{
	struct bare *bare = *state;
	void *scene = bare->scene;

	names_finish(&bare->writer.names);
	db_execute(&bare->writer.db, "ROLLBACK");
	db_close(&bare->writer.db);
	free(bare);
	return scene_tear_down(&scene);
}

UNUSED static int64_t bare_ask(struct bare *bare, const char *sql)
{
	int64_t answer;

	assert_true(db_ask(&bare->writer.db, sql, &answer));
	return answer;
}

UNUSED static void bare_ask_text(struct bare *bare, const char *sql, char answer[512])
{
	assert_true(db_ask_text(&bare->writer.db, sql, answer, 512));
}

#endif
