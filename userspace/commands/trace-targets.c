// SPDX-License-Identifier: GPL-2.0
/* What is traced. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands/trace-targets.h"
#include "host/process.h"
#include "host/procfs.h"

/* ms to wait for the mappings of a process. */
#define PATIENCE	5000

/* Depth of cgroups that is searched. */
#define DEPTH_MAX	64

int trace_ids_add(struct trace_ids *ids, uint32_t id, bool *added, struct failure *why)
{
	uint32_t *v;
	size_t i;

	/* The newest are mostly at the end. */
	for (i = ids->n; i > 0; i--)
		if (ids->v[i - 1] == id)
			return 0;
	v = reallocarray(ids->v, ids->n + 1, sizeof(*v));
	if (!v)
		return fail_memory(why);
	ids->v = v;
	v[ids->n++] = id;
	*added = true;
	return 0;
}

/* Adds the numbers that the names in @dir are. */
static int add_names(struct trace_ids *ids, DIR *dir, bool *added, struct failure *why)
{
	struct dirent *entry;
	int ret = 0;

	while (!ret && (entry = readdir(dir)))
		if (isdigit((unsigned char)*entry->d_name))
			ret = trace_ids_add(ids, strtoul(entry->d_name, NULL, 10), added, why);
	closedir(dir);
	return ret;
}

int trace_ids_threads(struct trace_ids *ids, uint32_t pid, bool *added, struct failure *why)
{
	struct failure gone;
	char path[48];
	DIR *dir;

	snprintf(path, sizeof(path), "%" PRIu32 "/task", pid);
	dir = procfs_open_dir(path, &gone);
	return dir ? add_names(ids, dir, added, why) : 0;
}

int trace_ids_all(struct trace_ids *ids, struct failure *why)
{
	DIR *dir = procfs_open_dir(".", why);
	bool added;

	return dir ? add_names(ids, dir, &added, why) : -1;
}

int trace_cgroup_open(const char *path, struct failure *why)
{
	static const char *const roots[] = { "", "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;
	char name[4096];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if ((size_t)snprintf(name, sizeof(name), "%s%s%s", roots[i],
				     i && *path != '/' ? "/" : "", path) >= sizeof(name))
			continue;
		fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && !fstatfs(fd, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return fail(why, FAIL_SYSTEM,
		    "no cgroup '%.200s' of the default hierarchy: name its directory, or its path below /sys/fs/cgroup",
		    path);
}

static int read_procs(struct trace_ids *ids, int cgroup, struct failure *why)
{
	int fd = openat(cgroup, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	uint32_t pid;
	bool added;
	int ret = 0;

	/* The cgroup is gone, or is a part of a threaded one: its processes are in that. */
	if (!file) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (!ret && fscanf(file, "%" SCNu32, &pid) == 1)
		if (pid)
			ret = trace_ids_add(ids, pid, &added, why);
	fclose(file);
	return ret;
}

static int read_cgroups(struct trace_ids *ids, int cgroup, int depth, struct failure *why)
{
	int fd = dup(cgroup), child, ret = read_procs(ids, cgroup, why);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return ret;
	}
	rewinddir(dir);
	while (!ret && depth < DEPTH_MAX && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		child = openat(cgroup, entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0)
			continue;
		ret = read_cgroups(ids, child, depth + 1, why);
		close(child);
	}
	closedir(dir);
	return ret;
}

int trace_ids_cgroup(struct trace_ids *ids, int cgroup, struct failure *why)
{
	return read_cgroups(ids, cgroup, 0, why);
}

void trace_ids_free(struct trace_ids *ids)
{
	free(ids->v);
	*ids = (struct trace_ids){ NULL, 0 };
}

bool trace_who(uint32_t tid, uint32_t *pid, char *comm)
{
	char text[TRACE_COMM];

	*pid = process_of(tid);
	if (!process_read(*pid, "comm", text, sizeof(text)))
		return false;
	text[strcspn(text, "\n")] = '\0';
	memcpy(comm, text, sizeof(text));
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

/* Where the heap of @pid begins: the break, as long as there is no heap. */
static uint64_t heap_start(uint32_t pid)
{
	char text[2048], *at;
	int field;

	if (!process_read(pid, "stat", text, sizeof(text)))
		return 0;
	/* Field 47; the second may have blanks, but ends with the last parenthesis. */
	at = strrchr(text, ')');
	for (field = 2; at && field < 47; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
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
	if (!end)
		end = heap_start(pid);
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
