/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that share random pages, as the backends of a database do. */
#ifndef _RANDOM_H
#define _RANDOM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct random_load - processes that each write to 60% of a memfd's pages
 * @processes: number of processes
 * @pages: size of the memfd, mapped at PLACE(0)
 * @pids: of the processes; 0: not started
 * @fd: the memfd
 */
struct random_load {
	unsigned int processes;
	unsigned long pages;
	pid_t *pids;
	int fd;
};

bool random_start(struct random_load *load, unsigned int processes,
		  unsigned long pages);
void random_end(struct random_load *load);

/* Has process @n, from 0, written to @page? */
bool random_has(unsigned int n, unsigned long page);

/**
 * struct random_want - expected figures of a process's mapping
 * @pages: pages mapped
 * @alone: exclusive pages of these
 * @shares: 1/2^24 byte
 */
struct random_want {
	uint64_t pages, alone, shares;
};

/* For each process, the caller frees it; @mapped: distinct pages mapped. */
struct random_want *random_expect(const struct random_load *load, uint64_t *mapped);

#endif /* _RANDOM_H */
