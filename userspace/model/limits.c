// SPDX-License-Identifier: GPL-2.0
/* The limits that memory can meet. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/limits.h"

#define FAILS_MAPPING	"mmap() and brk() fail (ENOMEM)"

const struct limit_type limit_types[LIMITS] = {
	[LIMIT_MEMORY] = { "memory", LIMIT_OF_MACHINE, LIMIT_USE_MEMORY, false, "killed",
		"the OOM killer ends a process",
		"MemAvailable + SwapFree" },
	[LIMIT_ZONE] = { "zone", LIMIT_OF_MACHINE, LIMIT_USE_NONE, false, "reclaim",
		"kswapd reclaims, and below the minimum each process for itself",
		"free memory of the zone - its low watermark" },
	[LIMIT_COMMIT] = { "CommitLimit", LIMIT_OF_MACHINE, LIMIT_USE_COMMIT, false, "ENOMEM",
		FAILS_MAPPING,
		"vm.overcommit_memory=2: CommitLimit - Committed_AS - admin_reserve_kbytes" },
	[LIMIT_POOL] = { "hugepages", LIMIT_OF_MACHINE, LIMIT_USE_HUGETLB, false, "ENOMEM",
		"mmap() fails (ENOMEM), or an access (SIGBUS)",
		"free_hugepages - resv_hugepages + nr_overcommit_hugepages - surplus_hugepages" },
	[LIMIT_CGROUP_MAX] = { "memory.max", LIMIT_OF_CGROUP, LIMIT_USE_MEMORY, false, "killed",
		"its OOM killer ends a process",
		"memory.max - memory.current + page cache + what it may still swap out" },
	[LIMIT_CGROUP_HIGH] = { "memory.high", LIMIT_OF_CGROUP, LIMIT_USE_MEMORY, false,
		"throttled", "its processes are throttled",
		"memory.high - memory.current + page cache + what it may still swap out" },
	[LIMIT_CGROUP_SWAP] = { "memory.swap.max", LIMIT_OF_CGROUP, LIMIT_USE_NONE, false,
		"no swap", "nothing more of it is swapped out",
		"memory.swap.max - memory.swap.current" },
	[LIMIT_CGROUP_HUGETLB] = { "hugetlb.max", LIMIT_OF_CGROUP, LIMIT_USE_HUGETLB, false,
		"SIGBUS", "an access fails (SIGBUS)",
		"hugetlb.SIZE.max - hugetlb.SIZE.current" },
	[LIMIT_CGROUP_RSVD] = { "hugetlb.rsvd.max", LIMIT_OF_CGROUP, LIMIT_USE_HUGETLB, false,
		"ENOMEM", "mmap() fails (ENOMEM)",
		"hugetlb.SIZE.rsvd.max - hugetlb.SIZE.rsvd.current" },
	[LIMIT_TMPFS] = { "tmpfs", LIMIT_OF_MOUNT, LIMIT_USE_SHMEM, false, "SIGBUS",
		"an access fails (SIGBUS), and write() (ENOSPC)",
		"free blocks of the file system, by statfs()" },
	[LIMIT_NODE] = { "node", LIMIT_OF_PROCESS, LIMIT_USE_MEMORY, false, "killed",
		"the OOM killer ends a process",
		"free memory of its nodes above watermarks and reserves + page cache + SwapFree" },
	[LIMIT_AS] = { "RLIMIT_AS", LIMIT_OF_PROCESS, LIMIT_USE_ADDRESSES, false, "ENOMEM",
		FAILS_MAPPING, "RLIMIT_AS - VmSize" },
	[LIMIT_DATA] = { "RLIMIT_DATA", LIMIT_OF_PROCESS, LIMIT_USE_DATA, false, "ENOMEM",
		FAILS_MAPPING, "RLIMIT_DATA - VmData" },
	[LIMIT_MEMLOCK] = { "RLIMIT_MEMLOCK", LIMIT_OF_PROCESS, LIMIT_USE_LOCKED, false, "ENOMEM",
		"mlock() fails (ENOMEM)",
		"RLIMIT_MEMLOCK - VmLck, without CAP_IPC_LOCK" },
	[LIMIT_MAPPINGS] = { "vm.max_map_count", LIMIT_OF_PROCESS, LIMIT_USE_MAPPINGS, true,
		"ENOMEM", "mmap() fails (ENOMEM), and munmap() of a part",
		"vm.max_map_count - mappings of the process" },
};

void limits_free(struct limits *limits)
{
	size_t i;

	for (i = 0; i < limits->n; i++) {
		free(limits->v[i].whose);
		free(limits->v[i].swap_of);
	}
	free(limits->v);
	*limits = (struct limits){ 0 };
}

static uint64_t left_of(uint64_t limit, uint64_t used)
{
	return limit > used ? limit - used : 0;
}

void limits_add(struct limits *limits, const struct limit *limit)
{
	if (limits->n >= LIMITS_MOST) {
		limits->left_out++;
		free(limit->whose);
		free(limit->swap_of);
		return;
	}
	limits->v = array_grow(limits->v, limits->n, sizeof(*limits->v));
	limits->v[limits->n++] = *limit;
}

void limits_miss(struct limits *limits, enum limit_kind kind)
{
	limits->unknown |= 1ULL << kind;
}

void limits_add_memory(struct limits *limits, struct amount total, struct amount available,
		       struct amount swap_total, struct amount swap_free)
{
	const uint64_t swap = swap_free.known ? (uint64_t)swap_free.bytes : 0;
	const uint64_t left = (uint64_t)available.bytes + swap;

	if (!available.known) {
		limits_miss(limits, LIMIT_MEMORY);
		return;
	}
	limits_add(limits, &(struct limit){
		.kind = LIMIT_MEMORY, .left = left, .swap = swap,
		.limit = !total.known ? left : (uint64_t)total.bytes +
			 (swap_total.known ? (uint64_t)swap_total.bytes : swap) });
}

void limits_add_commit(struct limits *limits, const struct limit_commit *commit)
{
	const uint64_t reserve = commit->reserve.known ? (uint64_t)commit->reserve.bytes : 0;
	uint64_t limit;

	if (!commit->mode.known || !commit->limit.known || !commit->committed.known) {
		limits_miss(limits, LIMIT_COMMIT);
		return;
	}
	if (commit->mode.bytes != 2)
		return;
	limit = left_of((uint64_t)commit->limit.bytes, reserve);
	limits_add(limits, &(struct limit){
		.kind = LIMIT_COMMIT, .limit = limit,
		.left = left_of(limit, (uint64_t)commit->committed.bytes) });
}

static char *size_text(uint64_t bytes)
{
	char text[NUMBER_SIZE];

	text_size(text, (double)bytes);
	/* 2.0M of text_size() */
	if (bytes >= 1024 && !(bytes & (bytes - 1)))
		snprintf(text, sizeof(text), "%" PRIu64 "%s",
			 bytes >> (bytes >> 30 ? 30 : bytes >> 20 ? 20 : 10),
			 bytes >> 30 ? "G" : bytes >> 20 ? "M" : "K");
	return xstrdup(text);
}

