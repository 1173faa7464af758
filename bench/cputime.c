// SPDX-License-Identifier: GPL-2.0
/*
 *	cputime NAME COMMAND [ARG...]
 *
 * Runs COMMAND with its stdout to /dev/null, and prints "NAME NS user=NS wall=NS
 * kernel_threads=NS": the CPU time, user and system, of COMMAND and of all children
 * that were waited for; the user time in it; the elapsed time; and the CPU time of all
 * kernel threads during that time, which shows work that is deferred to them.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "methods.h"

#define KERNEL_THREAD 0x00200000	/* PF_KTHREAD in the flags of stat */

static void fail(const char *what)
{
	fprintf(stderr, "cputime: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long long timeval_ns(struct timeval tv)
{
	return tv.tv_sec * 1000000000ULL + tv.tv_usec * 1000ULL;
}

static FILE *open_of(const char *pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, name);
	return fopen(path, "r");
}

static int is_kernel_thread(const char *pid)
{
	FILE *f = open_of(pid, "stat");
	unsigned int flags = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %u", &flags) != 1)
		flags = 0;
	fclose(f);
	return !!(flags & KERNEL_THREAD);
}

static unsigned long long kernel_threads_ns(void)
{
	unsigned long long sum = 0, ns;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	FILE *f;

	if (!proc)
		fail("/proc");
	while ((entry = readdir(proc))) {
		if (!isdigit(entry->d_name[0]) ||
		    !is_kernel_thread(entry->d_name))
			continue;
		f = open_of(entry->d_name, "schedstat");
		if (!f)
			fail("/proc/PID/schedstat");
		if (fscanf(f, "%llu", &ns) == 1)
			sum += ns;
		fclose(f);
	}
	closedir(proc);
	return sum;
}

static void run(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, 1) < 0)
		fail("/dev/null");
	execvp(argv[0], argv);
	fail(argv[0]);
}

int main(int argc, char **argv)
{
	unsigned long long begin, wall, threads;
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: cputime NAME COMMAND [ARG...]\n");
		return 2;
	}
	threads = kernel_threads_ns();
	begin = now_ns();
	pid = fork();
	if (!pid)
		run(argv + 2);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		fail("fork");
	wall = now_ns() - begin;
	threads = kernel_threads_ns() - threads;
	if (status) {
		fprintf(stderr, "cputime: %s failed\n", argv[2]);
		return 1;
	}
	printf("%s %llu user=%llu wall=%llu kernel_threads=%llu\n", argv[1],
	       timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime),
	       timeval_ns(usage.ru_utime), wall, threads);
	return 0;
}
