// SPDX-License-Identifier: GPL-2.0
/* module/walk.c, with nobody to take what it finds. */
#include <linux/mm.h>

#include "floor.h"
#include "walk.h"

static bool never_pause(void *context)
{
	return false;
}

static const struct census_takers no_takers;

static struct census_walk walk = {
	.takers = &no_takers,
	.pause = never_pause,
};

void floor_runs(struct floor *f, struct vm_area_struct *vma)
{
	u64 ptes = walk.ptes;

	census_walk_vma(&walk, vma, vma->vm_start);
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
