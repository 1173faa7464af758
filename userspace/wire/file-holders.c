// SPDX-License-Identifier: GPL-2.0
/* Who has the deleted files of the page cache open, or maps them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/physical.h"
#include "os/descriptors.h"
#include "os/held-files.h"
#include "os/process.h"
#include "wire/file-holders.h"
#include "wire/mappings.h"

/* Processes that are named for a file. */
#define HOLDERS_NAMED	4

/* struct deleted - a deleted file, and the processes that hold it */
struct deleted {
	struct file_number number;
	struct frame_file *file;
	struct ids pids;
};

/*
 * @pid: whose descriptors are read; @whole: nothing was left out; @in_flight: descriptors that wait
 * in sockets
 */
struct search {
	struct deleted *v;
	size_t n;
	uint32_t pid;
	bool whole;
	uint64_t in_flight;
};

static struct search deleted_files(struct snapshot *snap)
{
	struct search search = {
		.v = xcalloc(snap->n_frame_files + 1, sizeof(*search.v)), .whole = true,
	};
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

static void note(const struct search *search, const struct file_number *number, uint32_t pid)
{
	const struct deleted key = { .number = *number };
	struct deleted *found = bsearch(&key, search->v, search->n, sizeof(*search->v),
					file_number_compare);
	struct ids *pids = found ? &found->pids : NULL;

	if (pids && (!pids->n || pids->v[pids->n - 1] != pid))
		ids_append(pids, pid);
}

static void note_open(void *context, const struct file_number *number, const char *name,
		      const char *path)
{
	const struct search *search = context;

	(void)name;
	(void)path;
	note(search, number, search->pid);
}

static bool note_mapped(void *context, const struct snapshot *snap)
{
	struct search *search = context;
	struct file_number number;
	size_t i;

	for (i = 0; i < snap->n_vmas; i++) {
		if (!mapping_has_file(&snap->vmas[i]))
			continue;
		number = mapping_file(&snap->vmas[i]);
		note(search, &number, (uint32_t)snap->vmas[i].pid);
	}
	for (i = 0; i < snap->n_tasks; i++)
		search->whole &= snap->tasks[i].state == MEMCENSUS_STATE_WALKED ||
				 snap->tasks[i].state == MEMCENSUS_STATE_VANISHED;
	return true;
}

/* A file of a disk may have another number where a process has it open: overlayfs, btrfs. */
static bool has_one_number(const struct frame_file *file)
{
	return KNOWN(file, MEMCENSUS_FF_TYPE) && !strcmp(file->type, "tmpfs");
}

/* A process gives itself its name, and could name more holders in it. */
static const char *without_commas(char *name)
{
	char *comma;

	for (comma = name; (comma = strchr(comma, ',')); )
		*comma = ';';
	return name;
}

static void name_holders(struct snapshot *snap, const struct search *search,
			 const struct deleted *deleted)
{
	const struct ids *pids = &deleted->pids;
	char *text = NULL, comm[64];
	size_t size, i;
	FILE *out;

	if (!pids->n && !(search->whole && has_one_number(deleted->file)))
		return;
	out = xopen_memstream(&text, &size);
	if (!pids->n)
		fputs(search->in_flight ? "(none, or waits in a socket)" : "(none)", out);
	for (i = 0; i < pids->n && i < HOLDERS_NAMED; i++) {
		fprintf(out, "%s%" PRIu64, i ? ", " : "", pids->v[i]);
		if (process_comm((uint32_t)pids->v[i], comm, sizeof(comm)))
			fprintf(out, " %s", without_commas(comm));
	}
	if (pids->n > HOLDERS_NAMED)
		fprintf(out, ", %zu more", pids->n - HOLDERS_NAMED);
	xfclose(out);
	deleted->file->holders = snapshot_text(snap, text, size);
	free(text);
}

bool file_has_no_holder(const struct frame_file *file)
{
	return file->holders && file->holders[0] == '(';
}

/* Of all processes, by their descriptors and by a census of their mappings. */
static int search_all(struct source *source, struct search *search, struct failure *why)
{
	struct held_others others = { .ask_in_flight = true };
	struct ids all = { NULL, 0 };
	uint64_t left = DESCRIPTORS_MOST;
	size_t i, unread = 0;
	int ret;

	if (process_all(&all, why))
		return -1;
	for (i = 0; i < all.n; i++) {
		search->pid = (uint32_t)all.v[i];
		search->whole &= held_files_each(search->pid, note_open, search, &others, &left);
	}
	search->in_flight = others.in_flight;
	ret = mappings_each(source, MEMCENSUS_PART_MEMORY_VMAS, &all, note_mapped, search, &unread,
			    why);
	search->whole &= !unread;
	ids_free(&all);
	return ret;
}

int holders_find(struct source *source, struct snapshot *snap, struct failure *why)
{
	struct search search = deleted_files(snap);
	size_t i;
	int ret = search.n ? search_all(source, &search, why) : 0;

	for (i = 0; i < search.n; i++) {
		ids_sort(&search.v[i].pids);
		if (!ret)
			name_holders(snap, &search, &search.v[i]);
		ids_free(&search.v[i].pids);
	}
	free(search.v);
	descriptors_note();
	return ret ?: !search.whole;
}
