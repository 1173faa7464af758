// SPDX-License-Identifier: GPL-2.0
/* What comes back and what stays if the processes of a group end. */
#include <stdlib.h>

#include "lib/memory.h"
#include "model/breakdown.h"
#include "os/charges.h"
#include "os/kernel-stack.h"
#include "stopped/sums.h"

void sums_begin(struct sums *sums, size_t n, uint64_t page_size)
{
	enum memory_kind kind;
	size_t i;

	sums->n = n;
	sums->v = xcalloc(n, sizeof(*sums->v));
	sums->parents = xcalloc(n, sizeof(*sums->parents));
	sums->holders.parents = sums->parents;
	sums->page_size = page_size;
	for (i = 0; i < n; i++) {
		sums->parents[i] = GROUP_NONE;
		for (kind = 0; kind < MEMORY_KINDS; kind++)
			sums->v[i].v[kind].known =
				memory_kinds[kind].source == MEMORY_OF_PROCESSES ||
				memory_kinds[kind].source == MEMORY_OF_FILES;
	}
}

void sums_free(struct sums *sums)
{
	holders_free(&sums->holders);
	free(sums->parents);
	free(sums->v);
}

void stopped_begin_charges(struct stopped *sum)
{
	sum->v[MEMORY_KERNEL].known = true;
	sum->v[MEMORY_RECLAIM].known = true;
}

/*
 * Inodes and dentries are there for descriptors, or as a cache that stays.  Page tables and stacks
 * of processes are in the census, but not page tables of guests, which some kernels do not count.
 */
void stopped_add_charges(struct stopped *sum, const char *path)
{
	const struct charges charges = charges_of_path(path, "memory.stat");
	const struct amount reclaim = amount_charge(&charges, CHARGE_RECLAIMABLE);
	struct amount kernel = amount_plus(amount_charge(&charges, CHARGE_KERNEL),
					   amount_charge(&charges, CHARGE_SOCK));

	kernel = amount_minus(kernel, reclaim);
	kernel = amount_minus(kernel, amount_charge(&charges, CHARGE_PAGETABLES));
	kernel.bytes += (int64_t)charges.v[CHARGE_SEC_PAGETABLES];
	kernel = amount_minus(kernel, amount_charge(&charges, CHARGE_STACKS));
	stopped_add(sum, MEMORY_KERNEL, kernel);
	stopped_add(sum, MEMORY_RECLAIM, reclaim);
}

bool sums_are_unsure(const struct sums *sums, size_t group)
{
	return sums->in_flight > sums->v[group].in_flight || sums->unread > sums->v[group].unread;
}

