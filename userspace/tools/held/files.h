/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What processes hold by their descriptors: open files, each once.
 */
#ifndef READER_HELD_OPEN_FILES_H
#define READER_HELD_OPEN_FILES_H

#include "model/amount.h"
#include "os/descriptors.h"
#include "os/held-files.h"
#include "os/sockets.h"

/* In the order of @open_kinds. */
enum open_kind {
	OPEN_FILE,		/* a directory has it: nothing ends with the descriptor */
	OPEN_DEVICE,
	OPEN_DELETED,
	OPEN_MEMFD,		/* in memory only: memfd, System V segments, /dev/zero */
	OPEN_PIPE,
	OPEN_TCP,
	OPEN_UDP,
	OPEN_UNIX,
	OPEN_PACKET,
	OPEN_NETLINK,
	OPEN_SOCKET,		/* of another protocol */
	OPEN_EPOLL,
	OPEN_IO_URING,
	OPEN_BPF,
	OPEN_DMABUF,
	OPEN_OTHER,
	OPEN_KINDS,
};

extern const char *const open_kinds[OPEN_KINDS];

/**
 * struct open_file - what one or more descriptors hold
 * @kind: what it is
 * @number: of its inode; of a pipe or socket without a device; inode 0: it has none of its own
 * @tid, @fd: its first descriptor
 * @name: as the kernel shows it, cut if it is long; owned; NULL if names are not kept
 * @descriptors: how many there are
 * @modes: of a pipe: its ends
 * @family: of a socket
 * @bytes: pages and buffers
 * @most: what @bytes can become
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
	struct amount objects;
};

/**
 * struct open_files - all of them
 * @v: @n of them; owned
 * @tree: finds one
 * @families: bits of those that are sockets, by enum socket_family
 * @named: keep their names, which may be longer than all else
 * @left: descriptors that may still be read
 */
struct open_files {
	struct open_file **v;
	size_t n;
	void *tree;
	unsigned int families;
	bool named;
	uint64_t left;
};

/* Adds what @pid holds.  Returns why not all of its descriptors were read. */
enum unread open_files_add(struct open_files *files, uint32_t pid);

/*
 * Adds what the sockets have, as the network namespace of @pid says.  @why: one for each family,
 * filled where the kernel does not say it.
 */
void open_files_ask_sockets(struct open_files *files, uint32_t pid, struct failure *why);

void open_files_free(struct open_files *files);

#endif /* READER_HELD_OPEN_FILES_H */
