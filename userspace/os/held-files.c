// SPDX-License-Identifier: GPL-2.0
/* Files that processes hold and that may die with them. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/descriptors.h"
#include "os/held-files.h"
#include "os/open-kinds.h"
#include "os/procfs.h"

#define DELETED		" (deleted)"
/* Bit of the mode in /proc/sysvipc/shm: removed when the last one detaches. */
#define SHM_DEST	01000
/* Since Linux 6.5; the headers of this machine may be older. */
#ifndef SYS_cachestat
#define SYS_cachestat	451
#endif

/* As struct cachestat_range and struct cachestat of linux/mman.h. */
struct range {
	uint64_t offset;
	uint64_t length;
};

struct counts {
	uint64_t cached;
	uint64_t dirty;
	uint64_t writeback;
	uint64_t evicted;
	uint64_t recently_evicted;
};

/* mincore() writes a byte for each page: of so many at a time. */
#define PAGES_AT_ONCE	65536

/* It is asked about so many pages, outside of tmpfs, in all: for a second. */
#define PAGES_OF_ALL	(4096 * PAGES_AT_ONCE)

/* stat() counts blocks of this size. */
#define BLOCK		512

bool held_name_is_deleted(const char *name)
{
	const size_t len = strlen(name), end = strlen(DELETED);

	return len >= end && !strcmp(name + len - end, DELETED);
}

bool held_link_is_deleted(const char *name, const char *path)
{
	struct statx stat;

	return *name ? held_name_is_deleted(name) : procfs_stat(path, &stat) && !stat.stx_nlink;
}

int file_number_compare(const void *untyped_a, const void *untyped_b)
{
	const struct file_number *a = untyped_a, *b = untyped_b;

	return COMPARE(a->inode, b->inode) ?: COMPARE(a->major, b->major) ?:
	       COMPARE(a->minor, b->minor);
}

struct file_number file_number_of(const struct statx *stat)
{
	return (struct file_number){ stat->stx_dev_major, stat->stx_dev_minor, stat->stx_ino };
}

/* Whether @number is on the file system of the kernel itself that memfds and segments use. */
static bool is_internal(const struct file_number *number)
{
	static bool asked, known;
	static struct statx own;
	int fd;

	if (!asked) {
		asked = true;
		fd = memfd_create("memcensus", MFD_CLOEXEC);
		known = fd >= 0 && !statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &own);
		if (fd >= 0)
			close(fd);
	}
	return known && own.stx_dev_major == number->major && own.stx_dev_minor == number->minor;
}

/* A line of /proc/sysvipc/shm, for compare_u64(). */
struct shm_line {
	uint64_t shmid;
	unsigned int mode;
};

/* The state of segment @id in the IPC namespace of this program, when the first one was asked. */
static enum segment segment_of(uint64_t id)
{
	static struct shm_line *lines;
	static size_t n;
	static bool read;
	struct shm_line *found;
	struct failure ignored;
	char text[512];
	FILE *file;

	if (!read) {
		read = true;
		file = procfs_open("sysvipc/shm", &ignored);
		while (file && fgets(text, sizeof(text), file)) {
			lines = array_grow(lines, n, sizeof(*lines));
			n += sscanf(text, "%*d %" SCNu64 " %o", &lines[n].shmid,
				    &lines[n].mode) == 2;
		}
		if (file)
			fclose(file);
		if (n)
			qsort(lines, n, sizeof(*lines), compare_u64);
	}
	found = n ? bsearch(&id, lines, n, sizeof(*lines), compare_u64) : NULL;
	return !found ? SEGMENT_UNKNOWN :
	       found->mode & SHM_DEST ? SEGMENT_REMOVED : SEGMENT_LASTS;
}

static void read_home(struct held_file *file, int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return;
	if (fs.f_type == TMPFS_MAGIC)
		file->home = FILE_IN_SHMEM;
	else if (fs.f_type == HUGETLBFS_MAGIC)
		file->home = FILE_IN_HUGETLB;
}

/*
 * mincore() says that all pages are in memory to who neither owns the file nor may write it.  Only
 * the owner, and who has CAP_FOWNER, may set O_NOATIME.
 */
