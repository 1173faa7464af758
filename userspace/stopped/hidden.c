// SPDX-License-Identifier: GPL-2.0
/* Shared memory that no descriptor and no mapping shows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/physical.h"
#include "os/process.h"
#include "os/procfs.h"
#include "stopped/hidden.h"
#include "wire/file-holders.h"

/* Bytes of lists of mounts that are read: a user may mount as much as there is room for. */
#define MOUNTS_MOST	(8U << 20)
/* Files of a pass that are asked for, the largest ones. */
#define FILES_MOST	16384

/* A mount namespace: its file systems in memory, and the groups whose processes have it. */
struct space {
	uint64_t inode;
	struct file_number *systems;
	size_t n;
	size_t *groups;
	size_t n_groups;
};

/**
 * struct search - what is found
 * @v: @n namespaces; owned
 * @own: of this program
 * @left: bytes of lists that may still be read
 */
struct search {
	struct stopping *s;
	struct space *v;
	size_t n;
	uint64_t own;
	size_t left;
};

static uint64_t space_of(const char *process)
{
	struct statx stat;
	char path[48];

	snprintf(path, sizeof(path), "%s/ns/mnt", process);
	return procfs_stat(path, &stat) ? stat.stx_ino : 0;
}

/* The device of a line of mountinfo, if it is a file system in memory; else false. */
static bool parse_mount(const char *line, struct file_number *number)
{
	const char *type = strstr(line, " - ");

	*number = (struct file_number){ 0 };
	return type && (!strncmp(type + 3, "tmpfs ", 6) || !strncmp(type + 3, "ramfs ", 6)) &&
	       sscanf(line, "%*u %*u %" SCNu32 ":%" SCNu32, &number->major, &number->minor) == 2;
}

/* Reads the mounts of @pid. */
static void read_mounts(struct search *search, struct space *space, uint64_t pid)
{
	struct file_number number;
	struct failure ignored;
	char path[48], *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *in;

	snprintf(path, sizeof(path), "%" PRIu64 "/mountinfo", pid);
	in = procfs_open(path, &ignored);
	while (in && search->left && (n = getline(&line, &size, in)) > 0) {
		search->left -= (size_t)n < search->left ? (size_t)n : search->left;
		if (!parse_mount(line, &number))
			continue;
		space->systems = array_grow(space->systems, space->n, sizeof(*space->systems));
		space->systems[space->n++] = number;
	}
	free(line);
	if (in)
		fclose(in);
}

/* Adds the file systems of @space as held by @pid of @group, once for each group. */
static void hold_space(struct search *search, struct space *space, uint64_t pid, size_t group)
{
	size_t i;

	for (i = 0; i < space->n_groups; i++)
		if (space->groups[i] == group)
			return;
	space->groups = array_grow(space->groups, space->n_groups, sizeof(*space->groups));
	space->groups[space->n_groups++] = group;
	for (i = 0; i < space->n; i++)
		holders_mount(&search->s->sums.holders, &space->systems[i], (uint32_t)pid, group);
}

static void add_process(struct search *search, uint64_t pid, size_t group)
{
	char process[24];
	uint64_t inode;
	size_t i;

	snprintf(process, sizeof(process), "%" PRIu64, pid);
	inode = space_of(process);
	if (!inode)
		return;
	for (i = 0; i < search->n && search->v[i].inode != inode; i++)
		;
	if (i == search->n) {
		search->v = array_grow(search->v, i, sizeof(*search->v));
		search->v[search->n++] = (struct space){ .inode = inode };
		read_mounts(search, &search->v[i], pid);
	}
	/* This program has it too. */
	hold_space(search, &search->v[i], pid, inode == search->own ? GROUP_NONE : group);
}

/* A list that was not read may have each file system. */
static void keep_systems(struct stopping *s)
{
	struct holders *holders = &s->sums.holders;
	size_t i;

	for (i = 0; i < holders->n_files; i++)
		if (holders->files[i].is_system)
			holders->files[i].lowest = GROUP_NONE;
	fputs("memcensus: there are too many mounts to read: a tmpfs may go, too\n", stderr);
	s->session->partial = true;
}

/* Whether some file system would go with a group. */
static bool some_system_goes(const struct holders *holders)
{
	size_t i;

	for (i = 0; i < holders->n_files; i++)
		if (holders->files[i].is_system && holders->files[i].lowest != GROUP_NONE)
			return true;
	return false;
}

/* The files that are known of each file system are not counted twice. */
static void place_files(struct holders *holders)
{
	struct stopped_file *file, *system;
	struct file_number number;

	for (file = holders->files; file < holders->files + holders->n_files; file++) {
		if (file->is_system || !file->read || file->file.home == FILE_IN_KERNEL)
			continue;
		number = file->file.number;
		number.inode = 0;
		system = holders_find_number(holders, &number);
		if (!system || !system->is_system)
			continue;
		file->system = (size_t)(system - holders->files) + 1;
		system->file.memory -= file->file.memory < system->file.memory ?
				       file->file.memory : system->file.memory;
	}
}

static void take_systems(struct holders *holders, const struct snapshot *snap)
{
	struct stopped_file *system;
	struct file_number number;
	size_t i;

	for (i = 0; i < snap->n_frame_systems; i++) {
		number = (struct file_number){ (uint32_t)snap->frame_systems[i].dev_major,
					       (uint32_t)snap->frame_systems[i].dev_minor, 0 };
		system = holders_find_number(holders, &number);
		if (system && system->is_system)
			system->file.memory = snap->frame_systems[i].cached;
	}
	place_files(holders);
}

/* What no process has may wait in a socket. */
static void take_hidden(struct stopping *s, struct snapshot *snap)
{
	const struct frame_file *file;
	struct failure ignored;

	if (holders_find(s->session->source, snap, &ignored) < 0)
		return;
	for (file = snap->frame_files; file < snap->frame_files + snap->n_frame_files; file++)
		if (file_has_no_holder(file) && KNOWN(file, MEMCENSUS_FF_CACHED))
			s->sums.hidden += file->cached;
}

void hidden_find(struct stopping *s, const uint64_t *pids, const size_t *groups, size_t n)
{
	struct search search = { .s = s, .own = space_of("self"), .left = MOUNTS_MOST };
	struct request request = { .command = MEMCENSUS_CMD_PHYSICAL, .files = FILES_MOST };
	struct snapshot *snap;
	struct failure why;
	uint64_t waits = 0;
	size_t i;

	add_process(&search, process_own(), GROUP_NONE);
	for (i = 0; i < n; i++)
		add_process(&search, pids[i], groups ? groups[i] :
			    ids_have(&s->pids, pids[i]) ? 0 : GROUP_NONE);
	if (!search.left)
		keep_systems(s);
	for (i = 0; i < s->sums.n; i++)
		waits += s->sums.v[i].in_flight;
	if (waits || some_system_goes(&s->sums.holders)) {
		snap = snapshot_new();
		if (s->session->source->ops->take(s->session->source, &request, snap, &why) ==
		    TAKE_DONE) {
			take_systems(&s->sums.holders, snap);
			if (waits)
				take_hidden(s, snap);
		} else {
			fprintf(stderr, "memcensus: what no descriptor shows is unknown: %s\n",
				why.text);
			s->session->partial = true;
		}
		snapshot_free(snap);
	}
	for (i = 0; i < search.n; i++) {
		free(search.v[i].systems);
		free(search.v[i].groups);
	}
	free(search.v);
}
