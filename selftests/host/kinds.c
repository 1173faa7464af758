// SPDX-License-Identifier: GPL-2.0
/*
 * Tests physical/kinds.c on the host: with more kinds of frames than records, as a user can make
 * with pages of truncated files in pipes, the largest must keep theirs, whatever comes first, and
 * what a frame costs must not grow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "physical/kinds.h"

/* Kinds of a user, each of few frames. */
#define MANY 5000U
#define ROUNDS 40U

static struct census_frame_kinds one;
static unsigned int points;
static bool failed;

static void point(bool ok, const char *what)
{
	printf("%sok %u - %s\n", ok ? "" : "not ", ++points, what);
	failed |= !ok;
}

static u64 random_u64(void)
{
	return (u64)rand() << 42 ^ (u64)rand() << 21 ^ rand();
}

void census_hash_init(struct census_hash *h)
{
	*h = (struct census_hash) {
		.mix = random_u64() | 1, .low = random_u64(),
		.high = random_u64(), .add = random_u64(),
	};
}

static struct census_kernel_key kind(unsigned int number)
{
	return (struct census_kernel_key) {
		.flags = (u64)number << 12, .class = MEMCENSUS_FC_REMAINDER,
	};
}

static void begin(struct census_frame_kinds *kinds)
{
	memset(kinds, 0, sizeof(*kinds));
	census_frame_kinds_begin(kinds);
}

static void add(struct census_frame_kinds *kinds, unsigned int number, unsigned long nr)
{
	const struct census_kernel_key key = kind(number);
	static unsigned long pfn;

	census_frame_kinds_add(kinds, &key, pfn, nr);
	pfn += nr;
}

static const struct census_kernel_frames *record_of(const struct census_frame_kinds *kinds,
						    unsigned int number)
{
	const struct census_kernel_key key = kind(number);
	unsigned int i;

	for (i = 0; i < kinds->nr; i++)
		if (!memcmp(&kinds->records[i].key, &key, sizeof(key)))
			return &kinds->records[i];
	return NULL;
}

static u64 frames_of(const struct census_frame_kinds *kinds, unsigned int number)
{
	const struct census_kernel_frames *k = record_of(kinds, number);

	return k ? k->frames : 0;
}

/* All frames, in records or not. */
static u64 sum(const struct census_frame_kinds *kinds)
{
	u64 frames = kinds->left_out;
	unsigned int i;

	for (i = 0; i < kinds->nr; i++)
		frames += kinds->records[i].frames;
	return frames;
}

static bool sorted(const struct census_frame_kinds *kinds)
{
	unsigned int i;

	for (i = 1; i < kinds->nr; i++)
		if (kinds->records[i].frames > kinds->records[i - 1].frames)
			return false;
	return true;
}

/* As many kinds as there are records. */
static void test_exact(void)
{
	bool exact = true;
	unsigned int i, round;

	begin(&one);
	for (round = 0; round < 3; round++)
		for (i = 0; i < CENSUS_KERNEL_FRAMES; i++)
			add(&one, i, 1 + i % 7);
	census_frame_kinds_sort(&one);
	for (i = 0; i < CENSUS_KERNEL_FRAMES; i++)
		exact &= frames_of(&one, i) == 3 * (1 + i % 7);
	point(exact && !one.left_out && sorted(&one), "as many kinds as records: exact");
}

/* The kind that one looks for comes last. */
static void test_late(void)
{
	unsigned int i;

	begin(&one);
	for (i = 0; i < MANY; i++)
		add(&one, i, 1);
	add(&one, MANY, 1000);
	census_frame_kinds_sort(&one);
	point(one.records[0].frames == 1000 && sum(&one) == MANY + 1000 && sorted(&one),
	      "a large kind after many small ones: the first record");
	point(one.records[0].key.flags == kind(MANY).flags && one.records[0].nr_first == 1,
	      "it has its key, and its first frame");
}

