// SPDX-License-Identifier: GPL-2.0
/*
 * Several readers scan without a pause, in every way, under all kinds of memory
 * load. No request fails, all invariants hold, and each census has the same
 * figures for sleeping processes.
 *
 * TORTURE_SCANS	least number of scans (0: one turn of each kind of storm)
 * TORTURE_ROUND_MS	length of a round (1000); without TORTURE_SCANS a round also ends
 *			after ROUND_SCANS scans
 *
 * If stress-ng is installed, it has a turn too.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "selftest.h"

#include "client/client_physical.h"
#include "memory/bystanders.h"
#include "memory/stormers.h"
#include "owners/counted.h"
#include "subject.h"

#define READERS		3
/* Kinds of requests that a reader makes in turn */
#define REQUESTS	14
#define AT_ONCE		4
/* What a debug kernel under emulation scans in a second */
#define ROUND_SCANS	20
#define STRESS		"/usr/local/bin/stress-ng"
#define DIR_PATH	"/sys/kernel/debug/memcensus/"

/* Counts of a reader. */
struct reader {
	uint64_t requests, vanished, busy, compared, last;
	uint64_t migrated, shares, passes;
	unsigned int wrong;
	char text[512];
};

/* Shared by all processes of this test. */
struct course {
	atomic_bool moving, stop;
	uint32_t built;
	pid_t stormer;
	struct reader readers[READERS];
};

static struct course *course;
static struct bystanders by;

static void warn(struct reader *r, const char *what, const char *why)
{
	if (!r->wrong++)
		snprintf(r->text, sizeof(r->text), "%s: %s", what, why);
}

/* Fewer figures hold if stormers migrate pages, or if any page has migrated. */
struct moving {
	bool stormers;
	uint64_t migrated;
};

/* Page migrations, including failed ones. */
static uint64_t pages_migrated(void)
{
	return vmstat_count("pgmigrate_success") + vmstat_count("pgmigrate_fail");
}

static struct moving moving_begin(void)
{
	return (struct moving) {
		.stormers = atomic_load(&course->moving),
		.migrated = pages_migrated(),
	};
}

typedef const char *compare_fn(struct bystanders *b, const struct census *census,
			       bool moving);

/*
 * An allocation of a huge page may compact memory. So after a difference, if a page
 * has migrated, only figures that migration does not change are compared again. The
 * migration count may lag a little.
 */
static const char *moving_compare(const struct moving *m, struct reader *r,
				  const struct census *census,
				  compare_fn *compare)
{
	bool stormers = m->stormers | atomic_load(&course->moving);
	const char *text = compare(&by, census, stormers);

	if (!text || stormers)
		return text;
	sleep_ms(50);
	if (pages_migrated() == m->migrated)
		return text;
	r->migrated++;
	return compare(&by, census, true);
}

/* A census of all, also by groups. */
static void read_all(struct reader *r, unsigned int turn)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.group_by = turn > 1 ? turn - 1 : 0,
	};
	const struct moving moving = moving_begin();
	struct census_error error = {};
	const struct census_task *task;
	const char *text = NULL;
	struct census census;
	int ret;

	ret = census_take(&request, &census, &error);
	if (ret) {
		warn(r, "census", error.text[0] ? error.text : strerror(-ret));
		goto out;
	}
	r->last = census.seq;
	r->vanished += census.scan[MEMCENSUS_SCAN_VANISHED];
	r->busy += census.scan[MEMCENSUS_SCAN_BUSY] +
		   census.scan[MEMCENSUS_SCAN_PARTIAL];
	if (!census_is_whole(&census))
		text = "not whole";
	else if (turn)
		text = counted_unsound(&census, true);
	for (task = census.tasks; !text && task < census.tasks + census.n_tasks;
	     task++)
		if (task->state == MEMCENSUS_STATE_WALKED &&
		    task->f.value[MEMCENSUS_F_USS] >
		    task->f.value[MEMCENSUS_F_RSS])
			text = "more uss than rss";
	if (!text)
		text = moving_compare(&moving, r, &census, bystanders_differ);
	if (text)
		warn(r, "of all", text);
