// SPDX-License-Identifier: GPL-2.0
/*
 * Lower bounds for the cost of a census.  Reading one of these files makes one
 * pass over the page tables of all processes and prints how long it took:
 *
 *	/sys/kernel/debug/census_floor/pte	reads each PTE, and nothing else
 *	/sys/kernel/debug/census_floor/touch	also reads one word of each struct page
 *	/sys/kernel/debug/census_floor/runs	the walk makes masks; they are
 *						dropped
 *
 * As in a census, the time includes the list of processes, a reference to each
 * address space, its mmap lock for reading, once for the whole pass, the walk from
 * mapping to mapping and from table to table, and the lock of each PTE table.  It does
 * not include records, figures, or data of the process.
 *
 * pte.c shares no code with module/, so that it can be compared with the walk.  It uses the
 * names of compat.h.
 */
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "floor.h"

static void collect(struct mm_struct **mms, unsigned int *nr)
{
	struct task_struct *p;

	*nr = 0;
	rcu_read_lock();
	for_each_process(p) {
		struct mm_struct *mm = *nr < FLOOR_PROCESSES_MAX ? get_task_mm(p) : NULL;

		if (mm)
			mms[(*nr)++] = mm;
	}
	rcu_read_unlock();
}

static void walk_mm(struct floor *f, struct mm_struct *mm,
		    void (*walk_vma)(struct floor *, struct vm_area_struct *))
{
	VMA_ITERATOR(vmi, mm, 0);
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	for_each_vma(vmi, vma)
		walk_vma(f, vma);
	mmap_read_unlock(mm);
}

static int floor_show(struct seq_file *m, void *unused)
{
	void (*walk_vma)(struct floor *, struct vm_area_struct *) = m->private;
	struct floor f = {};
	struct mm_struct **mms;
	unsigned int i, nr;
	u64 begin, end;

	mms = kvmalloc_array(FLOOR_PROCESSES_MAX, sizeof(*mms), GFP_KERNEL);
	if (!mms)
		return -ENOMEM;
	begin = ktime_get_ns();
	collect(mms, &nr);
	for (i = 0; i < nr; i++) {
		walk_mm(&f, mms[i], walk_vma);
		mmput(mms[i]);
		cond_resched();
	}
	end = ktime_get_ns();
	kvfree(mms);

	seq_printf(m, "ns=%llu mms=%u ptes=%llu pages=%llu sum=%llu\n",
		   end - begin, nr, f.ptes, f.pages, f.sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(floor);

static int evict_show(struct seq_file *m, void *unused)
{
	floor_caches_evict();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(evict);

static struct dentry *dir;

static int __init floor_init(void)
{
	int err = floor_runs_init();

	if (err)
		return err;
	err = floor_caches_init();
	if (err) {
		floor_runs_exit();
		return err;
	}
	dir = debugfs_create_dir("census_floor", NULL);
	debugfs_create_file("pte", 0400, dir, floor_pte, &floor_fops);
	debugfs_create_file("touch", 0400, dir, floor_touch, &floor_fops);
	debugfs_create_file("runs", 0400, dir, floor_runs, &floor_fops);
	debugfs_create_file("rollup", 0400, dir, NULL, &floor_rollup_fops);
	debugfs_create_file("tables", 0400, dir, NULL, &floor_tables_fops);
	debugfs_create_file("evict", 0400, dir, NULL, &evict_fops);
	return 0;
}

static void __exit floor_exit(void)
{
	debugfs_remove(dir);
	floor_caches_exit();
	floor_runs_exit();
}

module_init(floor_init);
module_exit(floor_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Lower bounds for the cost of a memory census");
