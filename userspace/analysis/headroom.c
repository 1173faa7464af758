// SPDX-License-Identifier: GPL-2.0
/* How much more memory a process can get. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "analysis/headroom.h"
#include "host/cgroups.h"
#include "host/process.h"

static void take_less(struct headroom *headroom, uint64_t limit, uint64_t used,
		      const char *what)
{
	uint64_t left = limit > used ? limit - used : 0;

	if (headroom->known && headroom->bytes <= left)
		return;
	*headroom = (struct headroom){ true, left, what };
}

struct headroom headroom_of_system(const struct snapshot *snap)
{
	const struct figures *bytes = &snap->totals.bytes;
	struct headroom headroom = { .known = KNOWN(bytes, MEMCENSUS_S_AVAILABLE) };

	if (!headroom.known)
		return headroom;
	headroom.bytes = bytes->v[MEMCENSUS_S_AVAILABLE];
	headroom.what = "memory";
	if (KNOWN(bytes, MEMCENSUS_S_SWAP_FREE) && bytes->v[MEMCENSUS_S_SWAP_FREE]) {
		headroom.bytes += bytes->v[MEMCENSUS_S_SWAP_FREE];
		headroom.what = "memory+swap";
	}
	return headroom;
}

/* Applies the limits of cgroup @id and its ancestors, memory and swap together. */
static void take_cgroups(struct headroom *headroom, uint64_t id)
{
	uint64_t max, used, swap_max, swap_used;
	char dir[PATH_MAX];
	size_t root;
	char *end;

	root = cgroup_directory(id, dir, sizeof(dir));
	while (root && (end = strrchr(dir, '/')) && (size_t)(end - dir) >= root) {
		if (cgroup_number(dir, "memory.max", &max) &&
		    cgroup_number(dir, "memory.current", &used)) {
			if (cgroup_number(dir, "memory.swap.max", &swap_max) &&
			    cgroup_number(dir, "memory.swap.current", &swap_used)) {
				max += swap_max;
				used += swap_used;
			}
			take_less(headroom, max, used, "cgroup");
		}
		*end = '\0';
	}
}

struct headroom headroom_of(const struct track *track, struct headroom system, bool live)
{
	struct headroom headroom = system;
	uint64_t limit;

	if (!live)
		return headroom;
	if (track->has_cgroup)
		take_cgroups(&headroom, track->cgroup);
	if (track->has_vss && process_address_limit(track->pid, &limit))
		take_less(&headroom, limit, track->vss, "RLIMIT_AS");
	return headroom;
}
