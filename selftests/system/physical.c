// SPDX-License-Identifier: GPL-2.0
/* Classes of frames: against zoneinfo, kpageflags and meminfo, and with known memory. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/kernel-page-flags.h>

#include "client/abi_table.h"
#include "client/client_physical.h"
#include "selftest.h"
#include "subject.h"

#define RW	(PROT_READ | PROT_WRITE)
#define POOL	huge_pool(HUGE, "nr_hugepages")

/* In linux/kernel-page-flags.h of the kernel, not of its users. */
#define KPF_RESERVED_BIT	32

/*
 * Frames that the system and the test itself may use or free during a test: a debug kernel has
 * 523 more anonymous ones after the first pass.
 */
#define NOISE ((uint64_t)1024 * PAGE)

static struct physical before, after;

/*
 * Each test is a new process, which gets pages for @after while it measures.  In huge pages these
 * would exceed NOISE where the loader happens to place it so.
 */
static void __attribute__((constructor)) in_small_pages(void)
{
	uintptr_t begin = (uintptr_t)&before, end = (uintptr_t)&after, swap;

	if (begin > end) {
		swap = begin;
		begin = end;
		end = swap;
	}
	begin &= -PAGE;
	no_huge_pages((char *)begin, end + sizeof(after) - begin);
}

#define ASSERT_PHYSICAL(p)						\
	ASSERT_EQ(0, physical_take(p))					\
		TH_LOG("no answer: %s", (p)->wrong)

/* How much class @name grew, which may be negative. */
#define GREW(name) ((int64_t)(after.class[MEMCENSUS_FC_##name] -	\
			      before.class[MEMCENSUS_FC_##name]))

/* Expects that class @name grew by @pages, but for noise. */
#define EXPECT_GREW(pages, name) do {					\
	int64_t __grew = GREW(name), __pages = (pages);			\
	EXPECT_LE(__pages * (int64_t)PAGE - (int64_t)NOISE, __grew)	\
		TH_LOG(#name);						\
	EXPECT_LE(__grew, __pages * (int64_t)PAGE + (int64_t)NOISE)	\
		TH_LOG(#name);						\
} while (0)

static void show(const struct physical *p)
{
	unsigned int i;

	for (i = 2; i <= MEMCENSUS_FC_MAX; i++)
		if (p->class[i])
			diag("class %u: %llu KiB", i, (unsigned long long)p->class[i] >> 10);
}

/* The sum of all @name of a zone in zoneinfo; UINT64_MAX: none. */
static uint64_t zoneinfo_number(unsigned int node, const char *zone, const char *name)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	char line[256], at_zone[16] = "", word[64];
	unsigned int at_node = 0;
	uint64_t found = UINT64_MAX;
	unsigned long long number;

	need(file, "zoneinfo");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %u, zone %15s", &at_node, at_zone) == 2)
			continue;
		if (at_node == node && !strcmp(at_zone, zone) &&
		    sscanf(line, " %63s %llu", word, &number) == 2 && !strcmp(word, name))
			found = found == UINT64_MAX ? number : found + number;
	}
	fclose(file);
	return found;
}

static uint64_t zoneinfo(unsigned int node, const char *zone, const char *name)
{
	return zoneinfo_number(node, zone, name) * PAGE;
}

/* Every frame has one class. */
TEST(sums)
{
	uint64_t free_frames, managed = 0, unmanaged;
	unsigned int i, j;

	ASSERT_PHYSICAL(&before);
	ASSERT_LT(0, before.n_zones);
	for (i = 0; i < before.n_zones; i++) {
		const struct physical_zone *z = &before.zones[i];
		const uint64_t *v = z->value;

		EXPECT_EQ(v[MEMCENSUS_PZ_SPANNED], physical_zone_bytes(z));
		EXPECT_EQ(zoneinfo(z->node, z->name, "spanned"), v[MEMCENSUS_PZ_SPANNED]);
		EXPECT_EQ(zoneinfo(z->node, z->name, "present"), v[MEMCENSUS_PZ_PRESENT]);
		EXPECT_EQ(zoneinfo(z->node, z->name, "managed"), v[MEMCENSUS_PZ_MANAGED]);
		EXPECT_LT(0, z->n_blocks);
		free_frames = 0;
		for (j = 0; j < z->n_blocks; j++)
			free_frames += z->blocks[j] << j;
		EXPECT_EQ(z->class[MEMCENSUS_FC_FREE], free_frames * PAGE);
		managed += v[MEMCENSUS_PZ_MANAGED];
	}
	EXPECT_EQ(before.value[MEMCENSUS_PHYSICAL_FRAMES] * PAGE, physical_classes(before.class));
	/* Free blocks are read once. */
	EXPECT_LT(0, before.value[MEMCENSUS_PHYSICAL_READ]);
	EXPECT_LT(before.value[MEMCENSUS_PHYSICAL_READ],
		  before.value[MEMCENSUS_PHYSICAL_FRAMES]);
	EXPECT_LT(0, before.value[MEMCENSUS_PHYSICAL_WALL_NS]);
	/* The other frames are those that the kernel manages. */
	unmanaged = before.class[MEMCENSUS_FC_RESERVED] + before.class[MEMCENSUS_FC_OFFLINE] +
		    before.class[MEMCENSUS_FC_ZERO];
	EXPECT_LE(managed, physical_classes(before.class) - unmanaged + 64 * PAGE);
	EXPECT_LE(physical_classes(before.class) - unmanaged, managed + 64 * PAGE);
	EXPECT_EQ(meminfo_bytes("MemTotal"), managed);

	/* Below 0.1% of the frames of an idle machine have no class. */
	EXPECT_LT(before.class[MEMCENSUS_FC_REMAINDER] * 1000, physical_classes(before.class));
	show(&before);
	diag("%llu frames, %llu read, %llu changed, %llu us, %lld KiB more than managed",
	     (unsigned long long)before.value[MEMCENSUS_PHYSICAL_FRAMES],
	     (unsigned long long)before.value[MEMCENSUS_PHYSICAL_READ],
	     (unsigned long long)before.value[MEMCENSUS_PHYSICAL_CHANGED],
	     (unsigned long long)before.value[MEMCENSUS_PHYSICAL_WALL_NS] / 1000,
	     (long long)(physical_classes(before.class) - unmanaged - managed) / 1024);
}

