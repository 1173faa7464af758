// SPDX-License-Identifier: GPL-2.0
/* Memory that needs no process. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/held-files.h"
#include "os/memory-files.h"
#include "os/mounts.h"
#include "os/procfs.h"

#define SYSTEMS_MOST	512
/* Directories one in another: each has a descriptor. */
#define DEPTH_MOST	64
/* Bytes of /proc/sysvipc/shm that are read. */
#define SEGMENTS_BYTES	(8U << 20)
/* stat() counts blocks of this size. */
#define BLOCK		512

/**
 * struct search - the state of a run
 * @mounts: all that there are
 * @system: number of the current file system
 * @most: files to keep
 * @least: bytes that a file must have: @most larger ones are known
 * @left: entries that may still be looked at
 * @left_of_system: the same of the current file system
 */
struct search {
	struct memory_files *found;
	const struct mounts *mounts;
	size_t system;
	size_t most;
	uint64_t least;
	uint64_t left;
	uint64_t left_of_system;
};

static int smallest_first(const void *untyped_a, const void *untyped_b)
{
	const struct memory_file *a = untyped_a, *b = untyped_b;

	return COMPARE(a->held, b->held) ?: COMPARE(b->system, a->system) ?:
	       COMPARE(b->inode, a->inode) ?: strcmp(b->name, a->name);
}

/* Keeps the largest ones; a file with several names is one of them. */
static void keep_largest(struct search *search)
{
	struct memory_files *found = search->found;
	struct memory_file *v = found->v;
	size_t i, n = 0, drop;

	qsort(v, found->n, sizeof(*v), smallest_first);
	for (i = 0; i < found->n; i++) {
		if (n && v[i].kind != MEMORY_FILE_SEGMENT && v[i].system == v[n - 1].system &&
		    v[i].inode == v[n - 1].inode)
			free(v[i].name);
		else
			v[n++] = v[i];
	}
	drop = n > search->most ? n - search->most : 0;
	for (i = 0; i < drop; i++)
		free(v[i].name);
	memmove(v, v + drop, (n - drop) * sizeof(*v));
	found->n = n - drop;
	if (found->n == search->most)
		search->least = found->n ? v[0].held : UINT64_MAX;
}

static void add_file(struct search *search, const struct memory_file *file)
{
	struct memory_files *found = search->found;

	found->v = array_grow(found->v, found->n, sizeof(*found->v));
	found->v[found->n++] = *file;
	if (found->n >= 2 * search->most + 16)
		keep_largest(search);
}

/* Opens @name in @dir; -1: something is mounted on it, or its file system would be asked. */
static int open_below(int dir, const char *name, int flags)
{
	return mounts_open_cached(dir, name, flags | O_NOFOLLOW, RESOLVE_NO_XDEV | RESOLVE_BENEATH);
}

static void look_at_file(struct search *search, int dir, const char *path, const char *name)
{
	struct memory_system *system = &search->found->systems[search->system];
	const int fd = open_below(dir, name, O_PATH);
	struct statx st;
	uint64_t bytes;

	if (fd < 0)
		return;
	if (!statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &st) &&
	    S_ISREG(st.stx_mode)) {
		bytes = st.stx_blocks * BLOCK;
		system->files++;
		/* Each of its names adds a part. */
		system->in_files += bytes / (st.stx_nlink ?: 1);
		if (bytes && bytes >= search->least)
			add_file(search, &(struct memory_file){
				.kind = system->kind, .uid = st.stx_uid, .held = bytes,
				.inode = st.stx_ino, .system = search->system,
				.name = xasprintf("%s/%s", path, name) });
	}
	close(fd);
}

static bool look_at_directory(struct search *search, int fd, const char *path, unsigned int depth);

static bool is_mount_point(const struct search *search, const char *path)
{
	size_t i;

	for (i = 0; i < search->mounts->n; i++)
		if (!strcmp(search->mounts->v[i].at, path))
			return true;
	return false;
}

/* Looks at all below the directory @name of @dir; false: not at all of it. */
static bool look_below(struct search *search, int dir, const char *path, const char *name,
		       unsigned int depth)
{
	const int fd = depth > DEPTH_MOST ? -1 : open_below(dir, name, O_RDONLY | O_DIRECTORY);
	char *below = xasprintf("%s/%s", path, name);
	/* What is mounted there is looked at by itself. */
	const bool all = fd < 0 ? is_mount_point(search, below) :
				  look_at_directory(search, fd, below, depth);

	free(below);
	return all;
}

/* Looks at all below @fd, which it closes; false: not at all of it. */
static bool look_at_directory(struct search *search, int fd, const char *path, unsigned int depth)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	bool all = dir;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (!search->left || !search->left_of_system) {
			all = false;
			break;
		}
		search->left--;
		search->left_of_system--;
		if (entry->d_type == DT_REG)
			look_at_file(search, dirfd(dir), path, entry->d_name);
		if (entry->d_type == DT_DIR &&
		    !look_below(search, dirfd(dir), path, entry->d_name, depth + 1))
			all = false;
	}
	if (dir)
		closedir(dir);
	return all;
}

static enum memory_file_kind kind_of(const struct mount *mount)
{
	return !strcmp(mount->type, "tmpfs") ? MEMORY_FILE_TMPFS :
	       !strcmp(mount->type, "hugetlbfs") ? MEMORY_FILE_HUGETLBFS : MEMORY_FILE_KINDS;
}

