// SPDX-License-Identifier: GPL-2.0
/* Runs module/walk/walk.c like a census of frames, and drops the masks. */
#include <linux/mm.h>

#include "floor.h"
#include "walk/walk.h"

static bool never_pause(void *context)
{
	return false;
}

static void drop_masks(void *context, const struct census_mask *masks,
		       unsigned int nr)
{
}

static const struct census_walk_ops no_ops = {
	.masks = drop_masks,
};

/* Any key except 0. All pages are numbered by frame here. */
static struct census_walk walk = {
	.ops = &no_ops,
	.pause = never_pause,
	.frames = 1ULL << 40,
};

void floor_runs(struct floor *f, struct vm_area_struct *vma)
{
	u64 ptes = walk.ptes;

	census_walk_vma(&walk, vma, vma->vm_start, vma->vm_end);
	f->ptes += walk.ptes - ptes;
}

int floor_runs_init(void)
{
	return census_walk_begin(&walk, false);
}

void floor_runs_exit(void)
{
	census_walk_end(&walk);
}