out:
	census_free(&census);
}

/* The bystanders that run: a kernel may lack support for a kind. */
static unsigned int bystanders_there(pid_t *pids)
{
	unsigned int i, n = 0;

	for (i = 0; i < BYSTANDERS; i++)
		if (by.pids[i])
			pids[n++] = by.pids[i];
	return n;
}

/* The bystanders or a stormer, with mappings. */
static void read_named(struct reader *r, unsigned int turn)
{
	pid_t pids[BYSTANDERS], stormer = course->stormer;
	const struct moving moving = moving_begin();
	struct census_error error = {};
	const char *text = NULL;
	unsigned int i, n = bystanders_there(pids);
	struct census census;
	int ret;

	switch (turn) {
	case 0:
		ret = counted_take_pids(pids, n, &census, &error);
		if (!ret)
			text = counted_unsound(&census, false);
		break;
	case 1:
		ret = census_take_pid(pids[r->requests % n], &census, &error);
		break;
	default:
		/* A stormer may have exited: then its state is vanished. */
		ret = census_take_pid(stormer, &census, &error);
		for (i = 1; i < census.n_vmas; i++)
			if (census.vmas[i - 1].end > census.vmas[i].start)
				text = "mappings overlap";
	}
	if (!ret && !text)
		text = moving_compare(&moving, r, &census, bystanders_misplaced);
	if (census.seq)
		r->last = census.seq;
	if (ret)
		warn(r, "of some", error.text[0] ? error.text : strerror(-ret));
	else if (text)
		warn(r, "of some", text);
	census_free(&census);
}

/* Who shares: the bystanders with all, all by name, and who is charged. */
static void read_share(struct reader *r)
{
	uint32_t pids[BYSTANDERS];
	pid_t there[BYSTANDERS];
	const unsigned int n = bystanders_there(there);
	const struct census_request requests[] = {
		{ .share = true, .pids = pids, .n_pids = n, .limit = 100 },
		{ .share = true, .group_by = MEMCENSUS_BY_COMM },
		{ .share = true, .group_by = MEMCENSUS_BY_CGROUP, .charged = 2 },
	};
	struct census_error error = {};
	struct census census;
	unsigned int i;
	int ret;

	for (i = 0; i < n; i++)
		pids[i] = there[i];
	ret = census_take(&requests[r->shares++ % ARRAY_SIZE(requests)], &census, &error);
	if (ret)
		warn(r, "share", error.text[0] ? error.text : strerror(-ret));
	else if (!census_is_whole(&census))
		warn(r, "share", "not whole");
	else if (census.scan[MEMCENSUS_SCAN_VIOLATIONS])
		warn(r, "share", "violations");
	if (census.seq)
		r->last = census.seq;
	census_free(&census);
}

/*
 * Where all memory is; each frame has one class, also while memory comes and goes.  Where it does
 * so in each of three passes, the request fails with EBUSY.
 */
static void read_physical(struct reader *r)
{
	static struct physical physical;
	const struct physical_ask ask = { .order = 9, .cgroups = true, .files = 100 };
	const struct moving moving = moving_begin();
	int ret = physical_take_with(&physical, ask);
	unsigned int i;

	r->passes++;
	if (ret == -EBUSY && (moving.stormers || atomic_load(&course->moving))) {
		r->busy++;
		return;
	}
	if (ret) {
		warn(r, "physical", physical.wrong[0] ? physical.wrong : strerror(-ret));
		return;
	}
	for (i = 0; i < physical.n_zones; i++)
		if (physical_zone_bytes(&physical.zones[i]) !=
		    physical.zones[i].value[MEMCENSUS_PZ_SPANNED])
			warn(r, "physical", "classes of a zone are not what it spans");
	if (!physical_files_add_up(&physical))
		warn(r, "physical", physical.wrong);
}

static void read_file(struct reader *r, const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, all = 0;

	if (fd < 0) {
		warn(r, path, strerror(errno));
		return;
	}
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		all += n;
	if (n < 0 || !all)
		warn(r, path, n < 0 ? strerror(errno) : "empty");
	close(fd);
}

