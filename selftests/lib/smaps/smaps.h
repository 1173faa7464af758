/* SPDX-License-Identifier: GPL-2.0 */
/*
 * smaps, smaps_rollup, stat and status of a process, by enum memcensus_figure:
 * the oracle that the tests compare the census with.
 */
#ifndef _SMAPS_H
#define _SMAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "client/client.h"

/**
 * struct smaps_vma - one mapping as smaps shows it
 * @name: the text after the inode, or ""
 * @flags: the line VmFlags, letter pairs with a space after each
 * @thp_eligible: THPeligible, which a module cannot compute
 * @f: bytes, by enum memcensus_figure; smaps rounds down to KiB.  USS, SHARED and DIRTY
 *	are the sums of the lines Private_*, Shared_* and *_Dirty
 */
struct smaps_vma {
	uint64_t start, end, offset, inode, kernel_page_size, mmu_page_size;
	unsigned int dev_major, dev_minor;
	char mode[8];
	char *name, *flags;
	int thp_eligible;
	struct figures f;
};

/**
 * struct smaps - files of one process
 * @pid: process or thread whose files were read
 * @rollup: figures of smaps_rollup
 * @status: figures of /proc/PID/status, by enum memcensus_figure
 * @stat_rss: bytes, from /proc/PID/stat as ps shows it: the kernel's counter.
 *	status has the same; since Linux 6.12.y its VmRSS and VmHWM also add the
 *	counts that each CPU still keeps.
 * @other: names of unknown fields, for a diagnostic
 */
struct smaps {
	pid_t pid;
	struct figures rollup, status;
	struct smaps_vma *vmas;
	size_t n_vmas;
	uint64_t stat_rss;
	char other[128];

	pid_t ppid;
	unsigned int uid, threads;
	char comm[64];
	unsigned long long start_ticks, min_faults, maj_faults;
	int oom_score_adj;
	bool kthread;
};

/* 0, or -errno; -ESRCH: the process has no address space. */
int smaps_read(pid_t pid, struct smaps *smaps);
void smaps_free(struct smaps *smaps);

/* True if two reads of the same process have the same figures. */
bool smaps_same(const struct smaps *a, const struct smaps *b);

/* Name of a figure in smaps or status; else that of the ABI, in brackets. */
const char *figure_name(unsigned int n);

/* The mapping that holds @addr, or NULL. */
const struct smaps_vma *smaps_vma_at(const struct smaps *smaps,
				     const void *addr);

/* Bytes of a figure of the mapping that holds @addr; ends the test without one. */
uint64_t smaps_bytes_at(pid_t pid, const void *addr, unsigned int n);

#endif /* _SMAPS_H */
