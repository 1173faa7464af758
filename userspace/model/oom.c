// SPDX-License-Identifier: GPL-2.0
/* The columns of OOM events and of the processes that were killed. */
#include "model/columns.h"
#include "model/oom.h"

const struct oom *oom_subject(const struct snapshot *snap)
{
	const bool named = KNOWN(&snap->asked, MEMCENSUS_REQ_EVENT);
	size_t i;

	for (i = 0; i < snap->n_ooms; i++)
		if (!named || snap->ooms[i].number == snap->asked.event)
			return &snap->ooms[i];
	return NULL;
}

const struct task *oom_task(const struct snapshot *snap, const struct oom_victim *victim)
{
	const struct oom *subject = oom_subject(snap);
	const struct task *task;

	if (!subject || victim->oom != subject->number ||
	    !KNOWN(victim, MEMCENSUS_OOM_VICTIM_PID))
		return NULL;
	task = task_of(snap, victim->pid);
	/* Its number may have been used again since the census. */
	return task && KNOWN(task, MEMCENSUS_TASK_START_NS) &&
	       KNOWN(victim, MEMCENSUS_OOM_VICTIM_START_NS) && task->start == victim->start ?
	       task : NULL;
}

static const char *const scopes[] = {
	[MEMCENSUS_OOM_SCOPE_MACHINE] = "machine",
	[MEMCENSUS_OOM_SCOPE_CGROUP] = "cgroup",
};
_Static_assert(ARRAY_SIZE(scopes) == MEMCENSUS_OOM_SCOPE_MAX + 1, "a scope has no word");

