// SPDX-License-Identifier: GPL-2.0
/* Names of cgroups: the ID of a cgroup is the inode number of its directory. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host/cgroups.h"

#define BUCKETS	1024

/* The ID of the root, for when the tree cannot be read. */
#define ROOT_ID	1

/* A cgroup; @path is NULL if only its number is known. */
struct cgroup {
	struct cgroup *next;
	uint64_t id;
	char *path;
	char number[24];
};

static struct cgroup *buckets[BUCKETS];
static const char *root;
/* Read the tree when a path is missing. */
static bool may_read = true;

static struct cgroup *cgroup_known(uint64_t id)
{
	struct cgroup *cgroup = buckets[id % BUCKETS];

	while (cgroup && cgroup->id != id)
		cgroup = cgroup->next;
	return cgroup;
}

/* @path NULL: unknown.  A known path is kept.  Returns NULL if out of memory. */
static const struct cgroup *cgroup_add(uint64_t id, const char *path)
{
	struct cgroup **bucket = &buckets[id % BUCKETS];
	struct cgroup *cgroup = cgroup_known(id);

	if (cgroup) {
		if (!cgroup->path && path)
			cgroup->path = strdup(path);
		return cgroup;
	}
	cgroup = calloc(1, sizeof(*cgroup));
	if (!cgroup)
		return NULL;
	cgroup->id = id;
	cgroup->path = path ? strdup(path) : NULL;
	snprintf(cgroup->number, sizeof(cgroup->number), "%" PRIu64, id);
	cgroup->next = *bucket;
	*bucket = cgroup;
	return cgroup;
}

/*
 * Adds the directory @fd, which it closes, and all directories below it.  @path
 * holds @len letters in a buffer of PATH_MAX; the rest is scratch space.  A
 * cgroup whose directory cannot be read keeps its number.
 */
static void read_tree(int fd, char *path, size_t len)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	struct stat st;
	int child, n;

	if (!dir) {
		close(fd);
		return;
	}
	if (!fstat(fd, &st))
		cgroup_add(st.st_ino, len ? path : "/");
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		n = snprintf(path + len, PATH_MAX - len, "/%s", entry->d_name);
		if ((size_t)n >= PATH_MAX - len)
			continue;
		child = openat(fd, entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child >= 0)
			read_tree(child, path, len + n);
	}
	closedir(dir);
}

/* Mount point of the default hierarchy; NULL if it is not mounted. */
static const char *find_root(void)
{
	static const char *const places[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	struct statfs fs;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!statfs(places[i], &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return places[i];
	return NULL;
}

static void read_all(void)
{
	char path[PATH_MAX] = "";
	int fd = -1;

	may_read = false;
	if (!root)
		root = find_root();
	if (root)
		fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		read_tree(fd, path, 0);
	else
		cgroup_add(ROOT_ID, "/");
}

static const struct cgroup *cgroup_find(uint64_t id)
{
	const struct cgroup *cgroup = cgroup_known(id);

	if (may_read && (!cgroup || !cgroup->path)) {
		read_all();
		cgroup = cgroup_known(id);
	}
	return cgroup ? cgroup : cgroup_add(id, NULL);
}

void cgroups_renew(void)
{
	may_read = true;
}

void cgroups_forget(void)
{
	struct cgroup *cgroup;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		while ((cgroup = buckets[i])) {
			buckets[i] = cgroup->next;
			free(cgroup->path);
			free(cgroup);
		}
	}
	may_read = true;
}

const char *cgroup_path(uint64_t id, bool numeric)
{
	const struct cgroup *cgroup = cgroup_find(id);

	if (!cgroup)
		return "?";
	return cgroup->path && !numeric ? cgroup->path : cgroup->number;
}

size_t cgroup_directory(uint64_t id, char *dir, size_t size)
{
	const struct cgroup *cgroup = cgroup_find(id);
	int n;

	if (!cgroup || !cgroup->path || !root)
		return 0;
	n = snprintf(dir, size, "%s%s", root, cgroup->path);
	return n > 0 && (size_t)n < size ? strlen(root) : 0;
}

bool cgroup_number(const char *dir, const char *file, uint64_t *number)
{
	char path[PATH_MAX];
	FILE *from;
	bool ok;

	if (snprintf(path, sizeof(path), "%s/%s", dir, file) >= (int)sizeof(path))
		return false;
	from = fopen(path, "re");
	if (!from)
		return false;
	ok = fscanf(from, "%" SCNu64, number) == 1;
	fclose(from);
	return ok;
}

bool cgroup_field(const char *dir, const char *file, const char *name, uint64_t *number)
{
	char path[PATH_MAX], key[64];
	bool found = false;
	FILE *from;

	if (snprintf(path, sizeof(path), "%s/%s", dir, file) >= (int)sizeof(path))
		return false;
	from = fopen(path, "re");
	if (!from)
		return false;
	while (!found && fscanf(from, "%63s %" SCNu64, key, number) == 2)
		found = !strcmp(key, name);
	fclose(from);
	return found;
}

void cgroups_root(const char *dir)
{
	root = dir;
}
