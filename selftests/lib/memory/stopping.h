/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `memcensus share --if-stopped` against the truth: what it says, then the processes are killed,
 * and free memory has grown by that much.
 *
 * Free memory is the sum over all zones of free pages and of those that processors keep: the kernel
 * gives freed pages to the processor first.
 */
#ifndef _STOPPING_H
#define _STOPPING_H

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "selftest.h"

#define RW		(PROT_READ | PROT_WRITE)
#define MIB_PAGES	((1UL << 20) / PAGE)
#define SAID		16384

/* What the reader said, as its lines without heading; and the free memory before. */
struct said {
	char text[SAID];
	int64_t free, slab, swap, huge;
};

/* Bytes. */
static inline int64_t counted_memory(void)
{
	write_file("/proc/sys/vm/stat_refresh", "1");
	return free_memory();
}

/* The exit frees some objects only after a grace period of RCU. */
static inline int64_t stable_memory(void)
{
	int64_t before = counted_memory(), now;
	int i;

	for (i = 0; i < 100; i++) {
		sleep_ms(100);
		now = counted_memory();
		if (i > 5 && now - before < 64 * (int64_t)PAGE &&
		    before - now < 64 * (int64_t)PAGE)
			break;
		before = now;
	}
	return now;
}

static inline int64_t slab_memory(void)
{
	return meminfo_bytes("Slab");
}

static inline int64_t free_swap(void)
{
	return meminfo_bytes("SwapFree");
}

static inline int64_t free_huge(void)
{
	return read_number(huge_pool(HUGE, "free_hugepages")) * (int64_t)HUGE;
}

/* Runs the reader on @n processes. */
static inline void ask(struct said *said, const pid_t *pids, unsigned int n)
{
	char command[512];
	unsigned int i;
	size_t len;

	len = snprintf(command, sizeof(command), "memcensus share --raw -H --if-stopped");
	for (i = 0; i < n; i++)
		len += snprintf(command + len, sizeof(command) - len, " %d", pids[i]);
	memset(said, 0, sizeof(*said));
	if (command_output(command, said->text, SAID))
		diag("'%s' failed", command);
	said->swap = free_swap();
	said->huge = free_huge();
	said->free = stable_memory();
	said->slab = slab_memory();
}

/* The amount of @what in bytes, or the count; -1 if it is not said or unknown. */
static inline int64_t said_of(const struct said *said, const char *what, bool kib)
{
	const char *line = said->text;
	char is[64];
	long long n;

	while (line && *line) {
		if (sscanf(line, "%63s %lld", is, &n) == 2 && !strcmp(is, what))
			return kib ? n * 1024 : n;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return -1;
}

/* Does a line of a file have all of @words, in this order? */
static inline bool says_file(const struct said *said, const char *outcome, const char *name)
{
	const char *line = said->text, *end, *at;

	for (; line && *line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		at = strstr(line, name);
		if (at && (!end || at < end) && !strncmp(line, outcome, strlen(outcome)))
			return true;
	}
	return false;
}

static inline void end_all(pid_t *pids, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		child_end(pids[i]);
		pids[i] = 0;
	}
}

/* A fixture has @said, @pids and their number @n. */
#define START(body, arg) do {						\
	self->pids[self->n] = child_start(body, arg);			\
	ASSERT_LT(0, self->pids[self->n]);				\
	self->n++;							\
} while (0)

#define SAID_BYTES(what)	said_of(&self->said, what, true)
#define EXPECT_SAID(pages, what)					\
	EXPECT_EQ((int64_t)((pages) * PAGE), SAID_BYTES(what))		\
		TH_LOG("it says\n%s", self->said.text)
#define EXPECT_FILE(outcome, name)						\
	EXPECT_TRUE(says_file(&self->said, outcome, name))			\
		TH_LOG("it says\n%s", self->said.text)

/* Asks about the first @count processes. */
#define ASK(count)	ask(&self->said, self->pids, count)

/*
 * Kills the first @count processes, and expects what was said within 1%. @without_slab:
 * without what caches of the kernel's objects have given back, which is not said.  So always on a
 * debug kernel: KASAN gives objects back later than they are freed, and with lockdep each page
 * table has one, its lock.
 */
#define EXPECT_TRUE_WHEN_STOPPED(count, without_slab) do {			\
	int64_t __said = SAID_BYTES("memory"), __got, __slab;		\
	end_all(self->pids, count);					\
	__got = stable_memory() - self->said.free;			\
	__slab = self->said.slab - slab_memory();			\
	TH_LOG("said %lld KiB, free memory grew by %lld KiB, of it by slab %lld KiB", \
	       (long long)__said / 1024, (long long)__got / 1024,	\
	       (long long)__slab / 1024);				\
	if (without_slab || is_debug_kernel())				\
		__got -= __slab;					\
	EXPECT_LT(__got, __said + __said / 100);			\
	EXPECT_GT(__got, __said - __said / 100);			\
} while (0)

#endif /* _STOPPING_H */