/* Frames by the flags of kpageflags, in bytes. */
struct kpage {
	uint64_t free, slab, page_tables, hugetlb, offline, reserved, anon;
};

static bool has(uint64_t flags, unsigned int bit)
{
	return flags >> bit & 1;
}

/* Checks whether frame @pfn is in a zone of @p. */
static bool in_a_zone(const struct physical *p, uint64_t pfn)
{
	static uint64_t start[PHYSICAL_ZONES];
	unsigned int i;

	for (i = 0; i < p->n_zones; i++) {
		const struct physical_zone *z = &p->zones[i];

		if (!start[i])
			start[i] = zoneinfo_number(z->node, z->name, "start_pfn:");
		if (pfn >= start[i] && pfn < start[i] + z->value[MEMCENSUS_PZ_SPANNED] / PAGE)
			return true;
	}
	return false;
}

/* The frames in zones of @p.  Return: false if the kernel has no such file. */
static bool read_kpageflags(const struct physical *p, struct kpage *k)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	static uint64_t flags[8192];
	uint64_t pfn = 0;
	ssize_t n, i;

	memset(k, 0, sizeof(*k));
	while (fd >= 0 && (n = read(fd, flags, sizeof(flags))) > 0)
		for (i = 0; i < n / 8; i++) {
			uint64_t f = flags[i];

			if (!in_a_zone(p, pfn++))
				continue;
			k->reserved += has(f, KPF_RESERVED_BIT) && !has(f, KPF_NOPAGE);
			k->free += has(f, KPF_BUDDY);
			k->slab += has(f, KPF_SLAB);
			k->page_tables += has(f, KPF_PGTABLE);
			k->hugetlb += has(f, KPF_HUGE);
			k->offline += has(f, KPF_OFFLINE);
			k->anon += has(f, KPF_ANON) && !has(f, KPF_SLAB) && !has(f, KPF_HUGE);
		}
	if (fd >= 0)
		close(fd);
	return k->free;
}

/* Expects @bytes to be between two counts of frames, but for noise. */
#define EXPECT_BETWEEN(a, b, bytes) do {				\
	uint64_t __low = (a) * PAGE, __high = (b) * PAGE, __t;		\
	if (__low > __high) {						\
		__t = __low;						\
		__low = __high;						\
		__high = __t;						\
	}								\
	EXPECT_LE(__low, (bytes) + NOISE)				\
		TH_LOG(#bytes);						\
	EXPECT_LE((bytes), __high + NOISE)				\
		TH_LOG(#bytes);						\
} while (0)

TEST(kpageflags)
{
	struct kpage k[2];
	const uint64_t *c = after.class;
	char *at = map_private(PLACE(0), 32 << 20);

	write_pages(at, (32 << 20) / PAGE);
	ASSERT_PHYSICAL(&before);
	if (!read_kpageflags(&before, &k[0]))
		SKIP(return, "kernel has no /proc/kpageflags");
	ASSERT_PHYSICAL(&after);
	ASSERT_TRUE(read_kpageflags(&before, &k[1]));
	EXPECT_BETWEEN(k[0].free, k[1].free, c[MEMCENSUS_FC_FREE]);
	EXPECT_BETWEEN(k[0].slab, k[1].slab, c[MEMCENSUS_FC_SLAB]);
	EXPECT_BETWEEN(k[0].page_tables, k[1].page_tables, c[MEMCENSUS_FC_PAGE_TABLES]);
	EXPECT_BETWEEN(k[0].hugetlb, k[1].hugetlb,
		       c[MEMCENSUS_FC_HUGETLB] + c[MEMCENSUS_FC_HUGETLB_FREE]);
	EXPECT_BETWEEN(k[0].offline, k[1].offline, c[MEMCENSUS_FC_OFFLINE]);
	/* The zero page is reserved too, if it is in the image of the kernel. */
	EXPECT_LE(c[MEMCENSUS_FC_RESERVED], k[1].reserved * PAGE);
	/* On debug kernels 35 reserved frames have a type, which tells more. */
	EXPECT_LE(k[1].reserved * PAGE,
		  c[MEMCENSUS_FC_RESERVED] + c[MEMCENSUS_FC_ZERO] + NOISE);
	EXPECT_BETWEEN(k[0].anon, k[1].anon, c[MEMCENSUS_FC_ANON] +
		       c[MEMCENSUS_FC_ANON_UNMAPPED] + c[MEMCENSUS_FC_ANON_TAILS]);
	EXPECT_LT(32 << 20, c[MEMCENSUS_FC_ANON]);
	munmap(at, 32 << 20);
}

/* Lines of meminfo that count what classes and states count. */
enum line { MEM_FREE, ANON_PAGES, MAPPED, SHMEM, PAGE_TABLES, MLOCKED, CACHED, BUFFERS, LINES };

static const char *const line_names[LINES] = {
	"MemFree", "AnonPages", "Mapped", "Shmem", "PageTables", "Mlocked", "Cached", "Buffers",
};

static void read_lines(uint64_t *lines)
{
	unsigned int i;

	for (i = 0; i < LINES; i++)
		lines[i] = meminfo_bytes(line_names[i]);
}

/*
 * Expects @bytes to be between a line of meminfo before the pass and after it, but for noise and
 * what processors batch.
 */
#define EXPECT_LINE(name, bytes) do {					\
	uint64_t __was = was[name], __now = now[name], __bytes = (bytes);	\
	ASSERT_NE(UINT64_MAX, __was);					\
	EXPECT_LE(__was < __now ? __was : __now, __bytes + NOISE)	\
		TH_LOG("%s", line_names[name]);				\
	EXPECT_LE(__bytes, (__was > __now ? __was : __now) + NOISE)	\
		TH_LOG("%s", line_names[name]);				\
} while (0)

