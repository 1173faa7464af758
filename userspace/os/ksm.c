// SPDX-License-Identifier: GPL-2.0
/* What KSM has merged of processes of this machine. */
#include <string.h>

#include "lib/text.h"
#include "model/amount.h"
#include "os/ksm.h"
#include "os/process.h"

bool ksm_merged(uint32_t pid, uint64_t *pages)
{
	char text[32];

	return process_read(pid, "ksm_merging_pages", text, sizeof(text)) &&
	       text_number(text, strcspn(text, "\n"), pages);
}

void ksm_add(struct snapshot *snap)
{
	struct task *task;
	uint64_t pages;

	for (task = snap->tasks; task < snap->tasks + snap->n_tasks && !snapshot_is_full(snap);
	     task++) {
		uint64_t *merged;

		if (!KNOWN(task, MEMCENSUS_TASK_PID) || !ksm_merged((uint32_t)task->pid, &pages) ||
		    !process_is_task(task))
			continue;
		merged = snapshot_alloc(snap, sizeof(*merged));
		*merged = pages * snap->info.page_size;
		task->merged = merged;
	}
}