static bool may_ask_mincore(int fd)
{
	return !fcntl(fd, F_SETFL, O_NOATIME) ||
	       !faccessat(fd, "", W_OK, AT_EMPTY_PATH | AT_EACCESS);
}

/*
 * A file may be as large as its owner wants, and be empty.  tmpfs has no page where it has no data,
 * so holes are skipped there; other file systems may, and are asked about so many pages in all.
 */
static bool ask_mincore(int fd, uint64_t size, uint64_t page, bool in_shmem, uint64_t *bytes)
{
	static unsigned char resident[PAGES_AT_ONCE];
	static uint64_t left = PAGES_OF_ALL;
	uint64_t at, length, i;
	bool known = true;
	off_t data, hole;
	void *map;

	*bytes = 0;
	if (!may_ask_mincore(fd))
		return false;
	if (!in_shmem) {
		if (size / page > left)
			return false;
		left -= size / page;
	}
	for (at = 0; known && at < size; at += length) {
		hole = (off_t)size;
		if (in_shmem) {
			data = lseek(fd, (off_t)at, SEEK_DATA);
			if (data < 0)
				return errno == ENXIO;
			at = (uint64_t)data / page * page;
			hole = lseek(fd, data, SEEK_HOLE);
			/* It was truncated, or has grown. */
			if (hole < 0 || at >= size)
				break;
		}
		length = PAGES_AT_ONCE * page;
		if (length > (uint64_t)hole - at)
			length = (uint64_t)hole - at;
		map = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, (off_t)at);
		if (map == MAP_FAILED)
			return false;
		known = !mincore(map, length, resident);
		for (i = 0; known && i * page < length; i++)
			*bytes += resident[i] & 1 ? page : 0;
		munmap(map, length);
	}
	return known;
}

/*
 * Bytes of the @size bytes of file @fd in the page cache, in whole pages, to @bytes: by
 * cachestat(2), else by mincore(2) of a mapping.  False if the kernel answers neither to this user.
 */
static bool page_cache_of(int fd, uint64_t size, bool in_shmem, uint64_t *bytes)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	/* Length 0: to the end of the file. */
	const struct range all = { 0, 0 };
	struct counts counts;
	struct statfs fs;

	/* The page cache of a file of overlayfs is that of another file, which it maps. */
	if (fstatfs(fd, &fs) || fs.f_type == OVERLAYFS_SUPER_MAGIC)
		return ask_mincore(fd, size, page, in_shmem, bytes);
	if (!syscall(SYS_cachestat, fd, &all, &counts, 0)) {
		*bytes = counts.cached * page;
		return true;
	}
	return ask_mincore(fd, size, page, in_shmem, bytes);
}

static void read_amounts(struct held_file *file, int fd, const struct statx *stat)
{
	const uint64_t blocks = stat->stx_blocks * BLOCK;

	/* The blocks of hugetlb are huge pages, those of shmem pages in memory and in swap. */
	if (file->home == FILE_IN_HUGETLB) {
		file->memory = blocks;
		file->known = true;
		return;
	}
	/*
	 * A file with DAX has no page cache: its pages are the memory of its disk.  cachestat()
	 * takes what it has there instead for evicted pages, and kernels up to 7.3 panic.
	 */
	if (stat->stx_attributes & STATX_ATTR_DAX) {
		file->known = true;
		return;
	}
	file->known = page_cache_of(fd, file->size, file->home == FILE_IN_SHMEM,
				    &file->memory);
	if (file->known && file->home == FILE_IN_SHMEM && blocks > file->memory)
		file->swap = blocks - file->memory;
}

bool held_file_open(struct held_file *file, int fd)
{
	struct statx stat;
	off_t size;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &stat) ||
	    !(S_ISREG(stat.stx_mode) || S_ISBLK(stat.stx_mode)))
		return false;
	/* That of a device is at its end. */
	size = S_ISBLK(stat.stx_mode) ? lseek(fd, 0, SEEK_END) : (off_t)stat.stx_size;
	if (size < 0)
		return false;
	*file = (struct held_file){
		.number = file_number_of(&stat), .size = (uint64_t)size,
		.named = stat.stx_nlink > 0,
	};
	/* The name of a device is in a tmpfs, its pages are not. */
	if (S_ISREG(stat.stx_mode))
		read_home(file, fd);
	read_amounts(file, fd, &stat);
	return true;
}

