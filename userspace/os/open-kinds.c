// SPDX-License-Identifier: GPL-2.0
/* The kinds of what descriptors are of. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/text.h"
#include "os/open-kinds.h"
#include "os/procfs.h"
#include "os/slab-objects.h"

/* Bytes of struct pipe_inode_info, and of struct pipe_buffer for each page of a pipe. */
#define PIPE_BYTES		176
#define PIPE_BUFFER_BYTES	40

/* Inodes of pipes and sockets are numbered alike: these are no devices. */
#define PIPE_MAJOR		UINT32_MAX
#define SOCKET_MAJOR		(UINT32_MAX - 1)
/* What fdinfo numbers; its minor is the kind. */
#define OBJECT_MAJOR		(UINT32_MAX - 2)

/* Devices of DRM. */
#define DRM_MAJOR		226

/* Of io_uring: before its rings, and of an entry of each. */
#define RINGS_BYTES		320
#define SQE_BYTES		64
#define SQ_BYTES		4
#define CQE_BYTES		16

#define NAME_OF(id, name, ...)								\
	[OPEN_##id] = name,
const char *const open_kind_names[OPEN_KINDS] = {
	OPEN_KINDS_OF(NAME_OF)
};

#define ROW_OF(id, name, begins_, key_, ends_, charged_, one_inode_)				\
	[OPEN_##id] = { .begins = begins_, .key = key_, .ends = MEMORY_##ends_,		\
			.charged = charged_, .one_inode = one_inode_ },
const struct open_row open_kinds[OPEN_KINDS] = {
	OPEN_KINDS_OF(ROW_OF)
};

static const enum open_kind kind_of_family[] = {
	[SOCKETS_TCP] = OPEN_TCP, [SOCKETS_TCP6] = OPEN_TCP, [SOCKETS_UDP] = OPEN_UDP,
	[SOCKETS_UDP6] = OPEN_UDP, [SOCKETS_UNIX] = OPEN_UNIX, [SOCKETS_PACKET] = OPEN_PACKET,
	[SOCKETS_NETLINK] = OPEN_NETLINK, [SOCKETS_XDP] = OPEN_XDP, [SOCKETS_OTHER] = OPEN_SOCKET,
};

void open_file_add_objects(struct open_file *file, const char *cache, uint64_t n)
{
	struct amount size = object_of(cache);

	size.bytes *= (int64_t)n;
	file->objects = amount_plus(file->objects, size);
}

/*
 * Opens the same end of the pipe once more, so that its other end sees no change: a pipe whose
 * readers are gone does not get one, which would take what the next write fails with from it.
 */
static void read_pipe(struct open_file *file, const char *path)
{
	const int fd = procfs_open_pipe(path, file->modes & PIPE_READ ? O_RDONLY : O_WRONLY);
	const int size = fd < 0 ? -1 : fcntl(fd, F_GETPIPE_SZ);
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int unread = 0;

	if (size > 0) {
		file->most = amount_of(true, (uint64_t)size);
		if (!ioctl(fd, FIONREAD, &unread))
			file->bytes = amount_of(true, own_pages((uint64_t)unread));
		file->objects = amount_plus(object_of_size(PIPE_BYTES),
					    object_of_size(size / page * PIPE_BUFFER_BYTES));
		open_file_add_objects(file, "inode_cache", 1);
		open_file_add_objects(file, "dentry", 1);
	}
	if (fd >= 0)
		close(fd);
}

/* False: the kernel does not say it. */
static bool read_protocol(struct open_file *file, const char *path, char *protocol, size_t size)
{
	file->family = SOCKETS_OTHER;
	file->kind = OPEN_SOCKET;
	if (!procfs_socket_protocol(path, protocol, size))
		return false;
	file->family = socket_family_of(protocol);
	file->kind = kind_of_family[file->family];
	return true;
}

bool open_file_ends(struct open_file *file, const char *path)
{
	char protocol[64];

	if (file->kind == OPEN_SOCKET)
		read_protocol(file, path, protocol, sizeof(protocol));
	return open_kinds[file->kind].ends != MEMORY_KINDS;
}

/* Its objects are in a cache of the protocol. */
static void read_socket(struct open_file *file, const char *path)
{
	char protocol[64];

	if (!read_protocol(file, path, protocol, sizeof(protocol)))
		return;
	if (file->kind == OPEN_UNIX)
		descriptor_info(file->tid, file->fd, "scm_fds:", &file->waits);
	file->objects = object_of(protocol);
	open_file_add_objects(file, "sock_inode_cache", 1);
	open_file_add_objects(file, "dentry", 1);
	open_file_add_objects(file, "filp", 1);
}

static void read_epoll(struct open_file *file)
{
	uint64_t items;

	file->bytes = amount_of(true, 0);
	file->objects = amount_of(true, 0);
	file->objects.known = descriptor_info_lines(file->tid, file->fd, "tfd:", &items);
	open_file_add_objects(file, "eventpoll_epi", items);
	open_file_add_objects(file, "eventpoll_pwq", items);
}

/* Buffers that were registered, of which the kernel pins each page. */
struct pinned_sum {
	uint64_t bytes;
};

static void add_pinned(void *untyped, uint64_t start, uint64_t end)
{
	struct pinned_sum *sum = untyped;

	sum->bytes += end - start;
}

/*
 * The lines "NUMBER: 0xADDRESS/LENGTH" behind UserBufs.  The process chooses the addresses: what
 * is no range is none.
 */
bool open_pinned_each(uint32_t tid, uint32_t fd,
		      void (*each)(void *context, uint64_t start, uint64_t end), void *context)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char *text = descriptor_info_text(tid, fd), *end;
	const char *line = text ? text_value(text, "UserBufs:") : NULL;
	uint64_t left = line ? strtoull(line, NULL, 10) : 0, start, length;
	const bool said = line;

	for (; left && (line = strchr(line, '\n')); left--) {
		line++;
		strtoull(line, &end, 10);
		if (*end != ':')
			break;
		if (strncmp(end, ": 0x", 4))
			continue;
		start = strtoull(end + 2, &end, 16);
		length = *end == '/' ? strtoull(end + 1, NULL, 10) : 0;
		if (length && start + length > start && start + length < UINT64_MAX - page)
			each(context, start / page * page, own_pages(start + length));
	}
	free(text);
	return said;
}

