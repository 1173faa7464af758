// SPDX-License-Identifier: GPL-2.0
/* Rows that several commands have. */
#include "cli/rows.h"

#define CGROUP_COLUMNS							\
	"mms,swap,uss,pss,charged,charged_anon,charged_file,charged_shmem,charged_kernel," \
	"charged_swap,limit,oom_kills"

const struct rows rows_tree = { &group_rows, "name," CGROUP_COLUMNS, "pss" };

const struct rows rows_groups[] = {
	[MEMCENSUS_BY_UID] = {
		&group_rows, "user,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_CGROUP] = {
		&group_rows, "cgroup_path," CGROUP_COLUMNS, "pss" },
	[MEMCENSUS_BY_COMM] = {
		&group_rows, "comm,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_PIDS] = {
		&group_rows, "mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_TREE] = {
		&group_rows, "name,pid,mms,swap,uss,pss,own_uss,own_pss", "pss" },
	[MEMCENSUS_BY_SESSION] = {
		&group_rows, "session,name,mms,swap,uss,pss,frames,rss", "pss" },
};
_Static_assert(ARRAY_SIZE(rows_groups) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group is not shown");
