// SPDX-License-Identifier: GPL-2.0
/* What the swap in use is of. */
#include "model/amount.h"
#include "report/figures.h"
#include "tools/system/swaps.h"

/* Whether each process was walked to its end. */
static bool all_walked(const struct snapshot *snap)
{
	const struct task *task;

	for (task = snap->tasks; task < snap->tasks + snap->n_tasks; task++)
		if (KNOWN(task, MEMCENSUS_TASK_STATE) &&
		    (task->state == MEMCENSUS_STATE_BUSY || task->state == MEMCENSUS_STATE_PARTIAL))
			return false;
	return true;
}

struct amount swaps_of_none(const struct snapshot *snap)
{
	struct amount rest = amount_minus(amount_swap_used(snap),
					  amount_tasks(snap, MEMCENSUS_F_SWAP_PSS));

	/* Without all processes nothing is known of the others. */
	rest.known &= all_walked(snap);
	/* It was counted before the totals were read. */
	if (rest.bytes < 0)
		rest.bytes = 0;
	return rest;
}

void swaps_report_use(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const struct amount used = amount_swap_used(snap);
	const struct amount none = swaps_of_none(snap);
	const struct amount cached = amount_total(snap, MEMCENSUS_S_SWAP_CACHED);
	struct figure_row rows[] = {
		{ .name = "processes", .meaning = "swapped pages of processes: all SwapPSS",
		  .amounts = { amount_minus(used, none) } },
		{ .name = "others",
		  .meaning = "of no process: tmpfs, shared memory, and pages in memory again",
		  .amounts = { none } },
		{ .name = "also_cached", .meaning = "of both, in memory too (SwapCached)",
		  .amounts = { cached } },
	};

	if (!none.known || (!used.bytes && !report->options->json))
		return;
	REPORT(report,
	       { "swap_use", SECTION_KEYED, .title = "Swap in use", .type = &figure_rows,
		 .rows = ROWS(rows, ARRAY_SIZE(rows)), .columns = "figure=Swap 0=Amount ~meaning",
		 .members = "figure 0" });
}
