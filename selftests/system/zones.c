// SPDX-License-Identifier: GPL-2.0
/* Compares zones and nodes with buddyinfo, pagetypeinfo and zoneinfo. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "selftest.h"

#define ZONES_MAX	64

static const struct census_request request = {
	.parts = MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES,
};

/* One zone from /proc, in pages and blocks. */
struct zone {
	unsigned int node;
	char name[16];
	unsigned long long free, boost, min, low, high, spanned, present;
	unsigned long long managed, pcp, unreclaimable, blocks[ORDERS_MAX];
	unsigned int orders;
	unsigned long long cma_free, reserve[RESERVES_MAX];
	unsigned int n_reserves;
};

struct zones {
	struct zone zone[ZONES_MAX];
	unsigned int n;
};

/* Counters of a node in zoneinfo, and in the census. */
static const struct {
	const char *name;
	unsigned int n;
} counters[] = {
	{ "nr_active_anon", MEMCENSUS_NODE_ACTIVE_ANON },
	{ "nr_inactive_anon", MEMCENSUS_NODE_INACTIVE_ANON },
	{ "nr_active_file", MEMCENSUS_NODE_ACTIVE_FILE },
	{ "nr_inactive_file", MEMCENSUS_NODE_INACTIVE_FILE },
	{ "nr_unevictable", MEMCENSUS_NODE_UNEVICTABLE },
	{ "nr_isolated_anon", MEMCENSUS_NODE_ISOLATED_ANON },
	{ "nr_isolated_file", MEMCENSUS_NODE_ISOLATED_FILE },
	{ "nr_dirty", MEMCENSUS_NODE_DIRTY },
	{ "nr_writeback", MEMCENSUS_NODE_WRITEBACK },
};

/* Finds the zone of this name, or adds it. */
static struct zone *zone_of(struct zones *zones, unsigned int node,
			    const char *name)
{
	struct zone *z;

	for (z = zones->zone; z < zones->zone + zones->n; z++)
		if (z->node == node && !strcmp(z->name, name))
			return z;
	need(zones->n < ZONES_MAX, "more zones than expected");
	zones->n++;
	z->node = node;
	snprintf(z->name, sizeof(z->name), "%s", name);
	return z;
}

static unsigned int read_blocks(const char *at, unsigned long long *blocks)
{
	unsigned int n = 0;
	char *end;

	while (n < ORDERS_MAX) {
		blocks[n] = strtoull(at, &end, 10);
		if (end == at)
			break;
		at = end;
		n++;
	}
	return n;
}

/* The amounts in "protection: (0, 1, 2)" */
static unsigned int read_reserves(const char *line, unsigned long long *reserve)
{
	const char *at = strchr(line, '(');
	unsigned int n = 0;
	char *end;

	while (at && (*at == '(' || *at == ',') && n < RESERVES_MAX) {
		reserve[n++] = strtoull(at + 1, &end, 10);
		at = end;
	}
	return n;
}

static void read_zoneinfo(struct zones *zones)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	char line[256], name[16];
	struct zone *z = NULL;
	unsigned long long count;
	unsigned int node;

	need(file, "zoneinfo");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %u, zone %15s", &node, name) == 2)
			z = zone_of(zones, node, name);
		if (!z || sscanf(line, " pages free %llu", &z->free) == 1 ||
		    sscanf(line, " boost %llu", &z->boost) == 1 ||
		    sscanf(line, " min %llu", &z->min) == 1 ||
		    sscanf(line, " low %llu", &z->low) == 1 ||
		    sscanf(line, " spanned %llu", &z->spanned) == 1 ||
		    sscanf(line, " present %llu", &z->present) == 1 ||
		    sscanf(line, " managed %llu", &z->managed) == 1 ||
		    sscanf(line, " node_unreclaimable: %llu", &z->unreclaimable) == 1 ||
		    sscanf(line, " nr_free_cma %llu", &z->cma_free) == 1)
			continue;
		if (strstr(line, "protection:"))
			z->n_reserves = read_reserves(line, z->reserve);
		/* The zone's watermark, not "high:" of its per-CPU lists. */
		if (sscanf(line, " high %llu", &count) == 1)
			z->high = count;
		else if (sscanf(line, " count: %llu", &count) == 1)
			z->pcp += count;
	}
	fclose(file);
}

static void read_buddyinfo(struct zones *zones)
{
	FILE *file = fopen("/proc/buddyinfo", "r");
	char line[512], name[16];
	unsigned int node;
	struct zone *z;
	int at;

	need(file, "buddyinfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Node %u, zone %15s%n", &node, name, &at) == 2) {
			z = zone_of(zones, node, name);
			z->orders = read_blocks(line + at, z->blocks);
		}
	fclose(file);
}

static void read_zones(struct zones *zones)
{
	memset(zones, 0, sizeof(*zones));
	read_zoneinfo(zones);
	read_buddyinfo(zones);
}

