/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that the kernel may drop when it needs it: MAP_DROPPABLE, since Linux 6.11. */
#ifndef READER_DROPPABLE_H
#define READER_DROPPABLE_H

#include <stdint.h>

/*
 * Bytes of anonymous memory of process @pid in such mappings, by its smaps: as long as a lock of
 * the process lets the kernel read it.  0 too if there is none, or it cannot be read.
 */
uint64_t droppable_of(uint32_t pid);

#endif /* READER_DROPPABLE_H */