static void read_io_uring(struct open_file *file)
{
	struct pinned_sum pinned = { 0 };
	uint64_t sq, cq, rings;

	if (descriptor_info(file->tid, file->fd, "SqMask:", &sq) != INFO_FOUND ||
	    descriptor_info(file->tid, file->fd, "CqMask:", &cq) != INFO_FOUND)
		return;
	rings = RINGS_BYTES + (cq + 1) * CQE_BYTES + (sq + 1) * SQ_BYTES;
	file->bytes = amount_of(true, own_pages(rings) + own_pages((sq + 1) * SQE_BYTES));
	file->objects = object_of("inode_cache");
	file->pinned.known = open_pinned_each(file->tid, file->fd, add_pinned, &pinned);
	file->pinned.bytes = (int64_t)pinned.bytes;
}

static void read_amount(struct open_file *file, const char *key)
{
	uint64_t bytes;

	if (descriptor_info(file->tid, file->fd, key, &bytes) == INFO_FOUND)
		file->bytes = amount_of(true, bytes);
	file->objects = amount_of(true, 0);
}

static void read_regular(struct open_file *file, const char *name, const char *path)
{
	struct held_file held;

	file->bytes = amount_of(true, 0);
	if (!held_link_is_deleted(name, path))
		return;
	if (!held_file_read(&held, path)) {
		file->bytes.known = false;
		return;
	}
	if (held.named)
		return;
	file->kind = held.home == FILE_ON_DISK ? OPEN_DELETED : OPEN_MEMFD;
	file->bytes = amount_of(held.known, held.memory + held.swap);
	if (file->kind == OPEN_MEMFD)
		open_file_add_objects(file, "shmem_inode_cache", 1);
}

enum open_kind open_kind_of(const char *name)
{
	enum open_kind kind;

	/* A path that is too long to be shown. */
	if (!*name)
		return OPEN_FILE;
	for (kind = 0; kind < OPEN_KINDS; kind++)
		if (open_kinds[kind].begins &&
		    !strncmp(name, open_kinds[kind].begins, strlen(open_kinds[kind].begins)))
			return kind;
	return OPEN_OTHER;
}

bool open_kind_may_end(enum open_kind kind)
{
	return open_kinds[kind].ends != MEMORY_KINDS || kind == OPEN_SOCKET;
}

struct file_number open_socket_number(uint64_t inode)
{
	return (struct file_number){ SOCKET_MAJOR, 0, inode };
}

uint64_t open_inode_of_name(const char *name)
{
	const char *inode = strchr(name, '[');

	return inode ? strtoull(inode + 1, NULL, 10) : 0;
}

/* The number that fdinfo has in the line @key, of which the kernel gives one to each. */
static bool number_by_line(struct open_file *file, const char *key, uint32_t minor)
{
	file->number = (struct file_number){ OBJECT_MAJOR, minor, 0 };
	return descriptor_info(file->tid, file->fd, key, &file->number.inode) == INFO_FOUND;
}

