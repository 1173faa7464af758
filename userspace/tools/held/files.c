// SPDX-License-Identifier: GPL-2.0
/* What processes hold by their descriptors. */
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/descriptors.h"
#include "os/procfs.h"
#include "tools/held/files.h"
#include "tools/held/objects.h"

/* Bytes of struct pipe_inode_info, and of struct pipe_buffer for each page of a pipe. */
#define PIPE_BYTES		176
#define PIPE_BUFFER_BYTES	40

/* Mode of its link for the owner, shifted to the lowest bits. */
#define PIPE_WRITE		1
#define PIPE_READ		2

/* Inodes of pipes and sockets are numbered alike: these are no devices. */
#define PIPE_MAJOR		UINT32_MAX
#define SOCKET_MAJOR		(UINT32_MAX - 1)

/* Of io_uring: before its rings, and of an entry of each. */
#define RINGS_BYTES		320
#define SQE_BYTES		64
#define SQ_BYTES		4
#define CQE_BYTES		16

const char *const open_kinds[OPEN_KINDS] = {
	[OPEN_FILE] = "file", [OPEN_DEVICE] = "device", [OPEN_DELETED] = "deleted",
	[OPEN_MEMFD] = "memfd", [OPEN_PIPE] = "pipe", [OPEN_TCP] = "tcp", [OPEN_UDP] = "udp",
	[OPEN_UNIX] = "unix", [OPEN_PACKET] = "packet", [OPEN_NETLINK] = "netlink",
	[OPEN_SOCKET] = "socket", [OPEN_EPOLL] = "epoll", [OPEN_IO_URING] = "io_uring",
	[OPEN_BPF] = "bpf", [OPEN_DMABUF] = "dma-buf", [OPEN_OTHER] = "other",
};

static const enum open_kind kind_of_family[] = {
	[SOCKETS_TCP] = OPEN_TCP, [SOCKETS_TCP6] = OPEN_TCP, [SOCKETS_UDP] = OPEN_UDP,
	[SOCKETS_UDP6] = OPEN_UDP, [SOCKETS_UNIX] = OPEN_UNIX, [SOCKETS_PACKET] = OPEN_PACKET,
	[SOCKETS_NETLINK] = OPEN_NETLINK, [SOCKETS_OTHER] = OPEN_SOCKET,
};

/* Two descriptors of files without an inode of their own: the kernel has an order of these. */
static int compare_open(const struct open_file *a, const struct open_file *b)
{
	switch (syscall(SYS_kcmp, a->tid, b->tid, KCMP_FILE, a->fd, b->fd)) {
	case 0:
		return 0;
	case 1:
		return -1;
	case 2:
		return 1;
	}
	/* Unknown: two. */
	return COMPARE(a->tid, b->tid) ?: COMPARE(a->fd, b->fd);
}

static int compare_files(const void *untyped_a, const void *untyped_b)
{
	const struct open_file *a = untyped_a, *b = untyped_b;

	return file_number_compare(&a->number, &b->number) ?:
	       (a->number.inode ? 0 : compare_open(a, b));
}

/* Sums of objects: @n of one cache. */
static void add_objects(struct open_file *file, const char *cache, uint64_t n)
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
		add_objects(file, "inode_cache", 1);
		add_objects(file, "dentry", 1);
	}
	if (fd >= 0)
		close(fd);
}

/* The kernel shows the protocol of a socket as an attribute; its objects are in a cache of it. */
static void read_socket(struct open_file *file, const char *path)
{
	char protocol[64];

	file->family = SOCKETS_OTHER;
	file->kind = OPEN_SOCKET;
	if (!procfs_socket_protocol(path, protocol, sizeof(protocol)))
		return;
	file->family = socket_family_of(protocol);
	file->kind = kind_of_family[file->family];
	file->objects = object_of(protocol);
	add_objects(file, "sock_inode_cache", 1);
	add_objects(file, "dentry", 1);
	add_objects(file, "filp", 1);
}

static void read_epoll(struct open_file *file)
{
	uint64_t items;

	file->bytes = amount_of(true, 0);
	file->objects = amount_of(true, 0);
	file->objects.known = descriptor_info_lines(file->tid, file->fd, "tfd:", &items);
	add_objects(file, "eventpoll_epi", items);
	add_objects(file, "eventpoll_pwq", items);
}

static void read_io_uring(struct open_file *file)
{
	uint64_t sq, cq, rings;

	if (descriptor_info(file->tid, file->fd, "SqMask:", &sq) != INFO_FOUND ||
	    descriptor_info(file->tid, file->fd, "CqMask:", &cq) != INFO_FOUND)
		return;
	rings = RINGS_BYTES + (cq + 1) * CQE_BYTES + (sq + 1) * SQ_BYTES;
	file->bytes = amount_of(true, own_pages(rings) + own_pages((sq + 1) * SQE_BYTES));
	file->objects = object_of("inode_cache");
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
		add_objects(file, "shmem_inode_cache", 1);
}

