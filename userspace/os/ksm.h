/* SPDX-License-Identifier: GPL-2.0 */
/* What KSM has merged of processes of this machine. */
#ifndef READER_KSM_H
#define READER_KSM_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/* Pages of @pid that are merged, by its ksm_merging_pages, which takes no lock; false: unknown. */
bool ksm_merged(uint32_t pid, uint64_t *pages);

/* Sets what is merged of tasks of @snap, which is of this machine. */
void ksm_add(struct snapshot *snap);

#endif /* READER_KSM_H */