/* Per-CPU counts change with each page that the test uses. */
static void forget_pcp(struct zones *zones)
{
	unsigned int i;

	for (i = 0; i < zones->n; i++)
		zones->zone[i].pcp = 0;
}

/*
 * Takes a census and reads the zones before and after it, the latter into @zones.
 * @calm: both are the same, so the census must equal them.
 */
static bool take_in_calm(struct census *census, struct zones *zones, bool *calm)
{
	struct zones before, after;
	int tries = 300;

	for (;;) {
		read_zones(&before);
		if (census_take(&request, census, NULL))
			return false;
		read_zones(zones);
		after = *zones;
		forget_pcp(&before);
		forget_pcp(&after);
		*calm = !memcmp(&before, &after, sizeof(before));
		if (*calm || !tries--)
			return true;
		census_free(census);
		sleep_ms(5);
	}
}

static void expect_free(struct __test_metadata *_metadata,
			const struct census_zone *ours, const struct zone *z)
{
	/* The census itself uses some memory. */
	const uint64_t slack = 256 * PAGE;
	unsigned int i;

	EXPECT_EQ(z->free * PAGE, ours->value[MEMCENSUS_ZONE_FREE]);
	EXPECT_LE(z->pcp * PAGE, ours->value[MEMCENSUS_ZONE_PCP] + slack);
	EXPECT_LE(ours->value[MEMCENSUS_ZONE_PCP], z->pcp * PAGE + slack);
	ASSERT_EQ(z->orders, ours->all.n);
	for (i = 0; i < z->orders; i++)
		EXPECT_EQ(z->blocks[i], ours->all.blocks[i])
			TH_LOG("%s order %u", z->name, i);
}

static void expect_zone(struct __test_metadata *_metadata,
			const struct census_zone *ours, const struct zone *z)
{
	const uint64_t *v = ours->value;
	unsigned int i;

	EXPECT_EQ(z->boost * PAGE, v[MEMCENSUS_ZONE_WMARK_BOOST]);
	EXPECT_EQ(z->min * PAGE, v[MEMCENSUS_ZONE_WMARK_MIN]);
	EXPECT_EQ(z->low * PAGE, v[MEMCENSUS_ZONE_WMARK_LOW]);
	EXPECT_EQ(z->high * PAGE, v[MEMCENSUS_ZONE_WMARK_HIGH]);
	EXPECT_EQ(z->spanned * PAGE, v[MEMCENSUS_ZONE_SPANNED]);
	EXPECT_EQ(z->present * PAGE, v[MEMCENSUS_ZONE_PRESENT]);
	EXPECT_EQ(z->managed * PAGE, v[MEMCENSUS_ZONE_MANAGED]);
	EXPECT_EQ(z->cma_free * PAGE, v[MEMCENSUS_ZONE_CMA_FREE]);
	EXPECT_LT(0, ours->n_reserves);
	ASSERT_LE(ours->n_reserves, z->n_reserves);
	for (i = 0; i < ours->n_reserves; i++)
		EXPECT_EQ(z->reserve[i] * PAGE, ours->reserve[i]);
}

TEST(zones)
{
	struct census census;
	struct zones zones;
	unsigned int i, j, populated = 0, found = 0;
	bool calm;

	ASSERT_TRUE(take_in_calm(&census, &zones, &calm));
	if (!calm)
		diag("not compared: free blocks, they never held still");
	for (i = 0; i < zones.n; i++) {
		if (!zones.zone[i].present)
			continue;
		populated++;
		for (j = 0; j < census.n_zones; j++)
			if (census.zones[j].node == zones.zone[i].node &&
			    !strcmp(census.zones[j].name, zones.zone[i].name)) {
				found++;
				expect_zone(_metadata, &census.zones[j],
					    &zones.zone[i]);
				if (calm)
					expect_free(_metadata, &census.zones[j],
						    &zones.zone[i]);
			}
	}
	EXPECT_LT(0, populated);
	EXPECT_EQ(populated, found);
	EXPECT_EQ(populated, census.n_zones);
	diag("%u zones", populated);
	census_free(&census);
}

/* After so many failures kswapd gives up, MAX_RECLAIM_RETRIES in mm/internal.h. */
#define FAILURES_MAX 16

