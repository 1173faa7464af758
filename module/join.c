// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <linux/slab.h>

#include "join.h"

/**
 * struct join - the sets of other workers become owners in the first one's
 * @to: the first worker's frames
 * @pairs: sets made so far
 * @joined: the others' sets; @first of the worker being joined is @base
 * @base: number as an owner of set 0 of the worker being joined
 * @owners: its sets
 * @err: 0 or -ENOMEM
 */
struct join {
	struct census_frames *to;
	struct census_pairs pairs;
	struct census_joined joined;
	u32 base;
	const struct census_owners *owners;
	int err;
};

static void free_pairs(struct join *j, struct census_pairs *pairs)
{
	u64 entries = pairs->mask + 1;

	census_frames_give(j->to, pairs->keys, entries * sizeof(*pairs->keys));
	census_frames_give(j->to, pairs->sets, entries * sizeof(*pairs->sets));
}

static int grow_pairs(struct join *j)
{
	struct census_pairs old = j->pairs;
	u64 entries = old.keys ? ((u64)old.mask + 1) * 2 : 1024;
	struct census_pairs new = { .mask = entries - 1 };

	new.keys = census_frames_memory(j->to, entries * sizeof(*new.keys));
	new.sets = census_frames_memory(j->to, entries * sizeof(*new.sets));
	if (!new.keys || !new.sets) {
		free_pairs(j, &new);
		return -ENOMEM;
	}
	census_pairs_move(&new, &old);
	free_pairs(j, &old);
	j->pairs = new;
	return 0;
}

/* Return: the tag of @nr things whose tag was @tag and which @set has too. */
static u32 add(struct join *j, u32 tag, u32 set, u32 nr)
{
	u32 id = tag ?: census_owners_kind(j->owners, set) + 1;

	if (j->err)
		return tag;
	if (!census_frames_room(j->to, 1) ||
	    (j->pairs.used * 2 >= j->pairs.mask && grow_pairs(j))) {
		j->err = -ENOMEM;
		return tag;
	}
	return census_owners_add(&j->to->owners, &j->pairs, id, j->base + set,
				 nr);
}

/* @theirs: a tag for each, or with @step 0 one for all. */
static void join_tags(struct join *j, u32 *ours, const u32 *theirs,
		      unsigned int step)
{
	unsigned int i, begin;
	u32 a, b, tag;

	for (i = 0; i < CENSUS_BLOCK_TAGS; ) {
		a = ours[i];
		b = theirs[i * step];
		for (begin = i++; i < CENSUS_BLOCK_TAGS && ours[i] == a &&
		     theirs[i * step] == b; i++)
			;
		if (!b)
			continue;
		tag = add(j, a, b, i - begin);
		while (begin < i)
			ours[begin++] = tag;
	}
}

static void join_block(struct join *j, struct census_section *ours,
		       const struct census_section *theirs, unsigned int block)
{
	unsigned int at = block << CENSUS_BLOCK_SHIFT;
	u32 b = theirs->blocks[block];

	if (!b)
		return;
	if (b != CENSUS_MIXED && ours->blocks[block] != CENSUS_MIXED) {
		ours->blocks[block] = add(j, ours->blocks[block], b,
					  CENSUS_BLOCK_TAGS);
		return;
	}
	if (ours->blocks[block] != CENSUS_MIXED)
		census_section_mix(ours, block);
	if (b == CENSUS_MIXED)
		join_tags(j, ours->tags + at, theirs->tags + at, 1);
	else
		join_tags(j, ours->tags + at, &theirs->blocks[block], 0);
}

static void join_space(struct join *j, struct census_space *ours,
		       const struct census_space *theirs)
{
	unsigned int block;
	unsigned long i;

	for (i = 0; i < theirs->nr && !j->err; i++) {
		const struct census_section *s = &theirs->sections[i];
		struct census_section *to;

		if (!s->blocks)
			continue;
		to = census_frames_section(j->to, ours, i, true);
		if (!to) {
			j->err = -ENOMEM;
			break;
		}
		for (block = 0; block < CENSUS_SECTION_BLOCKS; block++)
			join_block(j, to, s, block);
		cond_resched();
	}
}

static void join_frames(struct join *j, const struct census_frames *from)
{
	int i;

	j->owners = &from->owners;
	join_space(j, &j->to->frames, &from->frames);
	for (i = 0; i < MAX_SWAPFILES; i++)
		join_space(j, &j->to->swap[i], &from->swap[i]);
	for (i = 0; i < CENSUS_HUGETLB_SIZES; i++)
		j->to->hugetlb[i] = max(j->to->hugetlb[i], from->hugetlb[i]);
	j->to->swap_lost |= from->swap_lost;
	j->to->moved += from->moved;
}

static int join_begin(struct join *j, struct census_frames **frames,
		      unsigned int nr)
{
	struct census_joined *joined = &j->joined;
	unsigned int i;

	joined->first = j->to->next_owner;
	for (i = 1; i < nr; i++)
		joined->nr += frames[i]->owners.nr;
	joined->owners = census_frames_memory(j->to, joined->nr *
					      sizeof(*joined->owners));
	joined->holdings = census_frames_memory(j->to, joined->nr *
						sizeof(*joined->holdings));
	if (!joined->owners || !joined->holdings)
		return -ENOMEM;
	return grow_pairs(j);
}

static int join_all(struct join *j, struct census_frames **frames,
		    unsigned int nr)
{
	struct census_holding *holdings = j->to->holdings;
	struct census_joined *joined = &j->joined;
	u32 base = 0, id;
	unsigned int i;

	for (i = 1; i < nr && !j->err; i++) {
		struct census_owners *o = &frames[i]->owners;

		census_owners_count(o, NULL, holdings);
		for (id = 1; id < o->nr; id++)
			joined->owners[base + id] = census_owners_of(o, id);
		j->base = joined->first + base;
		join_frames(j, frames[i]);
		base += o->nr;
	}
	if (j->err)
		return j->err;
	census_owners_count(&j->to->owners, joined, holdings);
	for (i = 0; i < nr; i++)
		census_frames_unsure(j->to, frames[i]);
	census_owners_share(&j->to->owners, joined, NULL, holdings);
	for (i = 1, base = 0; i < nr; i++) {
		census_owners_share(&frames[i]->owners, NULL,
				    joined->holdings + base, holdings);
		base += frames[i]->owners.nr;
	}
	return 0;
}

/**
 * census_join_settle() - all have marked: who has what
 * @frames: of the workers; the first one's holdings are filled, for the owners
 *	of all; it knows of all owners' numbers
 * @nr: how many workers, two or more
 *
 * Return: 0 or -ENOMEM.
 */
int census_join_settle(struct census_frames **frames, unsigned int nr)
{
	struct join j = { .to = frames[0] };
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++)
		census_frames_turn(frames[i], 0, 0, false);
	err = census_frames_holdings_alloc(frames[0]);
	if (!err)
		err = join_begin(&j, frames, nr);
	if (!err)
		err = join_all(&j, frames, nr);
	if (!err)
		census_frames_check(frames[0]);
	free_pairs(&j, &j.pairs);
	census_frames_give(j.to, j.joined.owners, j.joined.nr *
			   sizeof(*j.joined.owners));
	census_frames_give(j.to, j.joined.holdings, j.joined.nr *
			   sizeof(*j.joined.holdings));
	return err;
}
