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
		  mappings_fn *each, void *context, size_t *unread, struct failure *why)
{
	struct request request = {
		.parts = MEMCENSUS_PART_TASKS | part, .named_only = true,
	};
	size_t i = 0, most = MEMCENSUS_PIDS_MAX;
	bool more = true, too_many;
	struct snapshot *snap;
	enum taken taken;

	while (i < pids->n && more) {
		request.pids.v = pids->v + i;
		request.pids.n = pids->n - i < most ? pids->n - i : most;
		snap = snapshot_new();
		taken = source->ops->take(source, &request, snap, why);
		too_many = taken == TAKE_FAILED && why->kind == FAIL_MEMORY;
		if (taken == TAKE_DONE)
			more = each(context, snap);
		snapshot_free(snap);
		if (taken != TAKE_DONE && !too_many)
			return -1;
		if (too_many && request.pids.n > 1) {
			most = request.pids.n / 2;
			continue;
		}
		*unread += too_many;
		i += request.pids.n;
		most = most < MEMCENSUS_PIDS_MAX / 2 ? most * 2 : MEMCENSUS_PIDS_MAX;
	}
	return 0;
}
