/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups by container, pod, namespace or image: of the groups by cgroup of a census.
 */
#ifndef READER_CALLED_GROUPS_H
#define READER_CALLED_GROUPS_H

#include "model/snapshot.h"

enum called_by {
	CALLED_BY_NONE,
	CALLED_BY_CONTAINER,
	CALLED_BY_POD,
	CALLED_BY_NAMESPACE,
	CALLED_BY_IMAGE,
};

/*
 * Leaves those of the groups of @snap, after cgroup_tree_link(), that are of containers or of pods;
 * or one for each namespace or image, with the sums of these.  Of several cgroups only what adds
 * up is known: not what each frame counts once in, as USS.  Containers without a known namespace or
 * image have one group without a name.
 */
void called_groups(struct snapshot *snap, enum called_by by);

/*
 * Adds the figures of @from, of other processes, to @to; what does not add up becomes unknown.
 */
void group_add(struct group *to, const struct group *from);

#endif /* READER_CALLED_GROUPS_H */
