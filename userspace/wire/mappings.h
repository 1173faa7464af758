/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mappings of many processes, by censuses that a stuck process does not block.
 */
#ifndef READER_MAPPINGS_H
#define READER_MAPPINGS_H

#include <stdbool.h>

#include "model/snapshot.h"
#include "os/held-files.h"
#include "os/process.h"
#include "wire/source.h"

/* Called with the mappings of some of the processes.  False: no more are needed. */
typedef bool mappings_fn(void *context, const struct snapshot *snap);

/*
 * Calls @each for mappings of @pids: for all with @part MEMCENSUS_PART_VMAS, with
 * MEMCENSUS_PART_MEMORY_VMAS for those of files that may die.  A process chooses how many it has:
 * one whose mappings do not fit into the module's memory is left out, and adds to @unread.  Returns
 * 0, or -1 and @why.
 */
int mappings_each(struct source *source, uint32_t part, const struct ids *pids,
		  mappings_fn *each, void *context, size_t *unread, struct failure *why);

/* Whether @vma has a file that /proc shows.  The inode of the first System V segment is 0. */
bool mapping_has_file(const struct vma *vma);

/* The number of its file. */
struct file_number mapping_file(const struct vma *vma);

/* The link of /proc that opens the file of @vma. */
void mapping_link(const struct vma *vma, char *path, size_t size);

#endif /* READER_MAPPINGS_H */
