// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus brief` on a machine without faults, which it says, and on one with many at once: each
 * is made by a process or cgroup of its own name, and its row must have the figure that it was made
 * with.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brief.h"
#include "memory/zram.h"
#include "selftest.h"

#define GIB		(1024 * MIB)

#define FILES		"/memcensus-brief"
#define FULL		"/memcensus-brief-full"
#define DELETED		"/scratch/memcensus-brief"
#define RECORDERS	"/var/lib/memcensus"
#define RECORD		"/tmp/memcensus-brief.record"
#define ROOT		"/sys/fs/cgroup"
#define SERVICE		ROOT "/memcensus-brief/service"
#define REMOVED		ROOT "/memcensus-brief-removed"
#define GONE		REMOVED "/gone"
#define LIMITED		ROOT "/memcensus-brief-limited"
#define SLICE		ROOT "/memcensus-brief-slice"
#define EATS		SLICE "/eats"
#define KILLED		ROOT "/memcensus-brief-killed"
#define OBJECTS		ROOT "/memcensus-brief-objects"
#define PRIVATE		ROOT "/memcensus-brief-private"
#define MAP_COUNT	"/proc/sys/vm/max_map_count"
#define DENTRIES	"/proc/sys/fs/dentry-state"
#define MSG_BYTES	"/proc/sys/kernel/msgmnb"
#define KSM		"/sys/kernel/mm/ksm/"

/* Mappings that a process may have during the test, and more than nine tenths of these. */
#define MAPPINGS	3000
#define MADE		2900

/* memory.high of the slice. */
#define HIGH		(24 * MIB)

/* With the kernel's header, a message is one page of a slab: of 64-bit machines. */
#define MESSAGE		(4096 - 48)

static void hold_memfd(void *arg)
{
	const size_t size = part() + 1 * MIB;
	const int fd = memfd("brief", size / PAGE);
	char *at;

	(void)arg;
	prctl(PR_SET_NAME, "b-memfd");
	at = map(PLACE(0), size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	write_pages(at, size / PAGE);
	munmap(at, size);
}

static void hold_locked(void *arg)
{
	const size_t size = part() + 2 * MIB;
	char *at = map_private(PLACE(0), size);

	(void)arg;
	prctl(PR_SET_NAME, "b-locked");
	write_pages(at, size / PAGE);
	need(!mlock(at, size), "mlock");
}

static void hold_mappings(void *arg)
{
	size_t i;

	(void)arg;
	prctl(PR_SET_NAME, "b-mappings");
	/* Neighbours with other rights are not merged. */
	for (i = 0; i < MADE; i++)
		need(mmap(PLACE(0) + i * PAGE, PAGE, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED, "mmap");
}

static void hold_addresses(void *arg)
{
	const struct rlimit limit = { .rlim_cur = 600 * MIB, .rlim_max = 600 * MIB };

	(void)arg;
	prctl(PR_SET_NAME, "b-addresses");
	need(!setrlimit(RLIMIT_AS, &limit), "setrlimit");
	need(mmap(PLACE(0), 580 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		  -1, 0) != MAP_FAILED, "mmap");
	/* Its limits are read as those of one of the largest processes. */
	write_pages(map_private(PLACE(1), 8 * MIB), 8 * MIB / PAGE);
}

static void hold_ring(void *arg)
{
	const unsigned int size = part() + 3 * MIB;
	const struct tpacket_req ring = {
		.tp_block_size = MIB, .tp_block_nr = size / MIB, .tp_frame_size = 2048,
		.tp_frame_nr = size / 2048 };
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	(void)arg;
	prctl(PR_SET_NAME, "b-ring");
	need(fd >= 0 && !setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)),
	     "packet ring");
}

/* A descriptor that is never received. */
static void hold_flight(void *arg)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int pair[2];

	(void)arg;
	prctl(PR_SET_NAME, "b-flight");
	need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), "socketpair");
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &pair[0], sizeof(int));
	need(sendmsg(pair[0], &message, 0) == 1, "sendmsg");
}

