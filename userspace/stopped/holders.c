// SPDX-License-Identifier: GPL-2.0
/* Who holds files that may die. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/bpf-pins.h"
#include "os/descriptors.h"
#include "os/procfs.h"
#include "stopped/holders.h"
#include "wire/mappings.h"

/* An entry of a tree of numbers. */
struct numbered {
	struct file_number number;
	size_t file;
};

static struct stopped_file *find_file(const struct holders *holders, void *const *tree,
				      const struct file_number *number)
{
	const struct numbered *const *found = tfind(number, tree, file_number_compare);

	return found ? &holders->files[(*found)->file] : NULL;
}

/* The first one with a number keeps it. */
static void number_file(void **tree, const struct file_number *number, size_t file)
{
	struct numbered *entry = xcalloc(1, sizeof(*entry)), **found;

	*entry = (struct numbered){ *number, file };
	found = tsearch(entry, tree, file_number_compare);
	if (!found)
		memory_failed();
	if (*found != entry)
		free(entry);
}

/* @mapped: its number in mappings, or by stat() if none was seen. */
static struct stopped_file *add_file(struct holders *holders, const char *name, const char *path,
				     const struct file_number *mapped)
{
	const size_t number = holders->n_files++;
	struct stopped_file *file;

	holders->files = array_grow(holders->files, number, sizeof(*holders->files));
	file = &holders->files[number];
	*file = (struct stopped_file){ .name = xstrdup(name) };
	file->read = held_file_read(&file->file, path);
	file->mapped = *mapped;
	number_file(&holders->by_mapping, mapped, number);
	if (file->read)
		number_file(&holders->by_stat, &file->file.number, number);
	return file;
}

/* What is no file, by @number. */
static struct stopped_file *add_object(struct holders *holders, const char *name,
				       enum open_kind kind, const struct file_number *number)
{
	const size_t at = holders->n_files++;
	struct stopped_file *file;

	holders->files = array_grow(holders->files, at, sizeof(*holders->files));
	file = &holders->files[at];
	*file = (struct stopped_file){
		.file = { .number = *number, .home = FILE_IN_KERNEL, .known = true },
		.mapped = *number, .name = xstrdup(name), .read = true, .kind = kind,
	};
	number_file(&holders->by_mapping, number, at);
	number_file(&holders->by_stat, number, at);
	return file;
}

/* The lowest group that contains both. */
static size_t common(const struct holders *holders, size_t a, size_t b)
{
	while (a != b && a != GROUP_NONE && b != GROUP_NONE) {
		if (a > b)
			a = holders->parents[a];
		else
			b = holders->parents[b];
	}
	return a == b ? a : GROUP_NONE;
}

static struct hold *add_hold(struct holders *holders, struct stopped_file *file, uint32_t pid,
			     size_t group, bool first)
{
	struct hold *hold;

	holders->holds = array_grow(holders->holds, holders->n_holds, sizeof(*holders->holds));
	hold = &holders->holds[holders->n_holds++];
	*hold = (struct hold){ (size_t)(file - holders->files), group, pid, 0, 0 };
	file->lowest = first ? group : common(holders, file->lowest, group);
	return hold;
}

static uint64_t bytes_of(const struct vma *vma, unsigned int figure)
{
	return KNOWN(&vma->figures, figure) ? vma->figures.v[figure] : 0;
}

/* Whether the file of @vma is in memory, or has no name. */
static bool may_die(const struct vma *vma)
{
	return bytes_of(vma, MEMCENSUS_F_SHMEM) || bytes_of(vma, MEMCENSUS_F_HUGETLB) ||
	       bytes_of(vma, MEMCENSUS_F_SWAP) || held_name_is_deleted(vma->name);
}

/*
 * The file of @vma, if its descriptor was seen first and has another number than its mappings, as
 * with overlayfs and btrfs.  Asks for status of the link, which waits for the process's mmap lock:
 * only if there is such a file.
 */
static struct stopped_file *find_open(struct holders *holders, const struct vma *vma,
				      const struct file_number *mapped)
{
	struct stopped_file *file;
	struct file_number number;
	struct statx stat;
	char path[80];

	if (!holders->open_only || !held_name_is_deleted(vma->name))
		return NULL;
	mapping_link(vma, path, sizeof(path));
	if (!procfs_stat(path, &stat))
		return NULL;
	number = file_number_of(&stat);
	file = find_file(holders, &holders->by_stat, &number);
	if (file) {
		file->mapped = *mapped;
		number_file(&holders->by_mapping, mapped, (size_t)(file - holders->files));
	}
	return file;
}

/*
 * The object that @vma maps; NULL: it maps none, or all of its kind have one inode.  Until a
 * descriptor says more, it is as large as its largest mapping, or of a driver that counts pages, as
 * what is mapped.
 */
static struct stopped_file *map_object(struct holders *holders, const struct vma *vma, bool add,
				       bool *first)
{
	const bool named = KNOWN(vma, MEMCENSUS_VMA_INODE) && KNOWN(vma, MEMCENSUS_VMA_NAME);
	const enum open_kind kind = named ? open_kind_of(vma->name) : OPEN_OTHER;
	struct file_number number;
	struct stopped_file *file;

	if (kind != OPEN_DMABUF && kind != OPEN_IO_URING && kind != OPEN_SOCKET)
		return NULL;
	number = kind == OPEN_SOCKET ? open_socket_number(vma->inode) : mapping_file(vma);
	file = find_file(holders, &holders->by_mapping, &number);
	*first = !file;
	if (!file && add)
		file = add_object(holders, vma->name, kind, &number);
	if (file && !file->tid && kind == OPEN_DMABUF && vma->end - vma->start > file->file.memory)
		file->file.memory = vma->end - vma->start;
	return file;
}

