/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of cgroups of this machine: memory on other NUMA nodes than those of their CPUs. */
#ifndef READER_BRIEF_CPUSETS_H
#define READER_BRIEF_CPUSETS_H

#include "brief/gather.h"

/* @snap: with nodes and groups by cgroup. */
void facts_of_cpusets(struct brief *brief, const struct snapshot *snap);

#endif /* READER_BRIEF_CPUSETS_H */