/* By the inode; one with a file that is none of its kind but has such a name is a file. */
static void number_by_inode(struct open_file *file, const char *path)
{
	struct statx stat;

	if (!procfs_stat(path, &stat))
		return;
	file->number = file_number_of(&stat);
	if (S_ISCHR(stat.stx_mode) || S_ISBLK(stat.stx_mode) || S_ISFIFO(stat.stx_mode))
		file->kind = file->kind == OPEN_DRM && S_ISCHR(stat.stx_mode) &&
			     stat.stx_rdev_major == DRM_MAJOR ? OPEN_DRM : OPEN_DEVICE;
	else if ((file->kind == OPEN_DMABUF && stat.stx_mode & S_IFMT) ||
		 file->kind == OPEN_DRM)
		file->kind = OPEN_FILE;
}

void open_file_identify(struct open_file *file, const struct descriptor *descriptor)
{
	file->tid = descriptor->tid;
	file->fd = (uint32_t)strtoul(descriptor->fd, NULL, 10);
	file->kind = open_kind_of(descriptor->name);
	switch (file->kind) {
	case OPEN_PIPE:
		file->number = (struct file_number){
			PIPE_MAJOR, 0, open_inode_of_name(descriptor->name) };
		break;
	case OPEN_SOCKET:
		file->number = open_socket_number(open_inode_of_name(descriptor->name));
		break;
	case OPEN_BPF:
		if (!number_by_line(file, "map_id:", OPEN_BPF) &&
		    !number_by_line(file, "prog_id:", OPEN_KINDS + OPEN_BPF))
			file->number = (struct file_number){ 0 };
		break;
	case OPEN_DRM:
		number_by_inode(file, descriptor->path);
		/* Each open() has memory of its own. */
		if (file->kind == OPEN_DRM && !number_by_line(file, "drm-client-id:", OPEN_DRM))
			file->number = (struct file_number){ 0 };
		break;
	case OPEN_FILE:
	case OPEN_DMABUF:
	case OPEN_IO_URING:
	case OPEN_GUEST:
		number_by_inode(file, descriptor->path);
		break;
	default:
		break;
	}
}

/* The unit that follows a number in the fdinfo of a DRM file. */
static uint64_t unit_of(const char *text)
{
	return !strncmp(text, " KiB", 4) ? 1 << 10 : !strncmp(text, " MiB", 4) ? 1 << 20 : 1;
}

/*
 * What its buffers have of each memory, by the line "drm-memory-" of older drivers or
 * "drm-resident-", which are the same.  A buffer that another file has too counts there too.
 */
static void read_drm(struct open_file *file)
{
	static const char *const keys[] = { "drm-resident-", "drm-memory-" };
	const char *line, *number;
	uint64_t bytes = 0;
	char *text, *end;
	size_t i;

	file->objects = amount_of(true, 0);
	text = descriptor_info_text(file->tid, file->fd);
	for (i = 0; text && i < ARRAY_SIZE(keys) && !file->bytes.known; i++) {
		for (line = text; (line = text_value(line, keys[i])); ) {
			number = line + strcspn(line, ":\n");
			if (*number != ':')
				continue;
			bytes = strtoull(number + 1, &end, 10);
			file->bytes = amount_plus(amount_of(true, bytes * unit_of(end)),
						  amount_of(true, (uint64_t)file->bytes.bytes));
		}
	}
	free(text);
}

void open_file_read(struct open_file *file, const char *name, const char *path)
{
	file->objects = amount_of(true, 0);
	switch (file->kind) {
	case OPEN_PIPE:
		file->objects.known = false;
		read_pipe(file, path);
		return;
	case OPEN_SOCKET:
		file->objects.known = false;
		read_socket(file, path);
		return;
	case OPEN_FILE:
		read_regular(file, name, path);
		break;
	case OPEN_EPOLL:
		read_epoll(file);
		break;
	case OPEN_IO_URING:
		read_io_uring(file);
		break;
	case OPEN_DRM:
		read_drm(file);
		break;
	default:
		if (open_kinds[file->kind].key)
			read_amount(file, open_kinds[file->kind].key);
		break;
	}
	open_file_add_objects(file, "filp", 1);
	/* What is no file of a disk has no other name that keeps this. */
	if (file->kind != OPEN_FILE && file->kind != OPEN_DEVICE && file->kind != OPEN_DELETED)
		open_file_add_objects(file, "dentry", 1);
}

