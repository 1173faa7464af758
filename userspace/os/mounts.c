// SPDX-License-Identifier: GPL-2.0
/* Where file systems are mounted here. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/procfs.h"
#include "os/mounts.h"

char *mounts_plain(const char *text)
{
	char *copy = xstrdup(text), *to = copy;
	const char *from;

	for (from = copy; *from; from++) {
		if (*from == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				       (from[3] - '0'));
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	if (to > copy && to[-1] == '/')
		to[-1] = '\0';
	return copy;
}

/* How often to follow a path that changes at this moment. */
#define TRIES	3

/* Bytes, at most, of the mounts of a process: a user may make as many as the kernel allows. */
#define OF_PROCESS	1048576UL

/* ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [TAG...] - TYPE SOURCE OPTIONS */
static void add_line(struct mounts *mounts, char *line)
{
	char *word[5], *rest = line, *type;
	struct mount *mount;
	unsigned int i;
	uint64_t major, minor;

	for (i = 0; i < 5; i++)
		word[i] = strsep(&rest, " ");
	if (!word[4] || sscanf(word[2], "%" SCNu64 ":%" SCNu64, &major, &minor) != 2)
		return;
	mounts->v = array_grow(mounts->v, mounts->n, sizeof(*mounts->v));
	mount = &mounts->v[mounts->n++];
	type = rest ? strstr(rest, " - ") : NULL;
	if (type)
		type[3 + strcspn(type + 3, "\n ")] = '\0';
	*mount = (struct mount){ major, minor, mounts_plain(word[3]), mounts_plain(word[4]),
				 xstrdup(type ? type + 3 : "") };
}

static struct mounts *read_file(const char *path, size_t most)
{
	struct mounts *mounts = xcalloc(1, sizeof(*mounts));
	struct failure ignored;
	FILE *file = procfs_open(path, &ignored);
	size_t size = 0, bytes = 0;
	char *line = NULL;
	ssize_t n;

	while (file && bytes < most && (n = getline(&line, &size, file)) > 0) {
		bytes += (size_t)n;
		add_line(mounts, line);
	}
	free(line);
	if (file)
		fclose(file);
	return mounts;
}

int mounts_open_cached(int dir, const char *name, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = resolve | RESOLVE_CACHED | RESOLVE_NO_SYMLINKS,
	};
	unsigned int i;
	int fd = -1;

	for (i = 0; i < TRIES && fd < 0; i++) {
		fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN)
			break;
	}
	return fd;
}

int mounts_open(int root, const char *at)
{
	return mounts_open_cached(root, *at ? at : "/", O_PATH,
				  root == AT_FDCWD ? 0 : RESOLVE_IN_ROOT);
}

int mount_open(int root, const struct mount *mount, struct statfs *fs)
{
	const int fd = mounts_open(root, mount->at);
	struct statx st;

	if (fd < 0)
		return -1;
	if (!statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) &&
	    st.stx_dev_major == mount->major && st.stx_dev_minor == mount->minor &&
	    !fstatfs(fd, fs))
		return fd;
	close(fd);
	return -1;
}

const char *mount_place(const struct mount *mount)
{
	return *mount->at ? mount->at : "/";
}

struct mounts *mounts_read(void)
{
	return read_file("self/mountinfo", SIZE_MAX);
}

struct mounts *mounts_read_of(uint32_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "%" PRIu32 "/mountinfo", pid);
	return read_file(path, OF_PROCESS);
}

void mounts_free(struct mounts *mounts)
{
	size_t i;

	for (i = 0; i < mounts->n; i++) {
		free(mounts->v[i].root);
		free(mounts->v[i].at);
		free(mounts->v[i].type);
	}
	free(mounts->v);
	free(mounts);
}

/* Of several mounts, the one of the largest part; NULL: none has @path. */
static const struct mount *find_mount(const struct mounts *mounts, uint64_t major, uint64_t minor,
				      const char *path)
{
	const struct mount *best = NULL;
	size_t i, len;

	for (i = 0; i < mounts->n; i++) {
		const struct mount *mount = &mounts->v[i];

		len = strlen(mount->root);
		if (mount->major != major || mount->minor != minor ||
		    (path && !text_path_within(path, mount->root, len)))
			continue;
		if (!best || len < strlen(best->root))
			best = mount;
	}
	return best;
}

const char *mounts_point(const struct mounts *mounts, uint64_t major, uint64_t minor,
			 const char *path)
{
	const struct mount *mount = find_mount(mounts, major, minor, path);

	return mount ? mount_place(mount) : NULL;
}

char *mounts_path(const struct mounts *mounts, uint64_t major, uint64_t minor,
		  const char *source, const char *path)
{
	const struct mount *mount = find_mount(mounts, major, minor, path);

	if (!mount)
		return xasprintf("%s:%s", source ?: "?", *path ? path : "/");
	path += strlen(mount->root);
	return *mount->at || *path ? xasprintf("%s%s", mount->at, path) : xstrdup("/");
}
