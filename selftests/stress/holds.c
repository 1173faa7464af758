// SPDX-License-Identifier: GPL-2.0
/*
 * The reader's cgroup has 1% of a processor, and the kernel preempts wherever it may. A census
 * then stands still most of the time, but never with a lock of the process that it walks: the
 * longest hold is as short as ever, and that process need not wait for the reader's next period.
 *
 * A machine that is busy may stop the VM in a hold. So the shortest of the longest holds counts:
 * a reader that may be stopped in a hold is stopped in one in each census.
 *
 * A process that maps files chooses how long their paths are, and below how many mounts they are.
 * No hold is longer for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "ko.h"
#include "selftest.h"
#include "memory/far.h"

#define RW		(PROT_READ | PROT_WRITE)
#define GROUP		"/sys/fs/cgroup/memcensus-holds"
#define PREEMPTION	"/sys/kernel/debug/sched/preempt"
#define MAPPINGS	16
#define CENSUSES	3
#define PERIOD_NS	100000000ULL

/* 4 GiB in all. */
static const unsigned long pages = 65536;

FIXTURE(holds)
{
	pid_t pid;
	char preemption[16];
	bool ready;
};

/* The mode in brackets, of "none voluntary (full)"; "" if it cannot be chosen. */
static void read_preemption(char mode[16])
{
	char text[128] = "", *at;
	FILE *f = fopen(PREEMPTION, "r");

	mode[0] = '\0';
	if (!f)
		return;
	if (fgets(text, sizeof(text), f)) {
		at = strchr(text, '(');
		if (at)
			sscanf(at, "(%15[a-z])", mode);
	}
	fclose(f);
}

/* Is the kernel of this release or a later one? */
static bool release_is(unsigned int major, unsigned int minor)
{
	unsigned int is_major = 0, is_minor = 0;
	struct utsname uts;

	if (!uname(&uts))
		sscanf(uts.release, "%u.%u", &is_major, &is_minor);
	return is_major > major || (is_major == major && is_minor >= minor);
}

static void live(int fd)
{
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < MAPPINGS; i++)
		map(PLACE(i), pages * PAGE, RW, MAP_SHARED | MAP_POPULATE, fd, 0);
	raise(SIGSTOP);
	for (;;)
		pause();
}

FIXTURE_SETUP(holds)
{
	int fd;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (is_slow_kernel())
		SKIP(return, "a debug kernel or KCSAN needs minutes of the reader's time");
	if (release_is(6, 18))
		SKIP(return, "a task without time is stopped only when it returns to user mode");
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+cpu");
	ASSERT_TRUE(!mkdir(GROUP, 0755) || errno == EEXIST);
	if (!write_file(GROUP "/cpu.max", "1000 100000"))
		SKIP(return, "no cgroup with a limit of CPU time");
	read_preemption(self->preemption);
	if (self->preemption[0])
		ASSERT_TRUE(write_file(PREEMPTION, "full"));
	fd = memfd("large", pages);
	self->pid = fork();
	if (!self->pid)
		live(fd);
	ASSERT_LT(0, self->pid);
	close(fd);
	ASSERT_TRUE(child_stopped(self->pid));
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
	self->ready = true;
}

FIXTURE_TEARDOWN(holds)
{
	if (self->preemption[0])
		EXPECT_TRUE(write_file(PREEMPTION, self->preemption));
	if (self->pid > 0)
		child_end(self->pid);
	rmdir(GROUP);
	if (!self->ready)
		return;
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

TEST_F_TIMEOUT(holds, reader_without_time, 300)
{
	static const struct census_request all = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	uint64_t shortest = UINT64_MAX, wall = 0;
	const struct census_task *task;
	struct census census;
	unsigned int i;

	if (!self->ready)
		return;
	for (i = 0; i < CENSUSES; i++) {
		ASSERT_TRUE(write_file(GROUP "/cgroup.procs", "0"));
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		ASSERT_TRUE(write_file("/sys/fs/cgroup/cgroup.procs", "0"));
		task = census_task_of(&census, self->pid);
		ASSERT_NE(NULL, task);
		EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
		if (census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS] < shortest)
			shortest = census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS];
		wall += census.scan[MEMCENSUS_SCAN_WALL_NS];
		census_free(&census);
	}
	diag("preemption was %s; a census took %llu ms, its longest lock hold %llu us",
	     self->preemption[0] ? self->preemption : "not to be chosen",
	     (unsigned long long)(wall / CENSUSES / 1000000),
	     (unsigned long long)(shortest / 1000));
	/* Otherwise the reader was not stopped, and nothing is shown. */
	EXPECT_LT(2 * PERIOD_NS, wall / CENSUSES);
	EXPECT_GT(PERIOD_NS / 2, shortest);
}

