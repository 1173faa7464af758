// SPDX-License-Identifier: GPL-2.0
/* Shows 'top' on a terminal: all but the list. */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/amount.h"
#include "model/format.h"
#include "tools/top/top-grid.h"
#include "tools/top/top-view.h"

/* Time to wait for the rest of an escape sequence, ms: slow lines need 10 per byte. */
#define ESCAPE_MS	100

/* Minimum number of lines for a header. */
#define HEADER_LINES	6

/* The header shows a census in progress if it takes longer than this, ns. */
#define SLOW		(NSEC_PER_SEC / 2)

/* The terminal; NULL while it is not ours.  A thread that draws or reads keys holds the lock. */
static SCREEN *screen;
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

/* Appends a part to a line, with two blanks between parts. */
__attribute__((format(printf, 2, 3)))
static void say(FILE *out, const char *format, ...)
{
	va_list args;

	if (ftell(out))
		fputs("  ", out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
}

/* Writes an untrusted name or user input. */
static void put_field_name(FILE *out, const char *before, const char *name, const char *behind)
{
	char *printable = text_printable(name);

	fprintf(out, "%s%s%s", before, printable, behind);
	free(printable);
}

static void say_size(FILE *out, const char *name, struct amount amount)
{
	char size[NUMBER_SIZE] = "-";

	if (amount.known)
		text_size(size, amount.bytes);
	say(out, "%s %s", name, size);
}

static void say_ms(FILE *out, const char *name, bool known, uint64_t ns)
{
	if (known)
		say(out, "%s %.1f ms", name, ns / 1e6);
	else
		say(out, "%s -", name);
}

/* Writes number, time and cost of the census, and why the next one is not due. */
static void say_census(FILE *out, const struct top *top, const struct snapshot *snap)
{
	uint64_t now = signals_now();
	char clock[TIME_SIZE];

	if (top->frozen)
		say(out, "FROZEN");
	if (top->ended)
		say(out, "END OF RECORD");
	if (top->gone)
		say(out, "ENDED");
	if (top->since && now - top->since > SLOW)
		say(out, "counting for %.0f s", (double)(now - top->since) / NSEC_PER_SEC);
	if (!snap) {
		if (!ftell(out))
			say(out, "counting");
		return;
	}
	say(out, "census %" PRIu64, snap->seq);
	if (time_of(&snap->scan)) {
		time_text(clock, time_of(&snap->scan), false);
		say(out, "%s", clock);
	}
	say(out, "every %g s", (double)top->interval / NSEC_PER_SEC);
	say_ms(out, "took", KNOWN(&snap->scan, MEMCENSUS_SCAN_WALL_NS), snap->scan.wall);
	say_ms(out, "longest lock", KNOWN(&snap->scan, MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS),
	       snap->scan.lock_hold_max);
}

static void say_memory(FILE *out, const struct snapshot *snap)
{
	const struct amount buffers = amount_total(snap, MEM_BUFFERS);
	const struct amount cached = amount_total(snap, MEM_CACHED);
	const struct amount slab = amount_total(snap, MEM_SLAB_RECLAIMABLE);
	const struct node *node;
	const char *word;
	size_t i;

	say_size(out, "total", amount_total(snap, MEM_TOTAL));
	say_size(out, "free", amount_total(snap, MEM_FREE));
	say_size(out, "available", amount_total(snap, MEM_AVAILABLE));
	say_size(out, "cache", amount_plus(amount_plus(buffers, cached), slab));
	say_size(out, "swap", amount_swap_used(snap));
	for (i = 0; i < snap->n_nodes; i++) {
		node = &snap->nodes[i];
		word = KNOWN(node, MEMCENSUS_NODE_KSWAPD) ?
		       column_word(&node_rows.fields.columns[MEMCENSUS_NODE_KSWAPD],
				   node->kswapd) : NULL;
		say(out, "kswapd%" PRIu64 " %s", node->id, word ? word : "-");
		if (node->kswapd == MEMCENSUS_KSWAPD_RUNNING &&
		    KNOWN(node, MEMCENSUS_NODE_KSWAPD_ORDER))
			fprintf(out, " order %" PRIu64, node->kswapd_order);
		if (KNOWN(node, MEMCENSUS_NODE_BALANCED) && !node->balanced)
			fputs(" below its watermarks", out);
	}
}

static void say_state(FILE *out, const struct snapshot *snap, uint64_t state,
		      const char *word)
{
	size_t i, n = 0;

	for (i = 0; i < snap->n_tasks; i++)
		n += KNOWN(&snap->tasks[i], MEMCENSUS_TASK_STATE) &&
		     snap->tasks[i].state == state;
	if (n)
		say(out, "%zu %s", n, word);
}

/* Writes what the list shows. */
static void say_list(FILE *out, const struct top *top, const struct top_page *page)
{
	const struct top_list *list = &page->list;
	const char *what = page == &top->map ? "mappings" :
			   page == &top->cgroups ? "cgroups" : "processes";

	if (page == &top->map)
		say(out, "process %" PRIu64, top->pid);
	if (page == &top->map && page->snap && page->snap->n_tasks &&
	    KNOWN(&page->snap->tasks[0], MEMCENSUS_TASK_COMM))
		put_field_name(out, " (", page->snap->tasks[0].comm, ")");
	if (list->pattern) {
		say(out, "%zu of %zu %s match ", list->n_rows, list->n_all, what);
		put_field_name(out, "'", list->pattern, "'");
	} else {
		say(out, "%zu %s", list->n_all, what);
	}
	if (page->snap && page == &top->tasks) {
		say_state(out, page->snap, MEMCENSUS_STATE_BUSY, "busy");
		say_state(out, page->snap, MEMCENSUS_STATE_VANISHED, "vanished");
		say_state(out, page->snap, MEMCENSUS_STATE_PARTIAL, "in part");
	}
	say(out, "by %s%s%s", column_header(list->sort),
	    list->reverse ? ", largest first" : "",
	    page == &top->cgroups ? ", as a tree" : "");
	if (!top->units.suffixes && !top->units.percent)
		say(out, "in KiB");
}

/* A line under construction: @out writes its @text. */
struct line {
	FILE *out;
	char *text;
	size_t size;
};

static void line_begin(struct line *line)
{
	line->out = xopen_memstream(&line->text, &line->size);
}

static void line_end(struct line *line, int y)
{
	xfclose(line->out);
	draw_text(y, COLS, line->text);
	free(line->text);
}

/* Draws the header. */
static void draw_header(struct top *top)
{
	struct top_page *page = top_page(top);
	/* Until the mappings arrive, use the census of the processes. */
	const struct snapshot *snap = page->snap ? page->snap : top->tasks.snap;
	struct line line;

	line_begin(&line);
	say_census(line.out, top, snap);
	line_end(&line, 0);
	line_begin(&line);
	if (snap)
		say_memory(line.out, snap);
	line_end(&line, 1);
	line_begin(&line);
	say_list(line.out, top, page);
	line_end(&line, 2);
}

static void draw_help(struct top *top, int y, int height)
{
	const size_t room = height > 0 ? height : 0;
	const struct top_binding *binding;
	struct line line;
	size_t i, n = 0;

	for (binding = top_bindings; binding->keys; binding++)
		n++;
	if (top->line + room > n)
		top->line = n > room ? n - room : 0;
	top->height = room;
	for (i = 0; i < room && top->line + i < n; i++) {
		binding = &top_bindings[top->line + i];
		line_begin(&line);
		fprintf(line.out, "%-9s %s", binding->keys, binding->help);
		line_end(&line, y + (int)i);
	}
}

/* Draws the last line: the prompt, a message, or the most important keys, as many as fit. */
static void draw_foot(const struct top *top, int y)
{
	const struct top_binding *binding;
	struct line line;
	size_t used = 0;

	line_begin(&line);
	if (top->typing) {
		put_field_name(line.out, "Filter: ", top->prompt, "_");
		if (*top->message)
			fprintf(line.out, "  %s", top->message);
	} else if (*top->message) {
		fputs(top->message, line.out);
	} else if (top->screen == TOP_HELP) {
		fputs("Up Down: more  h: done", line.out);
	} else {
		for (binding = top_bindings; binding->keys; binding++) {
			if (!binding->brief || (top->screen == TOP_MAP &&
						(binding->action == TOP_ENTER ||
						 binding->action == TOP_CGROUPS)))
				continue;
			used += strlen(binding->brief) + (used ? strlen("  ") : 0);
			if (used > (size_t)COLS)
				break;
			say(line.out, "%s", binding->brief);
		}
	}
	line_end(&line, y);
}

/* At exit(), perhaps of the thread that takes a census: nothing is drawn any more. */
static void restore(void)
{
	pthread_mutex_lock(&lock);
	if (screen)
		endwin();
}

int top_view_open(struct failure *why)
{
	const char *type = getenv("TERM"), *move;

	screen = type && *type ? newterm(NULL, stdout, stdin) : NULL;
	if (!screen)
		return fail(why, FAIL_SYSTEM,
			    "terminal type '%.60s' is unknown: set TERM, or use 'memcensus tasks'",
			    type ? type : "");
	move = tigetstr("cup");
	if (!move || move == (char *)-1) {
		endwin();
		delscreen(screen);
		screen = NULL;
		return fail(why, FAIL_SYSTEM,
			    "terminal type '%.60s' cannot move the cursor: use 'memcensus tasks'",
			    type);
	}
	/* A last message must not be on the screen that exit() takes away. */
	setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
	atexit(restore);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	if (!getenv("ESCDELAY"))
		set_escdelay(ESCAPE_MS);
	return 0;
}

void top_view_close(void)
{
	pthread_mutex_lock(&lock);
	/* Without an alternate screen, the shell continues on the last line. */
	mvhline(LINES - 1, 0, ' ', COLS);
	refresh();
	curs_set(1);
	endwin();
	delscreen(screen);
	screen = NULL;
	setvbuf(stderr, NULL, _IONBF, 0);
	pthread_mutex_unlock(&lock);
}

void top_view_draw(struct top *top)
{
	const int y = LINES >= HEADER_LINES ? 3 : 0, foot = LINES > 1, height = LINES - y - foot;

	pthread_mutex_lock(&lock);
	erase();
	if (y)
		draw_header(top);
	if (top->screen == TOP_HELP)
		draw_help(top, y, height);
	else
		draw_list(top, y, height);
	if (foot)
		draw_foot(top, LINES - 1);
	if (top->renew)
		clearok(stdscr, TRUE);
	top->renew = false;
	refresh();
	pthread_mutex_unlock(&lock);
}

bool top_view_key(struct key *key, bool *hung_up)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	mbstate_t state = { 0 };
	int ret, bytes = 0;
	wint_t c;
	size_t len;

	memset(key, 0, sizeof(*key));
	*hung_up = false;
	pthread_mutex_lock(&lock);
	ret = get_wch(&c);
	pthread_mutex_unlock(&lock);
	if (ret == ERR) {
		/* Readable without a byte: it is closed.  A key may have come just now. */
		*hung_up = poll(&in, 1, 0) > 0 &&
			   (in.revents & (POLLHUP | POLLERR) ||
			    ioctl(STDIN_FILENO, FIONREAD, &bytes) || !bytes);
		return false;
	}
	if (ret == KEY_CODE_YES) {
		key->code = KEY_FUNCTION((int)c);
		/* ncurses has the new size; the contents of the screen are invalid. */
		if (c == KEY_RESIZE) {
			draw_list_anew();
			clearok(stdscr, TRUE);
		}
		return true;
	}
	key->code = (int)c;
	if (c < ' ' || c == 0x7f)
		return true;
	len = wcrtomb(key->text, c, &state);
	key->text[len == (size_t)-1 ? 0 : len] = '\0';
	return true;
}
