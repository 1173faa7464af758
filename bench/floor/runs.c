// SPDX-License-Identifier: GPL-2.0
/* Runs module/walk/walk.c like a census of frames, and drops the masks. */
#include <linux/mm.h>

#include "floor.h"
#include "walk/walk.h"

static bool pause_when_full(void *context)
{
	return census_walk_full(context);
}

/* Any key except 0. All pages are numbered by frame here. */
static struct census_walk walk = {
	.pause = pause_when_full,
	.pause_context = &walk,
	.in.frames = 1ULL << 40,
};

/* A walk adds masks until it is asked to pass them on, which the census does without the lock. */
void floor_runs(struct floor *f, struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start;
	u64 ptes = walk.ptes;

	while (addr < vma->vm_end) {
		addr = census_walk_vma(&walk, vma, addr, vma->vm_end);
		if (census_walk_full(&walk))
			walk.nr_masks = 0;
		/* The census would come back later. */
		if (walk.blocked)
			break;
	}
	walk.blocked = false;
	f->ptes += walk.ptes - ptes;
}

int floor_runs_init(void)
{
	return census_walk_begin(&walk);
}

void floor_runs_exit(void)
{
	census_walk_end(&walk);
}
