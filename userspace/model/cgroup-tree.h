/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tree of the groups by cgroup, or by tree of processes: a group contains those of the cgroups,
 * or processes, below it.
 */
#ifndef READER_CGROUP_TREE_H
#define READER_CGROUP_TREE_H

#include "model/snapshot.h"

/*
 * Sets the links and the names of the groups of @snap, after its naming.  Call it again
 * after groups were dropped.
 */
void cgroup_tree_link(struct snapshot *snap);

/* The group that contains @group, and is before it; NULL if none in @snap does. */
struct group *group_parent(const struct snapshot *snap, const struct group *group);

/*
 * Puts @n rows each behind its parent, by @parents, which have no circle; siblings keep their
 * order.  @order gets the numbers of the rows, @depths how many contain each.
 */
#define ROW_NONE	SIZE_MAX
void rows_nest(const size_t *parents, size_t n, size_t *order, unsigned int *depths);

/*
 * Puts @rows, @n groups of @snap, each behind the one that contains it, in their order
 * otherwise.  @depths gets the number of rows that contain each.
 */
void groups_nest(const struct snapshot *snap, const void **rows, unsigned int *depths, size_t n);

/*
 * Writes to @name of @size bytes the name by which people know the cgroup @path: a unit of
 * systemd, the first 12 digits of the ID of a container, the UID of a pod; else the last
 * part of the path.
 */
void cgroup_short_name(const char *path, char *name, size_t size);

/* Whether the cgroup @path is @top or below it. */
bool cgroup_path_within(const char *path, const char *top);

#endif /* READER_CGROUP_TREE_H */
