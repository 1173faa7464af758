// SPDX-License-Identifier: GPL-2.0
/* File systems of type tmpfs. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/mounts.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "os/tmpfs.h"

static bool read_size(int root, const struct mount *mount, struct tmpfs *tmpfs)
{
	struct statfs fs;
	const int fd = mount_open(root, mount, &fs);

	if (fd < 0)
		return false;
	close(fd);
	*tmpfs = (struct tmpfs){
		.device = makedev(mount->major, mount->minor),
		.size = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize,
		.used = (uint64_t)(fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize,
		.at = xstrdup(mount_place(mount)) };
	return true;
}

static bool is_tmpfs(const struct mount *mount)
{
	return !strcmp(mount->type, "tmpfs");
}

static bool has_device(const struct tmpfs_list *list, uint64_t device)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->v[i].device == device)
			return true;
	return false;
}

static void add_tmpfs(struct tmpfs_list *list, const struct tmpfs *tmpfs)
{
	list->v = array_grow(list->v, list->n, sizeof(*list->v));
	list->v[list->n++] = *tmpfs;
}

static void add_mount(struct tmpfs_list *list, const struct mount *mount)
{
	struct tmpfs tmpfs;

	if (!is_tmpfs(mount) || has_device(list, makedev(mount->major, mount->minor)))
		return;
	if (list->n < TMPFS_MOST && read_size(AT_FDCWD, mount, &tmpfs))
		add_tmpfs(list, &tmpfs);
	else
		list->left_out++;
}

/* As mountinfo writes it: without blanks and line ends. */
static void put_path(FILE *out, const char *path)
{
	for (; *path; path++) {
		if (strchr(" \t\n\\#", *path))
			fprintf(out, "\\%03o", (unsigned char)*path);
		else
			putc(*path, out);
	}
}

void tmpfs_read(struct snapshot *snap)
{
	struct mounts *mounts = mounts_read();
	struct tmpfs_list list = { .n = 0 };
	size_t size, i;
	char *text;
	FILE *out;

	for (i = 0; i < mounts->n; i++)
		add_mount(&list, &mounts->v[i]);
	out = xopen_memstream(&text, &size);
	for (i = 0; i < list.n; i++) {
		fprintf(out, "%u:%u %" PRIu64 " %" PRIu64 " ", major(list.v[i].device),
			minor(list.v[i].device), list.v[i].size, list.v[i].used);
		put_path(out, list.v[i].at);
		putc('\n', out);
	}
	if (list.left_out)
		fprintf(out, "+%zu\n", list.left_out);
	xfclose(out);
	/* A path has at most 4,095 bytes; escaped, and with the rest, less than 16 KiB. */
	if (mounts->n && !size)
		proc_texts_add(snap, PROC_TEXTS_TMPFS, "", 0);
	proc_texts_add_lines(snap, PROC_TEXTS_TMPFS, text);
	free(text);
	tmpfs_free(&list);
	mounts_free(mounts);
}

static void read_line(struct tmpfs_list *list, const char *line)
{
	const size_t len = strcspn(line, "\n");
	unsigned int major, minor;
	struct tmpfs tmpfs;
	char *copy;
	int at = 0;

	if (*line == '+') {
		list->left_out = strtoul(line + 1, NULL, 10);
		return;
	}
	copy = xasprintf("%.*s", (int)len, line);
	if (sscanf(copy, "%u:%u %" SCNu64 " %" SCNu64 " %n", &major, &minor, &tmpfs.size,
		   &tmpfs.used, &at) == 4 && copy[at] == '/') {
		tmpfs.device = makedev(major, minor);
		tmpfs.at = mounts_plain(copy + at);
		add_tmpfs(list, &tmpfs);
	}
	free(copy);
}

bool tmpfs_of_text(const struct snapshot *snap, struct tmpfs_list *list)
{
	const char *text;
	bool any = false;
	size_t at = 0;

	*list = (struct tmpfs_list){ .n = 0 };
	while ((text = proc_texts_next(snap, PROC_TEXTS_TMPFS, &at)))
		for (any = true; *text; text = strchrnul(text, '\n'), text += !!*text)
			read_line(list, text);
	return any;
}

bool tmpfs_of_process(uint32_t pid, uint64_t device, struct tmpfs *tmpfs)
{
	struct mounts *mounts = mounts_read_of(pid);
	char path[32], *name;
	bool found = false;
	size_t i;
	int root;

	snprintf(path, sizeof(path), "%" PRIu32 "/root", pid);
	name = procfs_path(path);
	root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; root >= 0 && !found && i < mounts->n; i++)
		found = is_tmpfs(&mounts->v[i]) &&
			makedev(mounts->v[i].major, mounts->v[i].minor) == device &&
			read_size(root, &mounts->v[i], tmpfs);
	if (root >= 0)
		close(root);
	free(name);
	mounts_free(mounts);
	return found;
}

void tmpfs_free(struct tmpfs_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->v[i].at);
	free(list->v);
	*list = (struct tmpfs_list){ .n = 0 };
}
