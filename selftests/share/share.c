// SPDX-License-Identifier: GPL-2.0
/*
 * Who shares with whom: known pages that known pairs and triples of processes share, by
 * process and by group; what was left out; which requests are refused.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include "selftest.h"
#include "subject.h"

#define RW	(PROT_READ | PROT_WRITE)

enum member { A, B, C, MEMBERS };

/* Of a memfd that A maps, and B maps in part; and of one that all map. */
static const unsigned long file = 30, of_b = 20, triple = 12;
/* Private pages that the children have from this program. */
static const unsigned long forked = 50;
/* Private pages of C. */
static const unsigned long own = 25;

struct cast {
	int pair_fd, triple_fd;
	enum member next;
};

static void map_file(int place, int fd, unsigned long pages)
{
	write_pages(map(PLACE(place), pages * PAGE, RW, MAP_SHARED, fd, 0), pages);
}

/* Touches all other memory in advance, so that only the tested pages differ. */
static void rehearse(void)
{
	int fd = memfd("rehearsal", 1);

	map_file(2, fd, 1);
	need(!munmap(PLACE(2), PAGE) && !close(fd), "rehearsal");
	write_pages(map_private(PLACE(2), PAGE), 1);
	need(!munmap(PLACE(2), PAGE), "rehearsal");
}

static void member(void *arg)
{
	const struct cast cast = *(struct cast *)arg;

	prctl(PR_SET_NAME, cast.next == C ? "other" : "pair");
	rehearse();
	child_stop();
	map_file(1, cast.triple_fd, triple);
	switch (cast.next) {
	case A:
		map_file(0, cast.pair_fd, file);
		write_pages(PLACE(3), 5);
		break;
	case B:
		map_file(0, cast.pair_fd, of_b);
		write_pages(PLACE(3) + 5 * PAGE, 10);
		break;
	default:
		write_pages(map_private(PLACE(2), own * PAGE), own);
		need(!munmap(PLACE(3) + 40 * PAGE, 10 * PAGE), "munmap");
	}
}

FIXTURE(cast)
{
	struct cast cast;
	pid_t pids[MEMBERS];
	uint32_t named[MEMBERS];
};

static int take(const struct census_request *what, struct census *census,
		struct census_error *error)
{
	struct census_request request = *what;

	request.share = true;
	return census_take(&request, census, error);
}

#define ASSERT_SHARE(request, to) do {					\
	struct census_error __error = {};				\
	ASSERT_EQ(0, take(request, to, &__error))			\
		TH_LOG("no census: %s", __error.text);			\
	ASSERT_TRUE(census_is_whole(to));				\
	EXPECT_EQ(0, (to)->scan[MEMCENSUS_SCAN_VIOLATIONS]);		\
} while (0)

FIXTURE_SETUP(cast)
{
	const struct census_request request = { .pids = self->named, .n_pids = MEMBERS };
	struct census first, second;
	enum member m;

	for (m = A; m < MEMBERS; m++)
		self->pids[m] = -1;
	self->cast.pair_fd = memfd("pair", file);
	self->cast.triple_fd = memfd("triple", triple);
	write_pages(map_private(PLACE(3), forked * PAGE), forked);
	for (m = A; m < MEMBERS; m++) {
		self->cast.next = m;
		self->pids[m] = child_start(member, &self->cast);
		ASSERT_LT(0, self->pids[m]);
		self->named[m] = self->pids[m];
	}
	/*
	 * This program too touches its memory in advance: a page that it wrote to for the
	 * first time with a census would be left to the children alone.
	 */
	ASSERT_SHARE(&request, &first);
	ASSERT_SHARE(&request, &second);
	census_free(&first);
	census_free(&second);
}

FIXTURE_TEARDOWN(cast)
{
	enum member m;

	for (m = A; m < MEMBERS; m++)
		child_end(self->pids[m]);
	munmap(PLACE(3), forked * PAGE);
}

static const struct census_pair *pair_of(const struct census *census, uint32_t pid, uint32_t peer)
{
	const struct census_pair *p;

	for (p = census->pairs; p < census->pairs + census->n_pairs; p++)
		if (p->pid == pid && p->peer_pid == peer)
			return p;
	return NULL;
}