/* The number of its file system, which is new or known; n_systems: there are too many. */
static size_t system_of(struct memory_files *found, const struct mount *mount)
{
	const uint64_t device = makedev(mount->major, mount->minor);
	size_t i;

	for (i = 0; i < found->n_systems; i++)
		if (found->systems[i].device == device)
			return i;
	if (i == SYSTEMS_MOST) {
		found->left_out++;
		return i;
	}
	found->systems = array_grow(found->systems, i, sizeof(*found->systems));
	found->systems[found->n_systems++] = (struct memory_system){
		.kind = kind_of(mount), .device = device, .at = xstrdup(mount_place(mount)) };
	return i;
}

static void look_at_mount(struct search *search, const struct mount *mount)
{
	struct memory_files *found = search->found;
	const size_t number = system_of(found, mount);
	struct memory_system *system = &found->systems[number];
	struct statfs fs;
	int fd;

	/* Of several mounts the first one of the largest part that nothing hides. */
	if (number == found->n_systems || system->seen ||
	    (*mount->root && mounts_point(search->mounts, mount->major, mount->minor,
					   NULL) != mount_place(mount)))
		return;
	fd = mount_open(AT_FDCWD, mount, &fs);
	if (fd < 0)
		return;
	if (fs.f_blocks) {
		system->size = amount_of(true, (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize);
		system->used = amount_of(true, (uint64_t)(fs.f_blocks - fs.f_bfree) *
					 (uint64_t)fs.f_bsize);
	}
	free(system->at);
	system->at = xstrdup(mount_place(mount));
	system->seen = true;
	search->system = number;
	search->left_of_system = MEMORY_FILES_OF_SYSTEM;
	system->partly = !look_at_directory(search, openat(fd, ".", O_RDONLY | O_DIRECTORY |
							   O_CLOEXEC), mount->at, 0) ||
			 *mount->root;
	close(fd);
}

/* KEY ID PERMS SIZE CPID LPID NATTCH UID GID CUID CGID ATIME DTIME CTIME RSS SWAP */
static void look_at_segment(struct search *search, const char *line)
{
	uint64_t id, attached, uid, memory, swap;

	if (sscanf(line, "%*d %" SCNu64 " %*o %*u %*d %*d %" SCNu64 " %" SCNu64
		   " %*u %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, &id, &attached, &uid, &memory,
		   &swap) != 5 || !(memory + swap) || memory + swap < search->least)
		return;
	add_file(search, &(struct memory_file){
		.kind = MEMORY_FILE_SEGMENT, .uid = uid, .held = memory + swap,
		.memory = amount_of(true, memory), .swap = amount_of(true, swap),
		.attached = amount_of(true, attached), .system = SIZE_MAX, .inode = id,
		.name = xasprintf("segment %" PRIu64, id) });
}

/* False: there may be more. */
static bool look_at_segments(struct search *search)
{
	struct failure ignored;
	FILE *in = procfs_open("sysvipc/shm", &ignored);
	size_t bytes = 0;
	char line[512];

	if (!in)
		return false;
	while (bytes < SEGMENTS_BYTES && fgets(line, sizeof(line), in)) {
		bytes += strlen(line);
		look_at_segment(search, line);
	}
	fclose(in);
	return bytes < SEGMENTS_BYTES;
}

/* How much of a file is in memory, and in swap. */
static void divide(struct memory_file *file, uint64_t device)
{
	const int place = mounts_open(AT_FDCWD, file->name);
	struct held_file held;
	struct statx st;
	int fd;

	if (place < 0)
		return;
	/* Another file may be there by now, of a server that lets its readers wait. */
	if (statx(place, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &st) ||
	    st.stx_ino != file->inode || makedev(st.stx_dev_major, st.stx_dev_minor) != device) {
		close(place);
		return;
	}
	fd = procfs_reopen(place, &st);
	if (fd < 0)
		return;
	if (held_file_open(&held, fd) && held.known && held.number.inode == file->inode &&
	    makedev(held.number.major, held.number.minor) == device) {
		file->held = held.memory + held.swap;
		file->memory = amount_of(true, held.memory);
		file->swap = amount_of(true, held.swap);
	}
	close(fd);
}

void memory_files_read(struct memory_files *files, size_t most)
{
	struct mounts *mounts = mounts_read();
	struct search search = {
		.found = files, .mounts = mounts, .most = most, .left = MEMORY_FILES_MOST };
	size_t i;

	*files = (struct memory_files){ .n = 0 };
	for (i = 0; i < mounts->n; i++)
		if (kind_of(&mounts->v[i]) != MEMORY_FILE_KINDS)
			look_at_mount(&search, &mounts->v[i]);
	mounts_free(mounts);
	files->no_segments = !look_at_segments(&search);
	keep_largest(&search);
	for (i = 0; i < files->n; i++)
		if (files->v[i].kind != MEMORY_FILE_SEGMENT)
			divide(&files->v[i], files->systems[files->v[i].system].device);
}

void memory_files_free(struct memory_files *files)
{
	size_t i;

	for (i = 0; i < files->n; i++)
		free(files->v[i].name);
	for (i = 0; i < files->n_systems; i++)
		free(files->systems[i].at);
	free(files->v);
	free(files->systems);
	*files = (struct memory_files){ .n = 0 };
}
