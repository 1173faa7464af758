// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus brief` on a machine with other faults at once than those of test brief: what each is
 * made with stands before the reader is asked.  At least ten of them must be there.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "brief.h"
#include "memory/zram.h"

#define ROOT	"/sys/fs/cgroup"
#define TOP	ROOT "/memcensus-other"
#define HIGH	TOP "/near-high"
#define SWAP	TOP "/swaps"
#define EPOLL	TOP "/polls"
#define SLICE	TOP "/slice"
#define VICTIM	SLICE "/victim"
#define LEFT	TOP "/left"
#define GONE	LEFT "/gone"
#define FULL	"/memcensus-other-full"
#define LOG	"/scratch/memcensus-other.log"
#define CACHE	"/scratch/memcensus-other.cache"
#define KSM	"/sys/kernel/mm/ksm/"

/* Items of epoll, so many of a descriptor, and the least that the kernel has for each: bytes. */
#define POLLS	400
#define POLLED	400
#define ITEM	192

static void begin(const char *name, const char *cgroup)
{
	prctl(PR_SET_NAME, name);
	if (cgroup)
		need(enter_cgroup(cgroup), cgroup);
}

/* 60 of 64 MiB of memory.high. */
static void near_high(void *arg)
{
	begin("p-high", HIGH);
	write_pages(map_private(PLACE(0), 60 * MIB), 60 * MIB / PAGE);
}

/* 38 of 40 MiB of memory.swap.max. */
static void use_swap(void *arg)
{
	char *at = map_private(PLACE(0), 38 * MIB);
	size_t i;

	begin("p-swap", SWAP);
	write_pages(at, 38 * MIB / PAGE);
	for (i = 0; i < 38; i += 2)
		page_out(at + i * MIB, 2 * MIB / PAGE);
}

/* 190 of 200 MiB of RLIMIT_DATA. */
static void near_data(void *arg)
{
	const struct rlimit limit = { 200 * MIB, 200 * MIB };

	begin("p-data", NULL);
	need(!setrlimit(RLIMIT_DATA, &limit), "setrlimit");
	write_pages(map_private(PLACE(0), 190 * MIB), 10 * MIB / PAGE);
}

