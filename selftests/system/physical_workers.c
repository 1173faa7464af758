// SPDX-License-Identifier: GPL-2.0
/*
 * A pass over frames by several workers: it finds what one alone finds, to the page, and a reader
 * that is killed ends it.  Readers that wait share a pass, and what they hold is bounded.  Reloads
 * the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <libmnl/libmnl.h>

#include "client/abi_table.h"
#include "client/client.h"
#include "client/client_physical.h"
#include "ko.h"
#include "selftest.h"
#include "subject.h"

/*
 * Memory of the kernel that may come and go when the module is loaded again; a worker's part is
 * more.
 */
#define NOISE	((int64_t)2048 * (int64_t)PAGE)

#define CGROUPS	"/sys/fs/cgroup"
#define OWN	CGROUPS "/memcensus-workers"

/* What is charged to OWN, by a process that has ended. */
#define SHMEM_PAGES	24000
#define PIPE_PAGES	256

/* More than the ranges of a small machine, and than its processors. */
static const unsigned int numbers[] = { 1, 2, 3, 8 };

static struct physical alone, several;

static void reload(struct __test_metadata *_metadata, unsigned int workers)
{
	char words[32];

	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	snprintf(words, sizeof(words), "workers=%u", workers);
	ASSERT_EQ(0, ko_load(words));
}

static void take(struct __test_metadata *_metadata, struct physical *p, struct physical_ask ask)
{
	ASSERT_EQ(0, physical_take_with(p, ask))
		TH_LOG("no answer: %s", p->wrong);
}

/* Classes that a pass itself, and the reload before it, do not change. */
static bool is_still(unsigned int class)
{
	switch (class) {
	case MEMCENSUS_FC_FREE:
	case MEMCENSUS_FC_FREE_PCP:
	case MEMCENSUS_FC_PAGE_TABLES:
	case MEMCENSUS_FC_SLAB:
	case MEMCENSUS_FC_LARGE_KMALLOC:
	case MEMCENSUS_FC_KERNEL:
	/* Some kernels have large kmalloc() there, with the results of workers. */
	case MEMCENSUS_FC_REMAINDER:
		return false;
	default:
		return true;
	}
}

/* Return: a class of @p that differs from @q, if it is still or by more than noise; 0: none. */
static unsigned int differs(const struct physical *p, const struct physical *q)
{
	unsigned int i;

	for (i = MEMCENSUS_FC_PAD + 1; i <= MEMCENSUS_FC_MAX; i++) {
		int64_t by = (int64_t)(p->class[i] - q->class[i]);

		if (is_still(i) ? by : llabs(by) > NOISE)
			return i;
	}
	return 0;
}

/* Each frame of each zone has one class, and each of class kernel and remainder a record. */
static void expect_whole(struct __test_metadata *_metadata, const struct physical *p)
{
	uint64_t kinds = p->value[MEMCENSUS_PHYSICAL_LEFT_OUT];
	unsigned int i, n;

	for (i = 0; i < p->n_zones; i++) {
		uint64_t free = 0;

		EXPECT_EQ(p->zones[i].value[MEMCENSUS_PZ_SPANNED],
			  physical_zone_bytes(&p->zones[i]));
		for (n = 0; n < p->zones[i].n_blocks; n++)
			free += p->zones[i].blocks[n] * (PAGE << n);
		EXPECT_EQ(p->zones[i].class[MEMCENSUS_FC_FREE], free);
	}
	for (i = 0; i < p->n_kernel; i++) {
		kinds += p->kernel[i].value[MEMCENSUS_KF_BYTES];
		EXPECT_LT(0, p->kernel[i].n_first);
		for (n = 1; n < p->kernel[i].n_first; n++)
			EXPECT_LT(p->kernel[i].first[n - 1], p->kernel[i].first[n]);
		if (i)
			EXPECT_LE(p->kernel[i].value[MEMCENSUS_KF_BYTES],
				  p->kernel[i - 1].value[MEMCENSUS_KF_BYTES]);
	}
	EXPECT_EQ(p->class[MEMCENSUS_FC_KERNEL] + p->class[MEMCENSUS_FC_REMAINDER], kinds);
}

