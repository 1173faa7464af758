// SPDX-License-Identifier: GPL-2.0
/* The mappings of one process over time. */
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "lib/memory.h"
#include "model/returned.h"
#include "tools/leak/regions.h"

/* Index of (@name, @sum, @lo) in the sorted array, or where to insert it. */
static size_t find_region(const struct regions *regions, const char *name, bool sum,
			  uint64_t lo)
{
	size_t from = 0, to = regions->n, mid;
	const struct region *r;
	int order;

	while (from < to) {
		mid = (from + to) / 2;
		r = &regions->v[mid];
		order = strcmp(r->name, name);
		if (!order)
			order = r->sum != sum ? (r->sum ? -1 : 1) :
				r->lo < lo ? -1 : r->lo > lo;
		if (order < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* Inserts a region at @place, with past values of 0; NULL: there is no @room for it. */
static struct region *insert(struct regions *regions, size_t *room, size_t place,
			     const char *name, bool sum)
{
	struct region *region;

	if (!*room)
		return NULL;
	--*room;
	regions->v = array_grow(regions->v, regions->n, sizeof(*regions->v));
	region = &regions->v[place];
	memmove(region + 1, region, (regions->n++ - place) * sizeof(*region));
	*region = (struct region){ .sum = sum, .name = xstrdup(name) };
	series_zeros(&region->series, &regions->times);
	return region;
}

/* Merges the region after @place into it, with the past of both. */
static void join_next(struct regions *regions, size_t *room, size_t place)
{
	struct region *region = &regions->v[place], *next = region + 1;

	series_plus(&region->series, &next->series);
	if (next->hi > region->hi)
		region->hi = next->hi;
	region->mappings += next->mappings;
	region->now += next->now;
	series_free(&next->series);
	free(next->name);
	regions->n--;
	++*room;
	memmove(next, next + 1, (regions->n - place - 1) * sizeof(*next));
}

/* Whether @region is of @name and overlaps or touches @start to @end. */
static bool touches(const struct region *region, const char *name,
		    uint64_t start, uint64_t end)
{
	return !region->sum && region->lo <= end && region->hi >= start &&
	       !strcmp(region->name, name);
}

static void set_device(struct region *region, const struct vma *vma)
{
	if (KNOWN(vma, MEMCENSUS_VMA_DEV_MAJOR) && KNOWN(vma, MEMCENSUS_VMA_DEV_MINOR))
		region->device = makedev(vma->dev_major, vma->dev_minor);
}

/* False: there is no @room for it.  A new one that holds nothing is left out. */
static bool add_region(struct regions *regions, size_t *room, const char *name,
		       const struct vma *vma, uint64_t bytes)
{
	size_t place = find_region(regions, name, false, vma->start);
	struct region *region;

	if (place && touches(&regions->v[place - 1], name, vma->start, vma->end)) {
		place--;
	} else if (place == regions->n ||
		   !touches(&regions->v[place], name, vma->start, vma->end)) {
		region = bytes && regions->n < REGIONS_MAX ?
			 insert(regions, room, place, name, false) : NULL;
		if (!region)
			return !bytes;
		region->lo = vma->start;
		region->hi = vma->end;
	}
	region = &regions->v[place];
	if (vma->start < region->lo)
		region->lo = vma->start;
	if (vma->end > region->hi)
		region->hi = vma->end;
	region->mappings++;
	region->now += bytes;
	set_device(region, vma);
	while (place + 1 < regions->n &&
	       touches(&regions->v[place + 1], name, regions->v[place].lo,
		       regions->v[place].hi))
		join_next(regions, room, place);
	return true;
}

/* The same for the sum of a name. */
static bool add_sum(struct regions *regions, size_t *room, const char *name,
		    const struct vma *vma, uint64_t bytes)
{
	size_t place = find_region(regions, name, true, 0);
	struct region *region = &regions->v[place];

	if (place == regions->n || !region->sum || strcmp(region->name, name))
		region = bytes ? insert(regions, room, place, name, true) : NULL;
	if (!region)
		return !bytes;
	region->mappings++;
	region->now += bytes;
	set_device(region, vma);
	return true;
}

size_t regions_add(struct regions *regions, size_t *room, double t,
		   const struct vma *vmas, size_t n)
{
	uint64_t bytes, all = 0;
	struct amount held;
	const char *name;
	size_t i, dropped = 0;

	for (i = 0; i < regions->n; i++) {
		regions->v[i].mappings = 0;
		regions->v[i].now = 0;
	}
	for (i = 0; i < n; i++) {
		held = returned_memory(&vmas[i].figures);
		if (!held.known ||
		    !KNOWN(&vmas[i], MEMCENSUS_VMA_START) ||
		    !KNOWN(&vmas[i], MEMCENSUS_VMA_END))
			continue;
		bytes = (uint64_t)held.bytes;
		name = KNOWN(&vmas[i], MEMCENSUS_VMA_NAME) ? vmas[i].name : "";
		/* Regions follow their sum in the array, so the sum is added first. */
		if (!add_sum(regions, room, name, &vmas[i], bytes) ||
		    !add_region(regions, room, name, &vmas[i], bytes))
			dropped++;
		all += bytes;
	}
	for (i = 0; i < regions->n; i++)
		series_add(&regions->v[i].series, t, (double)regions->v[i].now);
	series_add(&regions->times, t, (double)all);
	return dropped;
}

void regions_free(struct regions *regions, size_t *room)
{
	size_t i;

	*room += regions->n;
	for (i = 0; i < regions->n; i++) {
		series_free(&regions->v[i].series);
		free(regions->v[i].name);
	}
	free(regions->v);
	series_free(&regions->times);
	*regions = (struct regions){ 0 };
}
