// SPDX-License-Identifier: GPL-2.0
/*
 * Files of /proc that another file is mounted on, as lxcfs does in containers: the kernel's own is
 * read, or none.  It needs root, for a mount namespace of its own.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "os/procfs.h"

#define FAKE	"MemTotal:              1 kB\n"
#define NOBODY	65534

/* What was read of /proc/meminfo, as exit status. */
enum {
	READ_KERNEL,
	READ_FAKE,
	READ_NOTHING,
	FAILED,
};

static bool mount_over(const char *path)
{
	char name[] = "/tmp/procfs-test.XXXXXX";
	const int fd = mkstemp(name);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, FAKE, strlen(FAKE)) == (ssize_t)strlen(FAKE) &&
	       !mount(name, path, NULL, MS_BIND, NULL);
	close(fd);
	unlink(name);
	return done;
}

/* Reads it in a process of its own; @uid: as this user. */
static int read_covered(bool cover, unsigned int uid)
{
	struct failure why;
	int status, how = READ_NOTHING;
	pid_t pid = fork();
	char *text;

	if (!pid) {
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    (cover && !mount_over("/proc/meminfo")) || (uid && setresuid(uid, uid, uid)))
			_exit(FAILED);
		text = procfs_read("meminfo", NULL, &why);
		if (text)
			how = strcmp(text, FAKE) ? READ_KERNEL : READ_FAKE;
		/* It is said, and only then. */
		if (!!procfs_covered() != cover ||
		    (cover && strcmp(procfs_covered(), "meminfo")))
			how = FAILED;
		text = procfs_read("self/status", NULL, &why);
		_exit(text ? how : FAILED);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

/* Whether this user reads it where /proc/sys is mounted on itself, not to be written. */
static bool reads_protected(unsigned int uid)
{
	struct failure why;
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) ||
		    mount(NULL, "/proc/sys", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) ||
		    setresuid(uid, uid, uid))
			_exit(1);
		_exit(!procfs_read("sys/vm/max_map_count", NULL, &why) || procfs_covered());
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

int main(void)
{
	if (geteuid() || read_covered(false, 0) == FAILED) {
		printf("1..0 # SKIP it needs root and mount namespaces\n");
		return 0;
	}
	ok(read_covered(false, 0) == READ_KERNEL, "nothing is mounted on it");
	ok(read_covered(true, 0) == READ_KERNEL, "a file is mounted on it: the kernel's own");
	ok(read_covered(true, NOBODY) == READ_NOTHING,
	   "and this program may not mount: not that file");
	ok(reads_protected(0) && reads_protected(NOBODY),
	   "a part of /proc is mounted on itself: that is read, and nothing is said");
	return tap_done();
}
