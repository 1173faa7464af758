// SPDX-License-Identifier: GPL-2.0
/*
 * How it is found whose a page of the page cache is:
 *
 * A pass adds up frames by page->mapping, which it compares and never follows, and keeps the first
 * and the last folio of each.  After the pass one of these is looked up again: with a reference,
 * and under its folio lock, by trylock only, it is known to be in the page cache of that mapping.
 * As long as it is locked there, the inode cannot be evicted, nor its super block be freed.  So
 * the device, the number, the size and a path are copied under the lock, and nothing is kept of
 * inodes, dentries or mounts: no umount finds a busy inode.  If both folios are gone, the file is
 * unknown.
 *
 * All files are looked up for the sums of file systems, but only the largest ones get a path.
 */
#include <linux/bits.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/charge.h"
#include "base/compat.h"
#include "base/hotplug.h"
#include "base/memory.h"
#include "physical/files.h"

/* Files between two cond_resched(). */
#define AT_ONCE 64

/* Names of a file that are looked at: a user may make any number, and delete all but the last. */
#define ALIASES_MAX 32

/**
 * census_frame_files_begin() - prepare to count by file
 * @c: zeroed
 * @limit: number of files to name
 *
 * Return: 0, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
int census_frame_files_begin(struct census_frame_files *c, u32 limit)
{
	int err;

	c->limit = limit;
	err = census_index_begin(&c->mappings, sizeof(struct census_mapping),
				 CENSUS_CACHED_FILES_MAX);
	if (err)
		return err;
	return census_index_begin(&c->systems, sizeof(struct census_cached_system),
				  CENSUS_CACHED_SYSTEMS_MAX);
}

static void add_cached(struct census_cached *to, const struct census_cached *from)
{
	to->frames += from->frames;
	to->mapped += from->mapped;
	to->dirty += from->dirty;
	to->writeback += from->writeback;
}

/*
 * Each frame is a vote for its cgroup, and two votes for different ones cancel each other: one that
 * has more than half of all is left, and has at least the votes that are left.
 */
static void add_votes(struct census_mapping *m, u64 cgroup, unsigned long frames)
{
	if (cgroup == m->cgroup) {
		m->charged += frames;
	} else if (frames <= m->charged) {
		m->charged -= frames;
	} else {
		m->cgroup = cgroup;
		m->charged = frames - m->charged;
	}
}

/**
 * census_frame_files_add() - add frames of a folio
 * @m: its record in &struct census_frame_files.mappings
 * @f: the folio, of class FILE or SHMEM; the RCU read lock is held since it was copied
 * @frames: number of frames to add
 * @mapped: of @frames, those that a page table maps
 */
void census_frame_files_add(struct census_mapping *m, const struct census_frame *f,
			    unsigned long frames, unsigned long mapped)
{
	unsigned long flags = census_page_flags(&f->pages[0]);

	m->shmem = flags & BIT(PG_swapbacked);
	if (!m->cached.frames)
		m->pfns[0] = f->pfn;
	m->pfns[1] = f->pfn;
	add_votes(m, census_folio_payer((struct folio *)&f->folio), frames);
	m->cached.frames += frames;
	m->cached.mapped += mapped;
	if (flags & BIT(PG_dirty) && !m->shmem)
		m->cached.dirty += frames;
	if (flags & BIT(PG_writeback))
		m->cached.writeback += frames;
}

/* Takes a reference of the folio that starts at @pfn.  Return: it, or NULL. */
static struct folio *get_folio(unsigned long pfn)
{
	struct folio *folio = NULL;
	struct page *page;

	/* Keeps the struct page until it has a reference, which keeps its memory online. */
	census_hotplug_lock();
	page = pfn_to_online_page(pfn);
	if (page && folio_try_get((struct folio *)page))
		folio = (struct folio *)page;
	census_hotplug_unlock();
	return folio;
}

/*
 * Checks whether a folio is in the page cache at @mapping.  It has a reference: it may leave the
 * page cache, but does not become something else.  Drivers set page->mapping too (of frame
 * buffers; on older kernels of perf buffers), and that does not keep what it points to: such
 * pages are neither on an LRU list nor up to date.
 */
static bool is_cached(struct folio *folio, const struct address_space *mapping)
{
	return !census_page_has_type(&folio->page) && !folio_test_slab(folio) &&
	       !folio_test_hugetlb(folio) && READ_ONCE(folio->mapping) == mapping &&
	       (folio_test_lru(folio) || folio_test_uptodate(folio));
}