/* Free pages in lists of processors, by zoneinfo. */
static uint64_t all_pcp(const struct physical *p)
{
	uint64_t pcp = 0;
	unsigned int i;

	for (i = 0; i < p->n_zones; i++)
		pcp += zoneinfo(p->zones[i].node, p->zones[i].name, "count:");
	return pcp;
}

/*
 * Linux 6.7 and later give up to 2,016 pages of each processor's lists back in a second, so free
 * memory is only known to be between what it was before the pass and after it.
 */
TEST(counters)
{
	const uint64_t *c = after.class;
	const uint64_t batches = 2 * NOISE;
	uint64_t pcp[2], was[LINES], now[LINES], most;
	unsigned int i;

	ASSERT_PHYSICAL(&before);
	/* Pages come and go in batches, so only one of some tries must agree. */
	for (i = 0; i < 5; i++) {
		read_lines(was);
		pcp[0] = all_pcp(&before);
		ASSERT_PHYSICAL(&after);
		pcp[1] = all_pcp(&after);
		read_lines(now);
		most = (pcp[0] > pcp[1] ? pcp[0] : pcp[1]) + NOISE;
		if (c[MEMCENSUS_FC_FREE_PCP] <= most)
			break;
	}
	EXPECT_LE(pcp[0] < pcp[1] ? pcp[0] : pcp[1], c[MEMCENSUS_FC_FREE_PCP] + batches);
	EXPECT_LE(c[MEMCENSUS_FC_FREE_PCP], most);
	diag("free_pcp %llu KiB, zoneinfo %llu and %llu KiB, remainder %llu KiB",
	     (unsigned long long)c[MEMCENSUS_FC_FREE_PCP] >> 10,
	     (unsigned long long)pcp[0] >> 10, (unsigned long long)pcp[1] >> 10,
	     (unsigned long long)c[MEMCENSUS_FC_REMAINDER] >> 10);
	EXPECT_LINE(MEM_FREE, c[MEMCENSUS_FC_FREE]);
	EXPECT_LINE(ANON_PAGES, c[MEMCENSUS_FC_ANON]);
	EXPECT_LINE(MAPPED, c[MEMCENSUS_FC_FILE] + c[MEMCENSUS_FC_SHMEM]);
	EXPECT_LINE(SHMEM, c[MEMCENSUS_FC_SHMEM] + c[MEMCENSUS_FC_SHMEM_UNMAPPED]);
	EXPECT_LINE(PAGE_TABLES, c[MEMCENSUS_FC_PAGE_TABLES]);
	EXPECT_LINE(MLOCKED, after.state[MEMCENSUS_FS_MLOCKED]);
	was[CACHED] += was[BUFFERS];
	now[CACHED] += now[BUFFERS];
	EXPECT_LINE(CACHED, c[MEMCENSUS_FC_FILE] + c[MEMCENSUS_FC_FILE_UNMAPPED] +
		    c[MEMCENSUS_FC_SHMEM] + c[MEMCENSUS_FC_SHMEM_UNMAPPED]);
}

/* 64 MiB of anonymous memory. */
TEST(anon)
{
	const size_t size = 64 << 20;
	char *at = map_private(PLACE(0), size);

	ASSERT_PHYSICAL(&before);
	write_pages(at, size / PAGE);
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(size / PAGE, ANON);
	EXPECT_GREW(0, REMAINDER);
	ASSERT_EQ(0, munmap(at, size));
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(0, ANON);
}

