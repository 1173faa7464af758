// SPDX-License-Identifier: GPL-2.0
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/compat.h"
#include "base/memory.h"
#include "census/vma.h"

/*
 * Checks whether the file of a VMA is in memory or in no directory.  Such a file may die with its
 * last user, also if that maps no page of it.  The dentry of a file without links is hashed if a
 * server has removed it, and that of secret memory, which has one on some kernels, is not.
 */
bool census_vma_of_memory(const struct vm_area_struct *vma)
{
	struct file *file = vma->vm_file;

	return file && (shmem_mapping(file->f_mapping) || vma->vm_flags & VM_HUGETLB ||
			d_unhashed(file_user_path(file)->dentry) ||
			!READ_ONCE(file_user_inode(file)->i_nlink));
}

/* Of the counts of a VMA, in an arena. */
#define COUNTS_BYTES ALIGN(sizeof(struct census_counts), CENSUS_ARENA_ALIGN)

/* Provides what census_vma_alloc() @wanted.  May sleep.  Return: 0 or -ENOMEM. */
int census_vma_reserve(struct census_snapshot *snap, struct census_arena *counts, size_t wanted)
{
	return census_arena_reserve(&snap->vma_arena, wanted) &&
	       census_arena_reserve(counts, COUNTS_BYTES) ? 0 : -ENOMEM;
}

/* Writes the mode as in maps to @to, 5 bytes. */
void census_vma_mode(unsigned long flags, char *to)
{
	to[0] = flags & VM_READ ? 'r' : '-';
	to[1] = flags & VM_WRITE ? 'w' : '-';
	to[2] = flags & VM_EXEC ? 'x' : '-';
	to[3] = flags & VM_MAYSHARE ? 's' : 'p';
	to[4] = '\0';
}

/* Return: the name, in @buffer of PATH_MAX or constant; or NULL: none, or that of its file. */
static const char *vma_name(const struct vm_area_struct *vma, char *buffer)
{
	const char *anon = census_anon_vma_name(vma);
	const char *name = NULL;

	if (vma->vm_file && anon) {
		snprintf(buffer, PATH_MAX, "[anon_shmem:%s]", anon);
		return buffer;
	}
	if (vma->vm_file)
		return NULL;
	if (vma->vm_ops && vma->vm_ops->name)
		name = vma->vm_ops->name((struct vm_area_struct *)vma);
	if (!name && vma_is_initial_heap(vma))
		name = "[heap]";
	if (!name && vma_is_initial_stack(vma))
		name = "[stack]";
	if (!name && anon) {
		snprintf(buffer, PATH_MAX, "[anon:%s]", anon);
		name = buffer;
	}
	return name;
}

/**
 * census_vma_name() - name a record by its file, of which it has a reference, and drop that
 * @snap: its cost includes the name
 * @v: the record; no lock is held
 * @last: record of the VMA before, or NULL: mappings of a file share its name
 * @path_buffer: PATH_MAX bytes
 *
 * A path takes as long as it has directories and, below many mounts, as these.  If the reference is
 * the last one, the file is closed when the caller returns to user mode.
 *
 * Return: 0 or -ENOMEM.
 */
int census_vma_name(struct census_snapshot *snap, struct census_vma *v,
		    const struct census_vma *last, char *path_buffer)
{
	struct file *file = v->file;
	const char *name = d_path(file_user_path(file), path_buffer, PATH_MAX);
	size_t length;
	char *copy;

	fput(file);
	v->name = NULL;
	v->unnamed = false;
	if (IS_ERR(name))
		name = "(path too long)";
	if (last && last->name && !strcmp(last->name, name)) {
		v->name = last->name;
		return 0;
	}
	length = strlen(name) + 1;
	copy = census_arena_alloc(&snap->vma_arena, length);
	if (!copy)
		return -ENOMEM;
	v->name = memcpy(copy, name, length);
	return 0;
}

/**
 * census_vma_alloc() - create a record of a VMA, without figures
 * @snap: its cost includes the record; the caller adds the record to a list
 * @vma: locked, so this does not sleep
 * @path_buffer: PATH_MAX bytes
 * @counts: memory of the counts
 * @wanted: if an arena does not have the memory: what the arena of records needs, bytes
 *
 * If the name is that of a file, the record has a reference on it, for census_vma_name().
 *
 * Return: the record; or NULL, and nothing has changed: census_vma_reserve() makes room, and the
 * caller tries again.
 */
struct census_vma *census_vma_alloc(struct census_snapshot *snap,
				    const struct vm_area_struct *vma,
				    char *path_buffer, struct census_arena *counts,
				    size_t *wanted)
{
	const char *name = vma_name(vma, path_buffer);
	size_t length = name ? strlen(name) + 1 : 0;
	struct census_vma *v;

	*wanted = ALIGN(sizeof(*v), CENSUS_ARENA_ALIGN) + ALIGN(length, CENSUS_ARENA_ALIGN);
	if (!census_arena_has(&snap->vma_arena, *wanted) ||
	    !census_arena_has(counts, COUNTS_BYTES))
		return NULL;
	v = census_arena_alloc(&snap->vma_arena, sizeof(*v));
	v->counts = census_arena_alloc(counts, sizeof(*v->counts));
	if (name)
		v->name = memcpy(census_arena_alloc(&snap->vma_arena, length), name, length);
	if (vma->vm_file) {
		const struct inode *inode = file_user_inode(vma->vm_file);

		v->dev = inode->i_sb->s_dev;
		v->inode = inode->i_ino;
		v->offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
		v->unnamed = !name;
		if (!name)
			v->file = get_file(vma->vm_file);
	}
	v->start = vma->vm_start;
	v->end = vma->vm_end;
	v->page_shift = ilog2(vma_kernel_pagesize((struct vm_area_struct *)vma));
	v->flags = vma->vm_flags;
	return v;
}

/**
 * census_vma_is_of() - check whether a record is of a VMA, to its end
 * @v: the record
 * @vma: locked; since @v was created, its addresses may have been mapped anew
 *
 * Return: true if @v is of @vma from @v->start on, or of another one with the same file there.
 */
bool census_vma_is_of(const struct census_vma *v, const struct vm_area_struct *vma)
{
	const struct inode *inode = vma->vm_file ? file_user_inode(vma->vm_file) : NULL;

	if (v->start < vma->vm_start || v->end != vma->vm_end)
		return false;
	if (!inode)
		return !v->dev && !v->inode;
	return v->inode == inode->i_ino && v->dev == inode->i_sb->s_dev &&
	       v->offset == ((u64)vma->vm_pgoff << PAGE_SHIFT) + (v->start - vma->vm_start);
}
