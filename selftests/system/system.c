// SPDX-License-Identifier: GPL-2.0
/* Compares the totals of the system with meminfo and vmstat. */
#include "selftest.h"

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

TEST(bytes)
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

TEST(events)
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

TEST_HARNESS_MAIN
