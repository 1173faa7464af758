// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that no mapping shows: what `memcensus share --if-stopped` says of it, and what really
 * comes back when the processes are killed, within 1 MiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/dma-heap.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/udmabuf.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "command.h"
#include "memory/stopping.h"
#include "memory/zram.h"
#include "selftest.h"

#define MIB		1048576L
#define SIZE		(16 * MIB)

FIXTURE(buffers)
{
	struct said said;
	pid_t pids[8];
	unsigned int n;
};

FIXTURE_SETUP(buffers)
{
	memset(self, 0, sizeof(*self));
}

FIXTURE_TEARDOWN(buffers)
{
	end_all(self->pids, 8);
}

/*
 * Kills the first process, and expects what was said within 1 MiB: without what caches of objects
 * have given back.  @beside: bytes that come back too, in another row than memory
 */
#define EXPECT_MIB_WHEN_STOPPED(beside) do {					\
	int64_t __said = SAID_BYTES("memory") + (beside), __got, __slab;		\
	end_all(self->pids, 1);							\
	__got = stable_memory() - self->said.free;				\
	__slab = self->said.slab - slab_memory();				\
	TH_LOG("said %lld KiB, free memory grew by %lld KiB, of it by slab %lld KiB", \
	       (long long)__said / 1024, (long long)__got / 1024,		\
	       (long long)__slab / 1024);					\
	EXPECT_LT(__got - __slab, __said + MIB) TH_LOG("it says\n%s", self->said.text); \
	EXPECT_GT(__got - __slab, __said - MIB) TH_LOG("it says\n%s", self->said.text); \
} while (0)

/* The same of an amount that is within 1 MiB of @bytes. */
#define EXPECT_ABOUT(bytes, what) do {						\
	EXPECT_LT((bytes) - MIB, SAID_BYTES(what)) TH_LOG("it says\n%s", self->said.text); \
	EXPECT_GT((bytes) + MIB, SAID_BYTES(what)) TH_LOG("it says\n%s", self->said.text); \
} while (0)

static int heap_buffer(size_t bytes)
{
	struct dma_heap_allocation_data data = { .len = bytes, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC), ret;

	if (heap < 0)
		return -1;
	ret = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	close(heap);
	return ret ? -1 : (int)data.fd;
}

#define NEED_HEAP() do {							\
	int __fd = heap_buffer(PAGE);						\
	if (__fd < 0)								\
		SKIP(return, "kernel has no system heap of DMA-BUFs: %s", strerror(errno)); \
	close(__fd);								\
} while (0)

/* One is mapped and touched, too. */
static void hold_heap(void *arg)
{
	int fd = heap_buffer(SIZE), mapped = heap_buffer(SIZE);

	(void)arg;
	need(fd >= 0 && mapped >= 0, "heap");
	write_pages(map(PLACE(0), SIZE, RW, MAP_SHARED, mapped, 0), SIZE / PAGE);
}