/* What is left of @all without @part, of which another count may have more. */
static struct amount rest_without(struct amount all, uint64_t part)
{
	all.bytes -= all.bytes < (int64_t)part ? all.bytes : (int64_t)part;
	return all;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What the processes of @sum map of @file: each share is rounded down to bytes. */
static uint64_t mapped_of(const struct sums *sums, const struct stopped *sum,
			  const struct stopped_file *file)
{
	return file->read ? least(whole_pages(sum->share, sums->page_size), file->file.memory) : 0;
}

/* Of a file that cannot be opened, what is mapped is known, and no more. */
static void read_mapped(const struct sums *sums, struct stopped_file *file,
			const struct hold *holds, size_t n)
{
	uint64_t share = 0;

	if (!file->read || !file->file.no_open)
		return;
	while (n--)
		share += holds[n].share;
	file->file.memory = whole_pages(share, sums->page_size);
	file->file.known = true;
}

/* As what the memory of a file that dies comes back, and as what its mapped pages were counted. */
static const struct home_kinds {
	enum memory_kind dies;
	enum memory_kind mapped;
} home_kinds[] = {
	[FILE_ON_DISK] = { MEMORY_DELETED, MEMORY_CACHED },
	[FILE_IN_SHMEM] = { MEMORY_SHMEM, MEMORY_KEPT_SHMEM },
	[FILE_IN_HUGETLB] = { MEMORY_HUGETLB, MEMORY_HUGETLB },
};

/* Whether MEMORY_KERNEL of @sum has what @file has. */
static bool is_charged(const struct stopped *sum, const struct stopped_file *file)
{
	return file->file.home == FILE_IN_KERNEL && open_kinds[file->kind].charged &&
	       sum->v[MEMORY_KERNEL].known;
}

/*
 * Adds what of @file no process maps; the rest is in MEMORY_DEVICE.  What a cgroup is charged for
 * is in its MEMORY_KERNEL.
 */
static void add_dying_object(struct stopped *sum, const struct stopped_file *file,
			     uint64_t mapped)
{
	const uint64_t memory = file->file.memory;

	if (open_kinds[file->kind].one_inode)
		sum->anon_dying += memory;
	if (is_charged(sum, file))
		sum->v[MEMORY_KERNEL] = rest_without(sum->v[MEMORY_KERNEL], mapped);
	else
		stopped_add(sum, MEMORY_BUFFERS,
			    amount_of(file->file.known, memory - least(mapped, memory)));
	stopped_add(sum, MEMORY_BUFFERS, amount_of(true, file->unmapped));
	stopped_add(sum, MEMORY_AT_MOST, amount_of(true, file->pinned));
}

/* Adds @file to what dies with @sum, and subtracts its mapped pages from where they were. */
static void add_dying(struct stopped *sum, const struct stopped_file *file, uint64_t mapped,
		      uint64_t page)
{
	const struct home_kinds *kinds = &home_kinds[file->file.home];
	const uint64_t memory = file->file.memory;

	if (file->file.home == FILE_IN_KERNEL) {
		add_dying_object(sum, file, mapped);
		return;
	}
	sum->v[kinds->mapped] = rest_without(sum->v[kinds->mapped], mapped);
	stopped_add(sum, kinds->dies, amount_of(file->file.known, memory));
	stopped_add(sum, MEMORY_SWAP, amount_of(true, file->file.swap));
	if (file->file.no_open && file->file.size > memory)
		stopped_add(sum, MEMORY_AT_MOST,
			    amount_of(true, whole_pages(file->file.size, page) - memory));
}

/*
 * What others have of the kernel's memory stays.  It is in MEMORY_KERNEL if this cgroup is charged
 * for it, which is not known: there it may come back or not.
 */
static void add_kept_object(struct stopped *sum, const struct stopped_file *file, uint64_t mapped)
{
	const struct amount memory = amount_of(file->file.known, file->file.memory);

	sum->v[MEMORY_DEVICE] = rest_without(sum->v[MEMORY_DEVICE], mapped);
	stopped_add(sum, MEMORY_KEPT_BUFFERS, memory);
	if (is_charged(sum, file))
		sum->v[MEMORY_KERNEL] = rest_without(sum->v[MEMORY_KERNEL], file->file.memory);
	if (file->outcome == OUTCOME_UNKNOWN)
		stopped_add(sum, MEMORY_AT_MOST, memory);
}

static void add_kept(struct stopped *sum, const struct stopped_file *file, uint64_t mapped)
{
	if (file->file.home == FILE_IN_KERNEL)
		add_kept_object(sum, file, mapped);
	if (file->file.home == FILE_IN_KERNEL || file->is_system)
		return;
	if (file->outcome == OUTCOME_UNKNOWN)
		stopped_add(sum, MEMORY_AT_MOST, amount_of(true, file->file.memory));
	if (file->read && file->file.home == FILE_ON_DISK)
		return;
	if (file->file.home == FILE_IN_HUGETLB)
		stopped_add(sum, MEMORY_KEPT_HUGETLB,
			    amount_of(true, file->outcome == OUTCOME_HELD ? sum->huge : mapped));
	if (sum->kept && sum->kept->file.memory >= file->file.memory)
		return;
	sum->kept = file;
	sum->why = file->outcome;
	sum->holder = file->holder;
}

/* A process outside of @group that holds the file of @holds; 0: there is none. */
static uint32_t holder_of(const struct sums *sums, size_t group, const struct hold *holds,
			  size_t n)
{
	while (n--)
		if (!holders_contain(&sums->holders, group, holds[n].group))
			return holds[n].pid;
	return 0;
}

/* Adds @file of the @n @holds to @group. */
static void add_to_group(struct sums *sums, size_t group, struct stopped_file *file,
			 const struct hold *holds, size_t n)
{
	struct stopped *sum = &sums->v[group];
	const uint64_t mapped = mapped_of(sums, sum, file);

	file->outcome = holders_outcome(&sums->holders, file, group, sums_are_unsure(sums, group));
	file->holder = holder_of(sums, group, holds, n);
	if (file->outcome == OUTCOME_DIES)
		add_dying(sum, file, mapped, sums->page_size);
	else
		add_kept(sum, file, mapped);
	file->unknown |= file->outcome == OUTCOME_UNKNOWN;
	sum->share = 0;
	sum->huge = 0;
	sum->asked = false;
}

/* The file of the @n @holds, for the groups that hold it and for those that contain them. */
static void add_file(struct sums *sums, struct hold *holds, size_t n)
{
	struct stopped_file *file = &sums->holders.files[holds->file];
	size_t i, g;

	read_mapped(sums, file, holds, n);
	for (i = 0; i < n; i++) {
		for (g = holds[i].group; g != GROUP_NONE; g = sums->parents[g]) {
			sums->v[g].share += holds[i].share;
			sums->v[g].huge += holds[i].huge;
			sums->v[g].asked = true;
		}
	}
	for (i = 0; i < n; i++)
		for (g = holds[i].group; g != GROUP_NONE && sums->v[g].asked; g = sums->parents[g])
			add_to_group(sums, g, file, holds, n);
}

static void add_files(struct sums *sums)
{
	struct holders *holders = &sums->holders;
	size_t i, n;

	holders_sort(holders);
	for (i = 0; i < holders->n_holds; i += n) {
		for (n = 1; i + n < holders->n_holds; n++)
			if (holders->holds[i + n].file != holders->holds[i].file)
				break;
		add_file(sums, &holders->holds[i], n);
	}
}

/* Takes what the census knows of a group; its processes are counted.  @stack: of a thread */
static void take_figures(const struct sums *sums, struct stopped *sum, const struct figures *f,
			 struct amount stack)
{
	const struct amount threads = sum->v[MEMORY_THREADS];
	enum memory_kind kind;

