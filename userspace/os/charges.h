/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that the kernel charges to cgroups: files of the memory controller of the default
 * hierarchy.  They are read right after a census by cgroup and kept with it as texts, so a
 * record contains them too.
 */
#ifndef READER_CHARGES_H
#define READER_CHARGES_H

#include "model/amount.h"
#include "model/snapshot.h"

/*
 * Lines "ID PARENT NAME=NUMBER...", one for each cgroup: inode numbers of its directory and
 * of the one above it (0: none), then what is known of it, in bytes.  Where the cgroup has a
 * limit of hugetlb, also the names of these files: "hugetlb.2MB.max=NUMBER".
 */
#define CHARGES_TEXT	"charges"

/* Adds the texts of all cgroups of this machine to @snap; @few: not what only columns show. */
void charges_read(struct snapshot *snap, bool few);

/*
 * Fills the charges of the groups of @snap from these texts, and adds a group for each other
 * cgroup to which memory is charged: processes that have ended may have filled a tmpfs.  Without
 * groups, of a census that was not by cgroup, adds one for each cgroup, with its processes but
 * without figures.  Does nothing if the groups are not all cgroups.
 */
void charges_apply(struct snapshot *snap);

/*
 * Forgets what the module says of who is charged for mapped pages, if the kernel charges nobody:
 * 0 is not what it means.
 */
void charges_forget_payers(struct snapshot *snap);

/*
 * Reads what is charged to the cgroup @path of this machine, as cgroup_processes() has it.  @file:
 * only what this file says; NULL: all.
 */
struct charges charges_of_path(const char *path, const char *file);

/**
 * struct charge_hugetlb - the limits of a cgroup for pages of one size, in bytes
 * @cgroup: its ID; 0 of charges_hugetlb_of_path()
 * @size: of a page
 * @max, @current, @rsvd_max, @rsvd_current: as the files are called; an unknown limit is none
 */
struct charge_hugetlb {
	uint64_t cgroup;
	uint64_t size;
	struct amount max;
	struct amount current;
	struct amount rsvd_max;
	struct amount rsvd_current;
};

/* All of a census, by cgroup; *@n of them, which the caller frees. */
struct charge_hugetlb *charges_hugetlb(const struct snapshot *snap, size_t *n);

/* Those of the cgroup @path of this machine, likewise. */
struct charge_hugetlb *charges_hugetlb_of_path(const char *path, size_t *n);

#endif /* READER_CHARGES_H */
