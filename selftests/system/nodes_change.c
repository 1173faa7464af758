// SPDX-License-Identifier: GPL-2.0
/*
 * Memory is added or removed while a census is at work: its figures are as always, and so are those
 * of the next one.
 *
 * The census waits for a process whose mmap lock is held, with all other processes behind it, until
 * the change is done. That process has pages on the node that came, because they move there while
 * its lock is held.
 *
 * A pass over frames starts again if it misses some.
 *
 * The change is the shell command NODES_CHANGE, with which vm/shapes lets QEMU plug a node in and
 * take it out, and a block of memory at the end of a node, if the kernel can take it offline.
 */
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/client_physical.h"
#include "ko.h"
#include "memory/fuse.h"
#include "selftest.h"
#include "subject.h"

#define NODES_MAX	64
#define MEMORY_SYS	"/sys/devices/system/memory/"
#define MS		1000000ULL

/* Longer than any change takes; the most that the module accepts. */
#define BUDGET_MS	60000
#define CHANGE_MS	40000

#define PAGES		300
#define PRIVATE		90

/* The frames of each node, from the first to behind the last; both 0: it has none. */
struct spans {
	unsigned long long start[NODES_MAX], end[NODES_MAX];
};

static void read_spans(struct spans *spans)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	unsigned long long spanned = 0, number;
	unsigned int node = NODES_MAX, id;
	char line[256];

	need(file, "zoneinfo");
	memset(spans, 0, sizeof(*spans));
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %u,", &id) == 1)
			node = id;
		else if (sscanf(line, " spanned %llu", &number) == 1)
			spanned = number;
		if (sscanf(line, " start_pfn: %llu", &number) != 1 || node >= NODES_MAX || !spanned)
			continue;
		if (!spans->end[node] || number < spans->start[node])
			spans->start[node] = number;
		if (number + spanned > spans->end[node])
			spans->end[node] = number + spanned;
	}
	fclose(file);
}

static bool differ(const struct spans *a, const struct spans *b)
{
	return memcmp(a, b, sizeof(*a));
}

/* A node that has memory in @now, and had none in @before; NODES_MAX: there is none. */
static unsigned int new_node(const struct spans *before, const struct spans *now)
{
	unsigned int node;

	for (node = 0; node < NODES_MAX; node++)
		if (now->end[node] && !before->end[node])
			break;
	return node;
}

/* Waits until the spans differ from @before, and have been the same for a second. */
static bool wait_for_change(const struct spans *before, struct spans *now)
{
	struct spans last = *before;
	unsigned int ms, same = 0;

	for (ms = 0; ms < CHANGE_MS; ms += 50) {
		read_spans(now);
		same = differ(now, &last) ? 0 : same + 50;
		last = *now;
		if (differ(now, before) && same >= 1000)
			return true;
		sleep_ms(50);
	}
	return false;
}

/*
 * A census with all processes, but the record of @pid alone, in a thread of its own, @tid; @ended:
 * it has the answer.
 */
struct taking {
	pid_t pid;
	pthread_t thread;
	volatile pid_t tid;
	volatile bool ended;
	struct census census;
	struct census_error error;
	int ret;
};

static void *take(void *arg)
{
	struct taking *taking = arg;
	const uint32_t pid = taking->pid;
	const struct census_request request = {
		.pids = &pid, .n_pids = 1,
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
	};

	taking->tid = syscall(SYS_gettid);
	taking->ret = census_take(&request, &taking->census, &taking->error);
	taking->ended = true;
	return NULL;
}

/*
 * Waits until the census waits for the stuck process: it tries its lock again and again, and
 * sleeps in between, as it does nowhere else for so many checks.
 */
static bool wait_for_wait(const struct taking *taking)
{
	unsigned int checks, asleep = 0;

	for (checks = 0; checks < 3000 && asleep < 30 && !taking->ended; checks++) {
		sleep_ms(10);
		if (taking->tid)
			asleep += !!strchr("SD", process_state(taking->tid));
	}
	return asleep == 30;
}

/* The process @stuck, whose mmap lock @fuse holds, and the pages that it shares with the test. */
struct held {
	struct fuse fuse;
	pid_t reader, stuck;
	char *shared;
};

FIXTURE(change)
{
	struct held held;
	bool ready;
};