/* Adds @many kinds of a user, a frame each in turn, and between them those of two large kinds. */
static u64 flood(struct census_frame_kinds *kinds, unsigned int many, u64 *large)
{
	unsigned int i, round;
	u64 all = 0;

	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < many; i++, all++) {
			add(kinds, i, 1);
			if (i % 64 || (!round && i < 1024))
				continue;
			add(kinds, MANY + 1, 1);
			add(kinds, MANY + 2, 4);
			large[0] += 1;
			large[1] += 4;
			all += 5;
		}
	return all;
}

/* Each kind above the bound is there, and misses no more than the bound. */
static bool bound_holds(const struct census_frame_kinds *kinds, u64 all, const u64 *large)
{
	const u64 bound = all / CENSUS_KERNEL_FRAMES;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const u64 has = frames_of(kinds, MANY + 1 + i);

		printf("# %llu of %llu frames, bound %llu\n", (unsigned long long)has,
		       (unsigned long long)large[i], (unsigned long long)bound);
		if (has > large[i] || (large[i] > bound && has + bound < large[i]))
			return false;
	}
	return sum(kinds) == all;
}

static void test_flood(void)
{
	u64 large[2] = { 0, 0 }, all;

	begin(&one);
	all = flood(&one, MANY, large);
	census_frame_kinds_sort(&one);
	point(bound_holds(&one, all, large), "two kinds in a flood of small ones: the bound holds");
}

static int by_size(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * Each new kind takes the record with the fewest frames, those of earlier kinds included: the
 * sizes are those of a search through all.
 */
static void test_smallest(void)
{
	u64 want[CENSUS_KERNEL_FRAMES], have[CENSUS_KERNEL_FRAMES];
	unsigned int i, k, least;

	begin(&one);
	for (i = 0; i < CENSUS_KERNEL_FRAMES; i++) {
		want[i] = 1 + i * 37 % 101;
		add(&one, i, want[i]);
	}
	for (i = 0; i < MANY; i++) {
		for (k = 1, least = 0; k < CENSUS_KERNEL_FRAMES; k++)
			least = want[k] < want[least] ? k : least;
		want[least] += 1 + i % 3;
		add(&one, CENSUS_KERNEL_FRAMES + i, 1 + i % 3);
	}
	for (i = 0; i < CENSUS_KERNEL_FRAMES; i++)
		have[i] = one.records[i].frames + one.records[i].before;
	qsort(want, CENSUS_KERNEL_FRAMES, sizeof(u64), by_size);
	qsort(have, CENSUS_KERNEL_FRAMES, sizeof(u64), by_size);
	point(!memcmp(want, have, sizeof(want)), "a new kind replaces the smallest one");
}

/* Kinds that differ in one word of their keys. */
static struct census_kernel_key kind_by_word(unsigned int word, unsigned int number)
{
	struct census_kernel_key key = kind(1);
	u64 words[CENSUS_KIND_WORDS];

	memcpy(words, &key, sizeof(words));
	words[word] += (u64)number << 8;
	memcpy(&key, words, sizeof(words));
	return key;
}

/* The chains that keys of a user make are as long as those of any keys, whatever differs. */
static void test_chains(unsigned int word)
{
	unsigned int i, length, longest = 0;
	struct census_kernel_key key;
	u64 compared = 0;
	u16 nr;

	begin(&one);
	for (i = 0; i < MANY; i++) {
		key = kind_by_word(word, i);
		census_frame_kinds_add(&one, &key, i, 1);
	}
	for (i = 0; i < CENSUS_KERNEL_FRAMES; i++) {
		length = 0;
		for (nr = one.chains[i]; nr; nr = one.records[nr - 1].next)
			length++;
		compared += length * length;
		longest = length > longest ? length : longest;
	}
	printf("# longest chain %u, mean %.2f\n", longest, (double)compared / one.nr);
	point(one.nr == CENSUS_KERNEL_FRAMES && compared < 8 * CENSUS_KERNEL_FRAMES,
	      "a frame of a new kind: few comparisons");
}

int main(void)
{
	unsigned int i;

	printf("TAP version 13\n");
	test_exact();
	test_late();
	test_flood();
	test_smallest();
	for (i = 0; i < CENSUS_KIND_WORDS; i++)
		test_chains(i);
	printf("1..%u\n", points);
	return failed;
}
