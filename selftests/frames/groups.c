// SPDX-License-Identifier: GPL-2.0
/* Groups: frames that only members map count once, as exclusive. */
#include <sys/prctl.h>

#include "selftest.h"

#define RW	(PROT_READ | PROT_WRITE)
#define USER	4242
#define MEMBERS	2

/* Pages shared by the members only, and by a member with a stranger. */
static const unsigned long inside = 100, across = 60;

struct cast {
	int inside_fd, across_fd;
	volatile pid_t member[MEMBERS], stranger;
};

static void map_file(int place, int fd, unsigned long pages)
{
	write_pages(map(PLACE(place), pages * PAGE, RW, MAP_SHARED, fd, 0),
		    pages);
}

/* Touches all other memory in advance, so that only the tested pages differ. */
static void rehearse(void)
{
	int fd = memfd("rehearsal", 1);

	map_file(2, fd, 1);
	need(!munmap(PLACE(2), PAGE) && !close(fd), "rehearsal");
}

static void be_member(struct cast *cast, bool meets_stranger)
{
	const int inside_fd = cast->inside_fd, across_fd = cast->across_fd;

	prctl(PR_SET_NAME, "member");
	need(!setresuid(0, USER, 0), "setresuid");
	rehearse();
	child_stop();
	map_file(0, inside_fd, inside);
	if (meets_stranger)
		map_file(1, across_fd, across);
}

static void first(void *arg)
{
	be_member(arg, false);
}

static void second(void *arg)
{
	be_member(arg, true);
}

static void stranger(void *arg)
{
	struct cast *cast = arg;

	map_file(1, cast->across_fd, across);
}

FIXTURE(cast)
{
	struct cast *cast;
	uint32_t pids[MEMBERS];
};

FIXTURE_SETUP(cast)
{
	struct cast *cast;

	cast = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, cast);
	cast->inside_fd = memfd("inside", inside);
	cast->across_fd = memfd("across", across);
	cast->stranger = child_start(stranger, cast);
	ASSERT_LT(0, cast->stranger);
	cast->member[0] = child_start(first, cast);
	ASSERT_LT(0, cast->member[0]);
	cast->member[1] = child_start(second, cast);
	ASSERT_LT(0, cast->member[1]);
	self->cast = cast;
	self->pids[0] = cast->member[0];
	self->pids[1] = cast->member[1];
}

FIXTURE_TEARDOWN(cast)
{
	child_end(self->cast->member[0]);
	child_end(self->cast->member[1]);
	child_end(self->cast->stranger);
}

/* Is @group, by @by, the group of the members? */
static bool is_theirs(const struct census *census, uint8_t by,
		      const struct census_group *group)
{
	switch (by) {
	case MEMCENSUS_BY_UID:
		return group->known >> MEMCENSUS_GROUP_UID & 1 &&
		       group->uid == USER;
	case MEMCENSUS_BY_COMM:
		return group->known >> MEMCENSUS_GROUP_COMM & 1 &&
		       !strcmp(group->comm, "member");
	default:
		return census->n_groups == 1;
	}
}

static const struct census_group *theirs(const struct census *census,
					 uint8_t by)
{
	const struct census_group *group;

	for (group = census->groups; group < census->groups + census->n_groups;
	     group++)
		if (is_theirs(census, by, group))
			return group;
	return NULL;
}

