// SPDX-License-Identifier: GPL-2.0
/* Children that map pages and stop; see pages.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "memory/pages.h"

size_t page_size;

/* Before the constructors of tests, which may map pages. */
__attribute__((constructor(101))) static void set_page_size(void)
{
	page_size = sysconf(_SC_PAGESIZE);
}

const char *huge_pool(size_t size, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%zukB/%s", size >> 10,
		 name);
	return path;
}

void need(bool ok, const char *what)
{
	if (ok)
		return;
	diag("%s: %s", what, strerror(errno));
	_exit(1);
}

uint64_t meminfo_bytes(const char *name)
{
	FILE *file = fopen("/proc/meminfo", "r");
	uint64_t found = UINT64_MAX;
	unsigned long long kib;
	char line[128], word[64];

	need(file, "meminfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63[^:]: %llu kB", word, &kib) == 2 && !strcmp(word, name))
			found = kib << 10;
	fclose(file);
	return found;
}

int64_t free_memory(void)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	char line[256], word[64];
	int64_t pages = 0;
	long long n;

	need(file, "zoneinfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " %63s %lld", word, &n) == 2 &&
		    (!strcmp(word, "nr_free_pages") || !strcmp(word, "count:")))
			pages += n;
	fclose(file);
	return pages * (int64_t)PAGE;
}

long memory_used(void)
{
	return meminfo_bytes("MemTotal") - meminfo_bytes("MemAvailable");
}

bool is_debug_kernel(void)
{
	return !access("/sys/kernel/debug/kmemleak", F_OK);
}

bool is_slow_kernel(void)
{
	return is_debug_kernel() || !access("/sys/kernel/debug/kcsan", F_OK);
}

void no_huge_pages(char *at, size_t size)
{
	need(!madvise(at, size, MADV_NOHUGEPAGE) || errno == EINVAL, "MADV_NOHUGEPAGE");
}

char *map(char *place, size_t size, int prot, int flags, int fd, off_t offset)
{
	char *at = mmap(place, size, prot, flags | MAP_FIXED_NOREPLACE, fd,
			offset);

	need(at == place, "mmap");
	if (flags & MAP_ANONYMOUS && !(flags & MAP_HUGETLB))
		madvise(at, size, MADV_NOHUGEPAGE);
	return at;
}

char *map_private(char *place, size_t size)
{
	return map(place, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

char *map_shared(char *place, size_t size)
{
	return map(place, size, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

void write_pages(char *at, size_t pages)
{
	size_t i;

	for (i = 0; i < pages; i++)
		*(volatile size_t *)(at + i * PAGE) = (size_t)at + i;
}

void read_pages(const char *at, size_t pages)
{
	size_t i;

	for (i = 0; i < pages; i++)
		(void)*(const volatile char *)(at + i * PAGE);
}

int memfd(const char *name, size_t pages)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	need(fd >= 0 && !ftruncate(fd, pages * PAGE), "memfd");
	return fd;
}

void child_stop(void)
{
	raise(SIGSTOP);
}

bool child_stopped(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status))
		return true;
	diag("child %d ended before it was ready", pid);
	return false;
}

pid_t child_start(void (*body)(void *arg), void *arg)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		body(arg);
		child_stop();
		_exit(0);
	}
	need(pid > 0, "fork");
	return child_stopped(pid) ? pid : -1;
}

bool child_next(pid_t pid)
{
	kill(pid, SIGCONT);
	return child_stopped(pid);
}

char process_state(pid_t pid)
{
	char path[64], line[512] = "", *close;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return '-';
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	close = strrchr(line, ')');
	return close ? close[2] : '-';
}

bool child_sleeps(pid_t pid)
{
	const uint64_t end = now_ms() + 10000;
	int seen = 0;
	char state;

	while (seen < 15 && now_ms() < end) {
		sleep_ms(20);
		state = process_state(pid);
		if (strchr("-ZT", state))
			break;
		seen = state == 'S' || state == 'D' ? seen + 1 : 0;
	}
	return seen == 15;
}

bool child_waits(pid_t pid)
{
	int tries = 1000;

	while (process_state(pid) != 'D' && tries--)
		sleep_ms(10);
	return tries > 0;
}

void child_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

