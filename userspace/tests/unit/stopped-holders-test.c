// SPDX-License-Identifier: GPL-2.0
/* What becomes of a deleted file that one process has open and another maps. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/procfs.h"
#include "tap.h"
#include "stopped/holders.h"

#define SIZE	65536

/* The link of descriptor @fd of this process. */
static void link_of(int fd, char *path, size_t size)
{
	snprintf(path, size, "%d/fd/%d", getpid(), fd);
}

/*
 * What becomes of the file @fd when this process ends, if process @other maps it at @start, under
 * a number that differs by @shift.
 */
static enum outcome outcome_of(int fd, pid_t other, uint64_t start, uint32_t shift)
{
	const size_t parent = GROUP_NONE;
	struct holders holders = { .parents = &parent };
	struct file_number number;
	struct statx stat;
	struct vma vma = {
		.known = 1ULL << MEMCENSUS_VMA_INODE | 1ULL << MEMCENSUS_VMA_NAME,
		.pid = (uint64_t)other, .start = start, .end = start + SIZE,
		.name = "/file (deleted)",
	};
	enum outcome outcome;
	char path[80];

	link_of(fd, path, sizeof(path));
	if (!procfs_stat(path, &stat))
		abort();
	number = file_number_of(&stat);
	vma.dev_major = number.major;
	vma.dev_minor = number.minor + shift;
	vma.inode = number.inode;
	holders_open(&holders, &number, "/file (deleted)", path, (uint32_t)getpid(), 0, true);
	holders_map(&holders, &vma, GROUP_NONE, false);
	outcome = holders_outcome(&holders, &holders.files[0], 0, false);
	holders_free(&holders);
	return outcome;
}

int main(void)
{
	char name[] = "stopped-holders-test-XXXXXX", unseen[] = "stopped-holders-test-XXXXXX";
	const int fd = mkstemp(name), another = mkstemp(unseen);
	void *map;
	pid_t other;

	if (fd < 0 || another < 0 || unlink(name) || unlink(unseen) || ftruncate(fd, SIZE) ||
	    ftruncate(another, SIZE))
		abort();
	map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	other = map == MAP_FAILED ? -1 : fork();
	if (other < 0)
		abort();
	if (!other) {
		while (getppid() != 1)
			sleep(1);
		_exit(0);
	}
	ok(outcome_of(fd, other, (uint64_t)map, 0) == OUTCOME_HELD, "held by the mapping");
	if (geteuid())
		printf("ok %d - # SKIP only root reads map_files\n", ++tap_run);
	else
		ok(outcome_of(fd, other, (uint64_t)map, 7) == OUTCOME_HELD,
		   "held by a mapping that has another number, as with overlayfs");
	ok(outcome_of(another, other, (uint64_t)map, 7) == OUTCOME_DIES,
	   "a mapping of another file does not hold it");
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return tap_done();
}
