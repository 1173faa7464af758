// SPDX-License-Identifier: GPL-2.0
/* A pagemap, for tests. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/columns.h"
#include "pagemap.h"

#define PAGE	4096

static char dir[32] = "/tmp/pagemap-XXXXXX", of_process[40], name[64];
static pid_t maker;

static void remove_all(void)
{
	/* Not in children, which read it. */
	if (getpid() != maker)
		return;
	unlink(name);
	rmdir(of_process);
	rmdir(dir);
}

static void fail_with(const char *what)
{
	perror(what);
	exit(99);
}

const char *pagemap_make(const struct pagemap_part *parts, size_t n, uint64_t end)
{
	uint64_t i, entry;
	int fd;

	if (!maker) {
		if (!mkdtemp(dir))
			fail_with(dir);
		snprintf(of_process, sizeof(of_process), "%s/100", dir);
		snprintf(name, sizeof(name), "%s/pagemap", of_process);
		if (mkdir(of_process, 0755))
			fail_with(of_process);
		maker = getpid();
		atexit(remove_all);
	}
	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, (off_t)(end / PAGE * sizeof(entry))))
		fail_with(name);
	for (; n--; parts++)
		for (i = 0; i < parts->pages; i++) {
			entry = parts->entry + (parts->entry & MAPPED ? i : 0);
			if (pwrite(fd, &entry, sizeof(entry),
				   (off_t)((parts->address / PAGE + i) * sizeof(entry))) < 0)
				fail_with(name);
		}
	close(fd);
	return dir;
}

const char *pagemap_of_scene(void)
{
	static const struct pagemap_part parts[] = {
		{ 0x400000, 1, MAPPED | OF_FILE | 100 },
		{ 0x401000, 1, MAPPED | OF_FILE | ONCE | 300 },
		{ 0x402000, 1, MAPPED | OF_FILE | 200 },
		{ 0x1000000, 4, SWAPPED | 5 << 5 },
		{ 0x1004000, 4, MAPPED | 7000 },
		{ 0x1008000, 4, MAPPED | ONCE | 8000 },
		/* A huge page, in two places none, as the second is not complete. */
		{ 0x7f0000000000, 512, MAPPED | ONCE | 512 * 9 },
		{ 0x7f0000200000, 500, MAPPED | ONCE | 512 * 20 },
		{ 0x7f00001f5000 + 0x200000, 2, SWAPPED },
		/* A guard */
		{ 0x7f0000400000, 8, SWAPPED | 31 },
		{ 0x7f0000430000, 16, MAPPED | 90000 },
		{ 0x7f0000903000, 1, MAPPED | OF_FILE | ONCE | 4 },
		/* It is no page. */
		{ 0x7f0000904000, 1, MAPPED | 6 },
	};

	return pagemap_make(parts, ARRAY_SIZE(parts), 0x808000000000);
}
