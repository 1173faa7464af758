// SPDX-License-Identifier: GPL-2.0
/*
 * A process with known memory of each kind, which then stops itself.  It is linked
 * statically, so it shares memory only with other instances, and no tool that runs
 * changes its shares.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA		0x53564d41
#define PR_SET_VMA_ANON_NAME	0
#endif

#define PAGE	4096UL

static void need(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

/* Maps @pages pages and writes to the first @touched of them. */
static char *map(size_t pages, size_t touched, int flags, int fd)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
	size_t i;

	need(p != MAP_FAILED, "mmap");
	for (i = 0; i < touched; i++)
		p[i * PAGE] = (char)i;
	return p;
}

/* Extends @fd, an empty file, to @pages pages. */
static int sized(int fd, size_t pages)
{
	need(fd >= 0 && !ftruncate(fd, (off_t)(pages * PAGE)), "a file");
	return fd;
}

static int file(const char *path, size_t pages)
{
	return sized(open(path, O_RDWR | O_CREAT, 0600), pages);
}

static void touch_read(const char *p, size_t pages)
{
	volatile char sum = 0;
	size_t i;

	for (i = 0; i < pages; i++)
		sum += p[i * PAGE];
}

/* Swaps out @pages pages; without swap they stay. */
static void page_out(char *p, size_t pages)
{
	int i;

	/* The first pass writes them to swap, later ones free them. */
	for (i = 0; i < 20; i++) {
		madvise(p, pages * PAGE, MADV_PAGEOUT);
		usleep(10000);
	}
}

/*
 * Stops; @handed_in: on 6.1, first add the task's private RSS count to the process,
 * by unmapping a page.
 */
static void stop(int handed_in)
{
	char *page = map(1, 1, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	/* Map in advance what stopping needs. */
	raise(0);
	if (handed_in)
		munmap(page, PAGE);
	raise(SIGSTOP);
}

int main(int argc, char **argv)
{
	char *common, *named, *heap, *copied, *cold;
	pid_t child;

	need(argc == 2, "a directory");
	/* khugepaged could collapse pages later and unshare them. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	need(!chdir(argv[1]), argv[1]);
	common = map(1000, 700, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	named = map(32, 20, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	/* This fails without CONFIG_ANON_VMA_NAME; then there is no name. */
	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, named, 32 * PAGE, "census buffer");
	map(64, 40, MAP_SHARED, file("shared file", 64));
	copied = map(32, 10, MAP_PRIVATE, file("copied [file]", 32));
	touch_read(copied, 24);
	map(100, 90, MAP_SHARED, sized(memfd_create("census memfd", 0), 100));
	mprotect(map(16, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1), 16 * PAGE, PROT_NONE);
	heap = sbrk(60 * PAGE);
	memset(heap, 1, 50 * PAGE);
	cold = map(80, 70, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	page_out(cold, 80);

	child = fork();
	need(child >= 0, "fork");
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* 300 of the 700 pages become exclusive. */
		memset(common, 2, 300 * PAGE);
		/* Swaps in a part of its swapped-out pages. */
		touch_read(cold, 30);
		stop(0);
		return 0;
	}
	need(waitpid(child, NULL, WUNTRACED) == child, "waitpid");
	stop(1);
	return 0;
}
