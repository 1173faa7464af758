// SPDX-License-Identifier: GPL-2.0
/* Fills the table of limits: of processes. */
#include <inttypes.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/text.h"
#include "os/limits-process.h"
#include "os/proc-texts.h"
#include "os/process.h"
#include "os/procfs.h"
#include "os/tmpfs.h"

/* More than the kernel writes to /proc/PID/status and /proc/PID/limits. */
#define TEXT_SIZE	(16 << 10)

/* The number in a line of /proc/PID/status; false if there is none. */
static bool status_number(const char *status, const char *key, int base, uint64_t *number)
{
	const char *text = text_value(status, key);
	char *end;

	if (!text)
		return false;
	*number = strtoull(text, &end, base);
	return end > text;
}

/* The soft limit in a line of /proc/PID/limits; false if it is unlimited, or not there. */
static bool soft_limit(const char *limits, const char *key, uint64_t *limit)
{
	const char *text = text_value(limits, key);
	char *end;

	if (!text)
		return false;
	*limit = strtoull(text, &end, 10);
	return end > text;
}

/* A limit, and what is used of it in /proc/PID/status, in KiB. */
static void add_rlimit(struct limits *limits, enum limit_kind kind, uint32_t pid,
		       const char *rlimits, const char *name, const char *status,
		       const char *key)
{
	uint64_t limit, used;

	if (!soft_limit(rlimits, name, &limit))
		return;
	if (status_number(status, key, 10, &used))
		limits_add_own(limits, kind, pid, limit, used << 10);
	else
		limits_miss(limits, kind);
}

static void add_rlimits(struct limits *limits, uint32_t pid, const char *status)
{
	char rlimits[TEXT_SIZE];
	uint64_t capable = 0;

	if (!process_read(pid, "limits", rlimits, sizeof(rlimits))) {
		limits_miss(limits, LIMIT_AS);
		limits_miss(limits, LIMIT_DATA);
		limits_miss(limits, LIMIT_MEMLOCK);
		return;
	}
	add_rlimit(limits, LIMIT_AS, pid, rlimits, "Max address space ", status, "VmSize:");
	add_rlimit(limits, LIMIT_DATA, pid, rlimits, "Max data size ", status, "VmData:");
	if (!status_number(status, "CapEff:", 16, &capable) ||
	    !(capable >> CAP_IPC_LOCK & 1))
		add_rlimit(limits, LIMIT_MEMLOCK, pid, rlimits, "Max locked memory ", status,
			   "VmLck:");
}

/* Whether @used, of which unknown is too much, is below 80% of the limit of process @pid. */
static bool is_far(uint32_t pid, __rlimit_resource_t resource, bool known, uint64_t used)
{
	struct rlimit limit;

	if (prlimit((pid_t)pid, resource, NULL, &limit))
		return false;
	return limit.rlim_cur == RLIM_INFINITY || (known && used / 8 < limit.rlim_cur / 10);
}

bool limits_own_far(const struct task *task)
{
	const uint32_t pid = (uint32_t)task->pid;
	const struct figures *figures = &task->figures;
	const bool vss = KNOWN(figures, MEMCENSUS_F_VSS);
	const bool locked = KNOWN(figures, MEMCENSUS_F_MLOCKED);

	/* What counts as data is a part of all mappings. */
	return procfs_is_real() && is_far(pid, RLIMIT_AS, vss, figures->v[MEMCENSUS_F_VSS]) &&
	       is_far(pid, RLIMIT_DATA, vss, figures->v[MEMCENSUS_F_VSS]) &&
	       is_far(pid, RLIMIT_MEMLOCK, locked, figures->v[MEMCENSUS_F_MLOCKED]);
}

/* The nodes that both its cpuset and its policy allow. */
static void add_nodes(struct limits *limits, const struct snapshot *snap,
		      const struct limit_process *process, const char *status)
{
	const struct numa_policy *policy = process->policy;
	const char *text = text_value(status, "Mems_allowed_list:\t");
	uint64_t nodes;

	/* A kernel without NUMA has one node. */
	if (!text)
		return;
	if (!numa_nodes_parse(text, &nodes)) {
		limits_miss(limits, LIMIT_NODE);
		return;
	}
	if (policy && policy->known && policy->bound && (policy->nodes & nodes))
		nodes &= policy->nodes;
	else if (nodes & (nodes - 1) && !(policy && policy->known))
		limits_miss(limits, LIMIT_NODE);
	limits_add_nodes(limits, snap, (uint32_t)process->task->pid, nodes);
}

static void add_mappings(struct limits *limits, const struct snapshot *snap,
			 const struct task *task)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_VM);
	uint64_t most;

	text = text ? text_value(text, PROC_TEXTS_LIMIT) : NULL;
	if (text && KNOWN(task, MEMCENSUS_TASK_MAPPINGS) &&
	    text_number(text, strcspn(text, "\n"), &most))
		limits_add_own(limits, LIMIT_MAPPINGS, (uint32_t)task->pid, most,
			       task->mappings);
	else
		limits_miss(limits, LIMIT_MAPPINGS);
}

void limits_of_process(struct limits *limits, const struct snapshot *snap,
		       const struct limit_process *process)
{
	const uint32_t pid = (uint32_t)process->task->pid;
	char status[TEXT_SIZE];

	add_mappings(limits, snap, process->task);
	if (process->live && process_read(pid, "status", status, sizeof(status))) {
		add_rlimits(limits, pid, status);
		add_nodes(limits, snap, process, status);
		return;
	}
	limits_miss(limits, LIMIT_AS);
	limits_miss(limits, LIMIT_DATA);
	limits_miss(limits, LIMIT_MEMLOCK);
	if (snap->n_nodes != 1)
		limits_miss(limits, LIMIT_NODE);
}

void limits_of_mount(struct limits *limits, uint32_t pid, uint64_t device)
{
	struct tmpfs tmpfs;
	size_t i;

	for (i = 0; i < limits->n; i++)
		if (limits->v[i].kind == LIMIT_TMPFS && limits->v[i].id == device)
			return;
	if (!tmpfs_of_process(pid, device, &tmpfs))
		return;
	limits_add_tmpfs(limits, device, tmpfs.at, tmpfs.size, tmpfs.used);
	free(tmpfs.at);
}