	for (kind = 0; kind < MEMORY_KINDS; kind++) {
		if (memory_kinds[kind].source == MEMORY_OF_CENSUS)
			sum->v[kind] = memory_of_kind(f, kind);
		else if (memory_kinds[kind].source == MEMORY_OF_PROCESSES &&
			 kind != MEMORY_THREADS)
			sum->v[kind].known &= !sum->unread;
	}
	/* The figure leaves out the page at the top. */
	sum->v[MEMORY_PAGETABLES].bytes += (int64_t)(sum->mms * sums->page_size);
	sum->v[MEMORY_STACKS] = (struct amount){
		stack.known && threads.known, stack.bytes * threads.bytes };
}

/* What of @own may be in the swap cache, of which only the total is known. */
static struct amount in_both(const struct snapshot *snap, struct amount own)
{
	const struct amount all = amount_total(snap, MEM_SWAP_CACHED);

	return own.known && own.bytes < all.bytes ? own : all;
}

/*
 * Parts of huge pages that are not mapped any more, of which only the total is known: they are
 * there as long as another part is mapped, of a huge page that one table of pages maps.
 */
static struct amount parts_of(const struct sums *sums, struct amount anon, struct amount all)
{
	const int64_t parts = (int64_t)(sums->page_size / sizeof(uint64_t)) - 1;

	return anon.known && anon.bytes < all.bytes / parts ?
	       amount_of(all.known, (uint64_t)(anon.bytes * parts)) : all;
}

/* What not each group and not each module knows, and another row has, or none. */
static bool may_be_missing(enum memory_kind kind)
{
	return memory_kinds[kind].source == MEMORY_OF_CGROUP || kind == MEMORY_DEVICE;
}

void stopped_map_object(struct stopped *sum, const struct vma *vma)
{
	const enum open_kind kind = KNOWN(vma, MEMCENSUS_VMA_NAME) ? open_kind_of(vma->name) :
				    OPEN_OTHER;
	const uint64_t mapped = KNOWN(&vma->figures, MEMCENSUS_F_PSS_DEVICE) ?
				vma->figures.v[MEMCENSUS_F_PSS_DEVICE] : 0;

	/* The buffer of an event is there while it is mapped, touched or not. */
	if (kind == OPEN_PERF && vma->end - vma->start > mapped)
		sum->perf += vma->end - vma->start - mapped;
	else if (open_kinds[kind].one_inode)
		sum->anon_mapped += mapped;
}

/* Adds up what comes back, after the files. */
static void sum_up(const struct sums *sums, const struct snapshot *snap, struct amount parts,
		   struct stopped *sum)
{
	struct amount *v = sum->v;
	enum memory_kind kind;

