/* SPDX-License-Identifier: GPL-2.0 */
/* BPF maps that a name in a BPF file system keeps. */
#ifndef READER_BPF_PINS_H
#define READER_BPF_PINS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether a file below /sys/fs/bpf is of map @id, of the first thousands of files there, which are
 * read once.  It may have a name in another mount, too.
 */
bool bpf_map_is_pinned(uint64_t id);

#endif /* READER_BPF_PINS_H */