void holders_map(struct holders *holders, const struct vma *vma, size_t group, bool add)
{
	const struct file_number number = mapping_file(vma);
	struct stopped_file *file;
	struct hold *hold;
	char path[80];
	bool first;

	file = map_object(holders, vma, add, &first);
	if (file) {
		hold = add_hold(holders, file, (uint32_t)vma->pid, group, first);
		hold->share = bytes_of(vma, MEMCENSUS_F_PSS_DEVICE);
		return;
	}
	if (!mapping_has_file(vma))
		return;
	file = find_file(holders, &holders->by_mapping, &number);
	if (!file)
		file = find_open(holders, vma, &number);
	first = !file;
	if (first && (!add || !may_die(vma)))
		return;
	if (first) {
		mapping_link(vma, path, sizeof(path));
		file = add_file(holders, mapping_name(vma), path, &number);
	}
	hold = add_hold(holders, file, (uint32_t)vma->pid, group, first);
	/* Copies of a private mapping are not pages of the file. */
	hold->share = bytes_of(vma, MEMCENSUS_F_PSS_FILE) + bytes_of(vma, MEMCENSUS_F_PSS_SHMEM);
	if (KNOWN(vma, MEMCENSUS_VMA_MODE) && strchr(vma->mode, 's')) {
		hold->share += bytes_of(vma, MEMCENSUS_F_HUGETLB_PSS);
		hold->huge = bytes_of(vma, MEMCENSUS_F_PRIVATE_HUGETLB);
	}
}

void holders_open(struct holders *holders, const struct file_number *number, const char *name,
		  const char *path, uint32_t pid, size_t group, bool add)
{
	struct stopped_file *file = find_file(holders, &holders->by_stat, number);
	const bool first = !file;

	if (first && !add)
		return;
	if (first) {
		file = add_file(holders, name, path, number);
		holders->open_only |= file->read && file->file.home == FILE_ON_DISK;
	}
	add_hold(holders, file, pid, group, first);
}

void holders_open_object(struct holders *holders, const struct descriptor *descriptor,
			 uint32_t pid, size_t group, bool add)
{
	struct open_file object = { .bytes = { false, 0 } };
	bool first, ends = false;
	struct stopped_file *file;

	open_file_identify(&object, descriptor);
	if (!object.number.inode || !open_kind_may_end(object.kind))
		return;
	file = find_file(holders, &holders->by_stat, &object.number);
	first = !file;
	if (first && !add)
		return;
	if (!file || !file->tid) {
		ends = open_file_ends(&object, descriptor->path);
		if (!file && !ends)
			return;
		if (!file)
			file = add_object(holders, descriptor->name, object.kind, &object.number);
		file->kind = object.kind;
		file->tid = object.tid;
		file->fd = object.fd;
	}
	if (ends) {
		open_file_read(&object, descriptor->name, descriptor->path);
		file->file.named = object.kind == OPEN_BPF && object.number.minor == OPEN_BPF &&
				   bpf_map_is_pinned(object.number.inode);
		file->file.known = object.bytes.known;
		file->file.memory = object.bytes.known ? (uint64_t)object.bytes.bytes : 0;
		file->pinned = object.pinned.known ? (uint64_t)object.pinned.bytes : 0;
	}
	add_hold(holders, file, pid, group, first);
}

size_t holders_mount(struct holders *holders, const struct file_number *number, uint32_t pid,
		     size_t group)
{
	struct stopped_file *file = find_file(holders, &holders->by_stat, number);
	const bool first = !file;

	if (first) {
		file = add_object(holders, "tmpfs of a mount namespace", OPEN_KINDS, number);
		file->file.home = FILE_IN_SHMEM;
		file->is_system = true;
	}
	add_hold(holders, file, pid, group, first);
	return (size_t)(file - holders->files);
}

struct stopped_file *holders_find_number(const struct holders *holders,
					 const struct file_number *number)
{
	return find_file(holders, &holders->by_stat, number);
}

static int compare_holds(const void *untyped_a, const void *untyped_b)
{
	const struct hold *a = untyped_a, *b = untyped_b;

	return COMPARE(a->file, b->file);
}

void holders_sort(struct holders *holders)
{
	if (holders->n_holds)
		qsort(holders->holds, holders->n_holds, sizeof(*holders->holds), compare_holds);
}

bool holders_contain(const struct holders *holders, size_t group, size_t below)
{
	while (below != GROUP_NONE && below > group)
		below = holders->parents[below];
	return below == group;
}

enum outcome holders_outcome(const struct holders *holders, const struct stopped_file *file,
			     size_t group, bool unsure)
{
	if (!file->read || file->file.segment == SEGMENT_UNKNOWN)
		return OUTCOME_UNKNOWN;
	if (file->file.named &&
	    !(file->system && holders_contain(holders, group,
					      holders->files[file->system - 1].lowest)))
		return OUTCOME_NAMED;
	if (!holders_contain(holders, group, file->lowest))
		return OUTCOME_HELD;
	if (file->file.segment == SEGMENT_LASTS)
		return OUTCOME_SEGMENT;
	return unsure ? OUTCOME_UNKNOWN : OUTCOME_DIES;
}

void holders_free(struct holders *holders)
{
	size_t i;

	for (i = 0; i < holders->n_files; i++)
		free(holders->files[i].name);
	free(holders->files);
	free(holders->holds);
	tdestroy(holders->by_mapping, free);
	tdestroy(holders->by_stat, free);
}
