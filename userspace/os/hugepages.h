/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hugetlb pools of this machine or of a record.
 */
#ifndef READER_HUGEPAGES_H
#define READER_HUGEPAGES_H

#include "model/limits.h"
#include "model/snapshot.h"

/*
 * Adds to @snap the text PROC_TEXTS_HUGEPAGES: of each pool a line "SIZE TOTAL FREE RESERVED
 * SURPLUS OVERCOMMIT", bytes of a page and pages.  "": this kernel has no pools.
 */
void hugepages_read(struct snapshot *snap);

/* The pools in the text of @snap, @most of them at most; false: it has no text. */
bool hugepages_pools(const struct snapshot *snap, struct limit_pool *v, size_t most, size_t *n);

/* The sizes of pages of this machine, in bytes. */
size_t hugepages_sizes(uint64_t *v, size_t most);

/* Writes how the files of cgroups call a page of @size bytes: "2MB". */
void hugepages_name(char *name, size_t size_of_name, uint64_t size);

/* Replaces /sys by another directory, for tests. */
void hugepages_root(const char *dir);

#endif /* READER_HUGEPAGES_H */
