// SPDX-License-Identifier: GPL-2.0
/*
 * Compares known pages with the census and with smaps, and prints the table of
 * Documentation/kernels.rst. Without per-page map counts smaps estimates the shares
 * of large folios. The census must equal the known pages on every kernel; smaps
 * must if each page has its own map count, except for pages that a
 * process maps twice.
 */
#include <fcntl.h>

#include "selftest.h"

#include "owners/counted.h"

#define SHARERS	4

/* Base pages in a huge page, and huge pages of a case. */
static const unsigned long huge = 8;

/**
 * struct known - known figures of a process
 * @who: its name in the table
 * @rss: pages mapped, one for each entry
 * @uss: exclusive pages
 * @pss: sum of share()
 */
struct known {
	const char *who;
	unsigned long rss, uss;
	uint64_t pss;
};

/* The processes of a case, and their known figures. */
struct family {
	pid_t pids[SHARERS];
	struct known known[SHARERS];
	unsigned int n;
	volatile pid_t *child;
};

FIXTURE(known)
{
	struct family family;
};

FIXTURE_SETUP(known)
{
	self->family.child = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->family.child);
}

FIXTURE_TEARDOWN(known)
{
	unsigned int i;

	for (i = 0; i < self->family.n; i++)
		if (self->family.pids[i] > 0)
			kill(self->family.pids[i], SIGKILL);
	for (i = 0; i < self->family.n; i++)
		if (self->family.pids[i] > 0)
			child_end(self->family.pids[i]);
}

struct placed {
	uint64_t uss, pss;
};

/* Sums of smaps over mappings at PLACE()s; shares are rounded down to KiB. */
static struct placed smaps_placed(const struct smaps *smaps)
{
	struct placed sum = {};
	size_t i;

	for (i = 0; i < smaps->n_vmas; i++) {
		const struct smaps_vma *vma = &smaps->vmas[i];

		if (vma->start < (uintptr_t)PLACE(0) ||
		    vma->start >= (uintptr_t)PLACE(64))
			continue;
		sum.uss += vma->f.value[MEMCENSUS_F_USS];
		sum.pss += vma->f.value[MEMCENSUS_F_PSS];
	}
	return sum;
}

static void print_row(const char *name, const struct known *k,
		      struct placed frames, struct placed smaps)
{
	diag("known: %-26s | %-9s | %6lu | %6llu | %6llu | %6llu | %6llu | %6llu",
	     name, k->who, k->uss * PAGE / 1024,
	     (unsigned long long)frames.uss / 1024,
	     (unsigned long long)smaps.uss / 1024,
	     (unsigned long long)(k->pss >> SHARE_SHIFT) / 1024,
	     (unsigned long long)frames.pss / 1024,
	     (unsigned long long)smaps.pss / 1024);
}

