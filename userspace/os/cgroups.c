// SPDX-License-Identifier: GPL-2.0
/* Cgroups: the ID of a cgroup is the inode number of its directory. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/cgroups.h"
#include "os/known-names.h"
#include "os/procfs.h"

/* The ID of the root, for when the tree cannot be read. */
#define ROOT_ID	1

/* top names cgroups in the thread that takes a census, and while it draws. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *cgroups;
/* Those with a path, by their path. */
static void *by_path;
static const char *root;
/* By a test: it is not that of this machine. */
static bool given;
/* Read the tree when a path is missing. */
static bool may_read = true;

const char *cgroups_mount(void)
{
	static const char *const places[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	struct statfs fs;
	size_t i;

	for (i = 0; !root && i < sizeof(places) / sizeof(places[0]); i++)
		if (!statfs(places[i], &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			root = places[i];
	return root;
}

/**
 * struct unread - a cgroup that cgroups_each() has found, and not yet read
 * @next: the one to read after it
 * @id, @parent: as in struct cgroup_place
 * @dir: its directory, owned
 */
struct unread {
	struct unread *next;
	uint64_t id;
	uint64_t parent;
	char *dir;
};

static struct unread *unread_new(uint64_t id, const struct unread *above, char *dir)
{
	struct unread *this = xcalloc(1, sizeof(*this));

	*this = (struct unread) { .id = id, .parent = above ? above->id : 0, .dir = dir };
	return this;
}

/* Of a directory without directories: its name and its own ".". */
#define LINKS_ALONE	2

/*
 * Puts those right below @above before @next, in the order of the directory.  A cgroup has a
 * hundred files, of each of which stat() would leave an inode, so the entries say what is a
 * directory.  Not by fts(3) with FTS_NOSTAT: it believes that a directory has as many directories
 * as its links said before its neighbours were read, and leaves others out.  Closes @fd, which
 * @above is open as.
 */
static struct unread *add_below(struct unread *next, const struct unread *above, int fd)
{
	struct unread **end = &next;
	struct dirent *entry;
	struct unread *this;
	struct stat st;
	DIR *dir;

	if (fd >= 0 && !fstat(fd, &st) && st.st_nlink == LINKS_ALONE) {
		close(fd);
		return next;
	}
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") ||
		    !strcmp(entry->d_name, ".."))
			continue;
		this = unread_new(entry->d_ino, above,
				  xasprintf("%s/%s", above->dir, entry->d_name));
		this->next = *end;
		*end = this;
		end = &this->next;
	}
	if (dir)
		closedir(dir);
	return next;
}

size_t cgroups_each(const char *dir, void (*each)(const struct cgroup_place *place, void *context),
		    void *context)
{
	const char *first = dir ?: cgroups_mount();
	const size_t len = root ? strlen(root) : 0;
	struct unread *next = NULL, *this;
	struct stat st;
	size_t n = 0;
	int fd;

	if (first && !stat(first, &st) && S_ISDIR(st.st_mode))
		next = unread_new(st.st_ino, NULL, xstrdup(first));
	for (; (this = next); n++) {
		fd = open(this->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		each(&(struct cgroup_place) {
			.id = this->id,
			.parent = this->parent,
			.dir = this->dir,
			.fd = fd,
			.path = this->dir[len] ? this->dir + len : "/",
		}, context);
		next = add_below(this->next, this, fd);
		free(this->dir);
		free(this);
	}
	return n;
}

static int compare_paths(const void *a, const void *b)
{
	const struct known_name *x = a, *y = b;

	return strcmp(x->text, y->text);
}

/*
 * A known path is kept, but no two cgroups have one: if a cgroup was removed and another one was
 * made under its path, the path is that of the other.  The caller holds the lock.
 */
static void add_cgroup_name(const struct cgroup_place *place, void *context)
{
	struct known_name *cgroup = known_names_get(&cgroups, place->id), **of_path, *older;

	(void)context;
	if (cgroup->text)
		return;
	cgroup->text = xstrdup(place->path);
	of_path = tsearch(cgroup, &by_path, compare_paths);
	if (!of_path)
		memory_failed();
	older = *of_path;
	if (older == cgroup)
		return;
	/* A caller that has the older text may go on to read it. */
	free(cgroup->text);
	cgroup->text = older->text;
	older->text = NULL;
	*of_path = cgroup;
}

void cgroup_known(const struct cgroup_place *place)
{
	pthread_mutex_lock(&lock);
	add_cgroup_name(place, NULL);
	pthread_mutex_unlock(&lock);
}

/* The caller holds the lock. */
static const struct known_name *cgroup_find(uint64_t id)
{
	const struct known_name *cgroup = known_names_get(&cgroups, id);

	if (may_read && !cgroup->text) {
		may_read = false;
		if (!cgroups_each(NULL, add_cgroup_name, NULL))
			add_cgroup_name(&(struct cgroup_place){ .id = ROOT_ID, .path = "/" }, NULL);
	}
	return cgroup;
}

void cgroups_renew(void)
{
	may_read = true;
}

static void keep(void *cgroup)
{
	(void)cgroup;
}

void cgroups_forget(void)
{
	tdestroy(by_path, keep);
	by_path = NULL;
	known_names_free(&cgroups);
	may_read = true;
}

const char *cgroup_path(uint64_t id, bool numeric)
{
	const char *path;

	pthread_mutex_lock(&lock);
	path = known_name_text(cgroup_find(id), numeric);
	pthread_mutex_unlock(&lock);
	return path;
}

const char *cgroups_lack(void)
{
	const char *mount = cgroups_mount();
	struct statfs fs;
	struct stat st;

	if (given)
		return NULL;
	if (!statfs("/sys/fs/cgroup", &fs) && fs.f_type == TMPFS_MAGIC &&
	    (!mount || strcmp(mount, "/sys/fs/cgroup")))
		return "cgroups of version 1 are not told apart: all processes are in one row, /";
	if (mount && !stat(mount, &st) && st.st_ino != ROOT_ID)
		return "in this cgroup namespace, cgroups outside of it have no path, but an ID";
	return NULL;
}

bool cgroups_uncharged(void)
{
	const char *mount = cgroups_mount(), *word;
	char *name, text[512];
	int fd;

	if (!mount)
		return false;
	name = xasprintf("%s/cgroup.controllers", mount);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	free(name);
	if (fd < 0)
		return false;
	text_of_file(fd, text, sizeof(text));
	for (word = text; (word = strstr(word, "memory")); word += strlen("memory"))
		if ((word == text || word[-1] == ' ') && !isgraph(word[strlen("memory")]))
			return false;
	return true;
}

void cgroups_root(const char *dir)
{
	root = dir;
	given = true;
}

/* The directory of the cgroup @path, which the caller frees; NULL: there is none. */
static char *directory_of(const char *path)
{
	const char *mount = cgroups_mount() ?: "";
	const size_t len = strlen(mount);
	char *name = xasprintf("%s%s", text_path_within(path, mount, len) ? "" : mount, path);
	char *dir = realpath(name, NULL);

	free(name);
	if (!dir || (*mount && text_path_within(dir, mount, len)))
		return dir;
	free(dir);
	return NULL;
}

char *cgroup_file(const char *path, const char *file)
{
	char *dir = directory_of(path), *name = dir ? xasprintf("%s/%s", dir, file) : NULL;

	free(dir);
	return name;
}

bool cgroup_id(const char *path, uint64_t *id)
{
	char *dir = cgroup_file(path, ".");
	struct stat st;
	const bool there = dir && !stat(dir, &st);

	free(dir);
	*id = there ? st.st_ino : 0;
	return there;
}

size_t cgroup_read(const char *path, const char *file, char *text, size_t size)
{
	char *name = cgroup_file(path, file);
	const size_t len = name ? text_of_file(open(name, O_RDONLY | O_CLOEXEC), text, size) : 0;

	free(name);
	return len;
}

bool cgroup_line(const char *path, const char *file, char *line, size_t size)
{
	const bool found = cgroup_read(path, file, line, size);

	if (found)
		line[strcspn(line, "\n")] = '\0';
	return found;
}

/* @any: there is a process, which @ids may have had. */
struct members {
	struct ids *ids;
	bool any;
};

static void add_processes(const struct cgroup_place *place, void *context)
{
	struct members *members = context;
	char *name = xasprintf("%s/cgroup.procs", place->dir);
	FILE *file = fopen(name, "re");
	uint32_t pid;

	free(name);
	while (file && fscanf(file, "%" SCNu32, &pid) == 1) {
		if (!pid)
			continue;
		ids_append(members->ids, pid);
		members->any = true;
	}
	if (file)
		fclose(file);
}

bool cgroups_have_others(void)
{
	char *name = cgroup_file("/", "cgroup.procs");
	FILE *file = name ? fopen(name, "re") : NULL;
	bool found = false;
	uint32_t pid;

	free(name);
	/* A process without a PID here is shown as 0. */
	while (!found && file && fscanf(file, "%" SCNu32, &pid) == 1)
		found = !pid;
	if (file)
		fclose(file);
	return found;
}

static int no_cgroup(const char *path, struct failure *why)
{
	return fail(why, FAIL_NO_PROCESS,
		    "no cgroup '%.200s' in the default hierarchy; 'memcensus -g' lists those with processes",
		    path);
}

int cgroup_processes(struct ids *ids, const char *path, struct failure *why)
{
	struct members members = { ids, false };
	char *dir = directory_of(path);
	const bool found = dir && cgroups_each(dir, add_processes, &members);

	free(dir);
	/* One that moved during this was found twice. */
	ids_sort(ids);
	if (!found)
		return no_cgroup(path, why);
	if (!members.any)
		return fail(why, FAIL_NO_PROCESS, "no process is in the cgroup '%.200s'", path);
	return 0;
}

char *cgroup_of_process(uint32_t pid)
{
	char name[48], *text, *path;
	struct failure ignored;

	snprintf(name, sizeof(name), "%" PRIu32 "/cgroup", pid);
	/* A path has up to 4 KiB. */
	text = procfs_read(name, NULL, &ignored);
	path = text && strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text;
	path = path ? strchr(path, '/') : NULL;
	path = path ? xasprintf("%.*s", (int)strcspn(path, "\n"), path) : NULL;
	free(text);
	return path;
}

int cgroup_check(const char *path, struct failure *why)
{
	const char *mount = cgroups_mount();
	char *dir = directory_of(path);
	const bool found = dir;

	free(dir);
	return found || !mount || access(mount, F_OK) ? 0 : no_cgroup(path, why);
}
