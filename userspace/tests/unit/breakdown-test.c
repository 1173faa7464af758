// SPDX-License-Identifier: GPL-2.0
/* Where all memory is, by counters that were read at different times, and by rounded shares. */
#include <inttypes.h>
#include <string.h>

#include "lib/memory.h"
#include "model/breakdown.h"
#include "tap.h"

#define MIB	1048576LL

static int64_t row_of(const struct breakdown *breakdown, const char *name)
{
	unsigned int i;

	for (i = 0; i < BREAKDOWN_ROWS; i++)
		if (!strcmp(breakdown_rows[i].name, name) && breakdown->rows[i].known)
			return breakdown->rows[i].bytes;
	return INT64_MIN;
}

static void set(struct figures *figures, unsigned int number, int64_t value)
{
	figures->known |= 1ULL << number;
	figures->v[number] = (uint64_t)value;
}

/* Of 8 GiB, 1 GiB is free; nr_zspages is @zspages, Zswap of /proc/meminfo is @zswap. */
static void expect_zram(int64_t zspages, int64_t zswap, int64_t zram, const char *what)
{
	struct snapshot *snap = snapshot_new();
	struct meminfo_line line = { "Zswap", (uint64_t)zswap, true };
	struct breakdown breakdown;
	int64_t rest;

	set(&snap->totals.bytes, MEM_TOTAL, 8192 * MIB);
	set(&snap->totals.bytes, MEM_FREE, 1024 * MIB);
	set(&snap->totals.bytes, MEM_ZSPAGES, zspages);
	snap->meminfo = &line;
	snap->n_meminfo = 1;
	breakdown = breakdown_of(snap);
	rest = 7168 * MIB - zswap - zram;
	ok(row_of(&breakdown, "zram") == zram && row_of(&breakdown, "unaccounted") == rest,
	   "%s: zram %" PRId64 " KiB, unaccounted %" PRId64 " KiB", what,
	   row_of(&breakdown, "zram") / 1024, row_of(&breakdown, "unaccounted") / 1024);
	snap->meminfo = NULL;
	snap->n_meminfo = 0;
	snapshot_free(snap);
}

/*
 * Three processes share @device bytes of devices, of which @uncounted are in no counter and @zone
 * not in MemTotal.
 */
static void expect_device(int64_t device, int64_t uncounted, int64_t zone, int64_t also,
			  const char *what)
{
	struct snapshot *snap = snapshot_new();
	struct breakdown breakdown;
	struct task *task;
	int i;

	for (i = 0; i < 3; i++) {
		task = row_add(&task_rows, snap);
		set(&task->figures, MEMCENSUS_F_PSS, device / 3 + MIB);
		set(&task->figures, MEMCENSUS_F_PSS_DEVICE, device / 3);
	}
	snap->scan.known |= 1ULL << MEMCENSUS_SCAN_DEVICE_UNCOUNTED;
	snap->scan.device_uncounted = (uint64_t)uncounted;
	snap->scan.known |= 1ULL << MEMCENSUS_SCAN_ZONE_DEVICE;
	snap->scan.zone_device = (uint64_t)zone;
	breakdown = breakdown_of(snap);
	ok(row_of(&breakdown, "also_device") == also, "%s: %" PRId64 " bytes", what,
	   row_of(&breakdown, "also_device"));
	snapshot_free(snap);
}

