// SPDX-License-Identifier: GPL-2.0
/* What a person must know to read the figures of a snapshot. */
#include <inttypes.h>

#include "lib/text.h"
#include "model/warnings.h"

static void put_count(FILE *out, uint64_t n, const char *what, bool *begun)
{
	if (!n)
		return;
	fprintf(out, "%s%" PRIu64 " %s", *begun ? ", " : "memcensus: ", n, what);
	*begun = true;
}

/* How many address spaces were not walked to their end, and why. */
static bool note_missing(FILE *out, const struct snapshot *snap)
{
	uint64_t of[MEMCENSUS_STATE_MAX + 1] = { 0 };
	bool begun = false;
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_STATE) &&
		    snap->tasks[i].state <= MEMCENSUS_STATE_MAX)
			of[snap->tasks[i].state]++;

	put_count(out, of[MEMCENSUS_STATE_BUSY], snap->n_groups ?
		  "busy (missing from the sums)" : "busy (shown as -)", &begun);
	put_count(out, of[MEMCENSUS_STATE_VANISHED], snap->n_groups ?
		  "vanished (missing from the sums)" : "vanished (shown as -)", &begun);
	put_count(out, of[MEMCENSUS_STATE_PARTIAL],
		  "walked in part (figures are lower bounds)", &begun);
	if (!begun)
		return false;
	if (KNOWN(&snap->scan, MEMCENSUS_SCAN_KTHREADS) && snap->scan.kthreads)
		fprintf(out, "; kernel threads have no memory of their own (%" PRIu64 ")",
			snap->scan.kthreads);
	putc('\n', out);
	return true;
}

/* Whether some figure is by a map count that the kernel only estimates. */
static bool has_estimates(const struct snapshot *snap)
{
	size_t i;

	if (!KNOWN(&snap->info, MEMCENSUS_INFO_MAPCOUNT_EXACT) ||
	    snap->info.mapcount_exact)
		return false;
	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_BASIS) &&
		    snap->tasks[i].basis == MEMCENSUS_BASIS_MAPCOUNT)
			return true;
	return false;
}

/* How many of the processes that were not walked to their end are named. */
#define PIDS_NAMED 8

/* An owner that was not counted makes the shares of all others too high. */
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
	fprintf(out, "memcensus: USS and PSS of processes that share with %" PRIu64
		" which could not be walked are upper bounds", missing);
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

/* What a census of frames says of its own count. */
static void note_frames(FILE *out, const struct snapshot *snap)
{
	const struct scan *scan = &snap->scan;
	char size[NUMBER_SIZE];

	note_upper_bounds(out, snap);
	if (KNOWN(scan, MEMCENSUS_SCAN_VIOLATIONS) && scan->violations)
		fprintf(out, "memcensus: WARNING: all shares together are %" PRIu64
			" bytes, but %" PRIu64 " are mapped: %s\n",
			scan->pss, scan->frames,
			"a bug of the module, please report it; do not trust the figures");
	if (KNOWN(scan, MEMCENSUS_SCAN_SLICES) && scan->slices > 1) {
		fprintf(out, "memcensus: owners counted in %" PRIu64
			" slices, each by a pass over all processes: %s", scan->slices,
			"for one pass raise the module's parameter max_mem");
		if (KNOWN(&snap->info, MEMCENSUS_INFO_MAX_MEM)) {
			text_size(size, snap->info.max_mem);
			fprintf(out, " (now %s)", size);
		}
		putc('\n', out);
	}
}

bool warnings_print(FILE *out, const struct snapshot *snap)
{
	bool partial = note_missing(out, snap);

	if (KNOWN(&snap->info, MEMCENSUS_INFO_ABI) &&
	    snap->info.abi < MEMCENSUS_ABI)
		fprintf(out, "memcensus: the module has ABI %" PRIu64 ", this reader %d: %s\n",
			snap->info.abi, MEMCENSUS_ABI,
			"what is missing is shown as -; load the memcensus.ko of this release");
	if (has_estimates(snap))
		fputs("memcensus: shares of large folios are estimates; see '--basis frames'\n",
		      out);
	note_frames(out, snap);
	if (snap->torn) {
		fputs("memcensus: the dump is not of one piece, says the kernel; take it again\n",
		      out);
		partial = true;
	}
	return partial;
}