/*
 * Locks a folio of a file.  It is not waited for: the task that holds it may read or write it, from
 * a server that does not answer.  Slab of older kernels uses the bit as a spinlock, so the folio is
 * checked before it is tried too.
 *
 * Return: the folio, to be unlocked and put, or NULL.
 */
static struct folio *lock_cached(unsigned long pfn, const struct address_space *mapping)
{
	struct folio *folio = get_folio(pfn);

	if (!folio)
		return NULL;
	if (is_cached(folio, mapping) && folio_trylock(folio)) {
		if (is_cached(folio, mapping))
			return folio;
		folio_unlock(folio);
	}
	folio_put(folio);
	return NULL;
}

/*
 * Finds a name of @inode, whose i_lock is held, one that was not deleted if possible.  A
 * disconnected one has no path: NFS and open_by_handle_at() make them.
 */
static struct dentry *find_alias(struct inode *inode)
{
	struct dentry *dentry, *found = NULL;
	unsigned int nr = 0;

	for_each_alias(dentry, inode) {
		if (nr++ == ALIASES_MAX)
			break;
		if (READ_ONCE(dentry->d_flags) & DCACHE_DISCONNECTED)
			continue;
		if (!found || d_unhashed(found))
			found = dentry;
	}
	return found;
}

/* The name of a file that is in no directory, which must not change under d_lock. */
static const char *copy_name(struct dentry *dentry, char *buffer)
{
	spin_lock(&dentry->d_lock);
	strscpy(buffer, dentry->d_name.name, PATH_MAX);
	spin_unlock(&dentry->d_lock);
	return *buffer ? buffer : NULL;
}

/*
 * The path of @inode in its file system, in @buffer.  A name in i_dentry is alive as long as i_lock
 * is held: who frees it has removed it from there, under i_lock.  It and those above it are then
 * freed after a grace period, as for a look-up of a path under RCU.  Only a file that is in no
 * directory is freed at once, so its name is copied under i_lock.  dentry_path_raw() takes at most
 * rename_lock, a spinlock under which the same is done for getcwd().
 */
static void find_path(struct inode *inode, struct census_cached_file *file, char *buffer)
{
	struct dentry *dentry;

	rcu_read_lock();
	/* In the order of dcache.c: i_lock, d_lock. */
	spin_lock(&inode->i_lock);
	dentry = find_alias(inode);
	if (dentry && d_unhashed(dentry))
		file->deleted = !file->block;
	if (dentry && IS_ROOT(dentry)) {
		file->path = copy_name(dentry, buffer);
		dentry = NULL;
	}
	spin_unlock(&inode->i_lock);
	if (dentry) {
		file->path = dentry_path_raw(dentry, buffer, PATH_MAX);
		if (IS_ERR(file->path))
			file->path = "(path too long)";
	}
	rcu_read_unlock();
}

/*
 * Tells whose a folio is: @file without its system, and of @system the key and the names.  The
 * folio is locked and in the page cache, so eviction of the inode waits for it in
 * truncate_inode_pages_final(), before the inode is freed, and before its super block is, which has
 * no inodes then.  Nothing here sleeps or does I/O.
 */
static bool identify_locked(const struct address_space *mapping, struct census_cached_file *file,
			    struct census_cached_system *system, char *buffer)
{
	struct inode *inode = mapping->host;
	const struct super_block *sb;

	if (!inode)
		return false;
	sb = inode->i_sb;
	system->of.key = sb->s_dev + 1ULL;
	*file = (struct census_cached_file){
		.device = S_ISBLK(inode->i_mode) ? inode->i_rdev : sb->s_dev,
		.block = S_ISBLK(inode->i_mode),
		/* The inode of a block device has no link since 6.9, in use or not. */
		.deleted = !S_ISBLK(inode->i_mode) && !READ_ONCE(inode->i_nlink),
		.inode = inode->i_ino,
		.size = i_size_read(inode),
	};
	strscpy(system->type, sb->s_type->name, sizeof(system->type));
	/* A file system may write s_id at any time; it always ends with 0. */
	data_race(strscpy(system->source, sb->s_id, sizeof(system->source)));
	if (buffer)
		find_path(inode, file, buffer);
	return true;
}

