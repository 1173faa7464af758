// SPDX-License-Identifier: GPL-2.0
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "base/compat.h"
#include "count/files.h"

/**
 * struct file_id - identity of a file
 * @link: in the table, by identity()
 * @mapping: its page cache; only compared
 * @sb: its file system; only compared
 * @ino: inode number
 * @generation: of the inode
 * @dev: device as /proc shows it for the first mapping
 * @space: key space of its pages
 * @user_ino: inode number as /proc shows it for the first mapping
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
	dev_t dev;
	u32 space;
	unsigned long user_ino;
};

#define ID_UNITS 4

static_assert(sizeof(struct file_id) <= ID_UNITS * CENSUS_UNIT_BYTES);

/* Users of FUSE choose inode numbers, but not so that many keys are equal. */
static struct census_hash ino_hash __read_mostly;

void census_files_init(void)
{
	census_hash_init(&ino_hash);
}

/* Another inode that gets the memory of this one is to have another key. */
static u64 identity(const struct address_space *mapping, unsigned long ino)
{
	return (uintptr_t)mapping + ((u64)census_hash(&ino_hash, ino) << 32);
}

/**
 * census_file_mapping() - get the page cache that mappings of a file show
 * @file: a regular file or block device, open for reading or writing; it keeps the inode
 *
 * overlayfs maps the file that has the data, whose inode is not that of @file.
 */
const struct address_space *census_file_mapping(struct file *file)
{
	struct inode *real = d_real_inode(file->f_path.dentry);

	return real == file_inode(file) ? file->f_mapping : real->i_mapping;
}

/* @files is zeroed; the caller calls census_files_end().  Return: 0 or -ENOMEM. */
int census_files_begin(struct census_files *files, struct census_budget *budget)
{
	files->budget = budget;
	/* The rest suffices for owners, in slices: see census_params_check(). */
	files->ids_budget = census_budget_locked(budget);
	files->ids_budget.limit = budget->limit / 4;
	files->ids.budget = &files->ids_budget;
	files->ids.nr = ID_UNITS;
	census_files_restart(files);
	if (!census_reserve_fill())
		return -ENOMEM;
	return census_table_init(&files->table, &files->ids_budget) ? 0 : -ENOMEM;
}

/* Forgets what was lacking: the census starts again, and owners may have filled max_mem. */
void census_files_restart(struct census_files *files)
{
	files->full = false;
}

void census_files_end(struct census_files *files)
{
	census_pool_free(&files->ids);
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

static struct file_id *find_file_id(struct census_files *files, const struct address_space *mapping)
{
	const struct inode *inode = mapping->host;
	u64 key = identity(mapping, inode->i_ino);
	struct census_link *link;

	for (link = census_table_find(&files->table, key); link;
	     link = census_link_find(link->next, key)) {
		struct file_id *id = container_of(link, struct file_id, link);

		if (id->mapping == mapping && id->ino == inode->i_ino &&
		    id->generation == inode->i_generation &&
		    id->sb == inode->i_sb)
			return id;
	}
	return NULL;
}

/*
 * Return: a new file, or NULL if @files are full: then nothing is added any more, so that all
 * mappings of a file get the same answer.
 */
static struct file_id *add_file_id(struct census_files *files, struct file *file,
				   enum census_class class)
{
	const struct address_space *mapping = file->f_mapping;
	const struct inode *inode = mapping->host, *user = file_user_inode(file);
	u32 space = census_file_space(files->nr, class), unit = 0;
	struct file_id *id;

	if (!files->full && space < CENSUS_SPACE_END)
		unit = census_pool_take(&files->ids, ID_UNITS);
	if (!unit) {
		files->full = true;
		return NULL;
	}
	id = census_unit(&files->ids, unit);
	*id = (struct file_id) {
		.link.key = identity(mapping, inode->i_ino),
		.mapping = mapping, .sb = inode->i_sb, .ino = inode->i_ino,
		.generation = inode->i_generation,
		.dev = user->i_sb->s_dev, .user_ino = user->i_ino,
		.space = space,
	};
	files->nr++;
	census_table_add(&files->table, &id->link);
	return id;
}

/**
 * census_files_key_end() - where the pages of a VMA begin to be numbered in another way
 * @vma: locked; it ends above %CENSUS_INDEX_END
 * @class: of its pages
 * @addr: in @vma
 * @end: in @vma, above @addr
 *
 * Return: the end of the addresses from @addr on that have one key, at most @end.
 */
unsigned long census_files_key_end(struct vm_area_struct *vma, enum census_class class,
				   unsigned long addr, unsigned long end)
{
	if (!maps_page_cache(vma, class) || linear_page_index(vma, addr) >= CENSUS_INDEX_END)
		return end;
	return min(end, vma->vm_start + ((CENSUS_INDEX_END - vma->vm_pgoff) << PAGE_SHIFT));
}

/**
 * census_files_key() - get the key of a file's first page
 * @files: files found so far
 * @vma: locked, which keeps its file
 * @class: of its pages, FILE or SHMEM
 * @addr: of the page, and of those up to census_files_key_end()
 *
 * Return: the key, or 0 if its pages are numbered by frame.
 */
u64 census_files_key(struct census_files *files, struct vm_area_struct *vma,
		     enum census_class class, unsigned long addr)
{
	struct file_id *id;

	if (!maps_page_cache(vma, class) || linear_page_index(vma, addr) >= CENSUS_INDEX_END)
		return 0;
	id = find_file_id(files, vma->vm_file->f_mapping) ?:
	     add_file_id(files, vma->vm_file, class);
	return id ? CENSUS_SPACE(id->space) : 0;
}

/* Files get their spaces in the order of @files->ids. */
bool census_files_find(const struct census_files *files, u64 key, dev_t *dev, u64 *inode)
{
	u32 space = key >> CENSUS_SPACE_SHIFT;
	const struct file_id *id;

	if (space < CENSUS_SPACE_FILES)
		return false;
	id = census_unit(&files->ids, ((space - CENSUS_SPACE_FILES) / CENSUS_SPACES_PER_FILE + 1) *
			 ID_UNITS);
	*dev = id->dev;
	*inode = id->user_ino;
	return true;
}