bool held_file_read(struct held_file *file, const char *path)
{
	struct statx stat;
	char name[64];
	bool read;
	int fd;

	/* It may be another file at once: procfs_open_file() looks at what it opens. */
	if (!procfs_stat(path, &stat) || !S_ISREG(stat.stx_mode))
		return false;
	fd = procfs_open_file(path);
	if (fd < 0) {
		/* It is in no directory, but some kernels count a link. */
		*file = (struct held_file){
			.number = file_number_of(&stat), .size = stat.stx_size,
			.no_open = errno == ENXIO,
		};
		return file->no_open;
	}
	read = held_file_open(file, fd);
	close(fd);
	if (!read)
		return false;
	if (procfs_link(path, name, sizeof(name)) && !strncmp(name, "/SYSV", strlen("/SYSV")) &&
	    (file->home == FILE_IN_HUGETLB || is_internal(&file->number)))
		file->segment = segment_of(stat.stx_ino);
	return true;
}

/* Sockets of which it is known what waits in them. */
#define SOCKETS_KNOWN	1024

/*
 * How many descriptors wait in a socket.  The output and the errors of a service are mostly one
 * socket, which each of its processes has: it is asked once.
 */
static uint64_t in_flight_of(const struct descriptor *descriptor)
{
	static struct {
		uint64_t inode;
		uint64_t waiting;
	} known[SOCKETS_KNOWN], *of;
	const uint64_t inode = open_inode_of_name(descriptor->name);
	enum fdinfo info;

	of = &known[inode % SOCKETS_KNOWN];
	if (of->inode != inode) {
		info = descriptor_info(descriptor->tid,
				       (uint32_t)strtoul(descriptor->fd, NULL, 10), "scm_fds:",
				       &of->waiting);
		of->inode = info == INFO_UNREAD ? 0 : inode;
		of->waiting += info == INFO_BEYOND;
	}
	return of->waiting;
}

static void count_other(struct held_others *others, enum open_kind kind,
			const struct descriptor *descriptor)
{
	if (kind == OPEN_SOCKET && others->ask_in_flight)
		others->in_flight += in_flight_of(descriptor);
	others->pipes += kind == OPEN_PIPE;
	others->sockets += kind == OPEN_SOCKET;
	others->io_urings += kind == OPEN_IO_URING;
}

/* What held_files_each() is called with.  @unread: what some descriptor is of is not known. */
struct seeking {
	held_fn *each;
	void *context;
	struct held_others *others;
	bool unread;
};

static void note_descriptor(void *untyped, const struct descriptor *descriptor)
{
	const enum open_kind kind = open_kind_of(descriptor->name);
	struct seeking *seeking = untyped;
	struct file_number number;
	struct statx stat;

	count_other(seeking->others, kind, descriptor);
	if (seeking->others->object && open_kind_may_end(kind))
		seeking->others->object(seeking->context, descriptor);
	/* Memory of a guest has no name either. */
	if (kind != OPEN_GUEST && !held_link_is_deleted(descriptor->name, descriptor->path))
		return;
	if (statx(descriptor->dir, descriptor->fd, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &stat)) {
		/* Not one that was closed: as FUSE refuses all but the user who mounted it. */
		seeking->unread |= errno != ENOENT && errno != ESRCH;
		return;
	}
	if (!S_ISREG(stat.stx_mode))
		return;
	number = file_number_of(&stat);
	seeking->each(seeking->context, &number, *descriptor->name ? descriptor->name : LONG_NAME,
		      descriptor->path);
}

bool held_files_each(uint32_t pid, held_fn *each, void *context,
		     struct held_others *others, uint64_t *left)
{
	struct seeking seeking = { each, context, others, false };

	if (others->one_thread)
		return !descriptors_each_of_thread(pid, note_descriptor, &seeking, left) &&
		       !seeking.unread;
	return !descriptors_each(pid, note_descriptor, &seeking, left) && !seeking.unread;
}