#define GREW(name)							\
	(then->f.value[MEMCENSUS_F_##name] - now->f.value[MEMCENSUS_F_##name])

static void expect_group(struct __test_metadata *_metadata, uint8_t by,
			 const uint32_t *pids, const struct cast *cast)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.group_by = by,
		.pids = by == MEMCENSUS_BY_PIDS ? pids : NULL,
		.n_pids = by == MEMCENSUS_BY_PIDS ? MEMBERS : 0,
	};
	const struct census_group *now, *then;
	struct census before, after;
	unsigned int members = 0;
	size_t i;

	ASSERT_EQ(0, census_take(&request, &before, NULL));
	now = theirs(&before, by);
	ASSERT_NE(NULL, now);
	EXPECT_EQ(MEMBERS, now->mms);
	ASSERT_TRUE(child_next(cast->member[0]));
	ASSERT_TRUE(child_next(cast->member[1]));
	ASSERT_EQ(0, census_take(&request, &after, NULL));
	EXPECT_TRUE(census_is_whole(&after));
	then = theirs(&after, by);
	ASSERT_NE(NULL, then);
	EXPECT_EQ(MEMBERS, then->mms);

	for (i = 0; i < after.n_tasks; i++)
		members += after.tasks[i].group == then->id &&
			   (after.tasks[i].pid == pids[0] || after.tasks[i].pid == pids[1]);
	EXPECT_EQ(MEMBERS, members);

	EXPECT_EQ((MEMBERS * inside + across) * PAGE, GREW(RSS));
	EXPECT_EQ((inside + across) * PAGE, GREW(FRAMES));
	EXPECT_EQ(inside * PAGE, GREW(USS));
	EXPECT_EQ(inside * PAGE, GREW(USS_SHMEM));
	EXPECT_EQ(across * PAGE, GREW(SHARED));
	census_free(&before);
	census_free(&after);
}

TEST_F(cast, by_user)
{
	expect_group(_metadata, MEMCENSUS_BY_UID, self->pids, self->cast);
}

TEST_F(cast, by_command)
{
	expect_group(_metadata, MEMCENSUS_BY_COMM, self->pids, self->cast);
}

TEST_F(cast, by_pids)
{
	expect_group(_metadata, MEMCENSUS_BY_PIDS, self->pids, self->cast);
}

/* The group with the number that @task names. */
static const struct census_group *group_of(const struct census *census,
					   const struct census_task *task)
{
	const struct census_group *group;

	for (group = census->groups; group < census->groups + census->n_groups;
	     group++)
		if (task->known >> MEMCENSUS_TASK_GROUP & 1 && group->id == task->group)
			return group;
	return NULL;
}

/* Has @task the key of @group? */
static bool belongs(const struct census_task *task, const struct census_group *group,
		    uint8_t by)
{
	switch (by) {
	case MEMCENSUS_BY_UID:
		return task->uid == group->uid;
	case MEMCENSUS_BY_CGROUP:
		return task->cgroup == group->cgroup;
	default:
		return !strcmp(task->comm, group->comm);
	}
}

/* Each address space is in one group, which it names, for every kind of group. */
TEST(every_process_has_a_group)
{
	static const uint8_t by[] = {
		MEMCENSUS_BY_UID, MEMCENSUS_BY_CGROUP, MEMCENSUS_BY_COMM,
	};
	unsigned int i;
	size_t j;

	for (i = 0; i < ARRAY_SIZE(by); i++) {
		const struct census_request request = {
			.parts = MEMCENSUS_PART_TASKS,
			.group_by = by[i],
		};
		uint64_t mms = 0, pss = 0;
		struct census census;

		ASSERT_EQ(0, census_take(&request, &census, NULL));
		EXPECT_LT(0, census.n_groups);
		for (j = 0; j < census.n_groups; j++) {
			mms += census.groups[j].mms;
			pss += census.groups[j].f.value[MEMCENSUS_F_PSS];
		}
		for (j = 0; j < census.n_tasks; j++) {
			const struct census_group *group = group_of(&census, &census.tasks[j]);

			ASSERT_NE(NULL, group);
			EXPECT_TRUE(belongs(&census.tasks[j], group, by[i]));
		}
		EXPECT_EQ(census.n_tasks, mms);
		EXPECT_LE(pss, census.scan[MEMCENSUS_SCAN_PSS]);
		EXPECT_LE(census.scan[MEMCENSUS_SCAN_PSS], pss + mms);
		census_free(&census);
	}
}

TEST_HARNESS_MAIN