TEST_F_TIMEOUT(buffers, dma_heap, 300)
{
	NEED_HEAP();
	START(hold_heap, NULL);
	ASK(1);
	EXPECT_FILE("dies", "/dmabuf:");
	EXPECT_ABOUT(2 * SIZE, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
}

/* A mapping holds it, too. */
static void map_heap(void *arg)
{
	int fd = *(int *)arg;

	write_pages(map(PLACE(0), SIZE, RW, MAP_SHARED, fd, 0), SIZE / PAGE);
	close(fd);
}

TEST_F_TIMEOUT(buffers, dma_heap_mapped, 300)
{
	int fd;

	NEED_HEAP();
	fd = heap_buffer(SIZE);
	START(map_heap, &fd);
	close(fd);
	ASK(1);
	EXPECT_ABOUT(SIZE, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
}

static void hold_nothing(void *arg)
{
	(void)arg;
}

/* It stays while another process has it. */
TEST_F_TIMEOUT(buffers, dma_heap_of_two, 300)
{
	int fd;

	NEED_HEAP();
	fd = heap_buffer(SIZE);
	START(hold_nothing, NULL);
	ASK(1);
	EXPECT_FILE("held", "/dmabuf:");
	EXPECT_ABOUT(SIZE, "kept_buffers");
	EXPECT_SAID(0, "buffers");
	close(fd);
	ASK(1);
	EXPECT_ABOUT(SIZE, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
}

/* Of pages of a memfd, which is closed. */
static void hold_udmabuf(void *arg)
{
	int memfd = memfd_create("udmabuf", MFD_ALLOW_SEALING), fd;
	struct udmabuf_create create = { .memfd = memfd, .flags = UDMABUF_FLAGS_CLOEXEC,
					 .size = SIZE };

	(void)arg;
	need(!ftruncate(memfd, SIZE) && !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), "memfd");
	fd = ioctl(open("/dev/udmabuf", O_RDWR | O_CLOEXEC), UDMABUF_CREATE, &create);
	need(fd >= 0, "udmabuf");
	close(memfd);
}

TEST_F_TIMEOUT(buffers, udmabuf, 300)
{
	if (access("/dev/udmabuf", F_OK))
		SKIP(return, "kernel has no udmabuf");
	START(hold_udmabuf, NULL);
	ASK(1);
	EXPECT_ABOUT(SIZE, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
}

static int bpf_array(size_t bytes, unsigned int flags)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4096,
		.max_entries = bytes / 4096, .map_flags = flags,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

/* One that no mapping shows, and one of which half is mapped. */
static void hold_bpf(void *arg)
{
	int plain = bpf_array(SIZE, 0), mapped = bpf_array(SIZE, BPF_F_MMAPABLE);

	(void)arg;
	need(plain >= 0 && mapped >= 0, "bpf");
	write_pages(map(PLACE(0), SIZE / 2, RW, MAP_SHARED, mapped, 0), SIZE / 2 / PAGE);
}

TEST_F_TIMEOUT(buffers, bpf_maps, 300)
{
	START(hold_bpf, NULL);
	ASK(1);
	EXPECT_FILE("dies", "anon_inode:bpf-map");
	EXPECT_ABOUT(SIZE / 2, "device");
	EXPECT_ABOUT(SIZE + SIZE / 2, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
}

#define BPFFS	"/sys/fs/bpf"
#define PIN	BPFFS "/memcensus-test"

/* Of two maps, one has a name. */
static void pin_bpf(void *arg)
{
	int plain = bpf_array(SIZE, 0), pinned = bpf_array(SIZE, 0);
	union bpf_attr attr = { .pathname = (uintptr_t)PIN, .bpf_fd = pinned };

	(void)arg;
	need(plain >= 0 && pinned >= 0, "bpf");
	need(!syscall(SYS_bpf, BPF_OBJ_PIN, &attr, sizeof(attr)), PIN);
}

TEST_F_TIMEOUT(buffers, bpf_pinned, 300)
{
	const bool mounted = !mount("bpf", BPFFS, "bpf", 0, NULL);

	unlink(PIN);
	START(pin_bpf, NULL);
	ASK(1);
	EXPECT_FILE("named", "anon_inode:bpf-map");
	EXPECT_ABOUT(SIZE, "buffers");
	EXPECT_ABOUT(SIZE, "kept_buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
	unlink(PIN);
	if (mounted)
		umount(BPFFS);
}

#define GROUPS	"/sys/fs/cgroup"
#define GROUP	"/memcensus-buffers"

static void pin_bpf_in_cgroup(void *arg)
{
	need(enter_cgroup(GROUPS GROUP), GROUP);
	pin_bpf(arg);
}

/* A cgroup is charged for both. */
TEST_F_TIMEOUT(buffers, bpf_charged, 300)
{
	char command[128];
	bool mounted;

	write_file(GROUPS "/cgroup.subtree_control", "+memory");
	mkdir(GROUPS GROUP, 0755);
	if (access(GROUPS GROUP "/memory.stat", R_OK))
		SKIP(return, "no memory controller");
	mounted = !mount("bpf", BPFFS, "bpf", 0, NULL);
	unlink(PIN);
	START(pin_bpf_in_cgroup, NULL);
	/* The kernel sums up the counters of its CPUs each two seconds. */
	sleep_ms(2500);
	snprintf(command, sizeof(command), "memcensus share --raw -H --if-stopped --cgroup %s",
		 GROUP);
	command_output(command, self->said.text, SAID);
	self->said.free = stable_memory();
	self->said.slab = slab_memory();
	EXPECT_ABOUT(SIZE, "kernel");
	EXPECT_SAID(0, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
	unlink(PIN);
	if (mounted)
		umount(BPFFS);
	rmdir(GROUPS GROUP);
}

/* A ring of a packet socket, which nothing maps; half of another one is mapped. */
static void hold_rings(void *arg)
{
	struct tpacket_req req = {
		.tp_block_size = 1 << 16, .tp_block_nr = SIZE >> 16, .tp_frame_size = 2048,
		.tp_frame_nr = SIZE / 2048,
	};
	int fd, i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		fd = socket(AF_PACKET, SOCK_RAW, 0);
		need(fd >= 0 && !setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)),
		     "ring");
	}
	read_pages(map(PLACE(0), SIZE, RW, MAP_SHARED, fd, 0), SIZE / PAGE);
}

TEST_F_TIMEOUT(buffers, packet_rings, 300)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0)
		SKIP(return, "kernel has no packet sockets");
	close(fd);
	if (system("modprobe af_packet_diag 2>/dev/null"))
		SKIP(return, "kernel has no packet_diag");
	START(hold_rings, NULL);
	ASK(1);
	EXPECT_FILE("dies", "socket:[");
	EXPECT_ABOUT(SIZE, "device");
	EXPECT_ABOUT(SIZE, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
}

static int register_buffer(char *at, size_t bytes)
{
	struct io_uring_params params = {};
	struct iovec buffer = { at, bytes };
	int fd = syscall(SYS_io_uring_setup, 4, &params);

	need(fd >= 0 && !syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &buffer, 1),
	     "io_uring");
	return fd;
}

/* A buffer is registered twice and unmapped, and of another one the first half. */
static void hold_pinned(void *arg)
{
	char *whole = map_private(PLACE(0), SIZE), *half = map_private(PLACE(1), SIZE);

	(void)arg;
	write_pages(whole, SIZE / PAGE);
	write_pages(half, SIZE / PAGE);
	register_buffer(whole, SIZE);
	register_buffer(whole, SIZE);
	register_buffer(half, SIZE);
	munmap(whole, SIZE);
	munmap(half, SIZE / 2);
}

TEST_F_TIMEOUT(buffers, io_uring, 300)
{
	struct io_uring_params params = {};
	int fd = syscall(SYS_io_uring_setup, 4, &params);

	if (fd < 0)
		SKIP(return, "kernel makes no io_uring: %s", strerror(errno));
	close(fd);
	START(hold_pinned, NULL);
	ASK(1);
	EXPECT_ABOUT(SIZE + SIZE / 2, "buffers");
	EXPECT_MIB_WHEN_STOPPED(0);
}

/* The memory of a socket for XDP is unmapped. */
static void hold_umem(void *arg)
{
	char *at = map_private(PLACE(0), SIZE);
	struct xdp_umem_reg umem = {
		.addr = (uintptr_t)at, .len = SIZE, .chunk_size = 2048,
	};
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int fd = socket(AF_XDP, SOCK_RAW, 0);

	(void)arg;
	need(!setrlimit(RLIMIT_MEMLOCK, &all), "setrlimit");
	write_pages(at, SIZE / PAGE);
	need(!setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &umem, sizeof(umem)), "umem");
	munmap(at, SIZE);
}

