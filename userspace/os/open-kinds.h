/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kinds of what descriptors are of, in one table: how one is recognized, where its bytes are
 * said, and as what they come back.  'held' shows all, 'share --if-stopped' those that end.
 */
#ifndef READER_OPEN_KINDS_H
#define READER_OPEN_KINDS_H

#include "model/amount.h"
#include "model/memory-kinds.h"
#include "os/descriptors.h"
#include "os/held-files.h"
#include "os/sockets.h"

/*
 * Each row: KIND(its number, name in tables, how the kernel's name of its descriptors begins, the
 * line of fdinfo with its bytes, as what these come back when nobody has it any more, whether the
 * kernel charges them to a cgroup, whether all mappings of the kind show one
 * inode).  The first one that fits is taken.  Files without a name are
 * no row here: struct held_file says what becomes of them.
 */
#define OPEN_KINDS_OF(KIND)							\
	KIND(PIPE, "pipe", "pipe:[", NULL, KINDS, true, false)				\
	KIND(TCP, "tcp", NULL, NULL, KINDS, true, false)				\
	KIND(UDP, "udp", NULL, NULL, KINDS, true, false)				\
	KIND(UNIX, "unix", NULL, NULL, KINDS, true, false)				\
	KIND(PACKET, "packet", NULL, NULL, BUFFERS, false, false)			\
	KIND(NETLINK, "netlink", NULL, NULL, KINDS, true, false)			\
	KIND(XDP, "xdp", NULL, NULL, BUFFERS, false, false)				\
	KIND(SOCKET, "socket", "socket:[", NULL, KINDS, true, false)			\
	KIND(EPOLL, "epoll", "anon_inode:[eventpoll]", NULL, KINDS, true, false)	\
	KIND(IO_URING, "io_uring", "anon_inode:[io_uring]", NULL, BUFFERS, true, false)	\
	KIND(BPF, "bpf", "anon_inode:bpf-", "memlock:", BUFFERS, true, true)		\
	KIND(DMABUF, "dma-buf", "/dmabuf:", "size:", BUFFERS, false, false)		\
	KIND(GUEST, "guest", "anon_inode:[kvm-gmem]", NULL, KINDS, true, false)		\
	KIND(DRM, "drm", "/dev/dri/", NULL, BUFFERS, false, false)			\
	KIND(PERF, "perf", "anon_inode:[perf_event]", NULL, KINDS, false, true)		\
	KIND(OTHER, "other", "anon_inode:", NULL, KINDS, true, false)			\
	KIND(FILE, "file", "/", NULL, KINDS, true, false)				\
	KIND(DEVICE, "device", NULL, NULL, KINDS, true, false)				\
	KIND(DELETED, "deleted", NULL, NULL, KINDS, true, false)			\
	KIND(MEMFD, "memfd", NULL, NULL, KINDS, true, false)

#define OPEN_KIND_NUMBER(id, ...)	OPEN_##id,
enum open_kind {
	OPEN_KINDS_OF(OPEN_KIND_NUMBER)
	OPEN_KINDS,
};

extern const char *const open_kind_names[OPEN_KINDS];

/**
 * struct open_row - a kind of what descriptors are of
 * @begins: the kernel's name of a descriptor begins so; NULL: it has another sign
 * @key: line of its fdinfo with its bytes; NULL: they are said elsewhere
 * @ends: as what the bytes come back; MEMORY_KINDS: not by the descriptor alone
 * @charged: they are in MEMORY_KERNEL of a cgroup
 * @one_inode: all mappings of the kind show the same inode
 */
struct open_row {
	const char *begins;
	const char *key;
	enum memory_kind ends;
	bool charged;
	bool one_inode;
};

extern const struct open_row open_kinds[OPEN_KINDS];

/**
 * struct open_file - what one or more descriptors hold
 * @kind: what it is
 * @number: of its inode, or what the kernel numbers it by instead; inode 0: it has none of its own
 * @tid, @fd: its first descriptor
 * @name: as the kernel shows it, cut if it is long; owned; NULL if names are not kept
 * @descriptors: how many there are
 * @modes: of a pipe: its ends
 * @family: of a socket
 * @bytes: pages and buffers
 * @most: what @bytes can become
 * @pinned: pages of processes that it pins, mapped or not
 * @waits: descriptors that wait in a socket to be received
 * @objects: charged objects of the kernel
 */
struct open_file {
	enum open_kind kind;
	struct file_number number;
	uint32_t tid;
	uint32_t fd;
	char *name;
	uint64_t descriptors;
	unsigned int modes;
	enum socket_family family;
	struct amount bytes;
	struct amount most;
	struct amount pinned;
	uint64_t waits;
	struct amount objects;
};

/* Mode of the link of a pipe for the owner, shifted to the lowest bits. */
#define PIPE_WRITE	1
#define PIPE_READ	2

/* The kind of a descriptor by its name alone: a socket without its protocol, a file as FILE. */
enum open_kind open_kind_of(const char *name);

/* Whether a file of @kind has bytes that come back, or may be a socket of which some do. */
bool open_kind_may_end(enum open_kind kind);

/* Fills @file with what @descriptor is of, and its number. */
void open_file_identify(struct open_file *file, const struct descriptor *descriptor);

/* Whether its bytes come back when its last descriptor closes; of a socket, sets its kind. */
bool open_file_ends(struct open_file *file, const char *path);

/* Adds @n objects of a slab cache. */
void open_file_add_objects(struct open_file *file, const char *cache, uint64_t n);

/* Then reads what it holds, but what sockets_each() says.  @modes are known. */
void open_file_read(struct open_file *file, const char *name, const char *path);

/*
 * Calls @each for the addresses, in whole pages, that were registered with the io_uring @fd of
 * @tid; false: it is not known which.
 */
bool open_pinned_each(uint32_t tid, uint32_t fd,
		      void (*each)(void *context, uint64_t start, uint64_t end), void *context);

/* The number of the socket @inode, and what is in the brackets of "socket:[INODE]". */
struct file_number open_socket_number(uint64_t inode);
uint64_t open_inode_of_name(const char *name);

#endif /* READER_OPEN_KINDS_H */
