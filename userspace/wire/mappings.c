// SPDX-License-Identifier: GPL-2.0
/* The mappings of many processes. */
#include <inttypes.h>
#include <stdio.h>

#include "wire/mappings.h"

bool mapping_has_file(const struct vma *vma)
{
	return KNOWN(vma, MEMCENSUS_VMA_INODE) && KNOWN(vma, MEMCENSUS_VMA_NAME) &&
	       vma->name[0] == '/';
}

struct file_number mapping_file(const struct vma *vma)
{
	return (struct file_number){
		(uint32_t)vma->dev_major, (uint32_t)vma->dev_minor, vma->inode };
}

void mapping_link(const struct vma *vma, char *path, size_t size)
{
	snprintf(path, size, "%" PRIu32 "/map_files/%" PRIx64 "-%" PRIx64,
		 process_living_thread((uint32_t)vma->pid), vma->start, vma->end);
}

int mappings_each(struct source *source, uint32_t part, const struct ids *pids,
		  mappings_fn *each, void *context, struct failure *why)
{
	struct request request = {
		.parts = MEMCENSUS_PART_TASKS | part,
		.basis = MEMCENSUS_BASIS_MAPCOUNT,
	};
	struct snapshot *snap;
	bool more = true;
	int ret = 0;
	size_t i;

	for (i = 0; i < pids->n && more && !ret; i += request.pids.n) {
		request.pids.v = pids->v + i;
		request.pids.n = pids->n - i < MEMCENSUS_PIDS_MAX ? pids->n - i :
								   MEMCENSUS_PIDS_MAX;
		snap = snapshot_new();
		ret = source->ops->take(source, &request, snap, why) == TAKE_DONE ? 0 : -1;
		if (!ret)
			more = each(context, snap);
		snapshot_free(snap);
	}
	return ret;
}
