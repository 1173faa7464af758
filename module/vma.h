/* SPDX-License-Identifier: GPL-2.0 */
/* Records of VMAs: address, mode, file and name, as in maps. */
#ifndef _CENSUS_VMA_H
#define _CENSUS_VMA_H

#include "snapshot.h"

struct census_vma *census_vma_alloc(struct census_snapshot *snap,
				    const struct vm_area_struct *vma,
				    char *path_buffer);

#endif /* _CENSUS_VMA_H */