/* Which of its pages are mapped is not known: a bound. */
TEST_F_TIMEOUT(buffers, umem, 300)
{
	int fd = socket(AF_XDP, SOCK_RAW, 0);

	if (fd < 0)
		SKIP(return, "kernel has no sockets for XDP");
	close(fd);
	if (system("modprobe xsk_diag 2>/dev/null"))
		SKIP(return, "kernel does not say how large a umem is: no xsk_diag");
	START(hold_umem, NULL);
	ASK(1);
	EXPECT_ABOUT(SIZE, "at_most");
	EXPECT_MIB_WHEN_STOPPED(SAID_BYTES("at_most"));
}

/* The buffer of an event is there as long as it is mapped. */
static void hold_perf(void *arg)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	(void)arg;
	need(fd >= 0, "perf_event_open");
	map(PLACE(0), 8 * MIB + PAGE, RW, MAP_SHARED, fd, 0);
}

TEST_F_TIMEOUT(buffers, perf, 300)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .disabled = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	if (fd < 0)
		SKIP(return, "kernel has no perf events: %s", strerror(errno));
	close(fd);
	START(hold_perf, NULL);
	ASK(1);
	EXPECT_MIB_WHEN_STOPPED(0);
}

/* The bound of what waits in the own socket, which nobody has. */
static void hold_in_flight(void *arg)
{
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = {};
	int pair[2], fd = memfd("flight", SIZE / PAGE);
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	(void)arg;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	write_pages(map(PLACE(0), SIZE, RW, MAP_SHARED, fd, 0), SIZE / PAGE);
	need(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	need(sendmsg(pair[1], &msg, 0) == 1, "sendmsg");
	munmap(PLACE(0), SIZE);
	close(fd);
}

static void hold_socket(void *arg)
{
	(void)arg;
	need(socket(AF_UNIX, SOCK_STREAM, 0) >= 0, "socket");
}

TEST_F_TIMEOUT(buffers, in_flight, 300)
{
	START(hold_in_flight, NULL);
	ASK(1);
	EXPECT_ABOUT(SIZE, "at_most");
	EXPECT_MIB_WHEN_STOPPED(SAID_BYTES("at_most"));
	START(hold_socket, NULL);
	ask(&self->said, &self->pids[1], 1);
	EXPECT_SAID(0, "at_most");
}

/* Files that only this process can reach, and one that it has open. */
static void mount_alone(void *arg)
{
	static char page[PAGE_MAX];
	const char *type = arg;
	char path[64];
	long i, n;
	int fd;

	need(!unshare(CLONE_NEWNS) && !mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL),
	     "unshare");
	need(!mount("alone", "/tmp", type, 0, NULL), type);
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "/tmp/%ld", i);
		fd = open(path, O_RDWR | O_CREAT, 0600);
		need(fd >= 0, path);
		for (n = 0; n < SIZE / 4; n += PAGE)
			need(write(fd, page, PAGE) == PAGE, "write");
		if (i)
			close(fd);
	}
	write_pages(map(PLACE(0), SIZE / 4, RW, MAP_SHARED, fd = open("/tmp/1", O_RDWR), 0),
		    SIZE / 4 / PAGE);
	close(fd);
}

