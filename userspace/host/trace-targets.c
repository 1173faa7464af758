// SPDX-License-Identifier: GPL-2.0
/* What is traced. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/procfs.h"
#include "host/trace-targets.h"
#include "lib/memory.h"

/* ms to wait for the mappings of a process. */
#define PATIENCE	5000

/* Sets @name to the directory of a cgroup: @path, or that path in the default hierarchy. */
static bool find_cgroup(char *name, size_t size, const char *path)
{
	static const char *const roots[] = { "", "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if ((size_t)snprintf(name, size, "%s%s%s", roots[i],
				     i && *path != '/' ? "/" : "", path) < size &&
		    !stat(name, &st) && S_ISDIR(st.st_mode) && !statfs(name, &fs) &&
		    fs.f_type == CGROUP2_SUPER_MAGIC)
			return true;
	}
	return false;
}

static void read_procs(struct ids *ids, const char *dir)
{
	char name[PATH_MAX + 16];
	uint32_t pid;
	FILE *file;

	snprintf(name, sizeof(name), "%s/cgroup.procs", dir);
	file = fopen(name, "re");
	/* The cgroup is gone, or is a part of a threaded one: its processes are in that. */
	if (!file)
		return;
	while (fscanf(file, "%" SCNu32, &pid) == 1)
		if (pid)
			ids_add(ids, pid);
	fclose(file);
}

int trace_cgroup(struct ids *ids, const char *path, struct failure *why)
{
	char name[PATH_MAX];
	char *const roots[] = { name, NULL };
	FTSENT *entry;
	FTS *tree;

	if (!find_cgroup(name, sizeof(name), path))
		return fail(why, FAIL_SYSTEM,
			    "no cgroup '%.200s' of the default hierarchy: name its directory, or its path below /sys/fs/cgroup",
			    path);
	tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
	if (!tree)
		memory_failed();
	while ((entry = fts_read(tree)))
		if (entry->fts_info == FTS_D)
			read_procs(ids, entry->fts_accpath);
	fts_close(tree);
	return ids->n ? 0 : fail(why, FAIL_NO_PROCESS, "cgroup '%.200s' has no process", path);
}

bool trace_who(uint32_t tid, uint32_t *pid, char *comm)
{
	*pid = process_of(tid);
	if (!process_read(*pid, "comm", comm, TRACE_COMM))
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	return true;
}

/* The end of the last mapping named [heap]. */
static uint64_t heap_end(FILE *maps)
{
	char *line = NULL, *name;
	size_t size = 0;
	uint64_t start, end, found = 0;

	while (getline(&line, &size, maps) > 0) {
		name = strrchr(line, ' ');
		if (name && !strcmp(name, " [heap]\n") &&
		    sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2)
			found = end;
	}
	free(line);
	return found;
}

static uint64_t read_break(uint32_t pid)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	struct failure gone;
	char path[48];
	uint64_t end;
	FILE *maps;

	snprintf(path, sizeof(path), "%" PRIu32 "/maps", pid);
	maps = procfs_open(path, &gone);
	if (!maps)
		return 0;
	end = heap_end(maps);
	fclose(maps);
	/* As long as there is no heap, the break is where it begins. */
	if (!end)
		end = process_state(pid).heap;
	return (end + page - 1) / page * page;
}

/* A child reads the mappings, because it can be killed while it waits for the lock. */
uint64_t trace_break(uint32_t pid)
{
	struct pollfd wait = { .events = POLLIN };
	uint64_t found = 0;
	pid_t child;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return 0;
	child = fork();
	if (!child) {
		found = read_break(pid);
		_exit(write(fds[1], &found, sizeof(found)) != sizeof(found));
	}
	close(fds[1]);
	wait.fd = fds[0];
	if (child < 0 || poll(&wait, 1, PATIENCE) <= 0 ||
	    read(fds[0], &found, sizeof(found)) != sizeof(found))
		found = 0;
	close(fds[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return found;
}

uint64_t trace_huge_page(void)
{
	struct failure none;
	FILE *file = procfs_open("meminfo", &none);
	uint64_t kib = 0;
	char line[128];

	while (file && !kib && fgets(line, sizeof(line), file))
		if (sscanf(line, "Hugepagesize: %" SCNu64, &kib) != 1)
			kib = 0;
	if (file)
		fclose(file);
	return kib << 10;
}
