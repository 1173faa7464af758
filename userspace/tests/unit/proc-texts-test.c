// SPDX-License-Identifier: GPL-2.0
/* The totals of the system, of the texts of /proc/meminfo and /proc/vmstat. */
#include <inttypes.h>
#include <string.h>

#include "model/columns.h"
#include "os/proc-texts.h"
#include "tap.h"

static struct snapshot *census_with(const char *meminfo, const char *vmstat)
{
	struct snapshot *snap = snapshot_new();

	snap->info.page_size = 4096;
	if (meminfo)
		proc_texts_add(snap, PROC_TEXTS_MEMINFO, meminfo, strlen(meminfo));
	if (vmstat)
		proc_texts_add(snap, PROC_TEXTS_VMSTAT, vmstat, strlen(vmstat));
	proc_texts_apply(snap);
	return snap;
}

static void is(const struct figures *figures, unsigned int number, uint64_t value, const char *what)
{
	ok(KNOWN(figures, number) && figures->v[number] == value, "%s: %" PRIu64, what,
	   figures->v[number]);
}

static void test_lines(void)
{
	static const char meminfo[] =
		"MemTotal:       16384 kB\nMemFree:           12 kB\nActive(anon):       7 kB\n"
		"SwapTotal:         64 kB\nHugePages_Total:    3\nDirty:\n99 kB\n";
	static const char vmstat[] =
		"pgalloc_dma 1\npgalloc_normal 20\npgalloc_movable 300\npgpgin 5\nnr_zspages 2\n"
		"pgscan_kswapd 9\npgscan_kswapd_x 1\nballoon_inflate 10\nballoon_deflate 4";
	struct snapshot *snap = census_with(meminfo, vmstat);

	is(&snap->totals.bytes, MEM_TOTAL, 16384 << 10, "MemTotal");
	is(&snap->totals.bytes, MEM_ACTIVE_ANON, 7 << 10, "a name with parentheses");
	is(&snap->totals.bytes, MEM_ZSPAGES, 2 * 4096, "pages of vmstat");
	is(&snap->totals.bytes, MEM_BALLOON, 6 * 4096, "what is left in balloons");
	is(&snap->totals.events, EVENT_PGALLOC, 321, "the sum of all zones");
	is(&snap->totals.events, EVENT_PGPGIN_KIB, 5, "KiB read");
	is(&snap->totals.events, EVENT_PGSCAN_KSWAPD, 9, "a name, not its beginning");
	ok(!KNOWN(&snap->totals.bytes, MEM_DIRTY) && !KNOWN(&snap->totals.bytes, MEM_CACHED) &&
	   !KNOWN(&snap->totals.events, EVENT_OOM_KILL), "what no line says is unknown");
	ok(snap->n_meminfo == 2 && !strcmp(snap->meminfo[0].name, "SwapTotal") &&
	   snap->meminfo[0].value == 64 << 10 && snap->meminfo[0].bytes &&
	   snap->meminfo[1].value == 3 && !snap->meminfo[1].bytes, "the other lines of meminfo");
	snapshot_free(snap);
}

static void test_balloon(void)
{
	struct snapshot *snap = census_with("Balloon: 8 kB\n",
					    "balloon_inflate 10\nballoon_deflate 4\n");

	is(&snap->totals.bytes, MEM_BALLOON, 8 << 10, "a line of meminfo says it");
	snapshot_free(snap);
	snap = census_with("MemFree: 1 kB\n", "balloon_inflate 4\nballoon_deflate 10\n");
	is(&snap->totals.bytes, MEM_BALLOON, 0, "counted one after the other");
	snapshot_free(snap);
	snap = census_with("MemFree: 1 kB\n", "balloon_inflate 4\n");
	ok(!KNOWN(&snap->totals.bytes, MEM_BALLOON), "one of the two alone says nothing");
	snapshot_free(snap);
}

static void test_without(void)
{
	struct snapshot *snap = census_with(NULL, "pgfault 1\n");

	ok(!snap->has_totals && !snap->totals.events.known, "without meminfo there are no totals");
	snapshot_free(snap);
	snap = snapshot_new();
	snap->has_physical = true;
	proc_texts_add(snap, PROC_TEXTS_MEMINFO, "MemFree: 1 kB\n", 14);
	proc_texts_apply(snap);
	ok(!snap->has_totals && snap->n_meminfo == 1, "a pass over all frames has all lines");
	snapshot_free(snap);
}

int main(void)
{
	test_lines();
	test_balloon();
	test_without();
	return tap_done();
}
