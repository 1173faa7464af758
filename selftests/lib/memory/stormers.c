// SPDX-License-Identifier: GPL-2.0
/* Load on the memory system; see stormers.h. */
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>

#include "memory/pages.h"
#include "memory/stormers.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/* Since 6.8 */
#ifndef UFFDIO_MOVE
#define UFFD_FEATURE_MOVE	0x10000
#define UFFDIO_MOVE		_IOWR(UFFDIO, 0x05, struct uffdio_move)

struct uffdio_move {
	__u64 dst, src, len, mode;
	__s64 move;
};
#endif

#define RW		(PROT_READ | PROT_WRITE)
#define KSM		"/sys/kernel/mm/ksm/"
#define THP		"/sys/kernel/mm/transparent_hugepage/"
#define HUGETLB		huge_pool(HUGE, "nr_hugepages")
#define CGROUP		"/sys/fs/cgroup/"
#define CPU		"/sys/devices/system/cpu/cpu"
#define BLOCKS		"/sys/devices/system/memory/memory[0-9]*/state"

void storm_exits(void)
{
	pid_t pid = fork();

	if (!pid) {
		write_pages(map_private(PLACE(1), 64 * PAGE), 64);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

void storm_execs(void)
{
	static char *const argv[] = { "true", NULL };
	pid_t pid;

	if (!posix_spawnp(&pid, "true", NULL, NULL, argv, environ))
		waitpid(pid, NULL, 0);
}

void storm_maps(void)
{
	char *at = map_private(PLACE(1), 256 * PAGE);

	write_pages(at, 256);
	mprotect(at + 10 * PAGE, 20 * PAGE, PROT_READ);
	munmap(at + 50 * PAGE, 50 * PAGE);
	madvise(at + 120 * PAGE, 30 * PAGE, MADV_DONTNEED);
	mremap(at + 200 * PAGE, 20 * PAGE, 20 * PAGE,
	       MREMAP_MAYMOVE | MREMAP_FIXED, PLACE(2));
	munmap(PLACE(2), 20 * PAGE);
	munmap(at, 256 * PAGE);
}

/* Huge pages that are mapped whole and unmapped in parts. */
void storm_huge_pages(void)
{
	char *at = map_private(PLACE(1), 4 * HUGE);

	madvise(at, 4 * HUGE, MADV_HUGEPAGE);
	at[0] = 1;
	at[HUGE] = 1;
	madvise(at + 5 * PAGE, PAGE, MADV_DONTNEED);
	mprotect(at + HUGE + 7 * PAGE, PAGE, PROT_READ);
	munmap(at, 4 * HUGE);
}

/* Frees scattered pages, then compacts memory: pages of other processes move. */
void storm_compacts(void)
{
	const unsigned long n = 2048;
	char *at = map_private(PLACE(1), n * PAGE);
	unsigned long i;

	write_pages(at, n);
	for (i = 0; i < n; i += 2)
		madvise(at + i * PAGE, PAGE, MADV_DONTNEED);
	write_file("/proc/sys/vm/compact_unevictable_allowed", "1");
	write_file("/proc/sys/vm/compact_memory", "1");
	munmap(at, n * PAGE);
}

static void *nothing(void *arg)
{
	return arg;
}

void storm_threads(void)
{
	pthread_t id[8];
	unsigned int i;

	for (i = 0; i < 8; i++)
		pthread_create(&id[i], NULL, nothing, NULL);
	for (i = 0; i < 8; i++)
		pthread_join(id[i], NULL);
}

/* The parent and a child write to pages that they share by fork; the child to all. */
static void write_in_both(char *at, unsigned long n)
{
	pid_t pid = fork();

	if (pid <= 0)
		write_pages(at, n);
	if (!pid)
		_exit(0);
	write_pages(at + n / 4 * PAGE, n / 2);
	waitpid(pid, NULL, 0);
}

/* One mapping for ever: its pages are shared, copied and used again. */
static void copies_on_write(void)
{
	static char *at;

	if (!at)
		at = map_private(PLACE(1), 256 * PAGE);
	write_in_both(at, 256);
}

static void vforks(void)
{
	char *at = map_private(PLACE(1), 64 * PAGE);
	pid_t pid;

	write_pages(at, 64);
	pid = vfork();
	if (!pid)
		_exit(0);
	write_in_both(at, 64);
	waitpid(pid, NULL, 0);
	munmap(at, 64 * PAGE);
}

/* Pages that a pipe refers to, and pages that a ring pins: fork copies the latter. */
static void pins(void)
{
	struct iovec piped = { map_private(PLACE(1), 16 * PAGE), 16 * PAGE };
	struct iovec pinned = { map_private(PLACE(2), 32 * PAGE), 32 * PAGE };
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	int fds[2];

	write_pages(pinned.iov_base, 32);
	write_pages(piped.iov_base, 16);
	if (ring >= 0)
		syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &pinned, 1);
	if (!pipe2(fds, O_CLOEXEC | O_NONBLOCK)) {
		vmsplice(fds[1], &piped, 1, SPLICE_F_NONBLOCK);
		write_in_both(piped.iov_base, 16);
		close(fds[0]);
		close(fds[1]);
	}
	write_in_both(pinned.iov_base, 32);
	if (ring >= 0)
		close(ring);
	munmap(piped.iov_base, 16 * PAGE);
	munmap(pinned.iov_base, 32 * PAGE);
}

/* Pages that fork shares become read-only and writable again, before and after a copy. */
static void protects(void)
{
	const unsigned long n = 128;
	char *at = map_private(PLACE(1), n * PAGE);
	int i;

	write_pages(at, n);
	for (i = 0; i < 4; i++) {
		mprotect(at, n * PAGE, PROT_READ);
		if (!fork()) {
			mprotect(at, n * PAGE, RW);
			write_pages(at, n / 2);
			mprotect(at, n * PAGE, PROT_READ);
			mprotect(at, n * PAGE, RW);
			_exit(0);
		}
		mprotect(at, n * PAGE, RW);
		write_pages(at + n / 4 * PAGE, n / 2);
		wait(NULL);
	}
	munmap(at, n * PAGE);
}

/* Writes to read-only pages of a child that share memory with this process. */
static void pokes(void)
{
	const unsigned long n = 32;
	char *at = map_private(PLACE(1), n * PAGE);
	unsigned long i;
	pid_t pid;

	write_pages(at, n);
	pid = fork();
	if (!pid) {
		mprotect(at, n * PAGE, PROT_READ);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, NULL, 0) == pid) {
		for (i = 0; i < n; i += 2)
			ptrace(PTRACE_POKEDATA, pid, at + i * PAGE, 1UL);
		write_pages(at, n);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	munmap(at, n * PAGE);
}

/* Small pages that are collapsed to huge pages and split again. */
static bool collapses_ready(void)
{
	write_file(THP "khugepaged/scan_sleep_millisecs", "10");
	write_file(THP "khugepaged/alloc_sleep_millisecs", "10");
	write_file(THP "khugepaged/pages_to_scan", "65536");
	/* Its default limits; run-tests sets them to 0. */
	write_file(THP "khugepaged/max_ptes_none", "511");
	write_file(THP "khugepaged/max_ptes_swap", "64");
	write_file(THP "khugepaged/max_ptes_shared", "256");
	return write_file(THP "enabled", "madvise");
}

static void collapses(void)
{
	char *at = map_private(PLACE(1), 2 * HUGE);

	write_pages(at, 2 * HUGE / PAGE);
	madvise(at, 2 * HUGE, MADV_HUGEPAGE);
	madvise(at, HUGE, MADV_COLLAPSE);
	sleep_ms(20);
	madvise(at + 9 * PAGE, PAGE, MADV_DONTNEED);
	munmap(at + HUGE + HUGE / 2, HUGE / 2);
	munmap(at, 2 * HUGE);
}

static bool merges_ready(void)
{
	write_file(KSM "sleep_millisecs", "1");
	write_file(KSM "pages_to_scan", "5000");
	return write_file(KSM "run", "1");
}

static void merges(void)
{
	char *at = map_private(PLACE(1), 128 * PAGE);
	unsigned int i;

	memset(at, 'k', 128 * PAGE);
	madvise(at, 128 * PAGE, MADV_MERGEABLE);
	sleep_ms(30);
	for (i = 0; i < 128; i += 2)
		at[i * PAGE] = 'u';
	munmap(at, 128 * PAGE);
}

/* Merged pages get frames of their own again: of one mapping, then of all. */
static void unmerges(void)
{
	char *at = map_private(PLACE(1), 128 * PAGE);

	memset(at, 'k', 128 * PAGE);
	madvise(at, 128 * PAGE, MADV_MERGEABLE);
	sleep_ms(30);
	write_in_both(at, 16);
	madvise(at, 64 * PAGE, MADV_UNMERGEABLE);
	write_file(KSM "run", "2");
	write_file(KSM "run", "1");
	munmap(at, 128 * PAGE);
}

/* Needs more than its memory limit; the rest is swapped. */
static bool swaps_ready(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(CGROUP "cgroup.subtree_control", "+memory");
	mkdir(CGROUP "storm-swap", 0755);
	return write_file(CGROUP "storm-swap/memory.max", "16777216") &&
	       write_file(CGROUP "storm-swap/cgroup.procs", pid);
}

static void swaps(void)
{
	const unsigned long n = (24 << 20) / PAGE;
	char *at = map_private(PLACE(1), n * PAGE);
	unsigned int i;

	for (i = 0; i < 3; i++)
		write_pages(at, n);
	madvise(at, n / 2 * PAGE, MADV_PAGEOUT);
	munmap(at, n * PAGE);
}

static void hugetlbs(void)
{
	char *at;

	write_file(HUGETLB, "4");
	at = mmap(PLACE(1), 2 * HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		  MAP_HUGETLB | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
	if (at != MAP_FAILED) {
		/* A read does not reserve a page; write only if the pool has pages. */
		if (read_number(HUGETLB) >= 2 && !fork()) {
			at[0] = 1;
			at[HUGE] = 1;
			_exit(0);
		}
		wait(NULL);
		munmap(at, 2 * HUGE);
	}
	write_file(HUGETLB, "0");
}

static bool moves_ready(void)
{
	mkdir(CGROUP "storm-a", 0755);
	return !mkdir(CGROUP "storm-b", 0755) || !access(CGROUP "storm-b", F_OK);
}

static void moves(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(CGROUP "storm-a/cgroup.procs", pid);
	storm_exits();
	write_file(CGROUP "storm-b/cgroup.procs", pid);
	storm_exits();
}

#define OOM_LIMIT	((size_t)8 << 20)

static bool ooms_ready(void)
{
	return limit_cgroup(CGROUP "storm-oom", "memory.max", OOM_LIMIT);
}

/* A child takes more than its cgroup may have, until the OOM killer ends it. */
static void ooms(void)
{
	pid_t pid = fork();

	if (!pid) {
		if (enter_cgroup(CGROUP "storm-oom"))
			write_pages(map_private(PLACE(1), 4 * OOM_LIMIT), 4 * OOM_LIMIT / PAGE);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

#define FAULTED 32UL

/* Handler of a userfaultfd: fills each missing page. */
static void *serve(void *arg)
{
	static char content[PAGE_MAX];
	const int fd = *(int *)arg;
	struct uffd_msg msg;
	unsigned long i;

	for (i = 0; i < FAULTED; i++) {
		struct uffdio_copy copy = {
			.src = (unsigned long)content, .len = PAGE,
		};

		if (read(fd, &msg, sizeof(msg)) != sizeof(msg))
			break;
		copy.dst = msg.arg.pagefault.address & ~(PAGE - 1);
		ioctl(fd, UFFDIO_COPY, &copy);
	}
	return NULL;
}

/* -1 if the kernel lacks one of @features. */
static int uffd_open(uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool faults_ready(void)
{
	int fd = uffd_open(0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void faults(void)
{
	char *at = map_private(PLACE(1), FAULTED * PAGE);
	struct uffdio_register reg = {
		.range = { (unsigned long)at, FAULTED * PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = uffd_open(0);
	pthread_t server;

	if (!ioctl(fd, UFFDIO_REGISTER, &reg) &&
	    !pthread_create(&server, NULL, serve, &fd)) {
		write_pages(at, FAULTED);
		pthread_join(server, NULL);
	}
	close(fd);
	munmap(at, FAULTED * PAGE);
}

/* Exclusive pages, and pages shared by fork, are write-protected and released again. */
static void write_protects(void)
{
	char *at = map_private(PLACE(1), FAULTED * PAGE);
	struct uffdio_register reg = {
		.range = { (unsigned long)at, FAULTED * PAGE },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect protect = { .range = reg.range };
	int fd = uffd_open(UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	int i;

	write_pages(at, FAULTED);
	for (i = 0; i < 8 && !ioctl(fd, UFFDIO_REGISTER, &reg); i++) {
		protect.mode = UFFDIO_WRITEPROTECT_MODE_WP;
		ioctl(fd, UFFDIO_WRITEPROTECT, &protect);
		/* In the child they are not protected. */
		if (i % 2 && !fork()) {
			write_pages(at, FAULTED);
			_exit(0);
		}
		wait(NULL);
		protect.mode = 0;
		ioctl(fd, UFFDIO_WRITEPROTECT, &protect);
		write_in_both(at, FAULTED);
	}
	close(fd);
	munmap(at, FAULTED * PAGE);
}

static bool write_protects_ready(void)
{
	int fd = uffd_open(UFFD_FEATURE_PAGEFAULT_FLAG_WP);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Pages move to another address, and keep their frames. */
static void uffd_moves(void)
{
	char *from = map_private(PLACE(1), FAULTED * PAGE);
	char *to = map_private(PLACE(2), FAULTED * PAGE);
	struct uffdio_register reg = {
		.range = { (unsigned long)to, FAULTED * PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_move move = {
		.dst = (unsigned long)to, .src = (unsigned long)from, .len = FAULTED * PAGE,
	};
	int fd = uffd_open(UFFD_FEATURE_MOVE);

	write_pages(from, FAULTED);
	if (!ioctl(fd, UFFDIO_REGISTER, &reg))
		ioctl(fd, UFFDIO_MOVE, &move);
	close(fd);
	munmap(from, FAULTED * PAGE);
	munmap(to, FAULTED * PAGE);
}

static bool uffd_moves_ready(void)
{
	int fd = uffd_open(UFFD_FEATURE_MOVE);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Takes all CPUs but the first offline, one after the other. */
static void cpus(void)
{
	static unsigned int cpu;
	char path[64];

	cpu = cpu % (sysconf(_SC_NPROCESSORS_CONF) - 1) + 1;
	snprintf(path, sizeof(path), CPU "%u/online", cpu);
	write_file(path, "0");
	sleep_ms(30);
	write_file(path, "1");
	sleep_ms(30);
}

static bool cpus_ready(void)
{
	return !access(CPU "1/online", W_OK);
}

static void each_block(bool once)
{
	static size_t next;
	size_t i;
	glob_t g;

	if (glob(BLOCKS, 0, NULL, &g))
		return;
	for (i = 0; i < g.gl_pathc; i++) {
		if (once) {
			/* From the end, which has fewer unmovable pages. */
			const char *path = g.gl_pathv[g.gl_pathc - 1 -
						      next++ % g.gl_pathc];

			write_file(path, "offline");
			sleep_ms(30);
			write_file(path, "online");
			break;
		}
		write_file(g.gl_pathv[i], "online");
	}
	globfree(&g);
}

static void blocks(void)
{
	each_block(true);
}

static bool blocks_ready(void)
{
	glob_t g;
	bool there = !glob(BLOCKS, 0, NULL, &g);

	if (there)
		globfree(&g);
	return there;
}

const struct stormer stormers[] = {
	{ "fork and exit", NULL, storm_exits },
	{ "swap", swaps_ready, swaps },
	{ "mmap, munmap, mremap, mprotect, madvise", NULL, storm_maps },
	{ "THP split", NULL, storm_huge_pages },
	{ "KSM", merges_ready, merges },
	{ "exec", NULL, storm_execs },
	{ "userfaultfd", faults_ready, faults },
	{ "THP collapse", collapses_ready, collapses },
	{ "hugetlb", NULL, hugetlbs },
	{ "CPU hotplug", cpus_ready, cpus },
	{ "cgroup moves", moves_ready, moves },
	{ "OOM kills", ooms_ready, ooms },
	{ "threads", NULL, storm_threads },
	{ "fork and write in both", NULL, copies_on_write },
	{ "vfork", NULL, vforks },
	{ "pinned pages", NULL, pins },
	{ "userfaultfd write-protect", write_protects_ready, write_protects },
	{ "userfaultfd move", uffd_moves_ready, uffd_moves },
	{ "KSM unmerge", merges_ready, unmerges },
	{ "mprotect of shared pages", NULL, protects },
	{ "ptrace", NULL, pokes },
	{ "memory hotplug", blocks_ready, blocks, true },
	{ "compaction", NULL, storm_compacts, true },
};

const unsigned int nr_stormers = sizeof(stormers) / sizeof(stormers[0]);

pid_t stormer_start(const struct stormer *s)
{
	char ok = 0;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		write_file("/proc/self/oom_score_adj", "1000");
		ok = !s->ready || s->ready();
		if (write(fds[1], &ok, 1) != 1 || !ok)
			_exit(1);
		for (;;)
			s->once();
	}
	close(fds[1]);
	if (read(fds[0], &ok, 1) != 1)
		ok = 0;
	close(fds[0]);
	if (ok)
		return pid;
	child_end(pid);
	return -1;
}

void stormer_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(-pid, SIGKILL);
	child_end(pid);
}

void stormers_restore(void)
{
	char path[64];
	long cpu;

	for (cpu = 1; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(path, sizeof(path), CPU "%ld/online", cpu);
		write_file(path, "1");
	}
	each_block(false);
	write_file(HUGETLB, "0");
	write_file(KSM "run", "2");
	write_file("/proc/sys/vm/compact_unevictable_allowed", "0");
	rmdir(CGROUP "storm-swap");
	rmdir(CGROUP "storm-a");
	rmdir(CGROUP "storm-b");
	rmdir(CGROUP "storm-oom");
}
