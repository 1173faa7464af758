// SPDX-License-Identifier: GPL-2.0
/* The swap devices, and what the swap in use is of. */
#include <stdlib.h>

#include "lib/memory.h"
#include "model/amount.h"
#include "os/proc-texts.h"
#include "os/swaps.h"
#include "report/figures.h"
#include "tools/system/swaps.h"

DERIVED(swap_name, swap_area, text, row->name, true)
DERIVED(swap_kind, swap_area, text, row->zram ? "zram" : row->kind, true)
DERIVED(swap_size, swap_area, number, row->size, true)
DERIVED(swap_in_use, swap_area, number, row->used, true)
DERIVED(swap_priority, swap_area, sign, row->priority, true)
DERIVED(swap_memory, swap_area, number, row->memory, row->zram)
DERIVED(swap_ratio, swap_area, ratio, (double)row->stored / (double)row->memory,
	row->zram && row->memory)
DERIVED(swap_incompressible, swap_area, number, row->incompressible, row->zram)

static const struct column swap_columns[] = {
	{ "device", "Device", "file or device", .kind = KIND_TEXT, .derive = swap_name },
	{ "kind", "Kind", "partition, file, or zram, which is in memory, compressed",
	  .kind = KIND_TEXT, .derive = swap_kind },
	{ "size", "Size", "all of it", .kind = KIND_BYTES, .derive = swap_size },
	{ "used", "Used", "in use", .kind = KIND_BYTES, .derive = swap_in_use },
	{ "priority", "Priority", "the highest is used first", .kind = KIND_ID, .sign = true,
	  .derive = swap_priority },
	{ "memory", "Memory", "of zram: memory that it takes", .kind = KIND_BYTES,
	  .derive = swap_memory },
	{ "ratio", "Ratio", "of zram: what was written to it, in units of that memory",
	  .kind = KIND_REAL, .derive = swap_ratio },
	{ "incompressible", "Incompr", "of zram: pages that it stores as they are",
	  .kind = KIND_BYTES, .derive = swap_incompressible },
};

const struct row_type swap_rows = ROWS_OF("swap device", swap_columns);

void swaps_report(struct report *report)
{
	const char *text = proc_texts_find(report->view.snap, PROC_TEXTS_SWAPS);
	const bool known = text, zram = swaps_in_zram(text).devices;
	static const char with_zram[] =
		"device kind size used priority memory ratio incompressible";
	struct swap_area *areas = NULL, area;
	size_t n = 0, i;

	while (swaps_next(&text, &area)) {
		areas = array_grow(areas, n, sizeof(*areas));
		areas[n++] = area;
	}
	if (n || (known && report->options->json))
		REPORT(report,
		       { "swaps", .title = "Swap devices, read right after the census",
			 .type = &swap_rows, .rows = ROWS(areas, n),
			 .columns = zram ? with_zram : "device kind size used priority" });
	for (i = 0; i < n; i++)
		free(areas[i].name);
	free(areas);
}

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
	const struct amount cached = amount_total(snap, MEM_SWAP_CACHED);
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
