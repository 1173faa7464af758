/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What processes hold by their descriptors: open files, each once.
 */
#ifndef READER_OPEN_FILES_H
#define READER_OPEN_FILES_H

#include "os/open-kinds.h"

/**
 * struct open_files - all of them
 * @v: @n of them; owned
 * @tree: finds one
 * @families: bits of those that are sockets, by enum socket_family
 * @named: keep their names, which may be longer than all else
 * @ends_only: only what has bytes that come back when its last descriptor closes
 * @left: descriptors that may still be read
 */
struct open_files {
	struct open_file **v;
	size_t n;
	void *tree;
	unsigned int families;
	bool named;
	bool ends_only;
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

#endif /* READER_OPEN_FILES_H */
