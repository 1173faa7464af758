/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts the pages of groups of owners: bit arithmetic on masks.  It has no kernel state, so
 * that selftests/host tests the same file on the host.
 *
 * Groups are a tree.  An owner is in one group, and with it in all groups that contain that.
 * Group 0 contains all others and has the owners that are in no group.  A group maps a page if
 * one of its owners does; the page is exclusive to it if no other owner does.
 *
 * The turns of all owners are added twice, group after group: each group before those in it,
 * and one subtree after the other.  So the groups that map a page come in the order of the
 * tree, and two depths are enough for each page, for any number of groups:
 *
 * - that of the lowest group which contains both the last group that added the page and the
 *   one that adds now.  The page counts once for the group that adds it, and once less for
 *   that lowest group, which would count it twice.
 * - that of the lowest group which contains all its owners.  The page is exclusive to that
 *   group and to those that contain it.  It is known after the first pass, and counted in the
 *   second one.
 *
 * Depths are in bit planes, as numbers of owners are in owners.h.  A page with one owner needs
 * none.  Both counts are those of one group without the groups in it: the caller adds these.
 */
#ifndef _CENSUS_GROUPING_H
#define _CENSUS_GROUPING_H

#include "owners/owners.h"

/**
 * struct census_grouping - groups that are counted
 * @o: the owners; their blocks are finished, and those of which a page has several owners have a
 *	state each
 * @states: of blocks of which a page has several owners; their @planes are units of this pool,
 *	zeroed
 * @parent: by group, the lowest group that contains it
 * @depth: by group, number of groups that contain it, group 0 among them
 * @holdings: by group, then by kind; increased
 * @kinds: number of kinds
 * @bits: of a depth
 * @group: that of the next turns; the order of groups is that of the tree
 * @pass: 0 for the turns of all groups, then 1 again
 */
struct census_grouping {
	struct census_owners *o;
	struct census_pool states;
	const u32 *parent;
	const u32 *depth;
	struct census_holding *holdings;
	u32 kinds;
	u32 bits;
	u32 group;
	u32 pass;
};

void census_grouping_init(struct census_grouping *g, u32 depth);
u32 census_grouping_units(const struct census_grouping *g);
u32 census_grouping_turn(void *groups, u32 turn, u32 begin);

#endif /* _CENSUS_GROUPING_H */