/* Pages that both have, of a kind. */
static int64_t common(const struct census *census, uint32_t pid, uint32_t peer, unsigned int kind)
{
	const struct census_pair *p = pair_of(census, pid, peer);

	return p ? (int64_t)(p->common.value[kind] / PAGE) : 0;
}

/* The same, without another owner. */
static int64_t alone(const struct census *census, uint32_t pid, uint32_t peer, unsigned int kind)
{
	const struct census_pair *p = pair_of(census, pid, peer);

	return p ? (int64_t)(p->alone.value[kind] / PAGE) : 0;
}

/* Pages of a process, or of a group, with at least @fewest owners. */
static int64_t owned(const struct census *census, uint32_t pid, uint32_t group, uint32_t fewest,
		     unsigned int kind)
{
	const struct census_owners *o;

	for (o = census->owned; o < census->owned + census->n_owned; o++)
		if (o->pid == pid && o->group == group && o->fewest == fewest)
			return o->bytes.value[kind] / PAGE;
	return -1;
}

static uint64_t frames_of(const struct figures *kinds)
{
	return kinds->value[MEMCENSUS_K_ANON] + kinds->value[MEMCENSUS_K_FILE] +
	       kinds->value[MEMCENSUS_K_SHMEM] + kinds->value[MEMCENSUS_K_DEVICE];
}

/* Four messages of a process or group add up to its figures. */
static void expect_sums(struct __test_metadata *_metadata, const struct census *census,
			uint32_t pid, uint32_t group, const struct figures *f)
{
	static const uint32_t fewest[] = { 1, 2, 3, 10 }, most[] = { 1, 2, 9, 0 };
	const struct census_owners *o;
	uint64_t frames = 0, hugetlb = 0;
	unsigned int n = 0;

	for (o = census->owned; o < census->owned + census->n_owned; o++) {
		if (o->pid != pid || o->group != group)
			continue;
		ASSERT_LT(n, ARRAY_SIZE(fewest));
		EXPECT_EQ(fewest[n], o->fewest);
		EXPECT_EQ(most[n], o->most);
		EXPECT_EQ(!!most[n], o->known >> MEMCENSUS_OWNERS_MOST & 1);
		if (!n)
			EXPECT_EQ(figure(f, MEMCENSUS_F_USS), frames_of(&o->bytes));
		frames += frames_of(&o->bytes);
		hugetlb += o->bytes.value[MEMCENSUS_K_HUGETLB];
		n++;
	}
	EXPECT_EQ(ARRAY_SIZE(fewest), n);
	EXPECT_EQ(figure(f, MEMCENSUS_F_FRAMES), frames);
	EXPECT_EQ(figure(f, MEMCENSUS_F_HUGETLB), hugetlb);
}