/* Shared memory that nothing maps, then half of it mapped. */
TEST(shmem)
{
	const size_t size = 32 << 20;
	static char block[1 << 20];
	int fd = memfd("physical", 0);
	char *at;
	size_t i;

	ASSERT_LE(0, fd);
	ASSERT_PHYSICAL(&before);
	for (i = 0; i < size; i += sizeof(block))
		ASSERT_EQ((ssize_t)sizeof(block), write(fd, block, sizeof(block)));
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(size / PAGE, SHMEM_UNMAPPED);
	EXPECT_GREW(0, SHMEM);
	at = map(PLACE(0), size / 2, PROT_READ, MAP_SHARED, fd, 0);
	read_pages(at, size / 2 / PAGE);
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(size / 2 / PAGE, SHMEM);
	EXPECT_GREW(size / 2 / PAGE, SHMEM_UNMAPPED);
	munmap(at, size / 2);
	close(fd);
}

/* Page cache of a file, then half of it mapped. */
TEST(file)
{
	static const char path[] = "/scratch/physical";
	const size_t size = 16 << 20;
	static char block[1 << 20];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint64_t dirty;
	char *at;
	size_t i;

	if (fd < 0)
		SKIP(return, "machine has no disk");
	ASSERT_PHYSICAL(&before);
	for (i = 0; i < size; i += sizeof(block))
		ASSERT_EQ((ssize_t)sizeof(block), write(fd, block, sizeof(block)));
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(size / PAGE, FILE_UNMAPPED);
	/* Some may have been written to the disk before the pass, and more after it. */
	dirty = meminfo_bytes("Dirty") + meminfo_bytes("Writeback");
	EXPECT_LE(dirty < size / 2 ? dirty : size / 2,
		  after.state[MEMCENSUS_FS_DIRTY] + after.state[MEMCENSUS_FS_WRITEBACK]);
	ASSERT_EQ(0, fsync(fd));
	at = map(PLACE(0), size / 2, PROT_READ, MAP_SHARED, fd, 0);
	read_pages(at, size / 2 / PAGE);
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(size / 2 / PAGE, FILE);
	EXPECT_GREW(size / 2 / PAGE, FILE_UNMAPPED);
	munmap(at, size / 2);
	close(fd);
	unlink(path);
}

/* Eight huge pages in the pool, two of them in use. */
TEST(hugetlb)
{
	const int64_t taken = 8 * HUGE, noise = NOISE;
	long pool = read_number(POOL);
	char text[32], *at;
	int64_t room;

	if (pool < 0)
		SKIP(return, "kernel has no hugetlb pages of the size of a table");
	ASSERT_PHYSICAL(&before);
	snprintf(text, sizeof(text), "%ld", pool + 8);
	ASSERT_TRUE(write_file(POOL, text));
	ASSERT_EQ(pool + 8, read_number(POOL));
	ASSERT_PHYSICAL(&after);
	EXPECT_EQ(8 * HUGE, (size_t)GREW(HUGETLB_FREE));
	EXPECT_EQ(0, GREW(HUGETLB));
	at = map(PLACE(0), 2 * HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1, 0);
	at[0] = 1;
	at[HUGE] = 1;
	ASSERT_PHYSICAL(&after);
	EXPECT_EQ(6 * HUGE, (size_t)GREW(HUGETLB_FREE));
	EXPECT_EQ(2 * HUGE, (size_t)GREW(HUGETLB));
	/* They were free, or the kernel reclaimed memory to make room for them. */
	room = GREW(FREE);
	room += GREW(FREE_PCP);
	room += GREW(FILE);
	room += GREW(FILE_UNMAPPED);
	room += GREW(SLAB);
	EXPECT_LE(-taken - noise, room);
	EXPECT_LE(room, -taken + noise);
	munmap(at, 2 * HUGE);
	snprintf(text, sizeof(text), "%ld", pool);
	write_file(POOL, text);
}

/* One page in each table, read only: page tables, and nothing else. */
TEST(page_tables)
{
	const unsigned long nr = 2048;
	char *at = map(PLACE(0), nr * HUGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long i;

	no_huge_pages(at, nr * HUGE);
	ASSERT_PHYSICAL(&before);
	for (i = 0; i < nr; i++)
		(void)*(volatile char *)(at + i * HUGE);
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(nr, PAGE_TABLES);
	EXPECT_GREW(0, ANON);
	munmap(at, nr * HUGE);
}

/* Half of each huge page is unmapped: the rest of it is still held. */
TEST(tails)
{
	const unsigned long nr = 16, half = HUGE / PAGE / 2;
	char *at;
	unsigned long i;

	if (!thp_on())
		SKIP(return, "kernel has no huge pages");
	at = map_private(PLACE(0), nr * HUGE);
	ASSERT_EQ(0, madvise(at, nr * HUGE, MADV_HUGEPAGE));
	ASSERT_PHYSICAL(&before);
	write_pages(at, nr * HUGE / PAGE);
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(2 * nr * half, ANON);
	if (!(after.known >> MEMCENSUS_FC_ANON_TAILS & 1))
		SKIP(return, "pages have no map counts");
	for (i = 0; i < nr; i++)
		ASSERT_EQ(0, munmap(at + i * HUGE + half * PAGE, half * PAGE));
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(nr * half, ANON);
	EXPECT_GREW(nr * half, ANON_TAILS);
	munmap(at, nr * HUGE);
}

/* Directories of a memory file system need inodes and names: slab. */
TEST(slab)
{
	const unsigned int nr = 6000;
	char path[64];
	unsigned int i;
	uint64_t line;

	ASSERT_EQ(0, mkdir("/tmp/physical", 0700));
	ASSERT_PHYSICAL(&before);
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "/tmp/physical/%u", i);
		ASSERT_EQ(0, mkdir(path, 0700));
	}
	ASSERT_PHYSICAL(&after);
	/* At least 600 bytes each for an inode and a name. */
	EXPECT_LE((int64_t)nr * 600, GREW(SLAB));
	/* Before large kmalloc() had a type, Slab counts it, and its class is KERNEL. */
	line = meminfo_bytes("Slab");
	EXPECT_LE(after.class[MEMCENSUS_FC_SLAB], line + NOISE);
	if (after.known >> MEMCENSUS_FC_LARGE_KMALLOC & 1)
		EXPECT_LE(line, after.class[MEMCENSUS_FC_SLAB] +
			  after.class[MEMCENSUS_FC_LARGE_KMALLOC] + NOISE);
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "/tmp/physical/%u", i);
		rmdir(path);
	}
	rmdir("/tmp/physical");
}

