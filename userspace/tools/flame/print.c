// SPDX-License-Identifier: GPL-2.0
/* Writes what flame found: names the frames, folds the stacks. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/format.h"
#include "tools/flame/print.h"
#include "tools/flame/grown.h"
#include "tools/flame/missing.h"
#include "tools/flame/symbols.h"

/* Lines of the summary, at most, and a NULL. */
#define LINES_MAX		6

/* Frames that are none; the first is a prefix of all of them. */
#define NO_STACK		"[no stack]"
#define NO_STACK_DROPPED	"[no stack] table is full"

/* The least part of all bytes without names that is worth advice. */
#define LEAST_PART	100

/**
 * struct frame_names - the frames of all stacks that are written
 * @names: for each frame the name of its function, NULL: unknown; owned
 * @wanted: frames that are written; owned
 */
struct frame_names {
	const struct fault_record *record;
	char **names;
	bool *wanted;
};

static void want_stack(struct frame_names *naming, uint32_t number)
{
	const struct stacks *stacks = &naming->record->stacks;
	uint32_t i;

	if (number < STACK_FIRST)
		return;
	for (i = 0; i < stacks->v[number]->n; i++)
		naming->wanted[stacks->v[number]->frames[i]] = true;
}

static void want_moment(struct frame_names *naming, const struct flame_moment *moment)
{
	size_t i;

	for (i = 0; i < moment->n; i++)
		want_stack(naming, moment->v[i].stack);
}

static int by_address(const void *a, const void *b, void *frames)
{
	const struct frame *x = (struct frame *)frames + *(const uint32_t *)a;
	const struct frame *y = (struct frame *)frames + *(const uint32_t *)b;

	return COMPARE(x->addr, y->addr);
}

/* Names the frames of one object: @numbers of @n frames. */
static void name_object(struct frame_names *naming, uint32_t object, uint32_t *numbers, size_t n)
{
	const struct code_object *code = &naming->record->objects.v[object];
	struct frame *frames = naming->record->stacks.frames;
	struct symbols_query query = {
		.kind = code->kind == CODE_JIT ? SYMBOLS_JIT : SYMBOLS_ELF,
		.fd = code->fd, .name = code->name, .n = n,
		.names = xcalloc(n, sizeof(char *)),
	};
	uint64_t *addrs = xcalloc(n, sizeof(*addrs));
	struct failure damaged;
	size_t i;

	query.addrs = addrs;
	qsort_r(numbers, n, sizeof(*numbers), by_address, frames);
	for (i = 0; i < n; i++)
		addrs[i] = frames[numbers[i]].addr;
	if (symbols_find(&query, &damaged))
		fprintf(stderr, "memcensus: %s\n", damaged.text);
	for (i = 0; i < n; i++)
		naming->names[numbers[i]] = query.names[i];
	free(query.names);
	free(addrs);
}

static void name_frames(struct frame_names *naming)
{
	const struct fault_record *record = naming->record;
	const struct stacks *stacks = &record->stacks;
	uint32_t *numbers = xcalloc(stacks->n_frames, sizeof(*numbers));
	uint32_t object, i;
	size_t n;

	for (object = 1; object < record->objects.n; object++) {
		if (record->objects.v[object].fd < 0)
			continue;
		for (n = 0, i = 0; i < stacks->n_frames; i++)
			if (naming->wanted[i] && stacks->frames[i].object == object)
				numbers[n++] = i;
		if (n)
			name_object(naming, object, numbers, n);
	}
	free(numbers);
}

/* Adds the frames of stack @number below @node, outermost first. */
static struct flame_node *add_stack(struct flame_node *node, const struct frame_names *naming,
				    uint32_t number)
{
	static const struct code_object unknown = { .kind = CODE_NAMED, .name = "[unknown]" };
	const struct fault_record *record = naming->record;
	const struct stack *stack;
	uint32_t frame, object;
	size_t i;
	char name[MISSING_NAME_SIZE];

	if (number < STACK_FIRST)
		return flame_below(node, number ? NO_STACK_DROPPED : NO_STACK);
	stack = record->stacks.v[number];
	for (i = stack->n; i-- > 0;) {
		frame = stack->frames[i];
		object = record->stacks.frames[frame].object;
		if (naming->names[frame]) {
			node = flame_below(node, naming->names[frame]);
			continue;
		}
		missing_name(name, object ? &record->objects.v[object] : &unknown);
		/* Without frame pointers, a chain may lead anywhere: once says it. */
		if (strcmp(node->name, name))
			node = flame_below(node, name);
	}
	return node;
}

static void add_moment(struct flame_node *root, const struct frame_names *naming,
		       const struct flame_moment *moment,
		       const struct flame_options *own, bool before)
{
	const struct flame_share *share;
	struct flame_node *node;

	for (share = moment->v; share < moment->v + moment->n; share++) {
		node = flame_below(root, share->process);
		if (own->by_mapping)
			node = flame_below(node, share->area);
		node = add_stack(node, naming, share->stack);
		*(before ? &node->before : &node->self) +=
			own->by == FLAME_EXCLUSIVE ? share->exclusive : share->resident;
	}
}

