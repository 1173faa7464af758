// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of a process, from /proc/PID/pagemap.
 *
 * It has 8 bytes for each page, also where nothing is mapped.  From Linux 6.7 on PAGEMAP_SCAN finds
 * the pages that are there, so that a large reservation costs nothing, and says which of them a
 * PMD maps.  Before, the numbers of the frames tell that.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "model/columns.h"
#include "model/pages.h"
#include "os/bounded.h"
#include "os/pagemap.h"
#include "os/process.h"
#include "os/procfs.h"

/* Without a page or a sign of life for so long, the process is stuck. */
#define TIME_MOST	(3 * NSEC_PER_SEC)
#define TIME_SIGN	(NSEC_PER_SEC / 4)

/* An entry of pagemap. */
#define ENTRY_FRAME	0x007fffffffffffffULL
#define ENTRY_EXCLUSIVE	0x0100000000000000ULL
#define ENTRY_FILE	0x2000000000000000ULL
#define ENTRY_SWAP	0x4000000000000000ULL
#define ENTRY_PRESENT	0x8000000000000000ULL

/* Of an entry in swap, the device: from 23 on it is a guard, a page that migrates or the like. */
#define ENTRY_DEVICE	31
#define DEVICES		23

/* Of an entry of /proc/kpageflags: KPF_ZERO_PAGE. */
#define FLAG_ZERO	0x1000000ULL

/* Entries that are read at once, 32 MiB of addresses with pages of 4 KiB: whole huge pages. */
#define ENTRIES		8192

/* Addresses that are scanned at once, in one hold of the lock. */
#define SCAN_BYTES	0x40000000ULL
#define SCAN_RANGES	256

/* As linux/fs.h has them since 6.7. */
struct scan_range {
	uint64_t start;
	uint64_t end;
	uint64_t categories;
};

struct scan_request {
	uint64_t size;
	uint64_t flags;
	uint64_t start;
	uint64_t end;
	uint64_t walked;
	uint64_t ranges;
	uint64_t n_ranges;
	uint64_t max_pages;
	uint64_t inverted;
	uint64_t all_of;
	uint64_t any_of;
	uint64_t returned;
};

#define SCAN		_IOWR('f', 16, struct scan_request)
#define SCAN_PRESENT	8
#define SCAN_SWAPPED	16
#define SCAN_HUGE	64

enum huge {
	HUGE_NONE,
	HUGE_ALL,
	HUGE_BY_FRAMES,
};

/**
 * struct reading - in the child
 * @snap, @start, @end: what to read
 * @page: bytes of a page
 * @per_huge: pages of a huge page, those of a table
 * @fd: /proc/PID/pagemap
 * @flags: /proc/kpageflags, or -1
 * @no_scan: the kernel has no PAGEMAP_SCAN
 * @zero: frame of the zero page; 0: unknown
 * @huge, @is_zero: first frame of the last huge page that was looked at, and whether it is zero
 * @to: where blocks are written
 * @written: when, ns
 * @v, @n: blocks, of which the last may not be complete
 */
struct reading {
	const struct snapshot *snap;
	uint64_t start;
	uint64_t end;
	uint64_t page;
	unsigned int per_huge;
	int fd;
	int flags;
	bool no_scan;
	uint64_t zero;
	uint64_t huge;
	bool is_zero;
	int to;
	uint64_t written;
	struct page_block v[512];
	size_t n;
};

static int open_proc(const char *path)
{
	char *name = procfs_path(path);
	const int fd = open(name, O_RDONLY | O_CLOEXEC);

	free(name);
	return fd;
}

/* Learns which frame the zero page is: one that is only read.  False: frame numbers are hidden. */
static bool find_zero(struct reading *r)
{
	const int fd = open_proc("self/pagemap");
	uint64_t entry = 0;
	volatile char *at;

	if (fd < 0)
		return true;
	at = mmap(NULL, r->page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at != MAP_FAILED && !*at &&
	    pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)at / r->page * sizeof(entry))) ==
	    sizeof(entry))
		r->zero = entry & ENTRY_FRAME;
	close(fd);
	return !(entry & ENTRY_PRESENT) || r->zero;
}

static bool is_zero_huge(struct reading *r, uint64_t frame)
{
	uint64_t flags = 0;

	if (frame == r->huge)
		return r->is_zero;
	r->huge = frame;
	r->is_zero = pread(r->flags, &flags, sizeof(flags), (off_t)(frame * sizeof(flags))) ==
		     sizeof(flags) && flags & FLAG_ZERO;
	return r->is_zero;
}

/* Writes all blocks but the last one, and a sign of life, an empty block, if there are none. */
static int write_blocks(struct reading *r, bool last)
{
	const size_t n = r->n && !last ? r->n - 1 : r->n;
	static const struct page_block sign;
	const void *from = n ? r->v : &sign;
	const size_t bytes = (n ?: 1) * sizeof(sign);

	/* The pipe has no reader: this child is killed. */
	if (write(r->to, from, bytes) != (ssize_t)bytes)
		return -EPIPE;
	if (n < r->n)
		r->v[0] = r->v[n];
	r->n -= n;
	r->written = signals_now();
	return 0;
}

