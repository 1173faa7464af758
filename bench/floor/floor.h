/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BENCH_FLOOR_H
#define _BENCH_FLOOR_H

#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/types.h>

/* Maximum number of processes; no workload has more. */
#define FLOOR_PROCESSES_MAX 32768

/**
 * struct floor - one pass over all page tables
 * @ptes: entries read
 * @pages: present entries
 * @sum: sum of all values read, so that the compiler cannot drop the reads
 */
struct floor {
	u64 ptes;
	u64 pages;
	u64 sum;
};

/* Each walks one VMA.  The caller holds mmap_lock for reading. */
void floor_pte(struct floor *f, struct vm_area_struct *vma);
void floor_touch(struct floor *f, struct vm_area_struct *vma);
void floor_runs(struct floor *f, struct vm_area_struct *vma);

extern const struct file_operations floor_rollup_fops;
extern const struct file_operations floor_tables_fops;

void floor_caches_evict(void);

int floor_caches_init(void);
void floor_caches_exit(void);
int floor_runs_init(void);
void floor_runs_exit(void);

#endif /* _BENCH_FLOOR_H */