/* @once: no process maps a page twice. */
static void expect_known(struct __test_metadata *_metadata,
			 const struct family *self, const char *name,
			 bool once)
{
	struct census census;
	unsigned int i;
	bool exact;

	ASSERT_FRAMES(self->pids, self->n, &census);
	exact = mapcounts_exact();
	for (i = 0; i < self->n; i++) {
		const struct known *k = &self->known[i];
		const pid_t pid = self->pids[i];
		struct placed frames, theirs;
		struct smaps smaps = {};

		ASSERT_EQ(0, smaps_read(pid, &smaps));
		theirs = smaps_placed(&smaps);
		smaps_free(&smaps);
		frames.uss = counted_placed(&census, pid, MEMCENSUS_F_USS);
		frames.pss = counted_placed(&census, pid, MEMCENSUS_F_PSS);
		print_row(name, k, frames, theirs);
		EXPECT_PLACED(k->rss, &census, pid, RSS);
		EXPECT_PLACED(k->uss, &census, pid, USS);
		EXPECT_PLACED_SHARE(k->pss, &census, pid, PSS);
		if (!exact || !once)
			continue;
		EXPECT_EQ(k->uss * PAGE, theirs.uss);
		EXPECT_EQ((k->pss >> SHARE_SHIFT) & ~1023ULL, theirs.pss);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* A parent with huge pages, and children that keep a part of each. */
struct part {
	volatile pid_t *child;
	unsigned int children;
	unsigned long dropped;
};

static void drop_part(void *arg)
{
	const struct part *part = arg;
	unsigned long i;

	for (i = 0; i < huge; i++)
		need(!madvise(PLACE(0) + i * HUGE, part->dropped * PAGE,
			      MADV_DONTNEED), "MADV_DONTNEED");
}

static void huge_parent(void *arg)
{
	const struct part *part = arg;
	char *at = map_private(PLACE(0), huge * HUGE);
	unsigned int i;

	need(!madvise(at, huge * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	for (i = 0; i < huge; i++)
		at[i * HUGE] = 1;
	for (i = 0; i < part->children; i++) {
		part->child[i] = child_start(drop_part, arg);
		need(part->child[i] > 0, "child");
	}
}

static void start_huge(struct __test_metadata *_metadata,
		       struct family *self, unsigned int children,
		       unsigned long dropped)
{
	struct part part = {
		.child = self->child, .children = children, .dropped = dropped,
	};
	const unsigned long kept = huge * (PER_HUGE - dropped);
	unsigned int i;

	self->pids[0] = child_start(huge_parent, &part);
	ASSERT_LT(0, self->pids[0]);
	self->known[0] = (struct known) {
		.who = "parent", .rss = huge * PER_HUGE, .uss = huge * dropped,
		.pss = share(huge * dropped, 1) + share(kept, children + 1),
	};
	for (i = 1; i <= children; i++) {
		self->pids[i] = self->child[i - 1];
		self->known[i] = (struct known) {
			.who = "child", .rss = kept,
			.pss = share(kept, children + 1),
		};
	}
	self->n = children + 1;
}

#define NEED_THP() do {							\
	if (!thp_on())							\
		SKIP(return, "kernel has no transparent huge pages");	\
} while (0)

TEST_F(known, half_is_dropped)
{
	NEED_THP();
	start_huge(_metadata, &self->family, 1, PER_HUGE / 2);
	expect_known(_metadata, &self->family, "half of each huge page", true);
}

TEST_F(known, few_pages_are_kept)
{
	NEED_THP();
	start_huge(_metadata, &self->family, SHARERS - 1, PER_HUGE - 8);
	expect_known(_metadata, &self->family, "8 pages of each, 4 sharers", true);
}

TEST_F(known, all_is_shared)
{
	NEED_THP();
	start_huge(_metadata, &self->family, 1, 0);
	expect_known(_metadata, &self->family, "whole huge pages", true);
}

/* One process maps a memfd's huge pages whole, another some small pages. */
struct shmem {
	int fd;
	unsigned long from, pages;
};

static void map_shmem(void *arg)
{
	const struct shmem *s = arg;
	char *at = map(PLACE(0), s->pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED, s->fd, s->from * PAGE);

	if (s->pages >= PER_HUGE)
		need(!madvise(at, s->pages * PAGE, MADV_HUGEPAGE),
		     "MADV_HUGEPAGE");
	write_pages(at, s->pages);
}

TEST_F(known, part_of_shmem)
{
	struct family *f = &self->family;
	const unsigned long pages = 2 * PER_HUGE, few = 100;
	struct shmem whole = { memfd("known", pages), 0, pages };
	struct shmem part = { whole.fd, 30, few };

	if (!write_file(THP_SYS "shmem_enabled", "advise"))
		SKIP(return, "kernel has no huge pages in shmem");
	f->n = 1;
	f->pids[0] = child_start(map_shmem, &whole);
	write_file(THP_SYS "shmem_enabled", "never");
	ASSERT_LT(0, f->pids[0]);
	f->n = 2;
	f->pids[1] = child_start(map_shmem, &part);
	ASSERT_LT(0, f->pids[1]);
	f->known[0] = (struct known) {
		.who = "first", .rss = pages, .uss = pages - few,
		.pss = share(pages - few, 1) + share(few, 2),
	};
	f->known[1] = (struct known) {
		.who = "second", .rss = few, .pss = share(few, 2),
	};
	expect_known(_metadata, f, "100 pages of 2 huge, shmem", true);
}

/* Small pages have exact map counts on every kernel. */
static void write_part(void *arg)
{
	write_pages(PLACE(0), *(const unsigned long *)arg);
}

struct small {
	volatile pid_t *child;
	unsigned long pages, written;
};

static void small_parent(void *arg)
{
	struct small *s = arg;

	write_pages(map_private(PLACE(0), s->pages * PAGE), s->pages);
	s->child[0] = child_start(write_part, &s->written);
	need(s->child[0] > 0, "child");
}

TEST_F(known, small_pages)
{
	struct family *f = &self->family;
	struct small s = { f->child, 4096, 1024 };
	const unsigned long shared = s.pages - s.written;
	int i;

	f->pids[0] = child_start(small_parent, &s);
	ASSERT_LT(0, f->pids[0]);
	f->pids[1] = f->child[0];
	f->n = 2;
	for (i = 0; i < 2; i++)
		f->known[i] = (struct known) {
			.who = i ? "child" : "parent", .rss = s.pages,
			.uss = s.written,
			.pss = share(s.written, 1) + share(shared, 2),
		};
	expect_known(_metadata, f, "small pages, a quarter written", true);
}

/* All pages are exclusive, although each has two entries. */
static void map_twice(void *arg)
{
	const struct shmem *s = arg;
	int i;

	for (i = 0; i < 2; i++)
		write_pages(map(PLACE(i), s->pages * PAGE,
				PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0),
			    s->pages);
}

TEST_F(known, mapped_twice)
{
	struct family *f = &self->family;
	struct shmem s = { memfd("twice", 512), 0, 512 };

	f->pids[0] = child_start(map_twice, &s);
	f->n = 1;
	ASSERT_LT(0, f->pids[0]);
	f->known[0] = (struct known) {
		.who = "the only", .rss = 2 * s.pages, .uss = s.pages,
		.pss = share(s.pages, 1),
	};
	expect_known(_metadata, f, "small pages mapped twice", false);
}

TEST_HARNESS_MAIN
