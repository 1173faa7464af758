// SPDX-License-Identifier: GPL-2.0
/*
 * A peer gets what the kernel would let it read in /proc, which depends on its user and PID
 * namespace too.  The files of /proc that are read here are readable by all.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "serve/peer.h"

/* Since Linux 6.5 */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD	77
#endif

#define GROUPS_MAX	65536

static bool read_file(const char *path, char *text, size_t size)
{
	return text_of_file(open(path, O_RDONLY | O_CLOEXEC), text, size);
}

/*
 * Whether the process is in the user namespace of this one.  A namespace that root made with the
 * same map of user IDs looks the same.
 */
static bool same_users(pid_t pid)
{
	char path[32], map[4096], own[4096];

	/* A kernel without user namespaces; without /proc same_pids() fails. */
	if (access("/proc/self/uid_map", F_OK))
		return true;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	return read_file(path, map, sizeof(map)) &&
	       read_file("/proc/self/uid_map", own, sizeof(own)) && !strcmp(map, own);
}

/* Whether it is in the PID namespace of /proc: it has one PID, this one. */
static bool same_pids(pid_t pid)
{
	static const char key[] = "NSpid:";
	char path[32], expected[32], *line = NULL;
	size_t size = 0;
	FILE *file;
	bool same;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	snprintf(expected, sizeof(expected), "%s\t%d\n", key, pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	/* Before it are the groups, up to 65,536. A name has no newline here: it is escaped. */
	while (getline(&line, &size, file) > 0 && strncmp(line, key, strlen(key)))
		;
	same = line && !strcmp(line, expected);
	free(line);
	fclose(file);
	return same;
}

/* Whether the process has exited, so that another one may have its PID. */
static bool has_exited(int fd)
{
	socklen_t len = sizeof(int);
	struct pollfd pidfd = { .events = POLLIN };
	bool exited;

	/* Linux before 6.5 cannot tell; before 6.16 it gives none of a process that was reaped. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd.fd, &len))
		return errno != ENOPROTOOPT;
	exited = poll(&pidfd, 1, 0) != 0;
	close(pidfd.fd);
	return exited;
}

/* Whether a socket was accepted: of a pair of sockets, or a pipe, the peer may be anybody. */
static bool is_accepted(int fd)
{
	struct sockaddr_un name;
	socklen_t len = sizeof(name);
	int type = 0;
	socklen_t type_len = sizeof(type);

	return !getsockname(fd, (struct sockaddr *)&name, &len) && name.sun_family == AF_UNIX &&
	       len > sizeof(name.sun_family) &&
	       !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) && type == SOCK_STREAM;
}

static bool is_member(int fd, gid_t own, gid_t group)
{
	socklen_t len = GROUPS_MAX * sizeof(gid_t);
	gid_t *groups = xcalloc(1, len);
	bool member = own == group;
	size_t i;

	if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len))
		for (i = 0; i < len / sizeof(*groups); i++)
			member |= groups[i] == group;
	free(groups);
	return member;
}

const char *peer_get(int fd, const gid_t *group, struct peer *peer)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (!is_accepted(fd))
		return "standard input is not an accepted connection of a local socket";
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) || cred.pid <= 0)
		return "a process of another PID namespace gets no answer";
	if (!same_users(cred.pid))
		return "a process of another user namespace, or one that exited, gets no answer";
	if (!same_pids(cred.pid))
		return "a process of another PID namespace gets no answer";
	if (has_exited(fd))
		return "the process that connected has exited";
	*peer = (struct peer) {
		.uid = cred.uid,
		.gid = cred.gid,
		.sees_all = group && is_member(fd, cred.gid, *group),
	};
	return NULL;
}
