// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of each process by NUMA node: as /proc/PID/numa_maps has it, to the page, of
 * processes that have stopped. Memory of every kind is put on each node in an amount that
 * no other node has. With one node, all is there; vm/shapes runs this on machines with
 * several.
 */
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/syscall.h>

#include "ko.h"
#include "selftest.h"

#include "owners/counted.h"

#define NODES_MAX	64
#define RW		(PROT_READ | PROT_WRITE)
#define NODE_SYS	"/sys/devices/system/node/"

/* Pages on the node with index i among those with memory: so many times i + 1. */
#define PRIVATE		300
#define SHARED		70
#define FILE_PAGES	40
#define WRITTEN		20
/* Of all nodes in turn, at addresses in another order than their frames: two tables of pages. */
#define SCATTERED	1024

enum place {
	OF_PRIVATE,
	OF_SHARED,
	OF_FILE,
	OF_SCATTERED,
	OF_THP,
	OF_HUGETLB,
	PLACES,
};

/* Memory by node, in pages; @huge: hugetlb pages, in base pages. */
struct by_node {
	uint64_t rss[NODES_MAX], huge[NODES_MAX];
};

static unsigned int nodes[NODES_MAX], n_nodes;

/* The nodes with memory, without help of the module. */
static void find_nodes(void)
{
	char path[64], line[128];
	unsigned int node;
	unsigned long kib;
	FILE *file;

	n_nodes = 0;
	for (node = 0; node < NODES_MAX; node++) {
		snprintf(path, sizeof(path), NODE_SYS "node%u/meminfo", node);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fgets(line, sizeof(line), file) &&
		    sscanf(line, "Node %*u MemTotal: %lu", &kib) == 1 && kib > 65536)
			nodes[n_nodes++] = node;
		fclose(file);
	}
}

static void bind_to(unsigned int node)
{
	unsigned long mask = 1UL << node;

	need(!syscall(SYS_set_mempolicy, MPOL_BIND, &mask, NODES_MAX), "set_mempolicy");
}

/* numa_maps leaves out pages of the kernel's image, which RSS counts: so they are unmapped. */
static void drop_vdso(void)
{
	unsigned long start[4], end[4], n = 0;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");

	need(maps, "maps");
	while (n < 4 && fgets(line, sizeof(line), maps))
		if (strstr(line, "[vdso]") &&
		    sscanf(line, "%lx-%lx", &start[n], &end[n]) == 2)
			n++;
	fclose(maps);
	while (n--)
		need(!munmap((void *)start[n], end[n] - start[n]), "munmap");
}

/* What a child has, and what it could not get. */
struct made {
	bool file, thp;
	unsigned int hugetlb;
	pid_t grandchild;
};

static struct made *made;

static void make_file(unsigned int i)
{
	const size_t pages = FILE_PAGES * (i + 1);
	char name[64], *data = map_private(PLACE(50), pages * PAGE), *at;
	int fd;

	snprintf(name, sizeof(name), "/tmp/nodes.%u.%d", i, getpid());
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	need(fd >= 0, "file");
	need(write(fd, data, pages * PAGE) == (ssize_t)(pages * PAGE), "write");
	at = map(PLACE(OF_FILE * NODES_MAX + i + 100), pages * PAGE, PROT_READ, MAP_PRIVATE,
		 fd, 0);
	read_pages(at, pages);
	close(fd);
	unlink(name);
	munmap(data, pages * PAGE);
}

static char *place(enum place kind, unsigned int i)
{
	return PLACE(kind * NODES_MAX + i + 100);
}

