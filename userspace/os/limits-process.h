/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fills the table of limits, model/limits.h, with those of processes.
 */
#ifndef READER_LIMITS_PROCESS_H
#define READER_LIMITS_PROCESS_H

#include "model/limits.h"
#include "os/numa-maps.h"

/**
 * struct limit_process - a process whose limits are to be read
 * @task: what a census says of it
 * @policy: by numa_maps_read(); NULL: not read
 * @live: it runs on this machine; else only what the census has is known
 */
struct limit_process {
	const struct task *task;
	const struct numa_policy *policy;
	bool live;
};

/* Adds its own: RLIMIT_*, vm.max_map_count, the nodes that it may use. */
void limits_of_process(struct limits *limits, const struct snapshot *snap,
		       const struct limit_process *process);

/* Adds the tmpfs of @device as process @pid of this machine sees it, unless @limits has it. */
void limits_of_mount(struct limits *limits, uint32_t pid, uint64_t device);

/*
 * Whether less than 80% of each of its RLIMIT_AS, RLIMIT_DATA and RLIMIT_MEMLOCK is used, by the
 * census: without reading a file.  False if that is unknown, too.
 */
bool limits_own_far(const struct task *task);

#endif /* READER_LIMITS_PROCESS_H */
