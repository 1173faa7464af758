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

/* Whether @group of @snap, by cgroup, is a container or a pod: what rows @by are made of. */
bool called_is_row(const struct snapshot *snap, const struct group *group, enum called_by by);

/*
 * Leaves those of the groups of @snap, after cgroup_tree_link(), that are of containers or of pods;
 * or one for each namespace or image, with the sums of these.  Of several cgroups only what adds
 * up is known: not what each frame counts once in, as USS.  Containers without a known namespace or
 * image have one group without a name.  Images of the containers of a user are behind its name.
 * Owners and pairs of other groups go too.
 */
void called_groups(struct snapshot *snap, enum called_by by);

/*
 * The same of the cgroups that frames are charged to: a frame is charged to one, so all adds up.
 * The sum of a container has what is charged to cgroups below it, that of a pod its containers.
 */
void called_frames(struct snapshot *snap, enum called_by by);

/*
 * Adds the figures of @from, of other processes, to @to; what does not add up becomes unknown.
 */
void group_add(struct group *to, const struct group *from);

#endif /* READER_CALLED_GROUPS_H */
