// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: bystander KIND FD READY
 *
 * Maps a known number of pages, writes a byte to the descriptor READY, and
 * sleeps. FD is a memfd for kinds that share one. Its program and libraries are
 * locked in memory, so that they do not change under memory pressure. See
 * bystanders.h.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "memory/bystanders.h"
#include "memory/pages.h"
#include "memory/zram.h"

#define RW		(PROT_READ | PROT_WRITE)

/* Locks memory. */
static void hold(char *at, size_t size)
{
	need(!mlock(at, size), "mlock");
}

static void private(int fd)
{
	write_pages(map_private(PLACE(0), BYSTANDER_PRIVATE * PAGE),
		    BYSTANDER_PRIVATE);
	hold(PLACE(0), BYSTANDER_PRIVATE * PAGE);
}

static void shared(int fd)
{
	write_pages(map(PLACE(0), BYSTANDER_SHARED * PAGE, RW, MAP_SHARED, fd, 0),
		    BYSTANDER_SHARED);
	hold(PLACE(0), BYSTANDER_SHARED * PAGE);
}

/* Maps the same pages twice: a map count of two, one owner. */
static void twice(int fd)
{
	shared(fd);
	write_pages(map(PLACE(1), BYSTANDER_SHARED * PAGE, RW, MAP_SHARED, fd, 0),
		    BYSTANDER_SHARED);
	hold(PLACE(1), BYSTANDER_SHARED * PAGE);
}

static void huge(int fd)
{
	char *at = map_private(PLACE(0), BYSTANDER_HUGE * HUGE);
	int i;

	need(!madvise(at, BYSTANDER_HUGE * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	for (i = 0; i < BYSTANDER_HUGE; i++)
		at[i * HUGE] = 1;
	hold(at, BYSTANDER_HUGE * HUGE);
}

static void swapped(int fd)
{
	write_pages(map_private(PLACE(0), BYSTANDER_SWAPPED * PAGE),
		    BYSTANDER_SWAPPED);
	page_out(PLACE(0), BYSTANDER_SWAPPED);
}

static const struct {
	const char *name;
	void (*have)(int fd);
} kinds[] = {
	{ "private", private }, { "shared", shared }, { "twice", twice },
	{ "huge", huge }, { "swapped", swapped },
};

int main(int argc, char **argv)
{
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	need(!mlockall(MCL_CURRENT), "mlockall");
	write_file("/proc/self/oom_score_adj", "-1000");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (argc != 4 || strcmp(argv[1], kinds[i].name))
			continue;
		kinds[i].have(atoi(argv[2]));
		close(atoi(argv[2]));
		need(write(atoi(argv[3]), "", 1) == 1, "pipe");
		close(atoi(argv[3]));
		for (;;)
			pause();
	}
	return 2;
}
