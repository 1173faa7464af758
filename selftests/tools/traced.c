// SPDX-License-Identifier: GPL-2.0
/*
 * traced MODE [N]: processes that make known numbers of calls, for 'trace' to count.
 *
 * A forked child does nothing but what is written here, not even what libc does at the
 * start, so its sums are exact:
 *
 *   known   a child that makes the calls of work(), one that executes 'few 7', and one
 *	     whose second thread makes 11 calls of mmap
 *   few N   maps three pages N times and unmaps them
 *   stop N  stops itself; then it maps a page N times, moves its break by two pages, and
 *	     forks a child that maps a page three times
 *   loop N  stops itself; then it calls madvise() N times
 *   touch N touches N MiB
 *   fault N stops itself; then it touches N MiB
 *   exit N  exits with N
 *   hold    waits until it is killed
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	4096UL

static void need(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	_exit(99);
}

static char *map(size_t length)
{
	return mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/*
 * 100 mmap of ten pages less a byte, 3 that fail; 30 of them grow to twenty pages, 10
 * shrink to four; 20 madvise discard two pages each, 5 others; 40 munmap of ten pages, 2
 * that fail; brk: one that asks, 5 grow by eight pages, 2 shrink by four.
 */
static void work(void)
{
	char *areas[100], *brk;
	int i;

	for (i = 0; i < 100; i++)
		areas[i] = map(10 * PAGE - 1);
	for (i = 0; i < 3; i++)
		need(map(0) == MAP_FAILED, "an empty mapping");
	for (i = 0; i < 30; i++)
		areas[i] = mremap(areas[i], 10 * PAGE, 20 * PAGE, MREMAP_MAYMOVE);
	for (i = 30; i < 40; i++)
		areas[i] = mremap(areas[i], 10 * PAGE, 4 * PAGE, 0);
	for (i = 0; i < 20; i++)
		need(!madvise(areas[i], 2 * PAGE, MADV_DONTNEED), "madvise");
	for (i = 0; i < 5; i++)
		need(!madvise(areas[i], PAGE, MADV_NOHUGEPAGE), "madvise");
	for (i = 60; i < 100; i++)
		need(!munmap(areas[i], 10 * PAGE), "munmap");
	for (i = 0; i < 2; i++)
		need(munmap(areas[0] + 1, PAGE), "munmap of no page");
	brk = (char *)syscall(SYS_brk, NULL);
	for (i = 0; i < 5; i++)
		brk = (char *)syscall(SYS_brk, brk + 8 * PAGE);
	for (i = 0; i < 2; i++)
		brk = (char *)syscall(SYS_brk, brk - 4 * PAGE);
}

static int second(void *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < 11; i++)
		need(map(PAGE) != MAP_FAILED, "mmap");
	syscall(SYS_exit, 0);
	return 0;
}

static void threads(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	static volatile pid_t tid = 1;
	pid_t seen;

	need(clone(second, stack + sizeof(stack), CLONE_VM | CLONE_FS | CLONE_FILES |
		   CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID, NULL,
		   NULL, NULL, &tid) > 0, "clone");
	while ((seen = tid))
		syscall(SYS_futex, &tid, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void known(const char *self)
{
	int child, status;

	for (child = 0; child < 3; child++) {
		if (fork())
			continue;
		if (child == 0)
			work();
		else if (child == 1)
			execl(self, "traced", "few", "7", NULL);
		else
			threads();
		_exit(0);
	}
	while (wait(&status) > 0)
		need(!status, "a child");
}

static void stop(int n)
{
	char *brk;
	int i;

	brk = (char *)syscall(SYS_brk, NULL);
	need((char *)syscall(SYS_brk, brk + PAGE) == brk + PAGE, "brk");
	raise(SIGSTOP);
	for (i = 0; i < n; i++)
		need(map(PAGE) != MAP_FAILED, "mmap");
	need((char *)syscall(SYS_brk, brk + 3 * PAGE) == brk + 3 * PAGE, "brk");
	if (!fork()) {
		for (i = 0; i < 3; i++)
			need(map(PAGE) != MAP_FAILED, "mmap");
		_exit(0);
	}
	wait(NULL);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int n = argc > 2 ? atoi(argv[2]) : 0, i;
	char *area;

	if (!strcmp(mode, "known")) {
		known(argv[0]);
	} else if (!strcmp(mode, "few")) {
		for (i = 0; i < n; i++)
			need(!munmap(map(3 * PAGE), 3 * PAGE), "munmap");
	} else if (!strcmp(mode, "stop")) {
		stop(n);
	} else if (!strcmp(mode, "loop")) {
		area = map(PAGE);
		raise(SIGSTOP);
		for (i = 0; i < n; i++)
			need(!madvise(area, PAGE, MADV_DONTNEED), "madvise");
	} else if (!strcmp(mode, "touch") || !strcmp(mode, "fault")) {
		if (*mode == 'f')
			raise(SIGSTOP);
		area = map((size_t)n << 20);
		memset(area, 1, (size_t)n << 20);
	} else if (!strcmp(mode, "exit")) {
		return n;
	} else if (!strcmp(mode, "hold")) {
		pause();
	} else {
		fprintf(stderr, "traced: no mode '%s'\n", mode);
		return 2;
	}
	return 0;
}