static void expect_same_zones(struct __test_metadata *_metadata)
{
	unsigned int i;

	ASSERT_EQ(alone.n_zones, several.n_zones);
	for (i = 0; i < alone.n_zones; i++) {
		const struct physical_zone *a = &alone.zones[i], *b = &several.zones[i];

		EXPECT_EQ(a->node, b->node);
		EXPECT_STREQ(a->name, b->name);
		EXPECT_EQ(a->value[MEMCENSUS_PZ_SPANNED], b->value[MEMCENSUS_PZ_SPANNED]);
		EXPECT_EQ(a->value[MEMCENSUS_PZ_PRESENT], b->value[MEMCENSUS_PZ_PRESENT]);
		EXPECT_EQ(a->value[MEMCENSUS_PZ_HOLES], b->value[MEMCENSUS_PZ_HOLES]);
		EXPECT_EQ(a->value[MEMCENSUS_PZ_OTHER_ZONES], b->value[MEMCENSUS_PZ_OTHER_ZONES]);
		EXPECT_EQ(a->class[MEMCENSUS_FC_RESERVED], b->class[MEMCENSUS_FC_RESERVED]);
	}
}

/* Takes memory in small pages, in @cgroup unless that is NULL, and ends; shmem is left. */
static void hold(struct __test_metadata *_metadata, const char *cgroup, int fd, int pipe_fd)
{
	static char block[1 << 20];
	pid_t pid = fork();
	int status, i;

	ASSERT_LE(0, pid);
	if (!pid) {
		need(!cgroup || enter_cgroup(cgroup), "cgroup");
		for (i = 0; i < SHMEM_PAGES; i++)
			need(pwrite(fd, block, PAGE, (off_t)i * PAGE) == (ssize_t)PAGE, "shmem");
		need(fcntl(pipe_fd, F_SETPIPE_SZ, PIPE_PAGES * (int)PAGE) > 0, "pipe");
		for (i = 0; i < PIPE_PAGES; i++)
			need(write(pipe_fd, block, PAGE) == (ssize_t)PAGE, "pipe");
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
}

TEST(classes)
{
	int fd = memfd("workers", SHMEM_PAGES), pipe_fd[2];
	unsigned int i, try, class = 0;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	ASSERT_EQ(0, pipe(pipe_fd));
	hold(_metadata, NULL, fd, pipe_fd[1]);
	/* The records of both are touched once. */
	take(_metadata, &alone, (struct physical_ask){ 0 });
	several = alone;
	for (i = 1; i < ARRAY_SIZE(numbers); i++) {
		/* A page of another process may come between two passes. */
		for (try = 0; try < 10; try++) {
			reload(_metadata, 1);
			take(_metadata, &alone, (struct physical_ask){ 0 });
			reload(_metadata, numbers[i]);
			take(_metadata, &several, (struct physical_ask){ 0 });
			expect_whole(_metadata, &alone);
			expect_whole(_metadata, &several);
			expect_same_zones(_metadata);
			class = differs(&alone, &several);
			if (!class)
				break;
		}
		EXPECT_EQ(0, class)
			TH_LOG("%u workers: class %u has %llu bytes, and %llu with one",
			       numbers[i], class, (unsigned long long)several.class[class],
			       (unsigned long long)alone.class[class]);
		EXPECT_LE(SHMEM_PAGES * PAGE, several.class[MEMCENSUS_FC_SHMEM_UNMAPPED]);
		diag("%u workers, try %u: kernel %lld KiB more, %llu struct pages, %llu alone",
		     numbers[i], try + 1, (long long)(several.class[MEMCENSUS_FC_KERNEL] -
						      alone.class[MEMCENSUS_FC_KERNEL]) >> 10,
		     (unsigned long long)several.value[MEMCENSUS_PHYSICAL_READ],
		     (unsigned long long)alone.value[MEMCENSUS_PHYSICAL_READ]);
	}
	close(fd);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

static const struct physical_cgroup *cgroup_of(const struct physical *p, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < p->n_cgroups; i++)
		if (p->cgroups[i].cgroup == id)
			return &p->cgroups[i];
	return NULL;
}

/* What is charged to a cgroup whose process has ended does not change at all. */
TEST(cgroups)
{
	int fd = memfd("workers", SHMEM_PAGES), pipe_fd[2];
	const struct physical_cgroup *own;
	uint64_t id, sum;
	unsigned int i, n, c, same;
	struct stat st;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	if (access(CGROUPS "/cgroup.controllers", F_OK) ||
	    !write_file(CGROUPS "/cgroup.subtree_control", "+memory"))
		SKIP(return, "memory has no controller of cgroup version 2");
	ASSERT_EQ(0, mkdir(OWN, 0700));
	ASSERT_EQ(0, stat(OWN, &st));
	id = st.st_ino;
	ASSERT_EQ(0, pipe(pipe_fd));
	hold(_metadata, OWN, fd, pipe_fd[1]);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		reload(_metadata, numbers[i]);
		take(_metadata, &several, (struct physical_ask){ .cgroups = true });
		expect_whole(_metadata, &several);
		for (n = 0; n <= MEMCENSUS_FC_MAX; n++) {
			sum = 0;
			for (c = 0; c < several.n_cgroups; c++)
				sum += several.cgroups[c].class[n];
			EXPECT_EQ(several.class[n], sum)
				TH_LOG("%u workers, class %u", numbers[i], n);
		}
		for (same = c = 0; c < several.n_cgroups; c++)
			same += several.cgroups[c].cgroup == id;
		EXPECT_EQ(1, same);
		own = cgroup_of(&several, id);
		ASSERT_NE(NULL, own);
		EXPECT_EQ(SHMEM_PAGES * PAGE, own->class[MEMCENSUS_FC_SHMEM_UNMAPPED]);
		EXPECT_LE(PIPE_PAGES * PAGE, own->class[MEMCENSUS_FC_KERNEL]);
		EXPECT_GE((PIPE_PAGES + 64) * PAGE, own->class[MEMCENSUS_FC_KERNEL]);
	}
	close(fd);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	rmdir(OWN);
}