/* Pages in pipes have neither type nor flags, only the kernel refers to them. */
TEST(kernel)
{
	const size_t size = 1 << 20;
	static char block[1 << 20];
	int pipes[24][2];
	unsigned int i;

	ASSERT_PHYSICAL(&before);
	for (i = 0; i < 24; i++) {
		ASSERT_EQ(0, pipe(pipes[i]));
		ASSERT_EQ((int)size, fcntl(pipes[i][1], F_SETPIPE_SZ, (int)size));
		ASSERT_EQ((ssize_t)size, write(pipes[i][1], block, size));
	}
	ASSERT_PHYSICAL(&after);
	EXPECT_GREW(24 * size / PAGE, KERNEL);
	EXPECT_GREW(0, REMAINDER);
	for (i = 0; i < 24; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
}

/* mlock() marks pages. */
TEST(mlocked)
{
	const size_t size = 16 << 20;
	char *at = map_private(PLACE(0), size);
	uint64_t grew;

	ASSERT_PHYSICAL(&before);
	ASSERT_EQ(0, mlock(at, size));
	ASSERT_PHYSICAL(&after);
	grew = after.state[MEMCENSUS_FS_MLOCKED] - before.state[MEMCENSUS_FS_MLOCKED];
	EXPECT_LE(size - 64 * PAGE, grew);
	EXPECT_LE(grew, size + 64 * PAGE);
	EXPECT_GREW(size / PAGE, ANON);
	munmap(at, size);
}

#define ASSERT_BLOCKS(p, of)						\
	ASSERT_EQ(0, physical_take_with(p, (struct physical_ask){ .order = (of) })) \
		TH_LOG("no answer: %s", (p)->wrong)

#define CLASS_BIT(name)	(1U << MEMCENSUS_FC_##name)

static uint64_t block_stuck(uint64_t record)
{
	return record >> MEMCENSUS_BLOCK_STUCK_SHIFT;
}

static unsigned int block_class(uint64_t record)
{
	return record >> MEMCENSUS_BLOCK_CLASS_SHIFT & 0xff;
}

/* Blocks of @p of which only @in_way is in the way, and most of it, or of all, is of @class. */
static unsigned int count_blocks(const struct physical *p, uint32_t in_way, unsigned int class)
{
	unsigned int n = 0, i;

	for (i = 0; i < p->n_blocks; i++)
		n += (uint32_t)p->blocks[i].record == in_way &&
		     block_class(p->blocks[i].record) == class;
	return n;
}

/* What blocks say is what classes say, to the frame, for blocks of several sizes. */
TEST(block_sums)
{
	static const unsigned int orders[] = { 4, 9, 11 };
	const uint64_t *c = before.class;
	uint64_t free, stuck, frames, movable;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		ASSERT_BLOCKS(&before, orders[i]);
		EXPECT_EQ(orders[i], before.order);
		ASSERT_LT(0, before.n_blocks);
		free = 0;
		stuck = 0;
		frames = 0;
		for (j = 0; j < before.n_blocks; j++) {
			uint64_t record = before.blocks[j].record;

			EXPECT_EQ(0, before.blocks[j].pfn % (1U << orders[i]));
			EXPECT_EQ(!(uint32_t)record, !block_stuck(record));
			EXPECT_LE(block_free(record) + block_stuck(record), 1U << orders[i]);
			free += block_free(record);
			/* Without the frames that are of no zone. */
			stuck += (uint32_t)record == MEMCENSUS_BLOCK_HOLE ? 0 :
				 block_stuck(record);
			frames += 1U << orders[i];
		}
		EXPECT_EQ((c[MEMCENSUS_FC_FREE] + c[MEMCENSUS_FC_FREE_PCP] +
			   c[MEMCENSUS_FC_UNACCEPTED]) / PAGE, free);
		movable = (c[MEMCENSUS_FC_ANON] + c[MEMCENSUS_FC_ANON_UNMAPPED] +
			   c[MEMCENSUS_FC_ANON_TAILS] + c[MEMCENSUS_FC_SWAP_CACHE] +
			   c[MEMCENSUS_FC_SHMEM] + c[MEMCENSUS_FC_SHMEM_UNMAPPED] +
			   c[MEMCENSUS_FC_FILE] + c[MEMCENSUS_FC_FILE_UNMAPPED] +
			   c[MEMCENSUS_FC_ZSMALLOC] + c[MEMCENSUS_FC_MOVABLE] -
			   before.state[MEMCENSUS_FS_PINNED]) / PAGE;
		/* In the way is all else; blocks may begin before a zone, or in a hole. */
		EXPECT_LE(physical_classes(c) / PAGE - free - movable, stuck);
		EXPECT_LE(stuck, frames - free - movable);
		EXPECT_LE(physical_classes(c) / PAGE, frames);
	}
}