bool enter_cgroup(const char *dir)
{
	char path[256], pid[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	snprintf(pid, sizeof(pid), "%d", getpid());
	return write_file(path, pid);
}

bool limit_cgroup(const char *dir, const char *file, size_t bytes)
{
	char path[256], text[32];

	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	mkdir(dir, 0755);
	snprintf(path, sizeof(path), "%s/memory.swap.max", dir);
	write_file(path, "0");
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	snprintf(text, sizeof(text), "%zu", bytes);
	return write_file(path, text);
}

void eat_memory(size_t held, unsigned int pause_ms)
{
	const size_t step = 1 << 20;
	char *at;

	need(write_file("/proc/self/oom_score_adj", "1000"), "oom_score_adj");
	write_pages(map_private(PLACE(0), held), held / PAGE);
	child_stop();
	for (;;) {
		at = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			_exit(1);
		write_pages(at, step / PAGE);
		sleep_ms(pause_ms);
	}
}

bool kernel_has(const char *function)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[512], name[256];
	bool found = false;

	need(file, "kallsyms");
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*s %*s %255s", name) == 1 && !strcmp(name, function);
	fclose(file);
	return found;
}

/* Of the kernels of the tests only those that have /proc/config.gz may be built without. */
bool mapcounts_exact(void)
{
	static int known = -1;

	if (known < 0)
		known = !!system("zcat /proc/config.gz 2>/dev/null | grep -q NO_PAGE_MAPCOUNT=y");
	return known;
}

bool register_missing(char *at, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (uintptr_t)at, .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	return fd >= 0 && !ioctl(fd, UFFDIO_API, &api) &&
	       !ioctl(fd, UFFDIO_REGISTER, &range);
}

bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	return !close(fd) && ok;
}

long read_number(const char *path)
{
	FILE *file = fopen(path, "r");
	long number = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

bool thp_on(void)
{
	char word[64] = "";
	FILE *file = fopen(THP_SYS "enabled", "r");

	if (!file)
		return false;
	if (!fgets(word, sizeof(word), file))
		word[0] = '\0';
	fclose(file);
	return !strstr(word, "[never]") ||
	       write_file(THP_SYS "enabled", "madvise");
}

uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

uint64_t now_ms(void)
{
	return now_us() / 1000;
}

void sleep_ms(unsigned int ms)
{
	struct timespec ts = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	nanosleep(&ts, NULL);
}

uint64_t vmstat_count(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	unsigned long long n, found = 0;
	char line[128], is[64];

	need(file, "vmstat");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %llu", is, &n) != 2 || strcmp(is, name))
			continue;
		found = n;
		break;
	}
	fclose(file);
	return found;
}

void map_gigantic(void *arg)
{
	*map(PLACE(0), 1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	     MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_SIZE(1UL << 30), -1, 0) = 1;
}

bool user_mode_linux(void)
{
	static int known = -1;
	char line[128];
	FILE *file;

	if (known >= 0)
		return known;
	file = fopen("/proc/cpuinfo", "r");
	need(file, "cpuinfo");
	known = 0;
	while (!known && fgets(line, sizeof(line), file))
		known = !!strstr(line, "User Mode Linux");
	fclose(file);
	return known;
}

bool half_has(unsigned int child, unsigned long page)
{
	uint64_t x = (page << 16) + child + 1;

	x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
	return x >> 63;
}

struct half {
	int fd;
	unsigned int child;
	size_t shared, private;
};

static void touch_half(void *arg)
{
	const struct half *half = arg;
	char *at = map(PLACE(0), half->shared * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		       half->fd, 0);
	size_t i;

	for (i = 0; i < half->shared; i++)
		if (half_has(half->child, i))
			write_pages(at + i * PAGE, 1);
	if (half->private)
		write_pages(map_private(PLACE(1), half->private * PAGE), half->private);
}

bool halves_start(pid_t *pids, unsigned int n, size_t shared, size_t private)
{
	struct half half = {
		.fd = memfd("halves", shared), .shared = shared, .private = private,
	};

	memset(pids, 0, n * sizeof(*pids));
	for (half.child = 0; half.child < n; half.child++) {
		pid_t pid = child_start(touch_half, &half);

		if (pid < 0)
			break;
		pids[half.child] = pid;
	}
	close(half.fd);
	return half.child == n;
}
