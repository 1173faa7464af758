// SPDX-License-Identifier: GPL-2.0
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "files.h"
#include "memory.h"

/**
 * struct file_id - identity of a file
 * @link: in the table
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
	struct census_link link;
	const struct address_space *mapping;
	const struct super_block *sb;
	unsigned long ino;
	u32 generation;
	u32 space;
};

/* Another inode that gets the memory of this one is to have another key. */
static u64 identity(const struct address_space *mapping, unsigned long ino)
{
	return (uintptr_t)mapping + rol64(ino, 32);
}

static u64 file_key(const struct census_link *link)
{
	const struct file_id *id = container_of(link, struct file_id, link);

	return identity(id->mapping, id->ino);
}

/* @files is zeroed; the caller calls census_files_end().  Return: 0 or -ENOMEM. */
int census_files_begin(struct census_files *files, struct census_budget *budget)
{
	files->budget = budget;
	mutex_init(&files->lock);
	return census_table_init(&files->table, budget, file_key) ? 0 : -ENOMEM;
}

void census_files_end(struct census_files *files)
{
	struct census_link *link;
	u32 bucket = 0;

	while ((link = census_table_pop(&files->table, &bucket))) {
		census_budget_give(files->budget, sizeof(struct file_id));
		kfree(container_of(link, struct file_id, link));
		cond_resched();
	}
	census_table_free(&files->table);
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

static struct file_id *find(struct census_files *files, const struct address_space *mapping)
{
	const struct inode *inode = mapping->host;
	struct census_link *link;

	for (link = census_table_first(&files->table, identity(mapping, inode->i_ino));
	     link; link = census_table_next(link)) {
		struct file_id *id = container_of(link, struct file_id, link);

		if (id->mapping == mapping && id->ino == inode->i_ino &&
		    id->generation == inode->i_generation &&
		    id->sb == inode->i_sb)
			return id;
	}
	return NULL;
}

/* Return: a new file, or NULL without memory.  @files->lock is held. */
static struct file_id *add(struct census_files *files, const struct address_space *mapping,
			   enum census_class class)
{
	const struct inode *inode = mapping->host;
	struct file_id *id;

	if (!census_budget_take(files->budget, sizeof(*id)))
		return NULL;
	id = kmalloc(sizeof(*id), CENSUS_GFP);
	if (!id) {
		census_budget_give(files->budget, sizeof(*id));
		return NULL;
	}
	*id = (struct file_id) {
		.mapping = mapping, .sb = inode->i_sb, .ino = inode->i_ino,
		.generation = inode->i_generation,
		.space = census_file_space(files->nr, class),
	};
	if (id->space < CENSUS_SPACE_END)
		files->nr++;
	census_table_add(&files->table, &id->link);
	return id;
}

/* Return: the file, found or added; or NULL without memory. */
static struct file_id *find_or_add(struct census_files *files,
				   const struct address_space *mapping,
				   enum census_class class)
{
	struct file_id *id = find(files, mapping);

	if (id)
		return id;
	/* Only a search under the lock proves that there is none: see table.h. */
	mutex_lock(&files->lock);
	id = find(files, mapping) ?: add(files, mapping, class);
	mutex_unlock(&files->lock);
	return id;
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
	struct file_id *id;

	*key = 0;
	if (!maps_page_cache(vma, class) ||
	    vma->vm_pgoff + vma_pages(vma) >
	    CENSUS_SPACE(1) << CENSUS_BLOCK_SHIFT)
		return 0;
	id = find_or_add(files, vma->vm_file->f_mapping, class);
	if (!id)
		return -ENOMEM;
	if (id->space < CENSUS_SPACE_END)
		*key = CENSUS_SPACE(id->space);
	return 0;
}
