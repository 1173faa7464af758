// SPDX-License-Identifier: GPL-2.0
/* The cgroup whose limit was reached. */
#include <string.h>

#include "model/amount.h"
#include "report/figures.h"
#include "tools/oom/limited.h"

/* The rows, in their order; the last one is what the others leave of the second. */
static const struct {
	const char *name;
	const char *meaning;
	enum kill_charge at_kill;
	enum charge of_cgroup;
} charges[] = {
	{ "limit", "memory.max", KILL_LIMIT, CHARGE_LIMIT },
	{ "charged", "to it and to those below it", KILL_CHARGED, CHARGE_TOTAL },
	{ "anon", "anonymous memory", KILL_CHARGED_ANON, CHARGE_ANON },
	{ "shmem", "shared memory and tmpfs", KILL_CHARGED_SHMEM, CHARGE_SHMEM },
	{ "file", "page cache of files", KILL_CHARGED_FILE, CHARGE_FILE },
	{ "kernel", "slab, stacks, page tables, vmalloc, per-CPU", KILL_CHARGED_KERNEL,
	  CHARGE_KERNEL },
	{ "sock", "buffers of sockets", KILL_CHARGED_SOCK, CHARGE_SOCK },
	{ .name = "rest", .meaning = "hugetlb, and pages charged meanwhile" },
};

#define TOTAL	1
#define REST	(ARRAY_SIZE(charges) - 1)

/* What is charged to @path in the census @snap, of a record by cgroup. */
static struct charges charges_in(const struct snapshot *snap, const char *path)
{
	size_t i;

	for (i = 0; snap && i < snap->n_groups; i++)
		if (snap->groups[i].path && !strcmp(snap->groups[i].path, path))
			return snap->groups[i].charges;
	return (struct charges){ 0 };
}

/* What the kernel printed; its figure of files has tmpfs too. */
static struct amount at_kill(const struct kill *kill, enum kill_charge charge)
{
	return charge == KILL_CHARGED_FILE ?
	       amount_minus(kill->charges[charge], kill->charges[KILL_CHARGED_SHMEM]) :
	       kill->charges[charge];
}

void limited_report(struct report *report, const struct kill *kill,
		    const struct snapshot *before, const struct snapshot *after)
{
	struct figure_row rows[ARRAY_SIZE(charges)] = { 0 };
	const char *path = kill->limited;
	struct charges was, is;
	struct amount *rest;
	size_t i, when;

	if (!path) {
		REPORT(report, { .name = "charged", .shape = SECTION_NULL });
		return;
	}
	was = charges_in(before, path);
	is = charges_in(after, path);
	for (i = 0; i <= REST; i++) {
		rows[i].name = charges[i].name;
		rows[i].meaning = charges[i].meaning;
		rows[i].amounts[0] = amount_charge(&was, charges[i].of_cgroup);
		rows[i].amounts[1] = at_kill(kill, charges[i].at_kill);
		rows[i].amounts[2] = amount_charge(&is, charges[i].of_cgroup);
	}
	for (when = 0; when < 3; when++) {
		rest = &rows[REST].amounts[when];
		*rest = rows[TOTAL].amounts[when];
		for (i = TOTAL + 1; i < REST; i++)
			*rest = amount_minus(*rest, rows[i].amounts[when]);
		if (rest->bytes < 0)
			rest->bytes = 0;
	}
	REPORT(report,
	       { "charged", .type = &figure_rows, .rows = ROWS(rows, ARRAY_SIZE(rows)),
		 .title = report_text(report, "Cgroup %s, whose limit was reached",
				      report_name(report, path)),
		 .columns = "figure=Charged 0=Before 1=Kill 2=After ~meaning",
		 .members = "figure 0=before 1=kill 2=after" });
}
