/* ingest.c - the two ways in: a POST at the feedback door, and a replayed message. */
#include "web/ingest.h"

#include <stdio.h>
#include <stdlib.h>

#include "web/inside.h"
#include "web/latch.h"
#include "web/parking.h"
#include "web/passage.h"

/* ---- a POST ---- */

static void note(const struct passage *passage)
{
	struct diary *diary = passage->web->diary;

	diary_answered(diary, passage->reason, passage->status);
	if (passage->status != 200)
		diary_refused(diary, passage->reason, passage->status,
			passage->message.topic_arn, passage->detail);
}

static void set_answer(struct request *request, const struct passage *passage)
{
	char text[64];

	note(passage);
	if (passage->status == 200) {
		snprintf(text, sizeof(text), "%s\n", passage->reason);
		reply_text(request, 200, "text/plain; charset=utf-8", text);
	} else {
		reply_problem(
			request, passage->status, passage->reason, "%s", passage->detail);
	}
}

static void answer_post(struct request *request, struct passage *passage)
{
	set_answer(request, passage);
	passage_finish(passage);
	free(passage);
}

static void post_returned(struct request *request)
{
	answer_post(request, request->waiting);
}

/* Whichever thread had the last word; the request is parked. The rest is for the door's
 * thread: memory that one thread takes and another gives back costs both a lock. */
static void post_finished(struct passage *passage)
{
	struct request *request = passage->owner;

	parking_resume(request->web->parking, request);
}

void ingest_post(struct request *request)
{
	struct passage *passage = malloc(sizeof(*passage));
	const char *raw;

	if (passage == NULL) {
		diary_answered(request->web->diary, "overload", 503);
		reply_problem(request, 503, "overload", "out of memory");
		return;
	}
	passage_init(passage, request->web, request->rules,
		request->body.bytes == NULL ? "" : request->body.bytes,
		request->body.length);
	raw = request_header(request, "x-amz-sns-rawdelivery");
	passage->is_marked_raw = raw != NULL && (raw[0] == 't' || raw[0] == 'T');
	passage->finished = post_finished;
	passage->owner = request;
	request->waiting = passage;
	passage_judge(passage);
	if (passage->next != PASSAGE_ANSWERED) {
		if (parking_park(request->web->parking, request)) {
			request->returned = post_returned;
			passage_go_on(passage);
			return;
		}
		passage_answer(passage, 503, "stopping", "the daemon is stopping");
	}
	answer_post(request, passage);
}

/* ---- a replay ---- */

static void replay_finished(struct passage *passage)
{
	latch_count_down(passage->owner);
}

void ingest_and_wait(struct web *web, struct web_rules *rules, const char *body,
	size_t length, struct ingest_result *result)
{
	struct passage *passage = malloc(sizeof(*passage));
	struct latch finished;

	*result = (struct ingest_result){.status = 503, .reason = "overload"};
	if (passage == NULL) {
		snprintf(result->detail, sizeof(result->detail), "out of memory");
		return;
	}
	passage_init(passage, web, rules, body, length);
	passage->has_no_age_limit = true;
	passage->finished = replay_finished;
	passage->owner = &finished;
	passage_judge(passage);
	if (passage->next != PASSAGE_ANSWERED) {
		latch_init(&finished, 1);
		passage_go_on(passage);
		latch_wait(&finished);
		latch_finish(&finished);
	}
	result->status = passage->status;
	result->reason = passage->reason;
	result->recorded = passage->recorded;
	snprintf(result->detail, sizeof(result->detail), "%s", passage->detail);
	if (passage->message.message_id != NULL)
		snprintf(result->message_id, sizeof(result->message_id), "%s",
			passage->message.message_id);
	passage_finish(passage);
	free(passage);
}
