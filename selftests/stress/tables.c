// SPDX-License-Identifier: GPL-2.0
/*
 * Processes without privileges choose offsets, files and mappings that make a census slow
 * if its tables or its scans of files depend on them. Each load is compared with one that
 * has as many mappings and pages and chooses nothing: a census takes at most twice as
 * long, and a constant.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "selftest.h"
#include "memory/zram.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1800

#define RW		(PROT_READ | PROT_WRITE)
#define BLOCK		64UL
#define PROCESSES	4
#define TRIES		5
#define NOBODY		65534
#define MS		1000000ULL

/* The host of an emulated machine alone may take as long. */
static const uint64_t constant_ns = 100 * MS, hold_constant_ns = 50 * MS;

/**
 * struct load - what each of the processes does
 * @body: of a process
 * @n: mappings of each process
 * @number: of the process
 * @step: between two pages, in blocks of 64 pages; 0: at random
 * @private: map private and writable
 */
struct load {
	void (*body)(const struct load *load);
	unsigned int n, number;
	unsigned long step;
	bool private;
	int fd;
};

/**
 * struct cost - of the cheapest of several censuses
 * @wall: ns
 * @hold: longest lock hold, ns
 */
struct cost {
	uint64_t wall, hold;
};

static void live(void *arg)
{
	const struct load *load = arg;

	need(!setgroups(0, NULL), "setgroups");
	need(!setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
	need(!setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
	/* The change of user has cleared it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	load->body(load);
}

static uint64_t scramble(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* Each process maps other pages of one file, one by one, and writes to them. */
static void map_pages(const struct load *load)
{
	unsigned int i;

	for (i = 0; i < load->n; i++) {
		uint64_t nr = (uint64_t)load->number * load->n + i;
		/* Pages of a file are numbered up to 2^46, and a shmem file may be as long. */
		uint64_t block = load->step ? nr * load->step :
					      scramble(nr) & ((1ULL << 40) - 4);

		*map(PLACE(0) + i * PAGE, PAGE, RW, MAP_SHARED, load->fd,
		     block * BLOCK * PAGE) = 1;
	}
}

static void map_files(const struct load *load)
{
	unsigned int i;

	for (i = 0; i < load->n; i++) {
		int fd = memfd("small", 1);

		map(PLACE(0) + i * PAGE, PAGE, RW, MAP_SHARED, fd, 0);
		close(fd);
	}
}

#define FILE_PAGES	((512UL << 20) / PAGE)
#define SWAPPED		16

/* User Mode Linux chooses addresses from 1 GiB on, of 512 GiB: most mappings are below this. */
#define ABOVE		PLACE(95)

/* Many mappings of most of one file, and none of all of it. */
static void map_much(const struct load *load)
{
	unsigned long size = FILE_PAGES * PAGE;
	unsigned int i;

	for (i = 0; i < load->n; i++)
		need(mmap(NULL, size - (i + 1) * PAGE, RW,
			  load->private ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED,
			  load->fd, i % 2 ? PAGE : 0) != MAP_FAILED, "mmap");
}

static struct cost measure(struct __test_metadata *_metadata)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	struct cost cost = { UINT64_MAX, UINT64_MAX };
	unsigned int i;

	for (i = 0; i < TRIES; i++) {
		struct census census;
		uint64_t wall, hold;

		EXPECT_EQ(0, census_take(&request, &census, NULL));
		EXPECT_TRUE(census_is_whole(&census));
		EXPECT_EQ(0, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
		wall = census.scan[MEMCENSUS_SCAN_WALL_NS];
		hold = census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS];
		cost.wall = wall < cost.wall ? wall : cost.wall;
		cost.hold = hold < cost.hold ? hold : cost.hold;
		census_free(&census);
	}
	return cost;
}

static void expect_alike(struct __test_metadata *_metadata, const char *what,
			 struct cost chosen, struct cost plain)
{
	diag("%s: %llu us, longest hold %llu us; nothing chosen: %llu us, %llu us", what,
	     (unsigned long long)chosen.wall / 1000, (unsigned long long)chosen.hold / 1000,
	     (unsigned long long)plain.wall / 1000, (unsigned long long)plain.hold / 1000);
	EXPECT_LE(chosen.wall, 2 * plain.wall + constant_ns);
	EXPECT_LE(chosen.hold, 2 * plain.hold + hold_constant_ns);
}

/* Starts PROCESSES with this load, measures, and ends them. */
static struct cost of_load(struct __test_metadata *_metadata, struct load load)
{
	struct cost cost = {};
	pid_t pids[PROCESSES];
	unsigned int i, n;

	for (n = 0; n < PROCESSES; n++) {
		load.number = n;
		pids[n] = child_start(live, &load);
		if (pids[n] <= 0)
			break;
	}
	EXPECT_EQ(PROCESSES, n);
	if (n == PROCESSES)
		cost = measure(_metadata);
	for (i = 0; i < n; i++)
		child_end(pids[i]);
	return cost;
}

static int sparse_file(void)
{
	int fd = memfd("sparse", 0);

	need(!ftruncate(fd, (1LL << 46) * PAGE), "ftruncate");
	return fd;
}

#define QUADRATIC	"User Mode Linux unmaps each of many mappings by a walk of all"

/*
 * hash_64() of the blocks at this step, times the golden ratio, is the same in its lowest
 * 19 bits.
 */
#define COLLIDING_STEP	27320612UL

TEST(offsets)
{
	struct load load = { .body = map_pages, .n = 10000 };
	struct cost plain, chosen;

	if (user_mode_linux())
		SKIP(return, QUADRATIC);
	load.fd = sparse_file();
	plain = of_load(_metadata, load);
	close(load.fd);
	load.fd = sparse_file();
	load.step = COLLIDING_STEP;
	chosen = of_load(_metadata, load);
	close(load.fd);
	expect_alike(_metadata, "40,000 pages at colliding offsets", chosen, plain);
}

/* The time of a file does not depend on the number of files. */
TEST(files)
{
	const struct load few = { .body = map_files, .n = 2500 };
	const struct load many = { .body = map_files, .n = 40000 };
	struct cost plain;

	if (user_mode_linux())
		SKIP(return, QUADRATIC);
	plain = of_load(_metadata, few);
	plain.wall *= many.n / few.n;
	expect_alike(_metadata, "160,000 files, beside 16 times 10,000",
		     of_load(_metadata, many), plain);
}

static void do_nothing(const struct load *load)
{
}

/* Most of the address space: no pool is needed for that. */
#define HUGETLB_BYTES	(64UL << 40)

static void map_hugetlb(const struct load *load)
{
	need(mmap(NULL, HUGETLB_BYTES, RW,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0) != MAP_FAILED,
	     "mmap of hugetlb");
}

static sigjmp_buf after_fault;

static void skip_fault(int signal)
{
	siglongjmp(after_fault, 1);
}

/* A fault without a page in the pool leaves an empty table. */
static void fault_hugetlb(const struct load *load)
{
	const struct sigaction action = { .sa_handler = skip_fault };
	volatile unsigned int i;
	volatile char *at;

	at = mmap(NULL, HUGETLB_BYTES, RW,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0);
	need(at != MAP_FAILED, "mmap of hugetlb");
	need(!sigaction(SIGBUS, &action, NULL), "sigaction");
	for (i = 0; i < load->n; i++)
		if (!sigsetjmp(after_fault, 1))
			at[(unsigned long)i << 30] = 1;
}

/* As many tables, with a page in each. */
static void fault_pages(const struct load *load)
{
	char *at = map(PLACE(0), (size_t)load->n << 21, RW,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned int i;

	need(!madvise(at, (size_t)load->n << 21, MADV_NOHUGEPAGE) || errno == EINVAL, "madvise");
	for (i = 0; i < load->n; i++)
		at[(size_t)i << 21] = 1;
}

TEST(empty_hugetlb)
{
	struct load plain = { .body = do_nothing }, load = { .body = map_hugetlb };

	if (user_mode_linux())
		SKIP(return, "User Mode Linux has no hugetlb");
	expect_alike(_metadata, "four empty hugetlb mappings of 64 TiB",
		     of_load(_metadata, load), of_load(_metadata, plain));
}

TEST(hugetlb_tables)
{
	struct load plain = { .body = fault_pages, .n = 1000 };
	struct load load = { .body = fault_hugetlb, .n = 1000 };

	if (user_mode_linux())
		SKIP(return, "User Mode Linux has no hugetlb");
	expect_alike(_metadata, "4,000 empty tables of hugetlb",
		     of_load(_metadata, load), of_load(_metadata, plain));
}

#define PEERS		3000U
#define PEER_MAPPINGS	20000UL

/* What a peer of others in a PID namespace of its own needs for its mappings. */
struct inside {
	uint64_t us;
	size_t vmas;
	bool none;
};

/* Time of a census of the mappings of @pid, us; 0: it failed. */
static uint64_t time_mappings(pid_t pid, size_t *vmas)
{
	uint64_t begin = now_us();
	struct census census;

	if (census_take_pid(pid, &census, NULL))
		return 0;
	*vmas = census.n_vmas;
	census_free(&census);
	return now_us() - begin;
}

static int wait_as_peer(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

static int count_inside(void *arg)
{
	struct inside *inside = arg;

	inside->us = time_mappings(1, &inside->vmas);
	_exit(0);
}

static void start_peers(void *arg)
{
	static char last[262144] __attribute__((aligned(16)));
	char *stacks = map_private(PLACE(1), (size_t)PEERS * PAGE);
	char *at = map_private(PLACE(0), PEER_MAPPINGS * PAGE);
	struct inside *inside = arg;
	unsigned long i;
	pid_t pid;

	for (i = 0; i < PEER_MAPPINGS; i += 2)
		need(!mprotect(at + i * PAGE, PAGE, PROT_READ), "mprotect");
	for (i = 1; i <= PEERS; i++)
		need(clone(wait_as_peer, stacks + i * PAGE, CLONE_VM | SIGCHLD, NULL) > 0,
		     "clone");
	pid = clone(count_inside, last + sizeof(last), CLONE_VM | CLONE_NEWPID | SIGCHLD, arg);
	inside->none = pid < 0 && errno == EINVAL;
	need(inside->none || waitpid(pid, NULL, 0) == pid, "peer in a PID namespace");
}

/* The only process that is visible is the last of many with one address space. */
TEST(peers_outside_a_pid_namespace)
{
	struct inside *inside = (struct inside *)map_shared(PLACE(50), PAGE);
	uint64_t outside;
	size_t vmas = 0;
	pid_t pid;

	if (user_mode_linux())
		SKIP(return, QUADRATIC);
	pid = child_start(start_peers, inside);
	ASSERT_LT(0, pid);
	outside = time_mappings(pid, &vmas);
	child_end(pid);
	if (inside->none)
		SKIP(return, "kernel has no PID namespaces");
	diag("%zu mappings: %llu us inside, %llu us outside", vmas,
	     (unsigned long long)inside->us, (unsigned long long)outside);
	ASSERT_LT(PEER_MAPPINGS, vmas);
	ASSERT_LT(PEER_MAPPINGS, inside->vmas);
	EXPECT_LE(inside->us, 2 * outside + constant_ns / 1000);
}

FIXTURE(swapped)
{
	bool on;
};

FIXTURE_VARIANT(swapped)
{
	bool private;
};

FIXTURE_VARIANT_ADD(swapped, shared) { .private = false };
FIXTURE_VARIANT_ADD(swapped, private) { .private = true };

FIXTURE_SETUP(swapped)
{
	const char *why = zram_on();

	if (why && !why[0])
		SKIP(return, "kernel has no zram");
	ASSERT_EQ(NULL, why);
	self->on = true;
}

FIXTURE_TEARDOWN(swapped)
{
	if (self->on)
		EXPECT_TRUE(zram_off());
}

/**
 * struct attack - a process, measured before and after some of a file that it maps is in swap
 * @body: of the process: maps, stops, and when it continues, swaps out
 * @load: what it gets
 * @known: SWAP of the process is known afterwards
 */
struct attack {
	const char *name;
	void (*body)(const struct load *load);
	struct load load;
	bool known;
};

#define OTHER_USER	1000
#define OTHER_PAGES	200UL

/* A part of a file in swap, of another user */
static void be_other(void *arg)
{
	const int fd = memfd("other", OTHER_PAGES + 1);
	char *at = map(PLACE(0), OTHER_PAGES * PAGE, RW, MAP_SHARED, fd, PAGE);

	write_pages(at, OTHER_PAGES);
	page_out(at, OTHER_PAGES);
	need(!setresuid(OTHER_USER, OTHER_USER, OTHER_USER), "setresuid");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Checks what is in swap of the process of @pid, and of the group of its user. */
static void expect_swap(struct __test_metadata *_metadata, pid_t pid, uint32_t uid, uint64_t swap)
{
	const struct census_request groups = {
		.parts = MEMCENSUS_PART_TASKS,
		.group_by = MEMCENSUS_BY_UID,
	};
	const struct census_task *task;
	struct census census;
	unsigned int i, found = 0;

	ASSERT_EQ(0, census_take(&groups, &census, NULL));
	task = census_task_of(&census, pid);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(swap, figure(&task->f, MEMCENSUS_F_SWAP));
	EXPECT_NE(FIGURE_UNKNOWN, figure(&task->f, MEMCENSUS_F_RSS));
	for (i = 0; i < census.n_groups; i++)
		if (census.groups[i].uid == uid) {
			EXPECT_EQ(swap, figure(&census.groups[i].f, MEMCENSUS_F_SWAP));
			found++;
		}
	EXPECT_LT(0, found);
	census_free(&census);
}

/* The sum of swap in the summary is of all processes: unknown if that of one is. */
static void expect_sum(struct __test_metadata *_metadata, bool known)
{
	FILE *file = fopen("/proc/memcensus", "r");
	char line[512], *swap;
	bool found = false;

	ASSERT_NE(NULL, file);
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "processes: ", 11);
	fclose(file);
	ASSERT_TRUE(found);
	diag("%s", strtok(line, "\n"));
	swap = strstr(line, " VSS, ");
	ASSERT_NE(NULL, swap);
	EXPECT_EQ(!known, !strncmp(swap, " VSS, - swap, ", 14));
}

/*
 * What is looked at follows what the walk has read: so a census takes at most twice as long as with
 * the same mappings and nothing in swap.  And nobody else's figure changes.
 */
static void run_attack(struct __test_metadata *_metadata, struct attack a)
{
	struct cost plain, cost;
	pid_t pid, other;

	a.load.body = a.body;
	pid = child_start(live, &a.load);
	ASSERT_LT(0, pid);
	plain = measure(_metadata);
	ASSERT_TRUE(child_next(pid));
	/* Later in the order of processes, so that an earlier one could use up what is for all. */
	other = child_start(be_other, NULL);
	ASSERT_LT(0, other);
	cost = measure(_metadata);
	expect_alike(_metadata, a.name, cost, plain);
	expect_swap(_metadata, other, OTHER_USER, OTHER_PAGES * PAGE);
	if (!a.known)
		expect_swap(_metadata, pid, NOBODY, FIGURE_UNKNOWN);
	expect_sum(_metadata, a.known);
	child_end(other);
	child_end(pid);
	close(a.load.fd);
}

static const unsigned int steps[] = { 1, 400 };

/* All but one page of a file of which most is in memory, many times. */
static void map_then_swap(const struct load *load)
{
	char *at = map(PLACE(0), FILE_PAGES * PAGE, RW, MAP_SHARED, load->fd, 0);

	write_pages(at, FILE_PAGES);
	need(!munmap(at, FILE_PAGES * PAGE), "munmap");
	map_much(load);
	child_stop();
	at = map(ABOVE, FILE_PAGES * PAGE, RW, MAP_SHARED, load->fd, 0);
	write_pages(at + FILE_PAGES / 2 * PAGE, SWAPPED);
	page_out(at + FILE_PAGES / 2 * PAGE, SWAPPED);
	need(!munmap(at, FILE_PAGES * PAGE), "munmap");
}

TEST_F(swapped, parts_in_memory)
{
	unsigned int i;

	for (i = 0; self->on && i < ARRAY_SIZE(steps); i++)
		run_attack(_metadata, (struct attack) {
			.name = "mappings of a file with 16 pages in swap", .body = map_then_swap,
			.load = { .n = steps[i], .private = variant->private,
				  .fd = memfd("much", FILE_PAGES) },
		});
}

#define SCATTERED	6000
#define AT_ONCE		1024

/* Every 64th page of a file is in swap; maps all but its first page, @n times. */
static void scatter(const struct load *load)
{
	unsigned long n = SCATTERED * BLOCK, i;
	char *at = map(PLACE(0), n * PAGE, RW, MAP_SHARED, load->fd, 0);

	for (i = 0; i < n; i += BLOCK)
		at[i * PAGE] = 1;
	need(!munmap(at, n * PAGE), "munmap");
	for (i = 0; i < load->n; i++)
		need(mmap(i ? NULL : PLACE(1), (n - 1) * PAGE, RW,
			  (load->private ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED) |
			  (i ? 0 : MAP_FIXED), load->fd, PAGE) != MAP_FAILED, "mmap");
	child_stop();
	at = map(ABOVE, n * PAGE, RW, MAP_SHARED, load->fd, 0);
	for (i = 0; i < n; i += BLOCK)
		at[i * PAGE] = 1;
	for (i = 0; i < n; i += AT_ONCE)
		page_out(at + i * PAGE, n - i < AT_ONCE ? n - i : AT_ONCE);
	need(!munmap(at, n * PAGE), "munmap");
}

static const unsigned int scattered_steps[] = { 1, 170 };

TEST_F(swapped, scattered)
{
	unsigned int i;

	for (i = 0; self->on && i < ARRAY_SIZE(scattered_steps); i++)
		run_attack(_metadata, (struct attack) {
			.name = "mappings of a file with 6,000 pages in swap", .body = scatter,
			.load = { .n = scattered_steps[i], .private = variant->private,
				  .fd = memfd("scattered", SCATTERED * BLOCK) },
		});
}

/* All but the last page of a file of @n GiB, with one page that will be in swap. */
static void map_empty(const struct load *load)
{
	const size_t size = ((size_t)load->n << 30) - PAGE;
	char *at = map(PLACE(0), PAGE, RW, MAP_SHARED, load->fd, 0);

	*at = 1;
	need(mmap(NULL, size, RW, load->private ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED,
		  load->fd, 0) != MAP_FAILED || errno == ENOMEM, "mmap");
	child_stop();
	page_out(at, 1);
}

static const unsigned int empty_steps[] = { 1, 64 * 1024 };

/* One page is found in one step, however large the file; of copies nothing is known. */
TEST_F(swapped, empty)
{
	unsigned int i;

	for (i = 0; self->on && i < ARRAY_SIZE(empty_steps); i++) {
		struct load load = { .n = empty_steps[i], .private = variant->private,
				     .fd = memfd("empty", 0) };
		const size_t bytes = (size_t)load.n << 30;
		void *at;

		ASSERT_EQ(0, ftruncate(load.fd, bytes));
		at = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			  0);
		if (at == MAP_FAILED) {
			diag("%u GiB exceed the address space", load.n);
			break;
		}
		munmap(at, bytes);
		run_attack(_metadata, (struct attack) {
			.name = "a file of 1 GiB to 64 TiB with one page in swap",
			.body = map_empty, .load = load, .known = !variant->private,
		});
	}
}

#define MANY		1000
#define MANY_PAGES	((256UL << 20) / PAGE)
#define MANY_SWAPPED	4096

/* @n processes map a file that they do not touch: all of it, or all but a page. */
static void be_many(const struct load *load)
{
	char *at = map(PLACE(0), MANY_PAGES * PAGE, RW, MAP_SHARED, load->fd, 0);
	unsigned int i;

	write_pages(at, MANY_PAGES);
	need(!munmap(at, MANY_PAGES * PAGE), "munmap");
	map(PLACE(0), (MANY_PAGES - load->step) * PAGE, RW, MAP_SHARED, load->fd, 0);
	for (i = 0; i < load->n; i++) {
		const pid_t pid = fork();

		need(pid >= 0, "fork");
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	child_stop();
	write_pages(PLACE(0), MANY_SWAPPED);
	page_out(PLACE(0), MANY_SWAPPED);
}

TEST_F(swapped, many_processes)
{
	unsigned long but;

	if (variant->private)
		SKIP(return, "is of shared mappings");
	if (!getenv("TABLES_MANY"))
		SKIP(return, "takes minutes where a processor is emulated: set TABLES_MANY=1");
	for (but = 0; self->on && but < 2; but++) {
		struct load load = { .body = be_many, .n = MANY, .step = but,
				     .fd = memfd("many", MANY_PAGES) };
		struct cost plain, cost;
		pid_t pid = child_start(live, &load);

		ASSERT_LT(0, pid);
		plain = measure(_metadata);
		ASSERT_TRUE(child_next(pid));
		cost = measure(_metadata);
		expect_alike(_metadata, but ? "a part of 256 MiB in 1,000 processes" :
					      "256 MiB in 1,000 processes", cost, plain);
		EXPECT_LE(cost.wall, 2 * plain.wall);
		child_end(pid);
		close(load.fd);
	}
}

TEST_HARNESS_MAIN
