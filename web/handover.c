/* handover.c - a message's way through the courier and the store. */
#include "web/passage.h"

#include <stdio.h>

static void end(struct passage *passage)
{
	passage->finished(passage);
}

/* The store's thread. */
static void stored(struct store_job *job)
{
	struct passage *passage = job->owner;

	passage_answer_stored(passage);
	end(passage);
}

static void go_to_store(struct passage *passage)
{
	passage->job.done = stored;
	passage->job.owner = passage;
	if (store_submit(passage->web->store, &passage->job))
		return;
	passage_answer(passage, 503, "overload", "too much waits to be stored");
	end(passage);
}

/* The courier's thread. What SNS answered is stored either way: the confirmation, or the
 * token for another try. */
static void called(struct courier_job *call)
{
	struct passage *passage = call->owner;
	struct error error = {""};

	if (confirmation_read(
		    call, passage->subscription, sizeof(passage->subscription), &error)) {
		passage->job.topic.state = STORE_TOPIC_CONFIRMED;
		passage->job.topic.token = NULL;
		passage->job.topic.subscription_arn = passage->subscription;
		passage->job.topic.at = clock_now();
	} else {
		passage->confirmation_failed = true;
		error_prefix(&error, "the subscription could not be confirmed at %s",
			passage->route.host);
		snprintf(passage->detail, sizeof(passage->detail), "%s", error.text);
	}
	go_to_store(passage);
}

static void go_to_confirm(struct passage *passage)
{
	passage->call.url = passage->call_url.bytes;
	passage->call.rules = passage->rules;
	passage->call.deadline_ms = clock_monotonic_ms() + COURIER_PATIENCE_MS;
	passage->call.done = called;
	passage->call.owner = passage;
	if (courier_submit(passage->web->courier, &passage->call))
		return;
	passage_answer(passage, 503, "overload", "too many outgoing calls wait");
	end(passage);
}

/* The courier's thread. */
static void certificate_came(struct certificate_wait *wait)
{
	struct passage *passage = wait->owner;

	if (wait->outcome == CERTIFICATE_READY) {
		passage_verify(passage);
		/* It came and is gone: pushed out by others. */
		if (passage->next == PASSAGE_FETCH)
			passage_answer(passage, 503, "overload",
				"too many certificates come and go");
	} else {
		passage_answer_certificate(passage);
	}
	if (passage->next == PASSAGE_ANSWERED)
		end(passage);
	else
		passage_go_on(passage);
}

static void go_to_fetch(struct passage *passage)
{
	enum certificate_ask ask;

	passage->wait.done = certificate_came;
	passage->wait.owner = passage;
	do {
		ask = certificates_ask(passage->web->certificates, passage->rules,
			&passage->route, passage->message.timestamp, &passage->wait);
		if (ask == CERTIFICATE_CAME)
			passage_verify(passage);
	} while (ask == CERTIFICATE_CAME && passage->next == PASSAGE_FETCH);
	switch (ask) {
	case CERTIFICATE_COMES:
		break; /* belongs to the courier now */
	case CERTIFICATE_CAME:
		if (passage->next == PASSAGE_ANSWERED)
			end(passage);
		else
			passage_go_on(passage);
		break;
	case CERTIFICATE_OVERLOAD:
		passage_answer(passage, 503, "overload",
			"too many signing certificates are being asked for");
		end(passage);
		break;
	}
}

void passage_go_on(struct passage *passage)
{
	switch (passage->next) {
	case PASSAGE_ANSWERED:
		end(passage);
		break;
	case PASSAGE_FETCH:
		go_to_fetch(passage);
		break;
	case PASSAGE_CONFIRM:
		go_to_confirm(passage);
		break;
	case PASSAGE_STORE:
		go_to_store(passage);
		break;
	}
}