static void poll_many(void *arg)
{
	const struct rlimit limit = { 4096, 4096 };
	struct epoll_event event = { .events = EPOLLIN };
	int fds[POLLED], i, k, poll;

	begin("p-epoll", EPOLL);
	need(!setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
	for (i = 0; i < POLLED; i++)
		fds[i] = eventfd(0, EFD_CLOEXEC);
	for (k = 0; k < POLLS; k++) {
		poll = epoll_create1(EPOLL_CLOEXEC);
		for (i = 0; i < POLLED; i++)
			need(!epoll_ctl(poll, EPOLL_CTL_ADD, fds[i], &event), "epoll_ctl");
	}
}

/* A log that was deleted, with two openers; the other one is a fork. */
static void hold_log(void *arg)
{
	const size_t size = part() + 13 * MIB;

	begin("p-log", NULL);
	close(fill_file(LOG, size));
	need(open(LOG, O_RDONLY) >= 0, LOG);
	need(!unlink(LOG), "unlink");
	need(fork() >= 0, "fork");
}

/* A memfd as one that came by a socket: it is open, and not mapped. */
static void hold_received(void *arg)
{
	const size_t pages = (part() + 4 * MIB) / PAGE;
	const int fd = memfd("other", pages);
	char *at;

	begin("p-memfd", NULL);
	at = map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	write_pages(at, pages);
	munmap(at, pages * PAGE);
}

/* Three descriptors that are never received. */
static void send_descriptors(void *arg)
{
	char byte = 0, control[CMSG_SPACE(3 * sizeof(int))] = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int pair[2], fds[3] = { 0, 1, 2 };

	begin("p-sends", NULL);
	need(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(head), fds, sizeof(fds));
	need(sendmsg(pair[0], &message, 0) == 1, "sendmsg");
}

/* Page cache that a cgroup leaves. */
static void leave_cache(void *arg)
{
	begin("p-cache", GONE);
	close(fill_file(CACHE, part() + 9 * MIB));
}

/* Shared memory is locked by its pages, as private memory is. */
static void lock_shared(void *arg)
{
	begin("p-locked", NULL);
	need(!mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
	write_pages(map_shared(PLACE(0), part() + 6 * MIB), (part() + 6 * MIB) / PAGE);
}

/* At the default of vm.max_map_count. */
static void map_many(void *arg)
{
	const size_t n = *(size_t *)arg;
	size_t i;

	begin("p-maps", NULL);
	for (i = 0; i < n; i++)
		need(mmap(PLACE(0) + i * PAGE, PAGE, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) !=
		     MAP_FAILED, "mmap");
}

/* Reserves huge pages, and touches none. */
static void reserve_huge(void *arg)
{
	begin("p-huge", NULL);
	need(mmap(PLACE(0), *(size_t *)arg, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1,
		  0) != MAP_FAILED, "huge pages");
}

static void have_same(void *arg)
{
	char *at = map_private(PLACE(0), 16 * MIB);

	begin("p-same", NULL);
	memset(at, 's', 16 * MIB);
	need(!madvise(at, 16 * MIB, MADV_MERGEABLE), "MADV_MERGEABLE");
}

static void be_killed(void *arg)
{
	begin("p-victim", VICTIM);
	eat_memory(MIB, 0);
}

FIXTURE(other)
{
	struct faults faults;
	int segment;
	bool zram;
	char text[TEXT];
};

FIXTURE_SETUP(other)
{
	memset(self, 0, sizeof(*self));
	self->segment = -1;
}

FIXTURE_TEARDOWN(other)
{
	static const char *const dirs[] = { HIGH, SWAP, EPOLL, VICTIM, SLICE, GONE, LEFT, TOP };
	unsigned int i;

	faults_end(&self->faults);
	if (self->segment >= 0)
		shmctl(self->segment, IPC_RMID, NULL);
	write_file(huge_pool(HUGE, "nr_hugepages"), "0");
	write_file(KSM "run", "2");
	write_file(KSM "run", "0");
	umount2(FULL, MNT_DETACH);
	rmdir(FULL);
	unlink(CACHE);
	if (self->zram)
		EXPECT_TRUE(zram_off());
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		rmdir(dirs[i]);
}

static void set(const char *dir, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	write_file(path, text);
}

/* Each after the one above it, which has the controller for it. */
static void make_cgroups(void)
{
	static const char *const dirs[] = { TOP, HIGH, SWAP, EPOLL, SLICE, VICTIM, LEFT, GONE };
	size_t i;

	set(ROOT, "cgroup.subtree_control", "+memory");
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		mkdir(dirs[i], 0700);
		if (!strcmp(dirs[i], TOP) || !strcmp(dirs[i], SLICE) || !strcmp(dirs[i], LEFT))
			set(dirs[i], "cgroup.subtree_control", "+memory");
	}
	set(HIGH, "memory.high", "67108864");
	set(HIGH, "memory.swap.max", "0");
	set(SWAP, "memory.swap.max", "41943040");
	set(SLICE, "memory.max", "25165824");
	set(SLICE, "memory.swap.max", "0");
}

static void make_memory(struct _test_data_other *self)
{
	static size_t huge;
	char number[32], pages[80];
	void *at;

	huge = (part() / HUGE + 3) * HUGE;
	start(&self->faults, hold_received, NULL);
	/* A lower bound: it maps other shared memory too. */
	expect(&self->faults, "buffers", "p-memfd", part() + 4 * MIB - BESIDE, BESIDE);
	start(&self->faults, lock_shared, NULL);
	expect(&self->faults, "locked", "p-locked", part() + 6 * MIB, 12 * MIB);
	snprintf(number, sizeof(number), "%zu", huge / HUGE);
	write_file(huge_pool(HUGE, "nr_hugepages"), number);
	start(&self->faults, reserve_huge, &huge);
	snprintf(pages, sizeof(pages), "huge pages of %zu.0M that are free, %zu.0M promised",
		 HUGE / MIB, huge / MIB);
	expect(&self->faults, "unused", pages, huge, 0);
	self->segment = shmget(IPC_PRIVATE, part() + 8 * MIB, IPC_CREAT | 0600);
	at = shmat(self->segment, NULL, 0);
	need(at != (void *)-1, "shmat");
	memset(at, 1, part() + 8 * MIB);
	shmdt(at);
	expect(&self->faults, "segment", "", part() + 8 * MIB, BESIDE);
}

/* Merged pages of five processes: of 80 MiB, no more than a page for each 256 are left. */
static void make_same(struct _test_data_other *self)
{
	const uint64_t end = now_ms() + 60000;
	int i;

	if (!write_file(KSM "pages_to_scan", "20000") || !write_file(KSM "sleep_millisecs", "10") ||
	    !write_file(KSM "run", "1"))
		return;
	for (i = 0; i < 5; i++)
		start(&self->faults, have_same, NULL);
	while (read_number(KSM "pages_sharing") * (long)PAGE < 79 * (long)MIB && now_ms() < end)
		sleep_ms(50);
	expect(&self->faults, "merged", "and 4 more", 79 * MIB, MIB);
}

static void make_limits(struct _test_data_other *self)
{
	static size_t maps;
	pid_t pid;

	maps = (size_t)read_number("/proc/sys/vm/max_map_count") / 100 * 94;
	start(&self->faults, near_high, NULL);
	expect(&self->faults, "limit", "/memcensus-other/near-high", 60 * MIB, 4 * MIB);
	self->zram = !zram_on();
	if (self->zram) {
		start(&self->faults, use_swap, NULL);
		expect(&self->faults, "limit", "memory.swap.max", 38 * MIB, 2 * MIB);
	}
	start(&self->faults, near_data, NULL);
	expect(&self->faults, "limit", "p-data", 190 * MIB, 10 * MIB);
	start(&self->faults, map_many, &maps);
	expect(&self->faults, "mappings", "p-maps", maps, 100);
	mkdir(FULL, 0700);
	need(!mount("none", FULL, "tmpfs", 0, "size=50m"), FULL);
	close(fill_file(FULL "/file", 47 * MIB));
	expect(&self->faults, "limit", "memcensus-other-full", 47 * MIB, 3 * MIB);
	pid = child_start(be_killed, NULL);
	need(pid > 0 && !child_next(pid), "the OOM killer did not kill");
	expect(&self->faults, "oom_kill", "p-victim in /memcensus-other/slice", 1, 0);
}

TEST_F_TIMEOUT(other, faults, 300)
{
	size_t i, found = 0;

	if (access(ROOT "/cgroup.controllers", F_OK))
		SKIP(return, "no default hierarchy of cgroups");
	make_cgroups();
	if (access(HIGH "/memory.current", F_OK))
		SKIP(return, "no memory controller");
	make_memory(self);
	make_same(self);
	start(&self->faults, send_descriptors, NULL);
	expect(&self->faults, "waits", "p-sends", 3, 0);
	start(&self->faults, poll_many, NULL);
	expect(&self->faults, "kernel", "memcensus-other/polls", POLLS * POLLED * ITEM,
	       POLLS * POLLED * ITEM);
	if (!access("/scratch", W_OK)) {
		start(&self->faults, hold_log, NULL);
		expect(&self->faults, "deleted", LOG, part() + 13 * MIB, BESIDE);
		run_child(leave_cache, NULL);
		need(!rmdir(GONE), GONE);
		expect(&self->faults, "removed", "memcensus-other/left", part() + 9 * MIB, BESIDE);
	}
	make_limits(self);

	run_brief("-J", self->text);
	expect_rows(_metadata, self->text, self->faults.expected, self->faults.n_expected);
	for (i = 0; i < self->faults.n_expected; i++)
		found += figure_of(find_row(self->text, &self->faults.expected[i])) > 0;
	diag("%zu of %u faults", found, self->faults.n_expected);
	EXPECT_LE(10, found);
	run_brief("2>&1", self->text);
	diag("it says\n%s", self->text);
}

TEST_HARNESS_MAIN