void limits_add_pool(struct limits *limits, const struct limit_pool *pool)
{
	const uint64_t more = left_of(pool->overcommit, pool->surplus);

	if (!pool->total && !pool->overcommit)
		return;
	limits_add(limits, &(struct limit){
		.kind = LIMIT_POOL, .id = pool->size, .size = pool->size,
		.whose = size_text(pool->size),
		.limit = (pool->total + more) * pool->size,
		.left = (left_of(pool->free, pool->reserved) + more) * pool->size });
}

/*
 * At @number the kernel first drops page cache, then swaps, as far as this cgroup may and the
 * machine has swap.
 */
static void add_memory_limit(struct limits *limits, enum limit_kind kind, enum charge number,
			     const struct limit_cgroup *cgroup, const struct limit_swap *swap)
{
	const struct charges *charges = &cgroup->charges;
	const uint64_t *v = charges->v;
	uint64_t left, swapped;

	if (!KNOWN(charges, number) || !KNOWN(charges, CHARGE_TOTAL))
		return;
	left = v[number] + (KNOWN(charges, CHARGE_FILE) ? v[CHARGE_FILE] : 0);
	left = left_of(left, v[CHARGE_TOTAL]);
	/* What it has can be swapped, what it will have too. */
	swapped = KNOWN(charges, CHARGE_SWAP) ? v[CHARGE_SWAP] : 0;
	limits_add(limits, &(struct limit){
		.kind = kind, .id = cgroup->id,
		.whose = cgroup->path ? xstrdup(cgroup->path) : NULL,
		.limit = v[number] + swapped + swap->bytes,
		.left = left + swap->bytes, .swap = swap->bytes,
		.swap_of = !swap->bytes && !swapped ? NULL :
			   swap->of ? xasprintf("memory.swap.max of %s", swap->of) :
			   xstrdup("swap of the machine") });
}

