/* SPDX-License-Identifier: GPL-2.0 */
/* Records of VMAs: address, mode, file and name, as in maps. */
#ifndef _CENSUS_VMA_H
#define _CENSUS_VMA_H

#include "census/snapshot.h"

struct census_vma *census_vma_alloc(struct census_snapshot *snap,
				    const struct vm_area_struct *vma,
				    char *path_buffer, struct census_arena *counts,
				    size_t *wanted);
bool census_vma_is_of(const struct census_vma *v, const struct vm_area_struct *vma);
int census_vma_name(struct census_snapshot *snap, struct census_vma *v,
		    const struct census_vma *last, char *path_buffer);
int census_vma_reserve(struct census_snapshot *snap, struct census_arena *counts,
		       size_t wanted);

bool census_vma_of_memory(const struct vm_area_struct *vma);

void census_vma_mode(unsigned long flags, char *to);

#endif /* _CENSUS_VMA_H */
