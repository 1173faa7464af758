// SPDX-License-Identifier: GPL-2.0
/*
 * Loads the kernel module.  It has no alias by which the kernel would load it for anybody
 * who names its netlink family: only root decides that a kernel has it.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/text.h"
#include "os/module.h"

/* The program that the kernel itself uses; an empty line: none may be loaded. */
#define MODPROBE	"/proc/sys/kernel/modprobe"

/* Its messages are not shown: the reader says what is missing and how to find out why. */
bool module_load(void)
{
	char path[256], name[] = "modprobe", quiet[] = "-q", module[] = "memcensus";
	char directories[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *const words[] = { name, quiet, module, NULL };
	char *const environment[] = { directories, NULL };
	posix_spawn_file_actions_t silent;
	int status = 1;
	pid_t pid;

	if (geteuid() || !text_line(MODPROBE, path, sizeof(path)) || !*path)
		return false;
	posix_spawn_file_actions_init(&silent);
	posix_spawn_file_actions_addopen(&silent, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&silent, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&silent, 2, "/dev/null", O_WRONLY, 0);
	if (!posix_spawn(&pid, path, &silent, NULL, words, environment))
		TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
	posix_spawn_file_actions_destroy(&silent);
	return !status;
}
