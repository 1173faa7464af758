// SPDX-License-Identifier: GPL-2.0
/* What grows by descriptors alone. */
#include <stdlib.h>

#include "lib/memory.h"
#include "tools/leak/descriptors.h"
#include "tools/leak/judge.h"

DERIVED(descriptor_pid, leak_descriptor, number, row->pid, true)
DERIVED(descriptor_comm, leak_descriptor, text, row->track->comm, value->text)
DERIVED(descriptor_kind, leak_descriptor, number, row->kind, true)
DERIVED(descriptor_grown, leak_descriptor, number, row->last - row->first, true)

static const struct column columns[] = {
	{ "pid", "PID", "the process", .kind = KIND_ID, .derive = descriptor_pid },
	{ "comm", "Command", "its command name", .kind = KIND_TEXT, .derive = descriptor_comm },
	{ "kind", "Kind", "what it has descriptors of", .kind = KIND_WORD,
	  .words = open_kind_names, .n_words = OPEN_KINDS, .derive = descriptor_kind },
	MEMBER(leak_descriptor, "held", "Held", last, BYTES, "what these have in the end"),
	{ "grown", "Grown", "by how much it grew", .kind = KIND_BYTES,
	  .derive = descriptor_grown },
};

static const struct row_type leak_descriptor_rows = ROWS_OF("memory by descriptor", columns);

static int compare_rows(const void *untyped_a, const void *untyped_b)
{
	const struct leak_descriptor *a = untyped_a, *b = untyped_b;

	return COMPARE(a->pid, b->pid) ?: COMPARE(a->start, b->start) ?:
	       COMPARE(a->kind, b->kind);
}

/* The first time there is a row for each kind, also for what it has nothing of. */
static void add_kind(struct leak_descriptors *descriptors, const struct leak_descriptor *row,
		     bool first)
{
	struct leak_descriptor *found;

	if (first) {
		descriptors->v = array_grow(descriptors->v, descriptors->n, sizeof(*row));
		descriptors->v[descriptors->n] = *row;
		descriptors->v[descriptors->n++].first = row->last;
		return;
	}
	found = descriptors->n ? bsearch(row, descriptors->v, descriptors->n, sizeof(*row),
					 compare_rows) : NULL;
	if (found)
		found->last = row->last;
}

static void read_process(struct leak_descriptors *descriptors, const struct track *track,
			 bool first)
{
	struct open_files files = { .ends_only = true, .left = descriptors->left };
	uint64_t sums[OPEN_KINDS] = { 0 };
	enum open_kind kind;
	size_t i;

	open_files_add(&files, track->pid);
	for (i = 0; i < files.n; i++)
		if (files.v[i]->bytes.known)
			sums[files.v[i]->kind] += (uint64_t)files.v[i]->bytes.bytes;
	for (kind = 0; kind < OPEN_KINDS; kind++)
		add_kind(descriptors, &(struct leak_descriptor){
			 .track = track, .pid = track->pid, .start = track->start, .kind = kind,
			 .last = sums[kind] }, first);
	descriptors->left = files.left;
	open_files_free(&files);
}

void leak_descriptors_read(struct leak_descriptors *descriptors, const struct tracks *tracks,
			   bool first)
{
	size_t i;

	descriptors->left = DESCRIPTORS_MOST;
	for (i = 0; i < tracks->n; i++)
		if (track_lives(tracks, tracks->v[i]))
			read_process(descriptors, tracks->v[i], first);
	if (first && descriptors->n)
		qsort(descriptors->v, descriptors->n, sizeof(*descriptors->v), compare_rows);
}

void leak_descriptors_free(struct leak_descriptors *descriptors)
{
	free(descriptors->v);
}

static bool has_grown(const void *unused, const void *untyped)
{
	const struct leak_descriptor *row = untyped;

	(void)unused;
	/* One that has ended may have made room for another. */
	return row->last >= row->first + LEAK_LEAST && row->track->pid == row->pid;
}

void leak_descriptors_show(const struct leak_descriptors *descriptors, struct report *report)
{
	size_t i, n = 0;

	for (i = 0; i < descriptors->n; i++)
		n += has_grown(NULL, &descriptors->v[i]);
	if (!n)
		return;
	REPORT(report,
	       { .type = &leak_descriptor_rows, .filter = has_grown,
		 .title = "By descriptors alone, mapped or not",
		 .rows = ROWS(descriptors->v, descriptors->n),
		 .columns = "pid comm kind held grown" });
}