static void add_huge(struct limits *limits, enum limit_kind kind,
		     const struct limit_cgroup *cgroup, uint64_t size, struct amount max,
		     struct amount current)
{
	if (!max.known || !current.known)
		return;
	limits_add(limits, &(struct limit){
		.kind = kind, .id = cgroup->id, .size = size,
		.whose = cgroup->path ? xstrdup(cgroup->path) : NULL,
		.limit = (uint64_t)max.bytes,
		.left = left_of((uint64_t)max.bytes, (uint64_t)current.bytes) });
}

struct limit_swap limits_add_cgroup(struct limits *limits, const struct limit_cgroup *cgroup,
				    struct limit_swap above)
{
	const struct charges *charges = &cgroup->charges;
	struct limit_swap swap = above;
	const struct limit_huge *huge;
	uint64_t max, left;

	if (KNOWN(charges, CHARGE_SWAP_LIMIT) && KNOWN(charges, CHARGE_SWAP)) {
		max = charges->v[CHARGE_SWAP_LIMIT];
		left = left_of(max, charges->v[CHARGE_SWAP]);
		if (left < swap.bytes)
			swap = (struct limit_swap){ left, cgroup->path ?: "?" };
		/* Swap that is forbidden is no limit that could be met. */
		if (max)
			limits_add(limits, &(struct limit){
				.kind = LIMIT_CGROUP_SWAP, .id = cgroup->id,
				.whose = cgroup->path ? xstrdup(cgroup->path) : NULL,
				.limit = max, .left = left });
	}
	add_memory_limit(limits, LIMIT_CGROUP_MAX, CHARGE_LIMIT, cgroup, &swap);
	add_memory_limit(limits, LIMIT_CGROUP_HIGH, CHARGE_HIGH, cgroup, &swap);
	for (huge = cgroup->huge; huge < cgroup->huge + cgroup->n_huge; huge++) {
		add_huge(limits, LIMIT_CGROUP_HUGETLB, cgroup, huge->size, huge->max,
			 huge->current);
		add_huge(limits, LIMIT_CGROUP_RSVD, cgroup, huge->size, huge->rsvd_max,
			 huge->rsvd_current);
	}
	return swap;
}

void limits_add_zones(struct limits *limits, const struct snapshot *snap)
{
	const struct zone *zone;

	if (!snap->n_zones)
		limits_miss(limits, LIMIT_ZONE);
	for (zone = snap->zones; zone < snap->zones + snap->n_zones; zone++) {
		if (!KNOWN(zone, MEMCENSUS_ZONE_NODE) || !KNOWN(zone, MEMCENSUS_ZONE_NAME) ||
		    !KNOWN(zone, MEMCENSUS_ZONE_FREE) || !KNOWN(zone, MEMCENSUS_ZONE_MANAGED) ||
		    !KNOWN(zone, MEMCENSUS_ZONE_WMARK_LOW)) {
			limits_miss(limits, LIMIT_ZONE);
			continue;
		}
		if (!zone->managed || !zone->wmark_low)
			continue;
		limits_add(limits, &(struct limit){
			.kind = LIMIT_ZONE,
			.id = (uint64_t)(zone - snap->zones),
			.whose = xasprintf("%s of node %" PRIu64, zone->name, zone->node),
			.limit = left_of(zone->managed, zone->wmark_low),
			.left = left_of(zone->free, zone->wmark_low) });
	}
}

static bool among(uint64_t nodes, uint64_t node)
{
	return node < 64 && nodes >> node & 1;
}

/* What a process may take of a zone: not what is kept for others, or for the kernel. */
static uint64_t zone_left(const struct zone *zone)
{
	const struct numbers *reserve = &zone->lowmem_reserve;
	uint64_t kept = KNOWN(zone, MEMCENSUS_ZONE_WMARK_MIN) ? zone->wmark_min : 0;

	if (KNOWN(zone, MEMCENSUS_ZONE_LOWMEM_RESERVE) && reserve->n)
		kept += reserve->v[reserve->n - 1];
	return left_of(zone->free, kept);
}

/* "0", "1,3" */
static char *nodes_text(uint64_t nodes)
{
	const char *between = "";
	unsigned int i;
	size_t size;
	char *text;
	FILE *out = xopen_memstream(&text, &size);

	for (i = 0; i < 64; i++) {
		if (!among(nodes, i))
			continue;
		fprintf(out, "%s%u", between, i);
		between = ",";
	}
	xfclose(out);
	return text;
}