/* Pages that are pinned and unmapped. */
static void hold_pinned(void *arg)
{
	const size_t size = part() + 4 * MIB;
	struct io_uring_params params = {};
	char *at = map_private(PLACE(0), size);
	struct iovec buffer = { at, size };
	const int fd = syscall(SYS_io_uring_setup, 4, &params);

	(void)arg;
	prctl(PR_SET_NAME, "b-pinned");
	write_pages(at, size / PAGE);
	need(fd >= 0 && !syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &buffer, 1),
	     "io_uring");
	munmap(at, size);
}

/* An array of a BPF program, which no process maps. */
static void hold_array(void *arg)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4096,
		.max_entries = (part() + 10 * MIB) / 4096,
	};

	(void)arg;
	prctl(PR_SET_NAME, "b-array");
	need(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)) >= 0, "bpf");
}

/* Pages of the same content, which a page for each 256 of them is kept of. */
static void hold_merged(void *arg)
{
	const size_t size = part() + 6 * MIB;
	char *at = map_private(PLACE(0), size);

	(void)arg;
	prctl(PR_SET_NAME, "b-merged");
	memset(at, 'k', size);
	need(!madvise(at, size, MADV_MERGEABLE), "MADV_MERGEABLE");
}

static void hold_deleted(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "b-deleted");
	fill_file(DELETED, part() + 5 * MIB);
	need(!unlink(DELETED), "unlink");
}

static void fill_in_service(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "b-service");
	need(enter_cgroup(SERVICE), SERVICE);
	close(fill_file(FILES "/service", part() + 7 * MIB));
}

/* Files of a tmpfs that is mounted for this process alone. */
static void fill_private(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "b-private");
	need(enter_cgroup(PRIVATE), PRIVATE);
	need(!unshare(CLONE_NEWNS) && !mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	     !mount("private", FULL, "tmpfs", 0, NULL), "a private tmpfs");
	close(fill_file(FULL "/private", part() + 11 * MIB));
}

static void fill_and_leave(void *arg)
{
	(void)arg;
	need(enter_cgroup(GONE), GONE);
	close(fill_file(FILES "/gone", part() + 8 * MIB));
}

static void hold_limited(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "b-limited");
	need(enter_cgroup(LIMITED), LIMITED);
	write_pages(map_private(PLACE(0), 29 * MIB), 29 * MIB / PAGE);
}

/* Data that does not compress, swapped out. */
static void hold_swapped(void *arg)
{
	const size_t size = part() + MIB, most = 8192 * PAGE;
	char *at = map_private(PLACE(0), size);
	size_t i;

	(void)arg;
	prctl(PR_SET_NAME, "b-swapped");
	for (i = 0; i < size; i += PAGE)
		need(getrandom(at + i, PAGE, 0) == (ssize_t)PAGE, "getrandom");
	for (i = 0; i < size; i += most)
		page_out(at + i, (size - i < most ? size - i : most) / PAGE);
}

/* Messages that wait in a queue, which is @arg: objects of the kernel. */
static void send_messages(void *arg)
{
	static const struct {
		long type;
		char text[MESSAGE];
	} message = { .type = 1 };
	const int queue = *(int *)arg;
	size_t i;

	need(enter_cgroup(OBJECTS), OBJECTS);
	for (i = 0; i < (part() + MIB) / PAGE; i++)
		need(!msgsnd(queue, &message, sizeof(message.text), IPC_NOWAIT), "msgsnd");
}

static void be_throttled(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "b-eats");
	need(enter_cgroup(EATS), EATS);
	eat_memory(HIGH / 2, 0);
}

static void be_killed(void *arg)
{
	(void)arg;
	prctl(PR_SET_NAME, "b-killed");
	need(enter_cgroup(KILLED), KILLED);
	eat_memory(MIB, 0);
}

static size_t count_text(const char *in, const char *text)
{
	size_t n = 0;

	while ((in = strstr(in, text))) {
		in += strlen(text);
		n++;
	}
	return n;
}

