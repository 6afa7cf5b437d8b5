/* inside.h - what a store is made of. Private to store/. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <pthread.h>

#include "base/queue.h"
#include "store/catch_up.h"
#include "store/checkpointer.h"
#include "store/readers.h"
#include "store/store.h"
#include "store/writer.h"

struct store {
	char *path;
	int lock; /* the file PATH.lock, locked as long as we live */
	struct queue *queue;
	struct readers *readers;
	struct checkpointer *checkpointer;
	struct catch_up catch_up;
	struct tombstones
		tombstones;   /* the key: set at opening or by the first tombstone */
	struct writer writer; /* its thread's alone, but for the report */
	pthread_t thread;
};

#endif
