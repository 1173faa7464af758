// SPDX-License-Identifier: GPL-2.0
/*
 * Groups by tree, a process and all its descendants, and by session: pages that their members
 * share count once, whatever becomes of the parents.
 */
#include <sched.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "memory/trees.h"
#include "owners/counted.h"
#include "selftest.h"

#define RW	(PROT_READ | PROT_WRITE)
#define MIB	1048576UL
#define WORKERS	10
/* Groups that contain each other, at most. */
#define LEVELS	32

struct shared {
	volatile pid_t pids[64];
	volatile unsigned int n;
	volatile bool go;
};

static struct shared *shared;

FIXTURE(cast)
{
	pid_t first;
};

FIXTURE_SETUP(cast)
{
	shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, shared);
	self->first = -1;
}

FIXTURE_TEARDOWN(cast)
{
	/* The others die with the one that forked them. */
	child_end(self->first);
}

static void note(pid_t pid)
{
	shared->pids[shared->n++] = pid;
}

static const struct census_group *group_numbered(const struct census *c, uint32_t id)
{
	size_t i;

	for (i = 0; i < c->n_groups; i++)
		if (c->groups[i].id == id)
			return &c->groups[i];
	return NULL;
}

/* The group whose first process, or session, is @pid. */
static const struct census_group *group_of(const struct census *c, uint8_t by, pid_t pid)
{
	const struct census_group *group;

	for (group = c->groups; group < c->groups + c->n_groups; group++) {
		if (by == MEMCENSUS_BY_TREE && group->known >> MEMCENSUS_GROUP_PID & 1 &&
		    group->pid == (uint32_t)pid)
			return group;
		if (by == MEMCENSUS_BY_SESSION && group->known >> MEMCENSUS_GROUP_SESSION & 1 &&
		    group->session == (uint32_t)pid)
			return group;
	}
	return NULL;
}

/* Is the group of @pid in that of @above, or the same? */
static bool is_in(const struct census *c, pid_t pid, pid_t above)
{
	const struct census_task *task = census_task_of(c, pid);
	const struct census_group *group = task ? group_numbered(c, task->group) : NULL;

	while (group && group->pid != (uint32_t)above)
		group = group->known >> MEMCENSUS_GROUP_PARENT & 1 ?
			group_numbered(c, group->parent) : NULL;
	return group;
}

#define ALL_BY(by) { .parts = MEMCENSUS_PART_TASKS, .group_by = (by) }

/* Takes a census by tree or by session, or ends the test. */
#define ASSERT_GROUPS(by, to) do {					\
	const struct census_request __request = ALL_BY(by);		\
	ASSERT_TAKEN(&__request, to);					\
} while (0)

#define EXPECT_MEMBERS(n, census, by, pid) do {				\
	const struct census_group *__group = group_of(census, by, pid);	\
	EXPECT_NE(NULL, __group);					\
	if (__group)							\
		EXPECT_EQ(n, __group->mms);				\
} while (0)

/* What all workers have, and each for itself; pages. */
static const unsigned long in_common = 100 * MIB / 4096, own = 5 * MIB / 4096;

static void worker(void *arg)
{
	/* Touches all other memory before. */
	write_pages(map_private(PLACE(1), own * PAGE), 1);
	write_pages(PLACE(0), 1);
	child_stop();
	write_pages(PLACE(0), in_common);
	write_pages(PLACE(1), own);
}

static void start_workers(void *arg)
{
	unsigned int i;

	map_shared(PLACE(0), in_common * PAGE);
	for (i = 0; i < WORKERS; i++)
		note(child_start(worker, NULL));
	child_stop();
	for (i = 0; i < WORKERS; i++)
		need(child_next(shared->pids[i]), "worker");
}

#define GREW(name) ((int64_t)(then->f.value[MEMCENSUS_F_##name] - now->f.value[MEMCENSUS_F_##name]))