static int put_page(struct reading *r, uint64_t address, uint64_t entry, bool huge)
{
	const uint64_t block = address & ~(r->page * PAGE_BLOCK - 1);
	const uint64_t bit = 1ULL << address / r->page % PAGE_BLOCK;
	struct page_block *b;
	int err;

	if (r->n == ARRAY_SIZE(r->v)) {
		err = write_blocks(r, false);
		if (err)
			return err;
	}
	if (!r->n || r->v[r->n - 1].address != block)
		r->v[r->n++] = (struct page_block){ .address = block };
	b = &r->v[r->n - 1];
	b->swap |= entry & ENTRY_PRESENT ? 0 : bit;
	b->resident |= entry & ENTRY_PRESENT ? bit : 0;
	b->exclusive |= entry & ENTRY_PRESENT && entry & ENTRY_EXCLUSIVE ? bit : 0;
	b->huge |= huge ? bit : 0;
	return 0;
}

/* Whether an entry has a page: none are the zero page, what is no page, and markers. */
static bool is_page(const struct reading *r, const struct vma *vma, uint64_t entry)
{
	if (!(entry & ENTRY_PRESENT))
		return entry & ENTRY_SWAP && (entry & ENTRY_DEVICE) < DEVICES;
	if (entry & (ENTRY_FILE | ENTRY_EXCLUSIVE))
		return true;
	return (entry & ENTRY_FRAME) != r->zero &&
	       !(KNOWN(vma, MEMCENSUS_VMA_MODE) && strchr(vma->mode, 's'));
}

/* Whether the entries of a table map one huge page, or would: their frames adjoin. */
static bool is_huge(const struct reading *r, const uint64_t *v)
{
	unsigned int i;

	for (i = 0; i < r->per_huge; i++)
		if (!(v[i] & ENTRY_PRESENT) ||
		    (v[i] & ENTRY_FRAME) != (v[0] & ENTRY_FRAME) + i)
			return false;
	return !(v[0] & ENTRY_FRAME & (r->per_huge - 1));
}

static int put_entries(struct reading *r, const struct vma *vma, uint64_t address,
		       const uint64_t *v, size_t n, enum huge by)
{
	bool huge = by == HUGE_ALL, zero = false;
	int err = 0;
	size_t i;

	for (i = 0; i < n && !err; i++, address += r->page) {
		if (!(address / r->page & (r->per_huge - 1)) || !i) {
			const bool whole = !(address / r->page & (r->per_huge - 1)) &&
					   n - i >= r->per_huge;

			if (by == HUGE_BY_FRAMES)
				huge = whole && is_huge(r, v + i);
			zero = huge && !(v[i] & ENTRY_EXCLUSIVE) && !vma->inode &&
			       is_zero_huge(r, v[i] & ENTRY_FRAME & ~(r->per_huge - 1ULL));
		}
		if (v[i] && !zero && is_page(r, vma, v[i]))
			err = put_page(r, address, v[i], huge);
	}
	return err;
}

static int read_entries(struct reading *r, const struct vma *vma, uint64_t start, uint64_t end,
			enum huge by)
{
	static uint64_t v[ENTRIES];
	int err = 0;

	while (start < end && !err) {
		const uint64_t number = start / r->page, left = (end - start) / r->page;
		const uint64_t most = ENTRIES - number % ENTRIES, want = left < most ? left : most;
		const ssize_t got = pread(r->fd, v, want * sizeof(*v),
					  (off_t)(number * sizeof(*v)));

		/* The file is of an address space: with that all ends. */
		if (got <= 0)
			return got ? -errno : -ESRCH;
		err = put_entries(r, vma, start, v, (size_t)got / sizeof(*v), by);
		start += (size_t)got / sizeof(*v) * r->page;
		if (!err && signals_now() - r->written > TIME_SIGN)
			err = write_blocks(r, false);
	}
	return err;
}

/* One step of a scan, up to @end at most; *@start moves to where it ended.  0 or -errno. */
static int read_scanned(struct reading *r, const struct vma *vma, uint64_t *start, uint64_t end)
{
	struct scan_range ranges[SCAN_RANGES];
	struct scan_request scan = {
		.size = sizeof(scan), .start = *start, .end = end,
		.ranges = (uintptr_t)ranges, .n_ranges = SCAN_RANGES,
		.any_of = SCAN_PRESENT | SCAN_SWAPPED,
		.returned = SCAN_PRESENT | SCAN_SWAPPED | SCAN_HUGE,
	};
	const int n = ioctl(r->fd, SCAN, &scan);
	int i, err = 0;

	if (n < 0)
		return -errno;
	for (i = 0; i < n && !err; i++)
		err = read_entries(r, vma, ranges[i].start, ranges[i].end,
				   ranges[i].categories & SCAN_HUGE ? HUGE_ALL : HUGE_NONE);
	*start = scan.walked > *start ? scan.walked : end;
	if (!err && signals_now() - r->written > TIME_SIGN)
		err = write_blocks(r, false);
	return err;
}

