// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: pages merged by KSM, within a process and across processes; one frame with more
 * mappings than fit into 16 bits; and one that a process maps twice after it was merged.
 */
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "selftest.h"

#include "memory/zram.h"
#include "owners/counted.h"

#define SYS	"/sys/kernel/mm/ksm/"

FIXTURE(ksm)
{
	bool ready, zram;
	long max_sharing;
	pid_t pids[2];
};

FIXTURE_SETUP(ksm)
{
	self->pids[0] = -1;
	self->pids[1] = -1;
	if (!write_file(SYS "run", "2"))
		SKIP(return, "kernel has no KSM");
	self->max_sharing = read_number(SYS "max_page_sharing");
	ASSERT_TRUE(write_file(SYS "max_page_sharing", "100000"));
	write_file(SYS "sleep_millisecs", "1");
	write_file(SYS "pages_to_scan", "20000");
	ASSERT_TRUE(write_file(SYS "run", "1"));
	self->ready = true;
}

FIXTURE_TEARDOWN(ksm)
{
	char text[32];

	child_end(self->pids[0]);
	child_end(self->pids[1]);
	if (self->zram)
		EXPECT_TRUE(zram_off());
	if (!self->ready)
		return;
	write_file(SYS "run", "2");
	snprintf(text, sizeof(text), "%ld", self->max_sharing);
	write_file(SYS "max_page_sharing", text);
	write_file(SYS "run", "0");
}

/* @same equal pages and @other unique ones, from PLACE(0) on. */
struct content {
	unsigned long same, other, children;
	volatile pid_t child[32];
};

static void mergeable(void *arg)
{
	const struct content *c = arg;
	size_t size = (c->same + c->other) * PAGE;
	char *at = map_private(PLACE(0), size);
	unsigned long i;

	for (i = 0; i < c->same; i++)
		memset(at + i * PAGE, 'f', PAGE);
	for (; i < c->same + c->other; i++)
		snprintf(at + i * PAGE, PAGE, "%d: page %lu", getpid(), i);
	need(!madvise(at, size, MADV_MERGEABLE), "MADV_MERGEABLE");
}

/* Waits until @sharing pages are merged, then stops KSM. */
static bool merged(long sharing)
{
	uint64_t until = now_ms() + 60000;

	while (read_number(SYS "pages_sharing") < sharing) {
		if (now_ms() > until) {
			diag("%ld pages merged, not %ld",
			     read_number(SYS "pages_sharing"), sharing);
			return false;
		}
		sleep_ms(20);
	}
	return write_file(SYS "run", "0");
}

TEST_F(ksm, within_a_process)
{
	struct content c = { .same = 64, .other = 20 };
	struct census census;
	pid_t pid;

	if (!self->ready)
		return;
	pid = child_start(mergeable, &c);
	self->pids[0] = pid;
	ASSERT_LT(0, pid);
	ASSERT_TRUE(merged(c.same - 1));
	ASSERT_FRAMES(&pid, 1, &census);
	EXPECT_PLACED(c.same + c.other, &census, pid, RSS);
	EXPECT_PLACED(c.same + c.other, &census, pid, ANON);
	EXPECT_PLACED(1 + c.other, &census, pid, FRAMES);
	EXPECT_PLACED(1 + c.other, &census, pid, USS);
	EXPECT_PLACED(1 + c.other, &census, pid, PSS);
	census_free(&census);

	/* By map counts, as in smaps, the merged pages are shared. */
	EXPECT_EQ(c.same * PAGE, smaps_bytes_at(pid, PLACE(0), MEMCENSUS_F_SHARED));
	EXPECT_EQ(c.other * PAGE, smaps_bytes_at(pid, PLACE(0), MEMCENSUS_F_USS));
	EXPECT_EQUAL_OWNERS();
}