/* What blocks say is free is what classes say: to the frame, but for what large blocks round. */
static void expect_free_blocks(struct __test_metadata *_metadata, const struct physical *p,
			       unsigned int workers)
{
	const unsigned int shift = p->order > MEMCENSUS_BLOCK_PARTS_ORDER ?
				   p->order - MEMCENSUS_BLOCK_PARTS_ORDER : 0;
	const uint64_t all = (p->class[MEMCENSUS_FC_FREE] + p->class[MEMCENSUS_FC_FREE_PCP] +
			      p->class[MEMCENSUS_FC_UNACCEPTED]) / PAGE;
	uint64_t free = 0;
	unsigned int i;

	for (i = 0; i < p->n_blocks; i++)
		free += block_free(p->blocks[i].record) << shift;
	EXPECT_LE(free, all)
		TH_LOG("order %u, %u workers", p->order, workers);
	EXPECT_LE(all, free + p->n_blocks * ((1UL << shift) - 1))
		TH_LOG("order %u, %u workers", p->order, workers);
}

/* Each block has one record: those of reserved memory and of holes do not change. */
TEST(blocks)
{
	static const unsigned int orders[] = { 1, 9, 10, 16, 18 };
	unsigned int i, j, k;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		struct physical_ask ask = { .order = orders[i] };

		/* So many blocks that the client cannot keep them. */
		if (meminfo_bytes("MemTotal") / PAGE >> orders[i] > PHYSICAL_BLOCKS / 2)
			continue;
		reload(_metadata, 1);
		take(_metadata, &alone, ask);
		expect_free_blocks(_metadata, &alone, 1);
		for (j = 1; j < ARRAY_SIZE(numbers); j++) {
			const uint32_t fixed = MEMCENSUS_BLOCK_HOLE | 1U << MEMCENSUS_FC_RESERVED;

			reload(_metadata, numbers[j]);
			take(_metadata, &several, ask);
			expect_whole(_metadata, &several);
			expect_free_blocks(_metadata, &several, numbers[j]);
			ASSERT_EQ(alone.n_blocks, several.n_blocks);
			for (k = 0; k < alone.n_blocks; k++) {
				EXPECT_EQ(alone.blocks[k].pfn, several.blocks[k].pfn);
				EXPECT_EQ(alone.blocks[k].record & fixed,
					  several.blocks[k].record & fixed);
			}
		}
	}
}

