// SPDX-License-Identifier: GPL-2.0
#include "owners.h"

/**
 * census_owners_init() - no things marked, only roots
 * @o: with one chunk at least
 * @nr_kinds: up to %CENSUS_KINDS_MAX
 */
void census_owners_init(struct census_owners *o, u32 nr_kinds)
{
	u32 id;

	o->nr_kinds = nr_kinds;
	o->nr = nr_kinds + 1;
	memset(o->tagged, 0, sizeof(o->tagged));
	for (id = 0; id < o->nr; id++)
		*census_set(o, id) = (struct census_set) {};
	/* A root has no owner: there the kind is. */
	for (id = 1; id < o->nr; id++)
		census_set(o, id)->owner = id - 1;
}

/**
 * census_owners_sets_left() - sets that can be made without another chunk
 * @o: the sets
 */
u32 census_owners_sets_left(const struct census_owners *o)
{
	return o->room - o->nr;
}

/* Is @m's owner, or another part of the same one, in the set @id? */
static bool is_in(const struct census_marker *m, u32 id)
{
	const struct census_set *set = census_set(m->o, id);

	/* As long as nobody else marks in between, @m is the last owner. */
	if (!m->mixed)
		return set->parent && set->owner >= m->first &&
		       set->owner <= m->owner;
	for (; set->parent; set = census_set(m->o, set->parent))
		if (set->owner >= m->first && set->owner <= m->owner)
			return true;
	return false;
}

/* What went on to a set's child is now in the child's count. */
static void pass_on(struct census_owners *o, struct census_set *set)
{
	if (!set->passed)
		return;
	census_set(o, set->child)->things += set->passed;
	if (!set->parent)
		o->tagged[set->owner] += set->passed;
	set->passed = 0;
}

/* The set @id and @owner besides; its @child is it. */
static u32 add_owner(struct census_owners *o, u32 id, u32 owner)
{
	struct census_set *set = census_set(o, id);

	if (set->child && set->child_owner == owner)
		return set->child;
	pass_on(o, set);
	set->child = o->nr++;
	set->child_owner = owner;
	*census_set(o, set->child) = (struct census_set) {
		.parent = id, .owner = owner,
	};
	return set->child;
}

static bool has_one_owner(const struct census_owners *o, u32 id)
{
	return id && census_set(o, id)->parent <= o->nr_kinds;
}

/*
 * A thing that its only owner has given up is nobody's again.  Its count may
 * not have been passed on yet; the sum comes right.
 */
static void forget(struct census_marker *m, u32 tag)
{
	census_set(m->o, tag)->things--;
	m->o->tagged[m->kind]--;
	m->moved++;
}

/**
 * census_marker_turn_slowly() - census_marker_turn() where the set is not there
 * @m: who marks
 * @tag: of the next thing
 * @thing: its number
 *
 * Return: the tag it gets.
 */
u32 census_marker_turn_slowly(struct census_marker *m, u32 tag,
			      unsigned long thing)
{
	u32 id = tag ?: m->kind + 1;

	census_marker_flush(m);
	m->from = tag;
	if (is_in(m, id)) {
		m->to = id;
		m->set = NULL;
		return m->to;
	}
	if (m->gave_up && has_one_owner(m->o, tag) && m->gave_up(thing)) {
		forget(m, tag);
		m->from = 0;
		id = m->kind + 1;
	}
	m->to = add_owner(m->o, id, m->owner);
	m->set = census_set(m->o, id);
	return m->to;
}

static void mark_tags(struct census_marker *m, u32 *tags, unsigned long thing,
		      unsigned int nr)
{
	u32 *end = tags + nr, *begin;
	u32 from, to;

	while (tags < end) {
		begin = tags;
		if (*tags == m->from)
			*tags = m->to;
		else
			*tags = census_marker_turn(m, *tags, thing);
		from = m->from;
		to = m->to;
		while (++tags < end && *tags == from)
			*tags = to;
		m->run += tags - begin;
		thing += tags - begin;
	}
}

/**
 * census_section_mix() - the things of a block will not all have one tag any more
 * @s: with @s->tags
 * @block: not mixed yet
 */
void census_section_mix(struct census_section *s, unsigned int block)
{
	u32 *tags = s->tags + (block << CENSUS_BLOCK_SHIFT);
	u32 tag = s->blocks[block];
	unsigned int i;

	for (i = 0; i < CENSUS_BLOCK_TAGS; i++)
		tags[i] = tag;
	s->blocks[block] = CENSUS_MIXED;
}

/* May a block be marked whole, or are its things to be looked at one by one? */
static bool is_whole(struct census_marker *m, u32 tag, unsigned long thing)
{
	if (tag == m->from || !m->gave_up || !has_one_owner(m->o, tag) ||
	    is_in(m, tag))
		return true;
	return !m->gave_up(thing);
}

/**
 * census_mark() - mark neighbouring things
 * @m: who marks; there must be room for @nr more sets
 * @s: their section
 * @thing: number of the first
 * @nr: how many, all in @s
 *
 * Return: how many were marked: @nr, or less where @s->tags is needed and NULL.
 */