/*
 * What may be mapped of programs and libraries between two censuses: a fault maps up to 16 pages
 * around it, without those that another process has locked at that moment. In an initramfs these
 * files are shmem.
 */
#define TEXT (4 * (int64_t)MIB)

/* To the page but for that. Less than what one worker has alone. */
#define EXPECT_ABOUT(pages, grew) do {					\
	EXPECT_LE((int64_t)((pages) * PAGE) - TEXT, grew);		\
	EXPECT_GE((int64_t)((pages) * PAGE) + TEXT, grew);		\
} while (0)

/* Ten processes of 105 MiB each, which are not 1.05 GiB. */
TEST_F(cast, workers)
{
	const unsigned long once = in_common + WORKERS * own, before_pages = 1 + WORKERS;
	const struct census_group *now, *then;
	struct census before, after;

	self->first = child_start(start_workers, NULL);
	ASSERT_LT(0, self->first);
	ASSERT_EQ(WORKERS, shared->n);
	ASSERT_GROUPS(MEMCENSUS_BY_TREE, &before);
	ASSERT_TRUE(child_next(self->first));
	ASSERT_GROUPS(MEMCENSUS_BY_TREE, &after);
	EXPECT_MEMBERS(WORKERS + 1, &before, MEMCENSUS_BY_TREE, self->first);
	EXPECT_MEMBERS(WORKERS + 1, &after, MEMCENSUS_BY_TREE, self->first);
	now = group_of(&before, MEMCENSUS_BY_TREE, self->first);
	then = group_of(&after, MEMCENSUS_BY_TREE, self->first);
	ASSERT_NE(NULL, now);
	ASSERT_NE(NULL, then);
	EXPECT_EQ(WORKERS * (own - 1) * PAGE, GREW(ANON));
	/* A page that the test copies while it looks at a census is the tree's alone then. */
	EXPECT_LE(WORKERS * (own - 1) * PAGE, GREW(USS_ANON));
	EXPECT_ABOUT(in_common - 1, GREW(USS_SHMEM));
	EXPECT_ABOUT(once - before_pages, GREW(FRAMES));
	EXPECT_ABOUT(WORKERS * (in_common + own) - 2 * WORKERS, GREW(RSS));
	/* A worker's tree is the worker alone. */
	EXPECT_MEMBERS(1, &after, MEMCENSUS_BY_TREE, shared->pids[3]);
	now = group_of(&before, MEMCENSUS_BY_TREE, shared->pids[3]);
	then = group_of(&after, MEMCENSUS_BY_TREE, shared->pids[3]);
	ASSERT_NE(NULL, now);
	ASSERT_NE(NULL, then);
	EXPECT_EQ((own - 1) * PAGE, GREW(USS_ANON));
	EXPECT_ABOUT(0, GREW(USS_SHMEM));
	EXPECT_EQ(census_task_of(&after, shared->pids[3])->f.value[MEMCENSUS_F_PSS],
		  then->f.value[MEMCENSUS_F_PSS]);
	census_free(&before);
	census_free(&after);
}