static void add_faults(struct flame_node *root, const struct frame_names *naming)
{
	const struct stacks *stacks = &naming->record->stacks;
	const uint64_t page = naming->record->page;
	uint32_t i;

	for (i = STACK_FIRST; i < stacks->n; i++)
		add_stack(root, naming, i)->self += stacks->v[i]->faults * page;
	if (stacks->dropped)
		add_stack(root, naming, STACK_DROPPED)->self = stacks->dropped * page;
}

static void build(struct flame_node *root, struct frame_names *naming, const struct flame *flame)
{
	const struct flame_options *own = flame->own;
	uint32_t i;

	for (i = 0; own->by == FLAME_FAULTED && i < flame->record.stacks.n; i++)
		want_stack(naming, i);
	want_moment(naming, &flame->mark);
	want_moment(naming, &flame->end);
	name_frames(naming);
	if (own->by == FLAME_FAULTED)
		add_faults(root, naming);
	add_moment(root, naming, &flame->mark, own, true);
	add_moment(root, naming, &flame->end, own, false);
	flame_sum(root, own->by == FLAME_GROWN);
}

/* Bytes of stacks that are none. */
static uint64_t without_stack(const struct flame_node *node)
{
	const struct flame_node *below;
	uint64_t bytes = 0;

	if (!strncmp(node->name, NO_STACK, strlen(NO_STACK)))
		return node->value;
	for (below = node->first; below; below = below->next)
		bytes += without_stack(below);
	return bytes;
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

/* Fills @lines, which the caller frees. */
static void describe(char **lines, const struct flame *flame, const struct flame_node *root,
		     uint64_t unnamed, const struct code_object *most)
{
	const struct fault_record *record = &flame->record;
	const struct flame_moment *end = &flame->end;
	const bool grown = flame->own->by == FLAME_GROWN;
	const uint64_t all = root->value;
	char size[NUMBER_SIZE], other[NUMBER_SIZE], none[NUMBER_SIZE];
	char time[TIME_SIZE], mark[TIME_SIZE], name[MISSING_NAME_SIZE];
	const uint64_t rest = without_stack(root);

	text_size(size, (double)all);
	time_text(mark, flame->mark.time, true);
	if (end->time) {
		time_text(time, end->time, true);
		*lines++ = xasprintf("%s%s%s %s %s in %zu process%s", size,
				     grown ? " grew from " : "", grown ? mark : "",
				     grown ? "to" : "at", time, end->processes,
				     end->processes == 1 ? "" : "es");
		text_size(size, (double)end->resident);
		text_size(other, (double)end->exclusive);
		text_size(none, (double)rest);
		*lines++ = xasprintf("resident %s, exclusive %s; no stack: %s (%.2f%%)", size,
				     other, none, percent(rest, all));
	} else {
		*lines++ = xasprintf("%s: each fault counts as a page", size);
	}
	time_text(time, flame->begun, true);
	*lines++ = xasprintf("%" PRIu64 " faults since %s in %zu stacks", record->faults, time,
			     record->stacks.n ? record->stacks.n - STACK_FIRST : 0);
	*lines++ = xasprintf("lost: %" PRIu64 " records; no room: %" PRIu64
			     " faults; not unwound: %" PRIu64, flame->lost,
			     record->stacks.dropped + record->budget.dropped + record->no_process,
			     record->not_unwound);
	if (!most)
		return;
	text_size(size, (double)unnamed);
	missing_name(name, most);
	*lines = xasprintf("stacks with unnamed code: %s (%.2f%%), most of it %.100s", size,
			   percent(unnamed, all), name);
}

/* The summary goes to stderr: the lines have no room for it. */
static void put_flame_node(const struct flame *flame, const struct flame_node *root,
			   FILE *out)
{
	const struct flame_options *own = flame->own;
	/* Above the frames are the process, unless faults are counted, and the mapping. */
	const unsigned int frames = own->by == FLAME_FAULTED ? 1 : own->by_mapping ? 3 : 2;
	const struct code_object *most;
	char *lines[LINES_MAX] = { NULL }, *line;
	uint64_t unnamed;
	size_t i;

	unnamed = missing_find(root, &flame->record.objects, frames, &most);
	describe(lines, flame, root, unnamed, most);
	if (own->table)
		flame_grown(root, flame->session->options, own->columns, out);
	else
		flame_fold(root, own->by == FLAME_GROWN, out);
	if (own->by == FLAME_GROWN && !root->value && !own->table)
		fputs("memcensus: nothing grew; '--by resident' has all that is there\n", stderr);
	for (i = 0; lines[i]; i++) {
		line = text_printable(lines[i]);
		fprintf(stderr, "memcensus: %s\n", line);
		free(line);
		free(lines[i]);
	}
	if (most && unnamed >= root->value / LEAST_PART)
		fputs("memcensus: debug symbols or a perf map would name it: see memcensus(8)\n",
		      stderr);
}

void flame_print(const struct flame *flame)
{
	const size_t n = flame->record.stacks.n_frames;
	struct frame_names naming = {
		.record = &flame->record,
		.names = xcalloc(n, sizeof(char *)),
		.wanted = xcalloc(n, sizeof(bool)),
	};
	struct flame_node *root = flame_new("all");
	size_t i;

	build(root, &naming, flame);
	put_flame_node(flame, root, flame->session->out);
	for (i = 0; i < n; i++)
		free(naming.names[i]);
	free(naming.names);
	free(naming.wanted);
	flame_free(root);
}