/* Maps over the last page of PLACE(0), with the mmap lock held; a census is at PLACE(1) later. */
static void stick(void *arg)
{
	const int fd = *(int *)arg;

	write_pages(map_private(PLACE(0), (PRIVATE + 1) * PAGE), PRIVATE);
	read_pages(PLACE(1), PAGES);
	child_stop();
	mmap(PLACE(0) + PRIVATE * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
}

FIXTURE_SETUP(change)
{
	char words[64], byte;
	int fd;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (fuse_start(&self->held.fuse) == -ENODEV)
		SKIP(return, "kernel has no FUSE");
	ASSERT_EQ(0, ko_unload_patiently(10000));
	snprintf(words, sizeof(words), "busy_budget_ms=%d", BUDGET_MS);
	ASSERT_EQ(0, ko_load(words));
	self->held.shared = map_shared(PLACE(1), PAGES * PAGE);
	write_pages(self->held.shared, PAGES);
	fd = fuse_open_direct(&self->held.fuse);
	ASSERT_LE(0, fd);
	self->held.stuck = child_start(stick, &fd);
	ASSERT_LT(0, self->held.stuck);
	self->held.reader = fork();
	if (!self->held.reader) {
		fd = fuse_open_cached(&self->held.fuse);
		need(fd >= 0, "open");
		_exit(pread(fd, &byte, 1, 0) != 1);
	}
	ASSERT_TRUE(fuse_was_asked(&self->held.fuse));
	kill(self->held.stuck, SIGCONT);
	ASSERT_TRUE(child_waits(self->held.stuck));
	self->ready = true;
}

FIXTURE_TEARDOWN(change)
{
	if (!self->ready)
		return;
	fuse_answer(&self->held.fuse);
	child_end(self->held.stuck);
	child_end(self->held.reader);
	fuse_stop(&self->held.fuse);
	EXPECT_EQ(0, ko_unload_patiently(10000));
	EXPECT_EQ(0, ko_load(""));
}

/* Moves the pages that the test shares with the stuck process to @node. */
static bool move_to(char *at, unsigned int node)
{
	void *pages[PAGES];
	int nodes[PAGES], status[PAGES];
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		pages[i] = at + i * PAGE;
		nodes[i] = node;
		status[i] = -1;
	}
	if (syscall(SYS_move_pages, 0, (unsigned long)PAGES, pages, nodes, status,
		    MPOL_MF_MOVE_ALL) < 0)
		return false;
	for (i = 0; i < PAGES; i++)
		if (status[i] != (int)node)
			return false;
	return true;
}

/* What the census has of the process and of the pages that it shares. */
static void expect_all(struct __test_metadata *_metadata, const struct taking *taking,
		       const struct held *held)
{
	const struct census_task *task = census_task_of(&taking->census, held->stuck);
	const struct census_vma *vma;

	ASSERT_EQ(0, taking->ret) TH_LOG("no census: %s", taking->error.text);
	EXPECT_TRUE(census_is_whole(&taking->census));
	EXPECT_EQ(0, taking->census.scan[MEMCENSUS_SCAN_BUSY]);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
	EXPECT_NE(FIGURE_UNKNOWN, figure(&task->f, MEMCENSUS_F_RSS));
	ASSERT_VMA(&taking->census, held->shared, vma);
	EXPECT_PAGES(PAGES, vma, RSS);
}

/* @change(@arg) is done during a census. */
static void check(struct __test_metadata *_metadata, struct held *held,
		  bool (*change)(const void *arg), const void *arg)
{
	struct taking taking = { .pid = held->stuck }, next = { .pid = held->stuck };
	struct spans before, now;
	unsigned int node;

	read_spans(&before);
	ASSERT_EQ(0, pthread_create(&taking.thread, NULL, take, &taking));
	ASSERT_TRUE(wait_for_wait(&taking));
	ASSERT_TRUE(change(arg));
	ASSERT_TRUE(wait_for_change(&before, &now));
	node = new_node(&before, &now);
	if (node < NODES_MAX)
		ASSERT_TRUE(move_to(held->shared, node));
	ASSERT_FALSE(taking.ended);
	fuse_answer(&held->fuse);
	ASSERT_EQ(0, pthread_join(taking.thread, NULL));
	diag("%llu ms, new node: %d", (unsigned long long)
	     (taking.census.scan[MEMCENSUS_SCAN_WALL_NS] / MS),
	     node < NODES_MAX ? (int)node : -1);
	expect_all(_metadata, &taking, held);
	census_free(&taking.census);
	ASSERT_TRUE(child_stopped(held->stuck));
	take(&next);
	expect_all(_metadata, &next, held);
	census_free(&next.census);
}

static bool run_command(const void *command)
{
	return !system(command);
}

TEST_F(change, by_command)
{
	const char *command = getenv("NODES_CHANGE");

	if (!self->ready)
		return;
	if (!command)
		SKIP(return, "no NODES_CHANGE, which vm/shapes sets");
	check(_metadata, &self->held, run_command, command);
}

/* A block of memory; @online: the word that brings it online again, in its zone. */
struct block {
	char state[96];
	const char *online;
};

static bool take_offline(const void *arg)
{
	return write_file(((const struct block *)arg)->state, "offline");
}