/* Eight free huge pages are in the way, and nothing else in their blocks. */
TEST(block_hugetlb)
{
	const uint32_t bit = CLASS_BIT(HUGETLB_FREE);
	const unsigned int order = __builtin_ctzl(HUGE / PAGE);
	long pool = read_number(POOL);
	char text[32];

	if (pool < 0)
		SKIP(return, "kernel has no hugetlb pages of the size of a table");
	ASSERT_BLOCKS(&before, order);
	snprintf(text, sizeof(text), "%ld", pool + 8);
	ASSERT_TRUE(write_file(POOL, text));
	ASSERT_EQ(pool + 8, read_number(POOL));
	ASSERT_BLOCKS(&after, order);
	EXPECT_EQ(8, count_blocks(&after, bit, MEMCENSUS_FC_HUGETLB_FREE) -
		     count_blocks(&before, bit, MEMCENSUS_FC_HUGETLB_FREE));
	snprintf(text, sizeof(text), "%ld", pool);
	write_file(POOL, text);
}

/* Pins a buffer, as io_uring does for O_DIRECT.  Return: a descriptor, or -1. */
static int pin(void *at, size_t size)
{
	static char params[120];
	struct iovec iov = { at, size };
	int fd = syscall(__NR_io_uring_setup, 1, params);

	if (fd >= 0 && syscall(__NR_io_uring_register, fd, 0, &iov, 1)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Huge pages can move, until they are pinned. */
TEST(block_pinned)
{
	const unsigned int order = __builtin_ctzl(HUGE / PAGE), nr = 8;
	const struct physical_ask by_cgroup = { .order = order, .cgroups = true };
	uint64_t pinned = 0, most = 0;
	unsigned int was, grew, i;
	char *at;
	int fd;

	if (!thp_on())
		SKIP(return, "kernel has no huge pages");
	at = map_private(PLACE(0), nr * HUGE);
	ASSERT_EQ(0, madvise(at, nr * HUGE, MADV_HUGEPAGE));
	ASSERT_BLOCKS(&before, order);
	was = count_blocks(&before, 0, MEMCENSUS_FC_ANON);
	write_pages(at, nr * HUGE / PAGE);
	ASSERT_BLOCKS(&after, order);
	grew = count_blocks(&after, 0, MEMCENSUS_FC_ANON) - was;
	EXPECT_LE(nr, grew + 1);
	EXPECT_EQ(before.state[MEMCENSUS_FS_PINNED], after.state[MEMCENSUS_FS_PINNED]);
	was = count_blocks(&after, MEMCENSUS_BLOCK_PINNED, 1);
	fd = pin(at, nr * HUGE);
	if (fd < 0) {
		munmap(at, nr * HUGE);
		SKIP(return, "kernel has no io_uring");
	}
	ASSERT_BLOCKS(&after, order);
	EXPECT_EQ(nr * HUGE, after.state[MEMCENSUS_FS_PINNED] - before.state[MEMCENSUS_FS_PINNED]);
	EXPECT_LE(nr, count_blocks(&after, MEMCENSUS_BLOCK_PINNED, 1) - was + 1);
	/* By the cgroup that is charged; without the controller, by the record of none. */
	ASSERT_EQ(0, physical_take_with(&after, by_cgroup))
		TH_LOG("no answer: %s", after.wrong);
	for (i = 0; i < after.n_cgroups; i++) {
		pinned += after.cgroups[i].pinned;
		most = after.cgroups[i].pinned > most ? after.cgroups[i].pinned : most;
	}
	EXPECT_EQ(after.state[MEMCENSUS_FS_PINNED], pinned);
	EXPECT_LE(nr * HUGE, most);
	close(fd);
	munmap(at, nr * HUGE);
}

#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

/* Makes the kernel believe that @nr pages from @at on have errors. */
static bool poison(char *at, unsigned int nr)
{
	unsigned int i, done = 0;

	for (i = 0; i < nr; i++)
		done += !madvise(at + i * PAGE, PAGE, MADV_HWPOISON);
	return done;
}

/* The signal is forced on who does not handle it. */
static void on_error(int number)
{
	(void)number;
}

/*
 * Errors in three small pages; in one of a hugetlb page of a file, which stays; and in two of a
 * huge page that cannot be split, as it is pinned.
 */
static void be_poisoned(const int *ready, const int *go)
{
	char *at = map_private(PLACE(0), 4 * PAGE), c;
	int fd = memfd_create("poisoned", MFD_HUGETLB | MAP_HUGE_SIZE(HUGE));

	signal(SIGBUS, on_error);
	madvise(at, 4 * PAGE, MADV_NOHUGEPAGE);
	write_pages(at, 4);
	c = poison(at, 3) ? 's' : '-';
	if (fd >= 0 && !ftruncate(fd, HUGE)) {
		at = map(PLACE(1), HUGE, RW, MAP_SHARED, fd, 0);
		at[0] = 1;
		poison(at + 5 * PAGE, 1);
	}
	at = map_private(PLACE(2), HUGE);
	if (thp_on() && !madvise(at, HUGE, MADV_HUGEPAGE)) {
		write_pages(at, HUGE / PAGE);
		if (pin(at, HUGE) >= 0)
			poison(at + 7 * PAGE, 2);
	}
	need(write(ready[1], &c, 1) == 1 && read(go[0], &c, 1) == 1, "parent");
	_exit(0);
}

/* Frames with errors are what HardwareCorrupted says, to the frame. */
TEST(poisoned)
{
	long pool = read_number(POOL);
	int ready[2], go[2], status;
	uint64_t was;
	char text[32], c;
	pid_t pid;

	ASSERT_PHYSICAL(&before);
	was = meminfo_bytes("HardwareCorrupted");
	if (was == UINT64_MAX || !(before.known >> MEMCENSUS_FC_POISONED & 1))
		SKIP(return, "kernel has no CONFIG_MEMORY_FAILURE");
	EXPECT_EQ(was, before.class[MEMCENSUS_FC_POISONED]);
	if (pool >= 0) {
		snprintf(text, sizeof(text), "%ld", pool + 1);
		write_file(POOL, text);
	}
	ASSERT_EQ(0, pipe(ready) || pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		be_poisoned(ready, go);
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &c, 1));
	ASSERT_PHYSICAL(&after);
	if (c == 's') {
		EXPECT_LE(was + 3 * PAGE, meminfo_bytes("HardwareCorrupted"));
		EXPECT_EQ(meminfo_bytes("HardwareCorrupted"), after.class[MEMCENSUS_FC_POISONED]);
	}
	diag("%llu pages have errors", (unsigned long long)GREW(POISONED) / PAGE);
	ASSERT_EQ(1, write(go[1], "g", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (pool >= 0) {
		snprintf(text, sizeof(text), "%ld", pool);
		write_file(POOL, text);
	}
	if (c != 's')
		SKIP(return, "kernel has no MADV_HWPOISON");
}

#define CGROUPS	"/sys/fs/cgroup"
#define PARENT	CGROUPS "/memcensus-physical"
#define CHILD	PARENT "/child"

#define ASSERT_CGROUPS(p)						\
	ASSERT_EQ(0, physical_take_with(p, (struct physical_ask){ .cgroups = true })) \
		TH_LOG("no answer: %s", (p)->wrong)

/* The record of a cgroup; one of zeros if it has none. */
static struct physical_cgroup cgroup_of(const struct physical *p, uint64_t id)
{
	static const struct physical_cgroup none;
	unsigned int i;

	for (i = 0; i < p->n_cgroups; i++)
		if (p->cgroups[i].cgroup == id)
			return p->cgroups[i];
	return none;
}

/* Expects that class @name of a cgroup has @pages, but for what its process needs. */
#define EXPECT_CHARGED(cgroup, name, pages) do {			\
	uint64_t __has = (cgroup).class[MEMCENSUS_FC_##name];		\
	uint64_t __pages = (pages);					\
	EXPECT_LE(__pages * PAGE, __has)				\
		TH_LOG(#name);						\
	EXPECT_LE(__has, (__pages + 256) * PAGE)			\
		TH_LOG(#name);						\
} while (0)

/*
 * A process in CHILD makes 4,096 private pages, 2,048 of shmem that nothing maps, and 256 in a
 * pipe, and ends.  Its shmem and its pipe outlive it.
 */
static void be_charged(int fd, const int *pipe_fd, const int *ready, const int *go)
{
	static char block[1 << 20];
	char c;
	int i;

	need(enter_cgroup(CHILD), CHILD);
	write_pages(map_private(PLACE(1), 4096 * PAGE), 4096);
	for (i = 0; i < 2048; i++)
		need(write(fd, block, PAGE) == (ssize_t)PAGE, "shmem");
	need(fcntl(pipe_fd[1], F_SETPIPE_SZ, 256 * (int)PAGE) == 256 * (int)PAGE, "pipe");
	for (i = 0; i < 256; i++)
		need(write(pipe_fd[1], block, PAGE) == (ssize_t)PAGE, "pipe");
	need(write(ready[1], "r", 1) == 1 && read(go[0], &c, 1) == 1, "parent");
	_exit(0);
}

TEST(cgroups)
{
	int fd = memfd("physical", 0), pipe_fd[2], ready[2], go[2], status;
	struct physical_cgroup child;
	uint64_t all[__MEMCENSUS_FC_MAX] = { 0 }, id;
	unsigned int i, n;
	struct stat st;
	pid_t pid;
	char c;

	if (access(CGROUPS "/cgroup.controllers", F_OK) ||
	    (!write_file(CGROUPS "/cgroup.subtree_control", "+memory")))
		SKIP(return, "memory has no controller of cgroup version 2");
	ASSERT_EQ(0, mkdir(PARENT, 0700));
	ASSERT_TRUE(write_file(PARENT "/cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(CHILD, 0700));
	ASSERT_EQ(0, stat(CHILD, &st));
	id = st.st_ino;
	ASSERT_EQ(0, pipe(pipe_fd) || pipe(ready) || pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		be_charged(fd, pipe_fd, ready, go);
	ASSERT_EQ(1, read(ready[0], &c, 1));
	ASSERT_CGROUPS(&after);
	child = cgroup_of(&after, id);
	EXPECT_CHARGED(child, ANON, 4096);
	EXPECT_CHARGED(child, SHMEM_UNMAPPED, 2048);
	EXPECT_CHARGED(child, KERNEL, 256);
	EXPECT_EQ(0, child.class[MEMCENSUS_FC_FREE]);
	if (child.has_shared)
		EXPECT_LE(child.shared, 256 * PAGE);
	/* Each frame is in one record. */
	for (i = 0; i < after.n_cgroups; i++)
		for (n = 0; n <= MEMCENSUS_FC_MAX; n++)
			all[n] += after.cgroups[i].class[n];
	for (n = 0; n <= MEMCENSUS_FC_MAX; n++)
		EXPECT_EQ(after.class[n], all[n]);
	ASSERT_EQ(1, write(go[1], "g", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, rmdir(CHILD));
	ASSERT_EQ(0, stat(PARENT, &st));
	/* What is left is of the parent, once a worker of the kernel has removed the child. */
	for (i = 0; i < 100; i++) {
		ASSERT_CGROUPS(&after);
		if (!cgroup_of(&after, id).cgroup)
			break;
		usleep(50000);
	}
	EXPECT_EQ(0, cgroup_of(&after, id).class[MEMCENSUS_FC_SHMEM_UNMAPPED]);
	EXPECT_CHARGED(cgroup_of(&after, st.st_ino), SHMEM_UNMAPPED, 2048);
	EXPECT_CHARGED(cgroup_of(&after, st.st_ino), KERNEL, 256);
	close(fd);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	rmdir(PARENT);
}

/* Maps huge pages of shmem in CHILD, and makes them if they do not exist yet. */
static void map_huge_shmem(void *arg)
{
	const int *fd = arg;
	char *at = map(PLACE(0), 4 * HUGE, RW, MAP_SHARED, *fd, 0);

	need(enter_cgroup(CHILD), CHILD);
	need(!madvise(at, 4 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	write_pages(at, 4 * HUGE / PAGE);
}

/* Huge pages are shared from the second process on: the first one is no second mapping. */
TEST(cgroup_shared_huge)
{
	int fd = memfd("physical", 4 * HUGE / PAGE);
	struct physical_cgroup cgroup;
	struct stat st;
	pid_t pids[2];

	if (access(CGROUPS "/cgroup.controllers", F_OK) ||
	    (!write_file(CGROUPS "/cgroup.subtree_control", "+memory")))
		SKIP(return, "memory has no controller of cgroup version 2");
	if (!thp_on() || !write_file(THP_SYS "shmem_enabled", "advise"))
		SKIP(return, "kernel has no huge pages in shmem");
	ASSERT_EQ(0, mkdir(PARENT, 0700));
	ASSERT_TRUE(write_file(PARENT "/cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(CHILD, 0700));
	ASSERT_EQ(0, stat(CHILD, &st));
	pids[0] = child_start(map_huge_shmem, &fd);
	ASSERT_LT(0, pids[0]);
	ASSERT_CGROUPS(&after);
	cgroup = cgroup_of(&after, st.st_ino);
	if (!cgroup.has_shared)
		SKIP(goto out, "pages have no map counts");
	EXPECT_CHARGED(cgroup, SHMEM, 4 * HUGE / PAGE);
	EXPECT_LE(cgroup.shared, 256 * PAGE);
	pids[1] = child_start(map_huge_shmem, &fd);
	ASSERT_LT(0, pids[1]);
	ASSERT_CGROUPS(&after);
	cgroup = cgroup_of(&after, st.st_ino);
	EXPECT_LE(4 * HUGE, cgroup.shared);
	EXPECT_LE(cgroup.shared, 4 * HUGE + 256 * PAGE);
	child_end(pids[1]);
out:
	write_file(THP_SYS "shmem_enabled", "never");
	child_end(pids[0]);
	close(fd);
	rmdir(CHILD);
	rmdir(PARENT);
}

/* More cgroups than the first table has room for. */
TEST(many_cgroups)
{
	const unsigned int nr = 150;
	unsigned int i, charged = 0;
	char path[64];
	struct stat st;
	pid_t child;
	int fd, status;

	if (access(CGROUPS "/cgroup.controllers", F_OK) ||
	    (!write_file(CGROUPS "/cgroup.subtree_control", "+memory")))
		SKIP(return, "memory has no controller of cgroup version 2");
	fd = memfd("physical", 0);
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), PARENT "-%u", i);
		ASSERT_EQ(0, mkdir(path, 0700));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			need(enter_cgroup(path), path);
			need(pwrite(fd, path, 1, i * PAGE) == 1, "shmem");
			_exit(0);
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
	}
	ASSERT_CGROUPS(&after);
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), PARENT "-%u", i);
		ASSERT_EQ(0, stat(path, &st));
		charged += cgroup_of(&after, st.st_ino).class[MEMCENSUS_FC_SHMEM_UNMAPPED] == PAGE;
		ASSERT_EQ(0, rmdir(path));
	}
	EXPECT_EQ(nr, charged);
	close(fd);
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
