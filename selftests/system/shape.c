// SPDX-License-Identifier: GPL-2.0
/*
 * Machines with different nodes, memory holes and sizes: each node's memory is
 * counted exactly, the nodes are those of /sys, and the memory that a census takes
 * depends on the present memory, not on the highest frame. vm/shapes runs this.
 */
#include <linux/mempolicy.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "selftest.h"

#include "owners/counted.h"

#define NODES_MAX	64
#define KIB		1024ULL
#define MIB		(1024 * KIB)

/*
 * Frames in a section, bytes for it with its hash table entries, and bytes for each
 * block of 64 pages of each owner: see Documentation/frames.rst. There is at least
 * one chunk of each pool.
 */
#define SECTION_FRAMES	32768ULL
#define SECTION_BYTES	(8 * KIB + 4 * 16)
#define ENTRY_BYTES	16ULL
#define LEAST_BYTES	(128 * KIB)

/* Limit per process for records and the rest of a snapshot. */
#define TASK_BYTES	(4 * KIB)

static const unsigned long pages = 5000;

/* Sums over all zones of /proc/zoneinfo, in frames. */
struct extent {
	unsigned long long present, highest;
	unsigned int zones;
};

static void read_extent(struct extent *e)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	unsigned long long spanned = 0, present, start;
	char line[256];

	need(file, "zoneinfo");
	memset(e, 0, sizeof(*e));
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " spanned %llu", &spanned) == 1)
			continue;
		if (sscanf(line, " present %llu", &present) == 1) {
			e->present += present;
			e->zones += present > 0;
		} else if (sscanf(line, " start_pfn: %llu", &start) == 1 &&
			   spanned && start + spanned > e->highest) {
			e->highest = start + spanned;
		}
	}
	fclose(file);
}

/* A kernel list such as 0-2,5, as a bit mask. */
static uint64_t read_list(const char *path)
{
	FILE *file = fopen(path, "r");
	uint64_t bits = 0;
	unsigned int from, to;
	int c = ',';

	while (file && c == ',' && fscanf(file, "%u", &from) == 1) {
		to = from;
		c = getc(file);
		if (c == '-' && fscanf(file, "%u", &to) == 1)
			c = getc(file);
		for (; from <= to && from < NODES_MAX; from++)
			bits |= 1ULL << from;
	}
	if (file)
		fclose(file);
	return bits;
}

#define NODE_SYS	"/sys/devices/system/node/"

static uint64_t nodes_online(void)
{
	return read_list(NODE_SYS "online") ?: 1;
}

static uint64_t nodes_with_memory(void)
{
	return read_list(NODE_SYS "has_memory") ?: 1;
}

/* The census has all nodes of /sys once, including those without memory. */
TEST(nodes)
{
	static const struct census_request request = {
		.parts = MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES,
	};
	const uint64_t online = nodes_online(), memory = nodes_with_memory();
	uint64_t met = 0, with_zones = 0;
	struct census census;
	size_t i;

	diag("nodes online %#llx, with memory %#llx",
	     (unsigned long long)online, (unsigned long long)memory);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	for (i = 0; i < census.n_nodes; i++) {
		const struct census_node *n = &census.nodes[i];
		uint64_t bit = 1ULL << n->value[MEMCENSUS_NODE_ID];

		EXPECT_EQ(0, met & bit);
		met |= bit;
		EXPECT_EQ(!!(memory & bit),
			  n->value[MEMCENSUS_NODE_PRESENT] > 0);
		if (memory & bit)
			continue;
		/* Nothing is allocated there, and there is no shortage. */
		EXPECT_EQ(MEMCENSUS_KSWAPD_NONE,
			  n->value[MEMCENSUS_NODE_KSWAPD]);
		EXPECT_STREQ("", n->zone);
		EXPECT_EQ(1, n->value[MEMCENSUS_NODE_BALANCED]);
	}
	EXPECT_EQ(online, met);
	for (i = 0; i < census.n_zones; i++)
		with_zones |= 1ULL << census.zones[i].node;
	EXPECT_EQ(memory, with_zones);
	census_free(&census);
}

/* Pages of one node only, written by a child and shared with its child. */
static void on_node(void *arg)
{
	unsigned long mask = 1UL << *(const unsigned int *)arg;
	char *at;

	need(!syscall(SYS_set_mempolicy, MPOL_BIND, &mask, NODES_MAX),
	     "set_mempolicy");
	at = map_private(PLACE(0), pages * PAGE);
	write_pages(at, pages);
}

static int node_of(pid_t pid, const char *at)
{
	void *page = (void *)at;
	int status = -1;

	if (syscall(SYS_move_pages, pid, 1, &page, NULL, &status, 0))
		return -1;
	return status;
}