/* Of 100 MiB, all are free or, by @pools, in pools of GPUs, and the lists have @lists. */
static void expect_excess(int64_t pools, int64_t lists)
{
	static const unsigned int numbers[] = {
		MEM_ACTIVE_ANON, MEM_INACTIVE_ANON, MEM_ACTIVE_FILE,
		MEM_INACTIVE_FILE, MEM_UNEVICTABLE, MEM_CACHED,
		MEM_BUFFERS, MEM_ANON,
	};
	struct snapshot *snap = snapshot_new();
	struct meminfo_line line = { "GPUReclaim", (uint64_t)pools, true };
	struct breakdown breakdown;
	int64_t left = 40 * MIB - lists;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		set(&snap->totals.bytes, numbers[i], 0);
	set(&snap->totals.bytes, MEM_TOTAL, 100 * MIB);
	set(&snap->totals.bytes, MEM_FREE, 60 * MIB);
	/* 8 MiB are mapped, and the rest of the list is not. */
	set(&snap->totals.bytes, MEM_INACTIVE_ANON, 8 * MIB + lists);
	set(&snap->totals.bytes, MEM_ANON, 8 * MIB);
	snap->meminfo = &line;
	snap->n_meminfo = 1;
	breakdown = breakdown_of(snap);
	ok(row_of(&breakdown, "anon_unmapped") == (lists < 0 ? 0 : lists),
	   "lists with %" PRId64 " KiB that nothing maps: %" PRId64 " KiB", lists / 1024,
	   row_of(&breakdown, "anon_unmapped") / 1024);
	if (lists < 0)
		left = 40 * MIB;
	ok(row_of(&breakdown, "gpu_reclaim") == (pools < left ? pools : left) &&
	   row_of(&breakdown, "unaccounted") == (pools < left ? left - pools : 0),
	   "pools of GPUs of %" PRId64 " KiB, of which %" PRId64 " KiB can be", pools / 1024,
	   row_of(&breakdown, "gpu_reclaim") / 1024);
	snap->meminfo = NULL;
	snap->n_meminfo = 0;
	snapshot_free(snap);
}

/* Of 100 MiB 60 are free, and @poisoned are out of use. */
static void expect_poisoned(int64_t poisoned)
{
	struct meminfo_line line = { "HardwareCorrupted", (uint64_t)poisoned, true };
	struct snapshot *snap = snapshot_new();
	struct breakdown breakdown;

	set(&snap->totals.bytes, MEM_TOTAL, 100 * MIB);
	set(&snap->totals.bytes, MEM_FREE, 60 * MIB);
	snap->meminfo = &line;
	snap->n_meminfo = 1;
	breakdown = breakdown_of(snap);
	ok(row_of(&breakdown, "poisoned") == poisoned &&
	   row_of(&breakdown, "unaccounted") == 40 * MIB - poisoned,
	   "%" PRId64 " KiB out of use by hardware errors are accounted", poisoned / 1024);
	snap->meminfo = NULL;
	snap->n_meminfo = 0;
	snapshot_free(snap);
}

int main(void)
{
	expect_poisoned(0);
	expect_poisoned(8192);
	expect_excess(10 * MIB, 0);
	expect_excess(10 * MIB, 12 * MIB);
	expect_excess(70 * MIB, 12 * MIB);
	expect_excess(70 * MIB, -4 * MIB);
	expect_zram(0, 0, 0, "neither zram nor zswap");
	expect_zram(1024 * MIB, 1024 * MIB, 0, "zswap by zsmalloc");
	expect_zram(1024 * MIB - 4096, 1024 * MIB, 0, "zswap by zsmalloc, which lags by a page");
	expect_zram(1000 * MIB, 1024 * MIB, 0, "and by what grew until the other was read");
	expect_zram(1524 * MIB, 1024 * MIB, 500 * MIB, "and zram");
	expect_zram(100 * MIB, 1024 * MIB, 100 * MIB, "zswap by another allocator, and zram");
	expect_zram(500 * MIB, 0, 500 * MIB, "zram alone");
	expect_device(4000 << 10, 4000 << 10, 0, 0, "shares that do not divide");
	expect_device(6000 << 10, 4002 << 10, 0, 1998 << 10,
		      "memory of drivers that a counter has");
	expect_device(9000 << 10, 4002 << 10, 3000 << 10, 1998 << 10, "and a file with DAX");
	expect_device(3000 << 10, 0, 3000 << 10, 0, "a file with DAX alone");
	return tap_done();
}