static const struct {
	uint32_t subject;
	void (*read)(struct reader *r);
} subjects[] = {
	{ MEMCENSUS_SUBJECT_PHYSICAL, read_physical },
	{ MEMCENSUS_SUBJECT_SHARE, read_share },
};

static void read_for_ever(struct reader *r, unsigned int turn)
{
	static const char *const paths[] = {
		"/proc/memcensus", DIR_PATH "tasks", DIR_PATH "scan",
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_file("/proc/self/oom_score_adj", "-1000");
	for (; !atomic_load(&course->stop); turn++) {
		unsigned int kind = turn % REQUESTS;

		if (kind < 5)
			read_all(r, kind);
		else if (kind < 8)
			read_named(r, kind - 5);
		else if (kind < 11)
			read_file(r, paths[kind - 8]);
		else if (course->built & subjects[kind - 11].subject)
			subjects[kind - 11].read(r);
		r->requests++;
		r->compared = by.compared;
	}
	_exit(0);
}

/* All kinds of stress-ng stressors, each for a while, in a separate cgroup. */
static pid_t stress_start(unsigned int turn)
{
	static const char *const kinds[][6] = {
		{ "--fork", "1", "--mmap", "1", "--mprotect", "1" },
		{ "--exec", "1", "--mremap", "1", "--madvise", "1" },
		{ "--vm", "1", "--userfaultfd", "1", "--vm-segv", "1" },
		{ "--munmap", "1", "--shm", "1", "--vforkmany", "1" },
		{ "--brk", "1", "--mlock", "1", "--tmpfs", "1" },
	};
	const char *const *k = kinds[turn % ARRAY_SIZE(kinds)];
	pid_t pid;

	if (access(STRESS, X_OK))
		return -1;
	pid = fork();
	if (!pid) {
		char text[16];

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		snprintf(text, sizeof(text), "%d", getpid());
		mkdir("/sys/fs/cgroup/storm-stress", 0755);
		write_file("/sys/fs/cgroup/storm-stress/memory.max", "200M");
		write_file("/sys/fs/cgroup/storm-stress/cgroup.procs", text);
		need(!chdir("/tmp"), "/tmp");
		freopen("/dev/null", "w", stdout);
		freopen("/dev/null", "w", stderr);
		execl(STRESS, "stress-ng", "--quiet", "--no-rand-seed",
		      "--mmap-bytes", "16M", "--mremap-bytes", "16M",
		      "--vm-bytes", "32M", "--shm-bytes", "4M", "--brk-bytes",
		      "32M", k[0], k[1], k[2], k[3], k[4], k[5], NULL);
		_exit(127);
	}
	return pid;
}

/* Each round runs several stormers; the selection shifts by one. */
static unsigned int round_begin(unsigned int round, pid_t *pids)
{
	unsigned int i, n = 0;

	for (i = 0; i < AT_ONCE; i++) {
		const struct stormer *s = &stormers[(round + i * 4) % nr_stormers];

		if (s->moves)
			atomic_store(&course->moving, true);
		pids[i] = stormer_start(s);
		n += pids[i] > 0;
		if (pids[i] > 0)
			course->stormer = pids[i];
	}
	pids[AT_ONCE] = round % 2 ? stress_start(round / 2) : -1;
	return n;
}

static void round_end(pid_t *pids)
{
	unsigned int i;

	for (i = 0; i <= AT_ONCE; i++)
		stormer_end(pids[i]);
	stormers_restore();
	/* Migrations in progress end during this. */
	sleep_ms(50);
	atomic_store(&course->moving, false);
}

static uint64_t last_seq(void)
{
	uint64_t last = 0;
	unsigned int i;

	for (i = 0; i < READERS; i++)
		if (last < course->readers[i].last)
			last = course->readers[i].last;
	return last;
}

/* Sleeps for @ms, or until ROUND_SCANS more are done. */
static void sleep_until_scanned(unsigned int ms)
{
	uint64_t before = last_seq(), end = now_ms() + ms;

	while (now_ms() < end && last_seq() < before + ROUND_SCANS)
		sleep_ms(10);
}

static bool anything_wrong(void)
{
	unsigned int i;

	for (i = 0; i < READERS; i++)
		if (course->readers[i].wrong)
			return true;
	return false;
}

/* Whether each reader has asked for everything: that may take longer than all storms. */
static bool all_asked(void)
{
	unsigned int i;

	for (i = 0; i < READERS; i++)
		if (course->readers[i].requests < REQUESTS)
			return false;
	return true;
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

static void tell(uint64_t scans, unsigned int rounds)
{
	struct reader all = {};
	unsigned int i;

	for (i = 0; i < READERS; i++) {
		const struct reader *r = &course->readers[i];

		all.requests += r->requests;
		all.vanished += r->vanished;
		all.busy += r->busy;
		all.compared += r->compared;
		all.migrated += r->migrated;
		all.shares += r->shares;
		all.passes += r->passes;
	}
	diag("storm: %llu scans for %llu requests in %u rounds; %llu figures compared",
	     (unsigned long long)scans, (unsigned long long)all.requests, rounds,
	     (unsigned long long)all.compared);
	diag("storm: %llu vanished, %llu busy",
	     (unsigned long long)all.vanished, (unsigned long long)all.busy);
	diag("storm: %llu requests of SHARE, %llu of PHYSICAL",
	     (unsigned long long)all.shares, (unsigned long long)all.passes);
	if (all.migrated)
		diag("storm: %llu times a page migrated that no stormer moved",
		     (unsigned long long)all.migrated);
}

FIXTURE(torture)
{
};

FIXTURE_SETUP(torture)
{
	stormers_restore();
}

FIXTURE_TEARDOWN(torture)
{
	bystanders_end(&by);
	stormers_restore();
	rmdir("/sys/fs/cgroup/storm-stress");
}

TEST_F_TIMEOUT(torture, readers_and_storms, 7200)
{
	const unsigned long least = setting("TORTURE_SCANS", 0);
	const unsigned int ms = setting("TORTURE_ROUND_MS", is_debug_kernel() ? 1000 : 500);
	pid_t readers[READERS], pids[AT_ONCE + 1], there[BYSTANDERS];
	unsigned int round = 0, stormed = 0, i;
	uint64_t before, reported = now_ms();
	struct census census;
	const char *text;

	course = mmap(NULL, sizeof(*course), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, course);
	course->built = subjects_built();
	text = bystanders_start(&by);
	ASSERT_EQ(NULL, text)
		TH_LOG("%s", text);
	ASSERT_EQ(0, counted_take_pids(there, bystanders_there(there), &census,
				       NULL));
	text = bystanders_misplaced(&by, &census, false);
	ASSERT_EQ(NULL, text)
		TH_LOG("%s", text);
	before = census.seq;
	census_free(&census);
	for (i = 0; i < READERS; i++) {
		readers[i] = fork();
		ASSERT_LE(0, readers[i]);
		if (!readers[i])
			read_for_ever(&course->readers[i], i * 4);
	}
	while ((round < nr_stormers || last_seq() - before < least || !all_asked()) &&
	       !anything_wrong()) {
		stormed += round_begin(round++, pids);
		if (least)
			sleep_ms(ms);
		else
			sleep_until_scanned(ms);
		round_end(pids);
		if (now_ms() - reported < 15000)
			continue;
		reported = now_ms();
		diag("so far: %llu scans of %lu, %u rounds",
		     (unsigned long long)(last_seq() - before), least, round);
	}
	atomic_store(&course->stop, true);
	for (i = 0; i < READERS; i++)
		waitpid(readers[i], NULL, 0);
	for (i = 0; i < READERS; i++) {
		EXPECT_EQ(0, course->readers[i].wrong)
			TH_LOG("%s", course->readers[i].text);
		EXPECT_LT(0, course->readers[i].requests);
		if (course->built & MEMCENSUS_SUBJECT_SHARE)
			EXPECT_LT(0, course->readers[i].shares);
		if (course->built & MEMCENSUS_SUBJECT_PHYSICAL)
			EXPECT_LT(0, course->readers[i].passes);
	}
	tell(last_seq() - before, round);
	EXPECT_LT(0, stormed);
}

TEST_HARNESS_MAIN
