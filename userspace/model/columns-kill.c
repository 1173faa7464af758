// SPDX-License-Identifier: GPL-2.0
/* The columns of OOM kills and of the processes that were killed. */
#include "model/columns.h"
#include "model/kill.h"

DERIVED(kill_caller_pid, kill, number, row->caller_pid, row->caller_pid)

static const struct column kill_columns[] = {
	MEMBER(kill, "number", "OOM", number, ID, "number of its line in the kernel's log"),
	MEMBER(kill, "realtime_ns", "Time", realtime, REALTIME, "first kill, since 1970"),
	MEMBER(kill, "boottime_ns", "Boottime", boottime, SINCE_BOOT, "first kill, since boot"),
	MEMBER(kill, "scope", "Scope", scope, WORD,
	       "what ran out of memory: the machine, nodes, or a cgroup; or sysrq killed",
	       .words = kill_scopes, .n_words = ARRAY_SIZE(kill_scopes)),
	MEMBER(kill, "nodes", "Nodes", nodes, TEXT, "nodes that a policy or a cpuset allows"),
	MEMBER(kill, "victims", "Victims", killed, COUNT, "processes killed"),
	{ "caller_pid", "CallerPID", "process whose allocation failed", .kind = KIND_ID,
	  .in_json = true, .derive = kill_caller_pid },
	MEMBER(kill, "caller_comm", "Caller", caller, TEXT, "its command name"),
	MEMBER(kill, "caller_cgroup_path", "CallerCgroup", caller_cgroup, TEXT,
	       "path of its cgroup, in the census before"),
	MEMBER(kill, "limited_path", "Limited", limited, TEXT,
	       "path of the cgroup whose limit was reached"),
	MEMBER(kill, "cgroup_path", "CgroupPath", within, TEXT,
	       "path of the cgroup of the first victim"),
	MEMBER(kill, "killed_as_one", "AsOne", as_one, TEXT,
	       "path of the cgroup that was killed as a whole"),
};

const struct row_type kill_rows = ROWS_OF("OOM kill", kill_columns);

DERIVED(victim_user, kill_victim, text, name_of_user(view, row->uid), value->text)

/* What a figure was of the victim in the census before it. */
static bool figure_before(const struct column *column, const struct view *view,
			  const void *row, struct value *value)
{
	const struct task *task = ((const struct kill_victim *)row)->before;

	(void)view;
	if (!task || !KNOWN(&task->figures, column->number))
		return false;
	value->number = task->figures.v[column->number];
	return true;
}

#define BEFORE(name_, header_, help_, num)					\
	{ name_, header_, help_, .kind = KIND_BYTES, .in_json = true,		\
	  .derive = figure_before, .number = MEMCENSUS_F_##num }

static const struct column victim_columns[] = {
	MEMBER(kill_victim, "pid", "PID", pid, ID, "its process ID"),
	MEMBER(kill_victim, "comm", "Command", comm, TEXT, "command name"),
	MEMBER(kill_victim, "uid", "UID", uid, ID, "effective user ID"),
	{ "user", "User", "name of the effective user", .kind = KIND_TEXT, .in_json = true,
	  .derive = victim_user },
	MEMBER(kill_victim, "oom_score_adj", "OOMadj", oom_score_adj, ID, "OOM score adjustment",
	       .sign = true),
	MEMBER(kill_victim, "vss", "VSS", vss, BYTES, "mapped addresses"),
	MEMBER(kill_victim, "anon", "Anon", anon, BYTES, "resident anonymous memory, a counter"),
	MEMBER(kill_victim, "file", "File", file, BYTES, "resident pages of files, a counter"),
	MEMBER(kill_victim, "shmem", "Shmem", shmem, BYTES, "resident shared memory, a counter"),
	MEMBER(kill_victim, "pagetables", "Tables", pagetables, BYTES, "page tables"),
	BEFORE("uss_before", "USSbefore", "its USS in the census before", USS),
	BEFORE("pss_before", "PSSbefore", "its PSS in the census before", PSS),
	BEFORE("swap_before", "SwapBefore", "its swap in the census before", SWAP),
};

const struct row_type kill_victim_rows = ROWS_OF("victim of an OOM kill", victim_columns);
