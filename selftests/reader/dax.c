// SPDX-License-Identifier: GPL-2.0
/*
 * The reader and files with DAX, which have no page cache: it does not ask the kernel how much of
 * them is in it, by their name, through overlayfs, of a descriptor and of a mapping.  cachestat()
 * of such a file ends the machine on Linux 7.3.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "memory/pmem.h"
#include "selftest.h"

#define HERE	"/tmp/memcensus-dax"
#define DISK	HERE "/disk"
#define RW	(PROT_READ | PROT_WRITE)

/* Pages of each file, all of which a child maps and touches. */
static const long pages = 48;

FIXTURE(dax)
{
	pid_t child;
};

/* Holds a file with a name and one without, open and mapped. */
static void hold(void *arg)
{
	static const char *const names[] = { DISK "/named", DISK "/deleted" };
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = open(names[i], O_RDWR | O_CREAT, 0600);
		need(fd >= 0 && !ftruncate(fd, pages * PAGE), names[i]);
		write_pages(map(PLACE(i), pages * PAGE, RW, MAP_SHARED, fd, 0), pages);
	}
	need(!unlink(names[1]), "unlink");
}

FIXTURE_SETUP(dax)
{
	const char *why;

	self->child = 0;
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(HERE, 0700);
	ASSERT_EQ(0, mount("none", HERE, "tmpfs", 0, NULL));
	why = pmem_mount(DISK);
	if (why)
		SKIP(return, "%s", why);
	self->child = child_start(hold, NULL);
	ASSERT_LT(0, self->child);
}

FIXTURE_TEARDOWN(dax)
{
	if (self->child)
		child_end(self->child);
}

/* What the reader prints, valid until the next call. */
static const char *ask(const char *command)
{
	static char text[65536];

	need(!command_output(command, text, sizeof(text)), command);
	return text;
}

#define EXPECT_NO_CACHE(text) do {						\
	const char *__file = strstr(text, "\"mapped_file\"");			\
	ASSERT_NE(NULL, __file);						\
	EXPECT_EQ(pages * (long)PAGE, json_number(__file, "size"));		\
	EXPECT_EQ(0, json_number(__file, "memory"));				\
} while (0)

TEST_F(dax, share_file)
{
	const char *text = ask("memcensus share --of " DISK "/named -J");

	EXPECT_NO_CACHE(text);
	EXPECT_EQ(1, json_number(text, "processes"));
}

TEST_F(dax, overlay)
{
	mkdir(HERE "/empty", 0700);
	mkdir(HERE "/merged", 0700);
	if (system("modprobe overlay 2>/dev/null"))
		diag("overlay is no module, or not there");
	if (mount("overlay", HERE "/merged", "overlay", MS_RDONLY,
		  "lowerdir=" DISK ":" HERE "/empty"))
		SKIP(return, "no overlayfs: %s", strerror(errno));
	EXPECT_NO_CACHE(ask("memcensus share --of " HERE "/merged/named -J"));
}

TEST_F(dax, mapped)
{
	char command[160];

	snprintf(command, sizeof(command),
		 "memcensus share --of /proc/%d/map_files/%lx-%lx -J", self->child,
		 (unsigned long)PLACE(1), (unsigned long)PLACE(1) + pages * PAGE);
	EXPECT_NO_CACHE(ask(command));
}

TEST_F(dax, held)
{
	char command[64];
	const char *text;

	snprintf(command, sizeof(command), "memcensus held %d -J", self->child);
	text = strstr(ask(command), "\"kind\":\"deleted\"");
	ASSERT_NE(NULL, text);
	EXPECT_EQ(1, json_number(text, "files"));
	EXPECT_EQ(0, json_number(text, "bytes"));
	EXPECT_EQ(0, json_number(text, "unknown"));
}

/* Nothing of it comes back to the machine: not as a deleted file, and not as memory of a device. */
TEST_F(dax, if_stopped)
{
	char command[80];
	const char *text;

	snprintf(command, sizeof(command), "memcensus share --if-stopped %d -J", self->child);
	text = strstr(ask(command), "\"processes\"");
	ASSERT_NE(NULL, text);
	EXPECT_EQ(0, json_number(text, "deleted"));
	EXPECT_EQ(0, json_number(text, "device"));
}

/* Pages of a file that takes most of the disk, and what else changes between two commands. */
#define LARGE	(24L << 20)
#define NOISE	(4L << 20)

static void map_large(void *arg)
{
	int fd = open(DISK "/large", O_RDWR | O_CREAT, 0600);

	need(fd >= 0 && !ftruncate(fd, LARGE), "large");
	write_pages(map(PLACE(2), LARGE, RW, MAP_SHARED, fd, 0), LARGE / PAGE);
	close(fd);
}

/* A row of the parts of MemTotal, bytes. */
static long row_of(const char *text, const char *name)
{
	return json_number(strstr(text, "\"balance\""), name);
}

/* It is not in MemTotal, so no row of it changes. */
TEST_F(dax, no_row)
{
	const char *const rows[] = { "processes", "device", "cache_unmapped", "unaccounted",
				     "also_device" };
	long before[ARRAY_SIZE(rows)], now;
	const char *text;
	unsigned int i;
	pid_t pid;

	/* What processors keep of the kernel's counters would differ. */
	write_file("/proc/sys/vm/stat_refresh", "1");
	text = ask("memcensus system -J");
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		before[i] = row_of(text, rows[i]);
	pid = child_start(map_large, NULL);
	ASSERT_LT(0, pid);
	write_file("/proc/sys/vm/stat_refresh", "1");
	text = ask("memcensus system -J");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		now = row_of(text, rows[i]);
		EXPECT_LT(labs(now - before[i]), NOISE)
			TH_LOG("%s: %ld, then %ld bytes", rows[i], before[i], now);
	}
	child_end(pid);
}

TEST_HARNESS_MAIN
