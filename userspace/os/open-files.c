// SPDX-License-Identifier: GPL-2.0
/* What processes hold by their descriptors. */
#include <linux/kcmp.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/descriptors.h"
#include "os/open-files.h"
#include "os/procfs.h"

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

/* Bytes of a name that are kept. */
#define NAME_KEPT	256

/* The end of a path says most. */
static char *cut_name(const char *name)
{
	const size_t len = strlen(name);

	return len <= NAME_KEPT ? xstrdup(name) :
	       xasprintf("...%s", name + len - NAME_KEPT + strlen("..."));
}

/* By its name alone: what ends is few, and costs reading a file of /proc. */
static bool may_end(const struct descriptor *descriptor)
{
	const enum open_kind kind = open_kind_of(descriptor->name);

	return kind == OPEN_FILE ? held_link_is_deleted(descriptor->name, descriptor->path) :
	       kind != OPEN_SOCKET && open_kind_may_end(kind);
}

static void note_descriptor(void *untyped, const struct descriptor *descriptor)
{
	struct open_files *files = untyped;
	struct open_file *file, **found;
	unsigned int modes = 0;

	if (files->ends_only && !may_end(descriptor))
		return;
	file = xcalloc(1, sizeof(*file));
	open_file_identify(file, descriptor);
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
		open_file_read(file, descriptor->name, descriptor->path);
		if (file->kind >= OPEN_TCP && file->kind <= OPEN_XDP)
			files->families |= 1U << file->family;
	} else {
		free(file);
		file = *found;
		modes &= ~file->modes;
	}
	file->descriptors++;
	/* Each end is an open file. */
	if (file->kind == OPEN_PIPE)
		open_file_add_objects(file, "filp", (uint64_t)__builtin_popcount(modes));
	file->modes |= modes;
}

enum unread open_files_add(struct open_files *files, uint32_t pid)
{
	return descriptors_each(pid, note_descriptor, files, &files->left);
}

static void note_socket(void *untyped, const struct socket_memory *memory)
{
	struct open_files *files = untyped;
	const struct open_file key = { .number = open_socket_number(memory->inode) };
	struct open_file *const *found = tfind(&key, &files->tree, compare_files);

	if (!memory->inode || !found)
		return;
	(*found)->bytes = amount_of(true, memory->bytes);
	(*found)->most = amount_of(true, memory->most);
	(*found)->pinned = amount_of(memory->pins, memory->pinned);
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
