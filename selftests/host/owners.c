// SPDX-License-Identifier: GPL-2.0
/*
 * owners.c on the host: random owners mark random things, and what comes out
 * is compared with counts taken the plain way, a bit for each owner and thing.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "owners.h"

#define OWNERS 40
#define THINGS 3000
#define KINDS 3
#define CHUNKS 512

static struct census_set *chunks[CHUNKS];
static u32 tags[CENSUS_SECTION_TAGS];
static u32 blocks[CENSUS_SECTION_BLOCKS];
static struct census_section section = { .blocks = blocks, .tags = tags };
static bool owned[OWNERS][THINGS];
/* Of each thing's owners, those who could not mark it. */
static bool unmarked[OWNERS][THINGS];
/* One in so many runs cannot be marked; 0: all can. */
static u32 loses;
/* An owner's number is one more: 0 is nobody. */
static struct census_holding holdings[(OWNERS + 1) * KINDS];
static unsigned int points;
static bool failed;

static void point(bool ok, const char *what, unsigned int round)
{
	printf("%sok %u - round %u: %s\n", ok ? "" : "not ", ++points, round, what);
	failed |= !ok;
}

static u32 kind_of_thing(u32 thing)
{
	return thing * KINDS / THINGS;
}

static void mark(struct census_marker *m, u32 first, u32 nr)
{
	bool lost = loses && !(rand() % loses);
	u32 i;

	for (i = first; i < first + nr; i++) {
		if (lost && !owned[m->owner - 1][i])
			unmarked[m->owner - 1][i] = true;
		else if (!lost)
			unmarked[m->owner - 1][i] = false;
		owned[m->owner - 1][i] = true;
	}
	if (lost)
		census_section_lose(&section, first, nr);
	else
		census_mark(m, &section, first, nr);
}

/* Marks runs of up to @longest things, all of one kind, some of them twice. */
static void mark_some(struct census_marker *m, u32 longest)
{
	u32 begin = m->kind * (THINGS / KINDS), n = THINGS / KINDS, i;

	for (i = 0; i < 30; i++) {
		u32 first = rand() % n, nr = 1 + rand() % longest;

		if (first + nr > n)
			nr = n - first;
		mark(m, begin + first, nr);
	}
}

static struct census_marker begin(struct census_owners *o, u32 owner, u32 kind)
{
	return (struct census_marker) {
		.o = o, .kind = kind, .owner = owner + 1, .first = owner + 1,
		.from = CENSUS_NO_TAG,
	};
}

static void check(struct census_owners *o, unsigned int round)
{
	bool things = true, alone = true, share = true;
	u64 total = 0, mapped = 0;
	u32 a, b, t;

	memset(holdings, 0, sizeof(holdings));
	census_owners_settle(o, holdings);
	for (a = 0; a < OWNERS; a++) {
		struct census_holding want[KINDS] = {};

		for (t = 0; t < THINGS; t++) {
			u32 owners = 0;

			for (b = 0; b < OWNERS; b++)
				owners += owned[b][t];
			mapped += !a && owners;
			if (!owned[a][t])
				continue;
			want[kind_of_thing(t)].things++;
			want[kind_of_thing(t)].alone += owners == 1;
			want[kind_of_thing(t)].share +=
				(1U << CENSUS_SHARE_SHIFT) / owners;
		}
		for (t = 0; t < KINDS; t++) {
			struct census_holding *h = &holdings[(a + 1) * KINDS + t];

			things &= h->things == want[t].things;
			alone &= h->alone == want[t].alone;
			share &= h->share == want[t].share;
			total += h->share;
		}
	}
	point(things, "every owner has the things it marked", round);
	point(alone, "and those that it alone marked", round);
	point(share, "and its share of each", round);
	/* Each thing's division loses less than one part an owner. */
	point(total <= mapped << CENSUS_SHARE_SHIFT &&
	      total + mapped * OWNERS > mapped << CENSUS_SHARE_SHIFT,
	      "all shares together are all things", round);
}

/* What each has too much by those who could not mark is what it is unsure of. */
static void check_unsure(struct census_owners *o, unsigned int round)
{
	bool enough = true, sensible = true;
	u64 all = 0;
	u32 a, b, t;

	memset(holdings, 0, sizeof(holdings));
	census_owners_count(o, NULL, holdings);
	census_owners_unsure(o, &section, section.lost);
	census_owners_share(o, NULL, NULL, holdings);
	for (a = 0; a < OWNERS; a++) {
		u64 wrong[KINDS] = {};

		for (t = 0; t < THINGS; t++) {
			bool doubt = false;

			for (b = 0; b < OWNERS; b++)
				doubt |= unmarked[b][t];
			wrong[kind_of_thing(t)] += doubt && owned[a][t] &&
						   !unmarked[a][t];
		}
		for (t = 0; t < KINDS; t++) {
			struct census_holding *h = &holdings[(a + 1) * KINDS + t];

			enough &= h->unsure >= wrong[t];
			sensible &= h->unsure <= h->things;
			all += h->things - h->unsure;
		}
	}
	point(enough, "who has what others could not mark is unsure of it", round);
	point(sensible && all, "but not of more than there is, or of all", round);
}

int main(void)
{
	unsigned int round;
	u32 i, k;

	srand(1);
	for (i = 0; i < CHUNKS; i++)
		chunks[i] = calloc(CENSUS_CHUNK_SETS, sizeof(struct census_set));
	for (round = 0; round < 30; round++) {
		struct census_owners o = {
			.chunks = chunks, .room = CHUNKS * CENSUS_CHUNK_SETS,
		};
		struct census_marker late[KINDS];

		memset(blocks, 0, sizeof(blocks));
		memset(owned, 0, sizeof(owned));
		memset(unmarked, 0, sizeof(unmarked));
		memset(section.lost, 0, sizeof(section.lost));
		loses = round < 20 ? 0 : 1000;
		census_owners_init(&o, KINDS);
		/* Owner 0 is interrupted and goes on when others have marked. */
		for (k = 0; k < KINDS; k++) {
			late[k] = begin(&o, 0, k);
			mark_some(&late[k], 1 + round * 20);
			census_marker_flush(&late[k]);
		}
		for (i = 1; i < OWNERS; i++) {
			for (k = 0; k < KINDS; k++) {
				struct census_marker m = begin(&o, i, k);

				mark_some(&m, 1 + round * 20);
				census_marker_flush(&m);
			}
		}
		for (k = 0; k < KINDS; k++) {
			late[k].mixed = true;
			late[k].from = CENSUS_NO_TAG;
			late[k].set = NULL;
			mark_some(&late[k], 1 + round * 20);
			census_marker_flush(&late[k]);
		}
		if (loses)
			check_unsure(&o, round);
		else
			check(&o, round);
	}
	printf("1..%u\n", points);
	return failed;
}
