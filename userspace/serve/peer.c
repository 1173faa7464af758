// SPDX-License-Identifier: GPL-2.0
/*
 * A peer gets what the kernel would let it read in /proc, which depends on its user and PID
 * namespace too.  The files of /proc that are read here are readable by all.
 *
 * The kernel keeps the PID of the process that connected, and another process may have that PID
 * when the namespaces are asked.  Nothing tells when somebody has connected, so the time at which
 * the process started does not show that.  But a process can be held by a pidfd: as long as it has
 * not exited, what comes from its PID comes from it.  So what counts is who sends the first
 * request, after its PID was opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "serve/peer.h"

#define GROUPS_MAX	65536

static const char not_confirmed[] =
	"a request must come from the process that connected, after its greeting";

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
	const int on = 1;
	char byte;

	peer->pidfd = -1;
	if (!is_accepted(fd))
		return "standard input is not an accepted connection of a local socket";
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) || cred.pid <= 0)
		return "a process of another PID namespace gets no answer";
	*peer = (struct peer) {
		.pid = cred.pid,
		.pidfd = (int)syscall(SYS_pidfd_open, cred.pid, 0),
		.uid = cred.uid,
		.gid = cred.gid,
		.sees_all = group && is_member(fd, cred.gid, *group),
	};
	if (peer->pidfd < 0)
		return errno == ESRCH ? "the process that connected has exited" : strerror(errno);
	if (!same_users(cred.pid))
		return "a process of another user namespace, or one that exited, gets no answer";
	if (!same_pids(cred.pid))
		return "a process of another PID namespace gets no answer";
	/* From now on the kernel says who sends, as it does of what was sent before the accept. */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)))
		return strerror(errno);
	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0 ? not_confirmed : NULL;
}

ssize_t peer_receive(int fd, void *to, size_t len, struct ucred *sender)
{
	union {
		char buf[CMSG_SPACE(sizeof(*sender))];
		struct cmsghdr align;
	} control;
	struct iovec part = { .iov_base = to, .iov_len = len };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control.buf, .msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *header;
	ssize_t n;

	*sender = (struct ucred) { .uid = (uid_t)-1, .gid = (gid_t)-1 };
	n = TEMP_FAILURE_RETRY(recvmsg(fd, &message, MSG_CMSG_CLOEXEC));
	if (n < 0)
		return n;
	header = CMSG_FIRSTHDR(&message);
	/* No descriptors fit beside it: the kernel closes them. */
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS)
		memcpy(sender, CMSG_DATA(header), sizeof(*sender));
	return n;
}

const char *peer_confirm(struct peer *peer, const struct ucred *sender)
{
	struct pollfd process = { .fd = peer->pidfd, .events = POLLIN };
	const bool exited = poll(&process, 1, 0) != 0;

	close(peer->pidfd);
	peer->pidfd = -1;
	if (exited)
		return "the process that connected has exited";
	if (sender->pid != peer->pid || sender->uid != peer->uid || sender->gid != peer->gid)
		return not_confirmed;
	return NULL;
}
