/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes with known pages that sleep while other processes run: every census
 * must report the same figures for each of them.
 */
#ifndef _BYSTANDERS_H
#define _BYSTANDERS_H

#include "client/client.h"

/* Pages, and huge pages. */
#define BYSTANDER_PRIVATE	300
#define BYSTANDER_SHARED	200
#define BYSTANDER_HUGE		2
#define BYSTANDER_SWAPPED	100

/* Two of each kind that shares memory. */
#define BYSTANDERS		6

/**
 * struct bystanders - all of them
 * @pids: 0 if not started because swap or huge pages are missing
 * @f: figures of each in a calm system
 * @compared: number of figures compared with @f
 */
struct bystanders {
	pid_t pids[BYSTANDERS];
	struct figures f[BYSTANDERS];
	uint64_t compared;
};

/*
 * Starts them, with swap in zram if the kernel has zram. NULL, or the error.
 */
const char *bystanders_start(struct bystanders *b);
void bystanders_end(struct bystanders *b);

/*
 * NULL if the mappings of each bystander in @census have exactly the pages it
 * made; else the difference. @census has mappings. @moving: see below.
 */
const char *bystanders_misplaced(struct bystanders *b,
				 const struct census *census, bool moving);

/*
 * NULL if no figure of a bystander in @census has changed; else the difference.
 * @moving: pages are being migrated; compare only figures that do not depend
 * on frame numbers or map counts.
 */
const char *bystanders_differ(struct bystanders *b, const struct census *census,
			      bool moving);

#endif /* _BYSTANDERS_H */
