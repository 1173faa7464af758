// SPDX-License-Identifier: GPL-2.0
/* What other sources say of the objects that processes hold. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "os/procfs.h"
#include "os/sockets.h"
#include "stopped/objects.h"
#include "wire/mappings.h"

static void note_socket(void *context, const struct socket_memory *memory)
{
	struct stopping *s = context;
	const struct file_number number = open_socket_number(memory->inode);
	struct stopped_file *file = holders_find_number(&s->sums.holders, &number);

	if (!file)
		return;
	file->file.known = true;
	file->file.memory = memory->bytes;
	file->pinned = memory->pinned;
}

/* Sockets are asked for in each network namespace; @kind has those of @family alone. */
static void ask_sockets(struct stopping *s, enum open_kind kind, enum socket_family family)
{
	const struct holders *holders = &s->sums.holders;
	struct ids spaces = { NULL, 0 };
	struct failure why = { .kind = FAIL_NONE };
	struct statx space;
	char path[48];
	size_t i;

	for (i = 0; i < holders->n_files && why.kind == FAIL_NONE; i++) {
		if (holders->files[i].kind != kind || !holders->files[i].tid)
			continue;
		snprintf(path, sizeof(path), "%" PRIu32 "/ns/net", holders->files[i].tid);
		if (procfs_stat(path, &space) && ids_add(&spaces, (uint32_t)space.stx_ino))
			sockets_each(holders->files[i].tid, family, note_socket, s, &why);
	}
	ids_free(&spaces);
	if (why.kind == FAIL_NONE)
		return;
	fprintf(stderr, "memcensus: %s\n", why.text);
	s->session->partial = true;
}

/* Addresses that are registered: of the first process that has the io_uring. */
struct range {
	uint64_t pid;
	uint64_t start;
	uint64_t end;
	size_t file;
};

/* A process chooses how many it registers. */
#define RANGES_MOST	1048576

/**
 * struct pinning - what is pinned
 * @v: @n ranges; after merge_ranges() disjoint, in order
 * @pid, @file: of the ranges that are added
 */
struct pinning {
	struct range *v;
	size_t n;
	uint64_t pid;
	size_t file;
};

static void add_range(void *context, uint64_t start, uint64_t end)
{
	struct pinning *pinning = context;

	if (pinning->n == RANGES_MOST)
		return;
	pinning->v = array_grow(pinning->v, pinning->n, sizeof(*pinning->v));
	pinning->v[pinning->n++] = (struct range){ pinning->pid, start, end, pinning->file };
}

static int compare_ranges(const void *untyped_a, const void *untyped_b)
{
	const struct range *a = untyped_a, *b = untyped_b;

	return COMPARE(a->pid, b->pid) ?: COMPARE(a->start, b->start);
}

/* What is registered twice is pinned twice, but is one page. */
static void merge_ranges(struct pinning *pinning)
{
	struct range *v = pinning->v;
	size_t i, n = 0;

	if (n < pinning->n)
		qsort(v, pinning->n, sizeof(*v), compare_ranges);
	for (i = 0; i < pinning->n; i++) {
		if (n && v[n - 1].pid == v[i].pid && v[i].start < v[n - 1].end)
			v[i].start = v[n - 1].end;
		if (v[i].start < v[i].end)
			v[n++] = v[i];
	}
	pinning->n = n;
}

/* The first range of @pid that ends behind @address. */
static size_t first_behind(const struct pinning *pinning, uint64_t pid, uint64_t address)
{
	size_t low = 0, high = pinning->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (pinning->v[middle].pid < pid ||
		    (pinning->v[middle].pid == pid && pinning->v[middle].end <= address))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What the processes map is in other rows: it is subtracted from the bytes of the files. */
struct covering {
	struct stopping *s;
	const struct pinning *pinning;
};

static bool note_mappings(void *context, const struct snapshot *snap)
{
	const struct covering *covering = context;
	const struct pinning *pinning = covering->pinning;
	const struct vma *vma;
	uint64_t from, to;
	size_t i;

	for (vma = snap->vmas; vma < snap->vmas + snap->n_vmas; vma++) {
		for (i = first_behind(pinning, vma->pid, vma->start);
		     i < pinning->n && pinning->v[i].pid == vma->pid &&
		     pinning->v[i].start < vma->end; i++) {
			from = pinning->v[i].start > vma->start ? pinning->v[i].start : vma->start;
			to = pinning->v[i].end < vma->end ? pinning->v[i].end : vma->end;
			covering->s->sums.holders.files[pinning->v[i].file].unmapped -= to - from;
		}
	}
	return true;
}

/* The pages that io_urings pin and nothing maps, by all mappings of those processes. */
static int find_unmapped(struct stopping *s, struct failure *why)
{
	struct holders *holders = &s->sums.holders;
	struct pinning pinning = { .n = 0 };
	struct ids pids = { NULL, 0 };
	size_t i, unread = 0;
	int ret = 0;

	for (i = 0; i < holders->n_files; i++) {
		if (holders->files[i].kind != OPEN_IO_URING || !holders->files[i].pinned)
			continue;
		pinning.pid = process_of(holders->files[i].tid);
		pinning.file = i;
		ids_append(&pids, pinning.pid);
		open_pinned_each(holders->files[i].tid, holders->files[i].fd, add_range, &pinning);
		/* Else it stays a bound. */
		if (pinning.n < RANGES_MOST)
			holders->files[i].pinned = 0;
	}
	merge_ranges(&pinning);
	ids_sort(&pids);
	for (i = 0; i < pinning.n; i++)
		holders->files[pinning.v[i].file].unmapped +=
			pinning.v[i].end - pinning.v[i].start;
	if (pids.n)
		ret = mappings_each(s->session->source, MEMCENSUS_PART_VMAS, &pids, note_mappings,
				    &(struct covering){ s, &pinning }, &unread, why);
	s->sums.unread += unread;
	free(pinning.v);
	ids_free(&pids);
	return ret;
}

int objects_ask(struct stopping *s, struct failure *why)
{
	ask_sockets(s, OPEN_PACKET, SOCKETS_PACKET);
	ask_sockets(s, OPEN_XDP, SOCKETS_XDP);
	return find_unmapped(s, why);
}
