/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What comes back and what stays if the processes of a group end: the kinds of memory of
 * model/memory-kinds.h, added up.
 */
#ifndef READER_SUMS_H
#define READER_SUMS_H

#include "model/amount.h"
#include "model/memory-kinds.h"
#include "os/swaps.h"
#include "stopped/holders.h"

/**
 * struct stopped - what ends and what stays with a group; the columns describe the amounts
 * @group: NULL: the processes that are named
 * @v: by kind; memory, but for those that are numbers
 * @kept: the largest file in memory that stays; NULL: none
 * @why: why it does
 * @holder: who else holds it; 0: no other process
 * @in_flight: descriptors that wait in sockets of its processes
 * @unread: its processes of which not all descriptors were read
 * @named: its cgroup is one that the command line names
 * @anon_mapped: bytes of drivers that it maps of objects which all have one inode
 * @perf: bytes of buffers of perf events that it maps and are not in MEMORY_DEVICE
 * @anon_dying: bytes of such objects that end with it
 * @share, @huge, @asked: what it maps of the file that is asked about, and whether it holds that
 */
struct stopped {
	const struct group *group;
	uint64_t processes;
	uint64_t mms;
	struct amount v[MEMORY_KINDS];
	const struct stopped_file *kept;
	enum outcome why;
	uint32_t holder;
	uint64_t in_flight;
	uint64_t unread;
	bool named;
	uint64_t anon_mapped;
	uint64_t perf;
	uint64_t anon_dying;
	uint64_t share;
	uint64_t huge;
	bool asked;
};

/**
 * struct sums - of all groups
 * @n: number of groups; without --by there is one
 * @v: of them; owned
 * @parents: of them, by index; owned
 * @holders: their files
 * @page_size: bytes, of the machine of the census
 * @in_flight, @unread: as in struct stopped, of all processes
 * @hidden: bytes of shared memory that no process has, which may wait in a socket
 * @zram: of the machine, if @zram_known
 */
struct sums {
	size_t n;
	struct stopped *v;
	size_t *parents;
	struct holders holders;
	uint64_t page_size;
	uint64_t in_flight;
	uint64_t unread;
	uint64_t hidden;
	struct zram_use zram;
	bool zram_known;
};

/* Begins @n groups, each without a parent. */
void sums_begin(struct sums *sums, size_t n, uint64_t page_size);
void sums_free(struct sums *sums);

/* Adds a number or bytes to what @sum has of @kind. */
static inline void stopped_add(struct stopped *sum, enum memory_kind kind, struct amount amount)
{
	sum->v[kind] = amount_plus(sum->v[kind], amount);
}

/* Adds what cgroups are charged for: after the first call, of each @path that @sum has. */
void stopped_begin_charges(struct stopped *sum);
void stopped_add_charges(struct stopped *sum, const char *path);

/* Counts @vma, of a process of @group, if it maps an object that its inode does not tell. */
void stopped_map_object(struct stopped *sum, const struct vma *vma);

/* Whether processes outside of @group may hold any file. */
bool sums_are_unsure(const struct sums *sums, size_t group);

/*
 * Adds up what comes back, by the census @snap, of which the groups are those of the sums: after
 * all processes, charges and holders were added.
 */
void sums_end(struct sums *sums, const struct snapshot *snap);

#endif /* READER_SUMS_H */
