// SPDX-License-Identifier: GPL-2.0
/* Warnings about the figures of a snapshot. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/cgroups.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "report/warnings.h"

static void put_count(FILE *out, uint64_t n, const char *what, bool *begun)
{
	if (!n)
		return;
	fprintf(out, "%s%" PRIu64 " %s", *begun ? ", " : "memcensus: ", n, what);
	*begun = true;
}

/* At most this many PIDs are named in a warning. */
#define PIDS_NAMED 8

/* Names those of the @n @tasks that are @such, behind @what; returns whether there is one. */
static bool note_pids(FILE *out, const char *what, const struct task *tasks, size_t n,
		      bool (*such)(const struct task *task))
{
	size_t i, named = 0;

	for (i = 0; i < n; i++) {
		if (!such(&tasks[i]) || named++ >= PIDS_NAMED)
			continue;
		fprintf(out, "%s %" PRIu64, named == 1 ? what : ",", tasks[i].pid);
	}
	if (named)
		fputs(named > PIDS_NAMED ? " ...\n" : "\n", out);
	return named;
}

/* Begins a line with how many were not fully walked, by state.  @summed: rows are sums. */
static bool put_missing(FILE *out, const uint64_t *of, bool summed)
{
	bool begun = false;

	put_count(out, of[MEMCENSUS_STATE_BUSY], summed ?
		  "busy (missing from the sums)" : "busy (shown as -)", &begun);
	put_count(out, of[MEMCENSUS_STATE_VANISHED], summed ?
		  "vanished (missing from the sums)" : "vanished (shown as -)", &begun);
	put_count(out, of[MEMCENSUS_STATE_PARTIAL],
		  "partial (figures are lower bounds)", &begun);
	return begun;
}

/* Prints how many address spaces were not fully walked, and why.  @summed: rows are sums. */
static bool note_missing(FILE *out, const struct snapshot *snap, bool summed)
{
	const bool absent = note_pids(out, "memcensus: no such process: PID", snap->tasks,
				      snap->n_tasks, task_is_absent);
	uint64_t of[MEMCENSUS_STATE_MAX + 1] = { 0 };
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_STATE) &&
		    snap->tasks[i].state <= MEMCENSUS_STATE_MAX &&
		    !task_is_absent(&snap->tasks[i]))
			of[snap->tasks[i].state]++;

	if (!put_missing(out, of, summed))
		return absent;
	if (KNOWN(&snap->scan, MEMCENSUS_SCAN_KTHREADS) && snap->scan.kthreads)
		fprintf(out, "; %" PRIu64 " kernel threads have no address space",
			snap->scan.kthreads);
	putc('\n', out);
	return true;
}

/* An owner that is not counted makes the shares of all others too high. */
static void note_upper_bounds(FILE *out, const struct snapshot *snap)
{
	const struct scan *scan = &snap->scan;
	uint64_t missing = 0;
	unsigned int named = 0;
	size_t i;

	if (KNOWN(scan, MEMCENSUS_SCAN_BUSY))
		missing += scan->busy;
	if (KNOWN(scan, MEMCENSUS_SCAN_PARTIAL))
		missing += scan->partial;
	if (!missing || !KNOWN(scan, MEMCENSUS_SCAN_FRAMES))
		return;
	fprintf(out, "memcensus: USS and PSS are upper bounds for processes that share pages with %"
		PRIu64 " busy or partial ones", missing);
	for (i = 0; i < snap->n_tasks && named < PIDS_NAMED; i++) {
		const struct task *task = &snap->tasks[i];

		if (!KNOWN(task, MEMCENSUS_TASK_STATE) ||
		    (task->state != MEMCENSUS_STATE_BUSY &&
		     task->state != MEMCENSUS_STATE_PARTIAL))
			continue;
		fprintf(out, "%s %" PRIu64, named ? "" : ": PID", task->pid);
		named++;
	}
	if (named && named < missing)
		fputs(" ...", out);
	putc('\n', out);
}