#define MANY		"/tmp/memcensus-many"
#define MOUNTS		2000
/* With more, a census would take so long that a busy machine stops the VM in each. */
#define NAMED		64

/* Below many mounts on one directory. */
static void change_to_mounts(void)
{
	unsigned int i;

	need(!mkdir(MANY, 0755), MANY);
	need(!unshare(CLONE_NEWNS) && !mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL), "unshare");
	for (i = 0; i < MOUNTS; i++)
		need(!mount("far", MANY, "tmpfs", 0, NULL), "mount");
	need(!chdir(MANY), MANY);
}

FIXTURE(names)
{
	pid_t near, far;
};

FIXTURE_VARIANT(names)
{
	bool mounts;
};

FIXTURE_VARIANT_ADD(names, levels) { false };
FIXTURE_VARIANT_ADD(names, mounts) { true };

/* Maps the only page of a file NAMED times: each is a mapping of its own. */
static void map_named(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	unsigned int i;

	need(fd >= 0 && !ftruncate(fd, PAGE), name);
	for (i = 0; i < NAMED; i++)
		map(PLACE(0) + i * PAGE, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	unlink(name);
}

static void map_near(void *arg)
{
	map_named("/tmp/memcensus-near");
}

static void map_far(void *arg)
{
	const struct _fixture_variant_names *variant = arg;

	if (variant->mounts) {
		change_to_mounts();
		map_named("far");
		return;
	}
	far_enter();
	map_named("far");
	far_remove();
}

FIXTURE_SETUP(names)
{
	if (!ko_is_loaded())
		ASSERT_EQ(0, ko_load(""));
	self->near = child_start(map_near, NULL);
	ASSERT_LT(0, self->near);
	self->far = child_start(map_far, (void *)variant);
	ASSERT_LT(0, self->far);
}

FIXTURE_TEARDOWN(names)
{
	child_end(self->near);
	child_end(self->far);
	if (variant->mounts)
		rmdir(MANY);
}

/*
 * The shortest of the longest holds of ten censuses of @pid with its mappings, ns; of more, until
 * one is below @enough, because another user of this machine may lengthen each.
 */
static uint64_t longest_hold(struct __test_metadata *_metadata, pid_t pid, uint64_t enough)
{
	const struct census_request one = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS, .no_owners = true,
		.pids = (uint32_t *)&pid, .n_pids = 1,
	};
	uint64_t shortest = UINT64_MAX;
	struct census census;
	unsigned int i;

	for (i = 0; i < 10 || (i < 100 && shortest >= enough); i++) {
		ASSERT_EQ(0, census_take(&one, &census, NULL));
		ASSERT_LT(NAMED, census.n_vmas);
		if (census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS] < shortest)
			shortest = census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS];
		census_free(&census);
	}
	return shortest;
}

TEST_F(names, no_longer_holds)
{
	const uint64_t near = longest_hold(_metadata, self->near, UINT64_MAX);
	const uint64_t most = 2 * near + 200000;
	const uint64_t far = longest_hold(_metadata, self->far, most);

	diag("longest holds: %llu us with names that are near, %llu us with those that are far",
	     (unsigned long long)(near / 1000), (unsigned long long)(far / 1000));
	EXPECT_GT(most, far);
}

TEST_HARNESS_MAIN
