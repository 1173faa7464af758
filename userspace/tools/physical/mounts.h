/* SPDX-License-Identifier: GPL-2.0 */
/* Where file systems are mounted, as this program sees it. */
#ifndef READER_MOUNTS_H
#define READER_MOUNTS_H

#include <stdint.h>

struct mounts;

/* Reads /proc/self/mountinfo; without it, nothing is mounted.  Never NULL. */
struct mounts *mounts_read(void);
void mounts_free(struct mounts *mounts);

/*
 * The path here of the file with @path in the file system of device @major:@minor, which the caller
 * frees; NULL: no mount has it.  A mount above it may hide it.
 */
char *mounts_path(const struct mounts *mounts, uint64_t major, uint64_t minor, const char *path);

#endif /* READER_MOUNTS_H */