/* What the module does not trust. */
static void note_rule(FILE *out, const struct snapshot *snap)
{
	const struct info *info = &snap->info;
	const bool on = KNOWN(info, MEMCENSUS_INFO_RULE) && info->rule == MEMCENSUS_RULE_ON;

	if ((KNOWN(info, MEMCENSUS_INFO_RULE) && info->rule == MEMCENSUS_RULE_BROKEN) ||
	    (KNOWN(&snap->scan, MEMCENSUS_SCAN_VIOLATIONS) && snap->scan.violations & 2))
		fprintf(out, "memcensus: WARNING: a page was not exclusive %s: %s; %s\n",
			"that the kernel maps as one", "the owners of all pages are counted now",
			"report it, with the kernel's log");
	if (KNOWN(info, MEMCENSUS_INFO_KERNEL_TESTED) && !info->kernel_tested)
		fprintf(out, "memcensus: this kernel is unknown, newer than those that %s: %s\n",
			"the module was tested on", on ? "the parameter rule=on trusts it" :
			     "the owners of all pages are counted, which takes longer");
}

static void note_sum(FILE *out, const struct scan *scan)
{
	if (KNOWN(scan, MEMCENSUS_SCAN_VIOLATIONS) && scan->violations & 1)
		fprintf(out, "memcensus: WARNING: the sum of PSS is %" PRIu64
			" bytes, the mapped frames are %" PRIu64 ": %s\n",
			scan->pss, scan->frames,
			"a bug in the module: report it, and do not trust the figures");
}

/* Warnings that only a count of owners gives. */
static void note_frames(FILE *out, const struct snapshot *snap)
{
	const struct scan *scan = &snap->scan;
	char size[NUMBER_SIZE];

	note_upper_bounds(out, snap);
	note_rule(out, snap);
	note_sum(out, scan);
	if (KNOWN(scan, MEMCENSUS_SCAN_SLICES) && scan->slices > 1) {
		fprintf(out, "memcensus: owners counted in %" PRIu64
			" slices, with one pass over all processes for each: %s", scan->slices,
			"raise the module parameter max_mem for a single pass");
		if (KNOWN(&snap->info, MEMCENSUS_INFO_MAX_MEM)) {
			text_size(size, snap->info.max_mem);
			fprintf(out, " (now %s)", size);
		}
		putc('\n', out);
	}
}

/*
 * The last ABI that has added anything to the answers of the requests that all
 * commands make.  ABI 2 has added a request: a module without it refuses it.
 */
#define SNAPSHOT_ABI 1

static bool note_torn(FILE *out, const struct snapshot *snap)
{
	if (snap->torn)
		fprintf(out, "memcensus: the dump is inconsistent (NLM_F_DUMP_INTR): %s\n",
			"run the command again");
	return snap->torn;
}

bool warnings_of_system(FILE *out, const struct snapshot *snap)
{
	if (KNOWN(&snap->info, MEMCENSUS_INFO_ABI) &&
	    snap->info.abi < SNAPSHOT_ABI)
		fprintf(out, "memcensus: the module has ABI %" PRIu64 ", this reader ABI %d: %s\n",
			snap->info.abi, MEMCENSUS_ABI,
			"unavailable values are shown as -; load the memcensus.ko of this release");
	if (snap->naming == name_live && procfs_covered())
		fprintf(out, "memcensus: something is mounted on %s of /proc, as lxcfs does: %s\n",
			procfs_covered(), "figures of them are the kernel's own, or unknown");
	return note_torn(out, snap);
}

/* What is unknown is 0. */
static uint64_t if_more(uint64_t now, uint64_t before)
{
	return now > before ? now : 0;
}

bool warnings_of_groups(FILE *out, const struct snapshot *snap, const struct snapshot *first)
{
	const struct scan *scan = &snap->scan, *before = &first->scan;
	const uint64_t of[MEMCENSUS_STATE_MAX + 1] = {
		[MEMCENSUS_STATE_BUSY] = if_more(scan->busy, before->busy),
		[MEMCENSUS_STATE_VANISHED] = if_more(scan->vanished, before->vanished),
		[MEMCENSUS_STATE_PARTIAL] = if_more(scan->partial, before->partial),
	};
	const bool missing = put_missing(out, of, true);

	if (missing)
		putc('\n', out);
	note_sum(out, scan);
	return note_torn(out, snap) || missing;
}

