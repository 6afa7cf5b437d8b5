/* background.c - long work for one request, while its door goes on. */
#include "web/background.h"

#include <pthread.h>
#include <stdlib.h>

#include "web/connections.h"
#include "web/inside.h"
#include "web/parking.h"

struct task {
	struct request *request;
	const char *name;
	void (*work)(struct request *request, void *closure);
	void *closure;
};

static void *run(void *closure)
{
	struct task *task = closure;
	struct request *request = task->request;
	struct parking *parking = request->web->parking;

	pthread_setname_np(pthread_self(), task->name);
	task->work(request, task->closure);
	free(task);
	parking_resume(parking, request);
	return NULL;
}

static bool start_thread(struct task *task)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool is_started;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	is_started = pthread_create(&thread, &attributes, run, task) == 0;
	pthread_attr_destroy(&attributes);
	return is_started;
}

bool background_begin(struct request *request, const char *name,
	void (*work)(struct request *request, void *closure), void *closure)
{
	struct parking *parking = request->web->parking;
	struct task *task = calloc(1, sizeof(*task));

	connection_waits_for_us(request->client);
	if (task == NULL || !parking_park(parking, request)) {
		reply_problem(request, 503, "overload",
			"the daemon stops, or is out of memory");
		free(task);
		return false;
	}
	*task = (struct task){request, name, work, closure};
	if (start_thread(task))
		return true; /* the request is the thread's now */
	free(task);
	reply_problem(request, 503, "overload", "no thread can be started");
	parking_resume(parking, request);
	return false;
}