TEST(each_node_is_counted)
{
	uint64_t memory = nodes_with_memory();
	struct census census;
	unsigned int node;
	pid_t pid;

	for (node = 0; node < NODES_MAX; node++) {
		if (!(memory >> node & 1))
			continue;
		pid = child_start(on_node, &node);
		ASSERT_LT(0, pid)
			TH_LOG("no %lu pages on node %u", pages, node);
		if (memory != 1)
			EXPECT_EQ(node, node_of(pid, PLACE(0)));
		ASSERT_FRAMES(&pid, 1, &census);
		EXPECT_PLACED(pages, &census, pid, RSS);
		EXPECT_PLACED(pages, &census, pid, USS);
		EXPECT_PLACED(pages, &census, pid, PSS);
		census_free(&census);
		EXPECT_EQUAL_SMAPS(pid);
		child_end(pid);
		diag("node %u: %lu pages", node, pages);
	}
	EXPECT_EQUAL_OWNERS();
}

#define GIB		(1024 * MIB)
#define GIGANTIC	"/hugepages/hugepages-1048576kB/free_hugepages"

struct mover {
	pid_t pid;
	int nodes[2];
	volatile unsigned int *moves;
};

/* Moves the page back and forth until it is killed. */
static void move_gigantic(const struct mover *m)
{
	void *page = PLACE(0);
	int i, status;

	for (i = 0;; i = !i) {
		status = -1;
		need(!syscall(SYS_move_pages, m->pid, 1, &page, &m->nodes[i],
			      &status, MPOL_MF_MOVE_ALL), "move_pages");
		*m->moves += status == m->nodes[i];
	}
}

/*
 * While a 1 GiB page is copied between nodes, its entry is a migration entry: the
 * process still owns the page.
 */
TEST(gigantic_moves)
{
	struct mover m = { .nodes = { -1, -1 } };
	unsigned int node, found = 0, i, counted = 0;
	struct census census;
	const time_t end = time(NULL) + 100;
	char path[128];
	pid_t mover;

	for (node = 0; node < NODES_MAX && found < 2; node++) {
		snprintf(path, sizeof(path), NODE_SYS "node%u" GIGANTIC, node);
		if (nodes_online() >> node & 1 && read_number(path) > 0)
			m.nodes[found++] = node;
	}
	if (found < 2)
		SKIP(return, "machine has no two nodes with a free page of 1 GiB");
	m.moves = (void *)map(PLACE(1), PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	m.pid = child_start(map_gigantic, NULL);
	ASSERT_LT(0, m.pid);
	mover = fork();
	if (!mover) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		move_gigantic(&m);
	}
	ASSERT_LT(0, mover);
	for (i = 0; *m.moves < 2 && time(NULL) < end; i++) {
		ASSERT_FRAMES(&m.pid, 1, &census);
		counted += counted_placed(&census, m.pid,
					  MEMCENSUS_F_PRIVATE_HUGETLB) == GIB;
		census_free(&census);
	}
	EXPECT_EQ(i, counted);
	diag("%u moves, %u censuses", *m.moves, i);
	child_end(mover);
	child_end(m.pid);
	/* Since 6.11 it is copied byte by byte, which takes QEMU half a minute. */
	if (!*m.moves)
		SKIP(return, "the page of 1 GiB did not move in time");
}

TEST(memory_is_bounded)
{
	uint64_t sections, entries, tasks, limit, taken;
	struct census census;
	struct extent e;
	int i;

	read_extent(&e);
	for (i = 0; i < 3; i++) {
		ASSERT_FRAMES_OF_ALL(&census);
		EXPECT_EQ(0, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
		EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_SLICES]);
		/* Every zone may begin and end within a section. */
		sections = e.present / SECTION_FRAMES + 2 * e.zones;
		/* In the worst case each block has one page. */
		entries = census.scan[MEMCENSUS_SCAN_PAGES];
		tasks = census.n_tasks;
		limit = sections * SECTION_BYTES + entries * ENTRY_BYTES + LEAST_BYTES +
			tasks * TASK_BYTES;
		taken = census.scan[MEMCENSUS_SCAN_MEMORY];
		EXPECT_LE(taken, limit);
		if (!i)
			diag("%llu MiB, highest frame at %llu MiB: %llu of %llu KiB taken",
			     e.present * PAGE / MIB, e.highest * PAGE / MIB,
			     (unsigned long long)(taken / KIB),
			     (unsigned long long)(limit / KIB));
		census_free(&census);
	}
}

TEST_HARNESS_MAIN
