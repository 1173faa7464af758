// SPDX-License-Identifier: GPL-2.0
#include <unistd.h>

#include "report/figures.h"
#include "tools/oom/growth.h"
#include "tools/oom/memory.h"

static const struct {
	const char *name;
	const char *meaning;
} names[KILL_MEMORY_KINDS] = {
	[KILL_TOTAL] = { "total", "memory the kernel manages: the sum of what follows" },
	[KILL_FREE] = { "free", "unused, with that in lists of CPUs" },
	[KILL_ANON] = { "anon", "anonymous memory of processes" },
	[KILL_SHMEM] = { "shmem", "shared memory and tmpfs" },
	[KILL_FILE] = { "file", "page cache of files" },
	[KILL_LOCKED] = { "locked", "of these three, what cannot be reclaimed" },
	[KILL_SLAB] = { "slab", "objects of the kernel" },
	[KILL_STACK] = { "kernel_stack", "kernel stacks" },
	[KILL_TABLES] = { "pagetables", "page tables" },
	[KILL_HUGETLB] = { "hugetlb", "pool of huge pages, used or not" },
	[KILL_VMALLOC] = { "vmalloc", "vmalloc, without kernel stacks" },
	[KILL_PERCPU] = { "percpu", "per-CPU variables" },
	[KILL_REST] = { "rest", "drivers, and what no counter has" },
};

/* Parts of what is on LRU lists: shared memory that is locked is on that of locked memory. */
static void divide_lists(struct amount *v, struct amount lists, struct amount shmem)
{
	if (lists.known && shmem.bytes > lists.bytes)
		shmem.bytes = lists.bytes;
	v[KILL_ANON] = amount_minus(lists, shmem);
	v[KILL_SHMEM] = shmem;
}

/* What is left of the total; what is unknown is in it. */
static void set_rest(struct amount *v)
{
	unsigned int i;

	v[KILL_REST] = v[KILL_TOTAL];
	for (i = KILL_FREE; i < KILL_REST; i++)
		if (v[i].known)
			v[KILL_REST].bytes -= v[i].bytes;
	/* Counters lag. */
	if (v[KILL_REST].bytes < 0)
		v[KILL_REST].bytes = 0;
}

static void find_at_kill(const struct kill *kill, uint64_t page, struct amount *v)
{
	memcpy(v, kill->memory, sizeof(kill->memory));
	divide_lists(v, v[KILL_ANON], v[KILL_SHMEM]);
	v[KILL_SLAB].known &= kill->scope != KILL_NODES && page;
	v[KILL_SLAB].bytes *= (int64_t)page;
	set_rest(v);
}

static struct amount sum(const struct snapshot *snap, unsigned int a, unsigned int b)
{
	return amount_plus(amount_total(snap, a), amount_total(snap, b));
}

static void find_in(const struct snapshot *snap, struct amount *v)
{
	struct amount vmalloc = amount_meminfo(snap, "VmallocUsed"), pcp = { true, 0 };
	const struct amount guests = amount_total(snap, MEM_SEC_PAGETABLES);
	size_t i;

	for (i = 0; i < snap->n_zones; i++)
		pcp.bytes += (int64_t)snap->zones[i].pcp;
	v[KILL_TOTAL] = amount_total(snap, MEM_TOTAL);
	v[KILL_FREE] = amount_plus(amount_total(snap, MEM_FREE), pcp);
	divide_lists(v, sum(snap, MEM_ACTIVE_ANON, MEM_INACTIVE_ANON),
		     amount_total(snap, MEM_SHMEM));
	v[KILL_FILE] = sum(snap, MEM_ACTIVE_FILE, MEM_INACTIVE_FILE);
	v[KILL_LOCKED] = amount_total(snap, MEM_UNEVICTABLE);
	v[KILL_SLAB] = sum(snap, MEM_SLAB_RECLAIMABLE, MEM_SLAB_UNRECLAIMABLE);
	v[KILL_STACK] = amount_total(snap, MEM_KERNEL_STACK);
	v[KILL_TABLES] = amount_total(snap, MEM_PAGETABLES);
	v[KILL_TABLES].bytes += guests.known ? guests.bytes : 0;
	v[KILL_HUGETLB] = amount_meminfo(snap, "Hugetlb");
	/* Without CONFIG_VMAP_STACK they are not in it. */
	if (v[KILL_STACK].known && vmalloc.bytes >= v[KILL_STACK].bytes)
		vmalloc.bytes -= v[KILL_STACK].bytes;
	v[KILL_VMALLOC] = vmalloc;
	v[KILL_PERCPU] = amount_meminfo(snap, "Percpu");
	set_rest(v);
}

/* Some machines have none of it. */
static bool is_there(const void *unused, const void *row)
{
	const struct amount *v = ((const struct figure_row *)row)->amounts;

	(void)unused;
	return v[0].bytes | v[1].bytes | v[2].bytes;
}

void oom_memory_report(struct report *report, const struct kill *kill,
		       const struct snapshot *before, const struct snapshot *after)
{
	const struct snapshot *const snaps[] = { before, NULL, after };
	const bool nodes = kill->scope == KILL_NODES;
	struct figure_row rows[KILL_MEMORY_KINDS] = { 0 };
	struct amount v[3][KILL_MEMORY_KINDS] = { 0 };
	const uint64_t page = before && before->info.page_size ? before->info.page_size :
			      (uint64_t)sysconf(_SC_PAGESIZE);
	const char *title = "\nThe kernel did not say what memory was used for.\n", *age = "";
	size_t i, when;

	find_at_kill(kill, page, v[1]);
	for (when = 0; when < 3; when++)
		if (snaps[when] && !nodes)
			find_in(snaps[when], v[when]);
	for (i = 0; i < KILL_MEMORY_KINDS; i++) {
		rows[i].name = names[i].name;
		rows[i].meaning = names[i].meaning;
		for (when = 0; when < 3; when++)
			rows[i].amounts[when] = v[when][i];
	}
	if (!v[0][KILL_TOTAL].known && !v[1][KILL_TOTAL].known && !v[2][KILL_TOTAL].known) {
		REPORT(report, { "memory", .type = &figure_rows, .rows = ROWS(rows, 0) },
		       { .note = title });
		return;
	}
	if (after && !nodes)
		age = report_text(report, ", and %s after it",
				  growth_age(report, -kill_after(kill, &after->scan)));
	title = nodes ? report_text(report, "Memory of nodes %s at the kill", kill->nodes ?: "-") :
		report_text(report, "Memory %sat the kill%s", before ? "before, " : "", age);
	REPORT(report,
	       { "memory", .title = title, .type = &figure_rows,
		 .rows = ROWS(rows, KILL_MEMORY_KINDS), .filter = is_there,
		 .columns = nodes || (!before && !after) ? "figure=Memory 1=Kill ~meaning" :
			    "figure=Memory 0=Before 1=Kill ?change 2=After ?next=Change ~meaning",
		 .members = "figure 0=before 1=kill 2=after" });
}