/* Tenths of percent of the last ten seconds that some tasks waited; 0: the kernel has no PSI. */
static unsigned int pressure(const char *path)
{
	unsigned int whole = 0, tenths = 0;
	FILE *file = fopen(path, "re");

	if (file) {
		if (fscanf(file, "some avg10=%u.%1u", &whole, &tenths) != 2)
			whole = 0;
		fclose(file);
	}
	return whole * 10 + tenths;
}

/* Waits until the pressure is at least, or at most, @tenths; false after a minute. */
static bool wait_pressure(const char *path, unsigned int tenths, bool least)
{
	const uint64_t end = now_ms() + 60000;

	while (least ? pressure(path) < tenths : pressure(path) > tenths) {
		if (now_ms() > end)
			return false;
		sleep_ms(50);
	}
	return true;
}

FIXTURE(brief)
{
	struct faults faults;
	int segment;
	int queue;
	bool zram;
	long map_count;
	long msg_bytes;
	char text[TEXT];
};

FIXTURE_SETUP(brief)
{
	memset(self, 0, sizeof(*self));
	self->segment = -1;
	self->queue = -1;
	self->map_count = read_number(MAP_COUNT);
	self->msg_bytes = read_number(MSG_BYTES);
}

static void write_number(const char *path, size_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", number);
	write_file(path, text);
}

FIXTURE_TEARDOWN(brief)
{
	static const char *const dirs[] = {
		SERVICE, ROOT "/memcensus-brief", GONE, REMOVED, LIMITED, EATS, SLICE, KILLED,
		OBJECTS, PRIVATE };
	unsigned int i;

	faults_end(&self->faults);
	if (self->segment >= 0)
		shmctl(self->segment, IPC_RMID, NULL);
	if (self->queue >= 0)
		msgctl(self->queue, IPC_RMID, NULL);
	write_number(MAP_COUNT, self->map_count);
	write_number(MSG_BYTES, self->msg_bytes);
	write_file(huge_pool(HUGE, "nr_hugepages"), "0");
	write_file(KSM "run", "2");
	write_file(KSM "run", "0");
	umount2(FILES, MNT_DETACH);
	umount2(FULL, MNT_DETACH);
	if (self->zram)
		EXPECT_TRUE(zram_off());
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		rmdir(dirs[i]);
}

/*
 * What there really is: a page of 1 GiB that the machine of the tests keeps for another test, and
 * kills by the OOM killer in earlier tests.
 */
TEST_F_TIMEOUT(brief, nothing, 120)
{
	const struct expected unused = { "unused", "", GIB, GIB }, kill = { "oom_kill", "", 1, 0 };
	const long pages = read_number(huge_pool(GIB, "free_hugepages"));
	const bool killed = vmstat_count("oom_kill"), gigantic = pages > 0;
	const char *row;

	/* A test before this may have waited for memory. */
	ASSERT_TRUE(wait_pressure("/proc/pressure/memory", 49, false));
	EXPECT_EQ(0, run_brief("-J", self->text));
	row = find_row(self->text, &unused);
	EXPECT_EQ(gigantic ? pages * GIB : 0, figure_of(row)) TH_LOG("it says\n%s", self->text);
	EXPECT_EQ(gigantic + (killed ? count_text(self->text, "\"rule\":\"oom_kill\"") : 0),
		  count_text(self->text, "\"urgency\":")) TH_LOG("it says\n%s", self->text);
	if (killed)
		EXPECT_LE(kill.least, figure_of(find_row(self->text, &kill)));
	EXPECT_EQ(killed ? 4 : 0, run_brief("--check", self->text));
	if (!gigantic && !killed)
		EXPECT_TRUE(!strncmp(self->text, "Nothing stands out.\n", 20))
			TH_LOG("it says\n%s", self->text);
	EXPECT_NE(NULL, strstr(self->text, "\nLooked at: processes, cgroups, "))
		TH_LOG("it says\n%s", self->text);
}

