// SPDX-License-Identifier: GPL-2.0
/* Who has the deleted files of the page cache open. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/physical.h"
#include "os/held-files.h"
#include "os/process.h"
#include "tools/physical/holders.h"

/* Processes that are named for a file. */
#define HOLDERS_NAMED	4

/* struct deleted - a deleted file, and @n processes that have it open, the latest one @last */
struct deleted {
	struct file_number number;
	struct frame_file *file;
	size_t n;
	uint32_t last;
	uint32_t named[HOLDERS_NAMED];
};

/* @pid: whose descriptors are read */
struct search {
	struct deleted *v;
	size_t n;
	uint32_t pid;
};

static struct search deleted_files(struct snapshot *snap)
{
	struct search search = { xcalloc(snap->n_frame_files + 1, sizeof(*search.v)), 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_frame_files; i++) {
		struct frame_file *file = &snap->frame_files[i];

		if (KNOWN(file, MEMCENSUS_FF_INODE) && KNOWN(file, MEMCENSUS_FF_DELETED) &&
		    file->deleted)
			search.v[search.n++] = (struct deleted){
				.number = { (uint32_t)file->dev_major, (uint32_t)file->dev_minor,
					    file->inode },
				.file = file,
			};
	}
	qsort(search.v, search.n, sizeof(*search.v), file_number_compare);
	return search;
}

static void note_open(void *context, const struct file_number *number, const char *name,
		      const char *path)
{
	const struct search *search = context;
	const struct deleted key = { .number = *number };
	struct deleted *found = bsearch(&key, search->v, search->n, sizeof(*search->v),
					file_number_compare);

	(void)name;
	(void)path;
	if (!found || found->last == search->pid)
		return;
	found->last = search->pid;
	if (found->n < HOLDERS_NAMED)
		found->named[found->n] = search->pid;
	found->n++;
}

/* A file of a disk may have another number where a process has it open: overlayfs, btrfs. */
static bool has_one_number(const struct frame_file *file)
{
	return KNOWN(file, MEMCENSUS_FF_TYPE) && !strcmp(file->type, "tmpfs");
}

static void name_holders(struct snapshot *snap, const struct deleted *deleted, bool whole)
{
	char *text = NULL, comm[64];
	size_t size, i;
	FILE *out;

	if (!deleted->n && !(whole && has_one_number(deleted->file)))
		return;
	out = xopen_memstream(&text, &size);
	if (!deleted->n)
		fputs("(none)", out);
	for (i = 0; i < deleted->n && i < HOLDERS_NAMED; i++) {
		fprintf(out, "%s%" PRIu32, i ? ", " : "", deleted->named[i]);
		if (process_comm(deleted->named[i], comm, sizeof(comm)))
			fprintf(out, " %s", comm);
	}
	if (deleted->n > HOLDERS_NAMED)
		fprintf(out, ", %zu more", deleted->n - HOLDERS_NAMED);
	xfclose(out);
	deleted->file->holders = snapshot_text(snap, text, size);
	free(text);
}

int holders_find(struct snapshot *snap, struct failure *why)
{
	struct search search = deleted_files(snap);
	struct held_others ignored = { 0 };
	struct ids all = { NULL, 0 };
	uint64_t left = HELD_MOST;
	bool whole = true;
	size_t i;

	if (search.n && process_all(&all, why)) {
		free(search.v);
		return -1;
	}
	for (i = 0; i < all.n; i++) {
		search.pid = (uint32_t)all.v[i];
		whole &= held_files_each(search.pid, note_open, &search, &ignored, &left);
	}
	for (i = 0; i < search.n; i++)
		name_holders(snap, &search.v[i], whole);
	ids_free(&all);
	free(search.v);
	return !whole;
}
