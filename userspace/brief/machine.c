// SPDX-License-Identifier: GPL-2.0
/* What stands out in files of /proc and /sys that are about the machine as a whole. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brief/facts.h"
#include "brief/machine.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/amount.h"
#include "os/ksm.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "os/swaps.h"
#include "os/sysfs.h"

/* Processes that are asked what of them is merged. */
#define MERGED_MOST	200

static void add_pressure(struct brief *brief)
{
	uint64_t some, full;
	char text[256];

	if (!procfs_read_into("pressure/memory", text, sizeof(text)) ||
	    !facts_pressure(text, "some", &some) || !facts_pressure(text, "full", &full)) {
		brief_look_failed(brief, BRIEF_LOOK_PRESSURE, xstrdup("the kernel has none (PSI)"));
		return;
	}
	brief_add(brief, &(struct brief_fact){ .rule = BRIEF_STALLED, .amount = full });
	brief_add(brief, &(struct brief_fact){ .rule = BRIEF_WAITING, .amount = some });
	brief_look(brief, BRIEF_LOOK_PRESSURE, NULL, NULL);
}

static void add_zram(struct brief *brief, const struct snapshot *snap)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_SWAPS);
	const struct zram_use use = swaps_in_zram(text);
	char swap[NUMBER_SIZE];

	if (!text) {
		brief_look_failed(brief, BRIEF_LOOK_ZRAM, xstrdup("/proc/swaps cannot be read"));
		return;
	}
	text_size(swap, (double)use.stored);
	if (use.devices)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_INCOMPRESSIBLE, .amount = use.incompressible,
			.what = xasprintf("swap in zram that does not compress, of %s", swap) });
	brief_look(brief, BRIEF_LOOK_ZRAM, NULL, NULL);
}

/* Who has merged pages, of the largest processes. */
static char *merged_processes(const struct snapshot *snap, struct brief_ask *ask)
{
	const struct task **v = facts_largest(snap), *first = NULL;
	uint64_t number, most = 0, n = 0;
	char *who;
	size_t i;

	for (i = 0; i < snap->n_tasks && (ask->all || i < MERGED_MOST) && facts_take(ask, 1);
	     i++) {
		if (!ksm_merged((uint32_t)v[i]->pid, &number) || !number)
			continue;
		n++;
		if (number > most) {
			most = number;
			first = v[i];
		}
	}
	who = first ? fact_process(first) : NULL;
	if (who && n > 1) {
		char *all = xasprintf("%s, and %" PRIu64 " more", who, n - 1);

		free(who);
		who = all;
	}
	free(v);
	return who;
}

static void add_merged(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask)
{
	struct brief_fact fact = { .rule = BRIEF_MERGED };
	uint64_t pages;

	/* A kernel without KSM has none. */
	if (sysfs_number("kernel/mm/ksm/pages_sharing", &pages)) {
		fact.amount = pages * page_size_of(snap);
		if (brief_stands_out(&fact, brief->memory))
			fact.who = merged_processes(snap, ask);
		brief_add(brief, &fact);
	}
	brief_look(brief, BRIEF_LOOK_KSM, NULL, NULL);
}

static void add_dentries(struct brief *brief, const struct snapshot *snap)
{
	uint64_t negative, bytes;

	if (!negative_dentries(snap, &negative, &bytes)) {
		brief_look_failed(brief, BRIEF_LOOK_DENTRIES,
				  xstrdup("their size cannot be read: run as root"));
		return;
	}
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_DENTRIES, .amount = bytes,
		.what = xasprintf("%" PRIu64 " negative dentries: can be reclaimed", negative) });
	brief_look(brief, BRIEF_LOOK_DENTRIES, NULL, NULL);
}

/* A line of /proc/sysvipc/shm. */
static void add_segment(struct brief *brief, const char *line)
{
	uint64_t id, creator, attached, detached, created, rss, swap;

	if (sscanf(line, "%*d %" SCNu64 " %*o %*u %" SCNu64 " %*u %" SCNu64
		   " %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &id,
		   &creator, &attached, &detached, &created, &rss, &swap) != 7 || attached)
		return;
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_SEGMENT, .amount = rss + swap,
		.since = (detached ?: created) * 1000000000,
		.who = xasprintf("shmid %" PRIu64 ", made by PID %" PRIu64, id, creator) });
}

static void add_segments(struct brief *brief)
{
	struct failure ignored;
	char line[512];
	FILE *in = procfs_open("sysvipc/shm", &ignored);

	if (in) {
		while (fgets(line, sizeof(line), in))
			add_segment(brief, line);
		fclose(in);
	}
	/* A kernel without System V IPC has none. */
	brief_look(brief, BRIEF_LOOK_SEGMENTS, NULL, NULL);
}

void facts_of_machine(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask)
{
	add_pressure(brief);
	add_zram(brief, snap);
	add_merged(brief, snap, ask);
	add_dentries(brief, snap);
	add_segments(brief);
}
