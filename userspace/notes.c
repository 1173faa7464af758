// SPDX-License-Identifier: GPL-2.0
/* What a person must know to read the figures of a snapshot. */
#include <inttypes.h>

#include "notes.h"
#include "text.h"

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

/* What a census of frames says of its own count. */
static void note_frames(FILE *out, const struct snapshot *snap)
{
	const struct scan *scan = &snap->scan;
	char size[NUMBER_SIZE];

	if (KNOWN(scan, MEMCENSUS_SCAN_VIOLATIONS) && scan->violations)
		fprintf(out, "memcensus: WARNING: all shares together are %" PRIu64
			" bytes, but %" PRIu64 " are mapped: %s\n",
			scan->pss, scan->frames,
			"a bug of the module, please report it; do not trust the figures");
	if (KNOWN(scan, MEMCENSUS_SCAN_UNMARKED) && scan->unmarked) {
		text_size(size, scan->unmarked);
		fprintf(out, "memcensus: %s counted by map count for want of memory: %s",
			size, "raise the module's parameter max_mem");
		if (KNOWN(&snap->info, MEMCENSUS_INFO_MAX_MEM)) {
			text_size(size, snap->info.max_mem);
			fprintf(out, " (now %s)", size);
		}
		putc('\n', out);
	}
}

bool notes_print(FILE *out, const struct snapshot *snap)
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