TEST(nodes)
{
	uint64_t spanned, present;
	struct census census;
	struct zones zones;
	unsigned int i, j;
	bool calm;

	ASSERT_TRUE(take_in_calm(&census, &zones, &calm));
	EXPECT_LT(0, census.n_nodes);
	for (j = 0; j < census.n_nodes; j++) {
		const struct census_node *node = &census.nodes[j];
		const uint64_t *v = node->value;

		for (spanned = present = i = 0; i < zones.n; i++)
			if (zones.zone[i].node == v[MEMCENSUS_NODE_ID]) {
				spanned += zones.zone[i].spanned * PAGE;
				present += zones.zone[i].present * PAGE;
				/* Of earlier pressure: counted until something is reclaimed. */
				if (zones.zone[i].managed)
					EXPECT_EQ(zones.zone[i].unreclaimable,
						  v[MEMCENSUS_NODE_KSWAPD_FAILURES] >=
						  FAILURES_MAX);
			}
		EXPECT_EQ(present, v[MEMCENSUS_NODE_PRESENT]);
		EXPECT_LE(spanned, v[MEMCENSUS_NODE_SPANNED]);
		/* Without pressure kswapd exists, if the node has memory, and sleeps. */
		EXPECT_EQ(present ? MEMCENSUS_KSWAPD_ASLEEP :
			  MEMCENSUS_KSWAPD_NONE, v[MEMCENSUS_NODE_KSWAPD]);
		EXPECT_EQ(1, v[MEMCENSUS_NODE_BALANCED]);
	}
	census_free(&census);
}

/* The counters of node @node in zoneinfo, in bytes. Return: how many it has. */
static unsigned int read_node(unsigned int node, uint64_t *value)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	unsigned int nid = 0, i, n = 0;
	unsigned long long count;
	char line[256], word[64];

	need(file, "zoneinfo");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %u, zone", &nid) == 1 || nid != node ||
		    sscanf(line, " %63s %llu", word, &count) != 2)
			continue;
		for (i = 0; i < ARRAY_SIZE(counters); i++)
			if (!strcmp(word, counters[i].name)) {
				value[i] = count * PAGE;
				n++;
			}
	}
	fclose(file);
	return n;
}

/* Pages that the CPUs may not yet have added to a counter. */
static uint64_t counter_slack(void)
{
	return sysconf(_SC_NPROCESSORS_CONF) * 256 * PAGE;
}

/*
 * Makes the counters of one node large and different: unevictable, anonymous, cached and dirty
 * pages.  Many CPUs need more for that than a small machine has: then less.
 */
static void use_memory(void *arg)
{
	const uint64_t most = meminfo_bytes("MemTotal") / 16, larger = 3 * counter_slack();
	size_t locked = 3072 * PAGE, anon = 10240 * PAGE, dirty = 1536 * PAGE;
	cpu_set_t first;
	char *at;

	if (locked < larger)
		locked = (larger < most ? larger : most) / PAGE * PAGE;
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	need(!sched_setaffinity(0, sizeof(first), &first), "sched_setaffinity");
	at = map_private(PLACE(0), locked + anon);
	write_pages(at, (locked + anon) / PAGE);
	need(!mlock(at, locked), "mlock");
	if (arg) {
		int fd = open(arg, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		need(fd >= 0 && !ftruncate(fd, dirty), arg);
		write_pages(map(PLACE(1), dirty, PROT_READ | PROT_WRITE, MAP_SHARED,
				fd, 0), dirty / PAGE);
	}
}

/*
 * Each counter is between what zoneinfo says before and after; pages that a CPU has not yet
 * added allow a small difference. Return: how many are so large that this proves them.
 */
static unsigned int expect_counters(struct __test_metadata *_metadata, const uint64_t *before,
				    const uint64_t *after, const uint64_t *ours, uint64_t slack)
{
	unsigned int i, large = 0;

	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		uint64_t low = before[i], high = after[i], v = ours[counters[i].n];

		if (low > high) {
			low = after[i];
			high = before[i];
		}
		EXPECT_LE(low, v + slack)
			TH_LOG("%s", counters[i].name);
		EXPECT_LE(v, high + slack)
			TH_LOG("%s", counters[i].name);
		large += low > 2 * slack;
	}
	return large;
}

TEST(node_counters)
{
	const uint64_t slack = counter_slack();
	char *file = access("/scratch", W_OK) ? NULL : "/scratch/zones";
	uint64_t before[ARRAY_SIZE(counters)], after[ARRAY_SIZE(counters)];
	unsigned int i, j, large = 0;
	struct census census;
	pid_t pid;

	pid = child_start(use_memory, file);
	ASSERT_LT(0, pid);
	for (j = 0; j < 8; j++) {
		if (!read_node(j, before))
			continue;
		ASSERT_EQ(ARRAY_SIZE(counters), read_node(j, before));
		ASSERT_EQ(0, census_take(&request, &census, NULL));
		ASSERT_EQ(ARRAY_SIZE(counters), read_node(j, after));
		for (i = 0; i < census.n_nodes; i++)
			if (census.nodes[i].value[MEMCENSUS_NODE_ID] == j)
				break;
		ASSERT_LT(i, census.n_nodes);
		large += expect_counters(_metadata, before, after, census.nodes[i].value, slack);
		census_free(&census);
	}
	child_end(pid);
	if (file)
		unlink(file);
	/* Locked, anonymous, cached pages, and dirty ones where there is a disk. */
	EXPECT_LE(file ? 4 : 2, large);
}

TEST_HARNESS_MAIN
