/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who owns what: arithmetic on sets of owners.  No kernel state; the same file
 * is compiled and tested on the host.
 *
 * Things (frames, swap slots) have numbers; owners (address spaces) are walked
 * one after the other and each marks the things it maps.  Wanted is, for every
 * owner, how many things it has, how many it alone has, and its share of all.
 *
 * Each thing has a tag, 32 bits: the set of the owners that have marked it so
 * far.  Most things have the same owners as their neighbours, so there are few
 * sets, and a set is worth a number.  A set knows the owner that was added last
 * and the set it was added to; the sets form a tree, and a thing that is marked
 * goes from its set to that set's child for the marking owner:
 *
 *	tags     [0][0][3][3][3][5] ...          sets  1: nobody's, the root
 *	                 |                             2: 1 + owner A
 *	   owner C marks | the fourth thing            3: 2 + owner B
 *	                 v                             5: 3 + owner C
 *	tags     [0][0][3][5][3][5] ...
 *
 * So marking touches each tag once, and nothing is kept of what an owner has
 * marked: that is in the tree.  A set counts the things that ever came to it,
 * which are those of its owners and perhaps of more, below it.  When all are
 * through, what an owner has is what came to the sets where it was added; one
 * pass from the leaves to the roots adds up the shares.
 *
 * An owner that meets a thing it has marked before finds itself as the last
 * owner of the set: the thing is counted once, without any other memory.
 *
 * Things come in runs, so tags are kept in blocks of 64.  As long as a whole
 * block has one tag, that is all that is kept of it; the tags themselves are
 * written, and memory for them is needed, when it gets a second one:
 *
 *	blocks   [ 3 ][mixed][ 0 ] ...
 *	                |
 *	tags            [0][0][3][5] ...
 *
 * Several workers have sets and tags of their own, each for some of the owners.
 * Afterwards the things of one are marked in the other's: there a set of the one
 * is an owner like any other, a joined owner, only that it counts for as many as
 * are in it.  What it gets as its share is handed on to the owners in it.
 */
#ifndef _CENSUS_OWNERS_H
#define _CENSUS_OWNERS_H

#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include "account-host.h"
#endif

#define CENSUS_KINDS_MAX 8

/**
 * struct census_set - a set of owners
 * @parent: the set without @owner; 0: a root, nobody's
 * @owner: the one added last; not of a root
 * @things: that came to it: of these owners, and perhaps of more by now
 * @child: the set with one more owner that was made last, or 0; after
 *	census_owners_count(): how many owners, the kind, and whether it is sure
 * @child_owner: who that owner is
 * @passed: things that went on to @child and are not in its @things yet: where
 *	owners are mixed at random each thing costs this one cache line; after
 *	census_owners_share(): of @things, those that may have more owners
 * @share: after census_owners_settle(): of @things, what each owner has, 1/2^24
 */
struct census_set {
	u32 parent;
	u32 owner;
	u32 things;
	u32 child;
	u32 child_owner;
	u32 passed;
	u64 share;
};

/* A thing divided by its owners is kept in so many parts. */
#define CENSUS_SHARE_SHIFT 24

/* Sets are allocated by the chunk, so that none ever moves. */
#define CENSUS_CHUNK_SHIFT 11
#define CENSUS_CHUNK_SETS BIT(CENSUS_CHUNK_SHIFT)

/**
 * struct census_owners - all sets of a census
 * @chunks: of %CENSUS_CHUNK_SETS each
 * @nr: sets in use; 0 is not a set, 1 to @nr_kinds are the roots
 * @room: sets that @chunks have room for
 * @nr_kinds: kinds of things, each with a root of its own, so that the sets of
 *	different kinds stay apart
 * @tagged: things that somebody marked, each once, by kind; counted apart from
 *	the sets, which must come to the same
 */
struct census_owners {
	struct census_set **chunks;
	u32 nr;
	u32 room;
	u32 nr_kinds;
	u64 tagged[CENSUS_KINDS_MAX];
};

/**
 * struct census_marker - one owner that marks things of one kind
 * @o: the sets
 * @kind: of the things, from 0
 * @owner: the one that marks; 0 is nobody
 * @first: lowest number of the owners that are the same one to whom a thing can
 *	belong twice: an address space may have an owner for each of its parts
 * @mixed: others have marked since @first did: the last owner of a set does not
 *	tell whether this one is in it
 * @from: the tag that was met last
 * @to: what it became
 * @set: the set that @from stands for, or NULL where @to is the same
 * @run: things that went from @from to @to and are not in @set's @passed yet
 * @gave_up: has the only former owner of a thing given it up, so that it is
 *	@owner's alone?  Asked where the thing before had another owner; or NULL
 * @moved: things they had
 */
struct census_marker {
	struct census_owners *o;
	u32 kind;
	u32 owner;
	u32 first;
	bool mixed;
	u32 from;
	u32 to;
	struct census_set *set;
	u32 run;
	bool (*gave_up)(unsigned long thing);
	u64 moved;
};

