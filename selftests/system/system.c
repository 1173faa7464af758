// SPDX-License-Identifier: GPL-2.0
/* Compares the totals of the system with meminfo and vmstat, idle and after reclaim. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "selftest.h"

#include "memory/zram.h"
#include "unused_lines.h"

static const struct census_request request = {
	.parts = MEMCENSUS_PART_SYSTEM,
};

struct line {
	const char *name;
	unsigned int n;
};

static const struct line meminfo[] = {
	{ "MemTotal", MEMCENSUS_S_TOTAL },
	{ "MemFree", MEMCENSUS_S_FREE },
	{ "MemAvailable", MEMCENSUS_S_AVAILABLE },
	{ "Buffers", MEMCENSUS_S_BUFFERS },
	{ "Cached", MEMCENSUS_S_CACHED },
	{ "SwapCached", MEMCENSUS_S_SWAP_CACHED },
	{ "Active(anon)", MEMCENSUS_S_ACTIVE_ANON },
	{ "Inactive(anon)", MEMCENSUS_S_INACTIVE_ANON },
	{ "Active(file)", MEMCENSUS_S_ACTIVE_FILE },
	{ "Inactive(file)", MEMCENSUS_S_INACTIVE_FILE },
	{ "Unevictable", MEMCENSUS_S_UNEVICTABLE },
	{ "Mlocked", MEMCENSUS_S_MLOCKED },
	{ "SwapFree", MEMCENSUS_S_SWAP_FREE },
	{ "Dirty", MEMCENSUS_S_DIRTY },
	{ "Writeback", MEMCENSUS_S_WRITEBACK },
	{ "AnonPages", MEMCENSUS_S_ANON },
	{ "Mapped", MEMCENSUS_S_MAPPED },
	{ "Shmem", MEMCENSUS_S_SHMEM },
	{ "SReclaimable", MEMCENSUS_S_SLAB_RECLAIMABLE },
	{ "SUnreclaim", MEMCENSUS_S_SLAB_UNRECLAIMABLE },
	{ "KReclaimable", MEMCENSUS_S_KERNEL_RECLAIMABLE },
	{ "KernelStack", MEMCENSUS_S_KERNEL_STACK },
	{ "PageTables", MEMCENSUS_S_PAGETABLES },
	{ "SecPageTables", MEMCENSUS_S_SEC_PAGETABLES },
	{ "Committed_AS", MEMCENSUS_S_COMMITTED },
	{ "AnonHugePages", MEMCENSUS_S_ANON_HUGE },
	{ "ShmemHugePages", MEMCENSUS_S_SHMEM_HUGE },
	{ "ShmemPmdMapped", MEMCENSUS_S_SHMEM_PMD },
	{ "FileHugePages", MEMCENSUS_S_FILE_HUGE },
	{ "FilePmdMapped", MEMCENSUS_S_FILE_PMD },
	{ "CmaFree", MEMCENSUS_S_CMA_FREE },
	{ "Balloon", MEMCENSUS_S_BALLOON },
};

/* Lines of /proc/meminfo that the reader reads itself. */
static const char *const of_reader[] = {
	"SwapTotal", "CommitLimit", "VmallocUsed", "Percpu", "Zswap", "HugePages_", "Hugepagesize",
	"Hugetlb", "HardwareCorrupted", "GPUActive", "GPUReclaim", "WritebackTmp",
};

