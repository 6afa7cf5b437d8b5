/* client_stream.c - bodies and answers of any length, piece by piece. */
#include <string.h>

#include "tool/client_inside.h"
#include "tool/progress.h"

/* A stream may take hours; only one that stands still is given up. */
#define STALL_SECONDS 300L

struct transfer {
	struct client *client;
	FILE *file;
	struct progress *progress;
	struct answer *answer; /* download: takes the body of a refusal */
	int64_t done;
	bool is_file_bad;
};

static size_t read_piece(char *bytes, size_t size, size_t count, void *closure)
{
	struct transfer *transfer = closure;
	size_t got = fread(bytes, 1, size * count, transfer->file);

	if (got == 0 && ferror(transfer->file)) {
		transfer->is_file_bad = true;
		return CURL_READFUNC_ABORT;
	}
	transfer->done += (int64_t) got;
	progress_show(transfer->progress, transfer->done);
	return got;
}

static size_t write_piece(char *bytes, size_t size, size_t count, void *closure)
{
	struct transfer *transfer = closure;
	size_t length = size * count;
	long status = 0;

	curl_easy_getinfo(transfer->client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 400)
		return buffer_append(&transfer->answer->body, bytes, length) ? length : 0;
	transfer->is_file_bad = fwrite(bytes, 1, length, transfer->file) != length;
	transfer->done += (int64_t) length;
	progress_show(transfer->progress, transfer->done);
	return transfer->is_file_bad ? 0 : length;
}

static bool begin(struct transfer *transfer, const char *method, const char *path)
{
	struct answer *answer = transfer->answer;
	struct client *client = transfer->client;
	struct buffer url;
	bool has_memory;

	memset(answer, 0, sizeof(*answer));
	buffer_init(&answer->body, CLIENT_ANSWER_LIMIT);
	buffer_init(&url, 1 << 20);
	buffer_append_text(&url, client->base);
	has_memory = buffer_append_text(&url, path);
	if (has_memory) {
		client_set_call(client, method, url.bytes, answer);
		curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, 0L);
		curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_TIME, STALL_SECONDS);
	}
	buffer_finish(&url);
	return has_memory;
}

enum tool_status client_upload(struct client *client, const char *path, FILE *file,
	int64_t length, struct progress *progress, struct answer *answer)
{
	struct transfer transfer = {
		.client = client, .file = file, .progress = progress, .answer = answer};
	CURLcode code;

	if (!begin(&transfer, "POST", path))
		return tool_fail(client->tool, TOOL_UNREACHABLE, "out of memory");
	curl_easy_setopt(client->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, "POST");
	curl_easy_setopt(client->curl, CURLOPT_READFUNCTION, read_piece);
	curl_easy_setopt(client->curl, CURLOPT_READDATA, &transfer);
	if (length >= 0)
		curl_easy_setopt(
			client->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) length);
	code = curl_easy_perform(client->curl);
	progress_end(progress);
	client_take_answer(client, answer);
	/* A daemon that refuses at once need not read the rest. */
	if (code != CURLE_OK && answer->status < 400) {
		if (transfer.is_file_bad)
			return tool_fail(client->tool, TOOL_USAGE,
				"the file cannot be read to its end");
		return client_say_failed(client, code, answer->body.failed, path);
	}
	if (answer->status >= 400 || answer->json == NULL)
		return client_refused(client, answer);
	return TOOL_DONE;
}

enum tool_status client_download(
	struct client *client, const char *path, FILE *out, struct progress *progress)
{
	struct answer answer;
	struct transfer transfer = {
		.client = client, .file = out, .progress = progress, .answer = &answer};
	enum tool_status status = TOOL_DONE;
	CURLcode code;

	if (!begin(&transfer, "GET", path))
		return tool_fail(client->tool, TOOL_UNREACHABLE, "out of memory");
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, write_piece);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &transfer);
	code = curl_easy_perform(client->curl);
	progress_end(progress);
	client_take_answer(client, &answer);
	if (transfer.is_file_bad)
		status = tool_fail(client->tool, TOOL_UNREACHABLE,
			"the output cannot be written: what is there is not the whole");
	else if (code != CURLE_OK && transfer.done > 0)
		status = tool_fail(client->tool, TOOL_UNREACHABLE,
			"the daemon broke off: what is there is not the whole");
	else if (code != CURLE_OK)
		status = client_say_failed(client, code, answer.body.failed, path);
	else if (answer.status >= 400)
		status = client_refused(client, &answer);
	answer_finish(&answer);
	return status;
}