/* What shared memory is for: files, a segment, a memfd. */
static void make_shmem(struct _test_data_brief *self)
{
	const uint64_t before = meminfo_bytes("Shmem");
	const size_t segment = part() + 9 * MIB;
	char *at;

	mkdir(FILES, 0700);
	mkdir(FULL, 0700);
	need(!mount("brief", FILES, "tmpfs", 0, NULL), "mount");
	need(!mount("brief", FULL, "tmpfs", 0, "size=20m"), "mount");
	close(fill_file(FULL "/file", 19 * MIB));
	expect(&self->faults, "limit", FULL, 19 * MIB, 0);
	self->segment = shmget(IPC_PRIVATE, segment, IPC_CREAT | 0600);
	at = shmat(self->segment, NULL, 0);
	need(at != (char *)-1, "shmat");
	write_pages(at, segment / PAGE);
	shmdt(at);
	expect(&self->faults, "segment", "shmid ", segment, 0);
	start(&self->faults, hold_memfd, NULL);
	/* Of shared memory, what a process maps too is not in the lower bounds. */
	expect(&self->faults, "buffers", "b-memfd", part() - MIB, BESIDE);
	start(&self->faults, fill_in_service, NULL);
	expect(&self->faults, "shmem", "memcensus-brief/service",
	       part() + 7 * MIB - BESIDE, BESIDE);
	run_child(fill_and_leave, NULL);
	need(!rmdir(GONE), GONE);
	expect(&self->faults, "removed", "memcensus-brief-removed", part() + 8 * MIB, BESIDE);
	start(&self->faults, fill_private, NULL);
	expect(&self->faults, "shmem", "memcensus-brief-private",
	       part() + 11 * MIB - BESIDE, BESIDE);
	/* All of these, beside what was there before. */
	expect(&self->faults, "unmapped", FILES, 5 * part() + 55 * MIB, before + BESIDE);
}

/* Whether pages are merged, after a minute at most. */
static bool merge(size_t pages)
{
	const uint64_t end = now_ms() + 60000;

	while (read_number(KSM "pages_sharing") < (long)pages) {
		if (now_ms() > end)
			return false;
		sleep_ms(50);
	}
	return true;
}

static void make_merged(struct _test_data_brief *self)
{
	const size_t pages = (part() + 6 * MIB) / PAGE, kept = pages / 256 + 1;

	if (!write_file(KSM "run", "1"))
		return;
	write_file(KSM "sleep_millisecs", "1");
	write_file(KSM "pages_to_scan", "10000");
	start(&self->faults, hold_merged, NULL);
	need(merge(pages - kept), "KSM");
	write_file(KSM "run", "0");
	expect(&self->faults, "merged", "b-merged", (pages - kept) * PAGE, kept * PAGE);
}

static void make_messages(struct _test_data_brief *self)
{
	const size_t size = part() + MIB;

	write_number(MSG_BYTES, size);
	self->queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	if (self->queue < 0)
		return;
	run_child(send_messages, &self->queue);
	/* A debug kernel pads each object. */
	expect(&self->faults, "kernel", "memcensus-brief-objects", size,
	       is_debug_kernel() ? size + BESIDE : BESIDE);
}

/* Names that were looked for and are not there, of a disk: of 64-bit machines 192 bytes each. */
static void make_dentries(struct _test_data_brief *self)
{
	const size_t n = (part() + 12 * MIB) / 192;
	long before = 0;
	FILE *state = fopen(DENTRIES, "re");
	char name[64];
	size_t i;

	need(state && fscanf(state, "%*d %*d %*d %*d %ld", &before) == 1, DENTRIES);
	fclose(state);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "/scratch/missing-%zu", i);
		need(access(name, F_OK), name);
	}
	/* A pointer to the cgroup is with each; a debug kernel pads it. */
	expect(&self->faults, "dentries", "", n * 192,
	       (n + before) * (is_debug_kernel() ? 400 : 16) + before * 192 + BESIDE);
}

