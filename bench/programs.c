// SPDX-License-Identifier: GPL-2.0
/* Measures the time of whole programs, from fork to exit. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "methods.h"

extern char **environ;

static void measure_program(struct sample *s, const char *path)
{
	char *argv[2] = { (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	uint64_t begin;
	int err, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	begin = now_ns();
	err = posix_spawnp(&pid, path, &actions, NULL, argv, environ);
	if (err) {
		fprintf(stderr, "measure: %s: %s\n", path, strerror(err));
		exit(1);
	}
	if (waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "measure: %s failed\n", path);
		exit(1);
	}
	s->ns = now_ns() - begin;
	posix_spawn_file_actions_destroy(&actions);
}

void measure_smem(struct sample *s)
{
	measure_program(s, "smem");
}

/* Found through PATH. */
void measure_reader(struct sample *s)
{
	measure_program(s, "memcensus");
}
