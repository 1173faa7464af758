// SPDX-License-Identifier: GPL-2.0
/*
 * leaky leak|flat|walk: the programs that make-records records. 'leak' loses 32 KiB of
 * heap ten times a second, 'flat' holds 1 MiB; 'walk' reserves, touches and frees
 * memory, one step a second, and exits with status 3 after five.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#define KIB	1024UL
#define BLOCK	(32 * KIB)
#define AREA	(8192 * KIB)

static void wait_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* Global, or the compiler would remove it. */
char *lost;

static void lose(size_t size)
{
	lost = malloc(size);
	if (!lost)
		exit(1);
	memset(lost, 1, size);
}

static void walk(void)
{
	char *area;

	wait_ms(1000);
	area = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		exit(1);
	wait_ms(1000);
	memset(area, 1, AREA / 2);
	wait_ms(2000);
	madvise(area, AREA / 4, MADV_DONTNEED);
	wait_ms(1000);
	exit(3);
}

int main(int argc, char **argv)
{
	/* khugepaged would change the heap at random times. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (argc == 2 && !strcmp(argv[1], "walk"))
		walk();
	if (argc != 2 || !strcmp(argv[1], "flat"))
		lose(1024 * KIB);
	while (argc == 2) {
		if (!strcmp(argv[1], "leak"))
			lose(BLOCK);
		wait_ms(100);
	}
	return 2;
}
