// SPDX-License-Identifier: GPL-2.0
/* Pages of a process from pagemap: what an entry is, huge pages, the ends of ranges, the lock. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/signals.h"
#include "model/columns.h"
#include "model/pages.h"
#include "os/pagemap.h"
#include "os/procfs.h"
#include "pagemap.h"
#include "tap.h"

#define PAGE	4096ULL
#define HUGE	(512 * PAGE)
#define AT	(16 * HUGE)

/* A census of process 100 with mappings, as of a process without figures. */
static struct snapshot *census(void)
{
	struct snapshot *snap = snapshot_new();
	struct task *task = row_add(&task_rows, snap);

	snap->info.known = 1 << MEMCENSUS_INFO_PAGE_SIZE;
	snap->info.page_size = PAGE;
	task->known = 1 << MEMCENSUS_TASK_PID;
	task->pid = 100;
	return snap;
}

static struct vma *add_vma(struct snapshot *snap, uint64_t start, uint64_t end, const char *mode)
{
	struct vma *vma = row_add(&vma_rows, snap);

	vma->known = 1 << MEMCENSUS_VMA_MODE;
	vma->start = start;
	vma->end = end;
	vma->mode = mode;
	return vma;
}

/* How many pages; see &struct page_block. */
struct page_counts {
	uint64_t resident;
	uint64_t exclusive;
	uint64_t huge;
	uint64_t swap;
};

static struct page_counts pages_between(const struct snapshot *snap, size_t *at, uint64_t start,
					uint64_t end)
{
	struct page_counts counts = { 0 };
	struct page_block block;
	size_t here = *at;

	while (pages_next(snap, at, &here, start, end, &block)) {
		counts.resident += (uint64_t)__builtin_popcountll(block.resident);
		counts.exclusive += (uint64_t)__builtin_popcountll(block.exclusive);
		counts.huge += (uint64_t)__builtin_popcountll(block.huge);
		counts.swap += (uint64_t)__builtin_popcountll(block.swap);
	}
	return counts;
}

static void expect(struct snapshot *snap, uint64_t start, uint64_t end, struct page_counts want,
		   const char *name)
{
	size_t at = 0;
	const struct page_counts got = pages_between(snap, &at, start, end);

	ok(!memcmp(&got, &want, sizeof(got)),
	   "%s: %llu mapped, %llu exclusive, %llu huge, %llu swap", name,
	   (unsigned long long)got.resident, (unsigned long long)got.exclusive,
	   (unsigned long long)got.huge, (unsigned long long)got.swap);
}

static void test_entries(void)
{
	static const struct pagemap_part parts[] = {
		{ AT + 3 * PAGE, 100, MAPPED | ONCE | 5000 },
		{ AT + 103 * PAGE, 30, MAPPED | 7000 },
		{ AT + 200 * PAGE, 10, SWAPPED | 22 },
		/* Guards, and pages that migrate. */
		{ AT + 210 * PAGE, 10, SWAPPED | 23 },
		{ AT + 220 * PAGE, 10, SWAPPED | 31 },
		/* In a shared mapping what is of no file is no page. */
		{ AT + HUGE, 5, MAPPED | 9000 },
		{ AT + HUGE + 5 * PAGE, 6, MAPPED | OF_FILE | 9500 },
		{ AT + 2 * HUGE, 5, MAPPED | OF_FILE | 9000 },
	};
	struct snapshot *snap = census();
	struct failure why = { .text = "" };
	struct vma *pfn_map;

	procfs_root(pagemap_make(parts, 8, AT + 4 * HUGE));
	add_vma(snap, AT, AT + HUGE, "rw-p");
	add_vma(snap, AT + HUGE, AT + 2 * HUGE, "rw-s");
	/* By its figures: 0 of each. */
	pfn_map = add_vma(snap, AT + 2 * HUGE, AT + 3 * HUGE, "rw-s");
	pfn_map->figures.known = 1ULL << MEMCENSUS_F_RSS | 1ULL << MEMCENSUS_F_SWAP |
				 1ULL << MEMCENSUS_F_HUGETLB;
	ok(!pagemap_read(snap, 0, UINT64_MAX, &why), "pages are read: %s", why.text);
	expect(snap, AT, AT + HUGE, (struct page_counts){ 130, 100, 0, 10 }, "private");
	expect(snap, AT + HUGE, AT + 2 * HUGE, (struct page_counts){ 6, 0, 0, 0 }, "shared");
	expect(snap, AT + 2 * HUGE, AT + 3 * HUGE, (struct page_counts){ 0, 0, 0, 0 },
	       "a PFN map has no pages");
	expect(snap, AT + 3 * PAGE, AT + 4 * PAGE, (struct page_counts){ 1, 1, 0, 0 }, "one page");
	expect(snap, AT + 4 * PAGE, AT + 110 * PAGE, (struct page_counts){ 106, 99, 0, 0 },
	       "a part of two blocks");
	snapshot_free(snap);
}

