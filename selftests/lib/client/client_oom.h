/* SPDX-License-Identifier: GPL-2.0 */
/* The answer to an OOM request: what was there when the OOM killer ran. */
#ifndef _CLIENT_OOM_H
#define _CLIENT_OOM_H

#include <stdint.h>
#include <linux/memcensus.h>

#define OOM_TASKS	4096

/**
 * struct oom_numbers - the integers of a nest, by their number
 * @known: bit n is set where number n was sent
 */
struct oom_numbers {
	uint64_t known;
	uint64_t value[64];
};

/**
 * struct oom_event - one OOM message
 * @own: by enum memcensus_oom
 * @bytes, @after: by enum memcensus_system_bytes
 */
struct oom_event {
	struct oom_numbers own, bytes, after;
	char caller[16];
};

/* One OOM_VICTIM message; @own: by enum memcensus_oom_victim */
struct oom_victim {
	struct oom_numbers own;
	char comm[16];
};

/* A task of the census before; @pss: UINT64_MAX: unknown */
struct oom_task {
	uint32_t pid;
	uint64_t pss;
};

/**
 * struct ooms - a whole answer
 * @zones, @nodes: number of OOM_ZONE and OOM_NODE messages
 * @free: of all OOM_ZONE together; @pcps: number of those that have lists of processors
 * @scans: number of SCAN messages; @seq: their number
 * @wrong: why a message is not of the ABI, or ""
 */
struct ooms {
	struct oom_event events[16];
	unsigned int n_events;
	struct oom_victim victims[64];
	unsigned int n_victims;
	unsigned int zones, nodes, scans, systems;
	uint64_t free;
	unsigned int pcps;
	uint64_t seq;
	struct oom_task tasks[OOM_TASKS];
	unsigned int n_tasks;
	char wrong[256];
};

/* 0 or -errno; -EBADMSG: @ooms->wrong says why.  @event 0: the newest. */
int ooms_get(uint64_t event, struct ooms *ooms);

/* PSS of process @pid in the census before, or UINT64_MAX. */
uint64_t oom_pss_before(const struct ooms *ooms, uint32_t pid);

#endif /* _CLIENT_OOM_H */
