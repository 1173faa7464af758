// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus share --of` of a file of which known pages are in memory and mapped: by its name,
 * through overlayfs, and by a mapping.  And of a block device, whose pages are its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "selftest.h"

#define RW	(PROT_READ | PROT_WRITE)
#define HERE	"/tmp/memcensus-mapped"

/* Pages of the file, those in memory, those that A maps, and those that B maps. */
static const long size = 120, cached = 100, of_a = 60, of_b = 20;

struct cast {
	const char *path;
	long pages;
};

static void member(void *arg)
{
	const struct cast *cast = arg;
	int fd = open(cast->path, O_RDONLY);

	need(fd >= 0, cast->path);
	read_pages(map(PLACE(0), cast->pages * PAGE, PROT_READ, MAP_SHARED, fd, 0), cast->pages);
	/* Nothing of it remains open. */
	close(fd);
}

FIXTURE(mapped)
{
	char path[64];
	int device;
	pid_t a, b;
};

FIXTURE_VARIANT(mapped)
{
	const char *path;
	bool overlay;
	bool device;
};

FIXTURE_VARIANT_ADD(mapped, tmpfs) { .path = HERE "/lower/file" };
FIXTURE_VARIANT_ADD(mapped, overlay) { .path = HERE "/merged/file", .overlay = true };
FIXTURE_VARIANT_ADD(mapped, device) { .path = HERE "/lower/file", .device = true };

static bool mount_overlay(void)
{
	mkdir(HERE "/empty", 0700);
	mkdir(HERE "/merged", 0700);
	if (system("modprobe overlay 2>/dev/null"))
		diag("overlay is no module, or not there");
	return !mount("overlay", HERE "/merged", "overlay", MS_RDONLY,
		      "lowerdir=" HERE "/lower:" HERE "/empty");
}

/* A loop device with the file behind it, with @cached pages read.  Returns it open; -1: none. */
static int loop_device(char *path, size_t size_of_path, int file)
{
	static char page[65536];
	int control, number, first, fd;
	long i;

	if (system("modprobe loop 2>/dev/null"))
		diag("loop is no module, or not there");
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	if (number < 0)
		return -1;
	close(control);
	snprintf(path, size_of_path, "/dev/loop%d", number);
	first = open(path, O_RDWR | O_CLOEXEC);
	if (first < 0 || ioctl(first, LOOP_SET_FD, file) || ioctl(first, BLKRASET, 0UL))
		return -1;
	/* The next one to open it forgets its pages; after that nothing is read ahead. */
	fd = open(path, O_RDWR | O_CLOEXEC);
	close(first);
	need(fd >= 0, path);
	for (i = 0; i < cached; i++)
		need(pread(fd, page, PAGE, i * PAGE) == (ssize_t)PAGE, path);
	return fd;
}

FIXTURE_SETUP(mapped)
{
	struct cast cast = { self->path, of_a };
	int fd;

	self->a = 0;
	self->device = -1;
	strcpy(self->path, variant->path);
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(HERE, 0700);
	ASSERT_EQ(0, mount("none", HERE, "tmpfs", 0, NULL));
	mkdir(HERE "/lower", 0700);
	fd = open(HERE "/lower/file", O_RDWR | O_CREAT, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, size * PAGE));
	write_pages(map(PLACE(0), cached * PAGE, RW, MAP_SHARED, fd, 0), cached);
	ASSERT_EQ(0, munmap(PLACE(0), cached * PAGE));
	if (variant->device) {
		self->device = loop_device(self->path, sizeof(self->path), fd);
		if (self->device < 0)
			SKIP(return, "no loop device: %s", strerror(errno));
	}
	close(fd);
	if (variant->overlay && !mount_overlay())
		SKIP(return, "no overlayfs: %s", strerror(errno));
	self->a = child_start(member, &cast);
	ASSERT_LT(0, self->a);
	cast.pages = of_b;
	self->b = child_start(member, &cast);
	ASSERT_LT(0, self->b);
}

FIXTURE_TEARDOWN(mapped)
{
	if (!self->a)
		return;
	child_end(self->a);
	child_end(self->b);
	if (self->device >= 0) {
		EXPECT_EQ(0, ioctl(self->device, LOOP_CLR_FD));
		close(self->device);
	}
}

/* What the reader prints with @options, valid until the next call; "" if it fails. */
static const char *ask(const char *options)
{
	static char text[65536];
	char command[256];
	int status;

	snprintf(command, sizeof(command), "memcensus share %s", options);
	status = command_output(command, text, sizeof(text));
	diag("%s: %zu bytes", command, strlen(text));
	return status ? "" : text;
}

/* The first number of "@key" after @from in @text, in pages; -1: unknown. */
static long pages_of(const char *text, const char *from, const char *key)
{
	char name[64], *end;
	long bytes;

	text = strstr(text, from);
	if (!text)
		return -2;
	snprintf(name, sizeof(name), "\"%s\":", key);
	text = strstr(text, name);
	if (!text)
		return -3;
	bytes = strtol(text + strlen(name), &end, 10);
	return end == text + strlen(name) ? -1 : bytes / (long)PAGE;
}

#define EXPECT_KNOWN(text) do {							\
	char a[32], b[32];							\
	snprintf(a, sizeof(a), "\"pid\":%d,", self->a);				\
	snprintf(b, sizeof(b), "\"pid\":%d,", self->b);				\
	EXPECT_EQ(size, pages_of(text, "\"mapped_file\"", "size"));		\
	EXPECT_EQ(cached, pages_of(text, "\"mapped_file\"", "memory"));		\
	EXPECT_EQ(of_a, pages_of(text, "\"mapped_file\"", "mapped"));		\
	EXPECT_EQ(cached - of_a, pages_of(text, "\"mapped_file\"", "unmapped")); \
	EXPECT_EQ(of_a - of_b, pages_of(text, "\"mapped_file\"", "exclusive"));	\
	EXPECT_EQ(of_a, pages_of(text, a, "mapped"));				\
	EXPECT_EQ(of_a - of_b, pages_of(text, a, "exclusive"));			\
	EXPECT_EQ(of_b, pages_of(text, b, "mapped"));				\
	EXPECT_EQ(0, pages_of(text, b, "exclusive"));				\
	EXPECT_EQ(of_b / 2, pages_of(text, b, "pss"));				\
	EXPECT_NE(NULL, strstr(text, "\"processes\":2"));			\
} while (0)

TEST_F(mapped, by_name)
{
	char options[128];
	const char *text;

	if (!self->a)
		return;
	snprintf(options, sizeof(options), "--of %s -J", self->path);
	text = ask(options);
	EXPECT_KNOWN(text);
	snprintf(options, sizeof(options), "--of %s --by user --raw -H", self->path);
	/* One user maps it. */
	EXPECT_EQ(strchr(ask(options), '\n') + 1 - ask(options), (long)strlen(ask(options)));
}

/* A file that has no path has a name where it is mapped. */
TEST_F(mapped, by_mapping)
{
	char options[128];
	const char *text;

	if (!self->a || variant->overlay || variant->device)
		return;
	ASSERT_EQ(0, unlink(variant->path));
	snprintf(options, sizeof(options), "--of /proc/%d/map_files/%lx-%lx -J", self->a,
		 (unsigned long)PLACE(0), (unsigned long)PLACE(0) + of_a * PAGE);
	text = ask(options);
	EXPECT_KNOWN(text);
}

TEST_HARNESS_MAIN