#define OOM(num, ...)	ATTRIBUTE(oom, MEMCENSUS_OOM_##num, __VA_ARGS__)
#define OOM_NS(num, header, member, kind, help)				\
	NAMED(oom, MEMCENSUS_OOM_##num##_NS, #member "_ns", header, member, U64, kind, help)

static const struct column oom_fields[] = {
	OOM(NUMBER, "OOM", number, U64, ID, "number since the module was loaded"),
	OOM_NS(REALTIME, "Time", realtime, REALTIME, "first kill, since 1970"),
	OOM_NS(BOOTTIME, "Boottime", boottime, SINCE_BOOT, "first kill, since boot"),
	OOM(SCOPE, "Scope", scope, U32, WORD, "what ran out of memory: the machine, or a cgroup",
	    .words = scopes, .n_words = ARRAY_SIZE(scopes)),
	OOM(VICTIMS, "Victims", victims, U32, COUNT, "processes killed"),
	OOM(CALLER_PID, "CallerPID", caller_pid, U32, ID, "process whose allocation failed"),
	OOM(CALLER_COMM, "Caller", caller_comm, STRING, TEXT, "its command name"),
	OOM(CENSUS, "Census", census, U64, ID, "number of the last census before it"),
	OOM_NS(CENSUS_REALTIME, "CensusTime", census_realtime, REALTIME,
	       "beginning of that census, since 1970"),
	OOM(BYTES, "Bytes", bytes, FIGURES, NEST, ""),
	OOM_NS(DELAY, "Delay", delay, DURATION, "from the first kill to after"),
	OOM(AFTER, "After", after, FIGURES, NEST, ""),
	OOM(CGROUP, "Cgroup", cgroup, U64, ID, "ID of the cgroup whose limit was reached"),
	OOM(LIMIT, "Limit", limit, U64, BYTES, "its memory.max"),
	OOM(CHARGED, "Charged", charged, U64, BYTES, "charged to it and to those below it"),
	OOM(CHARGED_ANON, "ChAnon", charged_anon, U64, BYTES,
	    "of that, anonymous memory and shmem on LRU lists"),
	OOM(CHARGED_FILE, "ChFile", charged_file, U64, BYTES,
	    "of that, page cache of files on LRU lists"),
	OOM(CHARGED_UNEVICTABLE, "ChUnevict", charged_unevictable, U64, BYTES,
	    "of that, what cannot be reclaimed, of both"),
};

DERIVED(oom_limited, oom, text,
	KNOWN(row, MEMCENSUS_OOM_CGROUP) ? name_of_cgroup(view, row->cgroup) : NULL, value->text)

static const struct column oom_derived[] = {
	{ "limited_path", "Limited", "path of the cgroup whose limit was reached",
	  .kind = KIND_TEXT, .in_json = true, .derive = oom_limited },
};

#define VICTIM(num, ...)	ATTRIBUTE(oom_victim, MEMCENSUS_OOM_VICTIM_##num, __VA_ARGS__)

static const struct column victim_fields[] = {
	VICTIM(OOM, "OOM", oom, U64, ID, "number of the event"),
	VICTIM(PID, "PID", pid, U32, ID, "its process ID"),
	VICTIM(COMM, "Command", comm, STRING, TEXT, "command name"),
	VICTIM(UID, "UID", uid, U32, ID, "effective user ID"),
	VICTIM(CGROUP, "Cgroup", cgroup, U64, ID, "cgroup ID in the default hierarchy"),
	NAMED(oom_victim, MEMCENSUS_OOM_VICTIM_START_NS, "start_ns", "Start", start, U64,
	      SINCE_BOOT, "start, since boot"),
	VICTIM(OOM_SCORE_ADJ, "OOMadj", oom_score_adj, S32, ID, "OOM score adjustment",
	       .sign = true),
	VICTIM(VSS, "VSS", vss, U64, BYTES, "mapped addresses"),
	VICTIM(ANON, "Anon", anon, U64, BYTES, "resident anonymous memory, a counter"),
	VICTIM(FILE, "File", file, U64, BYTES, "resident pages of files, a counter"),
	VICTIM(SHMEM, "Shmem", shmem, U64, BYTES, "resident shared memory, a counter"),
	VICTIM(SWAP, "Swap", swap, U64, BYTES, "swapped out, a counter"),
	VICTIM(PAGETABLES, "Tables", pagetables, U64, BYTES, "page tables"),
	VICTIM(DYING, "Dying", dying, U32, BOOL,
	       "was dying before, by an exit or a signal: not killed"),
};

DERIVED(victim_user, oom_victim, text,
	KNOWN(row, MEMCENSUS_OOM_VICTIM_UID) ? name_of_user(view, row->uid) : NULL,
	value->text)
DERIVED(victim_cgroup, oom_victim, text,
	KNOWN(row, MEMCENSUS_OOM_VICTIM_CGROUP) ? name_of_cgroup(view, row->cgroup) : NULL,
	value->text)

/* What a figure was of the victim in the census before it. */
static bool figure_before(const struct column *column, const struct view *view,
			  const void *row, struct value *value)
{
	const struct task *task = oom_task(view->snap, row);

	if (!task || !KNOWN(&task->figures, column->number))
		return false;
	value->number = task->figures.v[column->number];
	return true;
}

static const struct column victim_derived[] = {
	{ "user", "User", "name of the effective user", .kind = KIND_TEXT, .in_json = true,
	  .derive = victim_user },
	{ "cgroup_path", "CgroupPath", "path of its cgroup in the default hierarchy",
	  .kind = KIND_TEXT, .in_json = true, .derive = victim_cgroup },
	{ "uss_before", "USSbefore", "its USS in the census before", .kind = KIND_BYTES,
	  .in_json = true, .derive = figure_before, .number = MEMCENSUS_F_USS },
	{ "pss_before", "PSSbefore", "its PSS in the census before", .kind = KIND_BYTES,
	  .in_json = true, .derive = figure_before, .number = MEMCENSUS_F_PSS },
};

const struct row_type oom_rows = {
	.name = "OOM event",
	.fields = COLUMNS_TO(MEMCENSUS_OOM_MAX, oom_fields),
	.derived = COLUMNS(oom_derived),
	IN_SNAPSHOT(ooms, n_ooms),
};

const struct row_type oom_victim_rows = {
	.name = "victim of an OOM event",
	.fields = COLUMNS_TO(MEMCENSUS_OOM_VICTIM_MAX, victim_fields),
	.derived = COLUMNS(victim_derived),
	IN_SNAPSHOT(oom_victims, n_oom_victims),
};