/* A tree that contains no other has one process, or those that are too deep for their own. */
static void note_depth(FILE *out, const struct snapshot *snap)
{
	uint64_t deeper = 0;
	size_t i;

	for (i = 0; i < snap->n_groups; i++) {
		const struct group *group = &snap->groups[i], *next = group + 1;
		const bool contains = i + 1 < snap->n_groups &&
				      KNOWN(next, MEMCENSUS_GROUP_PARENT) &&
				      next->parent == group->id;

		if (KNOWN(group, MEMCENSUS_GROUP_PID) && !contains && group->mms > 1)
			deeper += group->mms - 1;
	}
	if (deeper)
		fprintf(out, "memcensus: %" PRIu64 " process%s too deep for a row, and %s\n",
			deeper, deeper == 1 ? " is" : "es are",
			"in that of the lowest one above");
}

/* vm.max_map_count, when @snap was taken; 0: unknown. */
static uint64_t mappings_allowed(const struct snapshot *snap)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_VM);
	struct failure ignored;
	uint64_t most = 0;
	char *now = !text && snap->naming == name_live ?
		    procfs_read("sys/vm/max_map_count", NULL, &ignored) : NULL;

	text = text ? text_value(text, PROC_TEXTS_LIMIT) : now;
	if (text)
		sscanf(text, "%" SCNu64, &most);
	free(now);
	return most;
}

static int most_mappings_first(const void *a, const void *b)
{
	const struct task *x = *(const struct task *const *)a;
	const struct task *y = *(const struct task *const *)b;

	return COMPARE(y->mappings, x->mappings) ?: COMPARE(x->pid, y->pid);
}

/* Beyond the limit mmap(), and munmap() of a part, fail, which looks like a lack of memory. */
static void note_mappings(FILE *out, const struct snapshot *snap)
{
	const struct task **v = xcalloc(snap->n_tasks + 1, sizeof(*v)), *task;
	uint64_t most = 0;
	size_t i, n = 0;

	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		if (!KNOWN(task, MEMCENSUS_TASK_MAPPINGS))
			continue;
		if (!most)
			most = mappings_allowed(snap);
		if (!most)
			break;
		if (task->mappings >= most - most / 10)
			v[n++] = task;
	}
	qsort(v, n, sizeof(*v), most_mappings_first);
	for (i = 0; i < n && i < PIDS_NAMED; i++)
		fprintf(out, "memcensus: PID %" PRIu64 ": %" PRIu64 " mappings of the %" PRIu64
			" of vm.max_map_count, then mmap() fails\n",
			v[i]->pid, v[i]->mappings, most);
	if (n > PIDS_NAMED)
		fprintf(out, "memcensus: and %zu more with nine tenths of vm.max_map_count\n",
			n - PIDS_NAMED);
	free(v);
}

void warnings_of_cgroups(FILE *out, const struct snapshot *snap)
{
	const bool some = snap->n_frame_cgroups ||
			  (snap->n_groups && KNOWN(&snap->groups[0], MEMCENSUS_GROUP_CGROUP));
	const bool live = some && snap->naming == name_live;
	const char *lack = live ? cgroups_lack() : NULL;

	if (lack)
		fprintf(out, "memcensus: %s\n", lack);
	if (live && cgroups_uncharged())
		fprintf(out, "memcensus: what cgroups are charged is unknown: %s\n",
			"the memory controller is off (cgroup_disable=memory), or in a hierarchy of version 1");
}

static bool print(FILE *out, const struct snapshot *snap, bool summed)
{
	bool partial = note_missing(out, snap, summed);

	/* --cgroup has dropped them, and may not have. */
	partial |= note_pids(out, "memcensus: left out, because the cgroup is unknown: PID",
			     snap->outside, snap->n_outside, task_is_unplaced);
	note_frames(out, snap);
	/* Tables of processes say it, and not each command. */
	if (!summed)
		note_mappings(out, snap);
	note_depth(out, snap);
	warnings_of_cgroups(out, snap);
	return warnings_of_system(out, snap) || partial;
}

bool warnings_print(FILE *out, const struct snapshot *snap)
{
	return print(out, snap, snap->n_groups || snap->n_mappings);
}

bool warnings_of_tasks(FILE *out, const struct snapshot *snap)
{
	return print(out, snap, false);
}

bool warnings_of_sums(FILE *out, const struct snapshot *snap)
{
	return print(out, snap, true);
}