#define GREW(pid, peer, kind)						\
	(common(&after, self->pids[pid], self->pids[peer], MEMCENSUS_K_##kind) - \
	 common(&before, self->pids[pid], self->pids[peer], MEMCENSUS_K_##kind))
#define OWNED_GREW(pid, fewest, kind)					\
	(owned(&after, self->pids[pid], 0, fewest, MEMCENSUS_K_##kind) - \
	 owned(&before, self->pids[pid], 0, fewest, MEMCENSUS_K_##kind))

TEST_F(cast, of_processes)
{
	const struct census_request request = {
		.pids = self->named, .n_pids = MEMBERS, .limit = MEMCENSUS_LIMIT_MAX,
	};
	struct census before, after;
	enum member m, n;

	ASSERT_SHARE(&request, &before);
	for (m = A; m < MEMBERS; m++)
		ASSERT_TRUE(child_next(self->pids[m]));
	ASSERT_SHARE(&request, &after);

	EXPECT_EQ(of_b + triple, GREW(A, B, SHMEM));
	EXPECT_EQ(triple, GREW(A, C, SHMEM));
	EXPECT_EQ(triple, GREW(B, C, SHMEM));
	/* A wrote to 5 of the pages by fork, B to 10 others, C unmapped 10 others. */
	EXPECT_EQ(-15, GREW(A, B, ANON));
	EXPECT_EQ(-15, GREW(A, C, ANON));
	EXPECT_EQ(-20, GREW(B, C, ANON));
	EXPECT_LE(forked - 15, common(&after, self->pids[A], self->pids[B], MEMCENSUS_K_ANON));
	EXPECT_EQ(of_b, alone(&after, self->pids[A], self->pids[B], MEMCENSUS_K_SHMEM));
	EXPECT_EQ(0, alone(&after, self->pids[A], self->pids[C], MEMCENSUS_K_SHMEM));
	EXPECT_EQ(0, alone(&after, self->pids[A], self->pids[B], MEMCENSUS_K_ANON));
	EXPECT_EQ(0, GREW(A, B, FILE));
	EXPECT_EQ(0, GREW(A, B, SWAP));
	EXPECT_EQ(0, GREW(A, B, HUGETLB));
	for (m = A; m < MEMBERS; m++)
		for (n = A; n < MEMBERS; n++)
			EXPECT_EQ(common(&after, self->pids[m], self->pids[n], MEMCENSUS_K_ANON),
				  common(&after, self->pids[n], self->pids[m], MEMCENSUS_K_ANON));

	EXPECT_EQ(file - of_b, OWNED_GREW(A, 1, SHMEM));
	EXPECT_EQ(of_b, OWNED_GREW(A, 2, SHMEM));
	EXPECT_EQ(triple, OWNED_GREW(A, 3, SHMEM));
	EXPECT_EQ(5, OWNED_GREW(A, 1, ANON));
	EXPECT_EQ(-5, OWNED_GREW(A, 3, ANON));
	EXPECT_EQ(0, OWNED_GREW(B, 1, SHMEM));
	EXPECT_EQ(10, OWNED_GREW(B, 1, ANON));
	EXPECT_EQ(own, OWNED_GREW(C, 1, ANON));
	EXPECT_EQ(-10, OWNED_GREW(C, 3, ANON));
	EXPECT_EQ(0, OWNED_GREW(C, 10, ANON));

	/* The rows are first, and each process that is named has a record. */
	ASSERT_LE(MEMBERS, after.n_tasks);
	for (m = A; m < MEMBERS; m++) {
		EXPECT_EQ(self->named[m], after.tasks[m].pid);
		expect_sums(_metadata, &after, self->named[m], 0, &after.tasks[m].f);
	}
	for (size_t i = 0; i < after.n_pairs; i++) {
		EXPECT_NE(after.pairs[i].pid, after.pairs[i].peer_pid);
		EXPECT_NE(NULL, census_task_of(&after, after.pairs[i].peer_pid));
	}
	census_free(&before);
	census_free(&after);
}

static uint64_t all_kinds(const struct census_pair *p)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < __MEMCENSUS_K_MAX; i++)
		sum += p->common.value[i];
	return sum;
}

/* With @left_out: of the message that sums up what was left out, 0 if there is none. */
static uint64_t sum_of(const struct census *census, uint32_t pid, unsigned int *pairs,
		       unsigned int *left_out)
{
	const struct census_pair *p;
	uint64_t sum = 0;

	*pairs = 0;
	*left_out = 0;
	for (p = census->pairs; p < census->pairs + census->n_pairs; p++) {
		if (p->pid != pid)
			continue;
		sum += all_kinds(p);
		if ((p->known >> MEMCENSUS_PAIR_PEER_PID & 1) !=
		    (p->known >> MEMCENSUS_PAIR_ALONE & 1))
			return UINT64_MAX;
		if (p->known >> MEMCENSUS_PAIR_PEER_PID & 1)
			++*pairs;
		else
			*left_out = p->left_out;
	}
	return sum;
}

/* A and B are compared as one: what both have is their own. */
TEST_F(cast, together)
{
	const struct census_request request = {
		.pids = self->named, .n_pids = 2, .limit = MEMCENSUS_LIMIT_MAX,
		.group_by = MEMCENSUS_BY_PIDS,
	};
	struct census before, after;
	const struct census_pair *c;
	enum member m;

	ASSERT_SHARE(&request, &before);
	for (m = A; m < MEMBERS; m++)
		ASSERT_TRUE(child_next(self->pids[m]));
	ASSERT_SHARE(&request, &after);
	EXPECT_EQ(3, after.n_owned);

	EXPECT_EQ(triple, common(&after, 0, self->pids[C], MEMCENSUS_K_SHMEM) -
			  common(&before, 0, self->pids[C], MEMCENSUS_K_SHMEM));
	EXPECT_EQ(-10, common(&after, 0, self->pids[C], MEMCENSUS_K_ANON) -
		       common(&before, 0, self->pids[C], MEMCENSUS_K_ANON));
	EXPECT_EQ(triple, alone(&after, 0, self->pids[C], MEMCENSUS_K_SHMEM));
	EXPECT_EQ(0, alone(&after, 0, self->pids[C], MEMCENSUS_K_ANON) -
		     alone(&before, 0, self->pids[C], MEMCENSUS_K_ANON));
	EXPECT_EQ(file, owned(&after, 0, 0, 1, MEMCENSUS_K_SHMEM) -
			owned(&before, 0, 0, 1, MEMCENSUS_K_SHMEM));
	EXPECT_EQ(triple, owned(&after, 0, 0, 2, MEMCENSUS_K_SHMEM) -
			  owned(&before, 0, 0, 2, MEMCENSUS_K_SHMEM));
	EXPECT_EQ(15, owned(&after, 0, 0, 1, MEMCENSUS_K_ANON) -
		      owned(&before, 0, 0, 1, MEMCENSUS_K_ANON));
	/* This program has the pages that C unmapped. */
	EXPECT_EQ(10, owned(&after, 0, 0, 2, MEMCENSUS_K_ANON) -
		      owned(&before, 0, 0, 2, MEMCENSUS_K_ANON));
	EXPECT_EQ(-10, owned(&after, 0, 0, 3, MEMCENSUS_K_ANON) -
		       owned(&before, 0, 0, 3, MEMCENSUS_K_ANON));
	for (c = after.pairs; c < after.pairs + after.n_pairs; c++) {
		EXPECT_EQ(0, c->known >> MEMCENSUS_PAIR_PID & 1);
		EXPECT_NE(self->named[A], c->peer_pid);
		EXPECT_NE(self->named[B], c->peer_pid);
	}
	census_free(&before);
	census_free(&after);
}

/* The largest peers are sent; the others' number and sum. */
TEST_F(cast, what_is_left_out)
{
	struct census_request request = { .pids = self->named, .n_pids = 1 };
	unsigned int pairs, left_out, all, none, tries = 10;
	uint64_t sum, whole;
	size_t i;

	do {
		struct census some, full;

		request.limit = MEMCENSUS_LIMIT_MAX;
		ASSERT_SHARE(&request, &full);
		request.limit = 2;
		ASSERT_SHARE(&request, &some);
		whole = sum_of(&full, self->pids[A], &all, &none);
		sum = sum_of(&some, self->pids[A], &pairs, &left_out);
		EXPECT_EQ(0, none);
		EXPECT_EQ(2, pairs);
		EXPECT_EQ(3, some.n_tasks);
		ASSERT_EQ(3, some.n_pairs);
		ASSERT_LT(2, all);
		EXPECT_EQ(all - 2, left_out);
		for (i = 1; i < full.n_pairs; i++)
			EXPECT_LE(all_kinds(&full.pairs[i]), all_kinds(&full.pairs[i - 1]));
		census_free(&some);
		census_free(&full);
	} while (sum != whole && tries--);
	EXPECT_EQ(whole, sum);
}

static uint32_t group_named(const struct census *census, const char *comm)
{
	size_t i;

	for (i = 0; i < census->n_groups; i++)
		if (!strcmp(census->groups[i].comm, comm))
			return census->groups[i].id;
	return 0;
}

static int64_t common_of_groups(const struct census *census, unsigned int kind)
{
	uint32_t a = group_named(census, "pair"), b = group_named(census, "other");
	const struct census_pair *p;

	for (p = census->pairs; p < census->pairs + census->n_pairs; p++)
		if ((p->group == a && p->peer_group == b) ||
		    (p->group == b && p->peer_group == a))
			return p->common.value[kind] / PAGE;
	return 0;
}

#define MATRIX_GREW(kind)						\
	(common_of_groups(&after, MEMCENSUS_K_##kind) -			\
	 common_of_groups(&before, MEMCENSUS_K_##kind))
#define GROUP_GREW(name, fewest, kind)					\
	(owned(&after, 0, group_named(&after, name), fewest, MEMCENSUS_K_##kind) - \
	 owned(&before, 0, group_named(&before, name), fewest, MEMCENSUS_K_##kind))

/* A and B are a group: what both have is its own, and counts once. */
TEST_F(cast, of_groups)
{
	const struct census_request request = {
		.group_by = MEMCENSUS_BY_COMM, .limit = MEMCENSUS_LIMIT_MAX,
	};
	struct census before, after;
	enum member m;
	size_t i;

	ASSERT_SHARE(&request, &before);
	for (m = A; m < MEMBERS; m++)
		ASSERT_TRUE(child_next(self->pids[m]));
	ASSERT_SHARE(&request, &after);
	EXPECT_EQ(0, after.n_tasks);
	ASSERT_NE(0, group_named(&after, "pair"));

	EXPECT_EQ(triple, MATRIX_GREW(SHMEM));
	EXPECT_EQ(-10, MATRIX_GREW(ANON));
	EXPECT_EQ(file, GROUP_GREW("pair", 1, SHMEM));
	EXPECT_EQ(triple, GROUP_GREW("pair", 2, SHMEM));
	EXPECT_EQ(0, GROUP_GREW("pair", 3, SHMEM));
	EXPECT_EQ(15, GROUP_GREW("pair", 1, ANON));
	/* This program has the pages that C unmapped too. */
	EXPECT_EQ(10, GROUP_GREW("pair", 2, ANON));
	EXPECT_EQ(-10, GROUP_GREW("pair", 3, ANON));
	EXPECT_EQ(triple, GROUP_GREW("other", 2, SHMEM));
	EXPECT_EQ(own, GROUP_GREW("other", 1, ANON));
	EXPECT_EQ(-10, GROUP_GREW("other", 3, ANON));
	for (i = 0; i < after.n_groups; i++)
		expect_sums(_metadata, &after, 0, after.groups[i].id, &after.groups[i].f);
	for (i = 0; i < after.n_pairs; i++) {
		if (i)
			EXPECT_LE(all_kinds(&after.pairs[i]), all_kinds(&after.pairs[i - 1]));
		EXPECT_LT(after.pairs[i].group, after.pairs[i].peer_group);
	}
	census_free(&before);
	census_free(&after);
}

/* The matrix with a limit: what is left out, too. */
TEST_F(cast, groups_left_out)
{
	struct census_request request = { .group_by = MEMCENSUS_BY_COMM };
	unsigned int tries = 10;
	uint64_t sum, whole;

	do {
		struct census some, full;
		size_t i;

		request.limit = MEMCENSUS_LIMIT_MAX;
		ASSERT_SHARE(&request, &full);
		request.limit = 1;
		ASSERT_SHARE(&request, &some);
		ASSERT_LT(1, full.n_pairs);
		ASSERT_EQ(2, some.n_pairs);
		EXPECT_EQ(full.n_pairs - 1, some.pairs[1].left_out);
		EXPECT_EQ(0, some.pairs[1].group);
		EXPECT_EQ(0, some.pairs[1].peer_group);
		sum = all_kinds(&some.pairs[0]) + all_kinds(&some.pairs[1]);
		for (whole = 0, i = 0; i < full.n_pairs; i++)
			whole += all_kinds(&full.pairs[i]);
		census_free(&some);
		census_free(&full);
	} while (sum != whole && tries--);
	EXPECT_EQ(whole, sum);
}

/* A process that is no more has a record, and neither OWNERS nor PAIRS. */
TEST_F(cast, vanished)
{
	const struct census_request request = { .pids = self->named, .n_pids = 2 };
	struct census census;

	child_end(self->pids[A]);
	self->pids[A] = -1;
	ASSERT_SHARE(&request, &census);
	ASSERT_LE(2, census.n_tasks);
	EXPECT_EQ(self->named[A], census.tasks[0].pid);
	EXPECT_EQ(MEMCENSUS_STATE_VANISHED, census.tasks[0].state);
	EXPECT_EQ(self->named[B], census.tasks[1].pid);
	EXPECT_EQ(4, census.n_owned);
	EXPECT_LT(0, census.n_pairs);
	for (size_t i = 0; i < census.n_pairs; i++)
		EXPECT_EQ(self->named[B], census.pairs[i].pid);
	census_free(&census);
}

static int wait_forever(void *arg)
{
	while (pause())
		;
	return 0;
}

static void clone_vm(void *arg)
{
	pid_t *peer = arg;

	*peer = clone(wait_forever, map_private(PLACE(2), 16 * PAGE) + 16 * PAGE,
		      CLONE_VM | SIGKILL, NULL);
	need(*peer > 0, "clone");
}

/* Two processes of one address space are compared once, by the first of them. */
TEST_F(cast, clone_vm)
{
	struct census_request request = { .n_pids = 1, .limit = MEMCENSUS_LIMIT_MAX };
	volatile pid_t *peer = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct census census;
	uint32_t named;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, peer);
	pid = child_start(clone_vm, (void *)peer);
	ASSERT_LT(0, pid);
	named = *peer;
	request.pids = &named;
	ASSERT_SHARE(&request, &census);
	ASSERT_LE(1, census.n_tasks);
	EXPECT_EQ(pid, census.tasks[0].pid);
	ASSERT_EQ(1, census.tasks[0].peers.n);
	EXPECT_EQ(named, census.tasks[0].peers.v[0]);
	EXPECT_EQ(4, census.n_owned);
	EXPECT_EQ(pid, census.owned[0].pid);
	EXPECT_EQ(NULL, pair_of(&census, pid, pid));
	EXPECT_NE(NULL, pair_of(&census, pid, self->pids[A]));
	expect_sums(_metadata, &census, pid, 0, &census.tasks[0].f);
	census_free(&census);
	kill(*peer, SIGKILL);
	child_end(pid);
}

/* A process that is named twice is compared once. */
TEST_F(cast, named_twice)
{
	const uint32_t pids[] = { self->named[A], self->named[A] };
	const struct census_request request = { .pids = pids, .n_pids = 2 };
	struct census census;

	ASSERT_SHARE(&request, &census);
	EXPECT_EQ(4, census.n_owned);
	census_free(&census);
}

static int error_of(const struct census_request *request, struct census_error *error)
{
	struct census census;
	int ret;

	memset(error, 0, sizeof(*error));
	ret = take(request, &census, error);
	census_free(&census);
	return ret;
}

#define EXPECT_REFUSED(words, ...) do {					\
	const struct census_request __request = { __VA_ARGS__ };	\
	struct census_error __error;					\
	EXPECT_EQ(-EINVAL, error_of(&__request, &__error));		\
	EXPECT_NE(NULL, strstr(__error.text, words))			\
		TH_LOG("%s", __error.text);				\
} while (0)

TEST(refused)
{
	uint32_t pids[MEMCENSUS_SHARE_PIDS_MAX + 1];
	struct census_error error;
	struct census_request out_of_range = { .pids = pids, .n_pids = 1 };
	unsigned int i;

	for (i = 0; i <= MEMCENSUS_SHARE_PIDS_MAX; i++)
		pids[i] = getpid();
	EXPECT_REFUSED("either PIDS or GROUP_BY", .limit = 1);
	EXPECT_REFUSED("either PIDS or GROUP_BY", .pids = pids, .n_pids = 1,
		       .group_by = MEMCENSUS_BY_UID);
	EXPECT_REFUSED("at most 256 processes", .pids = pids,
		       .n_pids = MEMCENSUS_SHARE_PIDS_MAX + 1);
	EXPECT_REFUSED("either PIDS or GROUP_BY", .group_by = MEMCENSUS_BY_PIDS);
	EXPECT_REFUSED("does not compare trees", .group_by = MEMCENSUS_BY_TREE);
	EXPECT_REFUSED("PIDS, GROUP_BY, LIMIT, CHARGED and FILE only", .pids = pids, .n_pids = 1,
		       .parts = MEMCENSUS_PART_VMAS);
	EXPECT_REFUSED("PIDS, GROUP_BY, LIMIT, CHARGED and FILE only", .pids = pids, .n_pids = 1,
		       .max_age = 1);
	EXPECT_REFUSED("needs GROUP_BY CGROUP", .group_by = MEMCENSUS_BY_UID, .charged = 1);
	EXPECT_REFUSED("needs GROUP_BY CGROUP", .pids = pids, .n_pids = 1, .charged = 1);
	out_of_range.limit = MEMCENSUS_LIMIT_MAX + 1;
	EXPECT_EQ(-ERANGE, error_of(&out_of_range, &error));
}

PROGRAM_OF(SHARE)

TEST_HARNESS_MAIN