static void read_forever(bool cgroups)
{
	struct physical_ask ask = { .cgroups = cgroups };

	while (!physical_take_with(&several, ask))
		;
	_exit(1);
}

/* Readers that are killed at any point, several at a time: the module can be unloaded. */
TEST(killed)
{
	unsigned int i, n;
	pid_t pid[3];
	int status;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	reload(_metadata, 8);
	for (i = 0; i < 40; i++) {
		for (n = 0; n < ARRAY_SIZE(pid); n++) {
			pid[n] = fork();
			ASSERT_LE(0, pid[n]);
			if (!pid[n])
				read_forever(n);
		}
		usleep(1000 * (i + 1));
		for (n = 0; n < ARRAY_SIZE(pid); n++) {
			ASSERT_EQ(0, kill(pid[n], SIGKILL));
			ASSERT_EQ(pid[n], waitpid(pid[n], &status, 0));
			EXPECT_TRUE(WIFSIGNALED(status));
		}
	}
	take(_metadata, &several, (struct physical_ask){ .cgroups = true });
	expect_whole(_metadata, &several);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

/* Only a module with CENSUS_CHECK has it.  It has helpers for every step of every caller. */
#define PARTS	"/sys/module/memcensus/parameters/parts"

/* @limit: 0: RLIMIT_CPU; 1: one processor.  Passes of a limited caller, by one worker each. */
static void read_limited(unsigned int limit)
{
	const struct rlimit rlimit = { 600, 600 };
	cpu_set_t cpus;
	unsigned int i;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	need(!(limit ? sched_setaffinity(0, sizeof(cpus), &cpus) :
		       setrlimit(RLIMIT_CPU, &rlimit)), "limit");
	for (i = 0; i < 5; i++) {
		need(!physical_take(&several), several.wrong);
		/* Of one worker it is at most the time that the pass took. */
		if (several.value[MEMCENSUS_PHYSICAL_CPU_NS] >
		    several.value[MEMCENSUS_PHYSICAL_WALL_NS])
			_exit(1);
	}
	_exit(0);
}

/* Threads of the kernel would not have the limits of the caller: there are none. */
TEST(limited)
{
	unsigned int limit;
	int status;
	pid_t pid;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	if (!access(PARTS, F_OK))
		SKIP(return, "a module with CENSUS_CHECK leaves no helper out");
	reload(_metadata, 8);
	take(_metadata, &several, (struct physical_ask){});
	diag("not limited: %llu us of CPU time in %llu us",
	     (unsigned long long)several.value[MEMCENSUS_PHYSICAL_CPU_NS] / 1000,
	     (unsigned long long)several.value[MEMCENSUS_PHYSICAL_WALL_NS] / 1000);
	for (limit = 0; limit < 2; limit++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			read_limited(limit);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, status);
	}
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

/* Readers at a time, and how often. */
#define READERS	6
#define ROUNDS	5

/* Each of several readers that begin together sends the number of its pass. */
static void read_together(const int *go, const int *to)
{
	char c;

	need(read(go[0], &c, 1) == 1, "parent");
	need(!physical_take(&several), several.wrong);
	need(write(to[1], &several.seq, sizeof(several.seq)) == sizeof(several.seq), "parent");
	_exit(0);
}

static unsigned int count_different(const uint64_t *of, unsigned int nr)
{
	unsigned int different = 0, i, j;

	for (i = 0; i < nr; i++) {
		for (j = 0; j < i && of[j] != of[i]; )
			j++;
		different += j == i;
	}
	return different;
}

/* Passes run one after the other, and those who wait share one; a new reader gets a new one. */
TEST(shared)
{
	unsigned int round, i, passes = 0;
	int go[2], seq_fd[2], status;
	uint64_t seq[READERS];
	pid_t pid[READERS];

	ASSERT_EQ(0, physical_take(&alone));
	ASSERT_EQ(0, physical_take(&several));
	EXPECT_LT(alone.seq, several.seq);
	for (round = 0; round < ROUNDS; round++) {
		ASSERT_EQ(0, pipe(go) || pipe(seq_fd));
		for (i = 0; i < READERS; i++) {
			pid[i] = fork();
			ASSERT_LE(0, pid[i]);
			if (!pid[i])
				read_together(go, seq_fd);
		}
		ASSERT_EQ(READERS, write(go[1], "gggggg", READERS));
		for (i = 0; i < READERS; i++)
			ASSERT_EQ(sizeof(seq[i]), read(seq_fd[0], &seq[i], sizeof(seq[i])));
		for (i = 0; i < READERS; i++) {
			ASSERT_EQ(pid[i], waitpid(pid[i], &status, 0));
			EXPECT_EQ(0, status);
		}
		passes += count_different(seq, READERS);
		close(go[0]);
		close(go[1]);
		close(seq_fd[0]);
		close(seq_fd[1]);
	}
	diag("%u readers, %u passes", READERS * ROUNDS, passes);
	EXPECT_LT(passes, READERS * ROUNDS);
}

/* The least of max_results, and results that are held. */
#define MAX_RESULTS	4194304UL
#define HELD		300U

/* What a result has at least, for its kinds. */
#define KINDS_BYTES	(27UL << 10)

/* Begins to receive an answer.  0 or -errno. */
static int hold_pass(struct census_socket *s, unsigned int order, struct census_error *error)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	char buf[8192];
	int ret;

	ret = census_open(s);
	if (ret)
		return ret;
	nlh = census_header(s, buf, MEMCENSUS_CMD_PHYSICAL, NLM_F_DUMP);
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_ORDER, order);
	mnl_attr_nest_end(nlh, nest);
	ret = census_send(s, nlh);
	/* The first has INFO, the second needs the pass. */
	if (!ret)
		ret = census_receive(s, NULL, sizeof(buf), error);
	if (ret > 0)
		ret = census_receive(s, NULL, sizeof(buf), error);
	if (ret < 0)
		census_close(s);
	return ret < 0 ? ret : 0;
}