unsigned int census_mark(struct census_marker *m, struct census_section *s,
			 unsigned long thing, unsigned int nr)
{
	unsigned int done = 0;

	while (done < nr) {
		unsigned int at = (thing + done) & (CENSUS_SECTION_TAGS - 1);
		unsigned int block = at >> CENSUS_BLOCK_SHIFT;
		unsigned int n = CENSUS_BLOCK_TAGS -
				 (at & (CENSUS_BLOCK_TAGS - 1));
		u32 tag = s->blocks[block];

		if (n > nr - done)
			n = nr - done;
		if (tag == CENSUS_MIXED) {
			mark_tags(m, s->tags + at, thing + done, n);
		} else if (n == CENSUS_BLOCK_TAGS &&
			   is_whole(m, tag, thing + done)) {
			if (tag != m->from)
				census_marker_turn(m, tag, thing + done);
			s->blocks[block] = m->to;
			m->run += n;
		} else if (s->tags) {
			census_section_mix(s, block);
			continue;
		} else {
			break;
		}
		done += n;
	}
	return done;
}

static bool contains(const struct census_owners *o, u32 id, u32 owner)
{
	const struct census_set *set = census_set(o, id);

	for (; set->parent; set = census_set(o, set->parent))
		if (set->owner == owner)
			return true;
	return false;
}

/**
 * census_owners_pass_on() - bring all counts up to date
 * @o: all markers flushed
 */
void census_owners_pass_on(struct census_owners *o)
{
	u32 id;

	for (id = 1; id < o->nr; id++)
		pass_on(o, census_set(o, id));
}

/**
 * census_owners_join() - the same things, owned by groups of the owners
 * @o: all have marked, and passed on; not settled
 * @group_of: by owner
 * @map: of @o->nr entries, for its own use
 * @groups: initialised, with room for as many sets as @o has; to be settled
 *
 * A set of owners is a set of their groups, each once.  Different sets of
 * owners may become the same set of groups; each may get a number of its own,
 * which makes no difference to what is summed up over all of them.
 */
void census_owners_join(const struct census_owners *o, const u32 *group_of,
			u32 *map, struct census_owners *groups)
{
	u32 id;

	for (id = 0; id <= o->nr_kinds; id++)
		map[id] = id;
	for (; id < o->nr; id++) {
		const struct census_set *set = census_set(o, id);
		u32 group = group_of[set->owner];
		u32 to = map[set->parent];

		if (!contains(groups, to, group)) {
			to = add_owner(groups, to, group);
			census_set(groups, to)->things += set->things;
		}
		map[id] = to;
	}
}

/* What census_owners_count() puts in the place of a set's child. */
#define OWNERS_MASK ((1U << 24) - 1)
#define KIND_MASK 0x7f
#define UNSURE BIT(31)

/**
 * census_owners_kind() - of what kind a set's things are
 * @o: counted
 * @id: a set
 */
u32 census_owners_kind(const struct census_owners *o, u32 id)
{
	return id <= o->nr_kinds ? id - 1 :
	       census_set(o, id)->child >> 24 & KIND_MASK;
}

/**
 * census_owners_of() - how many owners a set has
 * @o: counted
 * @id: a set
 */
u32 census_owners_of(const struct census_owners *o, u32 id)
{
	return id <= o->nr_kinds ? 0 : census_set(o, id)->child & OWNERS_MASK;
}

/* What the owner added last in a set has of the set's kind. */
static struct census_holding *holding(const struct census_owners *o,
				      const struct census_joined *joined,
				      struct census_holding *holdings, u32 id)
{
	u32 owner = census_set(o, id)->owner;

	if (joined && owner >= joined->first)
		return &joined->holdings[owner - joined->first];
	return &holdings[(u64)owner * o->nr_kinds + census_owners_kind(o, id)];
}

/**
 * census_owners_count() - all have marked: how many owners has each set
 * @o: the sets; of no use for marking afterwards
 * @joined: sets of other workers that are owners here, counted; or NULL
 * @holdings: by owner and kind, @o->nr_kinds for each owner; @things are added
 *
 * A set was made after its parent and has a higher number, so a pass up finds
 * parents done before their children.  What has gone on to a child is its
 * parent's no more.
 */
void census_owners_count(struct census_owners *o,
			 const struct census_joined *joined,
			 struct census_holding *holdings)
{
	u32 id;

	census_owners_pass_on(o);
	for (id = o->nr_kinds + 1; id < o->nr; id++) {
		struct census_set *set = census_set(o, id);
		u32 owners = census_owners_of(o, set->parent);
		u32 kind = census_owners_kind(o, set->parent);

		if (joined && set->owner >= joined->first)
			owners += joined->owners[set->owner - joined->first];
		else
			owners++;
		set->child = owners | kind << 24;
		holding(o, joined, holdings, id)->things += set->things;
		census_set(o, set->parent)->things -= set->things;
	}
}

/**
 * census_section_lose() - somebody has things that he could not mark
 * @s: their section
 * @thing: number of the first
 * @nr: how many, all in @s
 */