static bool has_huge(const struct vma *vma)
{
	return !KNOWN(&vma->figures, MEMCENSUS_F_THP) || vma->figures.v[MEMCENSUS_F_THP];
}

/* Whether no page can be there, by its figures. */
static bool is_empty(const struct vma *vma)
{
	static const unsigned int figures[] = {
		MEMCENSUS_F_RSS, MEMCENSUS_F_SWAP, MEMCENSUS_F_HUGETLB };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++)
		if (!KNOWN(&vma->figures, figures[i]) || vma->figures.v[figures[i]])
			return false;
	return true;
}

static int read_vma(struct reading *r, const struct vma *vma)
{
	const uint64_t huge = r->page * r->per_huge;
	uint64_t start = vma->start > r->start ? vma->start : r->start;
	uint64_t end = vma->end < r->end ? vma->end : r->end, to;
	int err = 0;

	if (start >= end || is_empty(vma))
		return 0;
	/* Whole huge pages, also at the ends of a range. */
	start = start - start % huge > vma->start ? start - start % huge : vma->start;
	end = vma->end - end > huge - 1 ? (end + huge - 1) / huge * huge : vma->end;
	if (vma->page_size > r->page)
		return read_entries(r, vma, start, end, HUGE_ALL);
	while (start < end && !err && !r->no_scan) {
		to = end - start > SCAN_BYTES ? start / SCAN_BYTES * SCAN_BYTES + SCAN_BYTES : end;
		err = read_scanned(r, vma, &start, to);
		if (err == -ENOTTY || err == -EINVAL) {
			r->no_scan = true;
			err = 0;
		}
	}
	return err ?: read_entries(r, vma, start, end, has_huge(vma) ? HUGE_BY_FRAMES : HUGE_NONE);
}

static int read_all(struct reading *r, int to)
{
	const struct snapshot *snap = r->snap;
	uint64_t entry;
	char path[32];
	size_t i;
	int err;

	snprintf(path, sizeof(path), "%" PRIu32 "/pagemap",
		 process_living_thread((uint32_t)snap->tasks[0].pid));
	r->to = to;
	r->flags = open_proc("kpageflags");
	r->fd = open_proc(path);
	if (r->fd < 0)
		return -errno;
	if (!find_zero(r))
		return -EPERM;
	err = write_blocks(r, true);
	for (i = 0; i < snap->n_vmas && !err; i++)
		err = read_vma(r, &snap->vmas[i]);
	/* A scan does not tell that the address space is gone. */
	if (!err && pread(r->fd, &entry, sizeof(entry),
			  (off_t)(snap->vmas->start / r->page * sizeof(entry))) != sizeof(entry))
		err = -ESRCH;
	return err ?: write_blocks(r, true);
}

static int read_pages(void *context, int to)
{
	return -read_all(context, to);
}

/* Drops signs of life. */
static size_t drop_empty(struct page_block *v, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (v[i].resident | v[i].swap)
			v[kept++] = v[i];
	return kept;
}

static int fail_with(int err, uint32_t pid, struct failure *why)
{
	switch (err) {
	case -1:
		return fail(why, FAIL_SYSTEM,
			    "process %u holds the lock of its address space: its pages could not be read for %d seconds; try again",
			    pid, (int)(TIME_MOST / NSEC_PER_SEC));
	case ENOENT:
	case ESRCH:
		return fail(why, FAIL_NO_PROCESS,
			    "process %u has ended or executed another program while its pages were read",
			    pid);
	case EACCES:
	case EPERM:
		return fail(why, FAIL_PRIVILEGE,
			    "cannot read the frame numbers in /proc/%u/pagemap: permission denied: run as root (sudo), with CAP_SYS_ADMIN",
			    pid);
	default:
		return fail(why, FAIL_SYSTEM, "cannot read /proc/%" PRIu32 "/pagemap: %s", pid,
			    strerror(err));
	}
}

int pagemap_read(struct snapshot *snap, uint64_t start, uint64_t end, struct failure *why)
{
	const uint64_t page = page_size_of(snap);
	struct reading reading = {
		.snap = snap, .start = start, .end = end, .page = page,
		.per_huge = (unsigned int)(page / sizeof(uint64_t)), .fd = -1,
	};
	size_t size = 1 << 16, used = 0;
	struct bounded child;
	ssize_t got;
	int err;

	if (!snap->n_tasks || !snap->n_vmas || !page)
		return 0;
	if (!bounded_start(&child, read_pages, &reading))
		return fail(why, FAIL_SYSTEM, "cannot start a process to read pages: %s",
			    strerror(errno));
	snap->pages = xreallocarray(snap->pages, 1, size);
	while ((got = bounded_read(&child, (char *)snap->pages + used, size - used,
				   signals_now() + TIME_MOST)) > 0) {
		used += (size_t)got;
		if (used == size)
			snap->pages = xreallocarray(snap->pages, 1, size *= 2);
	}
	err = bounded_end(&child);
	snap->n_pages = drop_empty(snap->pages, used / sizeof(*snap->pages));
	return err ? fail_with(err, (uint32_t)snap->tasks[0].pid, why) : 0;
}