static void make_kill(struct _test_data_brief *self)
{
	pid_t pid;

	write_number(KILLED "/memory.max", 12 * MIB);
	pid = child_start(be_killed, NULL);
	need(pid > 0, "child_start");
	need(!child_next(pid), "the OOM killer did not kill");
	expect(&self->faults, "oom_kill", "b-killed in /memcensus-brief-killed", 1, 0);
}

static void make_cgroups(void)
{
	static const char *const dirs[] = {
		ROOT "/memcensus-brief", SERVICE, REMOVED, GONE, LIMITED, SLICE, EATS, KILLED,
		OBJECTS, PRIVATE };
	char path[256];
	size_t i;

	write_file(ROOT "/cgroup.subtree_control", "+memory");
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		mkdir(dirs[i], 0700);
		snprintf(path, sizeof(path), "%s/memory.swap.max", dirs[i]);
		write_file(path, "0");
		snprintf(path, sizeof(path), "%s/cgroup.subtree_control", dirs[i]);
		if (i + 1 < sizeof(dirs) / sizeof(dirs[0]) &&
		    !strncmp(dirs[i + 1], dirs[i], strlen(dirs[i])) &&
		    dirs[i + 1][strlen(dirs[i])] == '/')
			write_file(path, "+memory");
	}
}

static void make_limits(struct _test_data_brief *self)
{
	write_number(LIMITED "/memory.max", 32 * MIB);
	start(&self->faults, hold_limited, NULL);
	expect(&self->faults, "limit", "memcensus-brief-limited", 29 * MIB, 3 * MIB);
	write_number(MAP_COUNT, MAPPINGS);
	start(&self->faults, hold_mappings, NULL);
	expect(&self->faults, "mappings", "b-mappings", MADE, 100);
	start(&self->faults, hold_addresses, NULL);
	expect(&self->faults, "limit", "b-addresses", 580 * MIB, 20 * MIB);
}

/* The last one: it takes processor time. */
static void make_throttled(struct _test_data_brief *self)
{
	write_number(SLICE "/memory.high", HIGH);
	start(&self->faults, be_throttled, NULL);
	kill(self->faults.pids[self->faults.n - 1], SIGCONT);
	if (access(SLICE "/memory.pressure", R_OK))
		return;
	need(wait_pressure(SLICE "/memory.pressure", 200, true), "it is not throttled");
	expect(&self->faults, "throttled", "most in /memcensus-brief-slice/eats: ", 10, 90);
}

TEST_F_TIMEOUT(brief, faults, 300)
{
	const size_t huge = (part() + HUGE) / HUGE;
	char pages[64];
	size_t i, lines;

	if (access(ROOT "/cgroup.controllers", F_OK))
		SKIP(return, "no default hierarchy of cgroups");
	make_cgroups();
	if (access(SERVICE "/memory.current", F_OK))
		SKIP(return, "no memory controller");
	make_shmem(self);
	make_limits(self);
	start(&self->faults, hold_locked, NULL);
	expect(&self->faults, "locked", "b-locked", part() + 2 * MIB, BESIDE);
	start(&self->faults, hold_flight, NULL);
	expect(&self->faults, "waits", "b-flight", 1, 0);
	start(&self->faults, hold_pinned, NULL);
	expect(&self->faults, "pinned", "b-pinned", part() + 4 * MIB, 0);
	start(&self->faults, hold_ring, NULL);
	/* Without it, the kernel does not say how large a ring is, and the reader says that. */
	if (!system("modprobe af_packet_diag 2>/dev/null"))
		expect(&self->faults, "buffers", "b-ring", part() + 3 * MIB, BESIDE);
	if (!access("/scratch", W_OK)) {
		start(&self->faults, hold_deleted, NULL);
		expect(&self->faults, "deleted", "b-deleted", part() + 5 * MIB, BESIDE);
		make_dentries(self);
	}
	start(&self->faults, hold_array, NULL);
	expect(&self->faults, "buffers", "b-array", part() + 10 * MIB, BESIDE);
	write_number(huge_pool(HUGE, "nr_hugepages"), huge);
	snprintf(pages, sizeof(pages), "huge pages of %zu.0M", HUGE / MIB);
	expect(&self->faults, "unused", pages, huge * HUGE, 0);
	make_merged(self);
	make_messages(self);
	self->zram = !zram_on();
	if (self->zram) {
		start(&self->faults, hold_swapped, NULL);
		expect(&self->faults, "incompressible", "", part() + MIB, BESIDE);
	}
	make_kill(self);
	make_throttled(self);

	EXPECT_EQ(0, run_brief("-J", self->text));
	expect_rows(_metadata, self->text, self->faults.expected, self->faults.n_expected);
	diag("%u faults", self->faults.n_expected);
	/* All but what needs a disk, zram, KSM, PSI or packet_diag: 23 with these. */
	EXPECT_LE(17, self->faults.n_expected);
	EXPECT_EQ(4, run_brief("--check", self->text));
	for (i = 0, lines = 0; self->text[i]; i++)
		lines += self->text[i] == '\n';
	EXPECT_GE(24, lines) TH_LOG("it says\n%s", self->text);
	diag("it says\n%s", self->text);
}