TEST_F_TIMEOUT(buffers, tmpfs_alone, 300)
{
	START(mount_alone, "tmpfs");
	ASK(1);
	EXPECT_FILE("dies", "tmpfs");
	EXPECT_ABOUT(SIZE, "shmem");
	EXPECT_MIB_WHEN_STOPPED(0);
}

/* The page cache of ramfs is never reclaimed: only the end of its last mount does it. */
TEST_F_TIMEOUT(buffers, ramfs_alone, 300)
{
	START(mount_alone, "ramfs");
	ASK(1);
	EXPECT_ABOUT(SIZE, "shmem");
	EXPECT_MIB_WHEN_STOPPED(0);
}

/* Its files stay while another process has the mount namespace. */
static void join(void *arg)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", *(pid_t *)arg);
	fd = open(path, O_RDONLY);
	need(fd >= 0 && !setns(fd, CLONE_NEWNS), path);
	close(fd);
}

TEST_F_TIMEOUT(buffers, tmpfs_of_two, 300)
{
	START(mount_alone, "tmpfs");
	START(join, &self->pids[0]);
	ASK(1);
	EXPECT_SAID(0, "shmem");
	ASK(2);
	EXPECT_ABOUT(SIZE, "shmem");
}

static void swap_out(void *arg)
{
	char *at = map_private(PLACE(0), SIZE);
	unsigned int seed = 1, *word;

	(void)arg;
	for (word = (unsigned int *)at; word < (unsigned int *)(at + SIZE); word++)
		*word = seed = seed * 1103515245 + 12345;
	page_out(at, SIZE / PAGE);
}

/* Random pages in zram take as much memory as they would without. */
TEST_F_TIMEOUT(buffers, zram, 300)
{
	NEED_ZRAM();
	START(swap_out, NULL);
	ASK(1);
	EXPECT_ABOUT(SIZE, "zram");
	EXPECT_MIB_WHEN_STOPPED(SAID_BYTES("zram"));
	EXPECT_TRUE(zram_off());
}

TEST_HARNESS_MAIN