static void test_huge(void)
{
	static const struct pagemap_part parts[] = {
		{ AT, 512, MAPPED | ONCE | 512 * 3 },
		/* Not aligned, not complete, not in order. */
		{ AT + HUGE, 512, MAPPED | ONCE | (512 * 4 + 1) },
		{ AT + 2 * HUGE, 511, MAPPED | ONCE | 512 * 6 },
		{ AT + 3 * HUGE, 256, MAPPED | ONCE | 512 * 7 },
		{ AT + 3 * HUGE + 256 * PAGE, 256, MAPPED | ONCE | 512 * 8 },
		/* Page cache that a PMD maps, from the middle of a block on. */
		{ AT + 5 * HUGE, 512, MAPPED | OF_FILE | 512 * 9 },
	};
	struct snapshot *snap = census();
	struct failure why = { .text = "" };
	struct vma *vma;

	procfs_root(pagemap_make(parts, 6, AT + 8 * HUGE));
	add_vma(snap, AT, AT + 4 * HUGE, "rw-p");
	/* Without huge pages, and of the pool. */
	vma = add_vma(snap, AT + 5 * HUGE, AT + 6 * HUGE, "rw-s");
	vma->figures.known = 1ULL << MEMCENSUS_F_THP;
	ok(!pagemap_read(snap, AT + 7 * PAGE, UINT64_MAX, &why), "pages are read: %s", why.text);
	expect(snap, AT + 7 * PAGE, AT + HUGE, (struct page_counts){ 505, 505, 505, 0 },
	       "a huge page, from page 7 on");
	expect(snap, AT + HUGE, AT + 4 * HUGE, (struct page_counts){ 1535, 1535, 0, 0 },
	       "tables that map no huge page");
	expect(snap, AT + 5 * HUGE, AT + 6 * HUGE, (struct page_counts){ 512, 0, 0, 0 },
	       "a mapping without huge pages has none");
	snap->n_pages = 0;
	vma->known |= 1 << MEMCENSUS_VMA_PAGE_SIZE;
	vma->page_size = HUGE;
	ok(!pagemap_read(snap, 0, UINT64_MAX, &why), "read again: %s", why.text);
	expect(snap, AT + 5 * HUGE, AT + 6 * HUGE, (struct page_counts){ 512, 0, 512, 0 },
	       "a mapping of hugetlb has only these");
	snapshot_free(snap);
}

/* Many blocks, and addresses without any. */
static void test_many(void)
{
	const uint64_t n = 30000;
	struct pagemap_part *parts = calloc(n, sizeof(*parts));
	struct snapshot *snap = census();
	struct failure why = { .text = "" };
	uint64_t i;

	for (i = 0; i < n; i++)
		parts[i] = (struct pagemap_part){ AT + i * 65 * PAGE, 1, MAPPED | ONCE | (i + 9) };
	procfs_root(pagemap_make(parts, n, 1ULL << 40));
	/* Mappings that share a block. */
	add_vma(snap, AT, AT + 66 * PAGE, "rw-p");
	add_vma(snap, AT + 66 * PAGE, 1ULL << 34, "rw-p");
	ok(!pagemap_read(snap, 0, UINT64_MAX, &why), "many pages are read: %s", why.text);
	expect(snap, 0, UINT64_MAX, (struct page_counts){ n, n, 0, 0 }, "all of them");
	ok(snap->n_pages == n, "and no block is there twice");
	snapshot_free(snap);
	free(parts);
}

/* flame reads what is there when it is told to stop. */
static void test_stopped(void)
{
	static const struct pagemap_part part = { AT, 3, MAPPED | ONCE };
	struct snapshot *snap = census();
	struct failure why = { .text = "" };

	procfs_root(pagemap_make(&part, 1, 1ULL << 40));
	add_vma(snap, AT, AT + HUGE, "rw-p");
	signals_stop();
	ok(!pagemap_read(snap, 0, UINT64_MAX, &why), "read after a stop: %s", why.text);
	expect(snap, 0, UINT64_MAX, (struct page_counts){ 3, 3, 0, 0 }, "what is there then");
	snapshot_free(snap);
}

static void expect_failure(struct snapshot *snap, const char *text, const char *name)
{
	struct failure why = { .text = "" };

	ok(pagemap_read(snap, 0, UINT64_MAX, &why) && strstr(why.text, text), "%s: %s", name,
	   why.text);
}

static void test_failures(void)
{
	static const struct pagemap_part part = { AT, 1, MAPPED };
	struct snapshot *snap = census();
	uint64_t from;
	char name[64];

	add_vma(snap, AT, AT + HUGE, "rw-p");
	procfs_root("/nonexistent");
	expect_failure(snap, "process 100 has ended", "a process that has ended");
	snprintf(name, sizeof(name), "%s/100/pagemap", pagemap_make(&part, 1, AT));
	procfs_root(pagemap_make(&part, 1, PAGE));
	expect_failure(snap, "or executed another program", "an address space that is gone");
	/* An open that waits as the kernel does for a lock. */
	unlink(name);
	ok(!mkfifo(name, 0600), "a file that is not read");
	from = signals_now();
	expect_failure(snap, "holds the lock of its address space", "a process that is stuck");
	ok(signals_now() - from < 10 * NSEC_PER_SEC, "it is not waited for");
	snapshot_free(snap);
}

int main(void)
{
	test_entries();
	test_huge();
	test_many();
	test_failures();
	test_stopped();
	return tap_done();
}