static void make_thp(unsigned int i)
{
	char *at = mmap(place(OF_THP, i), 2 * HUGE, RW,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	need(at != MAP_FAILED, "mmap");
	if (!madvise(at, HUGE, MADV_HUGEPAGE))
		at[0] = 1;
}

static void make_hugetlb(unsigned int i)
{
	char *at = mmap(place(OF_HUGETLB, i), HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_FIXED | MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1, 0);

	if (at == MAP_FAILED)
		return;
	at[0] = 1;
	made->hugetlb++;
}

/* Frames of neighbours are far from each other, and on different nodes. */
static void make_scattered(void)
{
	char *at = map_private(place(OF_SCATTERED, 0), SCATTERED * PAGE);
	unsigned int i;

	for (i = 0; i < SCATTERED; i++) {
		bind_to(nodes[i % n_nodes]);
		write_pages(at + (i * 389UL) % SCATTERED * PAGE, 1);
	}
}

/* Writes to a part of what it has by fork: copies on the first node. */
static void be_grandchild(void *arg)
{
	bind_to(nodes[0]);
	write_pages(place(OF_PRIVATE, n_nodes - 1), WRITTEN);
	write_pages(place(OF_SCATTERED, 0), WRITTEN);
}

static void have_all(void *arg)
{
	unsigned int i;

	drop_vdso();
	for (i = 0; i < n_nodes; i++) {
		bind_to(nodes[i]);
		write_pages(map_private(place(OF_PRIVATE, i), PRIVATE * (i + 1) * PAGE),
			    PRIVATE * (i + 1));
		write_pages(map_shared(place(OF_SHARED, i), SHARED * (i + 1) * PAGE),
			    SHARED * (i + 1));
		make_file(i);
		make_thp(i);
		make_hugetlb(i);
	}
	make_scattered();
	made->grandchild = child_start(be_grandchild, NULL);
	need(made->grandchild > 0, "grandchild");
}

/* Adds the mapping of a line of numa_maps to @sum. */
static void add_line(const char *line, struct by_node *sum)
{
	const char *word = strstr(line, " kernelpagesize_kB=");
	unsigned long kib = word ? strtoul(word + 19, NULL, 10) : 0;
	const bool huge = strstr(line, " huge ");
	unsigned int node;
	unsigned long n;

	for (word = line; (word = strstr(word, " N")); word += 2)
		if (sscanf(word, " N%u=%lu", &node, &n) == 2 && node < NODES_MAX)
			(huge ? sum->huge : sum->rss)[node] += n * (kib << 10) / PAGE;
}

/* Of the mapping at @at, or of all if it is NULL. */
static struct by_node read_numa_maps(pid_t pid, const char *at)
{
	struct by_node sum = {};
	char path[64], line[1024];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/numa_maps", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (!at || strtoul(line, NULL, 16) == (unsigned long)at)
			add_line(line, &sum);
	if (file)
		fclose(file);
	return sum;
}

static bool has_numa_maps(void)
{
	return !access("/proc/self/numa_maps", R_OK);
}

static struct by_node counted(const struct census *census, pid_t pid)
{
	struct by_node sum = {};
	size_t i;

	for (i = 0; i < census->n_task_nodes; i++) {
		const struct census_task_node *n = &census->task_nodes[i];

		if (n->pid != (uint32_t)pid || n->node >= NODES_MAX)
			continue;
		sum.rss[n->node] += n->rss / PAGE;
		sum.huge[n->node] += n->hugetlb / PAGE;
	}
	return sum;
}

#define EXPECT_ON_NODES(expected, found, what) do {			\
	unsigned int __node;						\
	for (__node = 0; __node < NODES_MAX; __node++) {		\
		EXPECT_EQ((expected).rss[__node], (found).rss[__node])	\
			TH_LOG("node %u, RSS: %s", __node, what);	\
		EXPECT_EQ((expected).huge[__node], (found).huge[__node]) \
			TH_LOG("node %u, hugetlb: %s", __node, what);	\
	}								\
} while (0)

/* A census of all processes, or of @pid. */
static int take(uint8_t basis, pid_t pid, struct census *census)
{
	const uint32_t id = pid;
	const struct census_request request = {
		.basis = basis, .pids = pid ? &id : NULL, .n_pids = !!pid,
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_TASK_NODES,
	};
	struct census_error error = {};
	int ret = census_take(&request, census, &error);

	if (ret)
		diag("no census: %s", error.text);
	return ret;
}