/* The only group that is sent is that of the tree, with the processes in it. */
TEST_F(cast, only_tree)
{
	struct census_request request = ALL_BY(MEMCENSUS_BY_TREE);
	struct census_error error = {};
	struct census all, only;
	unsigned int i;

	self->first = child_start(start_workers, NULL);
	ASSERT_LT(0, self->first);
	ASSERT_TRUE(child_next(self->first));
	ASSERT_GROUPS(MEMCENSUS_BY_TREE, &all);
	request.tree = self->first;
	ASSERT_TAKEN(&request, &only);
	ASSERT_EQ(1, only.n_groups);
	EXPECT_EQ((uint32_t)self->first, only.groups[0].pid);
	EXPECT_FALSE(only.groups[0].known >> MEMCENSUS_GROUP_PARENT & 1);
	EXPECT_EQ(WORKERS + 1, only.groups[0].mms);
	EXPECT_EQ(WORKERS + 1, only.n_tasks);
	EXPECT_EQ(group_of(&all, MEMCENSUS_BY_TREE, self->first)->f.value[MEMCENSUS_F_RSS],
		  only.groups[0].f.value[MEMCENSUS_F_RSS]);
	for (i = 0; i < only.n_tasks; i++) {
		EXPECT_TRUE(is_in(&all, only.tasks[i].pid, self->first));
		EXPECT_EQ(only.groups[0].id, only.tasks[i].group);
	}
	census_free(&all);
	census_free(&only);
	/* The group of one process has its figures. */
	request.tree = shared->pids[3];
	ASSERT_TAKEN(&request, &only);
	ASSERT_EQ(1, only.n_groups);
	ASSERT_EQ(1, only.n_tasks);
	for (i = MEMCENSUS_F_VSS; i <= MEMCENSUS_F_MAX; i++)
		if (only.groups[0].f.known >> i & 1)
			EXPECT_EQ(only.tasks[0].f.value[i], only.groups[0].f.value[i]);
	EXPECT_EQ(1, only.groups[0].f.known >> MEMCENSUS_F_SWAP_USS & 1);
	EXPECT_LE(own * PAGE, only.groups[0].f.value[MEMCENSUS_F_USS]);
	census_free(&only);
	request.tree = 1U << 30;
	ASSERT_TAKEN(&request, &only);
	EXPECT_EQ(0, only.n_groups);
	EXPECT_EQ(0, only.n_tasks);
	census_free(&only);
	request.group_by = MEMCENSUS_BY_SESSION;
	EXPECT_EQ(-EINVAL, census_take(&request, NULL, &error));
	EXPECT_NE(NULL, strstr(error.text, "TREE"));
}

static void leaf(void *arg)
{
	note(getpid());
}

static void fork_noted(void)
{
	pid_t pid = fork();

	if (!pid) {
		note(getpid());
		child_stop();
		_exit(0);
	}
	need(pid > 0 && child_stopped(pid), "child");
}

static void fork_and_exit(void *arg)
{
	fork_noted();
	_exit(0);
}

/* @arg: reaps orphans. */
static void double_fork(void *arg)
{
	if (arg)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	need(child_start(fork_and_exit, NULL) < 0, "child exits");
}

