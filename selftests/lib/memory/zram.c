// SPDX-License-Identifier: GPL-2.0
/* Swap in zram; see zram.h. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <unistd.h>

#include "memory/pages.h"
#include "memory/zram.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

#define ZRAM		"/dev/zram0"
#define SYS		"/sys/block/zram0/"

/* Of a kernel without zram, such as User Mode Linux, SWAP_DEVICE names a device of its size. */
static const char *device(void)
{
	return getenv("SWAP_DEVICE") ?: ZRAM;
}

/* The header that mkswap writes, on its first page; the magic word is at the page's end. */
static bool make_swap(void)
{
	static const char magic[10] = "SWAPSPACE2";
	const struct {
		char boot[1024];
		uint32_t version, last_page, bad_pages;
	} header = { .version = 1, .last_page = ZRAM_BYTES / PAGE - 1 };
	int fd = open(device(), O_WRONLY | O_CLOEXEC);
	char *page = calloc(1, PAGE);
	bool ok = fd >= 0 && page;

	if (ok) {
		memcpy(page, &header, sizeof(header));
		memcpy(page + PAGE - sizeof(magic), magic, sizeof(magic));
		ok = write(fd, page, PAGE) == (ssize_t)PAGE;
	}
	free(page);
	return fd >= 0 && !close(fd) && ok;
}

const char *zram_on(void)
{
	int i;

	if (getenv("SWAP_DEVICE"))
		return !make_swap() ? "header" : swapon(device(), 0) ? "swapon" : NULL;
	if (access(ZRAM, W_OK) && system("modprobe zram 2>/dev/null"))
		return "";
	/* The default compressor, if the kernel cannot load it by itself. */
	if (system("modprobe lzo-rle 2>/dev/null"))
		errno = 0;
	for (i = 0; access(ZRAM, W_OK) && i < 100; i++)
		sleep_ms(10);
	write_file(SYS "reset", "1");
	if (!write_file(SYS "disksize", "67108864"))
		return "size";
	if (!make_swap())
		return "header";
	return swapon(ZRAM, 0) ? "swapon" : NULL;
}

bool zram_off(void)
{
	return !swapoff(device()) && (getenv("SWAP_DEVICE") || write_file(SYS "reset", "1"));
}

/* Moves to the CPU of @all that is the turn of @try. */
static void run_on_next(const cpu_set_t *all, int try)
{
	cpu_set_t one;
	int cpu, skip = try % CPU_COUNT(all);

	for (cpu = 0; !CPU_ISSET(cpu, all) || skip--; cpu++)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	need(!sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
}

static unsigned long in_core(char *at, unsigned long pages)
{
	unsigned char in[8192];
	unsigned long n, i;

	need(pages <= sizeof(in), "page_out: too many pages");
	need(!mincore(at, pages * PAGE, in), "mincore");
	for (n = i = 0; i < pages; i++)
		n += in[i] & 1;
	return n;
}

/* Pages of all swap that are used. */
static unsigned long swap_used(void)
{
	FILE *file = fopen("/proc/swaps", "re");
	unsigned long kib, used = 0;
	char line[512];

	need(file, "/proc/swaps");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %*s %*u %lu", &kib) == 1)
			used += kib / (PAGE / 1024);
	fclose(file);
	return used;
}

/*
 * Retries, because a page that moves to or from an LRU list is not swapped out.  It may
 * wait in the batch of the CPU that touched it, which MADV_PAGEOUT empties only for the
 * CPU that it runs on: so it runs on each in turn.  What a disk holds stays in the swap cache
 * too, until memory is short: so its slots are counted, and not what is in core.
 */
void page_out(char *at, unsigned long pages)
{
	const bool disk = getenv("SWAP_DEVICE");
	const unsigned long aim = in_core(at, pages) + (disk ? swap_used() : 0);
	unsigned long left = aim, used;
	int tries = 0;
	cpu_set_t all;

	need(!sched_getaffinity(0, sizeof(all), &all), "sched_getaffinity");
	while (left && tries++ < 1000) {
		run_on_next(&all, tries);
		madvise(at, pages * PAGE, MADV_PAGEOUT);
		used = disk ? swap_used() : 0;
		left = !disk ? in_core(at, pages) : used < aim ? aim - used : 0;
		if (left)
			sleep_ms(10);
	}
	need(!sched_setaffinity(0, sizeof(all), &all), "sched_setaffinity");
	errno = EAGAIN;
	need(!left, "pages stay in memory");
}