	v[MEMORY_KEPT_HUGETLB].bytes = (int64_t)least((uint64_t)v[MEMORY_KEPT_HUGETLB].bytes,
						      (uint64_t)v[MEMORY_HUGETLB].bytes);
	v[MEMORY_HUGETLB] = amount_minus(v[MEMORY_HUGETLB], v[MEMORY_KEPT_HUGETLB]);
	stopped_add(sum, MEMORY_BUFFERS, amount_of(true, sum->perf));
	if (sum->in_flight)
		stopped_add(sum, MEMORY_AT_MOST, amount_of(true, sums->hidden));
	/* Which of them are mapped is not known. */
	kind = v[MEMORY_KERNEL].known ? MEMORY_KERNEL : MEMORY_BUFFERS;
	v[kind] = rest_without(v[kind], least(sum->anon_mapped, sum->anon_dying));
	v[MEMORY_IN_BOTH] = in_both(snap, amount_plus(amount_plus(v[MEMORY_ANON], v[MEMORY_SHMEM]),
						      v[MEMORY_SWAP]));
	v[MEMORY_PARTS] = parts_of(sums, v[MEMORY_ANON], parts);
	if (sums->zram_known && v[MEMORY_SWAP].known)
		v[MEMORY_ZRAM] = amount_of(true, zram_cost(&sums->zram,
							   (uint64_t)v[MEMORY_SWAP].bytes));
	v[MEMORY_MEMORY] = amount_of(true, 0);
	for (kind = 0; kind < MEMORY_KINDS; kind++)
		if (memory_kinds[kind].fate == MEMORY_FREE &&
		    (v[kind].known || !may_be_missing(kind)))
			v[MEMORY_MEMORY] = amount_plus(v[MEMORY_MEMORY], v[kind]);
}

/* Adds what was counted of processes to the groups that contain theirs. */
static void add_to_parents(struct sums *sums)
{
	const struct stopped *sum;
	enum memory_kind kind;
	struct stopped *to;
	size_t i;

	for (i = sums->n; i-- > 0;) {
		if (sums->parents[i] == GROUP_NONE)
			continue;
		sum = &sums->v[i];
		to = &sums->v[sums->parents[i]];
		to->processes += sum->processes;
		to->mms += sum->mms;
		to->in_flight += sum->in_flight;
		to->unread += sum->unread;
		to->anon_mapped += sum->anon_mapped;
		to->perf += sum->perf;
		for (kind = 0; kind < MEMORY_KINDS; kind++)
			if (memory_kinds[kind].source == MEMORY_OF_PROCESSES)
				stopped_add(to, kind, sum->v[kind]);
	}
}

void sums_end(struct sums *sums, const struct snapshot *snap)
{
	const struct amount stack =
		kernel_stack_size(amount_total(snap, MEM_KERNEL_STACK));
	const struct breakdown breakdown = breakdown_of(snap);
	const struct figures none = { 0 };
	char *swaps;
	size_t i;

	add_to_parents(sums);
	for (i = 0; i < sums->n; i++)
		take_figures(sums, &sums->v[i],
			     i < snap->n_groups ? &snap->groups[i].figures : &none, stack);
	add_files(sums);
	swaps = swaps_text();
	sums->zram_known = swaps;
	sums->zram = swaps_in_zram(swaps);
	free(swaps);
	for (i = 0; i < sums->n; i++)
		sum_up(sums, snap, breakdown_part(&breakdown, "anon_unmapped"), &sums->v[i]);
}