void census_section_lose(struct census_section *s, unsigned long thing,
			 unsigned int nr)
{
	unsigned int at = thing & (CENSUS_SECTION_TAGS - 1);
	unsigned int block = at >> CENSUS_BLOCK_SHIFT;

	for (; block <= (at + nr - 1) >> CENSUS_BLOCK_SHIFT; block++)
		s->lost[block / 64] |= 1ULL << block % 64;
}

static void make_unsure(struct census_owners *o, u32 tag)
{
	if (tag > o->nr_kinds)
		census_set(o, tag)->child |= UNSURE;
}

/**
 * census_owners_unsure() - there are owners that are not in the sets
 * @o: counted
 * @s: a section, as it was marked in the end
 * @lost: a bit for each block of it in which they have something; NULL: all
 *
 * A set is unsure as a whole, though it may have things in other blocks too.
 */
void census_owners_unsure(struct census_owners *o,
			  const struct census_section *s, const u64 *lost)
{
	unsigned int block, i;

	for (block = 0; block < CENSUS_SECTION_BLOCKS; block++) {
		const u32 *tags = s->tags + (block << CENSUS_BLOCK_SHIFT);

		if (lost && !(lost[block / 64] >> block % 64 & 1))
			continue;
		if (s->blocks[block] != CENSUS_MIXED) {
			make_unsure(o, s->blocks[block]);
			continue;
		}
		for (i = 0; i < CENSUS_BLOCK_TAGS; i++)
			make_unsure(o, tags[i]);
	}
}

/**
 * census_owners_share() - what each owner has alone, and its share
 * @o: counted
 * @joined: as before
 * @given: by set, what its things are worth, where these have owners elsewhere
 *	too; NULL: all their owners are here
 * @holdings: @alone, @share and @unsure are added
 *
 * A pass down finds children done before their parents: what their things are
 * worth is worth it to the owners above them too, and where one is in doubt all
 * of these are.
 */
void census_owners_share(struct census_owners *o,
			 const struct census_joined *joined,
			 const struct census_holding *given,
			 struct census_holding *holdings)
{
	u32 id;

	for (id = o->nr - 1; id > o->nr_kinds; id--) {
		struct census_set *set = census_set(o, id);
		struct census_holding *h = holding(o, joined, holdings, id);
		u32 owners = census_owners_of(o, id);

		if (given) {
			set->share += given[id].share;
			set->passed += given[id].unsure;
			h->alone += given[id].alone;
		} else {
			set->share += (u64)set->things *
				      ((1U << CENSUS_SHARE_SHIFT) / owners);
			if (owners == 1)
				h->alone += set->things;
			if (set->child & UNSURE)
				set->passed += set->things;
		}
		h->share += set->share;
		h->unsure += set->passed;
		census_set(o, set->parent)->share += set->share;
		census_set(o, set->parent)->passed += set->passed;
	}
}

/**
 * census_owners_settle() - all have marked: who has what
 * @o: the sets, nobody's but these owners'; of no use for marking afterwards
 * @holdings: by owner and kind, @o->nr_kinds for each owner; added to
 */
void census_owners_settle(struct census_owners *o,
			  struct census_holding *holdings)
{
	census_owners_count(o, NULL, holdings);
	census_owners_share(o, NULL, NULL, holdings);
}

static u32 pair_index(const struct census_pairs *pairs, u64 key)
{
	u32 i = (key * 0x9e3779b97f4a7c15ULL >> 32) & pairs->mask;

	while (pairs->keys[i] && pairs->keys[i] != key)
		i = (i + 1) & pairs->mask;
	return i;
}

/**
 * census_pairs_move() - fill a larger table
 * @to: empty
 * @from: smaller
 */
void census_pairs_move(struct census_pairs *to, const struct census_pairs *from)
{
	u32 i, j;

	for (i = 0; from->keys && i <= from->mask; i++) {
		if (!from->keys[i])
			continue;
		j = pair_index(to, from->keys[i]);
		to->keys[j] = from->keys[i];
		to->sets[j] = from->sets[i];
		to->used++;
	}
}

/**
 * census_owners_add() - things of a set get one more owner
 * @o: the sets, with room for one more
 * @pairs: that were added before, with room for one more
 * @id: the set, or a root
 * @owner: not in it
 * @nr: how many things
 *
 * Unlike markers, which come one after the other, joined owners come in any
 * order: a set's last child is no help to find the right one.
 *
 * Return: the set they are in then.
 */
u32 census_owners_add(struct census_owners *o, struct census_pairs *pairs,
		      u32 id, u32 owner, u32 nr)
{
	u64 key = (u64)id << 32 | owner;
	u32 i = pair_index(pairs, key);

	if (!pairs->keys[i]) {
		pairs->keys[i] = key;
		pairs->sets[i] = o->nr++;
		pairs->used++;
		*census_set(o, pairs->sets[i]) = (struct census_set) {
			.parent = id, .owner = owner,
		};
	}
	census_set(o, pairs->sets[i])->things += nr;
	if (id <= o->nr_kinds)
		o->tagged[id - 1] += nr;
	return pairs->sets[i];
}