FIXTURE(nodes)
{
	pid_t pids[2];
	long before[NODES_MAX];
};

static const char *pool_of(unsigned int node)
{
	static char path[128];

	snprintf(path, sizeof(path), NODE_SYS "node%u/hugepages/hugepages-%zukB/nr_hugepages",
		 node, HUGE >> 10);
	return path;
}

static void set_pool(unsigned int node, long pages)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", pages);
	write_file(pool_of(node), text);
}

FIXTURE_SETUP(nodes)
{
	unsigned int i;

	if (!has_numa_maps())
		SKIP(return, "kernel has no numa_maps");
	find_nodes();
	ASSERT_LT(0, n_nodes);
	thp_on();
	for (i = 0; i < n_nodes; i++) {
		self->before[i] = read_number(pool_of(nodes[i]));
		set_pool(nodes[i], self->before[i] + 1);
	}
	made = (void *)map(PLACE(1), PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	self->pids[0] = child_start(have_all, NULL);
	ASSERT_LT(0, self->pids[0]);
	self->pids[1] = made->grandchild;
	diag("%u nodes with memory, hugetlb on %u of them", n_nodes, made->hugetlb);
}

FIXTURE_TEARDOWN(nodes)
{
	unsigned int i;

	child_end(self->pids[0]);
	for (i = 0; i < n_nodes; i++)
		if (self->before[i] >= 0)
			set_pool(nodes[i], self->before[i]);
	munmap(made, PAGE);
}

/* The test has put on each node what it says; numa_maps and THP are of the kernel. */
TEST_F(nodes, known_amounts)
{
	unsigned int i, j, huge = 0;

	for (i = 0; i < n_nodes; i++) {
		struct by_node private = read_numa_maps(self->pids[0], place(OF_PRIVATE, i));
		struct by_node shared = read_numa_maps(self->pids[0], place(OF_SHARED, i));
		struct by_node file = read_numa_maps(self->pids[0], place(OF_FILE, i));
		struct by_node thp = read_numa_maps(self->pids[0], place(OF_THP, i));
		struct by_node hugetlb = read_numa_maps(self->pids[0], place(OF_HUGETLB, i));

		for (j = 0; j < n_nodes; j++) {
			const unsigned int node = nodes[j], n = i == j ? i + 1 : 0;

			EXPECT_EQ(PRIVATE * n, private.rss[node]);
			EXPECT_EQ(SHARED * n, shared.rss[node]);
			EXPECT_EQ(FILE_PAGES * n, file.rss[node]);
			huge += thp.rss[node] == PER_HUGE;
			if (i == j && made->hugetlb == n_nodes)
				EXPECT_EQ(PER_HUGE, hugetlb.huge[node]);
		}
	}
	diag("THP on %u of %u nodes", huge, n_nodes);
}

static void check(struct __test_metadata *_metadata, const pid_t *pids, uint8_t basis, bool named)
{
	struct census census = {};
	unsigned int i, node;

	for (i = 0; i < 2; i++) {
		const struct by_node expected = read_numa_maps(pids[i], NULL);
		const struct census_task *task;
		struct by_node found;
		uint64_t sum = 0;

		if (named || !i)
			ASSERT_EQ(0, take(basis, named ? pids[i] : 0, &census));
		EXPECT_TRUE(census_is_whole(&census));
		found = counted(&census, pids[i]);
		EXPECT_ON_NODES(expected, found, i ? "the child of the fork" : "the parent");
		task = census_task_of(&census, pids[i]);
		ASSERT_NE(NULL, task);
		for (node = 0; node < NODES_MAX; node++)
			sum += found.rss[node];
		EXPECT_EQ(figure(&task->f, MEMCENSUS_F_RSS), sum * PAGE);
		if (named || i)
			census_free(&census);
	}
}

TEST_F(nodes, by_owners)
{
	if (self->pids[0] > 0)
		check(_metadata, self->pids, MEMCENSUS_BASIS_FRAMES, false);
}

TEST_F(nodes, by_mapcount)
{
	if (self->pids[0] > 0)
		check(_metadata, self->pids, MEMCENSUS_BASIS_MAPCOUNT, true);
}

/*
 * A page in each MiB of a file: each needs a section of 4 blocks of 16 bytes and 32 bytes more,
 * and an entry of 16. So all of them need more than the least max_mem.
 */
#define MIB		1048576UL
#define NEEDS		112

struct spread {
	int fd;
	unsigned long mib;
};

/* It depends on the memory of the machine. */
static unsigned long least_max_mem(void)
{
	unsigned long least = sysconf(_SC_PHYS_PAGES) * PAGE / 4096;

	return least < MIB ? MIB : least;
}

static void have_spread(void *arg)
{
	const struct spread *spread = arg;
	char *at = map(PLACE(60), spread->mib * MIB, RW, MAP_SHARED, spread->fd, 0);
	unsigned long i;

	for (i = 0; i < spread->mib; i++)
		at[i * MIB] = 1;
}

/* In slices too, each page counts once. */
TEST_F(nodes, in_slices)
{
	const unsigned long least = least_max_mem();
	struct spread spread = { .mib = least / NEEDS * 4 / 3 };
	struct census census = {};
	char words[64];
	pid_t pid;

	if (!self->pids[0])
		return;
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	spread.fd = memfd("spread", spread.mib * (MIB / PAGE));
	pid = child_start(have_spread, &spread);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, ko_unload_patiently(10000));
	snprintf(words, sizeof(words), "max_mem=%lu", least);
	ASSERT_EQ(0, ko_load(words));
	ASSERT_EQ(0, take(MEMCENSUS_BASIS_FRAMES, 0, &census));
	EXPECT_LT(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	census_free(&census);
	check(_metadata, self->pids, MEMCENSUS_BASIS_FRAMES, false);
	child_end(pid);
	close(spread.fd);
	ASSERT_EQ(0, ko_unload_patiently(10000));
	ASSERT_EQ(0, ko_load(""));
}

/* The process has stopped on a CPU of the last node; a census without the part has no nodes. */
static void on_last(void *arg)
{
	cpu_set_t *cpus = arg;

	need(!sched_setaffinity(0, sizeof(*cpus), cpus), "sched_setaffinity");
}

static bool cpus_of(unsigned int node, cpu_set_t *cpus)
{
	char path[64];
	unsigned int cpu;

	CPU_ZERO(cpus);
	for (cpu = 0; cpu < 256; cpu++) {
		snprintf(path, sizeof(path), NODE_SYS "node%u/cpu%u", node, cpu);
		if (!access(path, F_OK))
			CPU_SET(cpu, cpus);
	}
	return CPU_COUNT(cpus);
}

TEST(where_it_runs)
{
	static const struct census_request without = { .parts = MEMCENSUS_PART_TASKS };
	struct census census;
	unsigned int node, met = 0;
	cpu_set_t cpus;
	pid_t pid;
	size_t i;

	for (node = 0; node < NODES_MAX; node++) {
		unsigned int runs = 0;

		if (!cpus_of(node, &cpus))
			continue;
		pid = child_start(on_last, &cpus);
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, take(MEMCENSUS_BASIS_FRAMES, 0, &census));
		for (i = 0; i < census.n_task_nodes; i++) {
			const struct census_task_node *n = &census.task_nodes[i];

			if (n->pid != (uint32_t)pid)
				continue;
			EXPECT_EQ(n->node == node, n->runs);
			runs += n->runs;
		}
		EXPECT_EQ(1, runs);
		census_free(&census);
		child_end(pid);
		met++;
	}
	EXPECT_LT(0, met);
	ASSERT_EQ(0, census_take(&without, &census, NULL));
	EXPECT_EQ(0, census.n_task_nodes);
	census_free(&census);
}

TEST_HARNESS_MAIN