/* Holds it in swap, as a service does that leaks above its limit. */
static void hold_swapped_in_service(void *arg)
{
	need(write_file(SERVICE "/../memory.swap.max", "max") &&
	     write_file(SERVICE "/memory.swap.max", "max") && enter_cgroup(SERVICE), SERVICE);
	hold_swapped(arg);
}

/* What grew between the first and the last census of a record, which cgroup it is and by what. */
TEST_F_TIMEOUT(brief, grown, 300)
{
	const struct expected rows[] = {
		{ "grown", "memcensus-brief/service", part() + MIB, part() + MIB + BESIDE },
		{ "grown", "most of it swap", part() + MIB, part() + MIB + BESIDE },
		{ "grown", "memcensus-brief-removed", part() + 8 * MIB, part() + 8 * MIB + BESIDE },
		{ "grown", "most of it shmem", part() + 8 * MIB, part() + 8 * MIB + BESIDE },
		{ "swapped", "", part() + MIB, part() + MIB + BESIDE },
	};

	make_cgroups();
	if (access(SERVICE "/memory.current", F_OK))
		SKIP(return, "no memory controller");
	NEED_ZRAM();
	self->zram = true;
	need(!mkdir(FILES, 0700) || errno == EEXIST, FILES);
	need(!mount("brief", FILES, "tmpfs", 0, NULL), "mount");
	unlink(RECORD);
	ASSERT_EQ(0, system("memcensus record " RECORD " -g >/dev/null"));
	EXPECT_EQ(0, run_brief("-J -f " RECORD, self->text));
	EXPECT_EQ(NULL, strstr(self->text, "\"grown\"")) TH_LOG("it says\n%s", self->text);
	/* As the service that records leaves it. */
	ASSERT_EQ(0, system("mkdir -p " RECORDERS " && cp " RECORD " " RECORDERS
			    "/memcensus.record"));
	start(&self->faults, hold_swapped_in_service, NULL);
	run_child(fill_and_leave, NULL);
	ASSERT_EQ(0, system("memcensus record " RECORD " -g >/dev/null"));
	EXPECT_EQ(0, run_brief("-J -f " RECORD, self->text));
	expect_rows(_metadata, self->text, rows, sizeof(rows) / sizeof(rows[0]));
	EXPECT_NE(NULL, strstr(self->text, "leak -f " RECORD));
	EXPECT_EQ(0, run_brief("-J", self->text));
	expect_rows(_metadata, self->text, rows, sizeof(rows) / sizeof(rows[0]));
	EXPECT_NE(NULL, strstr(self->text, "leak -f " RECORDERS "/memcensus.record"));
	unlink(RECORDERS "/memcensus.record");
	EXPECT_EQ(0, run_brief("-f " RECORD, self->text));
	diag("it says\n%s", self->text);
	unlink(RECORD);
}

TEST_HARNESS_MAIN