/* A name that ends in _ is the sum of all names with this prefix. */
static const struct line vmstat[] = {
	{ "pgpgin", MEMCENSUS_E_PGPGIN_KIB },
	{ "pgpgout", MEMCENSUS_E_PGPGOUT_KIB },
	{ "pswpin", MEMCENSUS_E_PSWPIN },
	{ "pswpout", MEMCENSUS_E_PSWPOUT },
	{ "pgalloc_", MEMCENSUS_E_PGALLOC },
	{ "pgfree", MEMCENSUS_E_PGFREE },
	{ "pgactivate", MEMCENSUS_E_PGACTIVATE },
	{ "pgdeactivate", MEMCENSUS_E_PGDEACTIVATE },
	{ "pgfault", MEMCENSUS_E_PGFAULT },
	{ "pgmajfault", MEMCENSUS_E_PGMAJFAULT },
	{ "pgrefill", MEMCENSUS_E_PGREFILL },
	{ "pgscan_kswapd", MEMCENSUS_E_PGSCAN_KSWAPD },
	{ "pgscan_direct", MEMCENSUS_E_PGSCAN_DIRECT },
	{ "pgsteal_kswapd", MEMCENSUS_E_PGSTEAL_KSWAPD },
	{ "pgsteal_direct", MEMCENSUS_E_PGSTEAL_DIRECT },
	{ "slabs_scanned", MEMCENSUS_E_SLABS_SCANNED },
	{ "kswapd_inodesteal", MEMCENSUS_E_KSWAPD_INODESTEAL },
	{ "kswapd_low_wmark_hit_quickly", MEMCENSUS_E_KSWAPD_LOW_QUICK },
	{ "kswapd_high_wmark_hit_quickly", MEMCENSUS_E_KSWAPD_HIGH_QUICK },
	{ "pageoutrun", MEMCENSUS_E_PAGEOUTRUN },
	{ "allocstall_", MEMCENSUS_E_ALLOCSTALL },
	{ "oom_kill", MEMCENSUS_E_OOM_KILL },
	{ "compact_stall", MEMCENSUS_E_COMPACT_STALL },
	{ "compact_fail", MEMCENSUS_E_COMPACT_FAIL },
	{ "compact_success", MEMCENSUS_E_COMPACT_SUCCESS },
	{ "compact_daemon_wake", MEMCENSUS_E_COMPACT_DAEMON_WAKE },
	{ "thp_fault_alloc", MEMCENSUS_E_THP_FAULT_ALLOC },
	{ "thp_collapse_alloc", MEMCENSUS_E_THP_COLLAPSE_ALLOC },
	{ "thp_split_page", MEMCENSUS_E_THP_SPLIT },
	{ "thp_fault_fallback", MEMCENSUS_E_THP_FAULT_FALLBACK },
};

static bool is_name(const char *name, const char *word, size_t len)
{
	size_t n = strlen(name);

	return name[n - 1] == '_' ? len > n && !strncmp(name, word, n) :
				    len == n && !strncmp(name, word, n);
}

static void read_lines(const char *path, const struct line *lines,
		       unsigned int n, uint64_t unit,
		       struct census_values *to)
{
	FILE *file = fopen(path, "r");
	unsigned long long value;
	char line[256], word[64];
	unsigned int i;

	memset(to, 0, sizeof(*to));
	need(file, path);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63[^ :]%*[ :]%llu", word, &value) != 2)
			continue;
		for (i = 0; i < n; i++)
			if (is_name(lines[i].name, word, strlen(word))) {
				to->known |= 1ULL << lines[i].n;
				to->value[lines[i].n] += value * unit;
			}
	}
	fclose(file);
}

/*
 * Each figure is between those of the file before and after; pages that a CPU has
 * not yet added to the total allow a small difference.
 */
static void expect_between(struct __test_metadata *_metadata,
			   const struct line *lines, unsigned int n,
			   const struct census_values *before,
			   const struct census_values *ours,
			   const struct census_values *after, uint64_t slack)
{
	unsigned int i, compared = 0;

	for (i = 0; i < n; i++) {
		unsigned int v = lines[i].n;
		uint64_t low = before->value[v], high = after->value[v];

		if (!((before->known & after->known) >> v & 1)) {
			if (ours->known >> v & 1)
				diag("not compared: %s, no such line",
				     lines[i].name);
			continue;
		}
		EXPECT_TRUE(ours->known >> v & 1)
			TH_LOG("%s is missing", lines[i].name);
		if (low > high) {
			low = after->value[v];
			high = before->value[v];
		}
		EXPECT_LE(low, ours->value[v] + slack)
			TH_LOG("%s", lines[i].name);
		EXPECT_LE(ours->value[v], high + slack)
			TH_LOG("%s", lines[i].name);
		compared++;
	}
	diag("%u figures compared", compared);
	EXPECT_LT(n / 2, compared);
}

static void compare_bytes(struct __test_metadata *_metadata)
{
	const uint64_t slack = sysconf(_SC_NPROCESSORS_CONF) * 256 * PAGE;
	struct census_values before, after;
	struct census census;

	read_lines("/proc/meminfo", meminfo, ARRAY_SIZE(meminfo), 1024,
		   &before);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	read_lines("/proc/meminfo", meminfo, ARRAY_SIZE(meminfo), 1024, &after);
	ASSERT_EQ(1, census.n_systems);
	EXPECT_EQ(before.value[MEMCENSUS_S_TOTAL],
		  census.bytes.value[MEMCENSUS_S_TOTAL]);
	expect_between(_metadata, meminfo, ARRAY_SIZE(meminfo), &before,
		       &census.bytes, &after, slack);
	census_free(&census);
}

