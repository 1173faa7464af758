/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that have known pages and sleep, while others do what they like: of
 * each of them each census must say the same.
 */
#ifndef _BYSTANDERS_H
#define _BYSTANDERS_H

#include "client.h"

/* Pages, and huge pages. */
#define BYSTANDER_PRIVATE	300
#define BYSTANDER_SHARED	200
#define BYSTANDER_HUGE		2
#define BYSTANDER_SWAPPED	100

/* Two of each kind that shares with its like. */
#define BYSTANDERS		6

/**
 * struct bystanders - all of them
 * @pids: 0 where there is none, for want of swap or of huge pages
 * @f: figures of each on the two bases, by enum memcensus_basis, in a calm
 *	system
 * @compared: figures compared with these since
 */
struct bystanders {
	pid_t pids[BYSTANDERS];
	struct figures f[BYSTANDERS][__MEMCENSUS_BASIS_MAX];
	uint64_t compared;
};

/*
 * Starts them, with swap in zram where the kernel has it; NULL, or what went
 * wrong.
 */
const char *bystanders_start(struct bystanders *b);
void bystanders_end(struct bystanders *b);

/*
 * NULL where of those bystanders that are in @census, one with mappings, what
 * each has made is there, to the page; else what is not. @moving: see below.
 */
const char *bystanders_misplaced(struct bystanders *b,
				 const struct census *census, bool moving);

/*
 * NULL where of each bystander in @census each figure is what it was; else
 * what is not. @moving: pages are being migrated,
 * and only what does not depend on a page's number or map count is compared.
 */
const char *bystanders_differ(struct bystanders *b, const struct census *census,
			      bool moving);

#endif /* _BYSTANDERS_H */