/* Return: false if no frame of the file is found again. */
static bool identify_file(const struct census_mapping *m, struct census_cached_file *file,
			  struct census_cached_system *system, char *buffer)
{
	const struct address_space *mapping = (void *)(unsigned long)m->of.key;
	struct folio *folio;
	unsigned int i;
	bool known;

	for (i = 0; i < ARRAY_SIZE(m->pfns); i++) {
		folio = lock_cached(m->pfns[i], mapping);
		if (!folio)
			continue;
		known = identify_locked(mapping, file, system, buffer);
		folio_unlock(folio);
		folio_put(folio);
		return known;
	}
	return false;
}

/* Finds the record of the file system with the key of @like; the first one if there is no room. */
static struct census_cached_system *find_system(struct census_frame_files *c,
						const struct census_cached_system *like)
{
	struct census_cached_system *s;

	while (!(s = census_index_find(&c->systems, like->of.key)))
		if (census_index_grow(&c->systems))
			return c->systems.first;
	if (s->of.key && !*s->type) {
		memcpy(s->type, like->type, sizeof(s->type));
		memcpy(s->source, like->source, sizeof(s->source));
	}
	return s;
}

static void add_to_system(struct census_frame_files *c, const struct census_mapping *m)
{
	struct census_cached_system *s = c->systems.first;
	struct census_cached_system like;
	struct census_cached_file file;

	if (identify_file(m, &file, &like, NULL))
		s = find_system(c, &like);
	s->files++;
	s->shmem |= m->shmem;
	add_cached(&s->cached, &m->cached);
}

/* Return: 0, -ENOMEM or -EDQUOT. */
static int add_file(struct census_frame_files *c, const struct census_mapping *m)
{
	struct census_cached_file *file = &c->files[c->nr++];
	struct census_cached_system like;
	char *path;

	*file = (struct census_cached_file) {};
	if (identify_file(m, file, &like, c->buffer))
		file->system = find_system(c, &like);
	if (file->system == c->systems.first)
		file->system = NULL;
	file->cached = m->cached;
	file->cgroup = m->cgroup;
	file->charged = m->charged;
	file->shmem = m->shmem;
	if (!file->path)
		return 0;
	path = census_arena_alloc(&c->paths, strlen(file->path) + 1);
	if (!path)
		return c->paths.full ? -EDQUOT : -ENOMEM;
	file->path = strcpy(path, file->path);
	return 0;
}

/* Lets others run.  Return: 0, or -EINTR after a fatal signal. */
static int pause_at(u32 i)
{
	if (i % AT_ONCE == AT_ONCE - 1)
		cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* @top: with memory.  Return: as census_frame_files_finish(). */
static int identify_files(struct census_frame_files *c, struct census_largest *top)
{
	const struct census_mapping *m;
	int err = 0;
	u32 i;

	for (i = 1; i < c->mappings.nr && !err; i++) {
		m = census_index_record(&c->mappings, i);
		census_largest_add(top, m->cached.frames, i);
		add_to_system(c, m);
		err = pause_at(i);
	}
	census_largest_sort(top);
	for (i = 0; i < top->nr && !err; i++)
		err = add_file(c, census_index_record(&c->mappings, top->entries[i].index)) ?:
		      pause_at(i);
	return err;
}

/**
 * census_frame_files_finish() - find whose the files are
 * @c: all frames were added
 *
 * Frees what only the pass needs.  Return: 0, -ENOMEM, -EDQUOT if results use all of max_results,
 * or -EINTR after a fatal signal.
 */
int census_frame_files_finish(struct census_frame_files *c)
{
	struct census_largest top = { .max = min(c->limit, c->mappings.nr - 1) };
	const struct census_mapping *rest = c->mappings.first;
	int err = -ENOMEM;

	c->left_out = rest->cached;
	c->files = census_arena_alloc(&c->paths, max(top.max, 1U) * sizeof(*c->files));
	if (!c->files)
		return c->paths.full ? -EDQUOT : -ENOMEM;
	top.entries = census_kvcalloc(max(top.max, 1U), sizeof(*top.entries));
	c->buffer = kmalloc(PATH_MAX, CENSUS_GFP);
	if (top.entries && c->buffer)
		err = identify_files(c, &top);
	kvfree(top.entries);
	kfree(c->buffer);
	c->buffer = NULL;
	census_index_free(&c->mappings);
	return err;
}

void census_frame_files_free(struct census_frame_files *c)
{
	census_index_free(&c->mappings);
	census_index_free(&c->systems);
	census_arena_free(&c->paths);
}