/**
 * struct census_joined - sets of other workers, as owners
 * @first: number of the first; lower ones are owners as such
 * @nr: how many
 * @owners: by number less @first, how many owners are in it
 * @holdings: by number less @first, what it has; a set's things are of one kind
 */
struct census_joined {
	u32 first;
	u32 nr;
	u32 *owners;
	struct census_holding *holdings;
};

/**
 * struct census_pairs - for joining: which set is what set and what owner
 * @keys: set in the upper half, owner in the lower; 0: free
 * @sets: by the same index
 * @mask: entries less one; their number is a power of two
 * @used: entries in use, at most half of them
 */
struct census_pairs {
	u64 *keys;
	u32 *sets;
	u32 mask;
	u32 used;
};

/**
 * struct census_holding - what an owner has of a kind
 * @things: that it marked
 * @alone: of these, marked by no other
 * @share: 1/2^24 of a thing
 * @unsure: of @things, those that may have owners who could not mark them: no
 *	less, perhaps more
 */
struct census_holding {
	u64 things;
	u64 alone;
	u64 share;
	u64 unsure;
};

/* Not tags: what @from of a marker is at first; a block of several tags. */
#define CENSUS_NO_TAG (~0U)
#define CENSUS_MIXED (~0U - 1)

#define CENSUS_SECTION_SHIFT 15
#define CENSUS_SECTION_TAGS BIT(CENSUS_SECTION_SHIFT)
#define CENSUS_BLOCK_SHIFT 6
#define CENSUS_BLOCK_TAGS BIT(CENSUS_BLOCK_SHIFT)
#define CENSUS_SECTION_BLOCKS (CENSUS_SECTION_TAGS / CENSUS_BLOCK_TAGS)

/**
 * struct census_section - tags of neighbouring things
 * @blocks: %CENSUS_SECTION_BLOCKS, the tag of each block or %CENSUS_MIXED; NULL
 *	where nothing is marked
 * @tags: %CENSUS_SECTION_TAGS, of meaning in mixed blocks; NULL as long as there
 *	is none
 * @lost: a bit for each block: something in it could not be marked
 */
struct census_section {
	u32 *blocks;
	u32 *tags;
	u64 lost[CENSUS_SECTION_BLOCKS / 64];
};

static inline struct census_set *census_set(const struct census_owners *o,
					    u32 id)
{
	return &o->chunks[id >> CENSUS_CHUNK_SHIFT]
			 [id & (CENSUS_CHUNK_SETS - 1)];
}

void census_owners_init(struct census_owners *o, u32 nr_kinds);
u32 census_owners_sets_left(const struct census_owners *o);
u32 census_marker_turn_slowly(struct census_marker *m, u32 tag,
			      unsigned long thing);
unsigned int census_mark(struct census_marker *m, struct census_section *s,
			 unsigned long thing, unsigned int nr);
void census_owners_pass_on(struct census_owners *o);
void census_owners_join(const struct census_owners *o, const u32 *group_of,
			u32 *map, struct census_owners *groups);
void census_owners_settle(struct census_owners *o,
			  struct census_holding *holdings);
void census_owners_count(struct census_owners *o,
			 const struct census_joined *joined,
			 struct census_holding *holdings);
void census_owners_share(struct census_owners *o,
			 const struct census_joined *joined,
			 const struct census_holding *given,
			 struct census_holding *holdings);
u32 census_owners_of(const struct census_owners *o, u32 id);
u32 census_owners_kind(const struct census_owners *o, u32 id);
u32 census_owners_add(struct census_owners *o, struct census_pairs *pairs,
		      u32 id, u32 owner, u32 nr);
void census_pairs_move(struct census_pairs *to,
		       const struct census_pairs *from);
void census_section_mix(struct census_section *s, unsigned int block);
void census_section_lose(struct census_section *s, unsigned long thing,
			 unsigned int nr);
void census_owners_unsure(struct census_owners *o,
			  const struct census_section *s, const u64 *lost);

/**
 * census_marker_flush() - bring the sets' counts up to date
 * @m: who marks
 */
static inline void census_marker_flush(struct census_marker *m)
{
	if (m->set)
		m->set->passed += m->run;
	m->run = 0;
}

/**
 * census_marker_turn() - go on with things of another tag
 * @m: who marks
 * @tag: of the next one; 0: nobody has marked it
 * @thing: its number
 *
 * Return: the tag it gets, m->to.
 */
static inline u32 census_marker_turn(struct census_marker *m, u32 tag,
				     unsigned long thing)
{
	struct census_set *set = census_set(m->o, tag ?: m->kind + 1);

	if (set->child_owner != m->owner)
		return census_marker_turn_slowly(m, tag, thing);
	census_marker_flush(m);
	m->from = tag;
	m->to = set->child;
	m->set = set;
	return m->to;
}

/**
 * census_mark_one() - mark a thing in a mixed block
 * @m: who marks; there must be room for one more set
 * @tag: its tag
 * @thing: its number
 */
static inline void census_mark_one(struct census_marker *m, u32 *tag,
				   unsigned long thing)
{
	*tag = *tag == m->from ? m->to : census_marker_turn(m, *tag, thing);
	m->run++;
}

#endif /* _CENSUS_OWNERS_H */
