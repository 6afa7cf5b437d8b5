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

static void send_file(struct transfer *transfer, int64_t length)
{
	CURL *curl = transfer->client->curl;

	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "POST");
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_piece);
	curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
	if (length >= 0)
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) length);
}

static void keep_in_file(struct transfer *transfer)
{
	CURL *curl = transfer->client->curl;

	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_piece);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
}

enum tool_status client_upload(struct client *client, const char *path, FILE *file,
	int64_t length, struct progress *progress, struct answer *answer)
{
	struct transfer transfer = {
		.client = client, .file = file, .progress = progress, .answer = answer};
	CURLcode code;

	if (!begin(&transfer, "POST", path))
		return tool_fail(client->tool, TOOL_UNREACHABLE, "out of memory");
	send_file(&transfer, length);
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

/* What became of an answer that goes to a file. */
static enum tool_status judge_kept(struct transfer *kept, CURLcode code, const char *path)
{
	struct client *client = kept->client;

	client_take_answer(client, kept->answer);
	if (kept->is_file_bad)
		return tool_fail(client->tool, TOOL_UNREACHABLE,
			"the output cannot be written: what is there is not the whole");
	if (code != CURLE_OK && kept->done > 0)
		return tool_fail(client->tool, TOOL_UNREACHABLE,
			"the daemon broke off: what is there is not the whole");
	if (code != CURLE_OK && kept->answer->status < 400)
		return client_say_failed(client, code, kept->answer->body.failed, path);
	return kept->answer->status >= 400 ? client_refused(client, kept->answer)
					   : TOOL_DONE;
}

enum tool_status client_exchange(struct client *client, const char *path, FILE *file,
	int64_t length, FILE *out, struct progress *progress)
{
	struct answer answer;
	struct transfer sent = {
		.client = client, .file = file, .progress = progress, .answer = &answer};
	struct transfer kept = {
		.client = client, .file = out, .progress = progress, .answer = &answer};
	enum tool_status status;
	CURLcode code;

	if (!begin(&sent, "POST", path))
		return tool_fail(client->tool, TOOL_UNREACHABLE, "out of memory");
	send_file(&sent, length);
	keep_in_file(&kept);
	code = curl_easy_perform(client->curl);
	progress_end(progress);
	if (sent.is_file_bad)
		status = tool_fail(
			client->tool, TOOL_USAGE, "the file cannot be read to its end");
	else
		status = judge_kept(&kept, code, path);
	answer_finish(&answer);
	return status;
}

enum tool_status client_download(
	struct client *client, const char *path, FILE *out, struct progress *progress)
{
	struct answer answer;
	struct transfer transfer = {
		.client = client, .file = out, .progress = progress, .answer = &answer};
	enum tool_status status;
	CURLcode code;

	if (!begin(&transfer, "GET", path))
		return tool_fail(client->tool, TOOL_UNREACHABLE, "out of memory");
	keep_in_file(&transfer);
	code = curl_easy_perform(client->curl);
	progress_end(progress);
	status = judge_kept(&transfer, code, path);
	answer_finish(&answer);
	return status;
}
