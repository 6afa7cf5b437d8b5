/* progress.c - how far something long has got, on a terminal. */
#include "tool/progress.h"

#include <unistd.h>

#include "base/clock.h"
#include "tool/screen.h"

#define REDRAW_MS 100
#define BAR 24
#define MIB (1024.0 * 1024.0)

void progress_begin(struct progress *progress, FILE *err, const char *what, int64_t total)
{
	*progress = (struct progress){
		.err = isatty(fileno(err)) ? err : NULL,
		.what = what,
		.total = total,
		.began = clock_monotonic_ms(),
	};
}

static void draw_bar(struct progress *progress, int64_t done)
{
	int full = progress->total > 0 ? (int) (BAR * done / progress->total) : BAR;

	fputc('[', progress->err);
	for (int i = 0; i < BAR; i++)
		fputc(i < full ? '#' : '.', progress->err);
	fprintf(progress->err, "] %3d %%  ",
		progress->total > 0 ? (int) (100 * done / progress->total) : 100);
}

void progress_show(struct progress *progress, int64_t done)
{
	int64_t now = clock_monotonic_ms();
	double seconds, mebibytes = (double) done / MIB;

	if (progress->err == NULL || now < progress->next)
		return;
	progress->next = now + REDRAW_MS;
	seconds = (double) (now - progress->began) / 1000;
	fputc('\r', progress->err);
	screen_put(progress->err, progress->what);
	fputs("  ", progress->err);
	if (progress->total >= 0)
		draw_bar(progress, done);
	fprintf(progress->err, "%.1f MiB, %.1f MiB/s  ", mebibytes,
		seconds > 0 ? mebibytes / seconds : 0);
	fflush(progress->err);
	progress->is_drawn = true;
}

void progress_end(struct progress *progress)
{
	if (progress->err == NULL || !progress->is_drawn)
		return;
	fputs("\r\033[K", progress->err);
	fflush(progress->err);
}