TEST_F(ksm, across_processes)
{
	struct content c[2] = {
		{ .same = 64, .other = 20 }, { .same = 10, .other = 5 },
	};
	struct census census;
	int i;

	if (!self->ready)
		return;
	for (i = 0; i < 2; i++) {
		self->pids[i] = child_start(mergeable, &c[i]);
		ASSERT_LT(0, self->pids[i]);
	}
	ASSERT_TRUE(merged(c[0].same + c[1].same - 1));
	ASSERT_FRAMES(self->pids, 2, &census);
	for (i = 0; i < 2; i++) {
		const pid_t pid = self->pids[i];

		EXPECT_PLACED(c[i].same + c[i].other, &census, pid, RSS);
		EXPECT_PLACED(1 + c[i].other, &census, pid, FRAMES);
		EXPECT_PLACED(c[i].other, &census, pid, USS);
		EXPECT_PLACED_SHARE(share(c[i].other, 1) + share(1, 2),
				    &census, pid, PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

static void mergeable_parent(void *arg)
{
	struct content *c = arg;
	unsigned long i;

	mergeable(c);
	child_stop();
	for (i = 0; i < c->children; i++) {
		c->child[i] = child_start((void (*)(void *))child_stop, NULL);
		need(c->child[i] > 0, "child");
	}
}

/*
 * A process maps one frame by 4096 entries and then forks. The census counts 17
 * owners.
 */
TEST_F(ksm, more_than_65535_mappings)
{
	const unsigned long same = 4096, children = 16, mappings = 17 * same;
	struct content *c;
	struct census census;
	pid_t pids[17];
	unsigned int i;

	if (!self->ready)
		return;
	ASSERT_LT(65535, mappings);
	c = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, c);
	c->same = same;
	c->children = children;
	self->pids[0] = child_start(mergeable_parent, c);
	ASSERT_LT(0, self->pids[0]);
	ASSERT_TRUE(merged(same - 1));

	pids[0] = self->pids[0];
	ASSERT_FRAMES(pids, 1, &census);
	EXPECT_PLACED(same, &census, pids[0], RSS);
	EXPECT_PLACED(1, &census, pids[0], FRAMES);
	EXPECT_PLACED(1, &census, pids[0], USS);
	census_free(&census);

	ASSERT_TRUE(child_next(pids[0]));
	for (i = 0; i < children; i++)
		pids[i + 1] = c->child[i];
	ASSERT_FRAMES(pids, children + 1, &census);
	for (i = 0; i <= children; i++) {
		EXPECT_PLACED(same, &census, pids[i], RSS);
		EXPECT_PLACED(1, &census, pids[i], FRAMES);
		EXPECT_PLACED(0, &census, pids[i], USS);
		EXPECT_PLACED_SHARE(share(1, children + 1), &census, pids[i],
				    PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

static uint64_t entry_of(const char *at)
{
	uint64_t entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	need(fd >= 0 && pread(fd, &entry, sizeof(entry), (uintptr_t)at / PAGE * sizeof(entry)) ==
	     sizeof(entry), "pagemap");
	close(fd);
	return entry;
}

static uint64_t frame_of(const char *at)
{
	const uint64_t entry = entry_of(at);

	return entry >> 63 ? entry << 9 >> 9 : 0;
}

/* A page that has not changed is looked at in one pass, and merged in a later one. */
#define PASSES	100

/* Waits until KSM has given a page the frame of @other, or @frame; false: not in PASSES. */
static bool merge_page(const char *at, const char *other, uint64_t frame)
{
	const long last = read_number(SYS "full_scans") + PASSES;
	const uint64_t until = now_ms() + 20000;
	bool same = false;

	need(write_file(SYS "run", "1"), "run KSM");
	while (!same && now_ms() < until && read_number(SYS "full_scans") < last) {
		sleep_ms(20);
		same = frame_of(at) && frame_of(at) == (other ? frame_of(other) : frame);
	}
	need(write_file(SYS "run", "0"), "stop KSM");
	return same;
}

/* Not page_out(): the page stays in the swap cache. */
static void swap_page(char *at)
{
	const uint64_t until = now_ms() + 60000;

	while (!(entry_of(at) >> 62 & 1)) {
		need(now_ms() < until, "swap out");
		madvise(at, PAGE, MADV_PAGEOUT);
		sleep_ms(1);
	}
}

/*
 * Two pages, in tables of their own, which KSM merges and which go to swap. A pipe holds their
 * frame, so that it stays in the swap cache, and comes back to both when they are not mergeable
 * any more. MADV_PAGEOUT takes only pages that are mapped once: so the second one is merged when
 * the first one is in swap. Then a child shares the tables. There is none if the kernel does not
 * merge or map a page in this way.
 */
static void map_twice(void *arg)
{
	const int pages = 1024;
	char *at = map_private(PLACE(0), pages * PAGE), *first = at + 5 * PAGE;
	char *second = at + 700 * PAGE, *helper = map_private(PLACE(1), PAGE);
	struct iovec page = { .iov_base = first, .iov_len = PAGE };
	volatile pid_t *child = arg;
	uint64_t frame;
	int fds[2], i;

	/* 101 and 1024 have no common divisor: each page once, and neighbours far apart. */
	for (i = 0; i < pages; i++)
		snprintf(at + i * 101 % pages * PAGE, PAGE, "page %d", i);
	memset(first, 'f', PAGE);
	memset(second, 'f', PAGE);
	memset(helper, 'f', PAGE);
	need(!madvise(first, PAGE, MADV_MERGEABLE), "MADV_MERGEABLE");
	need(!madvise(helper, PAGE, MADV_MERGEABLE), "MADV_MERGEABLE");
	need(merge_page(first, helper, 0), "merge");
	frame = frame_of(first);
	need(!pipe(fds) && vmsplice(fds[1], &page, 1, 0) == (ssize_t)PAGE, "vmsplice");
	need(!munmap(helper, PAGE), "munmap");
	swap_page(first);
	need(!madvise(second, PAGE, MADV_MERGEABLE), "MADV_MERGEABLE");
	if (!merge_page(second, NULL, frame)) {
		diag("no page is merged with one that is in the swap cache only");
		return;
	}
	swap_page(second);
	need(!madvise(first, PAGE, MADV_UNMERGEABLE), "MADV_UNMERGEABLE");
	need(!madvise(second, PAGE, MADV_UNMERGEABLE), "MADV_UNMERGEABLE");
	read_pages(first, 1);
	read_pages(second, 1);
	if (frame_of(first) != frame || frame_of(second) != frame) {
		diag("the pages that come back from the swap cache are copies");
		return;
	}
	*child = child_start((void (*)(void *))child_stop, NULL);
	need(*child > 0, "child");
}

TEST_F(ksm, twice_and_not_mergeable)
{
	volatile pid_t *child;
	struct census census;
	pid_t pids[2];

	if (!self->ready)
		return;
	NEED_ZRAM();
	self->zram = true;
	child = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, child);
	self->pids[0] = child_start(map_twice, (void *)child);
	ASSERT_LT(0, self->pids[0]);
	if (!*child)
		SKIP(return, "no page comes back twice from swap after it was merged");
	pids[0] = self->pids[0];
	pids[1] = *child;
	ASSERT_FRAMES(pids, 2, &census);
	EXPECT_PLACED(1024, &census, pids[1], RSS);
	EXPECT_PLACED(1023, &census, pids[1], FRAMES);
	EXPECT_PLACED_SHARE(share(1023, 2), &census, pids[1], PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

TEST_HARNESS_MAIN