/* What it is, by its name; @path is looked at only if it has no other sign. */
static void identify(struct open_file *file, const char *name, const char *path)
{
	static const struct {
		const char *name;
		enum open_kind kind;
	} names[] = {
		{ "pipe:[", OPEN_PIPE }, { "socket:[", OPEN_SOCKET },
		{ "anon_inode:[eventpoll]", OPEN_EPOLL },
		{ "anon_inode:[io_uring]", OPEN_IO_URING },
		{ "anon_inode:bpf-", OPEN_BPF }, { "/dmabuf:", OPEN_DMABUF },
		{ "anon_inode:", OPEN_OTHER }, { "/", OPEN_FILE },
	};
	const char *inode = strchr(name, '[');
	struct statx stat;
	size_t i;

	file->kind = *name ? OPEN_OTHER : OPEN_FILE;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strncmp(name, names[i].name, strlen(names[i].name)))
			continue;
		file->kind = names[i].kind;
		break;
	}
	if (file->kind == OPEN_PIPE || file->kind == OPEN_SOCKET) {
		file->number.major = file->kind == OPEN_PIPE ? PIPE_MAJOR : SOCKET_MAJOR;
		file->number.inode = strtoull(inode + 1, NULL, 10);
	} else if ((file->kind == OPEN_FILE || file->kind == OPEN_DMABUF) &&
		   procfs_stat(path, &stat)) {
		file->number = file_number_of(&stat);
		if (S_ISCHR(stat.stx_mode) || S_ISBLK(stat.stx_mode) || S_ISFIFO(stat.stx_mode))
			file->kind = OPEN_DEVICE;
	}
}

/* Reads what @file holds, by its first descriptor. */
static void read_held(struct open_file *file, const char *name, const char *path)
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
	case OPEN_BPF:
		read_amount(file, "memlock:");
		break;
	case OPEN_DMABUF:
		read_amount(file, "size:");
		break;
	default:
		break;
	}
	add_objects(file, "filp", 1);
	/* What is no file of a disk has no other name that keeps this. */
	if (file->kind != OPEN_FILE && file->kind != OPEN_DEVICE && file->kind != OPEN_DELETED)
		add_objects(file, "dentry", 1);
}

/* Bytes of a name that are kept. */
#define NAME_KEPT	256

/* The end of a path says most. */
static char *cut_name(const char *name)
{
	const size_t len = strlen(name);

	return len <= NAME_KEPT ? xstrdup(name) :
	       xasprintf("...%s", name + len - NAME_KEPT + strlen("..."));
}

static void note_descriptor(void *untyped, const struct descriptor *descriptor)
{
	struct open_files *files = untyped;
	struct open_file *file = xcalloc(1, sizeof(*file)), **found;
	unsigned int modes = 0;

	file->tid = descriptor->tid;
	file->fd = (uint32_t)strtoul(descriptor->fd, NULL, 10);
	identify(file, descriptor->name, descriptor->path);
	if (file->kind == OPEN_PIPE)
		modes = procfs_link_mode(descriptor->path) >> 7 & (PIPE_READ | PIPE_WRITE);
	found = tsearch(file, &files->tree, compare_files);
	if (!found)
		memory_failed();
	if (*found == file) {
		files->v = array_grow(files->v, files->n, sizeof(struct open_file *));
		files->v[files->n++] = file;
		file->modes = modes;
		if (files->named)
			file->name = cut_name(*descriptor->name ? descriptor->name : LONG_NAME);
		read_held(file, descriptor->name, descriptor->path);
		if (file->kind >= OPEN_TCP && file->kind <= OPEN_NETLINK)
			files->families |= 1U << file->family;
	} else {
		free(file);
		file = *found;
		modes &= ~file->modes;
	}
	file->descriptors++;
	/* Each end is an open file. */
	if (file->kind == OPEN_PIPE)
		add_objects(file, "filp", (uint64_t)__builtin_popcount(modes));
	file->modes |= modes;
}

enum unread open_files_add(struct open_files *files, uint32_t pid)
{
	return descriptors_each(pid, note_descriptor, files, &files->left);
}

static void note_socket(void *untyped, const struct socket_memory *memory)
{
	struct open_files *files = untyped;
	const struct open_file key = { .number = { SOCKET_MAJOR, 0, memory->inode } };
	struct open_file *const *found = tfind(&key, &files->tree, compare_files);

	if (!memory->inode || !found)
		return;
	(*found)->bytes = amount_of(true, memory->bytes);
	(*found)->most = amount_of(true, memory->most);
}

void open_files_ask_sockets(struct open_files *files, uint32_t pid, struct failure *why)
{
	enum socket_family family;

	for (family = 0; family < SOCKETS_OTHER; family++) {
		/* What answers for none of this family answers in no other namespace either. */
		if (!(files->families >> family & 1) || why[family].kind == FAIL_NO_MODULE)
			continue;
		sockets_each(pid, family, note_socket, files, &why[family]);
	}
}

static void keep(void *file)
{
	(void)file;
}

void open_files_free(struct open_files *files)
{
	size_t i;

	tdestroy(files->tree, keep);
	for (i = 0; i < files->n; i++) {
		free(files->v[i]->name);
		free(files->v[i]);
	}
	free(files->v);
}