void limits_add_nodes(struct limits *limits, const struct snapshot *snap, uint32_t pid,
		      uint64_t nodes)
{
	const struct amount swap = amount_total(snap, MEM_SWAP_FREE);
	uint64_t left = 0, size = 0;
	const struct zone *zone;
	const struct node *node;
	bool others = false;

	for (zone = snap->zones; zone < snap->zones + snap->n_zones; zone++) {
		if (!KNOWN(zone, MEMCENSUS_ZONE_NODE) || !KNOWN(zone, MEMCENSUS_ZONE_FREE) ||
		    !KNOWN(zone, MEMCENSUS_ZONE_MANAGED) || !zone->managed)
			continue;
		if (!among(nodes, zone->node)) {
			others = true;
			continue;
		}
		size += zone->managed;
		left += zone_left(zone);
	}
	if (!snap->n_zones || !snap->n_nodes) {
		limits_miss(limits, LIMIT_NODE);
		return;
	}
	if (!others || !size)
		return;
	for (node = snap->nodes; node < snap->nodes + snap->n_nodes; node++)
		if (KNOWN(node, MEMCENSUS_NODE_ID) && among(nodes, node->id) &&
		    KNOWN(node, MEMCENSUS_NODE_ACTIVE_FILE) &&
		    KNOWN(node, MEMCENSUS_NODE_INACTIVE_FILE))
			left += node->active_file + node->inactive_file;
	if (swap.known) {
		left += (uint64_t)swap.bytes;
		size += (uint64_t)swap.bytes;
	}
	limits_add(limits, &(struct limit){
		.kind = LIMIT_NODE, .pid = pid, .id = nodes, .whose = nodes_text(nodes),
		.limit = size, .left = left < size ? left : size,
		.swap = swap.known ? (uint64_t)swap.bytes : 0 });
}

void limits_add_tmpfs(struct limits *limits, uint64_t device, const char *whose, uint64_t size,
		      uint64_t used)
{
	if (size)
		limits_add(limits, &(struct limit){
			.kind = LIMIT_TMPFS, .id = device, .whose = xstrdup(whose),
			.limit = size, .left = left_of(size, used) });
}

void limits_add_own(struct limits *limits, enum limit_kind kind, uint32_t pid, uint64_t limit,
		    uint64_t used)
{
	limits_add(limits, &(struct limit){
		.kind = kind, .pid = pid, .limit = limit, .left = left_of(limit, used) });
}

enum limit_state limit_state(const struct limit *limit)
{
	if (!limit->left)
		return LIMIT_MET;
	/* Free memory is used, as page cache: only its end matters. */
	if (limit->kind == LIMIT_ZONE)
		return LIMIT_FAR;
	return limit->left <= limit->limit / 10 ? LIMIT_NEAR : LIMIT_FAR;
}

char *limit_name(const struct limit *limit)
{
	const char *name = limit_types[limit->kind].name;
	char *size, *text;

	switch (limit->kind) {
	case LIMIT_MEMORY:
		return xstrdup(limit->swap ? "memory+swap" : name);
	case LIMIT_POOL:
	case LIMIT_NODE:
		return xasprintf("%s %s", name, limit->whose);
	case LIMIT_CGROUP_HUGETLB:
	case LIMIT_CGROUP_RSVD:
		size = size_text(limit->size);
		text = xasprintf("hugetlb.%sB.%s", size,
				 limit->kind == LIMIT_CGROUP_RSVD ? "rsvd.max" : "max");
		free(size);
		return text;
	default:
		return xstrdup(name);
	}
}

void limits_ahead(const struct limits *limits, struct limit_ahead ahead[2],
		  double (*rate)(const struct limit *limit, const void *context),
		  const void *context)
{
	struct limit_ahead one;
	size_t i;

	ahead[0] = (struct limit_ahead){ .limit = NULL };
	ahead[1] = ahead[0];
	for (i = 0; i < limits->n; i++) {
		one.limit = &limits->v[i];
		one.rate = rate(one.limit, context);
		if (one.rate <= 0)
			continue;
		one.seconds = (double)one.limit->left / one.rate;
		if (!ahead[0].limit || one.seconds < ahead[0].seconds) {
			ahead[1] = ahead[0];
			ahead[0] = one;
		} else if (!ahead[1].limit || one.seconds < ahead[1].seconds) {
			ahead[1] = one;
		}
	}
}
