// SPDX-License-Identifier: GPL-2.0
/* Compares who shares with whom; see pairs.h. */
#include <stdlib.h>

#include "diag.h"
#include "memory/pages.h"
#include "owners/pairs.h"

#define TOLD_MAX	12

static void expect(struct pairs_equal *equal, const char *what, uint32_t a, uint32_t b,
		   uint64_t want, uint64_t got)
{
	equal->values++;
	if (want * PAGE != got && equal->mismatches++ < TOLD_MAX)
		diag("%u and %u: %s: %llu bytes by pagemap, %llu by the census", a, b, what,
		     (unsigned long long)want * PAGE, (unsigned long long)got);
}

void pairs_kinds(struct pairs_equal *equal, uint32_t a, uint32_t b, const struct owned *want,
		 const struct figures *got)
{
	expect(equal, "anon", a, b, want->anon, got->value[MEMCENSUS_K_ANON]);
	expect(equal, "file, shmem and device", a, b, want->file, got->value[MEMCENSUS_K_FILE] +
	       got->value[MEMCENSUS_K_SHMEM] + got->value[MEMCENSUS_K_DEVICE]);
	expect(equal, "swap", a, b, want->swap, got->value[MEMCENSUS_K_SWAP]);
	expect(equal, "hugetlb", a, b, want->hugetlb, got->value[MEMCENSUS_K_HUGETLB]);
}

const struct census_pair *pairs_find(const struct census *c, uint32_t a, uint32_t b, bool groups)
{
	const struct census_pair *p;

	for (p = c->pairs; p < c->pairs + c->n_pairs; p++)
		if ((!groups && p->pid == a && p->peer_pid == b) ||
		    (groups && p->group == a && p->peer_group == b) ||
		    (groups && p->group == b && p->peer_group == a))
			return p;
	return NULL;
}

const struct census_owners *pairs_owned(const struct census *c, uint32_t pid, uint32_t group)
{
	const struct census_owners *o;

	for (o = c->owned; o < c->owned + c->n_owned; o++)
		if (o->pid == pid && o->group == group)
			return o;
	return NULL;
}

void pairs_compare(struct pairs_equal *equal, uint32_t a, uint32_t b, const struct owned *common,
		   const struct owned *alone, const struct census_pair *got)
{
	static const struct census_pair none;

	if (!got)
		got = &none;
	pairs_kinds(equal, a, b, common, &got->common);
	pairs_kinds(equal, a, b, alone, &got->alone);
}

void pairs_compare_row(struct pairs_equal *equal, const struct owners *o, size_t row,
		       const struct census *c)
{
	struct owned *common = calloc(o->n, sizeof(*common)), by_owners[4];
	struct owned *alone = calloc(o->n, sizeof(*alone));
	const struct census_owners *owned;
	uint32_t pid = o->owners[row].pid;
	unsigned int i;
	size_t peer;

	owners_common(o, row, common, alone, by_owners);
	owned = pairs_owned(c, pid, 0);
	for (i = 0; i < 4 && owned; i++)
		pairs_kinds(equal, pid, owned[i].fewest, &by_owners[i], &owned[i].bytes);
	equal->mismatches += !owned;
	for (peer = 0; peer < o->n; peer++)
		if (peer != row)
			pairs_compare(equal, pid, o->owners[peer].pid, &common[peer],
				      &alone[peer],
				      pairs_find(c, pid, o->owners[peer].pid, false));
	free(common);
	free(alone);
}