static bool bring_online(const void *arg)
{
	const struct block *block = arg;

	return write_file(block->state, block->online);
}

static bool is_movable(unsigned long long number)
{
	char path[96], word[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), MEMORY_SYS "memory%llu/valid_zones", number);
	file = fopen(path, "r");
	if (file) {
		if (fscanf(file, "%31s", word) != 1)
			word[0] = '\0';
		fclose(file);
	}
	return !strcmp(word, "Movable");
}

/* Finds a block whose absence changes the span of its node; it is online then, as before. */
static bool find_block(struct block *block)
{
	unsigned long long size = 0, number;
	struct spans before, without;
	unsigned int node;
	FILE *file;

	file = fopen(MEMORY_SYS "block_size_bytes", "r");
	if (file && fscanf(file, "%llx", &size) != 1)
		size = 0;
	if (file)
		fclose(file);
	read_spans(&before);
	/* What was plugged in later is rather movable. */
	for (node = NODES_MAX; size && node-- > 0;) {
		if (!before.end[node])
			continue;
		number = (before.end[node] * PAGE - 1) / size;
		snprintf(block->state, sizeof(block->state), MEMORY_SYS "memory%llu/state",
			 number);
		block->online = is_movable(number) ? "online_movable" : "online";
		if (!take_offline(block))
			continue;
		read_spans(&without);
		need(bring_online(block), "online");
		if (differ(&before, &without))
			return true;
	}
	return false;
}

#define NO_BLOCK "no block of memory at the end of a node can be taken offline"

TEST_F(change, block_taken_offline)
{
	struct block block;

	if (!self->ready)
		return;
	if (!find_block(&block))
		SKIP(return, NO_BLOCK);
	check(_metadata, &self->held, take_offline, &block);
	EXPECT_TRUE(bring_online(&block));
}

TEST_F(change, block_brought_online)
{
	struct block block;

	if (!self->ready)
		return;
	if (!find_block(&block))
		SKIP(return, NO_BLOCK);
	ASSERT_TRUE(take_offline(&block));
	check(_metadata, &self->held, bring_online, &block);
}

static struct physical pass;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* Frames that the zones of @p span, and those that they span by zoneinfo. */
static uint64_t spanned(const struct physical *p)
{
	uint64_t frames = 0;
	unsigned int i;

	for (i = 0; i < p->n_zones; i++)
		frames += p->zones[i].value[MEMCENSUS_PZ_SPANNED] / PAGE;
	return frames;
}

static uint64_t spanned_now(void)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	unsigned long long frames = 0, number, present;
	char line[256];

	need(file, "zoneinfo");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " spanned %llu", &number) != 1)
			continue;
		/* Zones without memory are not sent. */
		need(fgets(line, sizeof(line), file) &&
		     sscanf(line, " present %llu", &present) == 1, "present");
		frames += present ? number : 0;
	}
	fclose(file);
	return frames;
}

/* Memory that comes online during a pass is in it, if it was there when the pass ended. */
TEST(physical)
{
	unsigned int i, j, during = 0, busy = 0;
	struct block block;
	uint64_t online;
	int fds[2], status;
	pid_t pid;

	TEST_OF(PHYSICAL);
	if (!find_block(&block))
		SKIP(return, NO_BLOCK);
	ASSERT_EQ(0, physical_take(&pass));
	for (i = 0; i < 40; i++) {
		const useconds_t wall = pass.value[MEMCENSUS_PHYSICAL_WALL_NS] / 1000;

		ASSERT_TRUE(take_offline(&block));
		ASSERT_EQ(0, pipe(fds));
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			usleep(wall % 1000000 * i / 40);
			need(bring_online(&block), "online");
			online = now_ns();
			need(write(fds[1], &online, sizeof(online)) == sizeof(online), "parent");
			_exit(0);
		}
		status = physical_take(&pass);
		ASSERT_EQ(sizeof(online), read(fds[0], &online, sizeof(online)));
		close(fds[0]);
		close(fds[1]);
		if (status) {
			EXPECT_NE(NULL, strstr(pass.wrong, "try again"))
				TH_LOG("%s", pass.wrong);
			busy++;
		} else {
			for (j = 0; j < pass.n_zones; j++)
				EXPECT_EQ(pass.zones[j].value[MEMCENSUS_PZ_SPANNED],
					  physical_zone_bytes(&pass.zones[j]));
			if (online < pass.value[MEMCENSUS_PHYSICAL_REALTIME_NS] +
				     pass.value[MEMCENSUS_PHYSICAL_WALL_NS]) {
				EXPECT_EQ(spanned_now(), spanned(&pass));
				during++;
			}
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_EQ(0, status);
	}
	diag("40 passes: memory came online before the end of %u, %u gave up", during, busy);
	EXPECT_LT(0, during);
}

TEST_HARNESS_MAIN
