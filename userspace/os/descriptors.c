// SPDX-License-Identifier: GPL-2.0
/* Descriptors of processes. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/descriptors.h"
#include "os/process.h"
#include "os/procfs.h"

/*
 * The kernel keeps an inode and a dentry of each link, and charges them to the cgroup of the
 * reader: on 6.1, so many bytes.
 */
#define LINK_BYTES	920

/* Read so many of them by one mount. */
#define LINKS_OF_MOUNT	16384

/* Bytes of a fdinfo that have what it says once. */
#define INFO_SIZE	1024

/* Less than so many bytes is not worth a line. */
#define NOTE_BYTES	1048576

/* Links that were read in /proc itself. */
static uint64_t in_shared_mount;

/*
 * Reads the table of thread @tid from position @at on.  Returns the position of the rest; 0: all
 * was read; -1: it cannot be read.  @denied: some link cannot, which needs more than the list.
 */
static long read_part(uint32_t tid, long at, descriptor_fn *each, void *context,
		      uint64_t *left, bool *denied)
{
	static unsigned int links;
	static bool own;
	struct dirent *entry = NULL;
	struct failure ignored;
	char path[320], name[PATH_MAX + 1], *number;
	ssize_t n;
	DIR *dir;

	if (!links) {
		own = procfs_renew();
		links = LINKS_OF_MOUNT;
	}
	snprintf(path, sizeof(path), "%" PRIu32 "/fd", tid);
	dir = procfs_open_dir(path, &ignored);
	if (!dir)
		return -1;
	if (at)
		seekdir(dir, at);
	number = stpcpy(path + strlen(path), "/");
	for (; links && *left && (entry = readdir(dir)); links--, --*left) {
		if (*entry->d_name == '.')
			continue;
		in_shared_mount += !own;
		n = readlinkat(dirfd(dir), entry->d_name, name, sizeof(name) - 1);
		*denied |= n < 0 && errno == EACCES;
		if (n < 0 && errno != ENAMETOOLONG)
			continue;
		name[n < 0 ? 0 : n] = '\0';
		stpcpy(number, entry->d_name);
		each(context, &(struct descriptor){ tid, entry->d_name, name, path, dirfd(dir) });
	}
	at = links && *left ? 0 : telldir(dir);
	closedir(dir);
	return at;
}

/* Why the last call to open() or to read_part() failed, if process @pid has not ended. */
static enum unread why_not(uint32_t pid)
{
	const int error = errno;

	if (!procfs_is_mounted())
		return UNREAD_FAILED;
	if (process_is_gone(pid))
		return UNREAD_NONE;
	/* Where others' processes are hidden, there is none. */
	return error == EACCES || error == EPERM || error == ENOENT ? UNREAD_DENIED : UNREAD_FAILED;
}

enum unread descriptors_each_of_thread(uint32_t tid, descriptor_fn *each, void *context,
				       uint64_t *left)
{
	bool denied = false;
	long at = 0;

	do
		at = read_part(tid, at, each, context, left, &denied);
	while (at > 0 && *left);
	if (at < 0)
		return why_not(tid);
	return !*left ? UNREAD_MOST : denied ? UNREAD_DENIED : UNREAD_NONE;
}

/*
 * Whether two threads of a process have one table; -1: the kernel does not say.  It takes a lock
 * that execve() of the process holds for writing, but only when no other thread is left.
 */
static int same_table(uint32_t a, uint32_t b)
{
	const long order = syscall(SYS_kcmp, a, b, KCMP_FILES, 0UL, 0UL);

	return order < 0 ? -1 : !order;
}

/* The links of /proc/PID/task, if the process has one thread. */
#define LINKS_OF_ONE	3

/* Tables of a process that were read, each by a thread. */
struct tables {
	uint32_t tids[DESCRIPTORS_TABLES];
	size_t n;
};

/* Reads the table of thread @tid, unless another thread has it too. */
static enum unread read_thread(struct tables *tables, uint32_t tid, descriptor_fn *each,
			       void *context, uint64_t *left)
{
	enum unread why;
	size_t i;
	int same;

	for (i = 0; i < tables->n; i++) {
		same = same_table(tables->tids[i], tid);
		if (same > 0)
			return UNREAD_NONE;
		if (same < 0 && process_is_gone(tid))
			return UNREAD_NONE;
		/* As one: a table that is read twice counts twice. */
		if (same < 0 && !process_is_gone(tables->tids[i]))
			return UNREAD_COMPARE;
	}
	if (tables->n == DESCRIPTORS_TABLES)
		return UNREAD_TABLES;
	why = descriptors_each_of_thread(tid, each, context, left);
	if (why == UNREAD_NONE)
		tables->tids[tables->n++] = tid;
	return why;
}

enum unread descriptors_each(uint32_t pid, descriptor_fn *each, void *context, uint64_t *left)
{
	enum unread why = UNREAD_NONE;
	struct tables tables = { .n = 0 };
	struct failure ignored;
	struct dirent *entry;
	struct statx stat;
	uint32_t tid;
	char path[48];
	DIR *dir;

	snprintf(path, sizeof(path), "%" PRIu32 "/task", pid);
	if (procfs_stat(path, &stat) && stat.stx_nlink == LINKS_OF_ONE)
		return descriptors_each_of_thread(pid, each, context, left);
	dir = procfs_open_dir(path, &ignored);
	if (!dir)
		return why_not(pid);
	while (!why && (entry = readdir(dir))) {
		tid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (tid)
			why = read_thread(&tables, tid, each, context, left);
	}
	closedir(dir);
	return why;
}

/* The name of the fdinfo of descriptor @fd of @tid, in /proc */
#define INFO_PATH_SIZE	64

static void info_path(char path[INFO_PATH_SIZE], uint32_t tid, uint32_t fd)
{
	snprintf(path, INFO_PATH_SIZE, "%" PRIu32 "/fdinfo/%" PRIu32, tid, fd);
}

enum fdinfo descriptor_info(uint32_t tid, uint32_t fd, const char *key, uint64_t *number)
{
	char path[INFO_PATH_SIZE], text[INFO_SIZE];
	const char *value;
	size_t size;

	*number = 0;
	info_path(path, tid, fd);
	size = procfs_read_into(path, text, sizeof(text));
	if (!size)
		return INFO_UNREAD;
	value = text_value(text, key);
	if (!value)
		return size == sizeof(text) - 1 ? INFO_BEYOND : INFO_NONE;
	*number = strtoull(value, NULL, 0);
	return INFO_FOUND;
}

char *descriptor_info_text(uint32_t tid, uint32_t fd)
{
	char path[INFO_PATH_SIZE], *text = xcalloc(1, INFO_MOST);

	info_path(path, tid, fd);
	if (procfs_read_into(path, text, INFO_MOST))
		return text;
	free(text);
	return NULL;
}

bool descriptor_info_lines(uint32_t tid, uint32_t fd, const char *key, uint64_t *lines)
{
	char path[INFO_PATH_SIZE], *text;
	struct failure ignored;
	const char *line;

	*lines = 0;
	info_path(path, tid, fd);
	text = procfs_read(path, NULL, &ignored);
	for (line = text; line && (line = text_value(line, key)); ++*lines)
		;
	free(text);
	return text;
}

void descriptors_note(void)
{
	const uint64_t bytes = in_shared_mount * LINK_BYTES;

	if (bytes >= NOTE_BYTES)
		fprintf(stderr, "memcensus: %" PRIu64 " descriptors were read in /proc: about %"
			PRIu64 " MiB of slab stay until they are closed; as root none stays\n",
			in_shared_mount, bytes >> 20);
}
