// SPDX-License-Identifier: GPL-2.0
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "files.h"
#include "memory.h"

/**
 * struct file_id - identity of a file
 * @link: in its bucket
 * @mapping: its page cache; only compared
 * @sb: its file system; only compared
 * @ino: inode number
 * @generation: of the inode
 * @space: key space of its pages
 *
 * There is no reference, which would prevent an unmount of the file system.  If the inode
 * is freed during the census and another inode gets its memory, the number or the
 * generation differs.
 */
struct file_id {
	struct hlist_node link;
	const struct address_space *mapping;
	const struct super_block *sb;
	unsigned long ino;
	u32 generation;
	u32 space;
};

/* @files is zeroed; the caller calls census_files_end(). */
void census_files_begin(struct census_files *files, struct census_budget *budget)
{
	files->budget = budget;
	spin_lock_init(&files->lock);
}

void census_files_end(struct census_files *files)
{
	struct hlist_node *next;
	struct file_id *id;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files->buckets); i++) {
		hlist_for_each_entry_safe(id, next, &files->buckets[i], link) {
			census_budget_give(files->budget, sizeof(*id));
			kfree(id);
		}
		cond_resched();
	}
}

/*
 * Checks whether the pages of a VMA are its file's page cache, at the index that follows
 * from the address.  Shmem always is, also SysV shm, which has its own vm_ops.  For other
 * file systems filemap_map_pages() shows it: this function maps page cache at its index
 * and nothing else.  A driver that maps pages of its own has another or no map_pages, or
 * sets VM_PFNMAP or VM_MIXEDMAP.  DAX files have no page cache.
 */
static bool maps_page_cache(const struct vm_area_struct *vma,
			    enum census_class class)
{
	if (!vma->vm_file || !vma->vm_ops ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
		return false;
	return class == CENSUS_SHMEM ||
	       (vma->vm_ops->map_pages == filemap_map_pages &&
		!IS_DAX(vma->vm_file->f_mapping->host));
}

static struct file_id *find(struct census_files *files, struct hlist_head *bucket,
			    const struct address_space *mapping)
{
	const struct inode *inode = mapping->host;
	struct file_id *id;

	hlist_for_each_entry_rcu(id, bucket, link, lockdep_is_held(&files->lock))
		if (id->mapping == mapping && id->ino == inode->i_ino &&
		    id->generation == inode->i_generation &&
		    id->sb == inode->i_sb)
			return id;
	return NULL;
}

static struct file_id *add(struct census_files *files, struct hlist_head *bucket,
			   const struct address_space *mapping,
			   enum census_class class)
{
	struct file_id *id, *old;

	if (!census_budget_take(files->budget, sizeof(*id)))
		return NULL;
	id = kmalloc(sizeof(*id), CENSUS_GFP);
	if (!id) {
		census_budget_give(files->budget, sizeof(*id));
		return NULL;
	}
	*id = (struct file_id) {
		.mapping = mapping, .sb = mapping->host->i_sb,
		.ino = mapping->host->i_ino,
		.generation = mapping->host->i_generation,
	};
	spin_lock(&files->lock);
	old = find(files, bucket, mapping);
	if (!old) {
		id->space = census_file_space(files->nr, class);
		if (id->space < CENSUS_SPACE_END)
			files->nr++;
		hlist_add_head_rcu(&id->link, bucket);
	}
	spin_unlock(&files->lock);
	if (!old)
		return id;
	census_budget_give(files->budget, sizeof(*id));
	kfree(id);
	return old;
}

/**
 * census_files_key() - get the key of a file's first page
 * @files: files found so far
 * @vma: locked, which keeps its file
 * @class: of its pages, FILE or SHMEM
 * @key: set; 0 if its pages are numbered by frame
 *
 * Return: 0 or -ENOMEM.
 */
int census_files_key(struct census_files *files, struct vm_area_struct *vma,
		     enum census_class class, u64 *key)
{
	const struct address_space *mapping;
	struct hlist_head *bucket;
	struct file_id *id;

	*key = 0;
	if (!maps_page_cache(vma, class) ||
	    vma->vm_pgoff + vma_pages(vma) >
	    CENSUS_SPACE(1) << CENSUS_BLOCK_SHIFT)
		return 0;
	mapping = vma->vm_file->f_mapping;
	bucket = &files->buckets[hash_ptr((void *)mapping,
					  CENSUS_FILES_BUCKETS_BITS)];
	rcu_read_lock();
	id = find(files, bucket, mapping);
	rcu_read_unlock();
	if (!id)
		id = add(files, bucket, mapping, class);
	if (!id)
		return -ENOMEM;
	if (id->space < CENSUS_SPACE_END)
		*key = CENSUS_SPACE(id->space);
	return 0;
}
