// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/cgroups.h"
#include "tools/record/moves.h"

/* Counts of a cgroup go up to those above it: those below the root have all. */
#define FILE_NAME	"memory.events"

static bool watch(struct moves *moves, const char *child)
{
	char *path = xasprintf("%s/%s%s" FILE_NAME, moves->dir, child, *child ? "/" : "");
	const bool good = inotify_add_watch(moves->fd, path, IN_MODIFY) >= 0;

	free(path);
	return good;
}

static void watch_all(struct moves *moves)
{
	DIR *dir = opendir(moves->dir);
	struct dirent *entry;

	/* New ones come by their directory. */
	inotify_add_watch(moves->fd, moves->dir, IN_CREATE | IN_ONLYDIR);
	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			watch(moves, entry->d_name);
	if (dir)
		closedir(dir);
}

void moves_open(struct moves *moves, const char *cgroup)
{
	char *file;

	*moves = (struct moves){ .fd = -1, .root = !cgroup || !strcmp(cgroup, "/") };
	file = moves->root ? NULL : cgroup_file(cgroup, FILE_NAME);
	if (file) {
		*strrchr(file, '/') = '\0';
		moves->dir = file;
	} else if (moves->root && cgroups_mount()) {
		moves->dir = xstrdup(cgroups_mount());
	}
	if (moves->dir)
		moves->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (moves->fd < 0)
		return;
	if (moves->root)
		watch_all(moves);
	else
		moves->lost = !watch(moves, "");
}

void moves_close(struct moves *moves)
{
	if (moves->fd >= 0)
		close(moves->fd);
	free(moves->dir);
}

bool moves_read(struct moves *moves)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	bool moved = false;
	ssize_t n;
	char *at;

	while (moves->fd >= 0 && (n = read(moves->fd, buf, sizeof(buf))) > 0) {
		for (at = buf; at < buf + n; at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)at;
			moved |= event->mask & (IN_MODIFY | IN_Q_OVERFLOW);
			if (event->mask & IN_Q_OVERFLOW && moves->root)
				watch_all(moves);
			if (event->mask & IN_CREATE && event->mask & IN_ISDIR)
				watch(moves, event->name);
			moves->lost |= event->mask & IN_IGNORED && !moves->root;
		}
	}
	if (moves->lost)
		moves->lost = !watch(moves, "");
	return moved;
}
