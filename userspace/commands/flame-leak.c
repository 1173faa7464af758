// SPDX-License-Identifier: GPL-2.0
/* The stacks behind a leak. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "commands/flame.h"
#include "commands/leak.h"
#include "lib/memory.h"
#include "lib/table.h"
#include "lib/text.h"

/* Stacks that are printed. */
#define STACKS_SHOWN	10

/**
 * struct growth - a line of the child
 * @mapping: name of the mapping; points into the line, as @stack
 * @stack: frames, outermost first
 * @bytes: what the stack has more than at the begin
 * @of_mapping: the same of all stacks of mappings with this name
 */
struct growth {
	const char *mapping;
	const char *stack;
	uint64_t bytes;
	uint64_t of_mapping;
};

/* The child: as flame --by grown --by-mapping --folded, from now on. */
static int follow(const struct session *session, int fd)
{
	struct options options = *session->options;
	struct session own = { .options = &options };
	struct flame flame = { .session = &own };
	struct failure why = { .kind = FAIL_NONE };
	int ret;

	options.by = FLAME_GROWN;
	options.by_mapping = true;
	options.folded = true;
	options.mark = 1;
	options.duration = 0;
	own.out = fdopen(fd, "w");
	if (!own.out)
		return 1;
	ret = flame_follow(&flame, &why);
	if (!ret)
		flame_draw(&flame);
	else
		fprintf(stderr, "memcensus: %s\n", why.text);
	return fclose(own.out) || ret;
}

/* The child ends without memory: files and buffers are its parent's. */
static void end_child(void)
{
	_exit(EXIT_FAILURE);
}

int flame_leak_begin(struct flame_leak *leak, const struct session *session,
		     struct failure *why)
{
	leak->fd = memfd_create("stacks", MFD_CLOEXEC);
	if (leak->fd < 0)
		return fail(why, FAIL_SYSTEM, "no file for stacks: %s", strerror(errno));
	leak->pid = fork();
	if (!leak->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		atexit(end_child);
		_exit(follow(session, leak->fd));
	}
	if (leak->pid > 0)
		return 0;
	leak->pid = 0;
	close(leak->fd);
	return fail(why, FAIL_SYSTEM, "cannot start a child that follows page faults: %s",
		    strerror(errno));
}

/* Parses "PROCESS;MAPPING;FRAMES BYTES"; false: it has no mapping. */
static bool parse(char *line, struct growth *growth)
{
	char *blank = strrchr(line, ' '), *mapping = strchr(line, ';'), *stack;

	if (!blank || !mapping)
		return false;
	*blank = '\0';
	stack = strchr(++mapping, ';');
	if (!stack)
		return false;
	*stack = '\0';
	*growth = (struct growth){ mapping, stack + 1, strtoull(blank + 1, NULL, 10), 0 };
	return true;
}

static int by_mapping(const void *a, const void *b)
{
	const struct growth *x = a, *y = b;

	return strcmp(x->mapping, y->mapping);
}

static int by_growth(const void *a, const void *b)
{
	const struct growth *x = a, *y = b;

	if (x->of_mapping != y->of_mapping)
		return x->of_mapping < y->of_mapping ? 1 : -1;
	return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

static void sum_mappings(struct growth *v, size_t n)
{
	size_t i, first = 0, k;
	uint64_t sum = 0;

	qsort(v, n, sizeof(*v), by_mapping);
	for (i = 0; i < n; i++) {
		sum += v[i].bytes;
		if (i + 1 < n && !strcmp(v[i].mapping, v[i + 1].mapping))
			continue;
		for (k = first; k <= i; k++)
			v[k].of_mapping = sum;
		first = i + 1;
		sum = 0;
	}
}

static void show(struct growth *v, size_t n, const struct session *session)
{
	const struct options *options = session->options;
	struct table *table;
	char size[NUMBER_SIZE];
	size_t i;

	command_title(options, session->out, n ? "Stacks whose memory grew" :
		      "No stack's memory grew");
	if (!n)
		return;
	sum_mappings(v, n);
	qsort(v, n, sizeof(*v), by_growth);
	table = table_new(command_look(options), session->out);
	table_columns(table, ">Grown Mapping");
	table_column_text(table, "Stack");
	for (i = 0; i < n && i < STACKS_SHOWN; i++) {
		table_row(table);
		text_size(size, (double)v[i].bytes);
		if (options->suffixes)
			table_cell(table, size);
		else
			table_cellf(table, "%" PRIu64, v[i].bytes >> 10);
		table_cell(table, v[i].mapping);
		table_cell(table, v[i].stack);
	}
	table_finish(table);
}

int flame_leak_end(struct flame_leak *leak, const struct session *session, struct failure *why)
{
	struct growth *v = NULL;
	char *text, *line;
	size_t n = 0;
	ssize_t size;
	int status;

	kill(leak->pid, SIGINT);
	while (waitpid(leak->pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	leak->pid = 0;
	size = lseek(leak->fd, 0, SEEK_END);
	text = xcalloc(size > 0 ? (size_t)size + 1 : 1, 1);
	if (size < 0 || !WIFEXITED(status) || WEXITSTATUS(status) ||
	    pread(leak->fd, text, (size_t)size, 0) != size) {
		free(text);
		close(leak->fd);
		return fail(why, FAIL_SYSTEM, "no stacks: the line before says why");
	}
	close(leak->fd);
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		v = array_grow(v, n, sizeof(*v));
		n += parse(line, &v[n]);
	}
	show(v, n, session);
	free(v);
	free(text);
	return 0;
}
