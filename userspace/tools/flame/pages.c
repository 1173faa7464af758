// SPDX-License-Identifier: GPL-2.0
/* The pages of a process, from the module. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "model/pages.h"
#include "tools/flame/pages.h"
#include "wire/source.h"

void page_bits_free(struct page_bits *bits)
{
	size_t i;

	for (i = 0; i < bits->n; i++) {
		free(bits->v[i].name);
		free(bits->v[i].blocks);
	}
	free(bits->v);
	bits->v = NULL;
	bits->n = 0;
}

struct page_area *page_bits_add(struct page_bits *bits, uint64_t start, uint64_t end,
				const char *name)
{
	struct page_area *area;

	bits->v = array_grow(bits->v, bits->n, sizeof(*area));
	area = &bits->v[bits->n++];
	*area = (struct page_area){ .start = start, .end = end, .name = xstrdup(name) };
	return area;
}

struct page_bits_block *page_area_add(struct page_area *area, uint64_t first)
{
	area->blocks = array_grow(area->blocks, area->n, sizeof(*area->blocks));
	area->blocks[area->n].first = first;
	return &area->blocks[area->n++];
}

static void add_area(struct page_bits *bits, const struct snapshot *snap, const struct vma *vma,
		     struct pages_cursor *cursor)
{
	const uint64_t bytes = bits->page * MEMCENSUS_BLOCK_PAGES;
	struct pages_cursor here = *cursor;
	struct page_bits_block *to;
	struct page_block block;
	struct page_area *area;

	area = page_bits_add(bits, vma->start, vma->end,
			     KNOWN(vma, MEMCENSUS_VMA_NAME) ? vma->name : "");
	area->file = vma->inode;
	while (pages_next(snap, &here, &block) && block.address < vma->end) {
		/* A block that goes on behind the mapping is part of the next one too. */
		if (block.address + bytes <= vma->end)
			*cursor = here;
		pages_cut(snap, &block, vma->start, vma->end);
		if (!block.resident)
			continue;
		to = page_area_add(area, block.address / bits->page);
		to->resident = block.resident;
		to->exclusive = block.exclusive;
		to->huge = block.huge;
	}
}

static int add_all(struct page_bits *bits, const struct snapshot *snap, uint32_t pid,
		   struct failure *why)
{
	struct pages_cursor cursor = { 0 };
	const struct task *task = snap->n_tasks ? &snap->tasks[0] : NULL;
	size_t i;

	if (!task || task_is_gone(task))
		return fail(why, FAIL_NO_PROCESS, "no such process: PID %" PRIu32, pid);
	if (!KNOWN(&task->figures, MEMCENSUS_F_RSS) || !page_size_of(snap) ||
	    task->state == MEMCENSUS_STATE_PARTIAL)
		return fail(why, FAIL_SYSTEM,
			    "process %" PRIu32 " is busy: its pages could not be read; try again",
			    pid);
	bits->page = page_size_of(snap);
	for (i = 0; i < snap->n_vmas; i++) {
		/* Pages of hugetlb are not in RSS. */
		if (KNOWN(&snap->vmas[i], MEMCENSUS_VMA_PAGE_SIZE) &&
		    snap->vmas[i].page_size > bits->page)
			continue;
		add_area(bits, snap, &snap->vmas[i], &cursor);
	}
	return 0;
}

int flame_pages(void *context, struct page_bits *bits, uint32_t pid, struct failure *why)
{
	struct source *source = context;
	struct request request = {
		.command = MEMCENSUS_CMD_PAGES,
		.pids = { 1, &(uint64_t){ pid } },
	};
	struct snapshot *snap;
	int ret;

	snap = snapshot_new();
	ret = source->ops->take(source, &request, snap, why) == TAKE_DONE ?
	      add_all(bits, snap, pid, why) : -1;
	snapshot_free(snap);
	return ret;
}