/* A process whose parent has exited is its reaper's. */
TEST_F(cast, double_fork)
{
	struct census census;
	unsigned int i;
	pid_t orphan;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < 2; i++) {
		shared->n = 0;
		self->first = child_start(double_fork, i ? shared : NULL);
		ASSERT_LT(0, self->first);
		ASSERT_EQ(1, shared->n);
		orphan = shared->pids[0];
		ASSERT_GROUPS(MEMCENSUS_BY_TREE, &census);
		EXPECT_MEMBERS(i ? 2 : 1, &census, MEMCENSUS_BY_TREE, self->first);
		EXPECT_EQ(i, is_in(&census, orphan, self->first));
		EXPECT_TRUE(is_in(&census, orphan, getpid()));
		EXPECT_EQ(i ? self->first : getpid(),
			  (pid_t)census_task_of(&census, orphan)->ppid);
		census_free(&census);
		kill(orphan, SIGKILL);
		child_end(self->first);
		self->first = -1;
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void session(void *arg)
{
	need(setsid() == getpid(), "setsid");
	note(getpid());
	need(child_start(leaf, NULL) > 0, "leaf");
}

static void two_sessions(void *arg)
{
	need(child_start(leaf, NULL) > 0, "leaf");
	need(child_start(session, NULL) > 0, "session");
}

/* A session is a group of its own, and part of the tree of who started it. */
TEST_F(cast, sessions)
{
	struct census tree, sessions;
	pid_t leader, theirs;

	self->first = child_start(two_sessions, NULL);
	ASSERT_LT(0, self->first);
	ASSERT_EQ(3, shared->n);
	leader = shared->pids[1];
	ASSERT_GROUPS(MEMCENSUS_BY_TREE, &tree);
	ASSERT_GROUPS(MEMCENSUS_BY_SESSION, &sessions);
	EXPECT_MEMBERS(4, &tree, MEMCENSUS_BY_TREE, self->first);
	EXPECT_MEMBERS(2, &tree, MEMCENSUS_BY_TREE, leader);
	EXPECT_MEMBERS(2, &sessions, MEMCENSUS_BY_SESSION, leader);
	theirs = getsid(self->first);
	EXPECT_EQ(theirs, getsid(shared->pids[0]));
	EXPECT_EQ(census_task_of(&sessions, self->first)->group,
		  census_task_of(&sessions, shared->pids[0])->group);
	EXPECT_EQ(census_task_of(&sessions, leader)->group,
		  census_task_of(&sessions, shared->pids[2])->group);
	EXPECT_NE(census_task_of(&sessions, leader)->group,
		  census_task_of(&sessions, self->first)->group);
	if (theirs)
		EXPECT_EQ(census_task_of(&sessions, self->first)->group,
			  group_of(&sessions, MEMCENSUS_BY_SESSION, theirs)->id);
	census_free(&tree);
	census_free(&sessions);
}

/* A session has its number also after the exit of who started it. */
TEST_F(cast, session_without_leader)
{
	pid_t leader, orphan;
	struct census census;
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	leader = fork();
	if (!leader) {
		setsid();
		fork_and_exit(NULL);
	}
	ASSERT_EQ(leader, waitpid(leader, &status, 0));
	orphan = shared->pids[0];
	ASSERT_GROUPS(MEMCENSUS_BY_SESSION, &census);
	EXPECT_MEMBERS(1, &census, MEMCENSUS_BY_SESSION, leader);
	census_free(&census);
	ASSERT_GROUPS(MEMCENSUS_BY_TREE, &census);
	EXPECT_EQ(NULL, group_of(&census, MEMCENSUS_BY_TREE, leader));
	EXPECT_TRUE(is_in(&census, orphan, getpid()));
	census_free(&census);
	kill(orphan, SIGKILL);
	EXPECT_EQ(orphan, waitpid(orphan, &status, 0));
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static int peer(void *arg)
{
	note(getpid());
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	need(child_start(leaf, NULL) > 0, "leaf");
	child_stop();
	return 0;
}

static void *fork_in_thread(void *arg)
{
	fork_noted();
	shared->go = true;
	for (;;)
		pause();
	return NULL;
}

static void peer_and_thread(void *arg)
{
	static char stack[65536] __attribute__((aligned(16)));
	pthread_t thread;
	pid_t pid;

	pid = clone(peer, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	need(pid > 0 && child_stopped(pid), "peer");
	need(!pthread_create(&thread, NULL, fork_in_thread, NULL), "thread");
	while (!shared->go)
		sleep_ms(1);
}

/* Processes that share an address space are one member, above the children of each of them. */
TEST_F(cast, peers_and_threads)
{
	struct census census;
	pid_t in_peer;

	self->first = child_start(peer_and_thread, NULL);
	ASSERT_LT(0, self->first);
	ASSERT_EQ(3, shared->n);
	in_peer = shared->pids[1];
	ASSERT_GROUPS(MEMCENSUS_BY_TREE, &census);
	ASSERT_NE(NULL, census_task_of(&census, in_peer));
	EXPECT_EQ(shared->pids[0], (pid_t)census_task_of(&census, in_peer)->ppid);
	/* A kernel that does not know who owns an address space has the lowest PID. */
	EXPECT_MEMBERS(3, &census, MEMCENSUS_BY_TREE, self->first);
	EXPECT_TRUE(is_in(&census, in_peer, self->first));
	EXPECT_TRUE(is_in(&census, shared->pids[2], self->first));
	EXPECT_EQ(self->first, (pid_t)census_task_of(&census, shared->pids[2])->ppid);
	census_free(&census);
	kill(shared->pids[1], SIGKILL);
	kill(shared->pids[2], SIGKILL);
}

#define CHAIN (LEVELS + 8)

/* Each forks the next one. */
static void link_chain(void *arg)
{
	note(getpid());
	if (shared->n < CHAIN)
		need(child_start(link_chain, NULL) > 0, "link");
}

/* Processes below the lowest level are in the group there. */
TEST_F(cast, deep)
{
	struct census_request request = ALL_BY(MEMCENSUS_BY_TREE);
	const struct census_group *group;
	struct census census;
	uint32_t pids[CHAIN];
	unsigned int i;

	self->first = child_start(link_chain, NULL);
	ASSERT_LT(0, self->first);
	ASSERT_EQ(CHAIN, shared->n);
	for (i = 0; i < CHAIN; i++)
		pids[i] = shared->pids[i];
	/* The tree of these processes alone begins with the first one. */
	request.pids = pids;
	request.n_pids = CHAIN;
	ASSERT_TAKEN(&request, &census);
	EXPECT_EQ(LEVELS, census.n_groups);
	for (i = 0; i < CHAIN; i++) {
		const unsigned int level = i < LEVELS ? i : LEVELS - 1;

		group = group_numbered(&census, census_task_of(&census, pids[i])->group);
		ASSERT_NE(NULL, group);
		EXPECT_EQ(pids[level], group->pid);
		EXPECT_EQ(CHAIN - level, group->mms);
		EXPECT_EQ(i, !!(group->known & 1ULL << MEMCENSUS_GROUP_PARENT) * i);
	}
	census_free(&census);
	/* Every second one is named: the others between them are passed. */
	for (i = 0; i < CHAIN / 2; i++)
		pids[i] = shared->pids[2 * i];
	request.n_pids = CHAIN / 2;
	ASSERT_TAKEN(&request, &census);
	ASSERT_EQ(CHAIN / 2, census.n_groups);
	for (i = 0; i < CHAIN / 2; i++)
		EXPECT_MEMBERS(CHAIN / 2 - i, &census, MEMCENSUS_BY_TREE, pids[i]);
	census_free(&census);
	request.n_pids = 0;
	ASSERT_TAKEN(&request, &census);
	EXPECT_MEMBERS(CHAIN, &census, MEMCENSUS_BY_TREE, self->first);
	census_free(&census);
}

/*
 * A debug kernel takes 2 MiB for each; and the time of fork() grows with the levels above it, which
 * all have an anon_vma for each mapping.
 */
static unsigned int many(void)
{
	return is_debug_kernel() ? 100 : 250;
}

/* @arg: one below the other; else all are children of the first. */
static void be_many(void *arg)
{
	unsigned int left;
	pid_t pid;

	for (left = many(); left; left--) {
		pid = fork();
		need(pid >= 0, "fork");
		if (!pid)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (pid)
			need(child_stopped(pid), "child");
		if (!pid == !arg) {
			child_stop();
			_exit(0);
		}
	}
}

/* CPU time of a census, the least of some. */
static uint64_t cpu_of(struct __test_metadata *_metadata, uint8_t by, pid_t first)
{
	const struct census_request request = ALL_BY(by);
	uint64_t least = UINT64_MAX;
	struct census census;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		EXPECT_EQ(0, census_take(&request, &census, NULL));
		if (census.scan[MEMCENSUS_SCAN_CPU_NS] < least)
			least = census.scan[MEMCENSUS_SCAN_CPU_NS];
		if (by == MEMCENSUS_BY_TREE)
			EXPECT_MEMBERS(many() + 1, &census, by, first);
		census_free(&census);
	}
	return least;
}

/* Levels that a user chooses cost no more than as many processes of one level. */
TEST_F(cast, many_levels)
{
	uint64_t plain[2], tree[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		self->first = child_start(be_many, i ? shared : NULL);
		ASSERT_LT(0, self->first);
		plain[i] = cpu_of(_metadata, 0, self->first);
		tree[i] = cpu_of(_metadata, MEMCENSUS_BY_TREE, self->first);
		diag("%u processes, %s: %llu us, by tree %llu us", many(),
		     i ? "one below the other" : "of one level",
		     (unsigned long long)plain[i] / 1000, (unsigned long long)tree[i] / 1000);
		child_end(self->first);
		self->first = -1;
	}
	/* Other work of the machine is in both. */
	EXPECT_LT(tree[1], tree[0] * 4);
}

static bool same_figures(const struct census_group *a, const struct census_group *b)
{
	return a->mms == b->mms && a->f.known == b->f.known &&
	       !memcmp(a->f.value, b->f.value, sizeof(a->f.value));
}

/* Has the group of a tree what its processes have together? */
static bool equals_together(struct __test_metadata *_metadata, const struct census *tree,
			    const struct census_group *group)
{
	uint32_t pids[TREE_MAX];
	struct census_request request = {
		.group_by = MEMCENSUS_BY_PIDS,
		.parts = MEMCENSUS_PART_TASKS, .pids = pids,
	};
	struct census together;
	bool same;
	size_t i;

	for (i = 0; i < tree->n_tasks; i++)
		if (is_in(tree, tree->tasks[i].pid, group->pid)) {
			need(request.n_pids < TREE_MAX, "more processes");
			pids[request.n_pids++] = tree->tasks[i].pid;
		}
	EXPECT_EQ(0, census_take(&request, &together, NULL));
	same = together.n_groups == 1 && same_figures(group, together.groups);
	census_free(&together);
	return same;
}

#define TRIES	20
#define FORESTS	5

/* False: the machine changed in each try. */
static bool compare_forest(struct __test_metadata *_metadata, const struct tree *forest)
{
	unsigned int tries, i, groups, wrong;
	struct census before, after;
	bool quiet = false;

	for (tries = 0; tries < TRIES && !quiet; tries++) {
		groups = 0;
		wrong = 0;
		quiet = true;
		ASSERT_GROUPS(MEMCENSUS_BY_TREE, &before);
		for (i = 0; i < forest->n; i++) {
			const struct census_group *group =
				group_of(&before, MEMCENSUS_BY_TREE, forest->pids[i]);

			if (!forest->pids[i] || !group)
				continue;
			groups++;
			wrong += !equals_together(_metadata, &before, group);
		}
		ASSERT_GROUPS(MEMCENSUS_BY_TREE, &after);
		for (i = 0; i < forest->n; i++) {
			const pid_t pid = forest->pids[i];
			const struct census_group *was, *is;

			was = pid ? group_of(&before, MEMCENSUS_BY_TREE, pid) : NULL;
			is = pid ? group_of(&after, MEMCENSUS_BY_TREE, pid) : NULL;
			quiet &= was == is || (was && is && same_figures(was, is));
		}
		census_free(&before);
		census_free(&after);
	}
	diag("%s: %u trees, try %u", forest->flavour, groups, tries);
	if (quiet)
		EXPECT_EQ(0, wrong);
	EXPECT_LT(0, groups);
	return quiet;
}

/* Each tree of a forest has what its processes have together, and what pagemap has. */
TEST(forest)
{
	unsigned int i, quiet = 0;

	trees_begin();
	for (i = 0; i < FORESTS; i++) {
		struct owners_equal equal = {};
		struct tree *forest = tree_start(i + 1);

		if (!forest)
			continue;
		quiet += compare_forest(_metadata, forest);
		if (!owners_compare(MEMCENSUS_BY_TREE, NULL, 0, &equal)) {
			EXPECT_EQ(0, equal.mismatches);
			EXPECT_LT(0, equal.groups);
			owners_report(&equal);
		}
		tree_end(forest);
	}
	trees_end();
	EXPECT_LT(0, quiet);
}

TEST_HARNESS_MAIN