/* All results that readers hold are in max_results, also those without tables. */
TEST(held)
{
	static struct census_socket sockets[HELD];
	struct census_error error = {};
	unsigned int nr = 0, i;
	unsigned long bytes;
	char words[64];
	int ret = 0;

	if (!ko_path())
		SKIP(return, "MEMCENSUS_KO names no module to reload");
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	snprintf(words, sizeof(words), "workers=1 max_results=%lu", MAX_RESULTS);
	ASSERT_EQ(0, ko_load(words));
	take(_metadata, &alone, (struct physical_ask){ .order = 7 });
	bytes = KINDS_BYTES + alone.n_blocks * sizeof(uint64_t);
	while (nr < HELD && !ret) {
		ret = hold_pass(&sockets[nr], 7, &error);
		nr += !ret;
	}
	diag("%u results of %lu bytes: %d: %s", nr, bytes, ret, error.text);
	EXPECT_EQ(-EDQUOT, ret);
	EXPECT_NE(NULL, strstr(error.text, "max_results"));
	EXPECT_LT(0, nr);
	EXPECT_LE(nr * bytes, MAX_RESULTS);
	for (i = 0; i < nr; i++)
		census_close(&sockets[i]);
	take(_metadata, &alone, (struct physical_ask){ .order = 7 });
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