static const struct line zspages[] = { { "nr_zspages", MEMCENSUS_S_ZSPAGES } };

static void compare_zspages(struct __test_metadata *_metadata)
{
	struct census_values before, after;
	struct census census;

	read_lines("/proc/vmstat", zspages, 1, PAGE, &before);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	read_lines("/proc/vmstat", zspages, 1, PAGE, &after);
	if (before.known)
		expect_between(_metadata, zspages, 1, &before, &census.bytes, &after,
			       sysconf(_SC_NPROCESSORS_CONF) * 256 * PAGE);
	census_free(&census);
}

static void compare_events(struct __test_metadata *_metadata)
{
	struct census_values before, after;
	struct census census;

	read_lines("/proc/vmstat", vmstat, ARRAY_SIZE(vmstat), 1, &before);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	read_lines("/proc/vmstat", vmstat, ARRAY_SIZE(vmstat), 1, &after);
	expect_between(_metadata, vmstat, ARRAY_SIZE(vmstat), &before,
		       &census.events, &after, 0);
	census_free(&census);
}

/* Checks whether the first of @names, up to @n or NULL, have @word. */
static bool have_name(const char *const *names, unsigned int n, const char *word)
{
	unsigned int i;

	for (i = 0; i < n && names[i]; i++)
		if (is_name(names[i], word, strlen(word)))
			return true;
	return false;
}

static bool is_known(const char *word)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(meminfo); i++)
		if (is_name(meminfo[i].name, word, strlen(word)))
			return true;
	for (i = 0; i < ARRAY_SIZE(vmstat); i++)
		if (is_name(vmstat[i].name, word, strlen(word)))
			return true;
	for (i = 0; i < ARRAY_SIZE(unused_lines); i++)
		if (have_name(unused_lines[i].names, ARRAY_SIZE(unused_lines[i].names), word))
			return true;
	return is_name(zspages[0].name, word, strlen(word)) ||
	       have_name(of_reader, ARRAY_SIZE(of_reader), word);
}

/* Each line of the kernel is used, or the list says why not. */
TEST(lines)
{
	static const char *const paths[] = { "/proc/meminfo", "/proc/vmstat" };
	char line[256], word[64];
	unsigned int i, lines;
	FILE *file;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		file = fopen(paths[i], "r");
		ASSERT_NE(NULL, file);
		for (lines = 0; fgets(line, sizeof(line), file); lines++) {
			if (sscanf(line, "%63[^ :]", word) != 1)
				continue;
			EXPECT_TRUE(is_known(word))
				TH_LOG("%s has '%s': use it, or say in unused_lines.h why not",
				       paths[i], word);
		}
		diag("%u lines of %s", lines, paths[i]);
		fclose(file);
	}
}

TEST(bytes)
{
	compare_bytes(_metadata);
}

TEST(events)
{
	compare_events(_metadata);
}

#define MIB		1048576UL
#define MIN_FREE	"/proc/sys/vm/min_free_kbytes"
#define CACHE		"/scratch/reclaim"
#define CACHE_SIZE	(384 * MIB)
#define MAPPED_SIZE	(48 * MIB)
#define SWAPPED_PAGES	1000
#define HUGE_PAGES	16

/* What reclaim must raise to @moved_min at least, to numbers that all differ. */
static const char *const moved[] = {
	"pgscan_kswapd", "pgsteal_kswapd", "pgscan_direct", "pgsteal_direct",
	"pgrefill", "pgactivate",
};

static const uint64_t moved_min = 2000;

static bool is_moved(void)
{
	uint64_t count[ARRAY_SIZE(moved)];
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(moved); i++) {
		count[i] = vmstat_count(moved[i]);
		if (count[i] < moved_min)
			return false;
		for (j = 0; j < i; j++)
			if (count[i] == count[j])
				return false;
	}
	return true;
}

/* Reads @size bytes of the file from @from, one page after the other. */
static void read_cache(int fd, off_t from, size_t size)
{
	static char buffer[256 * 1024];
	ssize_t n;

	for (; size; size -= n, from += n) {
		n = pread(fd, buffer, size < sizeof(buffer) ? size : sizeof(buffer), from);
		need(n > 0, "pread");
	}
}

