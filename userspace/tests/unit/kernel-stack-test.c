// SPDX-License-Identifier: GPL-2.0
/* The size of a kernel's stack, by what all stacks of this machine may take. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/kernel-stack.h"
#include "tap.h"

/* As many as each processor and each thread of /proc/loadavg have together. */
static int64_t threads(void)
{
	FILE *file = fopen("/proc/loadavg", "r");
	unsigned long n;

	if (!file || fscanf(file, "%*s %*s %*s %*u/%lu", &n) != 1)
		abort();
	fclose(file);
	return (int64_t)n + sysconf(_SC_NPROCESSORS_ONLN);
}

/* What it is said to be if each of @n threads has @each bytes. */
static void expect(int64_t n, int64_t each, int64_t size, const char *what)
{
	const struct amount says = kernel_stack_size((struct amount){ true, n * each });

	ok(says.known && says.bytes == size, "%s: %" PRId64, what, says.bytes);
}

int main(void)
{
	const int64_t n = threads(), page = sysconf(_SC_PAGESIZE);
	const int64_t least = page > 16384 ? page : 16384;
	int64_t i;

	expect(n, least, least, "a usual kernel");
	expect(n, least * 9 / 10, least, "the counter lags");
	expect(n, 2 * least, 2 * least, "with KASAN");
	expect(n, 4 * least, 4 * least, "four times as much");
	ok(!kernel_stack_size((struct amount){ false, n * least }).known, "unknown if the sum is");
	/* Threads that others begin or end are fewer. */
	for (i = 0; i < 2 * n; i++) {
		const pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid < 0)
			break;
	}
	expect(n, least, least, "two zombies for each thread");
	while (wait(NULL) > 0)
		;
	return tap_done();
}
