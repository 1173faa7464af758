// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of drivers that a process maps: a packet ring and a BPF array.  It is in no page cache:
 * no row of `memcensus system` falls by it, what no counter has does not grow by it, and
 * `memcensus share --if-stopped` says that it comes back.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "command.h"
#include "selftest.h"

#define SIZE	(64LL << 20)
/* What else changes on a machine between two commands. */
#define NOISE	(2LL << 20)

/* A row of a table that a command prints, in bytes; 0: it is not there. */
static int64_t row_of(const char *text, const char *name)
{
	const char *line = text;
	char is[64];
	long long kib;

	for (; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (sscanf(line, "%63s %lld", is, &kib) == 2 && !strcmp(is, name))
			return kib * 1024;
	return 0;
}

static void say(char *text, size_t size, const char *command)
{
	/* What processors keep of the kernel's counters would differ. */
	write_file("/proc/sys/vm/stat_refresh", "1");
	need(!command_output(command, text, size), command);
}

static int make_ring(void)
{
	struct tpacket_req req = { .tp_block_size = 65536, .tp_block_nr = SIZE / 65536,
		.tp_frame_size = 2048, .tp_frame_nr = SIZE / 2048 };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	if (fd >= 0 && setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int make_array(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 4096;
	attr.max_entries = SIZE / 4096;
	attr.map_flags = BPF_F_MMAPABLE;
	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

static void hold(void *arg)
{
	int (*make)(void) = arg;
	int fd = make();

	need(fd >= 0, "a driver's memory");
	read_pages(map(PLACE(0), SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), SIZE / PAGE);
}

#define SYSTEM	"memcensus system --raw -H"

#define EXPECT_NEAR(expected, got) do {						\
	EXPECT_LT((long long)(expected) - NOISE, (long long)(got))		\
		TH_LOG("before:\n%safter:\n%s", before, after);			\
	EXPECT_GT((long long)(expected) + NOISE, (long long)(got))		\
		TH_LOG("before:\n%safter:\n%s", before, after);			\
} while (0)

#define GREW(name)	(row_of(after, name) - row_of(before, name))

/* @vmalloc: it is in the kernel's counter of vmalloc() too. */
static void expect(struct __test_metadata *_metadata, int (*make)(void), bool vmalloc)
{
	static char before[8192], after[8192], stopped[8192], command[128];
	int fd = make();
	int64_t free_before;
	unsigned int i;
	pid_t pid;

	if (fd < 0)
		SKIP(return, "kernel makes none: %s", strerror(errno));
	close(fd);
	say(before, sizeof(before), SYSTEM);
	pid = child_start(hold, make);
	ASSERT_LT(0, pid);
	say(after, sizeof(after), SYSTEM);
	EXPECT_LE(0, row_of(after, "cache_unmapped"));
	EXPECT_NEAR(-SIZE, GREW("free") + GREW("pcp"));
	EXPECT_NEAR(0, GREW("cache_unmapped"));
	EXPECT_NEAR(0, GREW("processes"));
	EXPECT_NEAR(0, GREW("unaccounted"));
	EXPECT_NEAR(vmalloc ? SIZE : 0, GREW("vmalloc"));
	EXPECT_NEAR(vmalloc ? 0 : SIZE, GREW("device"));
	EXPECT_NEAR(vmalloc ? SIZE : 0, GREW("also_device"));

	snprintf(command, sizeof(command), "memcensus share --raw -H --if-stopped %d", pid);
	say(stopped, sizeof(stopped), command);
	free_before = free_memory();
	child_end(pid);
	/* A map of BPF is freed after a grace period of RCU. */
	for (i = 0; i < 100 && free_memory() - free_before < SIZE - NOISE; i++)
		sleep_ms(100);
	EXPECT_NEAR(free_memory() - free_before, row_of(stopped, "memory"));
	EXPECT_NEAR(SIZE, row_of(stopped, "device"));
}

TEST(packet_ring)
{
	expect(_metadata, make_ring, false);
}

TEST(bpf_array)
{
	expect(_metadata, make_array, true);
}

TEST_HARNESS_MAIN