/* Swaps out and in again, for pswpout and pswpin. */
static void swap(void)
{
	char *at = map_private(PLACE(0), SWAPPED_PAGES * PAGE);

	write_pages(at, SWAPPED_PAGES);
	page_out(at, SWAPPED_PAGES);
	read_pages(at, SWAPPED_PAGES);
	munmap(at, SWAPPED_PAGES * PAGE);
}

static void fault_huge(void)
{
	char *at = map_private(PLACE(1), HUGE_PAGES * HUGE);
	unsigned int i;

	madvise(at, HUGE_PAGES * HUGE, MADV_HUGEPAGE);
	for (i = 0; i < HUGE_PAGES; i++)
		at[i * HUGE] = 1;
	munmap(at, HUGE_PAGES * HUGE);
}

/* Number of zones that have more than 1/64 of memory. */
static unsigned int large_zones(void)
{
	unsigned long managed[16], all = 0, value;
	unsigned int n = 0, large = 0;
	char line[256];
	FILE *file = fopen("/proc/zoneinfo", "r");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file) && n < ARRAY_SIZE(managed)) {
		if (sscanf(line, " managed %lu", &value) != 1)
			continue;
		managed[n++] = value;
		all += value;
	}
	fclose(file);
	while (n--)
		large += managed[n] > all / 64;
	return large;
}

/*
 * Fills page cache with a file of holes, some of it mapped, then raises the minimum of free
 * memory above what is free: until kswapd has taken the cache back, each allocation reclaims.
 * The cache is more than what is missing, so that there is always something to reclaim.
 */
static void press(int fd, const char *mapped)
{
	char text[32], old[32];
	long min_free = read_number(MIN_FREE);
	struct census_values v;

	need(min_free > 0, MIN_FREE);
	/* What a round before left in memory would need none. */
	posix_fadvise(fd, CACHE_SIZE / 2, CACHE_SIZE / 2, POSIX_FADV_DONTNEED);
	read_cache(fd, 0, CACHE_SIZE / 2);
	read_cache(fd, 0, CACHE_SIZE / 2);
	read_pages(mapped, MAPPED_SIZE / PAGE);
	read_lines("/proc/meminfo", meminfo, ARRAY_SIZE(meminfo), 1024, &v);
	snprintf(old, sizeof(old), "%ld", min_free);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)
		 (v.value[MEMCENSUS_S_FREE] + CACHE_SIZE / 8) / 1024);
	need(write_file(MIN_FREE, text), MIN_FREE);
	read_cache(fd, CACHE_SIZE / 2, CACHE_SIZE / 2);
	need(write_file(MIN_FREE, old), MIN_FREE);
}

static void press_until_moved(void *arg)
{
	const unsigned int rounds_max = 20;
	unsigned int round, i;
	char *mapped;
	int fd;

	fd = open(CACHE, O_RDWR | O_CREAT | O_TRUNC, 0600);
	need(fd >= 0 && !ftruncate(fd, CACHE_SIZE), CACHE);
	mapped = map(PLACE(2), MAPPED_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (*(bool *)arg)
		swap();
	if (thp_on())
		fault_huge();
	for (round = 0; round < rounds_max && !is_moved(); round++)
		press(fd, mapped);
	diag("%u rounds of reclaim", round);
	for (i = 0; i < ARRAY_SIZE(moved); i++)
		diag("%s %llu", moved[i], (unsigned long long)vmstat_count(moved[i]));
	close(fd);
	unlink(CACHE);
}

/*
 * On a machine that never reclaimed, the counters of reclaim are 0, and so may be what a wrong
 * place in memory holds.
 */
TEST(after_reclaim)
{
	const char *wrong;
	bool swaps;
	pid_t pid;

	if (access("/scratch", W_OK))
		SKIP(return, "no file system on a disk at /scratch");
	/*
	 * The minimum is divided by size, but free memory may be in one of the zones: a minimum
	 * that this zone does not have leaves the others without any memory.
	 */
	if (large_zones() != 1)
		SKIP(return, "memory is in several zones: no minimum is safe there");
	wrong = zram_on();
	swaps = !wrong;
	if (wrong && *wrong)
		TH_LOG("no swap: %s", wrong);
	pid = child_start(press_until_moved, &swaps);
	ASSERT_LT(0, pid)
		TH_LOG("no memory pressure");
	EXPECT_TRUE(is_moved())
		TH_LOG("reclaim did not raise all counters to different numbers");
	compare_bytes(_metadata);
	compare_events(_metadata);
	compare_zspages(_metadata);
	child_end(pid);
	if (swaps)
		EXPECT_TRUE(zram_off());
}

TEST_HARNESS_MAIN
