// SPDX-License-Identifier: GPL-2.0
/* BPF maps that a name keeps. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "os/bpf-pins.h"
#include "os/process.h"

#define TOP		"/sys/fs/bpf"
#define FILES_MOST	4096
#define DEPTH_MOST	8
#define PATH_SIZE	1024

/* Takes the object of @path for a moment: the kernel refuses what is no file of BPF. */
static void add_file(struct ids *maps, const char *path)
{
	struct bpf_map_info info;
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uintptr_t)path;
	attr.file_flags = BPF_F_RDONLY;
	fd = (int)syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
	if (fd < 0)
		return;
	memset(&attr, 0, sizeof(attr));
	memset(&info, 0, sizeof(info));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	/* A program has its number in the same place, and its own type before it. */
	if (!fcntl(fd, F_SETFD, FD_CLOEXEC) &&
	    !syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
		ids_append(maps, info.id);
	close(fd);
}

/* Follows no link: it may lead to another file system. */
static void add_files(struct ids *maps, const char *path, unsigned int depth, unsigned int *left)
{
	char below[PATH_SIZE];
	struct dirent *entry;
	struct statfs fs;
	DIR *dir;

	if (statfs(path, &fs) || fs.f_type != BPF_FS_MAGIC)
		return;
	dir = opendir(path);
	while (dir && *left && (entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
		    snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) >= PATH_SIZE)
			continue;
		--*left;
		if (entry->d_type == DT_REG)
			add_file(maps, below);
		else if (entry->d_type == DT_DIR && depth)
			add_files(maps, below, depth - 1, left);
	}
	if (dir)
		closedir(dir);
}

bool bpf_map_is_pinned(uint64_t id)
{
	static struct ids maps;
	static bool read;
	unsigned int left = FILES_MOST;
	size_t i;

	if (!read) {
		read = true;
		add_files(&maps, TOP, DEPTH_MOST, &left);
	}
	for (i = 0; i < maps.n; i++)
		if (maps.v[i] == id)
			return true;
	return false;
}
