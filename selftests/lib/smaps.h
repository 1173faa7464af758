/* SPDX-License-Identifier: GPL-2.0 */
/*
 * smaps, smaps_rollup, stat and status of a process, by the numbers of the
 * census's figures: the oracle that the tests compare with.
 */
#ifndef _SMAPS_H
#define _SMAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "client.h"

/**
 * struct smaps_vma - one mapping as smaps shows it
 * @name: the text behind the inode, or ""
 * @flags: the line VmFlags, letter pairs with a space behind each
 * @pkey: ProtectionKey; -1 where there is no such line
 * @thp_eligible: THPeligible, which a module cannot have
 * @f: bytes, by enum memcensus_figure; smaps cuts them to KiB
 */
struct smaps_vma {
	uint64_t start, end, offset, inode, kernel_page_size, mmu_page_size;
	unsigned int dev_major, dev_minor;
	char mode[8];
	char *name, *flags;
	int pkey, thp_eligible;
	struct figures f;
};

/**
 * struct smaps - all of one process
 * @pid: process or thread whose files were read
 * @rollup: figures of smaps_rollup
 * @status: figures of /proc/PID/status, by enum memcensus_figure
 * @stat_rss: bytes, as /proc/PID/stat and so ps has it: the kernel's counter.
 *	status has the same, but since Linux 6.12.y VmRSS and VmHWM there also
 *	add what each CPU still keeps for itself.
 * @other: names of fields that have no number here, for a diagnostic
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

/* 0, or -errno: -ESRCH where the process has no address space. */
int smaps_read(pid_t pid, struct smaps *smaps);
void smaps_free(struct smaps *smaps);

/* True where two readings of the same process say the same of its memory. */
bool smaps_same(const struct smaps *a, const struct smaps *b);

/* Name of a figure, as smaps or status has it; or as the ABI, in brackets. */
const char *figure_name(unsigned int n);

/* The mapping that holds @addr, or NULL. */
const struct smaps_vma *smaps_vma_at(const struct smaps *smaps,
				     const void *addr);

/* Bytes of a figure of the mapping that holds @addr; ends the test without one. */
uint64_t smaps_bytes_at(pid_t pid, const void *addr, unsigned int n);

#endif /* _SMAPS_H */
