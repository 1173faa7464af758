/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record of a limited size: the oldest censuses go.
 *
 * The rest is copied to a new file, which replaces the record when it is on the disk.  So the
 * record is whole at any time, also after the recorder was killed, and a program that reads it
 * during that goes on with the old file.
 */
#ifndef READER_RING_H
#define READER_RING_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/place.h"

/* Reserves the blocks of a ring of @size bytes for the file @fd; 0, or ENOSPC. */
int ring_reserve(int fd, uint64_t size);

/*
 * Replaces the record at @place by a copy without its oldest censuses: at most @keep bytes remain,
 * but all from @start on.  If the record was renamed or removed, the copy gets its old name.
 * @place: where the record was opened
 * @fd: the record, locked and open for reading and writing; then the new one, at its end
 * @start: offset of the census being written, then the same in the new file
 * @size: bytes to reserve for the new file
 *
 * Returns 0; or an error number, ESTALE if another file has the name now, and all is as it was.
 */
int ring_shorten(const struct place *place, int *fd, off_t *start, uint64_t keep, uint64_t size);

#endif /* READER_RING_H */
